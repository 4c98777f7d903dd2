/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tools/exec/inject.c and process.c, on this machine: a thread of another process makes our system
 * calls without noticing. The process is about to write one byte; what it then writes, and how it
 * ends, shows what it has noticed.
 */
#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/tap.h"
#include "tools/exec/inject.h"
#include "tools/exec/process.h"

#define STATUS 42

enum { PLAIN, CONFINED, EXTRA, HANDLER, CODE, CONFINED_CODE };

struct other {
	pid_t pid;
	int pipe;
	struct inject in;
};

/*
 * code(number, a, b, c): makes a system call by instructions that a test can overwrite with some
 * that make another call. On machines without such code, those tests are skipped.
 */
#define CODE_SIZE 4096u
static uint8_t *code;

#ifdef __x86_64__
#define CALL_AT 12u /* the offset of the instruction that makes the call */
static const uint8_t code_bytes[] = {
	0x48, 0x89, 0xf8, 0x48, 0x89, 0xf7, 0x48, 0x89, /* mov %rdi,%rax; mov %rsi,%rdi */
	0xd6, 0x48, 0x89, 0xca, 0x0f, 0x05, 0xc3, /* mov %rdx,%rsi; mov %rcx,%rdx; syscall; ret */
};

/* At CALL_AT: another number. */
static const uint8_t other_number[] = {0xb8, __NR_getppid, 0, 0, 0, 0x0f, 0x05, 0xc3};
/*
 * The same number and place, but another argument: clears %edi, puts the instruction back as it
 * was, and continues there.
 */
static const uint8_t other_argument[] = {
	0xeb, 0x02, 0xc3, 0xc3,				      /* jmp .+4 */
	0x31, 0xff,					      /* xor %edi,%edi */
	0x66, 0xc7, 0x05, 0xf1, 0xff, 0xff, 0xff, 0x0f, 0x05, /* movw $syscall,CALL_AT(%rip) */
	0xeb, 0xef,					      /* jmp CALL_AT */
};
/* The same number and arguments, from another place. */
static const uint8_t other_place[] = {0x90, 0x0f, 0x05, 0xc3}; /* nop; syscall; ret */
#else
#define CALL_AT 0u
static const uint8_t code_bytes[1], other_number[1], other_argument[1], other_place[1];
#endif

static volatile sig_atomic_t handled;

static void handle(int signo)
{
	(void)signo;
	handled++;
}

#define ALLOW(number)                                        \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static void confine(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		ALLOW(__NR_write),
		ALLOW(__NR_exit_group),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	struct sock_fprog program = {sizeof(filter) / sizeof(filter[0]), filter};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		_exit(1);
}

/* The sanitizers' _exit() makes additional calls. */
static void leave(int status)
{
	syscall(__NR_exit_group, status);
}

/*
 * In the other process: ends with STATUS if all is as without us. Raw calls, because calls that the
 * library adds could be filtered.
 */
static void live(int how, int pipe)
{
	char byte = 'x';

	if (how == HANDLER)
		signal(SIGUSR1, handle);
	if (how == CONFINED || how == EXTRA || how == CONFINED_CODE)
		confine();
	if (how == EXTRA)
		syscall(__NR_getppid);
	bool by_code = how == CODE || how == CONFINED_CODE;
	if (by_code &&
	    ((long (*)(long, long, void *, long))(uintptr_t)code)(__NR_write, pipe, &byte, 1) != 1)
		leave(4);
	if (!by_code && syscall(__NR_write, pipe, &byte, 1) != 1)
		leave(2);
	leave(handled == (how == HANDLER) ? STATUS : 3);
}

/* Resume to the next stop at a system call's entry. */
static bool next_entry(pid_t pid, struct __ptrace_syscall_info *info)
{
	int status;

	do {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, NULL) != 0 ||
		    waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status))
			return false;
		memset(info, 0, sizeof(*info));
		ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof(*info), info);
	} while (info->op != PTRACE_SYSCALL_INFO_ENTRY);
	return true;
}

/* Returns the process stopped where it is about to write. */
static struct other begin(int how)
{
	struct other o = {.pid = -1};
	struct __ptrace_syscall_info info;
	int data[2], go[2], status;
	char byte = 0;

	if (pipe(data) != 0 || pipe(go) != 0)
		abort();
	o.pid = fork();
	if (o.pid == 0) {
		close(data[0]);
		if (read(go[0], &byte, 1) != 1)
			_exit(1);
		live(how, data[1]);
	}
	close(data[1]);
	o.pipe = data[0];
	if (ptrace(PTRACE_SEIZE, o.pid, NULL, (void *)(uintptr_t)EXEC_TRACE) != 0 ||
	    ptrace(PTRACE_INTERRUPT, o.pid, NULL, NULL) != 0 ||
	    waitpid(o.pid, &status, __WALL) != o.pid || write(go[1], &byte, 1) != 1)
		abort();
	do
		if (!next_entry(o.pid, &info))
			abort();
	while (info.entry.nr != __NR_write);
	close(go[0]);
	close(go[1]);
	return o;
}

