/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "tools/vmm/input.h"
#include "tools/vmm/vm.h"

#define PIECE 256u

void input_init(struct input *in, int fd, struct vm *attached)
{
	memset(in, 0, sizeof(*in));
	in->fd = fd;
	in->attached = attached;
	link_rx_init(&in->rx);
}

static void obey(struct input *in, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		in->stop = in->stop || bytes[i] == LINK_STOP;
		if (bytes[i] == LINK_PAUSE || bytes[i] == LINK_RESUME)
			in->pause = bytes[i] == LINK_PAUSE;
	}
}

static void take(void *context, uint8_t channel, const uint8_t *bytes, size_t n)
{
	struct input *in = context;

	if (channel == LINK_CONTROL)
		obey(in, bytes, n);
	else if (in->attached != NULL && channel == in->attached->id)
		for (size_t i = 0; i < n && in->waiting < sizeof(in->queue); i++)
			in->queue[(in->first + in->waiting++) % sizeof(in->queue)] = bytes[i];
}

void input_read(struct input *in)
{
	uint8_t bytes[PIECE];
	ssize_t n = read(in->fd, bytes, sizeof(bytes));

	if (n > 0)
		link_rx_feed(&in->rx, bytes, (size_t)n, take, in);
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		in->stop = true;
}

bool input_deliver(struct input *in)
{
	while (in->waiting > 0 && device_type(in->attached, in->queue[in->first])) {
		in->first = (in->first + 1) % sizeof(in->queue);
		in->waiting--;
		in->taken++;
	}
	if (in->taken - in->told < LINK_WINDOW / 2 && (in->waiting > 0 || in->taken == in->told))
		return false;
	in->told = in->taken;
	return true;
}
