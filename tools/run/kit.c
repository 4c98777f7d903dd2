/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tools/run/kit.h"

#define IMAGE_HEADER	   64 /* bytes of the arm64 Image header */
#define IMAGE_MAGIC_OFFSET 56
static const char image_magic[4] = "ARM\x64";

/* A descriptor of it, or -1. */
static int open_file(const char *path, const char *hint, char *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && !S_ISREG(st.st_mode)) {
		close(fd);
		fd = -1;
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	}
	if (fd < 0)
		snprintf(why, RUN_WHY, "%s: %s; %s", path, strerror(errno), hint);
	return fd;
}

bool need_file(const char *path, const char *hint, char *why)
{
	int fd = open_file(path, hint, why);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool is_elf(const unsigned char *head, size_t n)
{
	Elf64_Ehdr ehdr;

	if (n < sizeof(ehdr))
		return false;
	memcpy(&ehdr, head, sizeof(ehdr));
	if (memcmp(ehdr.e_ident, ELFMAG, SELFMAG) != 0 || ehdr.e_ident[EI_CLASS] != ELFCLASS64)
		return false;
	const unsigned char *machine = head + offsetof(Elf64_Ehdr, e_machine);
	unsigned big = machine[0] * 256u + machine[1], little = machine[1] * 256u + machine[0];
	return (ehdr.e_ident[EI_DATA] == ELFDATA2MSB ? big : little) == EM_AARCH64;
}

bool need_image(const char *path, const char *hint, bool *elf, char *why)
{
	unsigned char head[IMAGE_HEADER];
	int fd = open_file(path, hint, why);

	if (fd < 0)
		return false;
	ssize_t n = read(fd, head, sizeof(head));
	close(fd);
	if (n < 0) {
		snprintf(why, RUN_WHY, "%s: %s; %s", path, strerror(errno), hint);
		return false;
	}
	bool arm64 = n == IMAGE_HEADER && memcmp(head + IMAGE_MAGIC_OFFSET, image_magic, 4) == 0;
	if (elf != NULL)
		*elf = !arm64 && is_elf(head, (size_t)n);
	if (arm64 || is_elf(head, (size_t)n))
		return true;
	snprintf(why, RUN_WHY,
		 "%s is no arm64 image; expected an arm64 Image, or an ELF file for AArch64", path);
	return false;
}

bool need_program(const char *name, const char *package, char *why)
{
	const char *path = getenv("PATH");

	while (path != NULL && *path != '\0') {
		char file[PATH_MAX];
		int n = (int)strcspn(path, ":");

		snprintf(file, sizeof(file), "%.*s/%s", n, path, name);
		if (access(file, X_OK) == 0)
			return true;
		path += n;
		path += *path == ':';
	}
	snprintf(why, RUN_WHY, "there is no %s on PATH; Debian has it in %s", name, package);
	return false;
}

bool need_part(const char *directory, const char *name, const char *hint, char *path, char *why)
{
	char file[PATH_MAX];

	if (snprintf(file, sizeof(file), "%s%s%s", directory, *name != '\0' ? "/" : "", name) >=
	    (int)sizeof(file)) {
		snprintf(why, RUN_WHY, "%.100s...: the path is too long", directory);
		return false;
	}
	if (!need_file(file, hint, why))
		return false;
	if (realpath(file, path) != NULL)
		return true;
	snprintf(why, RUN_WHY, "%.300s: %s", file, strerror(errno));
	return false;
}

bool need_suite(const struct run_kit *kit, const struct run_plan *plan, char *path, bool *elf,
		char *why)
{
	static const char hint[] = "expected an image to run";
	char name[64];

	*elf = false;
	if (kit->image != NULL)
		return need_part(kit->image, "", hint, path, why) &&
		       need_image(path, hint, elf, why);
	snprintf(name, sizeof(name), "suite-%s.%s", plan->build, plan->form);
	if (!need_part(
		    kit->suite, name,
		    "expected the suite, which 'make conform' builds; --suite DIR says where it is",
		    path, why))
		return false;
	/* A raw binary has nothing that it could be known by. */
	return strcmp(plan->form, "raw") == 0 || need_image(path, hint, elf, why);
}
