# The EL2 hypervisor: build/hypervisor.elf, and as a raw arm64 Image build/hypervisor.img.

HYP_SRCS := $(sort $(call at_least,48,hypervisor/*.c hypervisor/*/*.c))
HYP_ASM  := $(wildcard hypervisor/*.S)
HYP_LIB  := $(wildcard lib/*.c) machine/board.c machine/pl011.c machine/pl031.c
HYP_OBJS := $(HYP_SRCS:%.c=$(BUILD)/a64/%.o) $(HYP_ASM:%.S=$(BUILD)/a64/%.o) \
            $(HYP_LIB:%.c=$(BUILD)/a64/hypervisor/%.o)
# For time, not for size: what it costs is in its instructions.
HYP_CFLAGS := $(A64_CFLAGS) -O2 -mno-outline-atomics -fpie -fno-builtin -Ihypervisor -isystem $(A64_LIBFDT_INC)
# Files are for readers: the compiler sees them as one. Fat, as the benchmark's guest links the library's alone.
HYP_LTO := -flto=auto -ffat-lto-objects -O3 --param max-inline-insns-auto=100 --param inline-unit-growth=300

$(BUILD)/a64/hypervisor/%.o: hypervisor/%.c $(A64_LIBFDT) mk/hypervisor.mk
	@mkdir -p $(@D); echo "  $@"
	$(A64_CC) $(HYP_CFLAGS) $(HYP_LTO) -c -o $@ $<

# Or gcc turns memset()'s loop into a call of memset(); which it would not find when all is linked, or its own.
$(BUILD)/a64/hypervisor/string.o: HYP_CFLAGS += -fno-tree-loop-distribute-patterns
$(BUILD)/a64/hypervisor/string.o: HYP_LTO :=

$(BUILD)/a64/hypervisor/%.o: hypervisor/%.S
	@mkdir -p $(@D); echo "  $@"
	$(A64_CC) -Ihypervisor -I. -MMD -MP -c -o $@ $<

# The library and the board's memory map again, position-independent.
$(BUILD)/a64/hypervisor/lib/%.o: lib/%.c mk/hypervisor.mk
	@mkdir -p $(@D); echo "  $@"
	$(A64_CC) $(HYP_CFLAGS) $(HYP_LTO) -c -o $@ $<

$(BUILD)/a64/hypervisor/machine/%.o: machine/%.c mk/hypervisor.mk
	@mkdir -p $(@D); echo "  $@"
	$(A64_CC) $(HYP_CFLAGS) $(HYP_LTO) -c -o $@ $<

.PHONY: hypervisor-objects
hypervisor-objects: $(HYP_OBJS)
$(BUILD)/hypervisor.elf: $(HYP_OBJS) hypervisor/image.ld $(A64_LIBFDT)
	$(A64_CC) $(filter-out -MMD -MP,$(HYP_CFLAGS)) $(HYP_LTO) -nostdlib -pie -Wl,--no-dynamic-linker,-z,text,-z,noexecstack \
		-Wl,-z,max-page-size=4096,--build-id=none -T hypervisor/image.ld -o $@ $(HYP_OBJS) $(A64_LIBFDT)

$(BUILD)/hypervisor.img: $(BUILD)/hypervisor.elf
	$(A64_OBJCOPY) -O binary $< $@

.PHONY: hypervisor
hypervisor: $(BUILD)/hypervisor.img ## build the EL2 hypervisor
all: hypervisor

# What clang says about it: objects that nobody links.
HYP_CLANG := $(patsubst %.c,$(BUILD)/a64-clang/%.o,$(HYP_SRCS))
$(HYP_CLANG): $(BUILD)/a64-clang/%.o: %.c $(A64_LIBFDT)
	@mkdir -p $(@D); echo "  $@"
	$(A64_CLANG) $(HYP_CFLAGS) -c -o $@ $<
TAP_DEPS += $(HYP_CLANG)
