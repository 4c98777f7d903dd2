/* SPDX-License-Identifier: BSD-2-Clause */
#include "lab.h"
#include "arch.h"
#include "cpu.h"
#include "firmware.h"
#include "gic.h"
#include "manifest.h"
#include "memory.h"
#include "panic.h"
#include "pvtime.h"
#include "records.h"
#include "string.h"
#include "vm.h"

static struct vm *vms;
static struct manifest manifest;
static uint64_t started_at, ends_at = UINT64_MAX, sample_at = UINT64_MAX, sample_ticks;
static unsigned loaded; /* VMs that are loaded, before time begins */
static unsigned alive;	/* VMs that are neither VM_OFF nor VM_STUCK */
static bool begun, ending;

struct vm *lab_vm(unsigned id)
{
	return id < manifest.vms ? &vms[id] : NULL;
}

bool lab_has(unsigned vm)
{
	return vm < manifest.vms;
}

bool lab_receive(unsigned vm, uint8_t byte)
{
	return vuart_receive(&vms[vm], byte);
}

static void *zalloc(uint64_t size)
{
	paddr_t at;

	if (!memory_alloc(size, PAGE_SIZE, 0, &at))
		panic("no memory for the VMs' state: 0x%lx bytes", size);
	return memset(pa_ptr(at), 0, size);
}

/* One VM and its vCPUs, as the manifest describes them. */
static void create_vm(const void *bundle, uint64_t size, unsigned id, uint64_t now)
{
	struct vm *vm = &vms[id];
	struct manifest_vm m;
	const char *wrong = manifest_read_vm(bundle, size, id, vm, &m);

	if (wrong)
		panic("VM %u: %s", id, wrong);
	if (!(m.pin & (BIT(cpu_count) - 1)))
		panic("VM %s: pinned to CPUs that the board does not have", vm->name);
	vm->id = id;
	vm->has_input = manifest.attached == id;
	vm->vcpus = zalloc(vm->nvcpus * sizeof(*vm->vcpus));
	wrong = vm_create(vm);
	if (wrong)
		panic("VM %s: %s", vm->name, wrong);
	for (unsigned i = 0; i < vm->nvcpus; i++)
		sched_add(&vm->vcpus[i], m.weight, m.cap, m.pin, now);
	if (!pvtime_create(vm))
		panic("VM %s: no memory for its stolen-time region", vm->name);
}

void lab_create(const void *bundle, uint64_t size)
{
	const char *wrong = manifest_read(bundle, size, &manifest);
	uint64_t now = counter();

	if (wrong)
		panic("the lab: %s", wrong);
	vrtc_begin(manifest.epoch);
	sched_init(cpu_count, (uint32_t)read_sysreg(cntfrq_el0), manifest.timeslice_us, now);
	vms = zalloc(manifest.vms * sizeof(*vms));
	alive = manifest.vms;
	for (unsigned i = 0; i < manifest.vms; i++)
		create_vm(bundle, size, i, now);
}

/* ns to ticks, by quotient and remainder, as the library converts the other way. */
static uint64_t ticks(uint64_t ns)
{
	uint64_t hz = read_sysreg(cntfrq_el0), s = 1000000000;

	return ns / s * hz + ns % s * hz / s;
}

static void set_alarm(void)
{
	sched_set_alarm(0, min_u64(ends_at, sample_at));
}

void lab_start(void)
{
	for (unsigned i = 0; i < manifest.vms; i++)
		vm_start(&vms[i]);
}

/* Every VM is loaded: time begins, for all of them at once. */
static void begin(void)
{
	started_at = counter();
	report_start();
	if (manifest.run_ns)
		ends_at = started_at + ticks(manifest.run_ns);
	if (manifest.sample_ns) {
		sample_ticks = ticks(manifest.sample_ns);
		sample_at = started_at + sample_ticks;
	}
	/*
	 * Before the first VM runs: it may be reset, and loaded again, before this loop comes to
	 * the last VM.
	 */
	__atomic_store_n(&begun, true, __ATOMIC_RELEASE);
	for (unsigned i = 0; i < manifest.vms; i++)
		vm_run(&vms[i], started_at);
	if (this_cpu()->id == 0)
		set_alarm();
	else
		gic_send_sgi(0, SGI_CPU0_WORK);
}

void lab_vm_loaded(struct vm *vm)
{
	struct vcpu *first = &vm->vcpus[0];

	if (__atomic_load_n(&begun, __ATOMIC_ACQUIRE)) { /* a reset */
		vm_run(vm, counter());
		return;
	}
	sched_will_block(first);
	if (__atomic_add_fetch(&loaded, 1u, __ATOMIC_ACQ_REL) == manifest.vms)
		begin();
	else
		sched_block(first, this_cpu()->id, counter(), UINT64_MAX);
}

void lab_stop(void)
{
	if (__atomic_exchange_n(&ending, true, __ATOMIC_ACQ_REL))
		return;
	sched_pause_all(this_cpu()->id, counter());
	if (this_cpu()->id != 0)
		cpu_kick(0);
}

bool lab_is_ending(void)
{
	return __atomic_load_n(&ending, __ATOMIC_RELAXED);
}

void lab_vm_ended(struct vm *vm)
{
	bool last = !__atomic_sub_fetch(&alive, 1u, __ATOMIC_ACQ_REL);

	report_vm(vm);
	if (last || vm->id == manifest.until)
		lab_stop();
}

void lab_alarm(uint64_t now)
{
	if (!__atomic_load_n(&begun, __ATOMIC_ACQUIRE))
		return;
	if (now >= ends_at)
		lab_stop();
	if (now >= sample_at) {
		report_sample(vms, manifest.vms, now - started_at);
		sample_at = now + sample_ticks;
	}
	if (!ending)
		set_alarm();
}

void lab_line_ends(struct vm *vm)
{
	if (manifest.stamp_lines)
		report_line(vm, counter() - started_at);
}

void lab_finish_if_ended(void)
{
	const struct vm *stuck = NULL;

	if (!__atomic_load_n(&ending, __ATOMIC_ACQUIRE) || !sched_all_paused())
		return;
	if (this_cpu()->id != 0) { /* CPU 0 may be in WFI, with nothing else to wake it */
		cpu_kick(0);
		return;
	}
	for (unsigned i = 0; i < manifest.vms && !stuck; i++)
		stuck = vms[i].phase == VM_STUCK ? &vms[i] : NULL;
	report_end(vms, manifest.vms, counter() - started_at, stuck);
	firmware_off();
	cpu_halt();
}
