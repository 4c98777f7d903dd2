# Stolen time on Xen: ports/xen put into the source that Debian packages, or into another tree.
# Neither Xen's source nor anything made of it is part of this repository.

XEN_RELEASE ?= bookworm
XEN_SOURCE  := $(DEBIAN)/xen-source/$(XEN_RELEASE)
XEN_BUILT   := $(BUILD)/xen/$(XEN_RELEASE)

# port_files NAME,STEPS: what the result of ports/NAME depends on. It has STEPS steps or more.
port_files = ports/edit.awk ports/port $(shell find ports/$(1) -type f -not -name '*.md') $(call at_least,$(2),ports/$(1)/steps/*) \
	$(shell sed -n 's,^copy \([^ ]*\) .*,\1,p' $(wildcard ports/$(1)/steps/*))
XEN_PORT := $(call port_files,xen,7)

$(XEN_SOURCE)/version:
	scripts/debian-source $(XEN_SOURCE) xen $(XEN_RELEASE)

# As Debian has it: to compare with, and a tree in which most files are compiled already.
$(XEN_BUILT)/before: $(XEN_SOURCE)/version ports/xen/build
	$(begin)
	@rm -rf $(@D)/before-tree && mkdir -p $(@D) && cp -a $(XEN_SOURCE)/tree $(@D)/before-tree
	CROSS_COMPILE=$(CROSS) ports/xen/build $(@D)/before-tree arm64 $@

$(XEN_BUILT)/xen: $(XEN_BUILT)/before $(XEN_PORT)
	$(begin)
	@rm -rf $(@D)/tree && cp -a $(@D)/before-tree $(@D)/tree
	ports/port ports/xen $(@D)/tree $(@D)/series >$(@D)/changes
	CROSS_COMPILE=$(CROSS) ports/xen/build $(@D)/tree arm64 $@

.PHONY: xen port-xen
##@ maintainers
xen: $(XEN_BUILT)/xen ## build Debian's Xen with stolen time (the source is fetched, and cached)
	@cat $(XEN_BUILT)/changes

##@ adopters
port-xen: ## put stolen time into the source tree of Xen in XEN=DIR, and leave a series for git am
	$(if $(XEN),,$(error expected XEN=DIR, a source tree of Xen))
	@ports/port ports/xen $(XEN) $(BUILD)/xen/series

# The tests of the port: on a miniature of Xen's source in make check, on the real thing in
# check-xen.
TAP_SCRIPTS += tests/ports/xen.t tests/ports/xen_compile.t

XEN_TESTS := $(call at_least,6,tests/xen/*.t)
check-xen: TEST_TIMEOUT := 900
.PHONY: check-xen
##@ developers
check-xen: $(LIMIT) $(XEN_BUILT)/xen $(BUILD)/debian/Image $(INITRAMFS) $(CONFORMANCE)/suite-4k-le.img ## run the tests that need Xen, in QEMU; T=... for some of them
	XEN_RELEASE=$(XEN_RELEASE) $(PROVE) $(or $(T),$(XEN_TESTS))

# A dom0 with Debian's xl, which makes domains of the tests' kernel.
XEN_TOOLS := $(DEBIAN)/xl/bin/xl
XEN_DOM0  := $(BUILD)/xen/dom0.cpio
$(XEN_TOOLS):
	scripts/debian-fetch $(DEBIAN) xl
$(XEN_DOM0): scripts/mkinitramfs tests/xen/dom0-init $(XEN_TOOLS) $(DEBIAN_BUSYBOX) $(DEBIAN_IMAGE) $(INITRAMFS)
	$(begin)
	scripts/mkinitramfs $@ $(DEBIAN_BUSYBOX) tests/xen/dom0-init =$(DEBIAN)/xl guest/Image=$(DEBIAN_IMAGE) guest/initrd=$(INITRAMFS)
check-xen: $(XEN_DOM0)

# U-Boot for a domain of xl, with the command smc; it does not depend on Xen's version.
U_BOOT_RELEASE := bookworm
U_BOOT_SOURCE  := $(DEBIAN)/u-boot-source/$(U_BOOT_RELEASE)
U_BOOT         := $(BUILD)/xen/u-boot/u-boot.bin
U_BOOT_MAKE     = env -i PATH="$$PATH" HOME=/ LC_ALL=C SOURCE_DATE_EPOCH=0 make -s -j"$$(nproc)" -C $(U_BOOT_SOURCE)/tree \
	O=$(abspath $(@D)) CROSS_COMPILE=$(CROSS)
$(U_BOOT_SOURCE)/version:
	scripts/debian-source $(U_BOOT_SOURCE) u-boot $(U_BOOT_RELEASE)
# If an option does not exist, or depends on another one, .config lacks it, and grep prints it.
$(U_BOOT): $(U_BOOT_SOURCE)/version tests/xen/u_boot.config
	$(begin)
	@{ $(U_BOOT_MAKE) xenguest_arm64_defconfig && cat tests/xen/u_boot.config >>$(@D)/.config && \
		$(U_BOOT_MAKE) olddefconfig && ! grep '^CONFIG' tests/xen/u_boot.config | grep -vxFf $(@D)/.config && \
		$(U_BOOT_MAKE) u-boot.bin; } >$@.log 2>&1 || { tail -n 20 $@.log >&2; false; }
check-xen: $(U_BOOT)
