/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tools/clock.h"
#include "tools/report.h"
#include "tools/run/outputs.h"
#include "tools/run/signals.h"

#define NS_PER_MS UINT64_C(1000000)
#define GRACE_NS  (OUTPUTS_GRACE_S * 1000 * NS_PER_MS)
#define SETTLE_MS 500u
#define LOOK_MS	  100

bool outputs_open(struct outputs *o)
{
	o->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return o->wake >= 0;
}

static bool can_write(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

/* Whether both descriptors write to the same file. */
static bool is_same(int a, int b)
{
	struct stat x, y;

	return can_write(a) && can_write(b) && fstat(a, &x) == 0 && fstat(b, &y) == 0 &&
	       x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

FILE *outputs_stream(struct outputs *o, FILE *file, const char *name)
{
	int fd = fileno(file);

	for (unsigned i = 0; i < o->count; i++)
		if (is_same(o->all[i].fd, fd))
			return writer_stream(o->all[i].writer);
	if (o->count == OUTPUTS_MAX) {
		errno = ENFILE;
		return NULL;
	}
	struct output *new = &o->all[o->count];
	*new = (struct output){
		.name = name, .fd = fd, .writer = writer_open(fd, o->wake, OUTPUTS_FULL)};
	if (new->writer == NULL)
		return NULL;
	o->count++;
	return writer_stream(new->writer);
}

bool outputs_full(const struct outputs *o)
{
	for (unsigned i = 0; i < o->count; i++)
		if (writer_state(o->all[i].writer).waiting >= OUTPUTS_FULL)
			return true;
	return false;
}

static bool is_empty(const struct outputs *o)
{
	for (unsigned i = 0; i < o->count; i++)
		if (writer_state(o->all[i].writer).waiting > 0)
			return false;
	return true;
}

int outputs_error(const struct outputs *o, const FILE *stream)
{
	for (unsigned i = 0; i < o->count; i++)
		if (writer_stream(o->all[i].writer) == stream)
			return writer_state(o->all[i].writer).error;
	return 0;
}

void outputs_hurry(struct outputs *o)
{
	if (o->hurried_ns == 0)
		o->hurried_ns = clock_now_ns();
	else
		o->hurried_twice = true;
}

void outputs_look(struct outputs *o)
{
	uint64_t now = clock_now_ns();

	for (unsigned i = 0; i < o->count && o->hurried_ns != 0; i++) {
		struct writer_state state = writer_state(o->all[i].writer);
		uint64_t since =
			state.progress_ns > o->hurried_ns ? state.progress_ns : o->hurried_ns;

		if (state.waiting > 0 && now >= since + GRACE_NS)
			writer_give_up(o->all[i].writer);
	}
}

static void cut_short(struct outputs *o)
{
	for (unsigned i = 0; i < o->count; i++)
		if (writer_state(o->all[i].writer).waiting > 0) {
			o->all[i].cut_short = true;
			writer_give_up(o->all[i].writer);
		}
}

/* Wait for progress of an output, for a signal, or for `ms` milliseconds. */
static void wait_for_news(const struct outputs *o, int signals, int ms)
{
	struct pollfd fds[] = {{.fd = o->wake, .events = POLLIN},
			       {.fd = signals, .events = POLLIN}};
	eventfd_t ignored;

	poll(fds, 2, ms);
	eventfd_read(o->wake, &ignored);
}

void outputs_settle(struct outputs *o)
{
	uint64_t until = clock_now_ns() + SETTLE_MS * NS_PER_MS;

	while (!is_empty(o) && clock_now_ns() < until && !signals_continued())
		wait_for_news(o, -1, LOOK_MS);
}

/* Each reader gets its full time for the last output, no matter when the user asked for the end. */
static void wait_for_all(struct outputs *o, int signals)
{
	uint64_t end_ns = 0;

	while (outputs_look(o), !is_empty(o)) {
		if (o->hurried_twice && end_ns == 0)
			end_ns = clock_now_ns() + GRACE_NS;
		if (end_ns != 0 && clock_now_ns() >= end_ns)
			cut_short(o);
		wait_for_news(o, signals, o->hurried_ns != 0 ? LOOK_MS : -1);
		switch (signals_read(signals)) {
		case SIGNALS_END:
			outputs_hurry(o);
			break;
		case SIGNALS_STOP:
			signals_stop();
			break;
		case SIGNALS_CONTINUE:
		case SIGNALS_NONE:
		case SIGNALS_RESIZED:
			break;
		}
	}
}

/* Whether all output was written. If not, and if `tell`, report why. */
static bool is_written(const struct output *output, bool tell)
{
	struct writer_state state = writer_state(output->writer);

	if (output->name == NULL || (state.error == 0 && !state.given_up))
		return true;
	if (tell && state.error != 0)
		report("%s: %s", output->name, strerror(state.error));
	else if (tell && output->cut_short)
		report("%s: not all was read within %u s of the second request to stop; the rest is lost",
		       output->name, OUTPUTS_GRACE_S);
	else if (tell)
		report("%s: nothing was read for %u s after the request to stop; the rest is lost",
		       output->name, OUTPUTS_GRACE_S);
	return false;
}

bool outputs_end(struct outputs *o, int signals, bool tell)
{
	bool good = true;

	wait_for_all(o, signals);
	for (unsigned i = 0; i < o->count; i++)
		good = is_written(&o->all[i], tell && good) && good;
	/* Wait for the reports that were just printed, too. */
	wait_for_all(o, signals);
	report_to(NULL);
	for (unsigned i = 0; i < o->count; i++)
		writer_close(o->all[i].writer);
	close(o->wake);
	return good;
}
