/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/lab/blob.h"
#include "machine/image.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Read `blob->size` bytes. If the file has become shorter, blob->size is reduced. */
static const char *read_all(int fd, struct lab_blob *blob)
{
	size_t done = 0;

	blob->data = malloc(blob->size);
	if (blob->data == NULL)
		return "does not fit in memory";
	while (done < blob->size) {
		ssize_t n = read(fd, blob->data + done, blob->size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return strerror(errno);
		if (n == 0)
			break;
		done += (size_t)n;
	}
	blob->size = done;
	return done == 0 ? "is empty" : NULL;
}

static const char *unpack_in_place(struct lab_blob *blob, char *why)
{
	uint8_t *unpacked;
	size_t size;

	if (unpack_kernel(blob->data, blob->size, IMAGE_MAX, &unpacked, &size, why) != 0)
		return why;
	if (unpacked == NULL)
		return NULL;
	free(blob->data);
	blob->data = unpacked;
	blob->size = size;
	return NULL;
}

static const char *load(int fd, bool unpack, struct lab_blob *blob, char *buffer)
{
	struct stat st;
	const char *why;

	if (fstat(fd, &st) != 0)
		return strerror(errno);
	if (S_ISDIR(st.st_mode))
		return "is a directory";
	if (!S_ISREG(st.st_mode))
		return "is not a regular file";
	if (st.st_size == 0)
		return "is empty";
	if ((uint64_t)st.st_size > LAB_BLOB_MAX)
		return "is larger than 1 GiB";
	blob->dev = st.st_dev;
	blob->ino = st.st_ino;
	blob->unpack = unpack;
	blob->size = (size_t)st.st_size;
	why = read_all(fd, blob);
	return why == NULL && unpack ? unpack_in_place(blob, buffer) : why;
}

struct lab_blob *lab_blob_get(struct lab_blob **list, const char *path, bool unpack,
			      char why[LAB_BLOB_WHY])
{
	struct lab_blob *blob;
	const char *wrong;
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0) {
		snprintf(why, LAB_BLOB_WHY, "%s", strerror(errno));
		return NULL;
	}
	if (fstat(fd, &st) == 0) {
		for (blob = *list; blob != NULL; blob = blob->next) {
			if (blob->dev == st.st_dev && blob->ino == st.st_ino &&
			    blob->unpack == unpack) {
				close(fd);
				return blob;
			}
		}
	}
	blob = calloc(1, sizeof(*blob));
	wrong = blob != NULL ? load(fd, unpack, blob, why) : "does not fit in memory";
	close(fd);
	if (wrong == NULL && (blob->path = strdup(path)) == NULL)
		wrong = "does not fit in memory";
	if (wrong != NULL) {
		if (wrong != why)
			snprintf(why, LAB_BLOB_WHY, "%s", wrong);
		if (blob != NULL)
			free(blob->data);
		free(blob);
		return NULL;
	}
	blob->next = *list;
	*list = blob;
	return blob;
}

void lab_blob_free(struct lab_blob *list)
{
	while (list != NULL) {
		struct lab_blob *next = list->next;

		free(list->data);
		free(list->path);
		free(list);
		list = next;
	}
}
