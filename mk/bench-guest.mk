# The benchmark's guest (bench/guest): one image for every hypervisor, of 4 KiB pages, little-endian. It has the runtime
# of guest/, and of the library the very object files that the hypervisor is linked of.

BENCH := $(BUILD)/bench
BENCH_IMAGE := $(BENCH)/bench.img
BENCH_SRCS := $(wildcard bench/guest/*.c bench/guest/*.S)
BENCH_RUNTIME := $(wildcard guest/*.c guest/*.S) hypervisor/format.c hypervisor/string.c lib/guest.c lib/convert.c
BENCH_GUEST_OBJS := $(patsubst %,$(BENCH)/obj/%.o,$(basename $(BENCH_SRCS) $(BENCH_RUNTIME)))
BENCH_LIB_OBJS := $(BUILD)/a64/hypervisor/lib/account.o $(BUILD)/a64/hypervisor/lib/publish.o

# GUEST_CFLAGS and GUEST_LDFLAGS are in mk/guest.mk, which comes after this file: only recipes have them.
$(BENCH)/obj/%.o: %.c
	@mkdir -p $(@D); echo "  $@"
	$(A64_CC) $(GUEST_CFLAGS) -c -o $@ $<
$(BENCH)/obj/%.o: %.S
	@mkdir -p $(@D); echo "  $@"
	$(A64_CC) $(GUEST_CFLAGS) -c -o $@ $<

$(BENCH)/bench.elf: $(BENCH_GUEST_OBJS) $(BENCH_LIB_OBJS) guest/image.ld
	$(A64_LD) $(GUEST_LDFLAGS) -o $@ $(filter %.o,$^)
$(BENCH_IMAGE): $(BENCH)/bench.elf
	$(A64_OBJCOPY) -O binary $< $@
.SECONDARY: $(BENCH)/bench.elf $(BENCH_GUEST_OBJS)

# What clang says about it.
BENCH_CLANG := $(patsubst %.c,$(BENCH)/clang/%.o,$(call at_least,7,bench/guest/*.c))
$(BENCH)/clang/%.o: %.c
	@mkdir -p $(@D); echo "  $@"
	$(A64_CLANG) $(GUEST_CFLAGS) -c -o $@ $<
clang-host: $(BENCH_CLANG)

.PHONY: bench-guest
bench-guest: $(BENCH_IMAGE) ## build the benchmark's guest
QEMU_DEPS += $(BENCH_IMAGE)
