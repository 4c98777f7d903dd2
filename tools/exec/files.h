/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_FILES_H
#define TOOLS_EXEC_FILES_H

/*
 * The numbers of the files that stand for a process's VMs and vCPUs, as it makes, copies and closes
 * them.
 */
#include "tools/exec/watch.h"

/* The one of this number, or NULL. */
struct exec_file *files_find(const struct exec_kvm *kvm, int fd);

/* The one of the low half of `fd`, if it is of that kind. */
struct exec_file *files_find_kind(const struct exec_kvm *kvm, uint64_t fd, bool is_vcpu);

/* Whatever had this number has been closed. false: no memory. */
bool files_add(struct exec_kvm *kvm, int fd, bool is_vcpu, size_t index);

/* `to` is the same file as `from` from now on, which may be none of these. false: no memory. */
bool files_copy(struct exec_kvm *kvm, uint64_t from, int64_t to);

/* Those of the numbers first to last are closed. */
void files_remove(struct exec_kvm *kvm, uint64_t first, uint64_t last);

/*
 * One more, all zero, behind the `count` in *list, of `size` bytes each; NULL: no memory, and
 * nothing has changed.
 */
void *files_one_more(void **list, size_t *count, size_t size);
#define FILES_ONE_MORE(list, count) files_one_more((void **)&(list), &(count), sizeof(*(list)))

#endif
