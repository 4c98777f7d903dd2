/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A second kernel without a reset, of which the hypervisor is not informed. The first of the
 * two cases that runs starts a copy of this image at another place in RAM, as kexec does, with all
 * other CPUs off. The copy's main() finds the handover, discovers stolen time again, and continues
 * with the case that was running. So these are the last cases: every later case would run in the
 * second kernel.
 */
#include <pvtime/smccc.h>
#include "guest/kexec.h"
#include "prepare.h"
#include "suite.h"

/*
 * In the second kernel: the handover of the first one. In the first kernel: starts the second one
 * and does not return; NULL if that is not possible, and the case is then skipped or has failed.
 */
static const struct handover *second_kernel(void)
{
	static struct handover h;

	if (handover_received())
		return handover_received();
	if (!suite.present) {
		skip("this VM has no stolen time");
		return NULL;
	}
	if (!every_structure())
		return NULL;
	any_stolen(); /* values other than 0, so that a loss is visible */
	handover_fill(&h);
	h.magic = HANDOVER_MAGIC;
	kexec_start(&h, sizeof h);
	skip("the RAM has no room for a second kernel");
	return NULL;
}

/* The first reading of each CPU in the second kernel. */
static struct reading firsts[CPU_MAX];

static bool every_first(void)
{
	static bool known;

	if (known)
		return true;
	firsts[0] = (struct reading){suite.boot_counter, suite.boot_stolen_ns};
	if (!check(suite.present, "CPU 0: PV_TIME_ST gives the second kernel no address"))
		return false;
	for (unsigned i = 1; i < cpu_count(); i++) {
		if (!first_reading(i, &firsts[i]))
			return false;
	}
	return known = true;
}

void case_kexec(void)
{
	const struct handover *h = second_kernel();
	int64_t arch, features;

	if (!h)
		return;
	arch = call_fdt32(PVTIME_SMCCC_FID_ARCH_FEATURES, PVTIME_FID_FEATURES);
	features = call_fdt(PVTIME_FID_FEATURES, suite.st_fid);
	check(arch == PVTIME_SMCCC_SUCCESS,
	      "SMCCC_ARCH_FEATURES(PV_TIME_FEATURES) is %s in the second kernel, not 0",
	      answer_text(arch).s);
	check(features == PVTIME_SMCCC_SUCCESS,
	      "PV_TIME_FEATURES(PV_TIME_ST) is %s in the second kernel, not 0",
	      answer_text(features).s);
	if (!every_first())
		return;
	for (unsigned i = 0; i < cpu_count(); i++) {
		const volatile struct pvtime_stolen *s = structure_of(i);

		check(suite.ipa[i] == h->ipa[i],
		      "CPU %u: PV_TIME_ST is 0x%lx in the first kernel, but 0x%lx in the second", i,
		      h->ipa[i], suite.ipa[i]);
		check(!s->revision && !s->attributes,
		      "CPU %u: revision 0x%x and attributes 0x%x in the second kernel, not 0", i,
		      le32(s->revision), le32(s->attributes));
	}
}

void case_kexec_goes_on(void)
{
	const struct handover *h = second_kernel();
	bool judged = false;

	if (!h || !every_first())
		return;
	for (unsigned i = 0; i < cpu_count(); i++) {
		uint64_t before = h->stolen_ns[i], after = firsts[i].stolen_ns;

		judged = judged || before;
		check(after >= before,
		      "CPU %u: %lu ns in the first kernel, but %lu ns in the second", i, before,
		      after);
		check(after < before ||
			      can_be_stolen(after - before, firsts[i].counter - h->counter),
		      "CPU %u: %lu ns in the first kernel, but %lu ns in the second, which read it %lu ns later",
		      i, before, after, ns_of(firsts[i].counter - h->counter));
	}
	if (!judged)
		skip("nothing was stolen from any vCPU: give the VM a competitor on its CPUs");
}
