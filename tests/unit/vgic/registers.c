/* SPDX-License-Identifier: BSD-2-Clause */
/* The distributor's and the redistributors' registers: reset values, sizes, writable fields. */
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
	tap_is_u64(guest_read(0, GICD(0), 4), 0x50,
		   "GICD_CTLR at reset has ARE and DS set and both groups disabled");
	guest_write(0, GICD(0), 4, UINT32_MAX);
	tap_is_u64(guest_read(0, GICD(0), 4), 0x53,
		   "only the group enables of GICD_CTLR can be changed");
	tap_is_u64(guest_read(0, GICD(4), 4) & 0x1f, 8, "GICD_TYPER reports 288 interrupts");
	tap_is_u64(guest_read(0, GICD(4), 4) >> 10 & 1, 0, "GICD_TYPER reports one security state");
	tap_is_u64(guest_read(0, GICD(4), 4) >> 16 & 3, 0,
		   "GICD_TYPER reports no LPIs and no MBIs");
	tap_is_u64(guest_read(0, GICD(8), 4), 0x43b, "GICD_IIDR reads 0x43b");
	tap_is_u64(guest_read(0, GICD(0xffe8), 4), 0x3b, "GICD_PIDR2 reports GICv3");
	tap_is_u64(guest_read(0, GICR(1, 0xffe8), 4), 0x3b, "GICR_PIDR2 reports GICv3");
	tap_is_u64(guest_read(0, GICR(2, 8), 8), UINT64_C(2) << 32 | 2 << 8,
		   "GICR_TYPER of vCPU 2 has affinity 2 and number 2");
	tap_is_u64(guest_read(0, GICR(3, 8), 4), 3 << 8 | 1 << 4,
		   "the low half of the last GICR_TYPER has its number and Last");
	tap_is_u64(guest_read(0, GICR(3, 12), 4), 3,
		   "the high half of the last GICR_TYPER has its affinity");
	tap_ok(vgic_covers(&fake_vm, (ipaddr_t){GICR(3, 0x1ffff)}) &&
		       !vgic_covers(&fake_vm, (ipaddr_t){GICR(4, 0)}) &&
		       vgic_covers(&fake_vm, (ipaddr_t){GICD(0xffff)}) &&
		       !vgic_covers(&fake_vm, (ipaddr_t){GICD(0x10000)}) &&
		       !vgic_covers(&fake_vm, (ipaddr_t){GICD(UINT64_MAX)}),
	       "the vGIC covers the distributor's frame and the redistributors of the VM's vCPUs, and nothing after them");
}

static void sizes(void)
{
	uint64_t value = 0;

	tap_ok(faults(GICD(0), 1) && faults(GICD(0), 8) && faults(GICD(0x104), 1) &&
		       faults(GICD(0x100), 8) && faults(GICD(0xc08), 1),
	       "a 32-bit register faults on an access of another size");
	tap_ok(faults(GICD(0x400), 2) && faults(GICD(0x402), 4) && faults(GICD(0x6100), 1) &&
		       faults(GICD(0x6104), 8) && faults(GICR(0, 0x14), 8),
	       "halfword, unaligned and oversized accesses fault");
	tap_ok(faults(GICR(4, 0), 4) && access(GICR(3, 0), 4, false, &value) == VGIC_DONE,
	       "the redistributor of the last vCPU can be read, and the next one faults");
	guest_write(0, GICD(0x420), 4, 0x11223344);
	guest_write(0, GICD(0x422), 1, 0xff);
	tap_is_u64(guest_read(0, GICD(0x420), 4), 0x10f83040,
		   "priorities have 5 bits and can be written as bytes");
	tap_is_u64(guest_read(0, GICD(0x423), 1), 0x10, "a priority can be read as a byte");
	guest_write(0, GICD(0x6108), 8, UINT64_C(0x1234567889abcdef));
	tap_is_u64(guest_read(0, GICD(0x6108), 8), UINT64_C(0x7800abcdef),
		   "IROUTER keeps the affinities and not IRM");
	guest_write(0, GICD(0x610c), 4, 0xffffff01);
	guest_write(0, GICD(0x6108), 4, 0x80020304);
	tap_is_u64(guest_read(0, GICD(0x610c), 4), 1, "the high half of IROUTER can be written");
	tap_is_u64(guest_read(0, GICD(0x6108), 4), 0x020304,
		   "the low half of IROUTER can be written");
}

