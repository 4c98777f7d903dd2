/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "tools/clock.h"
#include "tools/run/board.h"
#include "tools/run/lines.h"
#include "tools/run/patience.h"
#include "tools/run/printed.h"
#include "tools/run/process.h"
#include "tools/run/qmp.h"

#define POLL_MS		  250
#define STUCK_POLLS	  20   /* 5 s without progress: the machine is stuck for ever */
#define ANSWER_PATIENCE_S 60   /* QEMU's main loop answers in ms, unless it hangs */
#define ANSWER_MS	  1000 /* silence after which serve_all() checks whether QEMU hangs */
#define ARGUMENTS_MAX	  64

struct board {
	struct process qemu;
	struct qmp qmp;
	struct run_output *output;
	struct printed printed;
	unsigned limit_s;
	bool errors_open, qmp_open;
	bool ended; /* QEMU's process has ended */
	struct lines error_lines;
	char said[256]; /* QEMU's last message */
	uint64_t first_clock;
	uint64_t last_icount, last_clock; /* of the last poll */
	size_t last_length;
	unsigned polls, idle_polls;
	int64_t answered_ms;
	struct patience patience; /* timeout for QEMU's next answer or output */
	enum run_outcome outcome; /* output->why has the reason, unless it is RUN_ENDED */
};

/* Set the outcome and its reason. Only the first call has an effect. */
__attribute__((format(printf, 3, 4))) static void give_up(struct board *b, enum run_outcome outcome,
							  const char *format, ...)
{
	va_list args;

	if (b->outcome != RUN_ENDED)
		return;
	b->outcome = outcome;
	va_start(args, format);
	vsnprintf(b->output->why, RUN_WHY, format, args);
	va_end(args);
}

static void answered(struct board *b)
{
	b->answered_ms = clock_now_ms();
	patience_begin(&b->patience, b->qemu.pid, ANSWER_PATIENCE_S);
}

static void take_error_line(void *ctx, const char *line, size_t len, bool whole)
{
	struct board *b = ctx;

	(void)len;
	(void)whole;
	snprintf(b->said, sizeof(b->said), "%.*s", (int)sizeof(b->said) - 1, line);
}

static bool read_errors(struct board *b)
{
	uint8_t bytes[4096];
	ssize_t n = read(b->qemu.errors, bytes, sizeof(bytes));

	if (n > 0)
		lines_feed(&b->error_lines, bytes, (size_t)n, take_error_line, b);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		b->errors_open = false;
	return n > 0;
}

/* Check progress and the limit, once for each answered poll. */
static void judge_progress(struct board *b)
{
	const struct qmp *q = &b->qmp;

	if (q->polls == b->polls)
		return;
	if (b->polls == 0)
		b->first_clock = q->clock;
	b->polls = q->polls;
	answered(b);
	if (q->icount != b->last_icount || q->clock != b->last_clock ||
	    b->printed.length != b->last_length)
		b->idle_polls = 0;
	else
		b->idle_polls++;
	b->last_icount = q->icount;
	b->last_clock = q->clock;
	b->last_length = b->printed.length;
	if (q->clock - b->first_clock >= b->limit_s)
		give_up(b, RUN_LIMIT, "not done within %u s of guest time", b->limit_s);
	else if (b->idle_polls >= STUCK_POLLS)
		give_up(b, RUN_LIMIT, "every CPU waits, and no event is pending");
}

static void judge_output(struct board *b)
{
	if (b->printed.error == EFBIG)
		give_up(b, RUN_LIMIT, "more than %zu MiB of output", PRINTED_MAX >> 20);
	else if (b->printed.error != 0)
		give_up(b, RUN_UNABLE, "cannot read the machine's output: %s",
			strerror(b->printed.error));
}

/* Wait for the next event, and handle everything that is ready. */
static void serve(struct board *b)
{
	struct pollfd fds[] = {
		{.fd = b->qemu.pidfd, .events = POLLIN},
		{.fd = !b->printed.closed ? b->qemu.output : -1, .events = POLLIN},
		{.fd = b->errors_open ? b->qemu.errors : -1, .events = POLLIN},
		{.fd = b->qmp_open ? b->qmp.fd : -1, .events = POLLIN},
	};

	if (poll(fds, sizeof(fds) / sizeof(fds[0]), POLL_MS) < 0)
		return;
	if (fds[0].revents != 0)
		b->ended = true;
	if (fds[1].revents != 0) {
		printed_read(&b->printed, b->qemu.output);
		/* QEMU does not hang if it prints, and it may have waited for us to read */
		answered(b);
	}
	if (fds[2].revents != 0)
		read_errors(b);
	if (fds[3].revents != 0)
		b->qmp_open = qmp_receive(&b->qmp);
}

