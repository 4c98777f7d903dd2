/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_FDT_H
#define GUEST_FDT_H

/*
 * Read a flattened device tree (Devicetree Specification 0.4, 5) of version 17. It needs neither
 * alignment nor the MMU, works in both byte orders, and reads nothing outside [blob, blob +
 * totalsize), whatever the blob holds: what makes no sense there is as if it were absent.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DT_MAX_BYTES 0x200000u /* larger ones are refused: no boot protocol allows them */
#define DT_DEPTH     16u       /* the tree ends where it is deeper */

struct dt {
	const uint8_t *blob;
	uint32_t structure, structure_end, strings, strings_end, reserved, reserved_end;
};

/* A node: where it and those above it begin. at[0] is the root's. */
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

/* totalsize of what begins there, or 0 where there is no FDT. Reads 8 bytes. */
uint32_t dt_bytes(const void *blob);

/* false: that is none, or not of a version that can be read. */
bool dt_open(struct dt *t, const void *blob);

/* The root; from there on every node in the order of the blob, parents first. */
bool dt_root(const struct dt *t, struct dt_node *node);
bool dt_next(const struct dt *t, struct dt_node *node);

/* Its name with the unit address, "" for the root; it lies in the blob. */
const char *dt_name(const struct dt *t, const struct dt_node *node);

/* Its whole path, cut to what fits. Returns `path`. */
const char *dt_path(const struct dt *t, const struct dt_node *node, char *path, size_t room);

/* false for the root. The two may be the same. */
bool dt_parent(const struct dt_node *node, struct dt_node *parent);

/* Whether `inner` is below `outer`, or the same. */
bool dt_within(const struct dt_node *inner, const struct dt_node *outer);

bool dt_property(const struct dt *t, const struct dt_node *node, const char *name,
		 struct dt_value *value);

/*
 * Of a list of strings, of which one is the common case: the one at `index`, NULL behind the last.
 */
const char *dt_string(const struct dt_value *value, unsigned index);

/* The string property `name`, its first string; "" where there is none. */
const char *dt_text(const struct dt *t, const struct dt_node *node, const char *name);

/* Cell `index` of 32 bits, or `otherwise` where the value is shorter. */
uint32_t dt_cell(const struct dt_value *value, unsigned index, uint32_t otherwise);

/* All of it as one number, of 4 or 8 bytes; 0 where it is of another size. */
uint64_t dt_integer(const struct dt_value *value);

/* The first cell of the property `name`, or `otherwise`. */
uint32_t dt_number(const struct dt *t, const struct dt_node *node, const char *name,
		   uint32_t otherwise);

bool dt_is_compatible(const struct dt *t, const struct dt_node *node, const char *compatible);

/* Neither it nor one above it has a `status` that is not "okay". */
bool dt_is_enabled(const struct dt *t, const struct dt_node *node);

/* The first enabled node that is compatible. */
bool dt_find(const struct dt *t, const char *compatible, struct dt_node *node);

/*
 * By a path of `length` bytes; unit addresses may be left out. One without '/' before it begins
 * with an alias.
 */
bool dt_find_path(const struct dt *t, const char *path, size_t length, struct dt_node *node);

/*
 * reg[index]: as it stands there, and as the CPU sees it, through the `ranges` of the buses above
 * it. false: there is none; of the latter also where the bus has no window for it, as a CPU or a
 * PCI device has none.
 */
bool dt_reg_raw(const struct dt *t, const struct dt_node *node, unsigned index,
		struct dt_range *range);
bool dt_reg(const struct dt *t, const struct dt_node *node, unsigned index, struct dt_range *range);

/* The windows of a bus: entry `index` of its `ranges`, as the CPU sees it. */
bool dt_window(const struct dt *t, const struct dt_node *bus, unsigned index,
	       struct dt_range *range);

/* Entry `index` of the memory reservation block (not: /reserved-memory). */
bool dt_reserved(const struct dt *t, unsigned index, struct dt_range *range);

#endif
