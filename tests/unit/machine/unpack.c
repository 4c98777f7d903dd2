/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernels as files: each way of packing, sound and damaged, and headers that are wrong; each file
 * in memory of exactly its size.
 */
#include "machine/image.h"
#include "machine/unpack.h"
#include "tests/tap.h"
#include "tests/unit/machine/pack.h"

#define MIB   ((size_t)1 << 20)
#define IMAGE ((size_t)100000)
#define ROOM  ((size_t)4 << 20)

static uint8_t image[IMAGE], packed[ROOM], zboot[ROOM], large[MIB + 1];

/* Put in front of the names of tests. */
static char prefix[32];

/*
 * What unpack_kernel() says about the bytes: "" if it accepts them. *unpacked: whether it has
 * unpacked them to the image.
 */
static const char *why_not(const uint8_t *bytes, size_t size, bool *unpacked)
{
	static char why[UNPACK_WHY];
	uint8_t *exact = malloc(size != 0 ? size : 1), *out;
	size_t out_size;
	int result;

	if (exact == NULL)
		abort();
	memcpy(exact, bytes, size);
	memset(why, '?', sizeof(why));
	result = unpack_kernel(exact, size, MIB, &out, &out_size, why);
	free(exact);
	if (unpacked != NULL)
		*unpacked = result == 0 && out != NULL && out_size == IMAGE &&
			    memcmp(out, image, IMAGE) == 0;
	if (result == 0)
		why[0] = '\0';
	if (result != 0 && out != NULL)
		return "it returns a buffer with an error";
	free(out);
	return memchr(why, '\0', sizeof(why)) != NULL ? why : "the reason has no end";
}

static void taken(const uint8_t *bytes, size_t size, const char *what)
{
	bool unpacked;

	tap_ok(strcmp(why_not(bytes, size, &unpacked), "") == 0 && unpacked, "%s%s is unpacked",
	       prefix, what);
}

static void refused(const uint8_t *bytes, size_t size, const char *want, const char *what)
{
	const char *why = why_not(bytes, size, NULL);

	tap_ok(strcmp(why, want) == 0, "%s%s is refused: %s", prefix, what,
	       *why != '\0' ? why : "no, it is accepted");
}

/* A kernel that is not packed is neither refused nor unpacked. */
static void test_plain(void)
{
	static const uint8_t branch[4] = {0, 0, 0, 0x14};
	bool unpacked;

	tap_ok(strcmp(why_not(image, IMAGE, &unpacked), "") == 0 && !unpacked,
	       "an Image is accepted as it is");
	tap_ok(strcmp(why_not(branch, 4, &unpacked), "") == 0 && !unpacked,
	       "a raw binary is accepted as it is");
	refused((const uint8_t *)"\xfd"
				 "7zXZ\0",
		6, "is an xz file", "an xz file");
}

static void test_gzip(void)
{
	size_t size = pack_gzip(image, IMAGE, packed, ROOM), inner;

	taken(packed, size, "an Image in gzip");
	refused(packed, size - 1, "is gzip that is damaged or not complete",
		"gzip that is cut off");
	size = pack_gzip(large, MIB + 1, packed, ROOM);
	refused(packed, size, "unpacks to more than 1 MiB", "gzip of one byte more than the limit");
	size = pack_gzip(image, 0, packed, ROOM);
	refused(packed, size, "is empty", "gzip of nothing");
	inner = pack_gzip(image, IMAGE, zboot, ROOM);
	size = pack_gzip(zboot, inner, packed, ROOM);
	refused(packed, size, "is gzip of gzip", "gzip of gzip");
	inner = pack_zboot("gzip", packed, 100, zboot);
	size = pack_gzip(zboot, inner, packed, ROOM);
	refused(packed, size, "is gzip of an EFI zboot image", "an EFI zboot image in gzip");
	size = pack_gzip((const uint8_t *)"070701", 6, packed, ROOM);
	refused(packed, size, "is gzip of a cpio archive, as initrds are", "gzip of an initrd");
}

/* Each packing of zboot images, with sound and damaged payloads. */
static void test_payload(const char *packing,
			 size_t (*pack)(const uint8_t *, size_t, uint8_t *, size_t))
{
	const char *damaged =
		"is an EFI zboot image with a payload that is damaged or not complete";
	size_t payload = pack(image, IMAGE, packed, ROOM);
	size_t size = pack_zboot(packing, packed, (uint32_t)payload, zboot);

	snprintf(prefix, sizeof(prefix), "%s, ", packing);
	taken(zboot, size, "a zboot image");
	memset(zboot + 0x3c, 0, 4);
	taken(zboot, size, "a zboot image without a PE header");
	taken(zboot, size - 4, "a zboot image that ends with its payload");
	zboot[PACK_PAYLOAD + payload / 2] ^= 4;
	refused(zboot, size, damaged, "a payload with one bit wrong");
	size = pack_zboot(packing, packed, (uint32_t)payload - 1, zboot);
	refused(zboot, size, damaged, "a payload without its last byte");
	size = pack_zboot(packing, packed, 0, zboot);
	refused(zboot, size, damaged, "an empty payload");
	pack_le32(zboot + 8, 0);
	pack_le32(zboot + 12, 100);
	refused(zboot, size, damaged, "a payload that is the header");

	payload = pack(large, MIB + 1, packed, ROOM);
	size = pack_zboot(packing, packed, (uint32_t)payload, zboot);
	refused(zboot, size, "unpacks to more than 1 MiB",
		"a payload of one byte more than the limit");
	payload = pack(image, 63, packed, ROOM);
	size = pack_zboot(packing, packed, (uint32_t)payload, zboot);
	refused(zboot, size, "is an EFI zboot image of no arm64 Image",
		"a payload of less than a header");
	payload = pack(image, 0, packed, ROOM);
	size = pack_zboot(packing, packed, (uint32_t)payload, zboot);
	refused(zboot, size, "is an EFI zboot image of no arm64 Image", "a payload of nothing");
	payload = pack((const uint8_t *)"ANDROID!", 8, packed, ROOM);
	size = pack_zboot(packing, packed, (uint32_t)payload, zboot);
	refused(zboot, size, "is an EFI zboot image of an Android boot image",
		"a payload of another format");
	prefix[0] = '\0';
}

