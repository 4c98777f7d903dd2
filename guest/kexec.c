/* SPDX-License-Identifier: BSD-2-Clause */
#include "../hypervisor/string.h"
#include "board.h"
#include "exception.h"
#include "gic.h"
#include "kexec.h"
#include "start.h"
#include "sysreg.h"
#include "timer.h"

#define ROOM_BYTES 0x200000ull /* the header's image_size */

extern const uint8_t kexec_handover_bytes[KEXEC_HANDOVER_BYTES]; /* kexec_jump.S */
_Noreturn void kexec_jump(uint64_t entry, const void *fdt);

const void *kexec_handover(void)
{
	const void *bytes = kexec_handover_bytes;

	__asm__("" : "+r"(bytes)); /* the content is not constant: it differs between copies */
	return bytes;
}

static bool overlap(struct dt_range a, struct dt_range b)
{
	return a.base < b.base + b.size && b.base < a.base + a.size;
}

/* Whether `room` overlaps the initrd that /chosen describes. */
static bool hits_initrd(struct dt_range room)
{
	struct dt_node chosen;
	struct dt_value begin, end;
	uint64_t first, last;

	if (!dt_find_path(&board.fdt, "/chosen", 7, &chosen) ||
	    !dt_property(&board.fdt, &chosen, "linux,initrd-start", &begin) ||
	    !dt_property(&board.fdt, &chosen, "linux,initrd-end", &end))
		return false;
	first = dt_integer(&begin);
	last = dt_integer(&end);
	return first < last && overlap(room, (struct dt_range){first, last - first});
}

/*
 * Whether `room` overlaps a node in /reserved-memory, or an entry of the memory reservation block.
 */
static bool is_reserved(struct dt_range room)
{
	struct dt_node list, node;
	struct dt_range range;

	for (unsigned i = 0; dt_reserved(&board.fdt, i, &range); i++) {
		if (overlap(room, range))
			return true;
	}
	if (!dt_find_path(&board.fdt, "/reserved-memory", 16, &list))
		return false;
	for (node = list; dt_next(&board.fdt, &node) && dt_within(&node, &list);) {
		for (unsigned i = 0; dt_reg(&board.fdt, &node, i, &range); i++) {
			if (overlap(room, range))
				return true;
		}
	}
	return false;
}

/*
 * Find ROOM_BYTES of unused RAM in this image's bank, aligned to ROOM_BYTES. Returns 0 if there are
 * none.
 */
static uint64_t find_room(void)
{
	struct dt_range image = {(uint64_t)(uintptr_t)_start, ROOM_BYTES};
	struct dt_range fdt = {(uint64_t)(uintptr_t)board.fdt.blob, dt_bytes(board.fdt.blob)};
	uint64_t end = board.ram.base + board.ram.size;
	struct dt_range room = {(board.ram.base + ROOM_BYTES - 1) & -ROOM_BYTES, ROOM_BYTES};

	for (; room.base + ROOM_BYTES <= end; room.base += ROOM_BYTES) {
		if (!overlap(room, image) && !overlap(room, fdt) && !hits_initrd(room) &&
		    !is_reserved(room))
			return room.base;
	}
	return 0;
}

/* Clean to the point of coherency, because the copy is read and run with the caches off. */
static void clean(uint64_t base, uint64_t bytes)
{
	uint64_t line = 4ull << (sysreg_read("ctr_el0") >> 16 & 0xf);

	for (uint64_t p = base & -line; p < base + bytes; p += line)
		__asm__ volatile("dc cvac, %0" : : "r"(p) : "memory");
	dsb(sy);
}

void kexec_start(const void *handover, size_t size)
{
	uint64_t new_base = find_room();
	uint8_t *copy = (uint8_t *)(uintptr_t)new_base;
	size_t bytes = (size_t)(bss_start - _start);
	size_t at = (size_t)((const char *)kexec_handover() - _start);

	if (!new_base)
		return;
	irq_disable();
	timer_stop(TIMER_VIRTUAL);
	timer_stop(TIMER_PHYSICAL);
	gic_quiesce();
	memcpy(copy, _start, bytes);
	memset(copy + at, 0, KEXEC_HANDOVER_BYTES);
	memcpy(copy + at, handover, size < KEXEC_HANDOVER_BYTES ? size : KEXEC_HANDOVER_BYTES);
	clean(new_base, bytes);
	__asm__ volatile("ic ialluis" : : : "memory");
	dsb(ish);
	isb();
	kexec_jump(new_base, board.fdt.blob);
}
