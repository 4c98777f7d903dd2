# The conformance suite's images: the bare-metal guest for each granule and byte order, as an arm64 Image, as
# an ELF file and raw; and the guest that competes with it. What drives them is in mk/conform*.mk.

CONFORMANCE        := $(BUILD)/conformance
CONFORMANCE_BUILDS := 4k-le 4k-be 16k-le 16k-be 64k-le 64k-be
CONFORMANCE_IMAGES := $(foreach b,$(CONFORMANCE_BUILDS),$(addprefix $(CONFORMANCE)/suite-$(b).,img elf raw)) \
	$(CONFORMANCE)/competitor.img

CONFORMANCE_RUNTIME := $(patsubst %,%.o,$(basename $(wildcard guest/*.c guest/*.S) \
	hypervisor/format.c hypervisor/string.c lib/guest.c lib/convert.c lib/deadline.c))
CONFORMANCE_SUITE   := $(patsubst %,%.o,$(basename $(wildcard conformance/*.c conformance/*.S)))

# These know the granule or the build's name. All others are compiled once for each byte order, and do not compile where they use the
# granule.
CONFORMANCE_OWN := conformance/suite.o guest/mmu.o guest/start.o

# GUEST_CFLAGS and GUEST_LDFLAGS are in mk/guest.mk, which comes after this file: only recipes have them.
CONFORMANCE_CFLAGS = $(GUEST_CFLAGS) -DGUEST_GRANULE_SHIFT=$(CONFORMANCE_SHIFT_$(1)) -DGUEST_BUILD='"$(2)"' \
	$(CONFORMANCE_CFLAGS_$(3))
CONFORMANCE_SHIFT_4k  := 12
CONFORMANCE_SHIFT_16k := 14
CONFORMANCE_SHIFT_64k := 16
CONFORMANCE_CFLAGS_be := -mbig-endian

# conformance_objs BUILD,ORDER,OBJECTS
conformance_objs = $(foreach o,$(3),$(CONFORMANCE)/obj-$(if $(filter $(CONFORMANCE_OWN),$(o)),$(1),$(2))/$(o))

# conformance_compile FOLDER,FLAGS
define conformance_compile
$(CONFORMANCE)/obj-$(1)/%.o: %.c
	@mkdir -p $$(@D); echo "  $$@"
	$(A64_CC) $(2) -c -o $$@ $$<
$(CONFORMANCE)/obj-$(1)/%.o: %.S
	@mkdir -p $$(@D); echo "  $$@"
	$(A64_CC) $(2) -c -o $$@ $$<
endef
$(foreach o,le be,$(eval $(call conformance_compile,$(o),$$(GUEST_CFLAGS) -DGUEST_GRANULE_SHIFT=@ $(CONFORMANCE_CFLAGS_$(o)))))

# conformance_build GRANULE,BUILD,ORDER
define conformance_build
$(call conformance_compile,$(2),$$(call CONFORMANCE_CFLAGS,$(1),$(2),$(3)))
$(CONFORMANCE)/suite-$(2).elf: $(call conformance_objs,$(2),$(3),$(CONFORMANCE_SUITE) $(CONFORMANCE_RUNTIME)) guest/image.ld
	$(A64_LD) $(if $(filter be,$(3)),-EB) $$(GUEST_LDFLAGS) -o $$@ $$(filter %.o,$$^)

# What clang says about it.
$(CONFORMANCE)/clang-$(2)/%.o: %.c
	@mkdir -p $$(@D); echo "  $$@"
	$$(A64_CLANG) $$(call CONFORMANCE_CFLAGS,$(1),$(2),$(3)) -c -o $$@ $$<
endef
conformance_words = $(call conformance_build,$(firstword $(2)),$(1),$(lastword $(2)))
$(foreach b,$(CONFORMANCE_BUILDS),$(eval $(call conformance_words,$(b),$(subst -, ,$(b)))))

$(CONFORMANCE)/%.img: $(CONFORMANCE)/%.elf
	$(A64_OBJCOPY) -O binary $< $@
# The same without what makes it an Image: the four bytes "ARM\x64" of its header.
$(CONFORMANCE)/%.raw: $(CONFORMANCE)/%.img
	cp $< $@
	printf '\0\0\0\0' | dd of=$@ bs=1 seek=56 conv=notrunc status=none

COMPETITOR_OBJS := $(call conformance_objs,4k-le,le,conformance/competitor/competitor.o $(CONFORMANCE_RUNTIME))
$(CONFORMANCE)/competitor.elf: $(COMPETITOR_OBJS) guest/image.ld
	$(A64_LD) $(GUEST_LDFLAGS) -o $@ $(filter %.o,$^)

CONFORMANCE_CLANG := \
	$(patsubst %.c,$(CONFORMANCE)/clang-4k-le/%.o,$(call at_least,30,conformance/*.c conformance/competitor/*.c)) \
	$(patsubst %.c,$(CONFORMANCE)/clang-64k-be/%.o,$(call at_least,45,conformance/*.c guest/*.c)) \
	$(patsubst %.c,$(CONFORMANCE)/clang-16k-le/%.o,guest/mmu.c)
clang-host: $(CONFORMANCE_CLANG)

.SECONDARY: $(CONFORMANCE)/competitor.elf $(COMPETITOR_OBJS) \
	$(foreach b,$(CONFORMANCE_BUILDS),$(call conformance_objs,$(b),$(lastword $(subst -, ,$(b))),$(CONFORMANCE_SUITE) $(CONFORMANCE_RUNTIME)))

.PHONY: conformance
conformance: $(CONFORMANCE_IMAGES) ## build the conformance suite's guest, for every granule and byte order
QEMU_DEPS += $(CONFORMANCE_IMAGES)
