/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "tools/top/facts.h"
#include "guest.skel.h"

static unsigned page_shift(void)
{
	return (unsigned)__builtin_ctzl((unsigned long)sysconf(_SC_PAGESIZE));
}

void top_facts_load(struct top_facts *facts)
{
	struct guest_bpf *skeleton = guest_bpf__open();

	*facts = (struct top_facts){.skeleton = NULL};
	if (skeleton == NULL)
		return;
	skeleton->rodata->page_shift = page_shift();
	if (guest_bpf__load(skeleton) == 0 && guest_bpf__attach(skeleton) == 0)
		facts->skeleton = skeleton;
	else
		guest_bpf__destroy(skeleton);
}

/* Room for 64 more at least, as a read ends between two facts. */
static bool grow(struct top_facts *facts)
{
	size_t room = facts->room == 0 ? 256 : 2 * facts->room;

	if (facts->room - facts->count >= 64)
		return true;
	struct top_fact *more = realloc(facts->fact, room * sizeof(*more));
	if (more == NULL)
		return false;
	facts->fact = more;
	facts->room = room;
	return true;
}

bool top_facts_read(struct top_facts *facts)
{
	ssize_t n = 0;

	facts->count = 0;
	if (facts->skeleton == NULL)
		return true;
	int fd = bpf_iter_create(bpf_link__fd(facts->skeleton->links.on_guest));
	if (fd < 0)
		return true;
	do {
		if (!grow(facts)) {
			close(fd);
			return false;
		}
		n = read(fd, facts->fact + facts->count,
			 (facts->room - facts->count) * sizeof(*facts->fact));
		if (n > 0)
			facts->count += (size_t)n / sizeof(*facts->fact);
	} while (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN)));
	close(fd);
	return true;
}

void top_facts_unload(struct top_facts *facts)
{
	if (facts->skeleton != NULL)
		guest_bpf__destroy(facts->skeleton);
	free(facts->fact);
	*facts = (struct top_facts){.skeleton = NULL};
}
