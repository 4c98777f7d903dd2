/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tools/clock.h"
#include "tools/run/patience.h"

#define NS_PER_S  UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)
/* At most 1/LOOK_SHARE of the time is spent on looks, even on a machine with many processes. */
#define LOOK_SHARE 50

/* A process, from /proc/PID/stat. */
struct member {
	pid_t pid, parent;
	bool ours;    /* `root` or a descendant of it */
	bool wanting; /* its first thread is runnable or running */
	long threads;
	uint64_t own_ticks,
		/* CPU time; that of children is counted once they have been waited for */
		children_ticks;
};

struct members {
	struct member *all;
	size_t count, room;
};

/* The fields after the name, which may contain any character. NULL: the process is gone. */
static const char *stat_fields(const char *path, char *text, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, room - 1) : -1;

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return NULL;
	text[n] = '\0';
	const char *end = strrchr(text, ')');
	return end != NULL && end[1] == ' ' ? end + 2 : NULL;
}

static bool read_member(pid_t pid, struct member *m)
{
	char path[48], text[1024], state;
	unsigned long user, kernel;
	long children_user, children_kernel;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	const char *fields = stat_fields(path, text, sizeof(text));
	*m = (struct member){.pid = pid};
	if (fields == NULL ||
	    sscanf(fields, "%c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %ld %ld %*d %*d %ld",
		   &state, &m->parent, &user, &kernel, &children_user, &children_kernel,
		   &m->threads) != 7)
		return false;
	m->wanting = state == 'R';
	m->own_ticks = user + kernel;
	m->children_ticks = (uint64_t)(children_user + children_kernel);
	return true;
}

static bool add(struct members *of, const struct member *m)
{
	if (of->count == of->room) {
		size_t room = of->room != 0 ? 2 * of->room : 256;
		struct member *all = realloc(of->all, room * sizeof(*all));

		if (all == NULL)
			return false;
		of->all = all;
		of->room = room;
	}
	of->all[of->count++] = *m;
	return true;
}

static int by_pid(const void *a, const void *b)
{
	pid_t x = ((const struct member *)a)->pid, y = ((const struct member *)b)->pid;

	return (x > y) - (x < y);
}

static void mark_ours(struct members *of, pid_t root)
{
	bool again = true;

	qsort(of->all, of->count, sizeof(*of->all), by_pid);
	while (again) {
		again = false;
		for (size_t i = 0; i < of->count; i++) {
			struct member *m = &of->all[i], key = {.pid = m->parent};
			const struct member *parent =
				bsearch(&key, of->all, of->count, sizeof(*of->all), by_pid);

			if (m->ours || (m->pid != root && (parent == NULL || !parent->ours)))
				continue;
			m->ours = true;
			again = true;
		}
	}
}

/* List every process of the machine; mark `root` and its descendants as `ours`. */
static struct members look_at_all(pid_t root)
{
	struct members found = {.all = NULL};
	DIR *proc = opendir("/proc");
	const struct dirent *entry;

	while (proc != NULL && (entry = readdir(proc)) != NULL) {
		char *end;
		long pid = strtol(entry->d_name, &end, 10);
		struct member m;

		if (pid > 0 && *end == '\0' && read_member((pid_t)pid, &m) && !add(&found, &m))
			break;
	}
	if (proc != NULL)
		closedir(proc);
	if (found.count > 0)
		mark_ours(&found, root);
	return found;
}

/* How many of its threads are runnable or running. */
static unsigned wanting_threads(const struct member *m)
{
	char path[32];
	DIR *tasks;
	const struct dirent *entry;
	unsigned wanting = 0;

	if (m->threads <= 1)
		return m->wanting;
	snprintf(path, sizeof(path), "/proc/%d/task", (int)m->pid);
	tasks = opendir(path);
	while (tasks != NULL && (entry = readdir(tasks)) != NULL) {
		char file[sizeof(path) + sizeof(entry->d_name) + 8], text[1024];
		const char *fields;

		snprintf(file, sizeof(file), "%s/%s/stat", path, entry->d_name);
		fields = entry->d_name[0] != '.' ? stat_fields(file, text, sizeof(text)) : NULL;
		wanting += fields != NULL && fields[0] == 'R';
	}
	if (tasks != NULL)
		closedir(tasks);
	return wanting;
}

/*
 * The CPU time of all our processes until now, in ns; *wanting is the number of their runnable
 * threads.
 */
static uint64_t look(pid_t root, unsigned *wanting)
{
	struct members found = look_at_all(root);
	uint64_t ticks = 0;

	*wanting = 0;
	for (size_t i = 0; i < found.count; i++) {
		const struct member *m = &found.all[i];

		if (!m->ours)
			continue;
		ticks += m->children_ticks;
		if (m->pid != getpid()) {
			ticks += m->own_ticks;
			*wanting += wanting_threads(m);
		}
	}
	free(found.all);
	return ticks * (NS_PER_S / (uint64_t)sysconf(_SC_CLK_TCK));
}

void patience_begin(struct patience *p, pid_t root, unsigned seconds)
{
	*p = (struct patience){.root = root, .limit_ns = seconds * NS_PER_S};
	patience_skip(p);
}

void patience_skip(struct patience *p)
{
	p->looked_ns = clock_now_ns();
	p->next_look_ns = p->looked_ns + PATIENCE_LOOK_MS * NS_PER_MS;
	p->cpu_known = false;
}

/* How many CPUs the processes can use at once. */
static unsigned usable_cpus(void)
{
	cpu_set_t set;
	int count = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

	return count > 0 ? (unsigned)count : 1;
}

/*
 * How much of the passed time counts. On an idle machine, the runnable threads would have had as
 * many CPUs as they can use, for all of the time. So their CPU time is divided by that number.
 */
static uint64_t counts(const struct patience *p, uint64_t passed, uint64_t cpu_ns, unsigned wanting)
{
	uint64_t got = cpu_ns > p->cpu_ns ? cpu_ns - p->cpu_ns : 0;
	unsigned cpus = usable_cpus();

	if (!p->cpu_known || wanting == 0)
		return passed;
	got /= wanting < cpus ? wanting : cpus;
	return got < passed ? got : passed;
}

bool patience_is_over(struct patience *p)
{
	uint64_t now = clock_now_ns(), cpu_ns, pause;
	unsigned wanting;

	if (now >= p->next_look_ns) {
		cpu_ns = look(p->root, &wanting);
		p->used_ns += counts(p, now - p->looked_ns, cpu_ns, wanting);
		p->looked_ns = now;
		p->cpu_ns = cpu_ns;
		p->cpu_known = true;
		pause = (clock_now_ns() - now) * LOOK_SHARE;
		if (pause < PATIENCE_LOOK_MS * NS_PER_MS)
			pause = PATIENCE_LOOK_MS * NS_PER_MS;
		p->next_look_ns = now + pause;
	}
	return p->used_ns >= p->limit_ns;
}

unsigned patience_kill(pid_t root)
{
	struct members found = look_at_all(root);
	unsigned killed = 0;

	for (size_t i = 0; i < found.count; i++)
		if (found.all[i].ours && found.all[i].pid != root)
			killed += kill(found.all[i].pid, SIGKILL) == 0;
	free(found.all);
	return killed;
}
