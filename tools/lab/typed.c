/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "machine/link.h"
#include "tools/lab/typed.h"

#define LEAVE_KEY 0x1d /* Ctrl-] */
#define CHUNK	  LINK_WINDOW

void typed_init(struct typed *t, bool open)
{
	*t = (struct typed){.fd = STDIN_FILENO, .open = open, .terminal = isatty(STDIN_FILENO)};
}

void typed_close(struct typed *t)
{
	free(t->bytes);
	*t = (struct typed){.fd = -1};
}

int typed_fd(const struct typed *t)
{
	return t->open && (t->terminal || t->count == 0) ? t->fd : -1;
}

static bool make_room(struct typed *t)
{
	if (t->room - t->count >= CHUNK)
		return true;
	uint8_t *bytes = realloc(t->bytes, 2 * t->room + CHUNK);
	if (bytes == NULL)
		return false;
	t->bytes = bytes;
	t->room = 2 * t->room + CHUNK;
	return true;
}

/* Ctrl-] ends the lab only on a terminal: other input may contain any byte. */
enum typed_event typed_read(struct typed *t)
{
	if (!make_room(t))
		return TYPED_FULL;
	uint8_t *at = t->bytes + t->count;
	ssize_t n = read(t->fd, at, CHUNK);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		t->open = false;
	if (n <= 0)
		return TYPED_NOTHING;
	const uint8_t *leave = t->terminal ? memchr(at, LEAVE_KEY, (size_t)n) : NULL;
	t->count += leave != NULL ? (size_t)(leave - at) : (size_t)n;
	return leave != NULL ? TYPED_LEAVE : TYPED_NOTHING;
}

size_t typed_send(struct typed *t, uint64_t taken, uint8_t *out, size_t room)
{
	uint64_t under_way = t->sent - taken;
	uint64_t window = under_way < LINK_WINDOW ? LINK_WINDOW - under_way : 0;
	size_t n = t->count < room ? t->count : room;

	if (n > window)
		n = (size_t)window;
	if (n == 0)
		return 0;
	memcpy(out, t->bytes, n);
	t->count -= n;
	memmove(t->bytes, t->bytes + n, t->count);
	t->sent += n;
	return n;
}
