/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * load messages N [vcpu]: what a tool costs in sum. Two threads send each other a byte through
 * pipes, N times there and back, so that at each switch one thread goes to sleep and the other has
 * been woken. With `vcpu` the first thread is a vCPU's, and every second switch ends a wait of it.
 * It prints
 *
 *   messages ticks=TICKS switches=N
 *
 * The ticks, of the counter, contain everything that the machine has done meanwhile: interrupts,
 * and the tool's own process too.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "bench/top/load.h"

static struct {
	unsigned rounds;
	int there[2], back[2];
} messages;

static void send_byte(int pipe)
{
	if (write(pipe, "", 1) != 1)
		err(3, "write");
}

static void wait_byte(int pipe)
{
	char byte;

	if (read(pipe, &byte, 1) != 1)
		err(3, "read");
}

static void *answer(void *none)
{
	for (unsigned i = 0; i <= messages.rounds; i++) {
		wait_byte(messages.there[0]);
		send_byte(messages.back[1]);
	}
	return none;
}

static void send_and_wait(void)
{
	send_byte(messages.there[1]);
	wait_byte(messages.back[0]);
}

static unsigned long switches(void)
{
	struct rusage usage;

	must(getrusage(RUSAGE_SELF, &usage), "getrusage");
	return (unsigned long)usage.ru_nvcsw + (unsigned long)usage.ru_nivcsw;
}

void measure_messages(char **words)
{
	pthread_t other;

	messages.rounds = number(words[0], 10000000);
	if (words[1] != NULL && strcmp(words[1], "vcpu") == 0)
		become_vcpu();
	must(pipe(messages.there), "pipe");
	must(pipe(messages.back), "pipe");
	must_be_0(pthread_create(&other, NULL, answer, NULL), "a thread");
	send_and_wait();
	unsigned long first = switches();
	uint64_t begin = counter();
	for (unsigned i = 0; i < messages.rounds; i++)
		send_and_wait();
	uint64_t end = counter();
	printf("messages ticks=%llu switches=%lu\n", (unsigned long long)(end - begin),
	       switches() - first);
	must_be_0(pthread_join(other, NULL), "pthread_join");
}
