/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * peek PID TID ADDRESS: print a counter in the memory of a process, and how long one of its threads
 * has waited for a CPU, both in ns and from the same moment: the program repeats the reading until
 * run_delay is the same before and after it. On a host with one CPU, no other thread runs during
 * the reading.
 */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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

int main(int argc, char **argv)
{
	uint64_t counter = 0, before, after;
	char path[128];

	if (argc != 4)
		errx(2, "usage: peek PID TID ADDRESS");
	snprintf(path, sizeof(path), "/proc/%s/mem", argv[1]);
	int memory = open_file(path);
	snprintf(path, sizeof(path), "/proc/%s/task/%s/schedstat", argv[1], argv[2]);
	int schedstat = open_file(path);
	off_t at = (off_t)strtoull(argv[3], NULL, 0);

	do {
		before = waited(schedstat);
		if (pread(memory, &counter, sizeof(counter), at) != (ssize_t)sizeof(counter))
			err(1, "%s", argv[3]);
		after = waited(schedstat);
	} while (before != after);
	printf("%" PRIu64 " %" PRIu64 "\n", counter, before);
	return 0;
}
