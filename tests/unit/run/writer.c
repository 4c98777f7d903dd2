/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stream whose reader may be slow or stopped. tests/tools/reader.t has the lab that prints to
 * such readers.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "tests/tap.h"
#include "tools/run/writer.h"

#define MUCH 300000u /* more than a pipe holds */
#define FEW  100000u

static int ends[2], wake;
static char text[MUCH];

static struct writer *begin(int fd)
{
	struct writer *w;

	wake = eventfd(0, EFD_NONBLOCK);
	w = writer_open(fd, wake, FEW);
	if (wake < 0 || w == NULL)
		abort();
	return w;
}

static struct writer *begin_pipe(void)
{
	if (pipe(ends) != 0)
		abort();
	return begin(ends[1]);
}

static void end(struct writer *w)
{
	writer_close(w);
	close(ends[0]);
	close(ends[1]);
	close(wake);
}

static bool print(const struct writer *w)
{
	return fwrite(text, 1, MUCH, writer_stream(w)) == MUCH && fflush(writer_stream(w)) == 0;
}

/* Waits until the eventfd is signalled. */
static void await(void)
{
	struct pollfd fd = {.fd = wake, .events = POLLIN};
	eventfd_t count;

	poll(&fd, 1, -1);
	eventfd_read(wake, &count);
}

/*
 * The reader may have all bytes before the writer has counted them. A writer that is closed before
 * that is stuck as far as writer_close() can see, and is left behind.
 */
static void await_all(struct writer *w)
{
	while (writer_state(w).waiting > 0)
		await();
}

/* Whether the next `count` bytes are those of the text from `from` on. */
static bool read_all(size_t from, size_t count)
{
	static char got[MUCH];
	size_t done = 0;

	while (done < count) {
		ssize_t n = read(ends[0], got + done, count - done);
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	return done == count && memcmp(got, text + from, count) == 0;
}

static void test_slow(void)
{
	struct writer *w = begin_pipe();
	struct writer_state state;
	bool same;

	tap_ok(print(w), "printing does not wait for a reader");
	while ((state = writer_state(w)).waiting == MUCH)
		usleep(1000);
	tap_ok(state.waiting > FEW && state.progress_ns > 0 && state.error == 0,
	       "bytes that the pipe cannot hold wait");
	same = read_all(0, MUCH - FEW);
	await();
	tap_ok(writer_state(w).waiting < FEW, "the printer is woken when there is room again");
	tap_ok(same && read_all(MUCH - FEW, FEW), "the reader gets every byte");
	await_all(w);
	tap_is_u64(writer_state(w).waiting, 0, "the printer is woken when all has been written");
	end(w);
}

/* Made non-blocking by another process that has the same file open. */
static void test_nonblocking(void)
{
	struct writer *w = begin_pipe();

	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	print(w);
	tap_ok(read_all(0, MUCH) && writer_state(w).error == 0,
	       "a pipe that another process makes non-blocking loses nothing");
	await_all(w);
	end(w);
}

static void test_blocking_stays(void)
{
	struct writer *w = begin_pipe();

	print(w);
	read_all(0, MUCH);
	tap_is_u64(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0,
		   "the writer does not make its file non-blocking");
	await_all(w);
	end(w);
}

static void test_errors(void)
{
	struct writer *w = begin_pipe();

	print(w);
	close(ends[0]);
	while (writer_state(w).error == 0)
		await();
	tap_is_u64((uint64_t)writer_state(w).error, EPIPE, "a reader that has gone is an error");
	tap_is_u64(writer_state(w).waiting, 0, "after an error nothing waits");
	errno = 0;
	tap_ok(!print(w) && errno == EPIPE, "after an error printing fails for the same reason");
	ends[0] = -1;
	end(w);
	w = begin(open("/dev/full", O_WRONLY));
	print(w);
	while (writer_state(w).error == 0)
		await();
	tap_is_u64((uint64_t)writer_state(w).error, ENOSPC, "a full disk is an error");
	writer_close(w);
}

static void test_give_up(void)
{
	struct writer *w = begin_pipe();

	print(w);
	writer_give_up(w);
	tap_ok(writer_state(w).waiting == 0 && writer_state(w).given_up,
	       "nothing waits for a reader that is given up");
	tap_ok(print(w) && writer_state(w).waiting == 0,
	       "what is printed for a reader that is given up is dropped without an error");
	/* The thread is in write() until the process ends. */
	writer_close(w);
	tap_ok(true, "closing does not wait for a reader that is given up");
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < MUCH; i++)
		text[i] = (char)('a' + i % 23);
	test_slow();
	test_nonblocking();
	test_blocking_stays();
	test_errors();
	test_give_up();
	return tap_done();
}
