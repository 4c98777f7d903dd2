/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_PART_H
#define TOOLS_TOP_PART_H

/*
 * The stolen time of all vCPUs, divided into parts: by the CPU in whose queue they waited, by the
 * thief, or by the thief's cgroup. A part is a row. What belongs to none, such as what is
 * unattributed, is a part of the name "?"; so the parts add up to the stolen time.
 *
 * A thief is all threads of a VM or of a process, or a thread of the kernel, or a cgroup's quota,
 * or the idle CPUs.
 */
#include "tools/top/rows.h"

struct top_parts {
	enum top_kind kind;
	struct top_row *row;
	size_t count;
	struct top_share *shares;
	char (*names)[TOP_TEXT]; /* such as "CPU 2"; those of VMs and threads are in the sample */
};

/*
 * Divide the stolen time of the chosen vCPUs by CPUs, thieves or cgroups, unless rows->parts has
 * that already. VMs and vCPUs are no parts, and nothing is done for them; nor can the time be
 * divided if the causes are not known. rows->cgroups has begun with the sample. false: out of
 * memory.
 */
bool top_rows_divide(struct top_rows *rows, enum top_kind kind);

void top_parts_free(struct top_parts *parts);

/* The rows of a kind, and how many. */
size_t top_rows_of(const struct top_rows *rows, enum top_kind kind, const struct top_row **row);

/* Whether rows of the kind have victims in place of thieves. */
static inline bool top_row_has_victims(enum top_kind kind)
{
	return kind == TOP_ROW_THIEF || kind == TOP_ROW_CGROUP;
}

#endif
