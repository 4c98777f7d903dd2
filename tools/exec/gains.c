/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "tools/exec/gains.h"
#include "tools/exec/process.h"

#define CAPABILITY_XATTR "security.capability"

const char *gains_of_file(const char *path)
{
	struct statvfs system;
	struct stat file;

	if (stat(path, &file) != 0 || !S_ISREG(file.st_mode) || statvfs(path, &system) != 0 ||
	    (system.f_flag & ST_NOSUID) != 0)
		return NULL;
	if ((file.st_mode & S_ISUID) != 0 && file.st_uid != geteuid())
		return "the set-user-ID bit";
	/* Without the group's x, the bit has another meaning and grants nothing. */
	if ((file.st_mode & S_ISGID) != 0 && (file.st_mode & S_IXGRP) != 0 &&
	    file.st_gid != getegid())
		return "the set-group-ID bit";
	return getxattr(path, CAPABILITY_XATTR, NULL, 0) > 0 ? "file capabilities" : NULL;
}

/*
 * Look for the file in the first directory of `directory`, which ends with ':' or NUL; `path` gets
 * its path.
 */
static bool find_in(const char *directory, const char *name, char path[GAINS_PATH])
{
	size_t length = strcspn(directory, ":");

	/* An empty directory in PATH is the current one. */
	int n = snprintf(path, GAINS_PATH, "%.*s%s%s", (int)length, directory,
			 length != 0 ? "/" : "", name);
	return n > 0 && (size_t)n < GAINS_PATH && access(path, X_OK) == 0;
}

const char *gains_of_command(const char *name)
{
	const char *search = getenv("PATH");
	char path[GAINS_PATH];

	if (strchr(name, '/') != NULL || search == NULL)
		return gains_of_file(name);
	for (;;) {
		if (find_in(search, name, path))
			return gains_of_file(path);
		search += strcspn(search, ":");
		if (*search++ == '\0')
			return NULL;
	}
}

/* Read the string at `address` in the process; false: it cannot be read, or is too long. */
static bool read_string(pid_t tid, uint64_t address, char text[GAINS_PATH])
{
	/* Byte by byte, because the page after the string may not be mapped. */
	for (size_t i = 0; i < GAINS_PATH; i++)
		if (!process_read(tid, address + i, &text[i], 1))
			return false;
		else if (text[i] == '\0')
			return true;
	return false;
}

/*
 * Whether the call executes a file. `path` gets the name in the call, `ours` a path that this
 * process can use.
 */
static bool executes(pid_t tid, const struct exec_call *call, char path[GAINS_PATH], char *ours,
		     size_t size)
{
	bool at = call->number == __NR_execveat;
	int dir = at ? (int)call->args[0] : AT_FDCWD;

	if ((call->number != __NR_execve && !at) || !read_string(tid, call->args[at ? 1 : 0], path))
		return false;
	if (path[0] == '/')
		snprintf(ours, size, "/proc/%d/root%s", (int)tid, path);
	else if (dir == AT_FDCWD)
		snprintf(ours, size, "/proc/%d/cwd/%s", (int)tid, path);
	else if (path[0] == '\0')
		snprintf(ours, size, "/proc/%d/fd/%d", (int)tid, dir);
	else
		snprintf(ours, size, "/proc/%d/fd/%d/%s", (int)tid, dir, path);
	return true;
}

const char *gains_lost(pid_t tid, const struct exec_call *call, char path[GAINS_PATH])
{
	char ours[GAINS_PATH + 64];

	if (!executes(tid, call, path, ours, sizeof(ours)) ||
	    process_can(getpid(), CAP_SYS_PTRACE) || process_gains_nothing(tid))
		return NULL;
	return gains_of_file(ours);
}
