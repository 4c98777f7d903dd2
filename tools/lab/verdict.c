/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include "tools/lab/verdict.h"
#include "tools/run/process.h"

bool verdict(const struct verdict_of *of, char *why, size_t room)
{
	const struct intake *in = of->in;
	char end[64];

	if (in->done && in->records.status != 0) {
		snprintf(why, room, "%s", in->records.text);
	} else if (in->failed) {
		snprintf(why, room, "%s", in->why);
	} else if (in->done) {
		return true;
	} else if (of->ended) {
		process_describe(of->wait_status, end, sizeof(end));
		snprintf(why, room, "%s ended %s before %s was done%s%s", of->board, end, in->maker,
			 in->qemu_said[0] != '\0' ? ": " : "", in->qemu_said);
	} else if (of->impatient) {
		snprintf(why, room, "stopped without a final ledger at the second request");
	} else if (!of->stop_wanted) {
		snprintf(why, room, "%s closed its output before %s was done", of->board,
			 in->maker);
	} else {
		snprintf(why, room, "no final ledger within %d s of the request to stop",
			 VERDICT_PATIENCE_S);
	}
	return false;
}
