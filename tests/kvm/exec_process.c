/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/kvm/exec_vmm.h"

void say(const char *format, ...)
{
	char text[128];
	va_list args;

	va_start(args, format);
	int n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (write(STDOUT_FILENO, text, (size_t)n) != n)
		_exit(3);
}

void be_daemon(void)
{
	pid_t parent = getpid(), child = must(fork(), "fork");

	if (child > 0)
		_exit(0);
	while (getppid() == parent)
		sched_yield();
}

void tell_tracer(void)
{
	char line[128];
	int tracer = -1;
	FILE *f = fopen("/proc/self/status", "re");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "TracerPid:", 10) == 0)
			tracer = atoi(line + 10);
	if (f == NULL || tracer < 0)
		errx(3, "/proc/self/status tells of no tracer");
	fclose(f);
	say("%s\n", tracer > 0 ? "traced" : "untraced");
}

void count_children(void)
{
	int children = 0;

	while (waitpid(-1, NULL, WNOHANG | __WALL) >= 0)
		children++;
	say("children %d%s\n", children, errno == ECHILD ? "" : "?");
}

static void got(int signo)
{
	(void)signo;
}

void wait_for_signal(void)
{
	sigset_t usr1, before;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, &before);
	signal(SIGUSR1, got);
	say("ready %d\n", getpid());
	sigsuspend(&before);
	sigprocmask(SIG_SETMASK, &before, NULL);
	say("got SIGUSR1\n");
}

unsigned count_maps(void)
{
	static char text[65536];
	unsigned lines = 0;
	int fd = must(open("/proc/self/maps", O_RDONLY), "/proc/self/maps");

	for (ssize_t n; (n = read(fd, text, sizeof(text))) > 0;)
		for (ssize_t i = 0; i < n; i++)
			lines += text[i] == '\n';
	close(fd);
	return lines;
}
