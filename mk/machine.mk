# The guest-visible machine and the lab file: what every way of running a guest on this host shares.

MACHINE_SRCS := machine/image.c machine/elf64.c machine/fdt.c machine/board.c machine/gunzip.c machine/unzstd.c \
	machine/foreign.c machine/unpack.c
LABFILE_SRCS := $(addprefix tools/lab/,file.c keys.c text.c value.c blob.c place.c bundle.c) tools/visible.c
UNPACK_LIBS  := -lz -lzstd
LABFILE_LIBS := -lini_config -lfdt $(UNPACK_LIBS)

UNIT_NAMES += machine_image machine_elf machine_fdt machine_board machine_gunzip machine_pl031 machine_unzstd machine_foreign \
	machine_unpack machine_unpack_fuzz
machine_image_SRCS  := tests/unit/machine_image.c machine/image.c machine/elf64.c
machine_elf_SRCS    := tests/unit/machine_elf.c machine/image.c machine/elf64.c
machine_fdt_SRCS    := tests/unit/machine_fdt.c machine/fdt.c
machine_fdt_LIBS    := -lfdt
machine_pl031_SRCS  := tests/unit/machine_pl031.c machine/pl031.c
machine_board_SRCS  := tests/unit/machine_board.c machine/board.c
machine_gunzip_SRCS := tests/unit/machine_gunzip.c machine/gunzip.c
machine_gunzip_LIBS := -lz
machine_unzstd_SRCS := tests/unit/machine_unzstd.c machine/unzstd.c
machine_unzstd_LIBS := -lzstd
UNPACK_SRCS         := $(addprefix machine/,unpack.c foreign.c gunzip.c unzstd.c image.c elf64.c)
machine_foreign_SRCS     := tests/unit/machine_foreign.c machine/foreign.c machine/image.c machine/elf64.c
machine_unpack_SRCS      := tests/unit/machine_unpack.c $(UNPACK_SRCS)
machine_unpack_LIBS      := $(UNPACK_LIBS)
machine_unpack_fuzz_SRCS := tests/unit/machine_unpack_fuzz.c $(UNPACK_SRCS)
machine_unpack_fuzz_LIBS := $(UNPACK_LIBS)

UNIT_NAMES += labfile labfile_bundle
labfile_SRCS        := tests/unit/labfile.c $(LABFILE_SRCS) $(MACHINE_SRCS)
labfile_LIBS        := $(LABFILE_LIBS)
labfile_bundle_SRCS := tests/unit/labfile_bundle.c $(LABFILE_SRCS) $(MACHINE_SRCS)
labfile_bundle_LIBS := $(LABFILE_LIBS)

TAP_SCRIPTS += tests/lab-errors/run.t
TAP_DEPS    += $(BUILD)/pvtime

# For tests/qemu/placement.t: where we put things, and a kernel that says what it was started with.
PLACE    := $(BUILD)/tests-machine
REPORTS  := report.bin report-le.elf report-be.elf report-high.elf big.elf
QEMU_DEPS += $(PLACE)/place $(REPORTS:%=$(PLACE)/%)
HOST_SRCS += tests/machine/place.c

$(PLACE)/place: tests/machine/place.c tools/lab/blob.c $(MACHINE_SRCS)
	@mkdir -p $(@D); echo "  $@"
	$(HOST_CC) $(filter-out -MMD -MP,$(HOST_CFLAGS)) -o $@ $^ -lfdt $(UNPACK_LIBS)

$(PLACE)/report-be.elf: REPORT_FLAGS := -mbig-endian
$(PLACE)/report-high.elf: REPORT_ADDRESS := 0x41000000
$(PLACE)/report-%.elf: tests/machine/report.S
	@mkdir -p $(@D); echo "  $@"
	$(A64_CC) $(REPORT_FLAGS) -nostdlib -static -Wl,--build-id=none \
		-Wl,-Ttext=$(or $(REPORT_ADDRESS),0x40200000) -o $@ $<
$(PLACE)/big.elf: tests/machine/big.S
	@mkdir -p $(@D); echo "  $@"
	$(A64_CC) -mbig-endian -nostdlib -static -Wl,--build-id=none -Wl,-Ttext=0x40200000 -o $@ $<
$(PLACE)/report.bin: $(PLACE)/report-le.elf
	$(A64_OBJCOPY) -O binary $< $@
