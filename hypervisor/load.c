/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bring a VM's memory into its state at power-on: zeroes, and the pristine images in their places.
 * The first vCPU's CPU does this in pieces. Between the pieces the scheduler decides as usual, so
 * no other VM has to wait for the end.
 */
#include "arch.h"
#include "lab.h"
#include "string.h"
#include "vm.h"

/*
 * Bytes between two looks at the clock. An unaligned image is copied byte by byte, in some 300,000
 * instructions for each piece.
 */
#define PIECE (64 * 1024)

/* By DC ZVA, which clears a block of some 64 bytes, where it is permitted (DDI 0487, D7.4.8). */
static void zero(void *at, uint64_t size)
{
	uint64_t dczid = read_sysreg(dczid_el0), block = UINT64_C(4) << FIELD(dczid, 3, 0);

	if (dczid & BIT(4)) {
		memset(at, 0, size);
		return;
	}
	for (uint64_t a = (uint64_t)at; a < (uint64_t)at + size; a += block)
		dcache_zero(a);
}

/*
 * Remove from every CPU the translations and instructions of the memory's old contents (DDI 0487,
 * D8.14).
 */
static void finish(struct vm *vm)
{
	tlbi(vmalls12e1is);
	ic(ialluis);
	dsb(ish);
	isb();
	for (unsigned i = 0; i < MAP_MAX_PCPUS; i++)
		vm->last_on_cpu[i] = NULL;
	lab_vm_loaded(vm);
}

/* Each piece is cleaned to the point of coherency, because the guest begins with its caches off. */
void vm_load_step(struct vcpu *v)
{
	struct vm *vm = v->vm;
	uint64_t done = vm->load_done, n;

	if (done < vm->ram_size) {
		void *at = (char *)pa_ptr(vm->ram) + done;

		n = min_u64(PIECE, vm->ram_size - done);
		zero(at, n);
		dcache_clean(at, n);
		vm->load_done += n;
		return;
	}
	done -= vm->ram_size;
	for (unsigned i = 0; i < vm->nsegments; i++) {
		const struct vm_segment *s = &vm->segments[i];

		if (done < s->size) {
			char *at = (char *)pa_ptr(vm->ram) + (s->to.ipa - MAP_RAM_BASE) + done;

			n = min_u64(PIECE, s->size - done);
			memcpy(at, (const char *)pa_ptr(s->from) + done, n);
			dcache_clean(at, n);
			vm->load_done += n;
			return;
		}
		done -= s->size;
	}
	finish(vm);
}
