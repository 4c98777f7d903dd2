/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>
#include "machine/elf64.h"
#include "tools/run/file.h"
#include "tools/run/kit.h"

/* Read the file's first bytes. Returns how many, or -1 and `why`. */
static ssize_t read_head(const char *path, const char *hint, uint8_t head[FILE_HEAD], char *why)
{
	ssize_t n = file_head(path, head);

	if (n < 0)
		snprintf(why, RUN_WHY, "%.300s: %s; %s", path, strerror(errno), hint);
	return n;
}

bool need_file(const char *path, const char *hint, char *why)
{
	uint8_t head[FILE_HEAD];

	return read_head(path, hint, head, why) >= 0;
}

static bool is_elf(const uint8_t *head, size_t n)
{
	return n >= sizeof(Elf64_Ehdr) && elf64_is_elf(head, n) && head[EI_CLASS] == ELFCLASS64 &&
	       elf64_get16(head + offsetof(Elf64_Ehdr, e_machine), head[EI_DATA] == ELFDATA2MSB) ==
		       EM_AARCH64;
}

bool need_image(const char *path, const char *hint, bool *elf, char *why)
{
	uint8_t head[FILE_HEAD];
	ssize_t n = read_head(path, hint, head, why);

	if (n < 0)
		return false;
	bool arm64 = image_is_arm64(head, (uint64_t)n);
	if (elf != NULL)
		*elf = !arm64 && is_elf(head, (size_t)n);
	if (arm64 || is_elf(head, (size_t)n))
		return true;
	snprintf(why, RUN_WHY,
		 "%s is not an arm64 image; expected an arm64 Image, or an ELF file for AArch64",
		 path);
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
	/* A raw binary has no header to check. */
	return strcmp(plan->form, "raw") == 0 || need_image(path, hint, elf, why);
}
