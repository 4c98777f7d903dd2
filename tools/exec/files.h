/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_FILES_H
#define TOOLS_EXEC_FILES_H

/*
 * The descriptors of a process's VMs and vCPUs, as the process opens, duplicates and closes them.
 */
#include "tools/exec/watch.h"

/* The file with this descriptor, or NULL. */
struct exec_file *files_find(const struct exec_kvm *kvm, int fd);

/* The file whose descriptor is the low half of `fd`, if it is of that kind; otherwise NULL. */
struct exec_file *files_find_kind(const struct exec_kvm *kvm, uint64_t fd, bool is_vcpu);

/*
 * Add a file. An older entry with this descriptor is replaced, because that file was closed. false:
 * out of memory.
 */
bool files_add(struct exec_kvm *kvm, int fd, bool is_vcpu, size_t index);

/*
 * Descriptor `to` now is a duplicate of `from`, which need not be a VM's or a vCPU's. false: out of
 * memory.
 */
bool files_copy(struct exec_kvm *kvm, uint64_t from, int64_t to);

/* Descriptors `first` to `last` were closed. */
void files_remove(struct exec_kvm *kvm, uint64_t first, uint64_t last);

/*
 * Append an element of `size` bytes, all zero, to the *count elements of *list. Returns the
 * element; NULL: out of memory, and nothing has changed.
 */
void *files_one_more(void **list, size_t *count, size_t size);
#define FILES_ONE_MORE(list, count) files_one_more((void **)&(list), &(count), sizeof(*(list)))

#endif
