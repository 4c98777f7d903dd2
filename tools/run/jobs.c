/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tools/report.h"
#include "tools/run/heeded.h"
#include "tools/run/jobs.h"

/* A worker's result, in memory that it shares with the command; the text follows it. */
struct leavings {
	enum run_outcome outcome;
	char why[RUN_WHY];
	size_t length;
};

struct worker {
	size_t job;
	pid_t pid;
	int pidfd, memory;
};

struct pool {
	struct run_job *jobs;
	size_t count, begun, told;
	bool *over; /* of each job */
	struct worker workers[JOBS_MAX];
	unsigned width, running;
	bool unable;
};

static bool write_all(int fd, const void *bytes, size_t n)
{
	const char *p = bytes;

	while (n > 0) {
		ssize_t done = write(fd, p, n);
		if (done < 0 && errno != EINTR)
			return false;
		if (done > 0) {
			p += done;
			n -= (size_t)done;
		}
	}
	return true;
}

/* Runs in the worker process. */
static void work(struct run_job *job, int memory, pid_t parent)
{
	struct leavings left = {.length = 0};
	struct run_output output = {.text = NULL};
	sigset_t none;

	/* The command's streams need threads, which fork() did not copy. */
	report_to(NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
		_exit(1);
	left.outcome = job->target->run(&job->kit, &job->plan, &output);
	memcpy(left.why, output.why, sizeof(left.why));
	left.length = output.text != NULL ? output.length : 0;
	bool good = write_all(memory, &left, sizeof(left)) &&
		    write_all(memory, output.text, left.length);
	_exit(good ? 0 : 1);
}

static bool begin(struct pool *p)
{
	struct worker *w = &p->workers[p->running];
	pid_t parent = getpid();

	w->job = p->begun;
	w->memory = memfd_create("pvtime-run", MFD_CLOEXEC);
	if (w->memory < 0)
		return false;
	/* The worker would flush a copy of unflushed output. */
	fflush(NULL);
	w->pid = fork();
	if (w->pid == 0)
		work(&p->jobs[w->job], w->memory, parent);
	w->pidfd = w->pid > 0 ? pidfd_open(w->pid, 0) : -1;
	if (w->pidfd < 0) {
		int error = errno;
		if (w->pid > 0) {
			kill(w->pid, SIGKILL);
			waitpid(w->pid, NULL, 0);
		}
		close(w->memory);
		errno = error;
		return false;
	}
	p->begun++;
	p->running++;
	return true;
}

/* Read the text and add a NUL. false: out of memory, or fewer bytes than announced. */
static bool read_text(struct run_output *output, int memory)
{
	size_t done = 0;

	output->text = malloc(output->length + 1);
	while (output->text != NULL && done < output->length) {
		ssize_t n = pread(memory, output->text + done, output->length - done,
				  (off_t)(sizeof(struct leavings) + done));
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	if (output->text != NULL)
		output->text[done] = '\0';
	return output->text != NULL;
}

static void collect(struct pool *p, struct worker *w)
{
	struct run_job *job = &p->jobs[w->job];
	struct leavings left;
	int status = 0;

	while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
		;
	job->outcome = RUN_STOPPED;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 ||
	    pread(w->memory, &left, sizeof(left), 0) != (ssize_t)sizeof(left)) {
		snprintf(job->output.why, sizeof(job->output.why),
			 "its process crashed or was killed");
	} else {
		job->output.length = left.length;
		memcpy(job->output.why, left.why, sizeof(left.why));
		if (read_text(&job->output, w->memory))
			job->outcome = left.outcome;
		else
			snprintf(job->output.why, sizeof(job->output.why), "out of memory");
	}
	p->over[w->job] = true;
	p->unable |= job->outcome == RUN_UNABLE;
	close(w->memory);
	close(w->pidfd);
	*w = p->workers[--p->running];
}

static void end_all(struct pool *p)
{
	for (unsigned i = 0; i < p->running; i++)
		kill(p->workers[i].pid, SIGKILL);
	while (p->running > 0)
		collect(p, &p->workers[0]);
}

/* Wait for a signal or for the end of workers. Returns the signal's number, or 0. */
static int await(struct pool *p, int signals)
{
	struct pollfd fds[JOBS_MAX + 1] = {{.fd = signals, .events = POLLIN}};
	struct signalfd_siginfo info;
	unsigned n = p->running;

	for (unsigned i = 0; i < n; i++)
		fds[i + 1] = (struct pollfd){.fd = p->workers[i].pidfd, .events = POLLIN};
	if (poll(fds, n + 1, -1) < 0)
		return 0;
	if (fds[0].revents != 0 && read(signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		return (int)info.ssi_signo;
	/* Go backwards, because collect() moves the last worker to the free place. */
	for (unsigned i = n; i-- > 0;)
		if (fds[i + 1].revents != 0)
			collect(p, &p->workers[i]);
	return 0;
}

static int serve(struct pool *p, int signals, void (*ended)(void *ctx, size_t index), void *ctx)
{
	while (p->begun < p->count || p->running > 0) {
		while (p->begun < p->count && p->running < p->width)
			if (!begin(p))
				return -1;
		int number = await(p, signals);
		if (number != 0)
			return number;
		if (p->unable)
			return 0;
		for (; p->told < p->count && p->over[p->told]; p->told++)
			if (ended != NULL)
				ended(ctx, p->told);
	}
	return 0;
}

static void stop_signals(sigset_t *set)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

	heeded(set, numbers, sizeof(numbers) / sizeof(numbers[0]));
}

int jobs_block_signals(void)
{
	sigset_t set;

	stop_signals(&set);
	/* If SIGCHLD were ignored, waitpid() would not return a worker's status. */
	signal(SIGCHLD, SIG_DFL);
	return sigprocmask(SIG_BLOCK, &set, NULL) == 0
		       ? signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)
		       : -1;
}

void jobs_unblock_signals(void)
{
	sigset_t set;

	stop_signals(&set);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

unsigned jobs_width(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	if (cpus < 1)
		return 1;
	return (unsigned long)cpus > JOBS_MAX ? JOBS_MAX : (unsigned)cpus;
}

int jobs_run(struct run_job *jobs, size_t count, unsigned width, int signals,
	     void (*ended)(void *ctx, size_t index), void *ctx)
{
	struct pool p = {.jobs = jobs, .count = count, .width = width};

	if (p.width > JOBS_MAX)
		p.width = JOBS_MAX;
	for (size_t i = 0; i < count; i++)
		jobs[i].outcome = RUN_STOPPED;
	p.over = calloc(count + 1, sizeof(*p.over));
	if (p.over == NULL)
		return -1;
	int result = serve(&p, signals, ended, ctx);
	int error = errno;
	end_all(&p);
	free(p.over);
	errno = error;
	return result;
}
