/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KVM_SYS_H
#define KVM_SYS_H

/*
 * All that the library asks of the system. sys.c asks the real one; the unit tests link
 * tests/unit/libpvtime-kvm/fake.c instead. Every function that can fail returns a negative errno.
 */
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* What ioctl(2) returns, or a negative errno. */
int pvtk_ioctl(int fd, unsigned long request, void *argument);

/* Zeroed; NULL if there is none. */
void *pvtk_alloc(size_t size);
void pvtk_free(void *memory);

/* A memfd that may be sealed; its size, with all pages allocated; and that it will stay so. */
int pvtk_memfd(const char *name);
int pvtk_fill(int fd, size_t size);
int pvtk_seal(int fd);
void pvtk_close(int fd);

int pvtk_map(int fd, size_t size, void **memory);
int pvtk_unmap(void *memory, size_t size);

/* Block `signo` in this thread, whose mask was *before; and put that back. */
int pvtk_signal_block(int signo, sigset_t *before);
void pvtk_signal_unblock(const sigset_t *before);
/* Take it back, if it is pending. */
void pvtk_signal_discard(int signo);

/* A timer that sends `signo` to this thread, once, `ns` after it was started; 0 stops it. */
int pvtk_timer_create(int signo, timer_t *timer);
int pvtk_timer_start(timer_t timer, uint64_t ns);
void pvtk_timer_delete(timer_t timer);

/*
 * How often this thread has given up its CPU to wait for something; always 0 where the system does
 * not count it.
 */
uint64_t pvtk_sleeps(void);

/*
 * CNTFRQ_EL0: Hz of the counter, on every CPU of the machine; 0 where there is none, as this is no
 * arm64.
 */
uint32_t pvtk_frequency(void);

#endif
