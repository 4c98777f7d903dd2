/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
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
		errx(3, "/proc/self/status has no line TracerPid");
	fclose(f);
	say("%s\n", tracer > 0 ? "traced" : "untraced");
}

void tell_rights(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct has[2];

	must((int)syscall(__NR_capget, &head, has), "capget");
	say("euid %d, CAP_NET_ADMIN %u\n", (int)geteuid(), has[0].effective >> CAP_NET_ADMIN & 1);
}

void count_children(void)
{
	int children = 0;

	while (waitpid(-1, NULL, WNOHANG | __WALL) >= 0)
		children++;
	say("children %d%s\n", children, errno == ECHILD ? "" : "?");
}

void wait_for_cpu(void)
{
	unsigned long long waited;

	do {
		FILE *f = fopen("/proc/thread-self/schedstat", "re");
		if (f == NULL || fscanf(f, "%*u %llu", &waited) != 1)
			errx(3, "/proc/thread-self/schedstat");
		fclose(f);
	} while (waited < 200000000);
}

void tell_stolen(unsigned vcpus)
{
	char line[256];
	unsigned long long at = 0;
	FILE *f = fopen("/proc/self/maps", "re");

	/* The structures are in the only shared anonymous mapping of this process. */
	while (at == 0 && f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strstr(line, " rw-s ") != NULL && strstr(line, "/dev/zero") != NULL)
			at = strtoull(line, NULL, 16);
	if (at == 0)
		errx(3,
		     "/proc/self/maps has no shared anonymous mapping; expected the structures' memory");
	fclose(f);
	for (unsigned i = 0; i < vcpus; i++) {
		uint64_t ns;
		memcpy(&ns, (const char *)(uintptr_t)at + 64 * i + 8, sizeof(ns));
		say("stolen %llu\n", (unsigned long long)ns);
	}
}

static uint64_t ticks(void)
{
	uint64_t now;

	__asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(now) : : "memory");
	return now;
}

void time_calls(unsigned calls)
{
	uint64_t from = ticks();

	for (unsigned i = 0; i < calls; i++)
		syscall(SYS_getppid);
	say("calls %u ticks %llu\n", calls, (unsigned long long)(ticks() - from));
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
