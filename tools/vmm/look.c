/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "tools/vmm/look.h"

#define NS_PER_S UINT64_C(1000000000)

static bool read_clock(clockid_t clock, uint64_t *ns)
{
	struct timespec t;

	if (clock_gettime(clock, &t) != 0)
		return false;
	*ns = (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
	return true;
}

/*
 * CLOCK_MONOTONIC_RAW, because NTP adjusts neither it nor the scheduler's clock, so both run at the
 * same rate.
 */
uint64_t look_now(void)
{
	uint64_t ns = 0;

	read_clock(CLOCK_MONOTONIC_RAW, &ns);
	return ns;
}

int look_open(struct looker *l)
{
	int error = pthread_getcpuclockid(pthread_self(), &l->clock);

	l->schedstat = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
	if (l->schedstat < 0)
		return -errno;
	l->stat = open("/proc/thread-self/stat", O_RDONLY | O_CLOEXEC);
	if (l->stat >= 0 && error == 0)
		return 0;
	error = l->stat < 0 ? errno : error;
	look_close(l);
	return -error;
}

void look_close(struct looker *l)
{
	close(l->schedstat);
	if (l->stat >= 0)
		close(l->stat);
}

/* Read a file of /proc again from its start. */
static bool read_text(int fd, char *text, size_t room)
{
	ssize_t n = pread(fd, text, room - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return n > 0;
}

/* "run_time run_delay timeslices" */
static bool read_schedstat(const struct looker *l, struct look *look)
{
	char text[128];

	return read_text(l->schedstat, text, sizeof(text)) &&
	       sscanf(text, "%" SCNu64 " %" SCNu64 " %" SCNu64, &look->run, &look->wait,
		      &look->switches) == 3;
}

/*
 * The state letter after "TID (name) ": R, or a letter for a kind of sleep. The name may contain
 * any character.
 */
static bool read_state(const struct looker *l, char *state)
{
	char text[128];

	if (!read_text(l->stat, text, sizeof(text)))
		return false;
	const char *end = strrchr(text, ')');
	if (end == NULL || end[1] == '\0')
		return false;
	*state = end[2];
	return true;
}

bool look_at(const struct looker *l, const struct vcpu_stats *stats, const bool *in_kvm,
	     struct look *look)
{
	uint64_t before, after;
	char state;

	look->at = look_now();
	if (!read_clock(l->clock, &before) || !read_state(l, &state))
		return false;
	/*
	 * The thread of a vCPU that is off sleeps interruptibly (S). An uninterruptible sleep (D)
	 * is a wait for memory.
	 */
	bool off =
		state == 'S' && __atomic_load_n(in_kvm, __ATOMIC_RELAXED) && !stats_blocking(stats);
	/* Reading this clock makes the scheduler update the values that schedstat then shows. */
	if (!read_clock(l->clock, &after) || !read_schedstat(l, look))
		return false;
	if (after != before)
		look->found = LOOK_RAN;
	else if (state == 'R')
		look->found = LOOK_WAITED;
	else
		look->found = off ? LOOK_OFF : LOOK_BLOCKED;
	return true;
}

bool look_at_self(const struct looker *l, struct look *look)
{
	uint64_t ran;

	look->at = look_now();
	look->found = LOOK_RAN;
	return read_clock(l->clock, &ran) && read_schedstat(l, look);
}
