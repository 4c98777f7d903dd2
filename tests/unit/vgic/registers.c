/* SPDX-License-Identifier: BSD-2-Clause */
/* The distributor's and the redistributors' registers: reset values, sizes, what can be written. */
#include "tests/unit/vgic/fake.h"
#include "tests/tap.h"

static enum vgic_result access(uint64_t address, unsigned size, bool write, uint64_t *value)
{
	fake_this_cpu = 0;
	return fake_mmio(fake_cpus[0].loaded, address, size, write, value);
}

static bool faults(uint64_t address, unsigned size)
{
	uint64_t value = 0;

	return access(address, size, false, &value) == VGIC_FAULT &&
	       access(address, size, true, &value) == VGIC_FAULT;
}

static bool ignored(uint64_t address, unsigned size)
{
	guest_write(0, address, size, UINT64_MAX);
	return guest_read(0, address, size) == 0;
}

static void identification(void)
{
	tap_is_u64(guest_read(0, GICD(0), 4), 0x50, "GICD_CTLR: ARE and DS, both groups disabled");
	guest_write(0, GICD(0), 4, UINT32_MAX);
	tap_is_u64(guest_read(0, GICD(0), 4), 0x53, "GICD_CTLR: only the groups can be changed");
	tap_is_u64(guest_read(0, GICD(4), 4) & 0x1f, 8, "GICD_TYPER: 288 interrupts");
	tap_is_u64(guest_read(0, GICD(4), 4) >> 10 & 1, 0, "GICD_TYPER: one security state");
	tap_is_u64(guest_read(0, GICD(4), 4) >> 16 & 3, 0, "GICD_TYPER: no LPIs, no MBIs");
	tap_is_u64(guest_read(0, GICD(8), 4), 0x43b, "GICD_IIDR");
	tap_is_u64(guest_read(0, GICD(0xffe8), 4), 0x3b, "GICD_PIDR2: GICv3");
	tap_is_u64(guest_read(0, GICR(1, 0xffe8), 4), 0x3b, "GICR_PIDR2: GICv3");
	tap_is_u64(guest_read(0, GICR(2, 8), 8), UINT64_C(2) << 32 | 2 << 8,
		   "GICR_TYPER of vCPU 2");
	tap_is_u64(guest_read(0, GICR(3, 8), 4), 3 << 8 | 1 << 4,
		   "GICR_TYPER of the last, low half");
	tap_is_u64(guest_read(0, GICR(3, 12), 4), 3, "GICR_TYPER of the last, high half");
	tap_ok(vgic_covers(&fake_vm, (ipaddr_t){GICR(3, 0x1ffff)}) &&
		       !vgic_covers(&fake_vm, (ipaddr_t){GICR(4, 0)}) &&
		       vgic_covers(&fake_vm, (ipaddr_t){GICD(0xffff)}) &&
		       !vgic_covers(&fake_vm, (ipaddr_t){GICD(0x10000)}) &&
		       !vgic_covers(&fake_vm, (ipaddr_t){GICD(UINT64_MAX)}),
	       "the frames end where they end");
}

