/* SPDX-License-Identifier: BSD-2-Clause */
#include <poll.h>
#include "tools/vmm/pause.h"

struct vm *pause_all(struct vm *vms, uint32_t count, struct input *in, struct outlet *o,
		     uint64_t *passed)
{
	struct pollfd fd = {.fd = in->fd, .events = POLLIN};
	struct vm *failed = NULL;

	for (uint32_t i = 0; i < count; i++)
		vm_pause(&vms[i]);
	uint64_t from = look_now();
	outlet_record(o, "paused");
	while (in->pause && !in->stop)
		if (poll(&fd, 1, -1) > 0)
			input_read(in);
	in->pause = false;
	*passed = look_now() - from;
	for (uint32_t i = 0; i < count; i++)
		if (!vm_resume(&vms[i], !in->stop) && failed == NULL)
			failed = &vms[i];
	return failed;
}
