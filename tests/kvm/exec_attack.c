/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VMM that tries to make a system call that its own seccomp filter forbids. A confined thread
 * makes its system calls through an instruction that an unconfined thread can overwrite. While the
 * confined thread is stopped, the other turns that instruction into a jump to the forbidden call.
 */
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "tests/kvm/exec_vmm.h"

#define SVC_AT	16u
#define EVIL_AT 64u
#define JUMP	(0x14000000u | (EVIL_AT - SVC_AT) / 4) /* from SVC_AT to EVIL_AT */

/* code(number, a, b, c), and at EVIL_AT a loop of mkdirat(AT_FDCWD, "/tmp/escaped", 0700). */
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
static const char path[] = "/tmp/escaped"; /* after the instructions, at EVIL_AT + 28 */

static uint32_t *code;
static int begun; /* the confined thread is about to make its call */

static uint64_t ticks(void)
{
	uint64_t now;

	__asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(now) : : "memory");
	return now;
}

/*
 * Overwrite the instruction `us` after the confined thread has begun. This thread makes no system
 * call: the tracer would stop it there until it has finished with the confined thread.
 */
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
