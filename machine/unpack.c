/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/unpack.h"
#include "machine/elf64.h"
#include "machine/foreign.h"
#include "machine/gunzip.h"
#include "machine/unzstd.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The header of an EFI zboot image, in front of a program for EFI that unpacks the payload and runs
 * it: Linux, drivers/firmware/efi/libstub/zboot-header.S.
 */
#define ZBOOT_MAGIC   4u /* "zimg", after "MZ" */
#define ZBOOT_OFFSET  8u
#define ZBOOT_SIZE    12u
#define ZBOOT_PACKING 24u /* the method's name, with a NUL */
#define ZBOOT_END     56u

#define PACKING_NAME (ZBOOT_END - ZBOOT_PACKING)

typedef int (*unpacker)(const uint8_t *, size_t, size_t, uint8_t **, size_t *);

/* Until 6.13, Linux named zstd as its makefiles do: zstd22. */
static const struct {
	const char *name;
	unpacker unpack;
} packings[] = {{"gzip", gunzip}, {"zstd", unzstd}, {"zstd22", unzstd}};

static bool is_zboot(const uint8_t *bytes, size_t size)
{
	return size >= ZBOOT_OFFSET && memcmp(bytes, "MZ", 2) == 0 &&
	       memcmp(bytes + ZBOOT_MAGIC, "zimg", 4) == 0;
}

/*
 * Whether unpacked bytes cannot run: what foreign_kernel() knows, and a packed kernel inside
 * another one.
 */
static bool cannot_run(const uint8_t *bytes, size_t size, char name[FOREIGN_NAME])
{
	bool zboot = is_zboot(bytes, size);

	if (zboot || gunzip_is_gzip(bytes, size)) {
		snprintf(name, FOREIGN_NAME, "%s", zboot ? "an EFI zboot image" : "gzip");
		return true;
	}
	return foreign_kernel(bytes, size, name);
}

/* Unpack by `method`. Messages call the input `packed`. */
static int unpack_by(unpacker method, const char *packed, const uint8_t *bytes, size_t size,
		     size_t limit, uint8_t **out, size_t *out_size, char *why)
{
	int error = method(bytes, size, limit, out, out_size);

	if (error == -EFBIG)
		snprintf(why, UNPACK_WHY, "unpacks to more than %zu MiB", limit >> 20);
	else if (error == -ENOMEM)
		snprintf(why, UNPACK_WHY, "does not fit in memory");
	else if (error != 0)
		snprintf(why, UNPACK_WHY, "is %s that is damaged or not complete", packed);
	return error == 0 ? 0 : -1;
}

static int drop(uint8_t **out)
{
	free(*out);
	*out = NULL;
	return -1;
}

static int unpack_gzip(const uint8_t *bytes, size_t size, size_t limit, uint8_t **out,
		       size_t *out_size, char *why)
{
	char inside[FOREIGN_NAME];

	if (unpack_by(gunzip, "gzip", bytes, size, limit, out, out_size, why) != 0)
		return -1;
	if (*out_size == 0)
		snprintf(why, UNPACK_WHY, "is empty");
	else if (cannot_run(*out, *out_size, inside))
		snprintf(why, UNPACK_WHY, "is gzip of %s", inside);
	else
		return 0;
	return drop(out);
}

/* The unpacker for the zboot image's packing. NULL if there is none here; `why` then says so. */
static unpacker packing_of(const uint8_t *bytes, char *why)
{
	const char *name = (const char *)bytes + ZBOOT_PACKING;
	size_t length = strnlen(name, PACKING_NAME);

	if (length == 0 || length == PACKING_NAME ||
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789") != length) {
		snprintf(why, UNPACK_WHY,
			 "is an EFI zboot image that does not name its compression");
		return NULL;
	}
	for (size_t i = 0; i < sizeof(packings) / sizeof(packings[0]); i++) {
		if (strcmp(name, packings[i].name) == 0)
			return packings[i].unpack;
	}
	snprintf(why, UNPACK_WHY, "is an EFI zboot image compressed with %s", name);
	return NULL;
}

static int unpack_zboot(const uint8_t *bytes, size_t size, size_t limit, uint8_t **out,
			size_t *out_size, char *why)
{
	const char *machine = foreign_pe(bytes, size);
	char inside[FOREIGN_NAME] = "no arm64 Image";
	uint32_t payload, packed;
	unpacker method;

	if (machine != NULL && strcmp(machine, "arm64") != 0) {
		snprintf(why, UNPACK_WHY, "is an EFI zboot image for %s", machine);
		return -1;
	}
	if (size < ZBOOT_END) {
		snprintf(why, UNPACK_WHY, "is an EFI zboot image that ends in its header");
		return -1;
	}
	method = packing_of(bytes, why);
	if (method == NULL)
		return -1;
	payload = elf64_get32(bytes + ZBOOT_OFFSET, false);
	packed = elf64_get32(bytes + ZBOOT_SIZE, false);
	if (payload > size || packed > size - payload) {
		snprintf(
			why, UNPACK_WHY,
			"is an EFI zboot image of %zu bytes whose payload, %u bytes at %u, is not in it",
			size, packed, payload);
		return -1;
	}
	if (unpack_by(method, "an EFI zboot image with a payload", bytes + payload, packed, limit,
		      out, out_size, why) != 0)
		return -1;
	if (image_is_arm64(*out, *out_size) && !is_zboot(*out, *out_size))
		return 0;
	cannot_run(*out, *out_size, inside);
	snprintf(why, UNPACK_WHY, "is an EFI zboot image of %s", inside);
	return drop(out);
}

int unpack_kernel(const uint8_t *bytes, size_t size, size_t limit, uint8_t **out, size_t *out_size,
		  char why[UNPACK_WHY])
{
	char name[FOREIGN_NAME];

	*out = NULL;
	*out_size = 0;
	if (gunzip_is_gzip(bytes, size))
		return unpack_gzip(bytes, size, limit, out, out_size, why);
	if (is_zboot(bytes, size))
		return unpack_zboot(bytes, size, limit, out, out_size, why);
	if (!foreign_kernel(bytes, size, name))
		return 0;
	snprintf(why, UNPACK_WHY, "is %s", name);
	return -1;
}