static void reserved(void)
{
	bool all = true;

	for (uint64_t offset = 0x10; offset < 0x80; offset += 4)
		all &= ignored(GICD(offset), 4);
	tap_ok(all, "GICD_TYPER2, STATUSR, SETSPI and their neighbours read 0 and ignore writes");
	for (uint64_t offset = 0x80; offset <= 0x400; offset += 0x80)
		all &= ignored(GICD(offset), 4);
	all &= ignored(GICD(0x41c), 4) && ignored(GICD(0xc00), 4) && ignored(GICD(0xc04), 4);
	tap_ok(all, "GICD registers of INTIDs 0 to 31 read 0 and ignore writes");
	tap_ok(ignored(GICD(0xa4), 4) && ignored(GICD(0x124), 4) && ignored(GICD(0x520), 4) &&
		       ignored(GICD(0x520), 1) && ignored(GICD(0xc48), 4) &&
		       ignored(GICD(0x6900), 8) && ignored(GICD(0x60f8), 8) &&
		       ignored(GICD(0x7fe0), 8),
	       "GICD registers of INTIDs from 288 on read 0 and ignore writes");
	tap_ok(ignored(GICD(0x820), 4) && ignored(GICD(0x821), 1) && ignored(GICD(0xd04), 4) &&
		       ignored(GICD(0xe08), 4) && ignored(GICD(0xf00), 4),
	       "GICD_ITARGETSR, IGRPMODR, NSACR and SGIR read 0 and ignore writes");
	tap_ok(ignored(GICR(0, 0), 4) && ignored(GICR(0, 0x10), 4) && ignored(GICR(0, 0x70), 8) &&
		       ignored(GICR(0, 0x78), 8) && ignored(GICR(0, 0x4000), 4),
	       "GICR_CTLR, STATUSR, PROPBASER and PENDBASER read 0 and ignore writes");
	tap_ok(ignored(SGIS(0, 0x84), 4) && ignored(SGIS(0, 0x420), 4) &&
		       ignored(SGIS(0, 0xd00), 4) && ignored(SGIS(0, 0x0), 4) &&
		       ignored(SGIS(0, 0x4000), 4),
	       "SGI frame registers beyond its 32 interrupts read 0 and ignore writes");
}

