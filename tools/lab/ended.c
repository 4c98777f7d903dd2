/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/lab/ended.h"

const char *ended_word(const struct ledger *ledger, const struct ledger_shape *shape,
		       const struct ended_by *by)
{
	const struct ledger_vm_life *vms = ledger->vms;
	bool over = true, off = true;

	for (uint32_t i = 0; i < shape->vm_count; i++) {
		over = over && vms[i].end != LEDGER_RUNNING;
		off = off && vms[i].end == LEDGER_OFF;
	}
	if (over)
		return off ? "powered off" : "stuck";
	if (by->until < shape->vm_count && vms[by->until].end != LEDGER_RUNNING)
		return "until";
	if (by->failed)
		return "failed";
	bool up = pvtime_ticks_to_ns(ledger->at + 1, ledger->cntfrq) >= by->run_ns;
	return by->run_ns != 0 && (up || !by->asked) ? "seconds" : "asked";
}
