/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For scripts on a host with KVM: read how long a vCPU's thread has waited for a CPU, and the
 * stolen time in its structure, at the same moment.
 *
 *	sample VMM TID ADDRESS
 *
 * prints "SAMPLE run_delay structure", in ns; ADDRESS is the structure's address in the VMM. KVM
 * publishes when the thread enters the guest, which is some time after it got the CPU. So the
 * thread must have run for two ticks of this host without waiting, and must not wait while both
 * numbers are read. The status is 1 if this does not happen within 30 s.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct thread {
	uint64_t run, wait;
};

static bool read_thread(int fd, struct thread *t)
{
	char text[128];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return sscanf(text, "%" SCNu64 " %" SCNu64, &t->run, &t->wait) == 2;
}

/*
 * Wait until the thread has run for two ticks, at which Linux updates its run time. Returns false
 * if it has waited meanwhile, or has ended.
 */
static bool runs_on(int fd, struct thread *t)
{
	const uint64_t wait = t->wait;
	unsigned ticks = 0;

	while (ticks < 2) {
		uint64_t run = t->run;

		if (!read_thread(fd, t) || t->wait != wait)
			return false;
		ticks += t->run != run;
	}
	return true;
}

static bool sample(int schedstat, int memory, uint64_t address)
{
	struct thread before, after;
	uint64_t structure;

	if (!read_thread(schedstat, &before) || !runs_on(schedstat, &before) ||
	    pread(memory, &structure, sizeof(structure), (off_t)(address + 8)) !=
		    (ssize_t)sizeof(structure) ||
	    !read_thread(schedstat, &after) || before.wait != after.wait)
		return false;
	printf("SAMPLE %" PRIu64 " %" PRIu64 "\n", before.wait, structure);
	return true;
}

int main(int argc, char **argv)
{
	char path[64];
	time_t end = time(NULL) + 30;

	if (argc != 4)
		return 2;
	snprintf(path, sizeof(path), "/proc/%s/task/%s/schedstat", argv[1], argv[2]);
	int schedstat = open(path, O_RDONLY);
	snprintf(path, sizeof(path), "/proc/%s/mem", argv[1]);
	int memory = open(path, O_RDONLY);
	uint64_t address = strtoull(argv[3], NULL, 16);

	while (time(NULL) < end)
		if (sample(schedstat, memory, address))
			return 0;
	return 1;
}
