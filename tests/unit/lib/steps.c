/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A reader that comes between any two instructions of attach and detach, as an NMI or another CPU
 * does. A child process makes the calls, one instruction at a time, in memory that it shares
 * with this process, which reads the CPU's stolen time after each instruction.
 */
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>
#include <pvtime/guest.h>
#include "tests/tap.h"

/* What both processes see: one CPU, and two structures that it may be attached to. */
struct shared {
	struct pvtime_stolen page[2];
	struct pvtime_guest_cpu cpu;
};

static struct shared *s;

static void attach_again(void)
{
	pvtime_guest_attach(&s->cpu, &s->page[1]);
}

static void detach(void)
{
	pvtime_guest_detach(&s->cpu);
}

/*
 * Run `call` in a child, instruction by instruction. After instruction `grows`, the hypervisor adds
 * 50 to the structure that the CPU reads. Returns the number of instructions; 0 if the child did
 * not end as it should. *least and *most: of what was read.
 */
static unsigned int step_through(void (*call)(void), unsigned int grows, uint64_t *least,
				 uint64_t *most)
{
	unsigned int steps = 0;
	int status;
	pid_t child = fork();

	if (child == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		call();
		raise(SIGSTOP);
		_exit(0);
	}
	*least = UINT64_MAX;
	*most = 0;
	waitpid(child, &status, 0);
	while (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) == 0 &&
	       waitpid(child, &status, 0) == child && WIFSTOPPED(status) &&
	       WSTOPSIG(status) == SIGTRAP) {
		uint64_t read = pvtime_guest_stolen_ns(&s->cpu);

		*least = read < *least ? read : *least;
		*most = read > *most ? read : *most;
		if (++steps == grows)
			s->page[0].stolen_ns += 50;
	}
	if (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGSTOP)
		steps = 0;
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	return steps;
}

/* A CPU that has lost 1100: 100 of it before the hypervisor began again at 0. */
static void start(void)
{
	s->page[0] = (struct pvtime_stolen){.stolen_ns = 100};
	s->page[1] = (struct pvtime_stolen){.stolen_ns = 0};
	s->cpu = (struct pvtime_guest_cpu){.page = NULL};
	pvtime_guest_attach(&s->cpu, &s->page[0]);
	pvtime_guest_detach(&s->cpu);
	s->page[0].stolen_ns = 0;
	pvtime_guest_attach(&s->cpu, &s->page[0]);
	s->page[0].stolen_ns = 1000;
}

static void check(void (*call)(void), const char *name)
{
	uint64_t least, most, wrong_least = 0, wrong_after = 0;
	unsigned int steps;

	start();
	steps = step_through(call, 0, &least, &most);
	tap_ok(steps > 10, "%s takes %u instructions", name, steps);
	tap_ok(least == 1100 && most == 1100,
	       "between any two instructions of %s, a reader gets the same number", name);
	for (unsigned int grows = 1; grows < steps; grows++) {
		start();
		if (step_through(call, grows, &least, &most) == 0 || least < 1100)
			wrong_least++;
		if (pvtime_guest_stolen_ns(&s->cpu) < most)
			wrong_after++;
	}
	tap_is_u64(wrong_least, 0,
		   "if the CPU is kept waiting during %s, a reader misses no more than that", name);
	tap_is_u64(wrong_after, 0, "after %s, a reader gets no less than any before it", name);
}

int main(void)
{
	s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!tap_ok(s != MAP_FAILED, "the processes share memory"))
		return tap_done();
	check(detach, "detach");
	check(attach_again, "attach");
	return tap_done();
}
