/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting for /proc/stat to count, on the test's own files: the wait ends if they do not count, and
 * the message has what was seen.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "guest/linux/stat.h"
#include "tests/tap.h"

#define MS 1000000u

static char path[] = "/tmp/labs_stat.XXXXXX";

static void put(const char *text)
{
	FILE *f = fopen(path, "we");

	if (f == NULL || fputs(text, f) == EOF || fclose(f) != 0)
		tap_ok(false, "the file of the test is written");
}

static bool run(struct stat_patience patience, char *why, size_t room)
{
	why[0] = '\0';
	return stat_run(path, 1, 3, patience, why, room);
}

static void test_read(void)
{
	struct cpu_stat s = {0, 0};

	put("cpu  9 9 9 9 9 9 9 9 9 9\ncpu0 1 1 1 1 1 1 1 1 1 1\ncpu1 1 2 4 8 16 32 64 128 256 "
	    "512\ncpu10 7 7 7 7 7 7 7 7\n");
	tap_ok(stat_read(path, 1, &s), "the CPU's line is found");
	tap_is_u64(s.ran, 1 + 2 + 4 + 32 + 64, "all that is neither idle nor stolen was run");
	tap_is_u64(s.steal, 128, "the eighth number is the steal");
	tap_ok(!stat_read(path, 2, &s), "a CPU that is not there has no line");
	tap_ok(!stat_read("/nowhere/stat", 1, &s), "a file that is not there has no line");
}

/* The message has what was seen, in numbers; how long that took depends on the machine. */
static void test_stands(void)
{
	const struct stat_patience patience = {50 * MS, UINT64_MAX};
	char why[512], want[512];
	int length;

	put("cpu1 10 0 5 100 0 0 0 7 0 0\n");
	tap_ok(!run(patience, why, sizeof(why)),
	       "a file that does not count does not keep the guest waiting for ever");
	length = snprintf(want, sizeof(want),
			  "%s: expected cpu1 to have run for 3 ticks more, 18; saw 15 run and 7 "
			  "stolen after ",
			  path);
	if (!tap_ok(strncmp(why, want, (size_t)length) == 0,
		    "the message of a file that does not count has what was expected and seen"))
		tap_print("#  got %s\n# want %s\n", why, want);
	put("cpu0 10 0 5 100 0 0 0 7 0 0\n");
	tap_ok(!run(patience, why, sizeof(why)),
	       "a CPU without a line does not keep the guest waiting for ever");
	snprintf(want, sizeof(want), "%s: expected a line cpu1 with eight numbers; saw none", path);
	if (!tap_ok(strcmp(why, want) == 0,
		    "the message of a CPU without a line has what was expected and seen"))
		tap_print("#  got %s\n# want %s\n", why, want);
}

/* /proc/stat counts one tick of run or of steal at each step. */
static atomic_bool over;
static bool counts_run;

static void *count(void *unused)
{
	char text[128], other[64];

	snprintf(other, sizeof(other), "%s.new", path);
	for (unsigned n = 0; !over; n++) {
		snprintf(text, sizeof(text), "cpu1 %u 0 0 0 0 0 0 %u 0 0\n", counts_run ? n : 0, n);
		FILE *f = fopen(other, "we");
		if (f == NULL || fputs(text, f) == EOF || fclose(f) != 0 ||
		    rename(other, path) != 0)
			break;
		usleep(1000);
	}
	return unused;
}

static bool run_while(bool counting_run, struct stat_patience patience, char *why, size_t room)
{
	pthread_t thread;

	over = false;
	counts_run = counting_run;
	put("cpu1 0 0 0 0 0 0 0 0 0 0\n");
	pthread_create(&thread, NULL, count, NULL);
	bool good = run(patience, why, room);
	over = true;
	pthread_join(thread, NULL);
	return good;
}

static void test_counts(void)
{
	char why[512];

	tap_ok(run_while(true, (struct stat_patience){60000ull * MS, UINT64_MAX}, why, sizeof(why)),
	       "a file that counts ends the wait with success");
	tap_ok(!run_while(false, (struct stat_patience){60000ull * MS, 200 * MS}, why, sizeof(why)),
	       "a wait whose time is all stolen for too long fails");
	tap_ok(strstr(why, " 3; saw 0 run and ") != NULL,
	       "the message of a wait whose time is all stolen has \"saw 0 run\"");
}

int main(void)
{
	int fd = mkstemp(path);

	if (fd < 0)
		return 1;
	close(fd);
	test_read();
	test_stands();
	test_counts();
	unlink(path);
	return tap_done();
}
