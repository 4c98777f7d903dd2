/* SPDX-License-Identifier: BSD-2-Clause */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "tools/run/debian.h"
#include "tools/run/kit.h"
#include "tools/run/qemu.h"

#define DIGITS "0123456789"

bool debian_need_qemu(char *why)
{
	return need_program(QEMU_PROGRAM, "qemu-system-arm", why);
}

void debian_words(char words[DEBIAN_WORDS], const struct run_plan *plan)
{
	bool off = strcmp(plan->dialect, "off") == 0;

	snprintf(words, DEBIAN_WORDS, "expect=%s%s%s", off ? "off" : "on",
		 plan->append != NULL ? " " : "", plan->append != NULL ? plan->append : "");
}

/* The directory of the Debian release that the hypervisor comes from. */
static void find_release(const struct run_kit *kit, char directory[PATH_MAX])
{
	snprintf(directory, PATH_MAX, "%s%s%s", kit->debian, kit->release != NULL ? "/" : "",
		 kit->release != NULL ? kit->release : "");
}

bool debian_need(const struct run_kit *kit, const char *name, const char *what, const char *target,
		 char *path, char *why)
{
	char directory[PATH_MAX], hint[128];

	find_release(kit, directory);
	snprintf(hint, sizeof(hint), "expected %s for arm64, which 'make %s' fetches", what,
		 kit->release != NULL ? "conform-all" : target);
	return need_part(directory, name, hint, path, why) && need_image(path, hint, NULL, why);
}

/* Each line of the list is a package's name, a blank, and its version. */
static void version_in(const char *directory, const char *list, const char *package, char *version,
		       size_t room)
{
	char path[PATH_MAX], line[256];

	snprintf(version, room, "?");
	if (snprintf(path, sizeof(path), "%s/%s", directory, list) >= PATH_MAX)
		return;
	FILE *f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		char *blank = strchr(line, ' ');

		if (blank == NULL || strncmp(line, package, strlen(package)) != 0)
			continue;
		blank[strcspn(blank, "\n")] = '\0';
		snprintf(version, room, "%s", blank + 1);
		break;
	}
	if (f != NULL)
		fclose(f);
}

void debian_version(char *version, size_t room, const struct run_kit *kit, const char *list,
		    const char *package)
{
	char directory[PATH_MAX];

	find_release(kit, directory);
	version_in(directory, list, package, version, room);
}

void debian_own_version(char *version, size_t room, const struct run_kit *kit, const char *list,
			const char *package)
{
	version_in(kit->debian, list, package, version, room);
}

/* As LINUX_RELEASE in mk/linux.mk, and XEN_RELEASE in mk/xen.mk */
static const char *built_release(const struct run_kit *kit)
{
	return kit->release != NULL ? kit->release : "bookworm";
}

bool debian_need_built(const struct run_kit *kit, const char *directory, const char *name,
		       const char *hint, char *path, char *why)
{
	char part[PATH_MAX];

	if (snprintf(part, sizeof(part), "%s/%s", built_release(kit), name) >= PATH_MAX) {
		snprintf(why, RUN_WHY, "%.100s...: the path is too long", part);
		return false;
	}
	return need_part(directory, part, hint, path, why) && need_image(path, hint, NULL, why);
}

void debian_source_version(char *version, size_t room, const struct run_kit *kit,
			   const char *project)
{
	char path[PATH_MAX];
	FILE *f = NULL;

	snprintf(version, room, "?");
	if (snprintf(path, sizeof(path), "%s/%s-source/%s/version", kit->debian, project,
		     built_release(kit)) < PATH_MAX)
		f = fopen(path, "re");
	if (f != NULL && fgets(version, (int)room, f) == NULL)
		snprintf(version, room, "?");
	version[strcspn(version, "\n")] = '\0';
	if (f != NULL)
		fclose(f);
}

void debian_release(const char *version, char *text, size_t room)
{
	size_t major = strspn(version, DIGITS);
	size_t minor = version[major] == '.' ? strspn(version + major + 1, DIGITS) : 0;

	snprintf(text, room, "%.*s", major > 0 && minor > 0 ? (int)(major + 1 + minor) : 0,
		 version);
}