/* The process continues alone. Returns its wait status, and how many bytes it wrote. */
static int finish(struct other *o, size_t *written)
{
	char bytes[16];
	ssize_t n;
	int status = -1;

	ptrace(PTRACE_DETACH, o->pid, NULL, NULL);
	*written = 0;
	while ((n = read(o->pipe, bytes, sizeof(bytes))) > 0)
		*written += (size_t)n;
	close(o->pipe);
	waitpid(o->pid, &status, 0);
	return status;
}

static bool unharmed(struct other *o)
{
	size_t written;
	int status = finish(o, &written);

	if (written == 1 && WIFEXITED(status) && WEXITSTATUS(status) == STATUS)
		return true;
	tap_print("# %zu bytes, wait status 0x%x\n", written, (unsigned)status);
	return false;
}

static const uint64_t nothing[6];

static void test_calls(void)
{
	struct other o = begin(PLAIN);
	const uint64_t map[6] = {
		0, 65536, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, UINT64_MAX, 0};
	int64_t result = 0, at = 0;
	char text[8] = "";

	tap_ok(process_of(o.pid) == o.pid && process_of(0x7fffffff) == -1,
	       "process_of() gives a thread's process, and -1 without such a thread");
	tap_is_i64(inject_begin(&o.in, o.pid, false), 0, "inject_begin() succeeds");
	tap_ok(inject_call(&o.in, __NR_getpid, nothing, &result) == 0 && result == o.pid,
	       "an injected getpid() returns the process's own ID");
	tap_ok(inject_call(&o.in, __NR_mmap, map, &at) == 0 && at > 0,
	       "an injected mmap() returns an address");
	tap_ok(process_write(o.pid, (uint64_t)at, "abcdefg", 8) &&
		       process_read(o.pid, (uint64_t)at, text, 8) && strcmp(text, "abcdefg") == 0,
	       "what is written to the injected mapping is read back");
	tap_ok(!process_read(o.pid, 16, text, 8), "reading memory that is not mapped fails");
	tap_ok(inject_call(&o.in, __NR_close, (const uint64_t[6]){12345}, &result) == 0 &&
		       result == -EBADF,
	       "an injected call that fails returns its error");
	tap_is_i64(inject_end(&o.in), 0, "inject_end() succeeds");
	tap_ok(unharmed(&o), "after injected calls the process continues unharmed");
	o = begin(PLAIN);
	tap_ok(inject_begin(&o.in, o.pid, false) == 0 && inject_end(&o.in) == 0 && unharmed(&o),
	       "a begin and an end without a call leave the process unharmed");
}

static void test_files(void)
{
	struct other o = begin(PLAIN);
	int fd = dup(o.pipe);

	tap_ok(process_file_is(getpid(), fd, "pipe:["), "process_file_is() recognises a pipe");
	tap_ok(!process_file_is(getpid(), fd, "socket:["),
	       "process_file_is() does not take a pipe for a socket");
	tap_ok(!process_file_is(o.pid, 777, "pipe:["),
	       "process_file_is() is false of a descriptor that is not open");
	tap_ok(process_map(o.pid) == NULL, "process_map() finds no known VMM");
	tap_ok(unharmed(&o), "looking at the process leaves it unharmed");
	close(fd);
}

/* What the kernel allows, whatever inject.c makes of it. */
static bool may_suspend(pid_t pid)
{
	uintptr_t with = EXEC_TRACE | PTRACE_O_SUSPEND_SECCOMP, without = EXEC_TRACE;

	return ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)with) == 0 &&
	       ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)without) == 0;
}

static bool may_suspend_here(void)
{
	struct other o = begin(CONFINED);
	bool may = may_suspend(o.pid);

	return unharmed(&o) && may;
}

static void test_confined(void)
{
	int64_t result = 0;
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		live(EXTRA, STDOUT_FILENO);
	waitpid(pid, &status, 0);
	tap_ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS,
	       "a filter kills a process for one more system call");
	struct other o = begin(PLAIN);
	tap_ok(!process_is_confined(o.pid, 0) && unharmed(&o),
	       "a process without a seccomp filter is not reported as confined");
	o = begin(CONFINED);
	tap_ok(process_is_confined(o.pid, 0),
	       "a process with a seccomp filter is reported as confined");
	if (!may_suspend(o.pid)) {
		tap_skip("suspending a filter is not allowed here");
		tap_ok(inject_begin(&o.in, o.pid, false) == -EPERM && unharmed(&o),
		       "a process whose filter cannot be suspended is left alone");
		return;
	}
	int error = inject_begin(&o.in, o.pid, false);
	tap_is_i64(error, 0, "inject_begin() suspends the process's filter");
	tap_ok(inject_call(&o.in, __NR_getpid, nothing, &result) == 0 && result == o.pid,
	       "a suspended filter does not kill at an injected call");
	tap_ok(inject_end(&o.in) == 0 && unharmed(&o),
	       "after its filter was suspended the process is unharmed");
}

