# Tests on a /dev/kvm: Debian's arm64 kernel at EL2 in QEMU, see tests/kvm/Host.pm. Those of them that `make check` has
# time for are in KVM_TESTS_CHECK; `make check-kvm` runs them all. What a test needs built is a prerequisite of
# check-kvm that the test's own fragment adds.

KVM_TESTS       := $(call at_least,19,tests/kvm/*.t)
KVM_TESTS_CHECK +=

KVM_HOST := $(BUILD)/kvm-host
KVM_HOST_DEPS := $(KVM_HOST)/host.cpio $(KVM_HOST)/host-qemu.cpio $(BUILD)/a64-linux/pvtime $(BUILD)/debian/Image \
	$(BUILD)/guest/initramfs.cpio

$(KVM_HOST)/host.cpio: scripts/mkinitramfs tests/kvm/init $(BUILD)/debian/busybox
	@mkdir -p $(@D); echo "  $@"
	scripts/mkinitramfs $@ $(DEBIAN_BUSYBOX) tests/kvm/init
$(KVM_HOST)/host-qemu.cpio: scripts/mkinitramfs tests/kvm/init $(BUILD)/debian/busybox $(BUILD)/debian/qemu/bin/qemu-system-aarch64
	@mkdir -p $(@D); echo "  $@"
	scripts/mkinitramfs $@ $(DEBIAN_BUSYBOX) tests/kvm/init =$(DEBIAN)/qemu

QEMU_TESTS += $(KVM_TESTS_CHECK)
QEMU_DEPS  += $(KVM_HOST_DEPS)
bench: $(KVM_HOST_DEPS)

.PHONY: check-kvm
check-kvm: all $(KVM_HOST_DEPS) ## run the tests that need KVM, in QEMU; T=... for some of them
	$(PROVE) $(or $(T),$(KVM_TESTS))