static void fields(void)
{
	tap_is_u64(guest_read(0, GICR(1, 0x14), 4), 6, "GICR_WAKER reads asleep at reset");
	guest_write(0, GICR(1, 0x14), 4, 0);
	tap_is_u64(guest_read(0, GICR(1, 0x14), 4), 0,
		   "GICR_WAKER reads awake after the guest has cleared it");
	tap_is_u64(guest_read(0, GICR(0, 0x14), 4), 6,
		   "GICR_WAKER of one vCPU does not change with another's");
	guest_write(0, GICR(1, 0x14), 4, 2);
	tap_is_u64(guest_read(0, GICR(1, 0x14), 4), 6,
		   "GICR_WAKER reads asleep again after the guest has set ProcessorSleep");

	tap_is_u64(guest_read(0, SGIS(0, 0xc00), 4), 0xaaaaaaaa, "SGIs are edge-triggered");
	guest_write(0, SGIS(0, 0xc00), 4, 0);
	tap_is_u64(guest_read(0, SGIS(0, 0xc00), 4), 0xaaaaaaaa,
		   "SGIs stay edge-triggered when ICFGR0 is written");
	guest_write(0, SGIS(0, 0xc04), 4, UINT32_MAX);
	tap_is_u64(guest_read(0, SGIS(0, 0xc04), 4), 0xaaaaaaaa & ~(2u << 22 | 2u << 28),
		   "PPIs can be made edge-triggered, except the timers'");
	guest_write(0, GICD(0xc0c), 4, 0xffffffff);
	tap_is_u64(guest_read(0, GICD(0xc0c), 4), 0xaaaaaaaa,
		   "the low bit of each field of ICFGR reads 0");
	tap_is_u64(
		guest_read(0, GICD(0xc08), 4), 0,
		"SPIs are level-sensitive at reset, and a write to the next ICFGR keeps them so");

	guest_write(0, GICD(0x120), 4, 0x80000001);
	tap_is_u64(guest_read(0, GICD(0x1a0), 4), 0x80000001,
		   "bits set by ISENABLER8 read in ICENABLER8");
	guest_write(0, GICD(0x1a0), 4, 1);
	tap_is_u64(guest_read(0, GICD(0x120), 4), 0x80000000,
		   "ICENABLER8 clears the bits that are written");
	guest_write(0, SGIS(2, 0x100), 4, 0x0800ffff);
	tap_is_u64(guest_read(0, SGIS(2, 0x180), 4), 0x0800ffff,
		   "ISENABLER0 of another vCPU reads in its ICENABLER0");
	tap_is_u64(guest_read(0, SGIS(1, 0x180), 4), 0,
		   "ISENABLER0 of one vCPU does not change another's");
	guest_write(0, GICD(0x84), 4, 0x5a5a5a5a);
	tap_is_u64(guest_read(0, GICD(0x84), 4), 0x5a5a5a5a, "IGROUPR1 reads as it was written");
	guest_write(0, GICD(0x204), 4, 0xf0);
	guest_write(0, GICD(0x284), 4, 0x30);
	tap_is_u64(guest_read(0, GICD(0x204), 4), 0xc0,
		   "ISPENDR1 sets pending bits, and ICPENDR1 clears some of them");
	guest_write(0, GICD(0x304), 4, 0xf0);
	guest_write(0, GICD(0x384), 4, 0x30);
	tap_is_u64(guest_read(0, GICD(0x384), 4), 0xc0,
		   "ISACTIVER1 sets active bits, and ICACTIVER1 clears some of them");
}

static void resets(void)
{
	guest_unmask(0);
	fake_cpus[0].apr[0][0] = 0x10;
	guest_write(0, SGIS(0, 0x100), 4, 1);
	fake_run(0, NULL);
	tap_is_u64(fake_vcpus[0].gic.vmcr >> 24, 0xf8,
		   "a vCPU that is switched out keeps its priority mask");
	vgic_reset_vcpu(&fake_vcpus[0]);
	fake_run(0, &fake_vcpus[0]);
	tap_is_u64(fake_cpus[0].vmcr, 3 << 18 | 2 << 21 | 8,
		   "vgic_reset_vcpu() resets the CPU interface's VMCR");
	tap_is_u64(fake_cpus[0].apr[0][0], 0, "vgic_reset_vcpu() resets the active priorities");
	tap_is_u64(guest_read(0, SGIS(0, 0x100), 4), 1,
		   "vgic_reset_vcpu() does not reset the redistributor");
	fake_run(0, NULL);
	vgic_reset_vm(&fake_vm);
	fake_run(0, &fake_vcpus[0]);
	tap_is_u64(
		guest_read(0, SGIS(0, 0x100), 4) | guest_read(0, GICD(0x120), 4) |
			guest_read(0, GICD(0x204), 4) | guest_read(0, GICD(0x304), 4) |
			guest_read(0, GICD(0xc0c), 4) | guest_read(0, GICD(0x6108), 8) |
			guest_read(0, GICD(0x420), 4),
		0,
		"vgic_reset_vm() clears all registers of the distributor and the redistributor that the test set");
	tap_is_u64(guest_read(0, GICD(0), 4), 0x50, "vgic_reset_vm() disables both groups");
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
