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

#define EXIT_PATIENCE_S 5 /* from "done" to the end of the board's process (tools/run/patience.h) */
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
	bool impatient; /* the user has asked twice to stop */
	bool exiting;	/* "done" has arrived, or the output has ended */
	bool output_open, errors_open;
	/* the board's process has ended */
	bool ended;
	/* the board must react within `patience` */
	bool hurried;
	/* how long the board may still take */
	struct patience patience;
	/* bytes to write to the board */
	uint8_t pending[LINK_TX_MAX(INPUT_CHUNK) + LINK_TX_MAX(1)];
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

/* The user has asked to stop: no longer wait for readers that read nothing. */
static void leave(struct session *s)
{
	outputs_hurry(s->outputs);
	ask_to_stop(s);
}

/* false: nothing to read now, or the end. */
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

/* The same for QEMU's own messages. */
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
 * Send typed input to the guest, once the hypervisor accepts input and the previous piece has been
 * written.
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
		s->pending_len = 0; /* the board has ended; its output will end, too */
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

/*
 * Whether the board can pause its VMs. Only the VMM on KVM can, from its start until it is asked to
 * stop.
 */
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

/* Send the request to stop, once, after the hypervisor accepts input. */
static void send_stop(struct session *s)
{
	static const uint8_t stop = LINK_STOP;

	if (!s->stop_wanted || s->stop_sent || !s->in->started)
		return;
	s->stop_sent = s->in->asked = true;
	typed_close(&s->typed);
	s->pending_len += link_tx_put(&s->tx, LINK_CONTROL, &stop, 1, s->pending + s->pending_len);
}

/* Handle Ctrl-Z on a board that pauses its VMs first, and let it continue afterwards. */
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
 * Whether to read from the board. Not while the outputs are full, unless the lab is about to end:
 * the final ledger follows the consoles' text.
 */
static bool is_read(const struct session *s)
{
	return s->stop_wanted || s->exiting || !outputs_full(s->outputs);
}

/* Wait for the next event, and handle everything that is ready. */
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

/*
 * Pass printed text on to the writers. Some write errors appear only later, so check for them each
 * time.
 */
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

/* Serve until the board's process has ended, or is too late. */
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
	/* Read what is left in the pipes. */
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
