/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lab's manifest: a valid one, the same with every property wrong in turn, cut off, and damaged
 * at random.
 */
#include "manifest.h"
#include "vm.h"
#include "tests/lib/random.h"
#include "tests/tap.h"
#include "machine/bundle.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#define ROOM	    8192
#define BUNDLE_SIZE 0x10000u /* the images follow the manifest */

enum kind { CELL, CELLS, TEXT, EMPTY };

/* The manifest, in the order of machine/bundle.h. `depth` nodes are open when a property is put. */
struct line {
	const char *node; /* opens a node inside depth - 1 others */
	unsigned depth;
	const char *name;
	enum kind kind;
	uint64_t number;
	const char *text;
};

static const struct line lines[] = {
	{"", 1, "compatible", TEXT, 0, BUNDLE_COMPATIBLE},
	{NULL, 1, "timeslice-us", CELL, 4000, NULL},
	{NULL, 1, "run-ns", CELLS, 20000000000, NULL},
	{NULL, 1, "sample-ns", CELLS, 100000000, NULL},
	{NULL, 1, "epoch", CELLS, 1767225600, NULL},
	{NULL, 1, "attached", CELL, BUNDLE_NOBODY, NULL},
	{NULL, 1, "until", CELL, 1, NULL},
	{NULL, 1, "stamp-lines", CELL, 1, NULL},
	{"vm@0", 2, "name", TEXT, 0, "linux-1"},
	{NULL, 2, "vcpus", CELL, 8, NULL},
	{NULL, 2, "memory", CELLS, 0x180000000, NULL},
	{NULL, 2, "weight", CELL, 10000, NULL},
	{NULL, 2, "cap", CELL, 100, NULL},
	{NULL, 2, "pin", CELL, 5, NULL},
	{NULL, 2, "stolen-time", CELL, 1, NULL},
	{NULL, 2, "entry", CELLS, 0x40200000, NULL},
	{NULL, 2, "x0", CELLS, 0x48000000, NULL},
	{NULL, 2, "big-endian", EMPTY, 0, NULL},
	{"segment@0", 3, "ipa", CELLS, 0x40200000, NULL},
	{NULL, 3, "offset", CELLS, 0x2000, NULL},
	{NULL, 3, "size", CELLS, 0xdff1, NULL},
	{"segment@1", 3, "ipa", CELLS, 0x1bffff000, NULL},
	{NULL, 3, "offset", CELLS, 0xf000, NULL},
	{NULL, 3, "size", CELLS, 0x1000, NULL},
	{"vm@1", 2, "name", TEXT, 0, "b"},
	{NULL, 2, "vcpus", CELL, 1, NULL},
	{NULL, 2, "memory", CELLS, 0x1000000, NULL},
	{NULL, 2, "weight", CELL, 1, NULL},
	{NULL, 2, "cap", CELL, 0, NULL},
	{NULL, 2, "pin", CELL, 255, NULL},
	{NULL, 2, "stolen-time", CELL, 0, NULL},
	{NULL, 2, "entry", CELLS, 0x40080000, NULL},
	{NULL, 2, "x0", CELLS, 0, NULL},
};

/* How build() departs from `lines`. */
struct change {
	int line;	 /* of `lines`; -1: no line */
	bool missing;	 /* the line is left out, */
	const char *raw; /* or its value is these bytes, */
	int length;
	const uint64_t *number; /* or this number */
	unsigned segments;	/* additional segments of vm@1 */
	unsigned vms;		/* additional, empty VMs */
};

static void check(int error)
{
	if (error)
		abort();
}

static void put(void *fdt, const struct line *l, const struct change *c)
{
	uint64_t number = c->number ? *c->number : l->number;

	if (c->missing)
		return;
	if (c->raw)
		check(fdt_property(fdt, l->name, c->raw, c->length));
	else if (l->kind == CELL)
		check(fdt_property_u32(fdt, l->name, (uint32_t)number));
	else if (l->kind == CELLS)
		check(fdt_property_u64(fdt, l->name, number));
	else
		check(fdt_property(fdt, l->name, l->text, l->text ? (int)strlen(l->text) + 1 : 0));
}

static void put_segments(void *fdt, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		char name[] = {'s', (char)('a' + i), '\0'};

		check(fdt_begin_node(fdt, name));
		check(fdt_property_u64(fdt, "ipa", 0x40000000) ||
		      fdt_property_u64(fdt, "offset", 0) || fdt_property_u64(fdt, "size", 16));
		check(fdt_end_node(fdt));
	}
}

