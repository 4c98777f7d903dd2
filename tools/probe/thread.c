/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/probe/files.h"
#include "tools/probe/thread.h"

#define PF_VCPU 0x1u	/* linux/sched.h: the thread is executing guest code */
#define KVM_RUN 0xae80u /* linux/kvm.h: _IO(0xAE, 0x80), the same on arm64 and x86 */

/* Fields of /proc/PID/stat (proc(5)). The one after the name has number 3. */
enum { STATE = 3, FLAGS = 9, STARTTIME = 22, PROCESSOR = 39, GUEST_TIME = 43 };

/* Read field `index`; `at` points to field 3. */
static bool field(const char *at, int index, unsigned long long *value)
{
	for (int i = STATE; i < index; i++) {
		at = strchr(at, ' ');
		if (at == NULL)
			return false;
		at++;
	}
	return sscanf(at, "%llu", value) == 1;
}

/* "PID (NAME) STATE ...": a name may contain parentheses and blanks. */
static bool take_stat(struct probe_thread *thread, const char *text)
{
	const char *begin = strchr(text, '('), *end = strrchr(text, ')');
	unsigned long long flags, made, cpu, guest;

	if (begin == NULL || end == NULL || end < begin || end[1] != ' ')
		return false;
	snprintf(thread->name, sizeof(thread->name), "%.*s", (int)(end - begin - 1), begin + 1);
	if (!field(end + 2, FLAGS, &flags) || !field(end + 2, STARTTIME, &made) ||
	    !field(end + 2, PROCESSOR, &cpu) || !field(end + 2, GUEST_TIME, &guest))
		return false;
	thread->in_guest = guest > 0 || (flags & PF_VCPU) != 0;
	thread->made_ticks = made;
	thread->cpu = (unsigned)cpu;
	return true;
}

/*
 * "NUMBER ARGUMENT... SP PC", the system call in which the thread sleeps; ioctl's arguments are
 * descriptor and request. Reading the file takes the permission to trace the process. Returns the
 * descriptor of a KVM_RUN, or -1.
 *
 * A thread that the kernel itself has started in the process, as KVM for x86 does in the first
 * KVM_RUN (kvm-nx-lpage-recovery, from Linux 6.12 on), has a copy of the system call of the thread
 * that caused it, and no stack: SP is 0. Its flag PF_USER_WORKER does not tell as much: before
 * Linux 5.17 that bit was another flag, which processes could inherit.
 */
static int take_call(const char *text)
{
	unsigned long long fd, request, sp;

	if (sscanf(text, "%*d 0x%llx 0x%llx %*x %*x %*x %*x 0x%llx", &fd, &request, &sp) != 3 ||
	    request != KVM_RUN || fd > 0x7fffffff || sp == 0)
		return -1;
	return (int)fd;
}

static ssize_t read_of(int root, unsigned pid, unsigned tid, const char *name, char *text,
		       size_t room)
{
	char path[PROBE_PATH];

	snprintf(path, sizeof(path), "proc/%u/task/%u/%s", pid, tid, name);
	return probe_read(root, path, text, room);
}

bool probe_thread_times(struct probe_thread *thread, int root, unsigned pid, unsigned tid)
{
	char text[1024];
	unsigned long long ran, waited, slices;

	*thread = (struct probe_thread){.kvm_run = -1};
	/*
	 * Read this first: the age of the thread, which is read later, then is not too short for
	 * the wait.
	 */
	if (read_of(root, pid, tid, "schedstat", text, sizeof(text)) > 0 &&
	    sscanf(text, "%llu %llu %llu", &ran, &waited, &slices) == 3) {
		thread->accounted = ran > 0 || waited > 0 || slices > 0;
		thread->ran_ns = ran;
		thread->waited_ns = waited;
	}
	return read_of(root, pid, tid, "stat", text, sizeof(text)) > 0 && take_stat(thread, text);
}

bool probe_thread(struct probe_thread *thread, int root, unsigned pid, unsigned tid)
{
	char text[1024];

	if (!probe_thread_times(thread, root, pid, tid))
		return false;
	if (read_of(root, pid, tid, "syscall", text, sizeof(text)) > 0)
		thread->kvm_run = take_call(text);
	return true;
}

bool probe_thread_number(const char *name, unsigned *number)
{
	const char *at = strstr(name, "vcpu");
	char rest[8] = "";

	if (sscanf(name, "CPU %u/%7s", number, rest) == 2)
		return strcmp(rest, "KVM") == 0;
	if (at == NULL)
		return false;
	at += strlen("vcpu");
	at += strspn(at, " -_:");
	size_t n = strspn(at, "0123456789");
	if (n == 0 || n > 5 || at[n] != '\0')
		return false;
	*number = (unsigned)strtoul(at, NULL, 10);
	return true;
}
