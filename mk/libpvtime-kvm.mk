# libpvtime-kvm: static and shared, for the host that it is built on (HOST_CC), and installed by
# `make install`; and its tests, on a KVM of their own (the unit tests) and on Debian's in QEMU.

KVM         := $(BUILD)/libpvtime-kvm
KVM_VERSION := $(shell sed -n 's/.*PVTIME_VERSION "\(.*\)"/\1/p' tools/version.h)
KVM_SONAME  := libpvtime-kvm.so.0
KVM_STATIC  := $(KVM)/libpvtime-kvm.a
KVM_SHARED  := $(KVM)/$(KVM_SONAME)
KVM_HEADERS := $(addprefix include/pvtime/,abi.h kvm.h region.h)

# All but the calls to the system, which tests replace; and what it takes of the library.
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

# Where to: as Debian and GNU have it.
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

# On a real /dev/kvm, as a static program for arm64 Linux: tests/kvm/library.t, see mk/tests.mk.
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

# What clang says of it for arm64.
clang-host: $(patsubst %.c,$(BUILD)/a64-linux-clang/%.o,$(KVM_LOGIC) libpvtime-kvm/sys.c $(KVM_TEST_SRCS))

# On a KVM of the tests' own.
KVM_FAKED := $(KVM_LOGIC) tests/unit/libpvtime-kvm/fake.c tests/unit/libpvtime-kvm/fake_process.c
KVM_UNIT_NAMES := libpvtime-kvm/region libpvtime-kvm/vcpu libpvtime-kvm/baseline libpvtime-kvm/snapshot libpvtime-kvm/faults
UNIT_NAMES += $(KVM_UNIT_NAMES)
$(foreach t,$(KVM_UNIT_NAMES),$(eval $(t)_SRCS := tests/unit/$(t).c $(KVM_FAKED)))

# And what that stands for, on this system.
UNIT_NAMES += libpvtime-kvm/sys
libpvtime-kvm/sys_SRCS := tests/unit/libpvtime-kvm/sys.c libpvtime-kvm/sys.c
libpvtime-kvm/sys_LIBS := -pthread

# And as it is installed.
TAP_SCRIPTS += tests/install/kvm.t
TAP_DEPS    += $(KVM_STATIC) $(KVM_SHARED)