/* A bundle of BUNDLE_SIZE bytes, which the caller frees. */
static void *build(const struct change *c)
{
	static const struct change none = {.line = -1};
	void *fdt = calloc(1, BUNDLE_SIZE);
	unsigned depth = 0;

	if (!fdt)
		abort();
	check(fdt_create(fdt, ROOM) || fdt_finish_reservemap(fdt));
	for (unsigned i = 0; i < ARRAY_SIZE(lines); i++) {
		const struct line *l = &lines[i];

		for (; l->node && depth >= l->depth; depth--)
			check(fdt_end_node(fdt));
		if (l->node) {
			check(fdt_begin_node(fdt, l->node));
			depth++;
		}
		put(fdt, l, (int)i == c->line ? c : &none);
	}
	put_segments(fdt, c->segments);
	for (; depth > 1; depth--)
		check(fdt_end_node(fdt));
	for (unsigned i = 0; i < c->vms; i++)
		check(fdt_begin_node(fdt, "more") || fdt_end_node(fdt));
	check(fdt_end_node(fdt) || fdt_finish(fdt));
	return fdt;
}

static struct manifest m;
static struct manifest_vm mvm[2];
static struct vm vms[2];

/* Read the whole manifest, as lab.c does. */
static const char *read_all(const void *bundle, uint64_t size)
{
	const char *wrong = manifest_read(bundle, size, &m);

	memset(vms, 0, sizeof(vms));
	for (unsigned i = 0; !wrong && i < m.vms && i < 2; i++)
		wrong = manifest_read_vm(bundle, size, i, &vms[i], &mvm[i]);
	return wrong;
}

static void good(void)
{
	char *bundle = build(&(struct change){.line = -1});
	const char *wrong = read_all(bundle, BUNDLE_SIZE);
	const struct vm *a = &vms[0], *b = &vms[1];

	tap_ok(!wrong, "a valid manifest is accepted: %s", wrong ? wrong : "no error");
	tap_ok(m.vms == 2 && m.timeslice_us == 4000 && m.run_ns == 20000000000 &&
		       m.epoch == 1767225600 && m.sample_ns == 100000000 &&
		       m.attached == BUNDLE_NOBODY && m.until == 1 && m.stamp_lines,
	       "the lab's properties are read");
	tap_ok(!strcmp(a->name, "linux-1") && a->nvcpus == 8 && a->ram_size == 0x180000000 &&
		       a->dialect == PVTIME_DIALECT_1_0 && a->entry == 0x40200000 &&
		       a->x0 == 0x48000000 && a->big_endian,
	       "VM 0 has its name, vCPUs, memory, dialect, entry, x0 and byte order");
	tap_ok(mvm[0].weight == 10000 && mvm[0].cap == 100 && mvm[0].pin == 5,
	       "VM 0 has its weight, cap and pin");
	tap_ok(a->nsegments == 2 && a->segments[0].to.ipa == 0x40200000 &&
		       pa_ptr(a->segments[0].from) == bundle + 0x2000 &&
		       a->segments[0].size == 0xdff1 && a->segments[1].to.ipa == 0x1bffff000 &&
		       pa_ptr(a->segments[1].from) == bundle + 0xf000 &&
		       a->segments[1].size == 0x1000,
	       "VM 0 has its segments, to the last byte of RAM and of the bundle");
	tap_ok(!strcmp(b->name, "b") && b->nvcpus == 1 && b->ram_size == 0x1000000 &&
		       b->nsegments == 0 && b->dialect == PVTIME_DIALECT_OFF && !b->big_endian &&
		       mvm[1].weight == 1 && mvm[1].cap == 0 && mvm[1].pin == 255,
	       "VM 1 has its properties, and no segment");
	tap_ok(manifest_read_vm(bundle, BUNDLE_SIZE, 2, &vms[0], &mvm[0]),
	       "manifest_read_vm() fails for VM 2 of two VMs");
	free(bundle);
}

/* The index of the `nth` line of that name. */
static int line_of(const char *name, unsigned nth)
{
	for (int i = 0; i < (int)ARRAY_SIZE(lines); i++)
		if (!strcmp(lines[i].name, name) && nth-- == 0)
			return i;
	abort();
}

static void expect(bool accepted, const struct change *c, const char *what)
{
	void *bundle = build(c);
	const char *wrong = read_all(bundle, BUNDLE_SIZE);

	tap_ok(!wrong == accepted, "the manifest with %s %s is accepted or refused as expected: %s",
	       c->line < 0 ? "" : lines[c->line].name, what, wrong ? wrong : "accepted");
	free(bundle);
}

