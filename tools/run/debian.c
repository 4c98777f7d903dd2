/* SPDX-License-Identifier: BSD-2-Clause */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "tools/run/debian.h"
#include "tools/run/kit.h"
#include "tools/run/qemu.h"

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

/* A line of such a file is a package's name, a blank, and its version. */
void debian_version(char *version, size_t room, const struct run_kit *kit, const char *list,
		    const char *package)
{
	char path[PATH_MAX], line[256];

	snprintf(version, room, "?");
	snprintf(path, sizeof(path), "%s/%s", kit->debian, list);
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
