/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "guest/linux/stat.h"

#define NS_PER_S UINT64_C(1000000000)
/*
 * After a pause of the machine, its clock has moved on but the first readings find no new ticks: so
 * count readings as well.
 */
#define READINGS 1000u

bool stat_read(const char *path, unsigned cpu, struct cpu_stat *s)
{
	uint64_t user, nice, system, irq, softirq;
	char line[512], format[128];
	bool found = false;
	FILE *f = fopen(path, "re");

	if (f == NULL)
		return false;
	snprintf(format, sizeof(format),
		 "cpu%u %%" SCNu64 " %%" SCNu64 " %%" SCNu64 " %%*s %%*s %%" SCNu64 " %%" SCNu64
		 " %%" SCNu64,
		 cpu);
	while (!found && fgets(line, sizeof(line), f) != NULL)
		found = sscanf(line, format, &user, &nice, &system, &irq, &softirq, &s->steal) == 6;
	fclose(f);
	if (found)
		s->ran = user + nice + system + irq + softirq;
	else
		errno = ENODATA;
	return found;
}

static uint64_t now_ns(void)
{
	struct timespec t = {0, 0};

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static bool no_line(const char *path, unsigned cpu, char *why, size_t room)
{
	snprintf(why, room, "%s: expected a line cpu%u with eight numbers; saw %s", path, cpu,
		 errno == ENODATA ? "none" : strerror(errno));
	return false;
}

bool stat_run(const char *path, unsigned cpu, unsigned ticks, struct stat_patience patience,
	      char *why, size_t room)
{
	struct cpu_stat first, last, s;
	uint64_t begun = now_ns(), counted_at = begun;
	unsigned readings = 0;

	if (!stat_read(path, cpu, &first))
		return no_line(path, cpu, why, room);
	for (last = s = first; s.ran < first.ran + ticks; last = s) {
		if (!stat_read(path, cpu, &s))
			return no_line(path, cpu, why, room);
		uint64_t now = now_ns();
		readings++;
		if (s.ran != last.ran || s.steal != last.steal) {
			counted_at = now;
			readings = 0;
		}
		bool stands = now - counted_at >= patience.stands_ns && readings >= READINGS;
		if (!stands && now - begun < patience.all_ns)
			continue;
		snprintf(
			why, room,
			"%s: expected cpu%u to have run for %u ticks more, %ju; saw %ju run and %ju stolen after %ju s in which it was busy, and %ju s in which nothing was counted",
			path, cpu, ticks, (uintmax_t)(first.ran + ticks), (uintmax_t)s.ran,
			(uintmax_t)s.steal, (uintmax_t)((now - begun) / NS_PER_S),
			(uintmax_t)((now - counted_at) / NS_PER_S));
		return false;
	}
	return true;
}
