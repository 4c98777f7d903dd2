/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_BLOB_H
#define TOOLS_LAB_BLOB_H

/* The images of a lab, in memory. */
#include "machine/unpack.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define LAB_BLOB_MAX (1ull << 30) /* bytes of an image file */
#define LAB_BLOB_WHY UNPACK_WHY	  /* bytes of a reason, with its NUL */

/* A file's bytes; a compressed kernel is unpacked. A file that several VMs use is loaded once. */
struct lab_blob {
	struct lab_blob *next;
	char *path; /* by which the file was opened */
	uint8_t *data;
	size_t size;
	bool unpack; /* a kernel: it was checked and unpacked */
	dev_t dev;   /* dev and ino are the file's identity */
	ino_t ino;
	uint64_t offset; /* in the bundle; set by bundle.c */
};

/*
 * Find the file at `path` in the list, or load it and add it. NULL: it cannot be loaded; `why` says
 * what is wrong, as a phrase that follows the file's name.
 */
struct lab_blob *lab_blob_get(struct lab_blob **list, const char *path, bool unpack,
			      char why[LAB_BLOB_WHY]);
void lab_blob_free(struct lab_blob *list);

#endif
