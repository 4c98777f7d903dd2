/* SPDX-License-Identifier: BSD-2-Clause */
#include "dev/vtimer.h"
#include "arch.h"
#include "gich.h"
#include "vm.h"

#define CTL_ENABLE  BIT(0)
#define CTL_IMASK   BIT(1)
#define CTL_ISTATUS BIT(2)

/* The output of a timer whose CTL register reads `ctl`. */
static bool asserted(uint64_t ctl)
{
	return (ctl & (CTL_ENABLE | CTL_IMASK | CTL_ISTATUS)) == (CTL_ENABLE | CTL_ISTATUS);
}

/* Whether the timer could assert its output, now or later. */
static bool may_assert(uint64_t ctl)
{
	return (ctl & (CTL_ENABLE | CTL_IMASK)) == CTL_ENABLE;
}

/*
 * A PPI that is pending or active for the guest must be active in the board's GIC, too: the guest
 * will deactivate it, and until then it must not fire again.
 */
static void tie(struct vcpu *v, unsigned intid, bool line)
{
	if (!line && !vgic_ppi_is_active(v, intid))
		return;
	gic_ppi_set_active(intid);
	vgic_hw_ppi(v, intid, line);
}

/* While no vCPU is loaded, both timers are off and their CTL is 0. */
void vtimer_load(struct vcpu *v)
{
	write_sysreg(cntv_cval_el0, v->vtimer.cval);
	write_sysreg(cntp_cval_el0, v->ptimer.cval);
	if (v->vtimer.ctl | v->ptimer.ctl) {
		write_sysreg(cntv_ctl_el0, v->vtimer.ctl);
		write_sysreg(cntp_ctl_el0, v->ptimer.ctl);
		isb();
		tie(v, MAP_PPI_VTIMER, asserted(read_sysreg(cntv_ctl_el0)));
		tie(v, MAP_PPI_PTIMER, asserted(read_sysreg(cntp_ctl_el0)));
		return;
	}
	tie(v, MAP_PPI_VTIMER, false);
	tie(v, MAP_PPI_PTIMER, false);
}

static void untie(struct vcpu *v, unsigned intid)
{
	if (!vgic_hw_ppi_held(v, intid))
		return;
	isb(); /* the line must be low before the interrupt is deactivated */
	gic_ppi_deactivate(intid);
	vgic_hw_ppi(v, intid, false);
}

void vtimer_put(struct vcpu *v)
{
	v->vtimer.ctl = read_sysreg(cntv_ctl_el0) & (CTL_ENABLE | CTL_IMASK);
	v->vtimer.cval = read_sysreg(cntv_cval_el0);
	v->ptimer.ctl = read_sysreg(cntp_ctl_el0) & (CTL_ENABLE | CTL_IMASK);
	v->ptimer.cval = read_sysreg(cntp_cval_el0);
	if (v->vtimer.ctl | v->ptimer.ctl) {
		write_sysreg(cntv_ctl_el0, 0);
		write_sysreg(cntp_ctl_el0, 0);
	}
	untie(v, MAP_PPI_VTIMER);
	untie(v, MAP_PPI_PTIMER);
}

bool vtimer_interrupt(struct vcpu *v, unsigned intid)
{
	if (intid != MAP_PPI_VTIMER && intid != MAP_PPI_PTIMER)
		return false;
	vgic_hw_ppi(v, intid, true);
	return true;
}

static void resync(struct vcpu *v, unsigned intid, bool line)
{
	if (line)
		gic_ppi_set_active(intid);
	if (line || vgic_hw_ppi_held(v, intid))
		vgic_hw_ppi(v, intid, line);
}

/* The guest looks at its PPIs: give them the levels that the timers have now. */
void vtimer_resync(struct vcpu *v)
{
	isb();
	resync(v, MAP_PPI_VTIMER, asserted(read_sysreg(cntv_ctl_el0)));
	resync(v, MAP_PPI_PTIMER, asserted(read_sysreg(cntp_ctl_el0)));
}

static uint64_t fires_at(struct vcpu *v, unsigned intid, uint64_t ctl, uint64_t cval)
{
	return may_assert(ctl) && vgic_ppi_enabled(v, intid) ? cval : UINT64_MAX;
}

uint64_t vtimer_wake_at(struct vcpu *v)
{
	return min_u64(
		fires_at(v, MAP_PPI_VTIMER, read_sysreg(cntv_ctl_el0), read_sysreg(cntv_cval_el0)),
		fires_at(v, MAP_PPI_PTIMER, read_sysreg(cntp_ctl_el0), read_sysreg(cntp_cval_el0)));
}
