/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KVM_SYS_H
#define KVM_SYS_H

/*
 * All calls of the library to the system. sys.c makes them; the unit tests link
 * tests/unit/libpvtime-kvm/fake.c instead. Every function that can fail returns a negative errno.
 */
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Returns the result of ioctl(2), or a negative errno. */
int pvtk_ioctl(int fd, unsigned long request, void *argument);

/* Zeroed memory; NULL if there is none. */
void *pvtk_alloc(size_t size);
void pvtk_free(void *memory);

/* Create a memfd that can be sealed; set its size, with all pages allocated; seal that size. */
int pvtk_memfd(const char *name);
int pvtk_fill(int fd, size_t size);
int pvtk_seal(int fd);
void pvtk_close(int fd);

int pvtk_map(int fd, size_t size, void **memory);
int pvtk_unmap(void *memory, size_t size);

/* Block `signo` in this thread and set *before to the mask before that; restore that mask. */
int pvtk_signal_block(int signo, sigset_t *before);
void pvtk_signal_unblock(const sigset_t *before);
/* Discard `signo` if it is pending. */
void pvtk_signal_discard(int signo);

/* A timer that sends `signo` to this thread once, `ns` after its start. A start with 0 stops it. */
int pvtk_timer_create(int signo, timer_t *timer);
int pvtk_timer_start(timer_t timer, uint64_t ns);
void pvtk_timer_delete(timer_t timer);

/*
 * How often this thread has given up its CPU to wait; always 0 if the system does not count this.
 */
uint64_t pvtk_sleeps(void);

/*
 * CNTFRQ_EL0: the counter's frequency in Hz, the same on every CPU of the machine; 0 on a machine
 * that is not arm64.
 */
uint32_t pvtk_frequency(void);

#endif
