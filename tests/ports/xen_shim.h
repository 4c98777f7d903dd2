/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What our files in ports/xen use of Xen, as far as a compiler needs it: tests/ports/xen_compile.t
 * gives them this file in place of each of Xen's headers. Names and types are Xen's, so that a
 * wrong argument is an error here as well; nothing can be linked.
 */
#ifndef XEN_SHIM_H
#define XEN_SHIM_H

typedef unsigned char uint8_t;
typedef unsigned int uint32_t;
typedef unsigned long uint64_t, size_t, paddr_t, register_t;
typedef signed int int32_t;
typedef signed long int64_t, uintptr_t, s_time_t;
typedef _Bool bool;
#define true 1
#define NULL ((void *)0)

#define false 0

#define always_inline	       inline __attribute__((__always_inline__))
#define __init		       __attribute__((__used__))
#define __read_mostly	       __attribute__((__used__))
#define cf_check	       __attribute__((__used__))
#define unlikely(x)	       __builtin_expect(!!(x), 0)
#define read_atomic(p)	       (*(volatile __typeof__(*(p)) *)(p))
#define max(a, b)	       ((a) > (b) ? (a) : (b))
#define BUILD_BUG_ON(x)	       _Static_assert(!(x), #x)
#define write_atomic(p, value) ((void)(*(volatile __typeof__(*(p)) *)(p) = (value)))

#define boolean_runtime_param(name, variable) extern int shim_param_##variable
#define presmp_initcall(function)	      int shim_call(void) __attribute__((__alias__(#function)))

#define PAGE_SIZE		4096ul
#define PFN_DOWN(x)		((x) >> 12)
#define MAX_VIRT_CPUS		128u
#define GUEST_PVTIME_BASE	0x3a000000ul
#define GUEST_PVTIME_SIZE	0x10000ul
#define XENLOG_WARNING		""
#define EBUSY			16
#define get_order_from_bytes(n) (__builtin_ctzl(n) - 12)

typedef struct {
	unsigned long gfn;
} gfn_t;
typedef struct {
	unsigned long mfn;
} mfn_t;
typedef int p2m_type_t;
#define p2m_ram_ro	  3
#define INVALID_MFN	  ((mfn_t){~0ul})
#define SHARE_ro	  1
#define RUNSTATE_running  0
#define RUNSTATE_runnable 1
#define RUNSTATE_blocked  2
#define RUNSTATE_offline  3

struct page_info;
struct rangeset;
struct dt_device_node;
struct cpu_user_regs;
struct timer {
	void (*function)(void *);
};
typedef struct {
	int unused;
} spinlock_t, rcu_read_lock_t;
struct sched_unit {
	s_time_t next_time;
};

struct vcpu_runstate_info {
	int state;
	uint64_t state_entry_time;
	uint64_t time[4];
};

#include <asm/pvtime.h>

struct vcpu {
	unsigned int vcpu_id;
	struct domain *domain;
	struct vcpu *next_in_list;
	struct sched_unit *sched_unit;
	struct vcpu_runstate_info runstate;
	struct {
		struct vcpu_pvtime pvtime;
	} arch;
};

struct domain {
	struct domain *next_in_list;
	struct vcpu **vcpu;
	struct {
		struct domain_pvtime pvtime;
	} arch;
};

extern struct vcpu *current;
extern struct domain *domain_list;
extern rcu_read_lock_t domlist_read_lock, sched_res_rculock;
#define for_each_domain(d)  for ((d) = domain_list; (d) != NULL; (d) = (d)->next_in_list)
#define for_each_vcpu(d, v) for ((v) = (d)->vcpu[0]; (v) != NULL; (v) = (v)->next_in_list)

int printk(const char *format, ...);
void panic(const char *format, ...) __attribute__((__noreturn__));
void *memset(void *to, int byte, size_t n);
int strcmp(const char *a, const char *b);
int dt_property_read_string(const struct dt_device_node *node, const char *name,
			    const char **value);
void *alloc_xenheap_pages(unsigned int order, unsigned int flags);
void free_xenheap_pages(void *pages, unsigned int order);
struct page_info *virt_to_page(const void *address);
mfn_t maddr_to_mfn(paddr_t address);
paddr_t mfn_to_maddr(mfn_t mfn);
paddr_t virt_to_maddr(const void *address);
gfn_t gaddr_to_gfn(paddr_t address);
gfn_t gfn_add(gfn_t gfn, unsigned long i);
mfn_t mfn_add(mfn_t mfn, unsigned long i);
bool mfn_eq(mfn_t a, mfn_t b);
mfn_t p2m_lookup(struct domain *d, gfn_t gfn, p2m_type_t *type);
int guest_physmap_add_entry(struct domain *d, gfn_t gfn, mfn_t mfn, unsigned long order,
			    p2m_type_t type);
void share_xen_page_with_guest(struct page_info *page, struct domain *d, int flags);
int rangeset_remove_range(struct rangeset *r, unsigned long first, unsigned long last);
bool is_32bit_domain(const struct domain *d);
bool is_domain_direct_mapped(const struct domain *d);
bool is_hardware_domain(const struct domain *d);
void vcpu_runstate_get(const struct vcpu *v, struct vcpu_runstate_info *runstate);
register_t get_user_reg(struct cpu_user_regs *regs, int number);
void set_user_reg(struct cpu_user_regs *regs, int number, register_t value);
s_time_t NOW(void);
bool is_idle_unit(const struct sched_unit *unit);
bool unit_runnable(const struct sched_unit *unit);
void smp_mb(void);
#define MILLISECS(ms) ((s_time_t)(1000000ull * (ms)))
#define EINVAL	      22
#define STIME_MAX     ((s_time_t)((uint64_t)~0ull >> 1))
void init_timer(struct timer *t, void (*function)(void *), void *data, unsigned int cpu);
void set_timer(struct timer *t, s_time_t expires);
spinlock_t *unit_schedule_lock_irq(const struct sched_unit *unit);
void unit_schedule_unlock_irq(spinlock_t *lock, const struct sched_unit *unit);
void rcu_read_lock(rcu_read_lock_t *lock);
void rcu_read_unlock(rcu_read_lock_t *lock);

#endif
