/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * peek PID TID ADDRESS: print a counter in the memory of a process, and how long one of its threads
 * has waited for a CPU, both in ns and from the same moment: the program repeats the reading until
 * run_delay is the same before and after it. On a host with one CPU, no other thread runs during
 * the reading.
 *
 * A KVM with ports/linux also publishes a wait that is not over, which run_delay lacks. So of
 * several readings, between which the thread can run, the program prints the one whose counter is
 * least ahead.
 */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define READINGS 8

static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

/* run_delay is the second number of schedstat. */
static uint64_t waited(int schedstat)
{
	char text[128];
	uint64_t ran, delay;
	ssize_t n = pread(schedstat, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	if (sscanf(text, "%" SCNu64 " %" SCNu64, &ran, &delay) != 2)
		errx(1, "schedstat is '%s'; expected two numbers", text);
	return delay;
}

struct reading {
	uint64_t counter, delay;
};

static struct reading read_both(int memory, off_t at, int schedstat)
{
	struct reading r = {.counter = 0};
	uint64_t before;

	do {
		before = waited(schedstat);
		if (pread(memory, &r.counter, sizeof(r.counter), at) != (ssize_t)sizeof(r.counter))
			err(1, "the counter");
		r.delay = waited(schedstat);
	} while (before != r.delay);
	return r;
}

int main(int argc, char **argv)
{
	const struct timespec pause = {.tv_nsec = 7000000};
	char path[128];

	if (argc != 4)
		errx(2, "usage: peek PID TID ADDRESS");
	snprintf(path, sizeof(path), "/proc/%s/mem", argv[1]);
	int memory = open_file(path);
	snprintf(path, sizeof(path), "/proc/%s/task/%s/schedstat", argv[1], argv[2]);
	int schedstat = open_file(path);
	off_t at = (off_t)strtoull(argv[3], NULL, 0);
	struct reading least = read_both(memory, at, schedstat);

	for (unsigned i = 1; i < READINGS; i++) {
		nanosleep(&pause, NULL);
		struct reading r = read_both(memory, at, schedstat);
		if ((int64_t)(r.counter - r.delay) < (int64_t)(least.counter - least.delay))
			least = r;
	}
	printf("%" PRIu64 " %" PRIu64 "\n", least.counter, least.delay);
	return 0;
}