static void sizes(void)
{
	uint64_t value = 0;

	tap_ok(faults(GICD(0), 1) && faults(GICD(0), 8) && faults(GICD(0x104), 1) &&
		       faults(GICD(0x100), 8) && faults(GICD(0xc08), 1),
	       "32-bit registers have no other size");
	tap_ok(faults(GICD(0x400), 2) && faults(GICD(0x402), 4) && faults(GICD(0x6100), 1) &&
		       faults(GICD(0x6104), 8) && faults(GICR(0, 0x14), 8),
	       "no halfwords, nothing unaligned");
	tap_ok(faults(GICR(4, 0), 4) && access(GICR(3, 0), 4, false, &value) == VGIC_DONE,
	       "no frame of a vCPU that does not exist");
	guest_write(0, GICD(0x420), 4, 0x11223344);
	guest_write(0, GICD(0x422), 1, 0xff);
	tap_is_u64(guest_read(0, GICD(0x420), 4), 0x10f83040, "priorities have 5 bits and bytes");
	tap_is_u64(guest_read(0, GICD(0x423), 1), 0x10, "a priority read as a byte");
	guest_write(0, GICD(0x6108), 8, UINT64_C(0x1234567889abcdef));
	tap_is_u64(guest_read(0, GICD(0x6108), 8), UINT64_C(0x7800abcdef),
		   "IROUTER: affinities, no IRM");
	guest_write(0, GICD(0x610c), 4, 0xffffff01);
	guest_write(0, GICD(0x6108), 4, 0x80020304);
	tap_is_u64(guest_read(0, GICD(0x610c), 4), 1, "IROUTER: the high half");
	tap_is_u64(guest_read(0, GICD(0x6108), 4), 0x020304, "IROUTER: the low half");
}

static void reserved(void)
{
	bool all = true;

	for (uint64_t offset = 0x10; offset < 0x80; offset += 4)
		all &= ignored(GICD(offset), 4);
	tap_ok(all, "GICD: TYPER2, STATUSR, SETSPI and so on read 0");
	for (uint64_t offset = 0x80; offset <= 0x400; offset += 0x80)
		all &= ignored(GICD(offset), 4);
	all &= ignored(GICD(0x41c), 4) && ignored(GICD(0xc00), 4) && ignored(GICD(0xc04), 4);
	tap_ok(all, "GICD: INTIDs 0 to 31 are the redistributors'");
	tap_ok(ignored(GICD(0xa4), 4) && ignored(GICD(0x124), 4) && ignored(GICD(0x520), 4) &&
		       ignored(GICD(0x520), 1) && ignored(GICD(0xc48), 4) &&
		       ignored(GICD(0x6900), 8) && ignored(GICD(0x60f8), 8) &&
		       ignored(GICD(0x7fe0), 8),
	       "GICD: INTIDs from 288 on");
	tap_ok(ignored(GICD(0x820), 4) && ignored(GICD(0x821), 1) && ignored(GICD(0xd04), 4) &&
		       ignored(GICD(0xe08), 4) && ignored(GICD(0xf00), 4),
	       "GICD: ITARGETSR, IGRPMODR, NSACR, SGIR");
	tap_ok(ignored(GICR(0, 0), 4) && ignored(GICR(0, 0x10), 4) && ignored(GICR(0, 0x70), 8) &&
		       ignored(GICR(0, 0x78), 8) && ignored(GICR(0, 0x4000), 4),
	       "GICR: CTLR, STATUSR, PROPBASER, PENDBASER");
	tap_ok(ignored(SGIS(0, 0x84), 4) && ignored(SGIS(0, 0x420), 4) &&
		       ignored(SGIS(0, 0xd00), 4) && ignored(SGIS(0, 0x0), 4) &&
		       ignored(SGIS(0, 0x4000), 4),
	       "the SGI frame has 32 interrupts");
}

