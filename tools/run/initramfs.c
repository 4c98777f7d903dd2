/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tools/run/initramfs.h"

static bool write_all(int to, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t done = write(to, bytes, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		bytes += done;
		n -= (size_t)done;
	}
	return true;
}

/* Copy a whole regular file. A file that ends before `size` bytes is a read error (EIO). */
static bool copy_file(int to, int from, size_t size)
{
	while (size > 0) {
		ssize_t done = sendfile(to, from, NULL, size);

		if (done < 0 && errno == EINTR)
			continue;
		if (done == 0)
			errno = EIO;
		if (done <= 0)
			return false;
		size -= (size_t)done;
	}
	return true;
}

/* Pad to a multiple of 4 bytes, where names and contents begin. */
static bool pad(int to)
{
	off_t end = lseek(to, 0, SEEK_CUR);

	return end >= 0 && write_all(to, "\0\0\0", (size_t)(-end & 3));
}

/*
 * The header of an entry (cpio's "newc":
 * Documentation/driver-api/early-userspace/buffer-format.rst).
 */
static bool write_header(int to, const char *name, unsigned mode, size_t size)
{
	char text[6 + 13 * 8 + 64];
	size_t name_size = strlen(name) + 1;

	/*
	 * magic; inode, mode, uid, gid, links, mtime; size; 4 device numbers; name's size;
	 * checksum: none
	 */
	int n = snprintf(text, sizeof(text),
			 "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x%s", 0u, mode,
			 0u, 0u, 1u, 0u, size, 0u, 0u, 0u, 0u, name_size, 0u, name);
	return write_all(to, text, (size_t)n + 1) && pad(to);
}

static int open_regular(const char *path, size_t *size)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		*size = (size_t)st.st_size;
		return fd;
	}
	close(fd);
	errno = EINVAL;
	return -1;
}

static bool copy_base(int to, const char *path)
{
	size_t size;
	int from = open_regular(path, &size);
	bool good = from >= 0 && copy_file(to, from, size) && pad(to);

	if (from >= 0)
		close(from);
	return good;
}

static bool add_file(int to, const char *name, const char *path)
{
	size_t size;
	int from = open_regular(path, &size);
	bool good = from >= 0 && write_header(to, name, S_IFREG | 0755, size) &&
		    copy_file(to, from, size) && pad(to) && write_header(to, "TRAILER!!!", 0, 0);

	if (from >= 0)
		close(from);
	return good;
}

int initramfs_add(const char *base, const char *name, const char *path, char *why, size_t room)
{
	const char *failed = NULL;
	int fd = memfd_create("initramfs", 0);

	if (fd < 0)
		failed = "a file in memory";
	else if (!copy_base(fd, base))
		failed = base;
	else if (!add_file(fd, name, path))
		failed = path;
	if (failed == NULL)
		return fd;
	snprintf(why, room, "%s: %s", failed, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}
