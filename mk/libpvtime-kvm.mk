# libpvtime-kvm, static and shared, for the host (HOST_CC). `make install` installs it. Its unit
# tests run on a fake KVM; others run on the KVM of Debian's kernel in QEMU.

KVM         := $(BUILD)/libpvtime-kvm
KVM_VERSION := $(shell sed -n 's/.*PVTIME_VERSION "\(.*\)"/\1/p' tools/version.h)
KVM_SONAME  := libpvtime-kvm.so.0
KVM_STATIC  := $(KVM)/libpvtime-kvm.a
KVM_SHARED  := $(KVM)/$(KVM_SONAME)
KVM_HEADERS := $(addprefix include/pvtime/,abi.h kvm.h region.h)

# Everything except the system calls, which tests replace; and the file that it takes from lib/.
KVM_LOGIC := $(filter-out libpvtime-kvm/sys.c,$(call at_least,8,libpvtime-kvm/*.c)) lib/region.c
KVM_OBJS  := $(patsubst %.c,$(KVM)/obj/%.o,$(KVM_LOGIC) libpvtime-kvm/sys.c)

$(KVM)/obj/%.o: %.c
	@mkdir -p $(@D); echo "  $@"
	$(HOST_CC) $(HOST_CFLAGS) -fPIC -c -o $@ $<
$(KVM_STATIC): $(KVM_OBJS)
	@rm -f $@
	ar rcsD $@ $^
$(KVM_SHARED): $(KVM_OBJS) libpvtime-kvm/libpvtime-kvm.map
	$(HOST_CC) -shared -Wl,-soname,$(KVM_SONAME) -Wl,--version-script,libpvtime-kvm/libpvtime-kvm.map -Wl,-z,defs -o $@ $(KVM_OBJS)

.PHONY: libpvtime-kvm install install-kvm
##@ build
libpvtime-kvm: $(KVM_STATIC) $(KVM_SHARED) ## build libpvtime-kvm, the user-space side of Linux KVM
all: libpvtime-kvm

# Install directories, with the names that GNU and Debian use.
PREFIX     ?= /usr/local
LIBDIR     ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include

install: install-kvm ## install the libraries, their headers and the manual pages below DESTDIR and PREFIX
install-kvm: $(KVM_STATIC) $(KVM_SHARED)
	install -d $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(INCLUDEDIR)/pvtime
	install -m 644 $(KVM_STATIC) $(DESTDIR)$(LIBDIR)
	install -m 644 $(KVM_SHARED) $(DESTDIR)$(LIBDIR)/libpvtime-kvm.so.$(KVM_VERSION)
	ln -sf libpvtime-kvm.so.$(KVM_VERSION) $(DESTDIR)$(LIBDIR)/$(KVM_SONAME)
	ln -sf $(KVM_SONAME) $(DESTDIR)$(LIBDIR)/libpvtime-kvm.so
	install -m 644 $(KVM_HEADERS) $(DESTDIR)$(INCLUDEDIR)/pvtime
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' \
		-e 's|@VERSION@|$(KVM_VERSION)|' libpvtime-kvm/pvtime-kvm.pc.in >$(DESTDIR)$(LIBDIR)/pkgconfig/pvtime-kvm.pc

# The test on a real /dev/kvm, a static program for arm64 Linux that tests/kvm/library.t runs
# (mk/tests.mk).
KVM_TEST      := $(KVM)/tests/library
KVM_TEST_SRCS := $(addprefix tests/kvm/,library.c address.c counter.c restore.c deny.c)
KVM_TEST_OBJS := $(patsubst %,$(BUILD)/a64-linux/%.o,$(basename $(KVM_TEST_SRCS) $(addprefix conformance/user/,vm.c \
	delay.c bail_out.c vcpu.S) $(KVM_LOGIC) libpvtime-kvm/sys.c))

$(KVM_TEST): $(KVM_TEST_OBJS)
	@mkdir -p $(@D); echo "  $@"
	$(A64_CC) -static -o $@ $^
check-kvm: $(KVM_TEST)
KVM_TESTS_CHECK += tests/kvm/library.t
QEMU_DEPS       += $(KVM_TEST)

# The same sources under clang for arm64, for its warnings only.
clang-host: $(patsubst %.c,$(BUILD)/a64-linux-clang/%.o,$(KVM_LOGIC) libpvtime-kvm/sys.c $(KVM_TEST_SRCS))

# The unit tests on a fake KVM.
KVM_FAKED := $(KVM_LOGIC) tests/unit/libpvtime-kvm/fake.c tests/unit/libpvtime-kvm/fake_process.c
KVM_UNIT_NAMES := libpvtime-kvm/region libpvtime-kvm/vcpu libpvtime-kvm/baseline libpvtime-kvm/snapshot libpvtime-kvm/faults
UNIT_NAMES += $(KVM_UNIT_NAMES)
$(foreach t,$(KVM_UNIT_NAMES),$(eval $(t)_SRCS := tests/unit/$(t).c $(KVM_FAKED)))

# The unit test of the real system calls, which the fake replaces elsewhere.
UNIT_NAMES += libpvtime-kvm/sys
libpvtime-kvm/sys_SRCS := tests/unit/libpvtime-kvm/sys.c libpvtime-kvm/sys.c
libpvtime-kvm/sys_LIBS := -pthread

# The test of the installed library.
TAP_SCRIPTS += tests/install/kvm.t
TAP_DEPS    += $(KVM_STATIC) $(KVM_SHARED)
