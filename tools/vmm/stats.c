/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "tools/vmm/stats.h"
#include "tools/vmm/uapi.h"

/* The file offset of the value with this name, or -ENOENT. */
static int64_t find(const struct kvm_stats_header *header, const char *descriptors,
		    const char *name)
{
	size_t size = sizeof(struct kvm_stats_desc) + header->name_size;

	for (uint32_t i = 0; i < header->num_desc; i++) {
		const char *at = descriptors + i * size;
		struct kvm_stats_desc d;

		memcpy(&d, at, sizeof(d));
		if (strncmp(at + sizeof(d), name, header->name_size) == 0)
			return (int64_t)header->data_offset + d.offset;
	}
	return -ENOENT;
}

static int read_places(struct vcpu_stats *s)
{
	struct kvm_stats_header header;

	if (pread(s->fd, &header, sizeof(header), 0) != (ssize_t)sizeof(header))
		return -EIO;
	size_t size = header.num_desc * (sizeof(struct kvm_stats_desc) + header.name_size);
	char *descriptors = malloc(size);
	if (descriptors == NULL)
		return -ENOMEM;
	int error = 0;
	if (pread(s->fd, descriptors, size, header.desc_offset) == (ssize_t)size) {
		s->exits = find(&header, descriptors, "exits");
		s->blocking = find(&header, descriptors, "blocking");
		error = s->exits < 0 || s->blocking < 0 ? -ENOENT : 0;
	} else {
		error = -EIO;
	}
	free(descriptors);
	return error;
}

int stats_open(struct vcpu_stats *s, int vcpu_fd)
{
	s->fd = ioctl(vcpu_fd, KVM_GET_STATS_FD, NULL);
	if (s->fd < 0)
		return errno == ENOTTY ? -ENOENT : -errno;
	int error = read_places(s);
	if (error != 0)
		stats_close(s);
	return error;
}

void stats_close(struct vcpu_stats *s)
{
	close(s->fd);
	s->fd = -1;
}

static uint64_t value(const struct vcpu_stats *s, int64_t offset)
{
	uint64_t v = 0;

	return pread(s->fd, &v, sizeof(v), offset) == (ssize_t)sizeof(v) ? v : 0;
}

uint64_t stats_exits(const struct vcpu_stats *s)
{
	return value(s, s->exits);
}

bool stats_blocking(const struct vcpu_stats *s)
{
	return value(s, s->blocking) != 0;
}