static void missing(void)
{
	for (int i = 0; i < (int)ARRAY_SIZE(lines); i++) {
		struct change c = {.line = i, .missing = true};

		expect(lines[i].kind == EMPTY, &c, "missing");
		c = (struct change){.line = i, .raw = "abcdef", .length = 6};
		if (lines[i].kind < TEXT)
			expect(false, &c, "of six bytes");
		c.length = 0;
		if (lines[i].kind != EMPTY)
			expect(false, &c, "of no bytes");
	}
}

static void numbers(void)
{
	static const struct {
		const char *name;
		unsigned nth;
		uint64_t number;
		bool accepted;
	} cases[] = {
		{"timeslice-us", 0, 99, false},
		{"timeslice-us", 0, 100, true},
		{"timeslice-us", 0, 100000, true},
		{"timeslice-us", 0, 100001, false},
		{"attached", 0, 1, true},
		{"until", 0, BUNDLE_NOBODY, true},
		{"vcpus", 0, 0, false},
		{"vcpus", 0, 9, false},
		{"memory", 1, 0, false},
		{"memory", 1, 0xf000, false},
		{"memory", 1, 0x10000, true},
		{"memory", 1, 0x10800, false},
		{"memory", 1, BIT(39), true},
		{"memory", 1, BIT(39) + 4096, false},
		{"memory", 1, UINT64_MAX - 4095, false},
		{"weight", 0, 0, false},
		{"weight", 0, 10001, false},
		{"cap", 0, 101, false},
		{"pin", 0, 0, false},
		{"pin", 0, 1, true},
		{"pin", 0, 256, false},
		{"stolen-time", 0, 2, true},
		{"stolen-time", 0, 3, false},
		{"ipa", 0, 0x3ffff000, false},
		{"ipa", 0, 0, false},
		{"ipa", 0, 0x1c0000000 - 0xdff1, true},
		{"ipa", 0, 0x1c0000000 - 0xdff0, false},
		{"ipa", 0, 0x1c0000001, false},
		{"ipa", 0, UINT64_MAX, false},
		{"size", 1, 0x1001, false},
		{"size", 1, UINT64_MAX, false},
		{"size", 1, 0, true},
		{"offset", 1, 0xf001, false},
		{"offset", 1, 0x10001, false},
		{"offset", 1, UINT64_MAX - 0xfff, false},
		{"offset", 0, 0x2010, false},
		{"offset", 0, 0x200f, true},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		char what[24];
		struct change c = {.line = line_of(cases[i].name, cases[i].nth),
				   .number = &cases[i].number};

		snprintf(what, sizeof(what), "0x%llx", (unsigned long long)cases[i].number);
		expect(cases[i].accepted, &c, what);
	}
}

static void names(void)
{
	int name = line_of("name", 0);

	expect(false, &(struct change){.line = name, .raw = "", .length = 1}, "empty");
	expect(true, &(struct change){.line = name, .raw = "123456789012345", .length = 16},
	       "of 15 bytes");
	tap_ok(!strcmp(vms[0].name, "123456789012345"), "a name of 15 bytes is read whole");
	expect(false, &(struct change){.line = name, .raw = "1234567890123456", .length = 17},
	       "of 16 bytes");
	expect(false, &(struct change){.line = name, .raw = "abcdefgh", .length = 8},
	       "without its NUL");
	expect(false, &(struct change){.line = 0, .raw = "pvtime,lab-2", .length = 13},
	       "of another version");
	expect(true, &(struct change){.line = -1, .segments = VM_MAX_SEGMENTS}, "16 segments");
	tap_is_u64(vms[1].nsegments, VM_MAX_SEGMENTS, "16 segments are read");
	expect(false, &(struct change){.line = -1, .segments = VM_MAX_SEGMENTS + 1}, "17 segments");
	expect(true, &(struct change){.line = -1, .vms = 62}, "64 VMs");
	tap_is_u64(m.vms, 64, "64 VMs are read");
	expect(false, &(struct change){.line = -1, .vms = 63}, "65 VMs");
}

