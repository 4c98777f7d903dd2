# The guest-visible machine and the lab file. Every way of running a guest on this host uses them.

MACHINE_SRCS := machine/image.c machine/elf64.c machine/fdt.c machine/board.c machine/gunzip.c machine/unzstd.c \
	machine/foreign.c machine/unpack.c
LABFILE_SRCS := $(addprefix tools/lab/,file.c keys.c text.c value.c blob.c place.c bundle.c) tools/visible.c
UNPACK_LIBS  := -lz -lzstd
LABFILE_LIBS := -lini_config -lfdt $(UNPACK_LIBS)

UNIT_NAMES += machine/image machine/elf machine/fdt machine/board machine/gunzip machine/pl031 machine/unzstd machine/foreign \
	machine/unpack machine/unpack_fuzz
machine/image_SRCS  := tests/unit/machine/image.c machine/image.c machine/elf64.c
machine/elf_SRCS    := tests/unit/machine/elf.c machine/image.c machine/elf64.c
machine/fdt_SRCS    := tests/unit/machine/fdt.c machine/fdt.c
machine/fdt_LIBS    := -lfdt
machine/pl031_SRCS  := tests/unit/machine/pl031.c machine/pl031.c
machine/board_SRCS  := tests/unit/machine/board.c machine/board.c
machine/gunzip_SRCS := tests/unit/machine/gunzip.c machine/gunzip.c
machine/gunzip_LIBS := -lz
machine/unzstd_SRCS := tests/unit/machine/unzstd.c machine/unzstd.c
machine/unzstd_LIBS := -lzstd
UNPACK_SRCS         := $(addprefix machine/,unpack.c foreign.c gunzip.c unzstd.c image.c elf64.c)
machine/foreign_SRCS     := tests/unit/machine/foreign.c machine/foreign.c machine/image.c machine/elf64.c
machine/unpack_SRCS      := tests/unit/machine/unpack.c $(UNPACK_SRCS)
machine/unpack_LIBS      := $(UNPACK_LIBS)
machine/unpack_fuzz_SRCS := tests/unit/machine/unpack_fuzz.c $(UNPACK_SRCS)
machine/unpack_fuzz_LIBS := $(UNPACK_LIBS)

# For tests/qemu/placement.t: a program that prints where we place images, and a kernel that reports
# the state in which it was started.
PLACE    := $(BUILD)/tests-machine
REPORTS  := report.bin report-le.elf report-be.elf report-high.elf big.elf
QEMU_DEPS += $(PLACE)/place $(REPORTS:%=$(PLACE)/%)
HOST_SRCS += tests/machine/place.c

$(PLACE)/place: tests/machine/place.c tools/lab/blob.c $(MACHINE_SRCS)
	$(begin)
	$(HOST_CC) $(filter-out -MMD -MP,$(HOST_CFLAGS)) -o $@ $^ -lfdt $(UNPACK_LIBS)

$(PLACE)/report-be.elf: REPORT_FLAGS := -mbig-endian
$(PLACE)/report-high.elf: REPORT_ADDRESS := 0x41000000
$(PLACE)/report-%.elf: tests/machine/report.S
	$(begin)
	$(A64_CC) $(REPORT_FLAGS) -nostdlib -static -Wl,--build-id=none \
		-Wl,-Ttext=$(or $(REPORT_ADDRESS),0x40200000) -o $@ $<
$(PLACE)/big.elf: tests/machine/big.S
	$(begin)
	$(A64_CC) -mbig-endian -nostdlib -static -Wl,--build-id=none -Wl,-Ttext=0x40200000 -o $@ $<
$(PLACE)/report.bin: $(PLACE)/report-le.elf
	$(A64_OBJCOPY) -O binary $< $@