/*
 * Serve until QEMU ends, or reports the end of its machine. After that report, no more queries:
 * QEMU 7.2 hangs if a query arrives while it exits.
 */
static void serve_all(struct board *b)
{
	int64_t next_poll = 0;

	answered(b);
	while (!b->ended && !b->qmp.shut_down && !b->printed.end_seen && b->outcome == RUN_ENDED) {
		if (clock_now_ms() >= next_poll) {
			qmp_poll(&b->qmp);
			next_poll = clock_now_ms() + POLL_MS;
		}
		serve(b);
		judge_progress(b);
		judge_output(b);
		if (b->qmp.why[0] != '\0')
			give_up(b, RUN_STOPPED, "%s", b->qmp.why);
		else if (clock_now_ms() - b->answered_ms > ANSWER_MS &&
			 patience_is_over(&b->patience))
			give_up(b, RUN_STOPPED, "QEMU has not answered for %d s",
				ANSWER_PATIENCE_S);
	}
	/* Read what is left in the pipes. */
	while (printed_read(&b->printed, b->qemu.output))
		;
	while (read_errors(b))
		;
	lines_flush(&b->error_lines, take_error_line, b);
}

static void judge_exit(struct board *b, int wait_status)
{
	char end[64];

	if (!b->ended || wait_status == 0)
		return;
	process_describe(wait_status, end, sizeof(end));
	/* A guest cannot cause this status: QEMU rejected its arguments or a file, or died. */
	give_up(b, RUN_UNABLE, "QEMU ended %s%s%s", end, b->said[0] != '\0' ? ": " : "", b->said);
}

/*
 * Join the machine's arguments and ours. Guest time counts instructions, so runs are repeatable.
 * Semihosting is off, so a guest cannot end QEMU by it. A reset ends the run. The machine waits
 * until we receive its events (-S).
 */
static bool make_arguments(const char *argv[ARGUMENTS_MAX], const char *const *machine,
			   const char *qmp_socket)
{
	const char *const ours[] = {
		"-no-user-config",
		"-nodefaults",
		"-no-reboot",
		"-S",
		"-display",
		"none",
		"-monitor",
		"none",
		"-nic",
		"none",
		"-serial",
		"stdio",
		"-icount",
		"shift=0,sleep=off",
		"-rtc",
		"base=2026-01-01T00:00:00,clock=vm",
		"-seed",
		"1",
		"-chardev",
		qmp_socket,
		"-mon",
		"chardev=qmp,mode=control",
		NULL,
	};
	size_t count = 0;

	while (count < ARGUMENTS_MAX && machine[count] != NULL) {
		argv[count] = machine[count];
		count++;
	}
	if (count + sizeof(ours) / sizeof(ours[0]) > ARGUMENTS_MAX)
		return false;
	memcpy(argv + count, ours, sizeof(ours));
	return true;
}

/* QEMU inherits its end of the QMP socket. */
static int start(struct board *b, const char *const *machine)
{
	const char *argv[ARGUMENTS_MAX];
	char qmp_socket[48];
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return errno;
	fcntl(ends[1], F_SETFD, 0);
	snprintf(qmp_socket, sizeof(qmp_socket), "socket,id=qmp,fd=%d", ends[1]);
	int error =
		make_arguments(argv, machine, qmp_socket) ? process_start(&b->qemu, argv) : E2BIG;
	close(ends[1]);
	if (error != 0)
		close(ends[0]);
	else
		qmp_init(&b->qmp, ends[0]);
	return error;
}

enum run_outcome board_run(const char *const *argv, unsigned limit_s, const char *end,
			   struct run_output *output)
{
	struct board b = {
		.output = output,
		.limit_s = limit_s,
		.errors_open = true,
		.qmp_open = true,
		.outcome = RUN_ENDED,
	};
	int error = ENOMEM;

	*output = (struct run_output){.text = NULL};
	if (printed_init(&b.printed, end))
		error = start(&b, argv);
	if (error != 0) {
		free(b.printed.text);
		give_up(&b, RUN_UNABLE, "cannot start %s: %s", argv[0], strerror(error));
		return b.outcome;
	}
	serve_all(&b);
	judge_exit(&b, process_end(&b.qemu));
	close(b.qmp.fd);
	output->text = b.printed.text;
	output->length = b.printed.length;
	return b.outcome;
}
