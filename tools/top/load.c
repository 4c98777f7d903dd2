/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <linux/membarrier.h>
#include <linux/types.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "tools/report.h"
#include "tools/top/bpf/counts.h"
#include "tools/top/load.h"
#include "top.skel.h"

/* libbpf's last warning, without its newline: the reason of a failure. */
static char warning[512];

static int take_warning(enum libbpf_print_level level, const char *format, va_list args)
{
	if (level == LIBBPF_WARN) {
		vsnprintf(warning, sizeof(warning), format, args);
		warning[strcspn(warning, "\n")] = '\0';
	}
	return 0;
}

/* Returns `good`; if that is false, sets `why` to the reason. */
static bool check(bool good, const char *step, char why[TOP_WHY], int root)
{
	if (!good)
		top_why(why, step, errno, warning, root);
	return good;
}

/*
 * These programs are attached first, so that they miss nothing of a vCPU that the others follow.
 * All else works without them: a kernel may have no quotas or no kprobes, and a user may not be
 * allowed to attach them. Linux gives a thread of the deadline class new runtime by a timer, which
 * may be late. Without on_replenish, the delay is charged to what runs meanwhile.
 */
static void attach_quotas(struct top_bpf *skeleton)
{
	skeleton->links.on_replenish = bpf_program__attach(skeleton->progs.on_replenish);

	struct bpf_link *down = bpf_program__attach(skeleton->progs.on_throttle);
	struct bpf_link *up = bpf_program__attach(skeleton->progs.on_unthrottle);

	if (down == NULL || up == NULL) {
		report("top: quotas cannot be followed, and are charged to what runs meanwhile: %m (%s)",
		       warning);
		bpf_link__destroy(down);
		bpf_link__destroy(up);
		return;
	}
	skeleton->links.on_throttle = down;
	skeleton->links.on_unthrottle = up;
}

static void map_tables(struct top_maps *maps, struct top_bpf__bss *bss)
{
	*maps = (struct top_maps){
		.vcpus = bss->vcpus,
		.entries = {bss->entries[0], bss->entries[1]},
		.used = {bss->used[0], bss->used[1]},
		.used_count = bss->used_count,
		.taken = &bss->taken,
		.watched = &bss->watched,
	};
}

static bool load(struct top_program *program, char why[TOP_WHY], int root)
{
	struct top_bpf *skeleton = program->skeleton;
	int cpus = libbpf_num_possible_cpus();

	if (!check(cpus > 0, "the CPUs cannot be counted", why, root) ||
	    !check(bpf_map__set_max_entries(skeleton->maps.rings, (uint32_t)cpus) == 0,
		   "the rings cannot be made", why, root) ||
	    !check(top_bpf__load(skeleton) == 0, "the BPF program cannot be loaded", why, root))
		return false;
	map_tables(&program->maps, skeleton->bss);
	attach_quotas(skeleton);
	return check(top_bpf__attach(skeleton) == 0, "the BPF program cannot be attached", why,
		     root);
}

/* Run the task iterator to its end. It writes nothing. */
static bool iterate(const struct top_program *program)
{
	int fd = bpf_iter_create(bpf_link__fd(program->skeleton->links.on_task));
	char none[64];
	ssize_t n = 0;

	if (fd >= 0) {
		do
			n = read(fd, none, sizeof(none));
		while (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN)));
		int error = errno;
		close(fd);
		errno = error;
	}
	if (fd < 0 || n != 0)
		report("top: the threads cannot be listed: %m");
	return fd >= 0 && n == 0;
}

bool top_load(struct top_program *program, int root, char why[TOP_WHY])
{
	*program = (struct top_program){.skeleton = NULL};
	if (top_why_namespace(why, root))
		return false;
	libbpf_set_print(take_warning);
	program->skeleton = top_bpf__open();
	if (!check(program->skeleton != NULL, "the BPF program cannot be opened", why, root))
		return false;
	bpf_program__set_autoattach(program->skeleton->progs.on_throttle, false);
	bpf_program__set_autoattach(program->skeleton->progs.on_unthrottle, false);
	bpf_program__set_autoattach(program->skeleton->progs.on_replenish, false);
	if (!load(program, why, root))
		return false;
	program->groups = bpf_map__fd(program->skeleton->maps.groups);
	program->throttled = bpf_map__fd(program->skeleton->maps.throttled);
	return true;
}

bool top_readable(const struct top_program *program)
{
	uint64_t first;

	return bpf_map_get_next_key(program->groups, NULL, &first) == 0 || errno == ENOENT;
}

/*
 * Wait until the programs that run have ended. They run with preemption off, and so it is enough
 * that each CPU has switched. membarrier(2) does not wait for CPUs that are nohz_full. Then the map
 * of maps is updated, as Linux waits likewise until no program uses what it replaces.
 */
static bool wait_for_programs(const struct top_program *program)
{
	uint32_t first = 0;
	int map = bpf_map__fd(program->skeleton->maps.nothing);

	return syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) == 0 ||
	       bpf_map_update_elem(bpf_map__fd(program->skeleton->maps.barrier), &first, &map,
				   BPF_ANY) == 0;
}

bool top_end_epoch(const struct top_program *program, uint32_t *epoch)
{
	if (!iterate(program))
		return false;
	if (program->skeleton->bss->full == 1) {
		report("top: there are more than %u vCPUs; the others are not shown", TOP_VCPUS);
		program->skeleton->bss->full = 2;
	}
	*epoch = program->skeleton->bss->epoch;
	program->skeleton->bss->epoch = !*epoch;
	if (wait_for_programs(program))
		return true;
	report("top: the CPUs cannot be waited for: %m");
	return false;
}

void top_unload(struct top_program *program)
{
	top_bpf__destroy(program->skeleton);
	*program = (struct top_program){.skeleton = NULL};
}
