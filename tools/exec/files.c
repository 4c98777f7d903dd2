/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include "tools/exec/files.h"

struct exec_file *files_find(const struct exec_kvm *kvm, int fd)
{
	for (size_t i = 0; i < kvm->file_count; i++)
		if (kvm->files[i].fd == fd)
			return &kvm->files[i];
	return NULL;
}

struct exec_file *files_find_kind(const struct exec_kvm *kvm, uint64_t fd, bool is_vcpu)
{
	struct exec_file *file = files_find(kvm, (int)fd);

	return file != NULL && file->is_vcpu == is_vcpu ? file : NULL;
}

void *files_one_more(void **list, size_t *count, size_t size)
{
	void *more = realloc(*list, (*count + 1) * size);

	if (more == NULL)
		return NULL;
	*list = more;
	void *last = (char *)more + *count * size;
	memset(last, 0, size);
	(*count)++;
	return last;
}

void files_remove(struct exec_kvm *kvm, uint64_t first, uint64_t last)
{
	size_t kept = 0;

	for (size_t i = 0; i < kvm->file_count; i++)
		if ((uint64_t)kvm->files[i].fd < first || (uint64_t)kvm->files[i].fd > last)
			kvm->files[kept++] = kvm->files[i];
	kvm->file_count = kept;
}

/* An entry with this number is stale, because its file was closed: replace it. */
bool files_add(struct exec_kvm *kvm, int fd, bool is_vcpu, size_t index)
{
	struct exec_file *file = files_find(kvm, fd);

	if (file == NULL)
		file = FILES_ONE_MORE(kvm->files, kvm->file_count);
	if (file != NULL)
		*file = (struct exec_file){.fd = fd, .is_vcpu = is_vcpu, .index = index};
	return file != NULL;
}

bool files_copy(struct exec_kvm *kvm, uint64_t from, int64_t to)
{
	const struct exec_file *file = files_find(kvm, (int)from);

	if (file != NULL)
		return files_add(kvm, (int)to, file->is_vcpu, file->index);
	files_remove(kvm, (uint64_t)to, (uint64_t)to);
	return true;
}

static int fd_of(const struct exec_kvm *kvm, bool is_vcpu, size_t index)
{
	for (size_t i = 0; i < kvm->file_count; i++)
		if (kvm->files[i].is_vcpu == is_vcpu && kvm->files[i].index == index)
			return kvm->files[i].fd;
	return -1;
}

int exec_vm_fd(const struct exec_kvm *kvm, size_t vm)
{
	return fd_of(kvm, false, vm);
}

int exec_vcpu_fd(const struct exec_kvm *kvm, size_t vcpu)
{
	return fd_of(kvm, true, vcpu);
}

bool exec_is_settled(const struct exec_kvm *kvm, size_t vm)
{
	bool settled = kvm->vms[vm].served;

	for (size_t i = 0; i < kvm->vcpu_count; i++)
		if (kvm->vcpus[i].vm == vm && !kvm->vcpus[i].begun && exec_vcpu_fd(kvm, i) >= 0)
			settled = false;
	return settled;
}

/* A VM without vCPUs may get some for as long as it has a file. */
bool exec_is_pending(const struct exec_kvm *kvm)
{
	for (size_t i = 0; i < kvm->file_count; i++) {
		const struct exec_file *file = &kvm->files[i];

		if (!exec_is_settled(kvm, file->is_vcpu ? kvm->vcpus[file->index].vm : file->index))
			return true;
	}
	return false;
}

size_t exec_runnable(const struct exec_kvm *kvm)
{
	size_t count = 0;

	for (size_t vm = 0; vm < kvm->vm_count; vm++) {
		bool runnable = false;

		for (size_t i = 0; i < kvm->vcpu_count; i++)
			runnable |= kvm->vcpus[i].vm == vm && exec_vcpu_fd(kvm, i) >= 0;
		count += runnable && exec_vm_fd(kvm, vm) >= 0;
	}
	return count;
}

void exec_forget(struct exec_kvm *kvm)
{
	for (size_t i = 0; i < kvm->vm_count; i++)
		free(kvm->vms[i].slots);
	free(kvm->vms);
	free(kvm->vcpus);
	free(kvm->files);
	*kvm = (struct exec_kvm){.vm_count = 0};
}
