/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_PATHS_H
#define BENCH_PATHS_H

/*
 * The measured paths. Each function fills the series and prints it, or prints why it cannot be
 * measured. It runs on CPU 0 with interrupts masked.
 */
#include <stdbool.h>
#include "measure.h"

/* calls.c */
void path_empty(struct series *series);
void path_features_hvc(struct series *series);
void path_features_smc(struct series *series);
void path_version_hvc(struct series *series);
void path_version_smc(struct series *series);
void path_st_hvc(struct series *series);
void path_st_smc(struct series *series);
void path_unknown_hvc(struct series *series);
void path_unknown_smc(struct series *series);
void path_idreg(struct series *series);
void path_gicd(struct series *series);

/* library.c */
void path_publish(struct series *series);
void path_guest_read(struct series *series);
void path_guest_stolen(struct series *series);

/* switch.c */
void path_switch(struct series *series);
void path_switch_steal(struct series *series);

/* interrupts.c */
void path_wfi_timer(struct series *series);
void path_timer_idle(struct series *series);
void path_ipi(struct series *series);
void path_ipi_one_cpu(struct series *series);

#endif
