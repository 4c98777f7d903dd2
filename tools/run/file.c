/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tools/run/file.h"

char *file_read(const char *path, size_t most, size_t *length)
{
	FILE *in = fopen(path, "re");
	char *text = NULL;
	size_t n = 0, room = 0;

	while (in != NULL && n < most) {
		if (n + 1 >= room) {
			room = room != 0 ? room * 2 : 65536;
			char *larger = realloc(text, room);
			if (larger == NULL)
				break;
			text = larger;
		}
		size_t want = room - 1 - n < most - n ? room - 1 - n : most - n;
		size_t got = fread(text + n, 1, want, in);
		n += got;
		if (got < want)
			break;
	}
	if (in == NULL || ferror(in)) {
		free(text);
		text = NULL;
	}
	if (in != NULL)
		fclose(in);
	if (text != NULL)
		text[n] = '\0';
	if (length != NULL)
		*length = text != NULL ? n : 0;
	return text;
}

ssize_t file_head(const char *path, uint8_t head[FILE_HEAD])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	ssize_t n = -1;

	if (fd >= 0 && fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	else if (fd >= 0)
		n = read(fd, head, FILE_HEAD);
	int error = errno;
	if (fd >= 0)
		close(fd);
	errno = error;
	return n;
}

bool file_write(const char *path, const char *text, size_t length)
{
	FILE *out = fopen(path, "we");

	if (out == NULL)
		return false;
	bool good = fwrite(text, 1, length, out) == length;
	return fclose(out) == 0 && good;
}

bool file_mkdir(const char *path)
{
	char part[PATH_MAX];
	struct stat st;

	for (const char *end = path; *end != '\0';) {
		end += strspn(end, "/");
		end += strcspn(end, "/");
		if (snprintf(part, sizeof(part), "%.*s", (int)(end - path), path) >=
		    (int)sizeof(part)) {
			errno = ENAMETOOLONG;
			return false;
		}
		if (mkdir(part, 0777) != 0 && errno != EEXIST)
			return false;
	}
	if (stat(path, &st) != 0)
		return false;
	errno = ENOTDIR;
	return S_ISDIR(st.st_mode);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	remove(path);
	return 0;
}

void file_remove(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

bool file_temporary(char path[PATH_MAX], const char *name)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(path, PATH_MAX, "%s/%s-XXXXXX", tmp != NULL && *tmp != '\0' ? tmp : "/tmp", name);
	return mkdtemp(path) != NULL;
}

void file_version(const char *program, char *text, size_t room)
{
	char command[128];
	FILE *in;

	snprintf(text, room, "%s", program);
	snprintf(command, sizeof(command), "%s --version 2>/dev/null </dev/null", program);
	in = popen(command, "re");
	if (in == NULL)
		return;
	if (fgets(command, sizeof(command), in) != NULL) {
		command[strcspn(command, "\n")] = '\0';
		snprintf(text, room, "%s", command);
	}
	pclose(in);
}
