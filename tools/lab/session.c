/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "tools/lab/session.h"
#include "tools/lab/suspend.h"
#include "tools/lab/terminal.h"
#include "tools/lab/typed.h"
#include "tools/lab/verdict.h"
#include "tools/run/patience.h"
#include "tools/run/signals.h"

#define EXIT_PATIENCE_S 5 /* from "done" to the end of QEMU (tools/run/patience.h) */
#define INPUT_CHUNK	256u

struct session {
	struct intake *in;
	struct process *board;
	struct outputs *outputs;
	int signals;
	struct link_tx tx;
	struct typed typed;
	struct suspend suspend;
	bool stop_wanted, stop_sent;
	bool impatient; /* asked to stop twice */
	bool exiting;	/* "done" has been seen, or the output has ended */
	bool output_open, errors_open;
	bool ended;						    /* the process of QEMU */
	bool hurried;						    /* it is to do something now: */
	struct patience patience;				    /* how long it may still take */
	uint8_t pending[LINK_TX_MAX(INPUT_CHUNK) + LINK_TX_MAX(1)]; /* to the board */
	size_t pending_len;
};

static void hurry(struct session *s, unsigned seconds)
{
	patience_begin(&s->patience, s->board->pid, seconds);
	s->hurried = true;
}

static bool is_late(struct session *s)
{
	return s->hurried && patience_is_over(&s->patience);
}

static void ask_to_stop(struct session *s)
{
	if (s->stop_wanted || s->exiting)
		return;
	s->stop_wanted = true;
	hurry(s, VERDICT_PATIENCE_S);
}

/* The user wants the end, and does not wait for readers who read nothing. */
static void leave(struct session *s)
{
	outputs_hurry(s->outputs);
	ask_to_stop(s);
}

