/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For tests/qemu/placement.t: where machine/ places a kernel.
 *
 *	place MEMORY CPU VCPUS FDT KERNEL [INITRD]
 *
 * writes the guest's FDT to the file FDT, and prints the address of each part: a name and a number
 * in each line.
 */
#include "machine/board.h"
#include "machine/fdt.h"
#include "machine/image.h"
#include "machine/map.h"
#include "tools/lab/blob.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void print(const char *name, uint64_t address)
{
	if (address != IMAGE_NONE)
		printf("%s %" PRIx64 "\n", name, address);
}

static struct lab_blob *read_blob(struct lab_blob **list, const char *path, bool unpack)
{
	char why[LAB_BLOB_WHY];
	struct lab_blob *blob = lab_blob_get(list, path, unpack, why);

	if (blob == NULL) {
		fprintf(stderr, "%s: %s\n", path, why);
		exit(1);
	}
	return blob;
}

int main(int argc, char **argv)
{
	static uint8_t buffer[MACHINE_FDT_MAX];
	struct lab_blob *blobs = NULL, *kernel, *initrd = NULL;
	struct image_placement p;
	enum image_status status;
	FILE *f;
	int size;

	if (argc < 6)
		return 1;
	struct machine_fdt fdt = {
		.cpu = argv[2],
		.vcpus = (uint32_t)atoi(argv[3]),
		.memory = strtoull(argv[1], NULL, 0),
		.stolen_time = true,
	};
	kernel = read_blob(&blobs, argv[5], true);
	if (argc > 6)
		initrd = read_blob(&blobs, argv[6], false);
	size = machine_fdt_build(&fdt, buffer, sizeof(buffer));
	f = fopen(argv[4], "wb");
	if (size < 0 || f == NULL || fwrite(buffer, 1, (size_t)size, f) != (size_t)size ||
	    fclose(f) != 0)
		return 1;
	struct image_request request = {
		.kernel = kernel->data,
		.kernel_size = kernel->size,
		.initrd_size = initrd != NULL ? initrd->size : 0,
		.dtb_size = (uint64_t)size,
		.ram_base = MAP_RAM_BASE,
		.ram_size = fdt.memory,
		.load = IMAGE_DEFAULT,
		.dtb = IMAGE_DEFAULT,
	};
	status = image_place(&request, &p);
	lab_blob_free(blobs);
	if (status != IMAGE_OK) {
		printf("status %x\n", (unsigned int)-status);
		return 0;
	}
	print("kernel", p.kernel);
	print("entry", p.entry);
	print("x0", p.x0);
	print("initrd", p.initrd);
	print("dtb", p.dtb);
	print("big", p.big_endian);
	return 0;
}
