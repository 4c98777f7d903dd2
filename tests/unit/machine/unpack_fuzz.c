/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random bytes in each header that unpack_kernel() reads, and random lengths, in memory of exactly
 * that length: it reads no byte behind the end, gives each file a reason or a kernel, and accepts
 * an EFI zboot image only if it holds an arm64 Image.
 */
#include "machine/image.h"
#include "machine/unpack.h"
#include "tests/tap.h"
#include "tests/unit/machine/pack.h"

#define TRIES 5000u
#define IMAGE ((size_t)2000)
#define ROOM  ((size_t)8192)
#define LIMIT ((size_t)1 << 16)

static uint64_t seed = 0x9e3779b97f4a7c15;

static uint32_t any(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 33) % below;
}

struct sample {
	const char *name;
	uint8_t bytes[ROOM];
	size_t size;
	size_t header; /* bytes that are worth changing */
};

static struct sample samples[6];

static void make_samples(void)
{
	static uint8_t image[IMAGE], packed[ROOM];
	size_t size;

	pack_image(image, IMAGE);
	samples[0] = (struct sample){.name = "a zImage", .size = IMAGE, .header = 0x28};
	memcpy(samples[0].bytes + 0x24, "\x18\x28\x6f\x01", 4);
	samples[1] = (struct sample){.name = "gzip", .header = 40};
	samples[1].size = pack_gzip(image, IMAGE, samples[1].bytes, ROOM);
	size = pack_gzip(image, IMAGE, packed, ROOM);
	samples[2] = (struct sample){.name = "zboot of gzip", .header = PACK_PE + 8};
	samples[2].size = pack_zboot("gzip", packed, (uint32_t)size, samples[2].bytes);
	size = pack_zstd(image, IMAGE, packed, ROOM);
	samples[3] = (struct sample){.name = "zboot of zstd", .header = PACK_PE + 8};
	samples[3].size = pack_zboot("zstd", packed, (uint32_t)size, samples[3].bytes);
	samples[4] = samples[3];
	samples[4].name = "zboot of zstd, its payload";
	samples[4].header = samples[4].size;
	samples[5] = (struct sample){.name = "an ELF", .size = 200, .header = 20};
	memcpy(samples[5].bytes,
	       "\x7f"
	       "ELF\2\1\1",
	       7);
}

/*
 * Changes up to three bytes of the header at random, and may cut the file off. Returns what is
 * wrong with the answer, or NULL.
 */
static const char *one_try(const struct sample *s, size_t *taken)
{
	size_t size = any(4) == 0 ? any((uint32_t)s->size + 1) : s->size, out_size;
	uint8_t *bytes = malloc(size != 0 ? size : 1), *out;
	const char *wrong = NULL;
	char why[UNPACK_WHY];
	bool zboot;
	int result;

	if (bytes == NULL)
		abort();
	memcpy(bytes, s->bytes, size);
	for (uint32_t changes = any(4); changes != 0 && size != 0; changes--) {
		size_t at = any((uint32_t)(s->header < size ? s->header : size));

		bytes[at] = any(2) == 0 ? (uint8_t)any(256) : bytes[at] ^ (uint8_t)(1u << any(8));
	}
	zboot = size >= 8 && memcmp(bytes, "MZ", 2) == 0 && memcmp(bytes + 4, "zimg", 4) == 0;
	memset(why, '?', sizeof(why));
	result = unpack_kernel(bytes, size, LIMIT, &out, &out_size, why);
	*taken += result == 0;
	if (result == -1 &&
	    (out != NULL || memchr(why, '\0', sizeof(why)) == NULL || why[0] == '\0'))
		wrong = "a file is refused without a reason, or with a buffer";
	else if (result == 0 && zboot && (out == NULL || !image_is_arm64(out, out_size)))
		wrong = "the kernel of a zboot image is not an arm64 Image";
	else if (result == 0 && out_size > LIMIT)
		wrong = "the kernel is larger than the limit";
	free(out);
	free(bytes);
	return wrong;
}

int main(void)
{
	make_samples();
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		const char *wrong = NULL;
		size_t taken = 0;

		for (unsigned n = 0; n < TRIES && wrong == NULL; n++)
			wrong = one_try(&samples[i], &taken);
		tap_ok(wrong == NULL, "%s, changed at random: each answer is valid (%s)",
		       samples[i].name, wrong != NULL ? wrong : "none is wrong");
		tap_ok(taken > TRIES / 100 && taken < TRIES,
		       "%s, changed at random: some files are accepted and some are refused (%zu accepted)",
		       samples[i].name, taken);
	}
	return tap_done();
}