/* A lab of no VM, and of one VM. */
static void few(void)
{
	for (unsigned n = 0; n < 2; n++) {
		static char fdt[1024] __attribute__((aligned(8)));

		check(fdt_create(fdt, sizeof(fdt)) || fdt_finish_reservemap(fdt) ||
		      fdt_begin_node(fdt, ""));
		for (int i = 0; i < line_of("stamp-lines", 0) + 1; i++)
			put(fdt, &lines[i], &(struct change){.line = -1});
		if (n)
			check(fdt_begin_node(fdt, "vm@0") || fdt_end_node(fdt));
		check(fdt_end_node(fdt) || fdt_finish(fdt));
		tap_ok(!manifest_read(fdt, fdt_totalsize(fdt), &m) == (n == 1),
		       "a manifest with %u VMs is accepted only if there is at least one", n);
		fdt[0] ^= 1;
		tap_ok(manifest_read(fdt, sizeof(fdt), &m) != NULL,
		       "a manifest without the magic number is refused");
	}
}

/* Reads a copy whose memory ends where the bundle does, so that ASan finds accesses beyond it. */
static const char *read_copy(const char *bundle, size_t size)
{
	char *copy = malloc(size ? size : 1);
	const char *wrong;

	if (!copy)
		abort();
	memcpy(copy, bundle, size);
	wrong = read_all(copy, size);
	free(copy);
	return wrong;
}

static void truncated(void)
{
	char *bundle = build(&(struct change){.line = -1});
	unsigned accepted = 0, n = fdt_totalsize(bundle);

	for (size_t size = 0; size < n; size++)
		accepted += !read_copy(bundle, size);
	tap_is_u64(accepted, 0, "a manifest cut off anywhere in its %u bytes is refused", n);
	tap_ok(read_copy(bundle, n) && strstr(read_copy(bundle, n), "inside the bundle"),
	       "a bundle without its images is refused, as its segments are not inside the bundle");
	tap_ok(read_copy(bundle, BUNDLE_SIZE - 1) != NULL,
	       "a bundle without the last byte of its images is refused");
	tap_ok(!read_copy(bundle, BUNDLE_SIZE), "a whole bundle is accepted");
	free(bundle);
}

/* Whether an accepted manifest is safe: other files rely on all these limits. */
static bool safe(uint64_t size)
{
	bool ok = m.vms >= 1 && m.vms <= MAP_MAX_VMS && m.timeslice_us >= 100 &&
		  m.timeslice_us <= 100000;

	for (unsigned i = 0; i < 2 && i < m.vms; i++) {
		const struct vm *vm = &vms[i];

		ok = ok && strnlen(vm->name, VM_NAME_MAX) < VM_NAME_MAX && vm->nvcpus >= 1 &&
		     vm->nvcpus <= 8 && vm->ram_size >= 0x10000 && vm->ram_size <= BIT(39) &&
		     vm->ram_size % 4096 == 0 && vm->nsegments <= VM_MAX_SEGMENTS &&
		     vm->dialect <= PVTIME_DIALECT_BETA2 && mvm[i].weight &&
		     mvm[i].weight <= 10000 && mvm[i].cap <= 100 && mvm[i].pin;
		for (unsigned n = 0; ok && n < vm->nsegments; n++) {
			const struct vm_segment *s = &vm->segments[n];
			uint64_t at = s->to.ipa - MAP_RAM_BASE;

			ok = s->size <= size && at <= vm->ram_size && s->size <= vm->ram_size - at;
		}
	}
	return ok;
}

static void damaged(void)
{
	char *bundle = build(&(struct change){.line = -1}), *copy = malloc(BUNDLE_SIZE);
	size_t n = fdt_totalsize(bundle);
	uint64_t seed = 17;
	unsigned accepted = 0, bad = 0;

	if (!copy)
		abort();
	for (unsigned i = 0; i < 40000; i++) {
		memcpy(copy, bundle, BUNDLE_SIZE);
		for (uint64_t k = 1 + random_below(&seed, 3); k; k--) {
			size_t at = random_below(&seed, n);
			uint64_t how = random_below(&seed, 4);

			copy[at] = (char)(how == 0   ? 0xff
					  : how == 1 ? 0
						     : copy[at] ^ 1 << random_below(&seed, 8));
		}
		if (read_copy(copy, BUNDLE_SIZE))
			continue;
		accepted++;
		bad += !safe(BUNDLE_SIZE);
	}
	tap_is_u64(bad, 0, "each of 40000 damaged manifests that is accepted is within all limits");
	tap_ok(accepted > 1000 && accepted < 39000,
	       "%u of 40000 damaged manifests are accepted, and not nearly all or none", accepted);
	free(copy);
	free(bundle);
}

int main(void)
{
	good();
	missing();
	numbers();
	names();
	few();
	truncated();
	damaged();
	return tap_done();
}
