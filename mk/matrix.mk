# Kernels and hypervisors of today, as Debian's releases have them: each kernel as a guest of our hypervisor, and as a KVM host
# under the conformance suite; and each Xen under it. No part of make check, but for the test of the scripts.

RELEASES     := bookworm trixie sid
# Those whose Xen differs in more than its last number.
RELEASES_XEN := bookworm trixie

CONFORM_ALL := scripts/conform-all $(BUILD) docs/conformance.md pvtime $(RELEASES:%=kvm/%) $(RELEASES_XEN:%=xen/%)
MATRIX_DEPS := $(BUILD)/pvtime $(BUILD)/hypervisor.img $(BUILD)/limit

.PHONY: debian-releases conform-all matrix
debian-releases: ## fetch the kernels and Xen of several Debian releases, the newest each time
	scripts/debian-releases $(DEBIAN) $(RELEASES)
conform-all: $(MATRIX_DEPS) conformance debian-releases ## the same of Linux KVM and Xen from several Debian releases; writes docs/conformance.md
	$(CONFORM_ALL)
matrix: $(MATRIX_DEPS) $(INITRAMFS) $(GUEST_IMAGES) conformance debian-releases ## conform-all, and the kernels of these releases as guests of our hypervisor
	BUILD=$(BUILD) prove -v --timer tests/matrix/kernels.t :: $(RELEASES)
	$(CONFORM_ALL)
