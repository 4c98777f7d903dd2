/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reports the stolen time of a CPU at one instant, from Linux and from the hypervisor's structure:
 *
 *	report CPU ADDRESS [mark]     ADDRESS: of the CPU's structure (physical), or `none`
 *
 *	MARK cpu=N stolen_ns=V
 *	STEAL cpu=N proc_ticks=T struct_ns=V
 *
 * T: steal in /proc/stat (USER_HZ, 10 ms). V: the structure's stolen time in nanoseconds. Both are
 * read again until the structure shows that nothing was stolen meanwhile. With `mark`, a MARK is
 * printed after each reading, and both are read again also if something was stolen before that line
 * was out. So V is the CPU's stolen time when the last MARK ended, whatever other guests do:
 * `pvtime lab --stamp` puts the ledger of that instant before it. Linux KVM has no such stamps, and
 * there the vCPU may have to wait at each character.
 *
 * If /proc/stat does not count, the program prints a line on standard error and exits with status
 * 1.
 */
#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>
#include "guest/linux/stat.h"
#include "pvtime/abi.h"

#define TRIES	  10000u
#define RUN_TICKS 3u
#define NS_PER_S  UINT64_C(1000000000)

static void fail(const char *what)
{
	fprintf(stderr, "report: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t number(const char *text)
{
	char *end;

	errno = 0;
	uint64_t value = strtoull(text, &end, 0);
	if (errno != 0 || *end != '\0' || !isdigit((unsigned char)*text)) {
		errno = EINVAL;
		fail(text);
	}
	return value;
}

/*
 * Linux reads the hypervisor's count at a tick that interrupts a running task, and counts a tick as
 * run only after it has counted all stolen time. So run until that count has advanced by 30 ms.
 * From then on /proc/stat lags by less than a tick of the kernel, and by the rounding to USER_HZ.
 */
static void run_a_while(unsigned cpu)
{
	static const struct stat_patience patience = {10 * NS_PER_S, 600 * NS_PER_S};
	char why[256];

	if (stat_run(STAT_PATH, cpu, RUN_TICKS, patience, why, sizeof(why)))
		return;
	fprintf(stderr, "report: %s\n", why);
	exit(1);
}

static uint64_t steal_ticks(unsigned cpu)
{
	struct cpu_stat s;

	if (!stat_read(STAT_PATH, cpu, &s))
		fail(STAT_PATH);
	return s.steal;
}

/* The structure, mapped for reading. */
static const struct pvtime_stolen *map_structure(uint64_t address)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int fd = open("/dev/mem", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		fail("/dev/mem");
	const char *at =
		mmap(NULL, page, PROT_READ, MAP_SHARED, fd, (off_t)(address & ~(page - 1)));
	if (at == MAP_FAILED)
		fail("/dev/mem");
	close(fd);
	return (const void *)(at + (address & (page - 1)));
}

static uint64_t stolen_ns(const struct pvtime_stolen *s)
{
	return le64toh(__atomic_load_n(&s->stolen_ns, __ATOMIC_ACQUIRE));
}

static void print(const char *text)
{
	if (fputs(text, stdout) == EOF || fflush(stdout) != 0)
		fail("standard output");
	/*
	 * Wait until the UART has sent the text. For a file that is not a terminal, the text is out
	 * already.
	 */
	if (tcdrain(STDOUT_FILENO) != 0 && errno != ENOTTY && errno != EINVAL)
		fail("standard output");
}

static void report(unsigned cpu, const struct pvtime_stolen *s, bool mark)
{
	char text[96];

	for (unsigned tries = 0; tries < TRIES; tries++) {
		uint64_t ns = stolen_ns(s), ticks = steal_ticks(cpu);

		snprintf(text, sizeof(text), "MARK cpu=%u stolen_ns=%" PRIu64 "\n", cpu, ns);
		if (mark)
			print(text);
		if (stolen_ns(s) == ns) {
			snprintf(text, sizeof(text),
				 "STEAL cpu=%u proc_ticks=%" PRIu64 " struct_ns=%" PRIu64 "\n", cpu,
				 ticks, ns);
			print(text);
			return;
		}
	}
	errno = EAGAIN;
	fail("time was stolen during every reading");
}

int main(int argc, char **argv)
{
	cpu_set_t only;

	if (argc != 3 && (argc != 4 || strcmp(argv[3], "mark") != 0)) {
		fprintf(stderr, "usage: report CPU ADDRESS|none [mark]\n");
		return 1;
	}
	unsigned cpu = (unsigned)number(argv[1]);
	CPU_ZERO(&only);
	CPU_SET(cpu, &only);
	if (sched_setaffinity(0, sizeof(only), &only) != 0)
		fail(argv[1]);
	run_a_while(cpu);
	if (strcmp(argv[2], "none") == 0)
		printf("STEAL cpu=%u proc_ticks=%" PRIu64 " struct_ns=none\n", cpu,
		       steal_ticks(cpu));
	else
		report(cpu, map_structure(number(argv[2])), argc == 4);
	return 0;
}
