/* SPDX-License-Identifier: BSD-2-Clause */
#include "../hypervisor/string.h"
#include "fdt.h"

#define MAGIC	       0xd00dfeedu
#define HEADER_BYTES   40u
#define BEGIN_NODE     1u
#define END_NODE       2u
#define PROP	       3u
#define NOP	       4u
#define PROPERTY_BYTES 8u /* after the token: length, offset of the name */

static uint32_t load32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint64_t load64(const uint8_t *p)
{
	return (uint64_t)load32(p) << 32 | load32(p + 4);
}

uint32_t dt_bytes(const void *blob)
{
	const uint8_t *p = blob;
	uint32_t bytes;

	if (load32(p) != MAGIC)
		return 0;
	bytes = load32(p + 4);
	return bytes < HEADER_BYTES || bytes > DT_MAX_BYTES ? 0 : bytes;
}

/*
 * Set [*begin, *end) to the `size` bytes at `offset`. Returns false if they are not inside the
 * blob.
 */
static bool block(uint32_t total, uint32_t offset, uint32_t size, uint32_t *begin, uint32_t *end)
{
	if (offset < HEADER_BYTES || offset > total || size > total - offset)
		return false;
	*begin = offset;
	*end = offset + size;
	return true;
}

bool dt_open(struct dt *t, const void *blob)
{
	const uint8_t *p = blob;
	uint32_t total = dt_bytes(blob);

	*t = (struct dt){.blob = p};
	if (!total || load32(p + 20) < 17 || load32(p + 24) > 17)
		return false;
	return block(total, load32(p + 8), load32(p + 36), &t->structure, &t->structure_end) &&
	       block(total, load32(p + 12), load32(p + 32), &t->strings, &t->strings_end) &&
	       block(total, load32(p + 16), total - load32(p + 16), &t->reserved, &t->reserved_end);
}

/* The string at `offset` and its length without the NUL; NULL if it does not end before `end`. */
static const char *text_at(const struct dt *t, uint32_t offset, uint32_t end, uint32_t *length)
{
	for (uint32_t i = offset; i < end; i++) {
		if (!t->blob[i]) {
			*length = i - offset;
			return (const char *)t->blob + offset;
		}
	}
	return NULL;
}

/* A token of the structure block, with what belongs to it. */
struct piece {
	uint32_t token, next; /* next: offset of the following token */
	const char *name;
	struct dt_value value;
};

static bool read_property(const struct dt *t, uint32_t offset, struct piece *piece)
{
	uint32_t length, name, ignored;

	if (t->structure_end - offset < PROPERTY_BYTES)
		return false;
	length = load32(t->blob + offset);
	name = load32(t->blob + offset + 4);
	offset += PROPERTY_BYTES;
	if (length > t->structure_end - offset || name >= t->strings_end - t->strings)
		return false;
	piece->name = text_at(t, t->strings + name, t->strings_end, &ignored);
	piece->value = (struct dt_value){t->blob + offset, length};
	piece->next = offset + length;
	return piece->name != NULL;
}

/*
 * Read the piece at `offset`. Tokens are aligned to 4 bytes from the start of the block. Returns
 * false if there is no valid token.
 */
static bool read_piece(const struct dt *t, uint32_t offset, struct piece *piece)
{
	uint32_t length = 0;

	do {
		if (t->structure_end - offset < 4)
			return false;
		piece->token = load32(t->blob + offset);
		offset += 4;
	} while (piece->token == NOP);
	piece->next = offset;
	if (piece->token == BEGIN_NODE) {
		piece->name = text_at(t, offset, t->structure_end, &length);
		if (!piece->name)
			return false;
		piece->next = offset + length + 1;
	} else if (piece->token == PROP) {
		if (!read_property(t, offset, piece))
			return false;
	} else if (piece->token != END_NODE) {
		return false;
	}
	piece->next += -(piece->next - t->structure) & 3;
	return piece->next <= t->structure_end;
}

bool dt_root(const struct dt *t, struct dt_node *node)
{
	struct piece piece;

	*node = (struct dt_node){.at = {t->structure}};
	return read_piece(t, t->structure, &piece) && piece.token == BEGIN_NODE;
}

bool dt_next(const struct dt *t, struct dt_node *node)
{
	struct piece piece;
	uint32_t offset = node->at[node->depth];

	/* The offset is that of a node: dt_root() or this function has set it. */
	for (bool self = true; read_piece(t, offset, &piece); self = false, offset = piece.next) {
		if (piece.token == END_NODE && node->depth-- == 0)
			break;
		if (piece.token == BEGIN_NODE && !self) {
			if (++node->depth == DT_DEPTH)
				break;
			node->at[node->depth] = offset;
			return true;
		}
	}
	node->depth = 0;
	return false;
}

const char *dt_name(const struct dt *t, const struct dt_node *node)
{
	struct piece piece;

	return read_piece(t, node->at[node->depth], &piece) ? piece.name : "";
}

const char *dt_path(const struct dt *t, const struct dt_node *node, char *path, size_t room)
{
	size_t used = 0;

	for (struct dt_node n = {.at = {node->at[0]}, .depth = 0}; n.depth < node->depth;) {
		const char *name;

		n.depth++;
		n.at[n.depth] = node->at[n.depth];
		name = dt_name(t, &n);
		if (used + 1 < room)
			path[used++] = '/';
		while (*name && used + 1 < room)
			path[used++] = *name++;
	}
	if (!node->depth && room > 1)
		path[used++] = '/';
	if (room)
		path[used] = '\0';
	return path;
}

