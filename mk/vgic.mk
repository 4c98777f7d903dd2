# Unit tests of the guest's GIC: hypervisor/vgic/ on a fake of the list registers.

VGIC_SRCS := $(wildcard hypervisor/vgic/*.c) \
             tests/unit/vgic/fake.c tests/unit/vgic/guest.c

UNIT_NAMES += vgic/fuzz
vgic/fuzz_SRCS   := tests/unit/vgic/fuzz.c tests/unit/vgic/model.c $(VGIC_SRCS)
vgic/fuzz_WITH   := logic

UNIT_NAMES += vgic/race
vgic/race_SRCS   := tests/unit/vgic/race.c $(VGIC_SRCS)
vgic/race_WITH   := logic

UNIT_NAMES += vgic/registers
vgic/registers_SRCS   := tests/unit/vgic/registers.c $(VGIC_SRCS)
vgic/registers_WITH   := logic

UNIT_NAMES += vgic/lists
vgic/lists_SRCS   := tests/unit/vgic/lists.c $(VGIC_SRCS)
vgic/lists_WITH   := logic
