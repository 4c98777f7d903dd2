/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_WHY_H
#define TOOLS_TOP_WHY_H

/* Why the causes are not known: what the BPF program lacks, and what to do about it. */
#include <stdbool.h>
#include <stddef.h>

#define TOP_WHY 256u /* bytes */

/*
 * The reason why a step failed with `error`, an errno value: as one sentence without a full stop.
 * `step` says what failed, and `detail` what libbpf said of it. `root` is a descriptor of the
 * directory that has proc/ and sys/.
 */
void top_why(char why[TOP_WHY], const char *step, int error, const char *detail, int root);

/*
 * Whether /proc shows other PIDs than the BPF program would. Then that is the reason, and the
 * program must not be loaded.
 */
bool top_why_namespace(char why[TOP_WHY], int root);

#endif
