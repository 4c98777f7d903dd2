/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tools/probe/files.h"

ssize_t probe_read(int root, const char *path, char *text, size_t room)
{
	int fd = openat(root, path, O_RDONLY | O_CLOEXEC);
	size_t length = 0;
	ssize_t n = 1;

	if (fd < 0)
		return -1;
	while (n > 0 && length < room - 1) {
		n = read(fd, text + length, room - 1 - length);
		if (n > 0)
			length += (size_t)n;
	}
	int error = errno;
	close(fd);
	errno = error;
	text[length] = '\0';
	return n < 0 ? -1 : (ssize_t)length;
}

FILE *probe_open(int root, const char *path)
{
	int fd = openat(root, path, O_RDONLY | O_CLOEXEC);
	FILE *f = fd >= 0 ? fdopen(fd, "r") : NULL;

	if (f == NULL && fd >= 0)
		close(fd);
	return f;
}

int probe_has(int root, const char *path, const char *words)
{
	FILE *f = probe_open(root, path);
	char *line = NULL;
	size_t room = 0;
	int found = 0;

	if (f == NULL)
		return -1;
	while (!found && getline(&line, &room, f) >= 0)
		found = strstr(line, words) != NULL;
	free(line);
	fclose(f);
	return found;
}

int probe_numbers(int root, const char *path, probe_number *each, void *ctx)
{
	int fd = openat(root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	bool more = true;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	for (struct dirent *e; more && (e = readdir(dir)) != NULL;) {
		size_t n = strspn(e->d_name, "0123456789");
		if (n > 0 && n < 10 && e->d_name[n] == '\0')
			more = each(ctx, (unsigned)strtoul(e->d_name, NULL, 10));
	}
	closedir(dir);
	return 0;
}
