# The benchmark's guest (bench/guest): one little-endian image with 4 KiB pages, for every
# hypervisor. It uses the runtime of guest/, and links the same object files of the library as the
# hypervisor does.

BENCH := $(BUILD)/bench
BENCH_IMAGE := $(BENCH)/bench.img
BENCH_SRCS := $(wildcard bench/guest/*.c bench/guest/*.S)
BENCH_RUNTIME := $(wildcard guest/*.c guest/*.S) hypervisor/format.c hypervisor/string.c lib/guest.c lib/convert.c
BENCH_GUEST_OBJS := $(patsubst %,$(BENCH)/obj/%.o,$(basename $(BENCH_SRCS) $(BENCH_RUNTIME)))
BENCH_LIB_OBJS := $(BUILD)/a64/hypervisor/lib/ledger.o $(BUILD)/a64/hypervisor/lib/view.o

$(BENCH)/obj/%.o: %.c
	$(begin)
	$(A64_CC) $(GUEST_CFLAGS) -c -o $@ $<
$(BENCH)/obj/%.o: %.S
	$(begin)
	$(A64_CC) $(GUEST_CFLAGS) -c -o $@ $<

$(BENCH)/bench.elf: $(BENCH_GUEST_OBJS) $(BENCH_LIB_OBJS) guest/image.ld
	$(A64_LD) $(GUEST_LDFLAGS) -o $@ $(filter %.o,$^)
$(BENCH_IMAGE): $(BENCH)/bench.elf
	$(A64_OBJCOPY) -O binary $< $@
.SECONDARY: $(BENCH)/bench.elf $(BENCH_GUEST_OBJS)

clang_guest_SRCS += $(call at_least,7,bench/guest/*.c) bench/spin/spin.c

.PHONY: bench-guest
##@ maintainers
bench-guest: $(BENCH_IMAGE) ## build the benchmark's guest
QEMU_DEPS += $(BENCH_IMAGE)

# `pvtime bench` measures what the hypervisor's paths cost, beside Linux KVM and Xen. The guest that
# measures them is built above; mk/conformance.mk builds the hosts, mk/xen.mk Xen without and with
# stolen time.

BENCH_SPIN   := $(BENCH)/spin.img
BENCH_LINUX  := $(BENCH)/linux.img
BENCH_BOOT   := $(BENCH)/boot.cpio
BENCH_INITRD := $(BENCH)/initramfs.cpio
BENCH_QUICK  := $(BUILD)/pvtime $(BUILD)/hypervisor.img $(BENCH_IMAGE) $(BENCH_SPIN)
BENCH_ALL    := $(BENCH_QUICK) $(BENCH_LINUX) $(BENCH_BOOT) $(BENCH_INITRD)

# A guest that only computes.
BENCH_SPIN_OBJS := $(patsubst %,$(BENCH)/obj/%.o,bench/spin/spin $(basename $(BENCH_RUNTIME)))
$(BENCH)/spin.elf: $(BENCH_SPIN_OBJS) guest/image.ld
	$(A64_LD) $(GUEST_LDFLAGS) -o $@ $(filter %.o,$^)
$(BENCH_SPIN): $(BENCH)/spin.elf
	$(A64_OBJCOPY) -O binary $< $@
.SECONDARY: $(BENCH)/spin.elf $(BENCH_SPIN_OBJS)

# A Linux guest whose kernel and first process record the time at which they start, and the
# initramfs of the other Linux guests.
$(BENCH)/entry.o: bench/boot/entry.S
	$(begin)
	$(A64_CC) -c -o $@ $<
$(BENCH)/entry.bin: $(BENCH)/entry.o
	$(A64_OBJCOPY) -O binary -j .text $< $@
$(BENCH_LINUX): bench/boot/add-entry $(BENCH)/entry.bin $(BENCH)/entry.o $(BUILD)/debian/Image
	bench/boot/add-entry $(DEBIAN_IMAGE) $(BENCH)/entry.bin \
		$$($(CROSS)nm $(BENCH)/entry.o | awk '$$3 == "leave" { print $$1 }') $@
$(BENCH)/boot-init: bench/boot/init.c
	$(begin)
	$(A64_CC) $(HOST_CFLAGS) -static -o $@ $<
$(BENCH_BOOT): scripts/mkinitramfs $(BENCH)/boot-init $(BUILD)/debian/busybox
	scripts/mkinitramfs $@ $(DEBIAN_BUSYBOX) $(BENCH)/boot-init
$(BENCH_INITRD): $(BUILD)/guest/initramfs.cpio
	cp $< $@

# The recorded figures with which `make check` compares the paths. Compilers differ by some
# instructions, so each has its own file.
BENCH_FIGURES = bench/figures/gcc-$(firstword $(subst ., ,$(shell $(A64_CC) -dumpversion))).json

.PHONY: bench bench-quick bench-figures
bench: $(BENCH_ALL) profile ## measure our hypervisor beside Linux KVM and Xen; writes docs/performance.md
	$(BUILD)/pvtime bench --json bench/results.json --markdown docs/performance.md --accuracy docs/accuracy.md \
		--data $(BENCH)/plot.data all
	{ echo; tests/kvm/top_truth guest tests/kvm/top_record; } >>docs/accuracy.md
	gnuplot -c bench/plot.gp $(BENCH)/plot.data docs/performance.svg
	BUILD=$(BUILD) bench/top/run --record bench/top/record >$(BENCH)/top.md
	cat $(BENCH)/top.md >>docs/performance.md
	BUILD=$(BUILD) bench/start >$(BENCH)/exec.md
	mv $(BENCH)/exec.md docs/exec.md
bench-quick: $(BENCH_QUICK) ## measure our hypervisor in under a minute, and compare with this compiler's bench/figures
	$(BUILD)/pvtime bench --quick --compare $(BENCH_FIGURES)
bench-figures: $(BENCH_QUICK) ## measure as bench-quick does, and record the result as this compiler's bench/figures
	$(BUILD)/pvtime bench --quick --json $(BENCH_FIGURES)

QEMU_DEPS += $(BENCH_QUICK)

# What `pvtime bench --quick` runs. The rest needs files of Debian's, which are not installed.
INSTALL_DATA += $(BENCH_IMAGE) $(BENCH_SPIN)

# The number of instructions that the hot paths execute at EL2 (bench/PROFILE.md). With P, no file
# is written.

.PHONY: profile
profile: $(BUILD)/pvtime $(BUILD)/hypervisor.elf $(BENCH_IMAGE) ## count the instructions of each hot path at EL2; P=... for some paths
	bench/profile --build $(BUILD) $(or $(P),--json $(BENCH)/profile.json)
TAP_SCRIPTS += tests/bench/profile.t

# What `pvtime top` costs a Linux host (bench/top/run): the program that the host runs, and the
# tools beside which top is measured.

BENCH_LOAD       := $(BENCH)/load
BENCH_LOAD_SRCS  := $(call at_least,8,bench/top/*.c)
BENCH_LOAD_OBJS  := $(BENCH_LOAD_SRCS:%.c=$(BUILD)/a64-linux/%.o)
$(BENCH_LOAD_OBJS): private HOST_CFLAGS += -isystem $(DEBIAN_LINUX)/include
$(BENCH_LOAD_OBJS): | $(DEBIAN_LINUX_LIBS)
$(BENCH_LOAD): $(BENCH_LOAD_OBJS) $(BUILD)/a64-linux/tools/top/libeu.o
	$(begin)
	$(A64_CC) -static -o $@ $^ $(A64_TOOLS_LIBS)
clang_linux_SRCS += $(BENCH_LOAD_SRCS)
bench bench-top: $(BENCH_LOAD) $(DEBIAN)/versions-tracers
TAP_DEPS    += $(BENCH_LOAD)
TAP_SCRIPTS += tests/bench/top.t

.PHONY: bench-top
##@ maintainers
bench-top: ## measure what pvtime top costs a host, beside perf and runqlat; VMS=... for other than 500 VMs
	BUILD=$(BUILD) bench/top/run
