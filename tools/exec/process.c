/* SPDX-License-Identifier: BSD-2-Clause */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#include "tools/exec/process.h"

/* A number of /proc/PID/status, or `otherwise`. */
static long status_number(pid_t tid, const char *field, long otherwise)
{
	char path[64], line[256];
	size_t length = strlen(field);
	long number = otherwise;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return otherwise;
	while (fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, field, length) == 0 && line[length] == ':')
			number = strtol(line + length + 1, NULL, 10);
	fclose(file);
	return number;
}

pid_t process_of(pid_t tid)
{
	return (pid_t)status_number(tid, "Tgid", -1);
}

bool process_is_confined(pid_t tid)
{
	return status_number(tid, "Seccomp", 1) != 0;
}

bool process_file_is(pid_t tid, int fd, const char *name)
{
	char path[64], link[128];

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)tid, fd);
	ssize_t n = readlink(path, link, sizeof(link) - 1);
	if (n < 0)
		return false;
	link[n] = '\0';
	return strncmp(link, name, strlen(name)) == 0;
}

const struct exec_map *process_map(pid_t tid)
{
	const struct exec_map *map = NULL;
	char path[64], *line = NULL;
	size_t room = 0;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)tid);
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return NULL;
	while (map == NULL && getline(&line, &room, file) > 0) {
		char *mapped = strchr(line, '/');
		if (mapped != NULL)
			map = exec_map_of(mapped);
	}
	free(line);
	fclose(file);
	return map;
}

bool process_read(pid_t tid, uint64_t address, void *to, size_t size)
{
	struct iovec here = {to, size}, there = {(void *)(uintptr_t)address, size};

	return process_vm_readv(tid, &here, 1, &there, 1, 0) == (ssize_t)size;
}

bool process_write(pid_t tid, uint64_t address, const void *from, size_t size)
{
	struct iovec here = {(void *)(uintptr_t)from, size};
	struct iovec there = {(void *)(uintptr_t)address, size};

	return process_vm_writev(tid, &here, 1, &there, 1, 0) == (ssize_t)size;
}
