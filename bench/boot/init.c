/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first process of the Linux guest whose boot is measured. It reads the counter before anything
 * else, prints
 *
 *	BOOT entry=TICKS user=TICKS frequency=HZ
 *	BOOT done
 *
 * where `entry` is when the kernel was entered (entry.S), and powers off.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/reboot.h>
#include <unistd.h>

static uint64_t counter(void)
{
	uint64_t value;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(value));
	return value;
}

static uint64_t frequency(void)
{
	uint64_t value;

	__asm__ volatile("mrs %0, cntfrq_el0" : "=r"(value));
	return value;
}

int main(void)
{
	uint64_t user = counter();
	const char *entry = getenv("entry");

	printf("BOOT entry=%" PRIu64 " user=%" PRIu64 " frequency=%" PRIu64 "\nBOOT done\n",
	       entry != NULL ? (uint64_t)strtoull(entry, NULL, 16) : 0, user, frequency());
	fflush(stdout);
	reboot(RB_POWER_OFF);
	return 1;
}