static void fields(void)
{
	tap_is_u64(guest_read(0, GICR(1, 0x14), 4), 6, "GICR_WAKER: asleep at reset");
	guest_write(0, GICR(1, 0x14), 4, 0);
	tap_is_u64(guest_read(0, GICR(1, 0x14), 4), 0, "GICR_WAKER: awake");
	tap_is_u64(guest_read(0, GICR(0, 0x14), 4), 6, "GICR_WAKER: each its own");
	guest_write(0, GICR(1, 0x14), 4, 2);
	tap_is_u64(guest_read(0, GICR(1, 0x14), 4), 6, "GICR_WAKER: asleep again");

	tap_is_u64(guest_read(0, SGIS(0, 0xc00), 4), 0xaaaaaaaa, "SGIs are edge-triggered");
	guest_write(0, SGIS(0, 0xc00), 4, 0);
	tap_is_u64(guest_read(0, SGIS(0, 0xc00), 4), 0xaaaaaaaa, "for good");
	guest_write(0, SGIS(0, 0xc04), 4, UINT32_MAX);
	tap_is_u64(guest_read(0, SGIS(0, 0xc04), 4), 0xaaaaaaaa & ~(2u << 22 | 2u << 28),
		   "PPIs can be made so, but not the timers'");
	guest_write(0, GICD(0xc0c), 4, 0xffffffff);
	tap_is_u64(guest_read(0, GICD(0xc0c), 4), 0xaaaaaaaa, "ICFGR: the low bits are 0");
	tap_is_u64(guest_read(0, GICD(0xc08), 4), 0, "ICFGR: level at reset, neighbours stay");

	guest_write(0, GICD(0x120), 4, 0x80000001);
	tap_is_u64(guest_read(0, GICD(0x1a0), 4), 0x80000001, "ISENABLER8 reads in ICENABLER8");
	guest_write(0, GICD(0x1a0), 4, 1);
	tap_is_u64(guest_read(0, GICD(0x120), 4), 0x80000000, "ICENABLER8 clears");
	guest_write(0, SGIS(2, 0x100), 4, 0x0800ffff);
	tap_is_u64(guest_read(0, SGIS(2, 0x180), 4), 0x0800ffff,
		   "ISENABLER0 of another vCPU reads in its ICENABLER0");
	tap_is_u64(guest_read(0, SGIS(1, 0x180), 4), 0,
		   "ISENABLER0 of one vCPU does not change another's");
	guest_write(0, GICD(0x84), 4, 0x5a5a5a5a);
	tap_is_u64(guest_read(0, GICD(0x84), 4), 0x5a5a5a5a, "IGROUPR1");
	guest_write(0, GICD(0x204), 4, 0xf0);
	guest_write(0, GICD(0x284), 4, 0x30);
	tap_is_u64(guest_read(0, GICD(0x204), 4), 0xc0, "ISPENDR1 and ICPENDR1");
	guest_write(0, GICD(0x304), 4, 0xf0);
	guest_write(0, GICD(0x384), 4, 0x30);
	tap_is_u64(guest_read(0, GICD(0x384), 4), 0xc0, "ISACTIVER1 and ICACTIVER1");
}

static void resets(void)
{
	guest_unmask(0);
	fake_cpus[0].apr[0][0] = 0x10;
	guest_write(0, SGIS(0, 0x100), 4, 1);
	fake_run(0, NULL);
	tap_is_u64(fake_vcpus[0].gic.vmcr >> 24, 0xf8, "the priority mask is kept");
	vgic_reset_vcpu(&fake_vcpus[0]);
	fake_run(0, &fake_vcpus[0]);
	tap_is_u64(fake_cpus[0].vmcr, 3 << 18 | 2 << 21 | 8, "CPU_ON resets the CPU interface,");
	tap_is_u64(fake_cpus[0].apr[0][0], 0, "the active priorities too,");
	tap_is_u64(guest_read(0, SGIS(0, 0x100), 4), 1, "not the redistributor");
	fake_run(0, NULL);
	vgic_reset_vm(&fake_vm);
	fake_run(0, &fake_vcpus[0]);
	tap_is_u64(guest_read(0, SGIS(0, 0x100), 4) | guest_read(0, GICD(0x120), 4) |
			   guest_read(0, GICD(0x204), 4) | guest_read(0, GICD(0x304), 4) |
			   guest_read(0, GICD(0xc0c), 4) | guest_read(0, GICD(0x6108), 8) |
			   guest_read(0, GICD(0x420), 4),
		   0, "the VM's reset resets everything");
	tap_is_u64(guest_read(0, GICD(0), 4), 0x50, "the VM's reset disables both groups");
}

int main(void)
{
	fake_start(4);
	fake_run(0, &fake_vcpus[0]);
	identification();
	sizes();
	reserved();
	fields();
	resets();
	return tap_done();
}
