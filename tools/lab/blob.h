/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_BLOB_H
#define TOOLS_LAB_BLOB_H

/* The images that a lab names, in memory. */
#include "machine/unpack.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define LAB_BLOB_MAX (1ull << 30) /* bytes of an image's file */
#define LAB_BLOB_WHY UNPACK_WHY	  /* bytes of a reason, with its NUL */

/*
 * A file's bytes; those of a packed kernel are unpacked. A file that several VMs name is here once.
 */
struct lab_blob {
	struct lab_blob *next;
	char *path; /* by which it was read */
	uint8_t *data;
	size_t size;
	bool unpack; /* a kernel: one that can run, and unpacked */
	dev_t dev;   /* dev and ino are the file's identity */
	ino_t ino;
	uint64_t offset; /* for the bundle's writer: where in the bundle it is */
};

/*
 * The bytes of the file at `path`, from the list or put into it. Where that cannot be, NULL, and
 * `why` is what is wrong with the file, as a phrase that starts behind its name.
 */
struct lab_blob *lab_blob_get(struct lab_blob **list, const char *path, bool unpack,
			      char why[LAB_BLOB_WHY]);
void lab_blob_free(struct lab_blob *list);

#endif
