/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef __KVM_ARM64_PVTIME_COMPAT_H__
#define __KVM_ARM64_PVTIME_COMPAT_H__

/* hrtimer_setup() came with Linux 6.13. */
#include <linux/hrtimer.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void
hrtimer_setup(struct hrtimer *timer,
	      enum hrtimer_restart (*function)(struct hrtimer *),
	      clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

#endif /* __KVM_ARM64_PVTIME_COMPAT_H__ */
