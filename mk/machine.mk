# The guest-visible machine and the lab file: what every way of running a guest on this host shares.

MACHINE_SRCS := machine/image.c machine/elf64.c machine/fdt.c machine/board.c machine/gunzip.c
LABFILE_SRCS := tools/labfile.c tools/labkeys.c tools/labtext.c tools/labvalue.c tools/labblob.c \
	tools/labplace.c tools/bundle.c
LABFILE_LIBS := -lini_config -lfdt -lz


UNIT_NAMES += machine_image machine_elf machine_fdt machine_board machine_gunzip
machine_image_SRCS  := tests/unit/machine_image.c machine/image.c machine/elf64.c
machine_elf_SRCS    := tests/unit/machine_elf.c machine/image.c machine/elf64.c
machine_fdt_SRCS    := tests/unit/machine_fdt.c machine/fdt.c
machine_fdt_LIBS    := -lfdt
machine_board_SRCS  := tests/unit/machine_board.c machine/board.c
machine_gunzip_SRCS := tests/unit/machine_gunzip.c machine/gunzip.c
machine_gunzip_LIBS := -lz

UNIT_NAMES += labfile labfile_bundle
labfile_SRCS        := tests/unit/labfile.c $(LABFILE_SRCS) $(MACHINE_SRCS)
labfile_LIBS        := $(LABFILE_LIBS)
labfile_bundle_SRCS := tests/unit/labfile_bundle.c $(LABFILE_SRCS) $(MACHINE_SRCS)
labfile_bundle_LIBS := $(LABFILE_LIBS)

TAP_SCRIPTS += tests/lab-errors/run.t
TAP_DEPS    += $(BUILD)/pvtime
