/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#include "tools/exec/process.h"

/* Copy the field of /proc/PID/status to `text`; false: there is none. */
static bool status_field(pid_t tid, const char *field, char text[32])
{
	char path[64], line[256];
	size_t length = strlen(field);
	bool found = false;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return false;
	while (!found && fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, field, length) == 0 && line[length] == ':') {
			snprintf(text, 32, "%.31s",
				 line + length + 1 + strspn(line + length + 1, "\t "));
			found = true;
		}
	fclose(file);
	return found;
}

/* The number at the start of the field, or `otherwise`. */
static long status_number(pid_t tid, const char *field, long otherwise)
{
	char text[32];

	return status_field(tid, field, text) ? strtol(text, NULL, 10) : otherwise;
}

bool process_can(pid_t tid, int capability)
{
	char text[32];

	return status_field(tid, "CapEff", text) &&
	       (strtoull(text, NULL, 16) >> capability & 1) != 0;
}

bool process_gains_nothing(pid_t tid)
{
	return status_number(tid, "NoNewPrivs", 0) != 0;
}

pid_t process_of(pid_t tid)
{
	return (pid_t)status_number(tid, "Tgid", -1);
}

bool process_is_dead(pid_t tid)
{
	char text[32];

	return !status_field(tid, "State", text) || text[0] == 'Z' || text[0] == 'X';
}

/* Linux before 5.9 has no Seccomp_filters: there any filter counts as one too many. */
bool process_is_confined(pid_t tid, unsigned filters)
{
	return status_number(tid, "Seccomp", 1) != 0 &&
	       status_number(tid, "Seccomp_filters", LONG_MAX) > (long)filters;
}

bool process_waited(pid_t tid, uint64_t *ns)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/schedstat", (int)tid);
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return false;
	bool found = fscanf(file, "%*u %" SCNu64, ns) == 1;
	fclose(file);
	return found;
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
