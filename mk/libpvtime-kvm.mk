# libpvtime-kvm, static and shared, for the host (HOST_CC) and for arm64. mk/install.mk installs it.
# Its unit tests run on a fake KVM; others run on the KVM of Debian's kernel in QEMU.

LIBKVM         := $(BUILD)/libpvtime-kvm
LIBKVM_VERSION := $(shell sed -n 's/.*PVTIME_VERSION_STRING "\(.*\)"/\1/p' include/pvtime/version.h)
LIBKVM_SONAME  := libpvtime-kvm.so.0
LIBKVM_STATIC  := $(LIBKVM)/libpvtime-kvm.a
LIBKVM_SHARED  := $(LIBKVM)/$(LIBKVM_SONAME)
LIBKVM_HEADERS := $(addprefix include/pvtime/,abi.h kvm.h region.h types.h version.h)

# Everything except the system calls, which tests replace; and the file that it takes from lib/.
LIBKVM_LOGIC := $(filter-out libpvtime-kvm/sys.c,$(call at_least,10,libpvtime-kvm/*.c)) lib/region.c
LIBKVM_OBJS  := $(patsubst %.c,$(LIBKVM)/obj/%.o,$(LIBKVM_LOGIC) libpvtime-kvm/sys.c)

# libkvm_build FOLDER,COMPILER,AR
define libkvm_build
$(1)/obj/%.o: %.c
	$$(begin)
	$(2) $$(HOST_CFLAGS) -fPIC -c -o $$@ $$<
$(1)/libpvtime-kvm.a: $(LIBKVM_OBJS:$(LIBKVM)/%=$(1)/%)
	@rm -f $$@
	$(3) rcsD $$@ $$^
$(1)/$(LIBKVM_SONAME): $(LIBKVM_OBJS:$(LIBKVM)/%=$(1)/%) libpvtime-kvm/libpvtime-kvm.map
	$(2) -shared -Wl,-soname,$(LIBKVM_SONAME) -Wl,--version-script,libpvtime-kvm/libpvtime-kvm.map -Wl,-z,defs -Wl,--no-undefined-version -o $$@ $$(filter %.o,$$^)
endef
$(eval $(call libkvm_build,$(LIBKVM),$(HOST_CC),ar))

# The same for arm64 Linux, which `make install-a64` installs.
LIBKVM_A64 := $(BUILD)/libpvtime-kvm-a64
$(eval $(call libkvm_build,$(LIBKVM_A64),$(A64_CC),$(A64_AR)))

.PHONY: libpvtime-kvm
##@ users
libpvtime-kvm: $(LIBKVM_STATIC) $(LIBKVM_SHARED) ## build libpvtime-kvm, the user-space side of Linux KVM
all: libpvtime-kvm

# The test on a real /dev/kvm, a static program for arm64 Linux that tests/kvm/library.t runs
# (mk/tests.mk).
LIBKVM_TEST      := $(LIBKVM)/tests/library
LIBKVM_TEST_SRCS := $(addprefix tests/kvm/,library.c address.c counter.c restore.c dirty_log.c migrate.c deny.c read_only.c)
LIBKVM_TEST_OBJS := $(patsubst %,$(BUILD)/a64-linux/%.o,$(basename $(LIBKVM_TEST_SRCS) $(addprefix conformance/user/,vm.c \
	delay.c bail_out.c vcpu.S) $(LIBKVM_LOGIC) libpvtime-kvm/sys.c))

$(LIBKVM_TEST): $(LIBKVM_TEST_OBJS)
	$(begin)
	$(A64_CC) -static -o $@ $^
check-kvm: $(LIBKVM_TEST)
KVM_TESTS_CHECK += tests/kvm/library.t
QEMU_DEPS       += $(LIBKVM_TEST)

clang_linux_SRCS += $(LIBKVM_LOGIC) libpvtime-kvm/sys.c $(LIBKVM_TEST_SRCS)

# The unit tests on a fake KVM.
LIBKVM_FAKED := $(LIBKVM_LOGIC) tests/unit/libpvtime-kvm/fake.c tests/unit/libpvtime-kvm/fake_process.c
LIBKVM_UNIT_NAMES := libpvtime-kvm/region libpvtime-kvm/memory libpvtime-kvm/vcpu libpvtime-kvm/baseline libpvtime-kvm/total libpvtime-kvm/snapshot libpvtime-kvm/forged libpvtime-kvm/fuzz libpvtime-kvm/faults
UNIT_NAMES += $(LIBKVM_UNIT_NAMES)
$(foreach t,$(LIBKVM_UNIT_NAMES),$(eval $(t)_SRCS := tests/unit/$(t).c $(LIBKVM_FAKED)))

# The unit test of the real system calls, which the fake replaces elsewhere.
UNIT_NAMES += libpvtime-kvm/sys
libpvtime-kvm/sys_SRCS := tests/unit/libpvtime-kvm/sys.c libpvtime-kvm/sys.c
libpvtime-kvm/sys_LIBS := -pthread