bool dt_parent(const struct dt_node *node, struct dt_node *parent)
{
	*parent = *node;
	if (!node->depth)
		return false;
	parent->depth--;
	return true;
}

bool dt_within(const struct dt_node *inner, const struct dt_node *outer)
{
	return inner->depth >= outer->depth && inner->at[outer->depth] == outer->at[outer->depth];
}

bool dt_property(const struct dt *t, const struct dt_node *node, const char *name,
		 struct dt_value *value)
{
	struct piece piece;

	if (!read_piece(t, node->at[node->depth], &piece))
		return false;
	while (read_piece(t, piece.next, &piece) && piece.token == PROP) {
		if (strcmp(piece.name, name) == 0) {
			*value = piece.value;
			return true;
		}
	}
	return false;
}

const char *dt_string(const struct dt_value *value, unsigned index)
{
	uint32_t begin = 0;

	for (uint32_t i = 0; i < value->size; i++) {
		if (value->bytes[i])
			continue;
		if (!index--)
			return (const char *)value->bytes + begin;
		begin = i + 1;
	}
	return NULL;
}

const char *dt_text(const struct dt *t, const struct dt_node *node, const char *name)
{
	struct dt_value value;
	const char *text = dt_property(t, node, name, &value) ? dt_string(&value, 0) : NULL;

	return text ? text : "";
}

uint32_t dt_cell(const struct dt_value *value, unsigned index, uint32_t otherwise)
{
	return index < value->size / 4 ? load32(value->bytes + 4 * index) : otherwise;
}

uint64_t dt_integer(const struct dt_value *value)
{
	if (value->size == 4)
		return load32(value->bytes);
	return value->size == 8 ? load64(value->bytes) : 0;
}

uint32_t dt_number(const struct dt *t, const struct dt_node *node, const char *name,
		   uint32_t otherwise)
{
	struct dt_value value;

	return dt_property(t, node, name, &value) ? dt_cell(&value, 0, otherwise) : otherwise;
}

bool dt_is_compatible(const struct dt *t, const struct dt_node *node, const char *compatible)
{
	struct dt_value value;
	const char *text;

	if (!dt_property(t, node, "compatible", &value))
		return false;
	for (unsigned i = 0; (text = dt_string(&value, i)) != NULL; i++) {
		if (strcmp(text, compatible) == 0)
			return true;
	}
	return false;
}

bool dt_is_enabled(const struct dt *t, const struct dt_node *node)
{
	struct dt_node n = *node;

	do {
		const char *status = dt_text(t, &n, "status");

		if (*status && strcmp(status, "okay") != 0 && strcmp(status, "ok") != 0)
			return false;
	} while (dt_parent(&n, &n));
	return true;
}

bool dt_find(const struct dt *t, const char *compatible, struct dt_node *node)
{
	for (bool more = dt_root(t, node); more; more = dt_next(t, node)) {
		if (dt_is_compatible(t, node, compatible) && dt_is_enabled(t, node))
			return true;
	}
	return false;
}

/* Whether a node's name matches a path component of `length` bytes. */
static bool names(const char *name, const char *component, size_t length)
{
	return strncmp(name, component, length) == 0 &&
	       (!name[length] || (name[length] == '@' && !memchr(component, '@', length)));
}

static bool find_child(const struct dt *t, const char *component, size_t length,
		       struct dt_node *node)
{
	struct dt_node child = *node;

	while (dt_next(t, &child) && dt_within(&child, node)) {
		if (child.depth == node->depth + 1 &&
		    names(dt_name(t, &child), component, length)) {
			*node = child;
			return true;
		}
	}
	return false;
}

static size_t component_length(const char *path, size_t length)
{
	const char *end = memchr(path, '/', length);

	return end ? (size_t)(end - path) : length;
}

/* Follow the path from `node` downwards. */
static bool descend(const struct dt *t, const char *path, size_t length, struct dt_node *node)
{
	while (length) {
		size_t n = component_length(path, length);

		if (n && !find_child(t, path, n, node))
			return false;
		n += n < length; /* its '/' */
		path += n;
		length -= n;
	}
	return true;
}

/*
 * Find the node of a name in /aliases. The alias must be an absolute path, so that the search ends.
 */
static bool find_alias(const struct dt *t, const char *name, size_t length, struct dt_node *node)
{
	struct dt_node aliases = *node;
	struct dt_value value;
	const char *path;
	char key[32];

	if (length >= sizeof key || !find_child(t, "aliases", 7, &aliases))
		return false;
	memcpy(key, name, length);
	key[length] = '\0';
	if (!dt_property(t, &aliases, key, &value))
		return false;
	path = dt_string(&value, 0);
	return path && *path == '/' && descend(t, path, strlen(path), node);
}

bool dt_find_path(const struct dt *t, const char *path, size_t length, struct dt_node *node)
{
	if (!length || !dt_root(t, node))
		return false;
	if (*path != '/') {
		size_t n = component_length(path, length);

		if (!find_alias(t, path, n, node))
			return false;
		path += n;
		length -= n;
	}
	return descend(t, path, length, node);
}

bool dt_reserved(const struct dt *t, unsigned index, struct dt_range *range)
{
	const uint8_t *p = t->blob + t->reserved;

	for (uint32_t left = t->reserved_end - t->reserved; left >= 16; left -= 16, p += 16) {
		*range = (struct dt_range){load64(p), load64(p + 8)};
		if (!range->base && !range->size)
			return false;
		if (!index--)
			return true;
	}
	return false;
}