static void test_nested(void)
{
	size_t size =
		pack_zboot("gzip", packed, (uint32_t)pack_gzip(image, IMAGE, packed, ROOM), zboot);

	size = pack_gzip(zboot, size, packed, ROOM);
	size = pack_zboot("gzip", packed, (uint32_t)size, zboot);
	refused(zboot, size, "is an EFI zboot image of an EFI zboot image", "a zboot in a zboot");

	/* Even if it has the magic of an arm64 Image. */
	pack_zboot("gzip", packed, 0, zboot);
	memcpy(zboot + 56, "ARM\x64", 4);
	size = pack_gzip(zboot, PACK_PAYLOAD, packed, ROOM);
	size = pack_zboot("gzip", packed, (uint32_t)size, zboot);
	refused(zboot, size, "is an EFI zboot image of an EFI zboot image",
		"a zboot with Image's magic in a zboot");
}

static void test_header(void)
{
	uint32_t payload = (uint32_t)pack_gzip(image, IMAGE, packed, ROOM);
	size_t size = pack_zboot("gzip", packed, payload, zboot);
	char want[UNPACK_WHY];
	static const uint32_t places[][2] = {
		{UINT32_MAX, 1}, {UINT32_MAX, UINT32_MAX}, {512, UINT32_MAX}, {1, UINT32_MAX}};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		pack_le32(zboot + 8, places[i][0]);
		pack_le32(zboot + 12, places[i][1]);
		snprintf(want, sizeof(want),
			 "is an EFI zboot image of %zu bytes whose payload, %u bytes at %u, is not "
			 "in it",
			 size, places[i][1], places[i][0]);
		refused(zboot, size, want, "a payload outside of the file");
	}
	pack_zboot("gzip", packed, payload, zboot);
	snprintf(want, sizeof(want),
		 "is an EFI zboot image of %u bytes whose payload, %u bytes at %u, is not in it",
		 payload + PACK_PAYLOAD - 1, payload, PACK_PAYLOAD);
	refused(zboot, PACK_PAYLOAD + payload - 1, want, "a zboot image that ends in its payload");
	refused(zboot, 55, "is an EFI zboot image that ends in its header",
		"a zboot image of 55 bytes");
	refused(zboot, 8, "is an EFI zboot image that ends in its header",
		"the magic of a zboot image alone");
	tap_ok(strcmp(why_not(zboot, 7, NULL), "") == 0,
	       "a file shorter than the magic of a zboot image is accepted");

	memcpy(zboot + PACK_PE + 4, "\x64\x86", 2);
	refused(zboot, size, "is an EFI zboot image for x86-64",
		"a zboot image for another machine");
	memcpy(zboot + PACK_PE + 4, "\x64\x50", 2);
	refused(zboot, size, "is an EFI zboot image for RISC-V",
		"a zboot image for a third machine");
	memcpy(zboot + PACK_PE + 4, "\1\1", 2);
	refused(zboot, size, "is an EFI zboot image for an unknown machine",
		"a zboot image for a machine that does not exist");
}

static void test_packing(void)
{
	static const char *const missing[] = {"lz4", "lzma",  "lzo",  "xzkern",
					      "gzi", "gzipx", "zstd1"};
	char want[UNPACK_WHY];
	size_t size;

	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
		size = pack_zboot(missing[i], image, IMAGE, zboot);
		snprintf(want, sizeof(want), "is an EFI zboot image compressed with %s",
			 missing[i]);
		refused(zboot, size, want, "a zboot image of an unsupported packing");
	}
	size = pack_zboot("", image, IMAGE, zboot);
	refused(zboot, size, "is an EFI zboot image that does not name its compression",
		"a zboot image whose packing has no name");
	size = pack_zboot("gz\x1b[2J", image, IMAGE, zboot);
	refused(zboot, size, "is an EFI zboot image that does not name its compression",
		"a zboot image whose packing has control characters in its name");
	memset(zboot + 24, 'a', 32);
	refused(zboot, size, "is an EFI zboot image that does not name its compression",
		"a zboot image whose packing has a name without an end");
}

int main(void)
{
	pack_image(image, IMAGE);
	for (size_t i = 64; i < IMAGE; i++)
		image[i] = (uint8_t)(i * i >> 7);
	test_plain();
	test_gzip();
	test_payload("gzip", pack_gzip);
	test_payload("zstd", pack_zstd);
	test_payload("zstd22", pack_zstd);
	test_nested();
	test_header();
	test_packing();
	return tap_done();
}
