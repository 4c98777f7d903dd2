/* SPDX-License-Identifier: BSD-2-Clause */
/* /sys/kernel/debug/kvm/PID-FD/vcpuN/pid: the thread that has run that vCPU last. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tools/probe/files.h"
#include "tools/probe/vms.h"

#define KVM_DEBUGFS "sys/kernel/debug/kvm"

static DIR *open_dir(int at, const char *path)
{
	int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

	if (dir == NULL && fd >= 0)
		close(fd);
	return dir;
}

static void take(struct probe_vm *vm, unsigned tid, unsigned id)
{
	for (size_t i = 0; i < vm->count; i++) {
		struct probe_vcpu *vcpu = &vm->vcpu[i];

		if (vcpu->tid != tid || vcpu->by == PROBE_BY_IOCTL)
			continue;
		vcpu->known = true;
		vcpu->id = id;
		vcpu->by = PROBE_BY_DEBUGFS;
	}
}

/* One VM's directory. */
static void read_vm(struct probe_vm *vm, int at, const char *name)
{
	DIR *dir = open_dir(at, name);

	for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
		char path[300], text[32];
		unsigned id;
		int end = 0;

		if (sscanf(e->d_name, "vcpu%u%n", &id, &end) != 1 || e->d_name[end] != '\0')
			continue;
		snprintf(path, sizeof(path), "%s/pid", e->d_name);
		if (probe_read(dirfd(dir), path, text, sizeof(text)) > 0)
			take(vm, (unsigned)strtoul(text, NULL, 10), id);
	}
	if (dir != NULL)
		closedir(dir);
}

void probe_debugfs(struct probe_vm *vm, int root)
{
	DIR *dir = open_dir(root, KVM_DEBUGFS);

	for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;)
		if (strchr("0123456789", e->d_name[0]) != NULL)
			read_vm(vm, dirfd(dir), e->d_name);
	if (dir != NULL)
		closedir(dir);
}
