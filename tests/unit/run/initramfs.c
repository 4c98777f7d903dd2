/* SPDX-License-Identifier: BSD-2-Clause */
/* The archive that initramfs_add() puts behind an initramfs, read back field by field. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tests/tap.h"
#include "tools/run/initramfs.h"

static char directory[] = "/tmp/initramfs-XXXXXX";
static char base[64], file[64];

static void write_file(const char *path, const char *bytes, size_t n)
{
	FILE *f = fopen(path, "w");

	if (f != NULL) {
		fwrite(bytes, 1, n, f);
		fclose(f);
	}
}

static unsigned long field(const char *header, unsigned index)
{
	char digits[9];

	memcpy(digits, header + 6 + index * 8, 8);
	digits[8] = '\0';
	return strtoul(digits, NULL, 16);
}

static size_t up(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

/* A base and a file of these sizes. */
static void test_sizes(size_t base_size, size_t file_size)
{
	static char content[64], bytes[4096];
	char why[200];

	memset(content, 'b', sizeof(content));
	write_file(base, content, base_size);
	memset(content, 'f', sizeof(content));
	write_file(file, content, file_size);
	int fd = initramfs_add(base, "suite", file, why, sizeof(why));
	tap_ok(fd >= 0, "a file is added behind a base: %zu bytes of base, %zu bytes of file",
	       base_size, file_size);
	ssize_t n = pread(fd, bytes, sizeof(bytes), 0);
	close(fd);

	const char *header = bytes + up(base_size);
	size_t data = up(base_size) + up(110 + 6);
	const char *trailer = bytes + data + up(file_size);
	tap_ok(memchr(bytes, 'b', base_size) != NULL && memcmp(header, "070701", 6) == 0,
	       "the archive is behind the base, at a multiple of 4");
	tap_ok(field(header, 1) == (S_IFREG | 0755) && field(header, 6) == file_size &&
		       field(header, 11) == 6 && strcmp(header + 110, "suite") == 0,
	       "the archive has a regular, executable file of that name and size");
	tap_ok(file_size == 0 || (bytes[data] == 'f' && bytes[data + file_size - 1] == 'f'),
	       "the file has its bytes");
	tap_ok(memcmp(trailer, "070701", 6) == 0 && strcmp(trailer + 110, "TRAILER!!!") == 0 &&
		       trailer + up(110 + 11) == bytes + n,
	       "the archive ends with its trailer");
}

static void test_errors(void)
{
	char why[200] = "", expected[200];

	tap_ok(initramfs_add(base, "suite", directory, why, sizeof(why)) < 0,
	       "a directory cannot be added: %s", why);
	snprintf(expected, sizeof(expected), "%s/nothing: No such file or directory", directory);
	char *nothing = strdup(expected);
	if (nothing != NULL) {
		*strchr(nothing, ':') = '\0';
		tap_ok(initramfs_add(nothing, "suite", file, why, sizeof(why)) < 0 &&
			       strcmp(why, expected) == 0,
		       "a missing base is reported: %s", why);
	}
	free(nothing);
}

int main(void)
{
	if (mkdtemp(directory) == NULL)
		return 1;
	snprintf(base, sizeof(base), "%s/base", directory);
	snprintf(file, sizeof(file), "%s/file", directory);
	for (size_t i = 0; i < 8; i++)
		test_sizes(8 + i % 4, i);
	test_errors();
	unlink(base);
	unlink(file);
	rmdir(directory);
	return tap_done();
}
