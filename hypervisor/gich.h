/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GICH_H
#define GICH_H

/*
 * The virtual interface control registers (ICH_*_EL2) of this CPU: the seam between vgic/ and the
 * hardware.
 */
#include "types.h"

unsigned gich_lr_count(void);	   /* implemented list registers, 1 to 16 */
unsigned gich_priority_bits(void); /* 5 to 8 */
uint64_t gich_read_lr(unsigned i);
void gich_write_lr(unsigned i, uint64_t value);
uint64_t gich_read_hcr(void);
void gich_write_hcr(uint64_t value);
uint64_t gich_read_vmcr(void);
void gich_write_vmcr(uint64_t value);
/* group 0 or 1, n 0 to 3; registers that are not implemented read 0 */
uint32_t gich_read_apr(unsigned group, unsigned n);
void gich_write_apr(unsigned group, unsigned n, uint32_t value);

/* This CPU's physical PPI: make it active, so that it does not fire; or deactivate it. */
void gic_ppi_set_active(unsigned intid);
void gic_ppi_deactivate(unsigned intid);

#endif
