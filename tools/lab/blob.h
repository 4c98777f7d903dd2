/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_BLOB_H
#define TOOLS_LAB_BLOB_H

/* The images that a lab names, in memory. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define LAB_BLOB_MAX (1ull << 30) /* bytes of an image's file */

/* A file's bytes, a gzip'd kernel's unpacked. A file that several VMs name is here once. */
struct lab_blob {
	struct lab_blob *next;
	uint8_t *data;
	size_t size;
	bool unpack; /* a kernel, so gzip'd bytes have been unpacked */
	dev_t dev;   /* dev and ino are the file's identity */
	ino_t ino;
	uint64_t offset; /* for the bundle's writer: where in the bundle it is */
};

/*
 * The bytes of the file at `path`, from the list or put into it. Where that cannot be, NULL, and
 * *why is what is wrong with the file, as a phrase that starts behind its name.
 */
struct lab_blob *lab_blob_get(struct lab_blob **list, const char *path, bool unpack,
			      const char **why);
void lab_blob_free(struct lab_blob *list);

#endif
