# make demo runs two Linux guests on one CPU, live, and then compares the stolen time of each in
# three independent records.

.PHONY: demo
##@ newcomers
demo: $(BUILD)/pvtime $(BUILD)/hypervisor.img $(INITRAMFS) $(DEBIAN_IMAGE) ## show two Linux guests that compete for one CPU
	@mkdir -p $(BUILD)/demo
	@scripts/demo $(BUILD)/pvtime examples/demo.lab $(BUILD)/demo

# make demo-top: `pvtime top` on a Linux KVM host in QEMU. Its screen needs descriptions of
# terminals; the host gets those of ncurses-base, which every Debian has.
.PHONY: demo-top
demo-top: $(BUILD)/demo/top.cpio $(DEBIAN_IMAGE) ## show pvtime top on a busy KVM host, on your terminal
	@scripts/demo-top $(DEBIAN_IMAGE) $(BUILD)/demo/top.cpio
$(BUILD)/demo/top.cpio: scripts/mkinitramfs examples/top-host $(BUILD)/debian/busybox \
		$(BUILD)/debian/qemu/bin/qemu-system-aarch64 $(BUILD)/a64-linux/pvtime $(BUILD)/guest/spin.img
	$(begin)
	scripts/mkinitramfs $@ $(DEBIAN_BUSYBOX) examples/top-host bin/pvtime=$(BUILD)/a64-linux/pvtime \
		spin.img=$(BUILD)/guest/spin.img lib/terminfo=/lib/terminfo =$(DEBIAN)/qemu

# make slow: the same work in the same guest, alone and beside a busy guest. Instructions are the
# clock: the figures are the same each time, unless a compiler or Debian's kernel has changed.
.PHONY: slow
slow: $(BUILD)/pvtime $(BUILD)/hypervisor.img $(INITRAMFS) $(DEBIAN_IMAGE) ## show what a busy guest does to another one's work; writes docs/slow.svg
	scripts/slow $(BUILD)/pvtime examples >$(BUILD)/slow.ansi
	cat $(BUILD)/slow.ansi
	docs/terminal-svg <$(BUILD)/slow.ansi >$(BUILD)/slow.svg
	cp $(BUILD)/slow.ansi $(BUILD)/slow.svg docs

# The examples in README.md and docs/porting.md: a hypervisor without and one with books of its own,
# a guest, and a VMM on Linux KVM. Each runs as a unit test.
UNIT_NAMES += examples/adopt examples/view examples/guest examples/vmm
examples/adopt_SRCS := examples/adopt.c $(LIB_SRCS)
examples/view_SRCS  := examples/view.c lib/view.c lib/service.c
examples/guest_SRCS := tests/unit/examples/guest.c examples/guest.c $(LIB_SRCS)
examples/vmm_SRCS   := tests/unit/examples/vmm.c examples/vmm.c $(LIBKVM_FAKED)

# The guest's example also runs where guests run: on AArch64 of both byte orders, without a libc
# (mk/lib.mk).
$(foreach a,a64 a64be,$(BUILD)/$(a)/tests/examples/guest): examples/guest.c examples/guest.h