/* false: nothing to read now, or ever again. */
static bool read_board(struct session *s)
{
	uint8_t bytes[65536];
	ssize_t n = read(s->board->output, bytes, sizeof(bytes));

	if (n > 0)
		intake_board(s->in, bytes, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		s->output_open = false;
	return n > 0;
}

/* The same of QEMU's own messages. */
static bool read_errors(struct session *s)
{
	uint8_t bytes[4096];
	ssize_t n = read(s->board->errors, bytes, sizeof(bytes));

	if (n > 0)
		intake_qemu(s->in, bytes, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		s->errors_open = false;
	return n > 0;
}

static void read_user(struct session *s)
{
	switch (typed_read(&s->typed)) {
	case TYPED_LEAVE:
		leave(s);
		break;
	case TYPED_FULL:
		intake_fail(s->in, "no memory for typed input");
		typed_close(&s->typed);
		break;
	case TYPED_NOTHING:
		break;
	}
}

/*
 * The user's keys to the guest: not before the hypervisor listens, and the piece before has gone.
 */
static void send_typed(struct session *s)
{
	uint8_t bytes[INPUT_CHUNK];

	if (!s->in->started || s->pending_len > 0)
		return;
	size_t n = typed_send(&s->typed, s->in->records.taken, bytes, sizeof(bytes));
	if (n > 0)
		s->pending_len = link_tx_put(&s->tx, (uint8_t)s->in->consoles->attached, bytes, n,
					     s->pending);
}

static void write_board(struct session *s)
{
	ssize_t n = write(s->board->input, s->pending, s->pending_len);

	if (n > 0) {
		s->pending_len -= (size_t)n;
		memmove(s->pending, s->pending + n, s->pending_len);
	} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
		s->pending_len = 0; /* the board has gone; its output will end */
		typed_close(&s->typed);
	}
}

static void suspend(struct session *s)
{
	if (s->in->live != NULL) {
		live_erase(s->in->live);
		live_close(s->in->live);
	}
	outputs_settle(s->outputs);
	suspend_now(s->in, s->board->pid);
	patience_skip(&s->patience);
}

/* The VMM on KVM does, from when it listens until it is to end. */
static bool can_pause(const struct session *s)
{
	return s->in->shape->kvm && s->in->started && !s->stop_wanted && !s->exiting;
}

static void read_signal(struct session *s)
{
	switch (signals_read(s->signals)) {
	case SIGNALS_RESIZED:
		if (s->in->live != NULL)
			live_resized(s->in->live);
		break;
	case SIGNALS_STOP:
		if (suspend_wanted(&s->suspend, can_pause(s)))
			suspend(s);
		break;
	case SIGNALS_CONTINUE:
		suspend_cancel(&s->suspend);
		break;
	case SIGNALS_END:
		s->impatient = s->stop_wanted;
		leave(s);
		break;
	case SIGNALS_NONE:
		break;
	}
}

/* Once, and not before the hypervisor listens. */
static void send_stop(struct session *s)
{
	static const uint8_t stop = LINK_STOP;

	if (!s->stop_wanted || s->stop_sent || !s->in->started)
		return;
	s->stop_sent = s->in->asked = true;
	typed_close(&s->typed);
	s->pending_len += link_tx_put(&s->tx, LINK_CONTROL, &stop, 1, s->pending + s->pending_len);
}

/* Ctrl-Z, where the board is paused before; and when it may go on. */
static void serve_suspend(struct session *s)
{
	if (s->in->paused && suspend_paused(&s->suspend) && can_pause(s))
		suspend(s);
	s->in->paused = false;
	uint8_t byte = s->pending_len == 0 ? suspend_byte(&s->suspend) : 0;
	if (byte != 0)
		s->pending_len = link_tx_put(&s->tx, LINK_CONTROL, &byte, 1, s->pending);
}

/*
 * Nothing is read while much waits to be printed, unless the lab is to end: the final ledger comes
 * behind it.
 */
static bool is_read(const struct session *s)
{
	return s->stop_wanted || s->exiting || !outputs_full(s->outputs);
}

/* Wait for whatever comes first, and serve all that is there. */
static void serve(struct session *s)
{
	bool reads = is_read(s);
	eventfd_t ignored;
	struct pollfd fds[] = {
		{.fd = s->signals, .events = POLLIN},
		{.fd = s->board->pidfd, .events = POLLIN},
		{.fd = reads && s->output_open ? s->board->output : -1, .events = POLLIN},
		{.fd = reads && s->errors_open ? s->board->errors : -1, .events = POLLIN},
		{.fd = s->pending_len > 0 ? s->board->input : -1, .events = POLLOUT},
		{.fd = typed_fd(&s->typed), .events = POLLIN},
		{.fd = s->outputs->wake, .events = POLLIN},
	};

	if (poll(fds, sizeof(fds) / sizeof(fds[0]), s->hurried ? PATIENCE_LOOK_MS : -1) < 0)
		return;
	if (fds[0].revents != 0)
		read_signal(s);
	if (fds[1].revents != 0)
		s->ended = true;
	if (fds[2].revents != 0)
		read_board(s);
	if (fds[3].revents != 0)
		read_errors(s);
	if (fds[4].revents != 0)
		write_board(s);
	if (fds[5].revents != 0)
		read_user(s);
	if (fds[6].revents != 0)
		eventfd_read(s->outputs->wake, &ignored);
}

/* What has been printed goes out; not all errors are known at once. */
static void flush(struct session *s)
{
	struct consoles *consoles = s->in->consoles;

	if (!consoles_flush(consoles))
		intake_fail(s->in, "cannot write %s: %s", consoles->error_name,
			    strerror(consoles->error));
	int error = outputs_error(s->outputs, consoles->out);
	if (error != 0)
		intake_fail(s->in, "cannot write standard output: %s", strerror(error));
	outputs_look(s->outputs);
}

/* Until the process has ended, or has been given up. */
static void serve_all(struct session *s)
{
	while (!s->ended && !s->impatient && !is_late(s)) {
		serve(s);
		flush(s);
		if (s->in->failed)
			ask_to_stop(s);
		serve_suspend(s);
		send_typed(s);
		send_stop(s);
		if (!s->exiting && (s->in->done || !s->output_open)) {
			s->exiting = true;
			hurry(s, EXIT_PATIENCE_S);
		}
	}
	/* What the pipes still hold. */
	while (read_board(s))
		;
	while (read_errors(s))
		;
	intake_end(s->in);
}

bool session_run(struct intake *in, struct process *board, struct outputs *outputs, int signals,
		 char *why, size_t room)
{
	struct session s = {
		.in = in,
		.board = board,
		.outputs = outputs,
		.signals = signals,
		.output_open = true,
		.errors_open = true,
	};

	link_tx_init(&s.tx);
	typed_init(&s.typed, in->consoles->attached != CONSOLE_NOBODY);
	if (s.typed.open)
		terminal_raw();
	serve_all(&s);
	typed_close(&s.typed);
	if (in->live != NULL)
		live_close(in->live);
	terminal_restore();
	const struct verdict_of of = {
		.in = in,
		.board = board->name,
		.ended = s.ended,
		.wait_status = process_end(board),
		.impatient = s.impatient,
		.stop_wanted = s.stop_wanted,
	};
	bool good = verdict(&of, why, room);
	if (good && in->qemu_said[0] != '\0')
		intake_say(in, "%s", in->qemu_said);
	return good;
}
