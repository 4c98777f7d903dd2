/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_FDT_H
#define GUEST_FDT_H

/*
 * Reads a flattened devicetree of version 17 (Devicetree Specification 0.4, 5). The code needs
 * neither alignment nor the MMU, and works in both byte orders. It reads nothing outside [blob,
 * blob + totalsize), whatever the blob holds. Invalid parts of it count as absent.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DT_MAX_BYTES 0x200000u /* larger FDTs are rejected: no boot protocol allows them */
#define DT_DEPTH     16u       /* the walk ends at a deeper node */

struct dt {
	const uint8_t *blob;
	uint32_t structure, structure_end, strings, strings_end, reserved, reserved_end;
};

/* A node: the offsets at which it and its ancestors begin. at[0] is the root's. */
struct dt_node {
	uint32_t at[DT_DEPTH];
	unsigned depth; /* 0: the root */
};

/* The value of a property, not aligned. */
struct dt_value {
	const uint8_t *bytes;
	uint32_t size;
};

struct dt_range {
	uint64_t base, size;
};

/* totalsize of the FDT at `blob`; 0 if there is none. Reads 8 bytes. */
uint32_t dt_bytes(const void *blob);

/* Returns false if there is no FDT, or its version cannot be read. */
bool dt_open(struct dt *t, const void *blob);

/*
 * The root, then every other node in the order of the blob, parents first. False: there is no
 * further node.
 */
bool dt_root(const struct dt *t, struct dt_node *node);
bool dt_next(const struct dt *t, struct dt_node *node);

/* The node's name with the unit address; "" for the root. The name is part of the blob. */
const char *dt_name(const struct dt *t, const struct dt_node *node);

/* The node's whole path, truncated to `room` bytes. Returns `path`. */
const char *dt_path(const struct dt *t, const struct dt_node *node, char *path, size_t room);

/* Returns false for the root. `node` and `parent` may be the same. */
bool dt_parent(const struct dt_node *node, struct dt_node *parent);

/* Whether `inner` is `outer` or a node below it. */
bool dt_within(const struct dt_node *inner, const struct dt_node *outer);

bool dt_property(const struct dt *t, const struct dt_node *node, const char *name,
		 struct dt_value *value);

/*
 * String `index` of a value that is a list of strings, in most cases of one; NULL after the last
 * string.
 */
const char *dt_string(const struct dt_value *value, unsigned index);

/* The first string of the property `name`; "" if there is none. */
const char *dt_text(const struct dt *t, const struct dt_node *node, const char *name);

/* Cell `index`, of 32 bits; `otherwise` if the value is too short. */
uint32_t dt_cell(const struct dt_value *value, unsigned index, uint32_t otherwise);

/* The whole value as one number of 4 or 8 bytes; 0 if it has another size. */
uint64_t dt_integer(const struct dt_value *value);

/* The first cell of the property `name`; `otherwise` if there is none. */
uint32_t dt_number(const struct dt *t, const struct dt_node *node, const char *name,
		   uint32_t otherwise);

bool dt_is_compatible(const struct dt *t, const struct dt_node *node, const char *compatible);

/* Whether neither the node nor an ancestor has a `status` other than "okay" or "ok". */
bool dt_is_enabled(const struct dt *t, const struct dt_node *node);

/* The first enabled node that is compatible. */
bool dt_find(const struct dt *t, const char *compatible, struct dt_node *node);

/*
 * Find a node by a path of `length` bytes, which may leave out unit addresses. A path without a
 * leading '/' begins with an alias.
 */
bool dt_find_path(const struct dt *t, const char *path, size_t length, struct dt_node *node);

/*
 * Entry `index` of `reg`. dt_reg_raw() returns it as it is; dt_reg() as the CPU sees it, through
 * the `ranges` of the buses above the node. False: there is no such entry. dt_reg() also returns
 * false if a bus has no window for the address, for example for the `reg` of a CPU or of a PCI
 * device.
 */
bool dt_reg_raw(const struct dt *t, const struct dt_node *node, unsigned index,
		struct dt_range *range);
bool dt_reg(const struct dt *t, const struct dt_node *node, unsigned index, struct dt_range *range);

/* Window `index` of a bus: that entry of its `ranges`, as the CPU sees it. */
bool dt_window(const struct dt *t, const struct dt_node *bus, unsigned index,
	       struct dt_range *range);

/* Entry `index` of the memory reservation block, which is not /reserved-memory. */
bool dt_reserved(const struct dt *t, unsigned index, struct dt_range *range);

#endif
