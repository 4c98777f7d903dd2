# Unit tests of the guest's GIC: hypervisor/vgic/ on a fake of the list registers.

VGIC_SRCS := $(wildcard hypervisor/vgic/*.c) \
             tests/unit/vgic_fake.c tests/unit/vgic_guest.c

UNIT_NAMES += vgic_fuzz
vgic_fuzz_SRCS   := tests/unit/vgic_fuzz.c tests/unit/vgic_model.c $(VGIC_SRCS)
vgic_fuzz_WITH   := logic

UNIT_NAMES += vgic_race
vgic_race_SRCS   := tests/unit/vgic_race.c $(VGIC_SRCS)
vgic_race_WITH   := logic

UNIT_NAMES += vgic_registers
vgic_registers_SRCS   := tests/unit/vgic_registers.c $(VGIC_SRCS)
vgic_registers_WITH   := logic

UNIT_NAMES += vgic_lists
vgic_lists_SRCS   := tests/unit/vgic_lists.c $(VGIC_SRCS)
vgic_lists_WITH   := logic
