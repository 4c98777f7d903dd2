/* SPDX-License-Identifier: BSD-2-Clause */
#include "vtimer.h"
#include "arch.h"
#include "gich.h"
#include "vm.h"

#define CTL_ENABLE  BIT(0)
#define CTL_IMASK   BIT(1)
#define CTL_ISTATUS BIT(2)

static const unsigned intids[] = {MAP_PPI_VTIMER, MAP_PPI_PTIMER};

/* The output of timer `intid` as it is programmed in the hardware now. */
static bool asserted(unsigned intid)
{
	uint64_t ctl;

	isb();
	ctl = intid == MAP_PPI_VTIMER ? read_sysreg(cntv_ctl_el0) : read_sysreg(cntp_ctl_el0);
	return (ctl & (CTL_ENABLE | CTL_IMASK | CTL_ISTATUS)) == (CTL_ENABLE | CTL_ISTATUS);
}

/*
 * A PPI that is pending or active for the guest must be active in the board's GIC too: the guest's
 * deactivation has to find it so, and until then it must not fire again.
 */
void vtimer_load(struct vcpu *v)
{
	write_sysreg(cntv_cval_el0, v->vtimer.cval);
	write_sysreg(cntp_cval_el0, v->ptimer.cval);
	write_sysreg(cntv_ctl_el0, v->vtimer.ctl);
	write_sysreg(cntp_ctl_el0, v->ptimer.ctl);
	for (unsigned i = 0; i < ARRAY_SIZE(intids); i++) {
		if (!vgic_ppi_is_active(v, intids[i]) && !asserted(intids[i]))
			continue;
		gic_ppi_set_active(intids[i]);
		vgic_hw_ppi(v, intids[i], asserted(intids[i]));
	}
}

void vtimer_put(struct vcpu *v)
{
	v->vtimer = (struct vtimer){read_sysreg(cntv_ctl_el0), read_sysreg(cntv_cval_el0)};
	v->ptimer = (struct vtimer){read_sysreg(cntp_ctl_el0), read_sysreg(cntp_cval_el0)};
	write_sysreg(cntv_ctl_el0, 0);
	write_sysreg(cntp_ctl_el0, 0);
	isb();
	for (unsigned i = 0; i < ARRAY_SIZE(intids); i++) {
		if (!vgic_hw_ppi_held(v, intids[i]))
			continue;
		gic_ppi_deactivate(intids[i]);
		vgic_hw_ppi(v, intids[i], false);
	}
}

bool vtimer_interrupt(struct vcpu *v, unsigned intid)
{
	if (intid != MAP_PPI_VTIMER && intid != MAP_PPI_PTIMER)
		return false;
	vgic_hw_ppi(v, intid, true);
	return true;
}

/* The guest looks at its PPIs: their levels are what the timers say now. */
void vtimer_resync(struct vcpu *v)
{
	for (unsigned i = 0; i < ARRAY_SIZE(intids); i++) {
		bool line = asserted(intids[i]);

		if (line)
			gic_ppi_set_active(intids[i]);
		if (line || vgic_hw_ppi_held(v, intids[i]))
			vgic_hw_ppi(v, intids[i], line);
	}
}

static uint64_t fires_at(struct vcpu *v, unsigned intid, uint64_t ctl, uint64_t cval)
{
	bool counts = (ctl & (CTL_ENABLE | CTL_IMASK)) == CTL_ENABLE && vgic_ppi_enabled(v, intid);

	return counts ? cval : UINT64_MAX;
}

uint64_t vtimer_wake_at(struct vcpu *v)
{
	return min_u64(
		fires_at(v, MAP_PPI_VTIMER, read_sysreg(cntv_ctl_el0), read_sysreg(cntv_cval_el0)),
		fires_at(v, MAP_PPI_PTIMER, read_sysreg(cntp_ctl_el0), read_sysreg(cntp_cval_el0)));
}
