/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * load maps: print a line for each map of this host's BPF programs:
 *
 *   map name=NAME type=TYPE entries=N key=BYTES value=BYTES
 */
#include <stdio.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "bench/top/load.h"

void tell_maps(char **words)
{
	__u32 id = 0;

	(void)words;
	while (bpf_map_get_next_id(id, &id) == 0) {
		struct bpf_map_info info = {.type = 0};
		__u32 size = sizeof(info);
		int fd = must(bpf_map_get_fd_by_id(id), "a map");

		must(bpf_obj_get_info_by_fd(fd, &info, &size), "a map");
		printf("map name=%s type=%s entries=%u key=%u value=%u\n", info.name,
		       info.type == BPF_MAP_TYPE_HASH ? "hash" : "array", info.max_entries,
		       info.key_size, info.value_size);
		close(fd);
	}
}
