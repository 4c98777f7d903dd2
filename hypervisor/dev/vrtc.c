/* SPDX-License-Identifier: BSD-2-Clause */
#include "dev/vrtc.h"
#include "arch.h"
#include "vm.h"

static uint64_t epoch;

void vrtc_begin(uint64_t at)
{
	epoch = at;
}

static uint64_t now(void)
{
	return epoch + counter() / read_sysreg(cntfrq_el0);
}

uint32_t vrtc_read(struct vm *vm, uint32_t offset)
{
	uint32_t value;

	spin_lock(&vm->rtc.lock);
	value = pl031_read(&vm->rtc.pl031, offset, now());
	spin_unlock(&vm->rtc.lock);
	return value;
}

void vrtc_write(struct vm *vm, uint32_t offset, uint32_t value)
{
	spin_lock(&vm->rtc.lock);
	pl031_write(&vm->rtc.pl031, offset, value, now());
	spin_unlock(&vm->rtc.lock);
}
