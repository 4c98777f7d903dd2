/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_UNIT_PROBE_FAKE_H
#define TESTS_UNIT_PROBE_FAKE_H

/* A directory of files like those of Linux below /proc and /sys, for the tests of tools/probe/. */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char fake_path[] = "/tmp/probe-XXXXXX";
static int fake_root = -1;

/* A file that cannot be made ends the test: what follows would test something else. */
static inline void fake_need(bool good, const char *what)
{
	if (good)
		return;
	printf("Bail out! %s: %m\n", what);
	exit(1);
}

static inline void fake_begin(void)
{
	fake_need(mkdtemp(fake_path) != NULL, fake_path);
	fake_root = open(fake_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	fake_need(fake_root >= 0, fake_path);
}

static inline int fake_remove_one(const char *path, const struct stat *st, int type,
				  struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* Removes a path below the root; "" removes all of it. */
static inline void fake_remove(const char *path)
{
	char whole[PATH_MAX];

	snprintf(whole, sizeof(whole), "%s/%s", fake_path, path);
	nftw(whole, fake_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void fake_end(void)
{
	close(fake_root);
	fake_remove("");
}

/* Makes the directories above `path`. */
static inline void fake_parents(const char *path)
{
	char part[PATH_MAX];

	for (const char *at = strchr(path, '/'); at != NULL; at = strchr(at + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(at - path), path);
		mkdirat(fake_root, part, 0755);
	}
}

static inline void fake_bytes(const char *path, const char *bytes, size_t n)
{
	fake_parents(path);
	int fd = openat(fake_root, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	fake_need(fd >= 0 && write(fd, bytes, n) == (ssize_t)n, path);
	close(fd);
}

static inline void fake_file(const char *path, const char *text)
{
	fake_bytes(path, text, strlen(text));
}

static inline void fake_link(const char *path, const char *target)
{
	fake_parents(path);
	fake_need(symlinkat(target, fake_root, path) == 0, path);
}

#endif
