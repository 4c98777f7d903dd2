/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "tools/clock.h"
#include "tools/run/writer.h"

struct bytes {
	char *at;
	size_t count, room;
};

struct writer {
	int fd, wake;
	size_t few;
	FILE *stream;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t news;
	struct bytes waiting;	/* the thread takes these next */
	struct bytes under_way; /* the thread writes these; `state.waiting` counts both */
	struct writer_state state;
	bool closing;
};

static void wake(const struct writer *w)
{
	eventfd_write(w->wake, 1);
}

/* Wait for bytes, and move them to `under_way`. false: the stream is closed. */
static bool take(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	while (w->waiting.count == 0 && !w->closing)
		pthread_cond_wait(&w->news, &w->lock);
	struct bytes empty = w->under_way;
	w->under_way = w->waiting;
	w->waiting = empty;
	w->waiting.count = 0;
	bool open = !w->closing;
	pthread_mutex_unlock(&w->lock);
	return open;
}

/* Record that `n` bytes were written, or an error. */
static void note(struct writer *w, size_t n, int error)
{
	pthread_mutex_lock(&w->lock);
	size_t before = w->state.waiting;
	w->state.waiting = error != 0 ? 0 : before - n;
	w->state.progress_ns = clock_now_ns();
	w->state.error = error;
	if (w->state.waiting == 0 || (before >= w->few && w->state.waiting < w->few))
		wake(w);
	pthread_mutex_unlock(&w->lock);
}

/*
 * Write at most PIPE_BUF bytes, so that each write shows the reader's progress. Returns an errno or
 * 0.
 */
static int write_some(int fd, const char *at, size_t n, size_t *done)
{
	ssize_t written = write(fd, at, n < PIPE_BUF ? n : PIPE_BUF);

	*done = written > 0 ? (size_t)written : 0;
	if (written >= 0 || errno == EINTR)
		return 0;
	if (errno != EAGAIN)
		return errno;
	/* Another process has made the open file non-blocking. */
	struct pollfd wait = {.fd = fd, .events = POLLOUT};
	poll(&wait, 1, -1);
	return 0;
}

static void *write_all(void *writer)
{
	struct writer *w = writer;
	int error = 0;

	while (error == 0 && take(w))
		for (size_t at = 0, n; error == 0 && at < w->under_way.count; at += n) {
			error = write_some(w->fd, w->under_way.at + at, w->under_way.count - at,
					   &n);
			if (n > 0 || error != 0)
				note(w, n, error);
		}
	return NULL;
}

static bool append(struct bytes *b, const char *bytes, size_t n)
{
	if (b->room - b->count < n) {
		size_t room = 2 * b->room + n;
		char *at = realloc(b->at, room);

		if (at == NULL)
			return false;
		b->at = at;
		b->room = room;
	}
	memcpy(b->at + b->count, bytes, n);
	b->count += n;
	return true;
}

/* The write function of the stdio stream. Returns 0 on error. */
static ssize_t put(void *writer, const char *bytes, size_t n)
{
	struct writer *w = writer;
	int error;

	pthread_mutex_lock(&w->lock);
	error = w->state.error;
	if (error == 0 && !w->state.given_up) {
		if (append(&w->waiting, bytes, n)) {
			if (w->state.waiting == 0)
				w->state.progress_ns = clock_now_ns();
			w->state.waiting += n;
			pthread_cond_signal(&w->news);
		} else {
			error = ENOMEM;
		}
	}
	pthread_mutex_unlock(&w->lock);
	errno = error;
	return error == 0 ? (ssize_t)n : 0;
}

struct writer *writer_open(int fd, int wake_fd, size_t few)
{
	struct writer *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->fd = fd;
	w->wake = wake_fd;
	w->few = few;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->news, NULL);
	w->stream = fopencookie(w, "w", (cookie_io_functions_t){.write = put});
	int error = w->stream != NULL ? pthread_create(&w->thread, NULL, write_all, w) : errno;
	if (error == 0)
		return w;
	if (w->stream != NULL)
		fclose(w->stream);
	free(w);
	errno = error;
	return NULL;
}

FILE *writer_stream(const struct writer *w)
{
	return w->stream;
}

struct writer_state writer_state(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	struct writer_state state = w->state;
	if (state.given_up)
		state.waiting = 0;
	pthread_mutex_unlock(&w->lock);
	return state;
}

void writer_give_up(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	w->state.given_up = true;
	w->state.waiting -= w->waiting.count;
	w->waiting.count = 0;
	pthread_mutex_unlock(&w->lock);
}

void writer_close(struct writer *w)
{
	fclose(w->stream);
	pthread_mutex_lock(&w->lock);
	bool stuck = w->state.waiting > 0;
	w->closing = true;
	pthread_cond_signal(&w->news);
	pthread_mutex_unlock(&w->lock);
	if (stuck) {
		pthread_detach(w->thread);
		return;
	}
	pthread_join(w->thread, NULL);
	free(w->waiting.at);
	free(w->under_way.at);
	free(w);
}