/* The same by a process that may not suspend a filter. */
static void test_powerless(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0, 0, 0}};
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (syscall(__NR_capset, &head, none) != 0)
			_exit(9);
		struct other o = begin(CONFINED);
		if (inject_begin(&o.in, o.pid, false) != -EPERM)
			_exit(8);
		bool well = unharmed(&o);
		o = begin(PLAIN);
		bool begun = inject_begin(&o.in, o.pid, false) == 0 && inject_end(&o.in) == 0;
		_exit(!well ? 7 : !begun || !unharmed(&o) ? 6 : 0);
	}
	waitpid(pid, &status, 0);
	tap_is_u64(
		(uint64_t)status, 0,
		"without CAP_SYS_ADMIN a confined process is left alone, and another gets its calls");
}

/*
 * While the thread is in user space, between two of our calls, its process overwrites its
 * instructions.
 */
static void test_changed(int how, const char *what, const uint8_t *bytes, size_t size)
{
	int64_t result = 0;

	if (code == NULL) {
		tap_skip("%s: no code for this machine", what);
		return;
	}
	struct other o = begin(how);
	uint64_t at = (uint64_t)(uintptr_t)code + CALL_AT;
	inject_begin(&o.in, o.pid, false);
	tap_ok(inject_call(&o.in, __NR_close, (const uint64_t[6]){12345}, &result) == 0 &&
		       result == -EBADF &&
		       inject_call(&o.in, __NR_close, (const uint64_t[6]){12345}, &result) == 0 &&
		       result == -EBADF,
	       "%s: calls are made as long as nothing was changed", what);
	process_write(o.pid, at, bytes, size);
	result = 77;
	tap_is_i64(inject_call(&o.in, __NR_close, (const uint64_t[6]){12345}, &result), -EPROTO,
		   "%s: the changed call is reported", what);
	tap_is_i64(result, 77, "%s: the changed call has no result", what);
	process_write(o.pid, (uint64_t)(uintptr_t)code, code_bytes, sizeof(code_bytes));
	tap_is_i64(inject_end(&o.in), 0, "%s: inject_end() succeeds after the changed call", what);
	tap_ok(unharmed(&o), "%s: the process continues as if nothing had happened", what);
}

static void test_signals(void)
{
	struct other o = begin(HANDLER);
	int64_t result = 0;

	inject_begin(&o.in, o.pid, false);
	kill(o.pid, SIGUSR1);
	tap_ok(inject_call(&o.in, __NR_getpid, nothing, &result) == 0 &&
		       inject_call(&o.in, __NR_getpid, nothing, &result) == 0 && result == o.pid,
	       "a signal that arrives between injected calls waits");
	inject_end(&o.in);
	tap_ok(unharmed(&o), "a signal that waited is handled once after the end");
}

static void test_stop(void)
{
	struct other o = begin(PLAIN);
	int64_t result = 0;
	int status = 0;

	inject_begin(&o.in, o.pid, false);
	kill(o.pid, SIGSTOP);
	tap_ok(inject_call(&o.in, __NR_getpid, nothing, &result) == 0 &&
		       inject_call(&o.in, __NR_getpid, nothing, &result) == 0 && result == o.pid,
	       "injected calls still run after a SIGSTOP");
	inject_end(&o.in);
	ptrace(PTRACE_DETACH, o.pid, NULL, NULL);
	tap_ok(waitpid(o.pid, &status, WUNTRACED) == o.pid && WIFSTOPPED(status) &&
		       WSTOPSIG(status) == SIGSTOP,
	       "after the detach the process stops by its SIGSTOP");
	kill(o.pid, SIGCONT);
	tap_ok(unharmed(&o), "after SIGCONT the stopped process continues unharmed");
}

static void test_killed(void)
{
	struct other o = begin(PLAIN);
	int64_t result = 0;
	size_t written;

	inject_begin(&o.in, o.pid, false);
	inject_call(&o.in, __NR_getpid, nothing, &result);
	kill(o.pid, SIGKILL);
	tap_is_i64(inject_call(&o.in, __NR_getpid, nothing, &result), -ESRCH,
		   "an injected call into a killed process returns -ESRCH");
	tap_ok(inject_end(&o.in) == -ESRCH,
	       "the end of injection into a killed process returns -ESRCH");
	finish(&o, &written);
	tap_is_u64(written, 0, "the killed process has written nothing");
}

static void make_code(void)
{
	if (sizeof(code_bytes) == 1)
		return;
	uint8_t *page = mmap(NULL, CODE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		abort();
	/* Before a call, the sanitizer of clang 17 reads what is before the function. */
	code = page + 16;
	memcpy(code, code_bytes, sizeof(code_bytes));
}

int main(void)
{
	make_code();
	test_calls();
	test_files();
	test_confined();
	test_powerless();
	test_changed(CODE, "another number", other_number, sizeof(other_number));
	if (may_suspend_here())
		test_changed(CONFINED_CODE, "another number, confined", other_number,
			     sizeof(other_number));
	test_changed(CODE, "another argument", other_argument, sizeof(other_argument));
	test_changed(CODE, "another place", other_place, sizeof(other_place));
	test_signals();
	test_stop();
	test_killed();
	return tap_done();
}
