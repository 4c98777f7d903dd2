/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_VM_H
#define TOOLS_VMM_VM_H

/* A VM on KVM, and its vCPUs. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include "include/pvtime/kvm.h"
#include "machine/map.h"
#include "machine/pl011.h"
#include "machine/pl031.h"
#include "tools/vmm/account.h"
#include "tools/vmm/look.h"
#include "tools/vmm/outlet.h"
#include "tools/vmm/stats.h"
#include "tools/vmm/vmm.h"

#define SIGNAL_KICK    SIGUSR1 /* takes a vCPU's thread out of KVM_RUN */
#define SIGNAL_LIBRARY SIGUSR2 /* for libpvtime-kvm, which sends it to the calling thread */

struct kvm_run;
struct vm;

struct vcpu {
	struct vm *vm;
	unsigned id;
	int fd;
	struct kvm_run *run;
	struct vcpu_stats stats;

	/* The vCPU's thread, and what it shares with other threads. */
	pthread_t thread;
	struct looker looker;
	atomic_bool visible; /* `looker` is valid */
	atomic_bool stop;    /* the thread must end */
	bool may_run;	     /* from now on KVM_RUN runs the guest; protected by ready_lock */
	bool in_kvm;
	uint64_t refused_writes; /* stores to its structure */
	/* Valid after the thread has ended. */
	struct look last;
	bool ended_off; /* the vCPU is off by PSCI */

	/* Only for the main thread. */
	struct account account;
	uint64_t exits, published_ns;
	uint64_t exits_before; /* exits before the snapshot from which it was restored */
	uint64_t asleep_exits; /* the exits since then, when stuck.c called it out of KVM_RUN */
	bool in_wfi;	       /* whether it was in WFI at that time */
};

enum vm_event { VM_NOTHING, VM_WANTS_OFF, VM_WANTS_RESET, VM_FAILED };

struct vm {
	const struct vmm_vm *config;
	unsigned id;
	struct outlet *outlet;
	const struct cgroups *cgroups;
	int wake; /* eventfd that the main thread polls */
	int kvm, fd, gic;
	uint8_t *ram, *flash;
	struct pvtime_kvm *stolen; /* NULL: stolen time is denied */
	bool read_only;	 /* the guest cannot write to its structures, and KVM refreshes them */
	size_t run_size; /* of each kvm_run */
	struct vcpu vcpus[MAP_MAX_VCPUS_PER_VM];
	unsigned made; /* how many vCPUs exist */
	bool running;  /* its vCPUs have threads */
	bool restored; /* it continues from a snapshot */
	bool off;      /* it was off in the snapshot */
	bool saving;   /* the vCPUs' threads must call settle() (vcpu.c) before they end */
	bool paused;   /* its vCPUs have no threads until vm_resume() */
	void *stolen_blob;
	size_t stolen_blob_size;
	unsigned ready; /* threads of a restored VM that wait in wait_for_all() */
	pthread_mutex_t ready_lock;
	/* wakes the vCPUs' threads: all are ready, `called` has changed, or one must stop */
	pthread_cond_t all_ready;
	/* stuck.c has called the threads out of KVM_RUN; `came` of them have arrived */
	bool called;
	unsigned came;
	uint64_t idle_run_ns, idle_since, patience_ns;
	bool has_input; /* its UART may get input */
	bool stuck;	/* reported: nothing can ever run its vCPUs again */
	/*
	 * counter_offset is valid: the guest's virtual counter minus the host's, from before a
	 * reset
	 */
	bool counter_saved;
	uint64_t counter_offset;
	/* its counters while it is paused; 0: KVM does not report it */
	uint64_t stopped_virtual, stopped_physical;

	pthread_mutex_t device_lock;
	struct pl011 uart;
	struct pl031 rtc;
	bool noticed; /* it has printed something or asked for a reset, so it is visibly alive */
	atomic_bool told_nowhere; /* an access to an address without a device has been reported */

	atomic_int event; /* enum vm_event, the first that a vCPU reported */
	pthread_mutex_t why_lock;
	char why[200]; /* the first failure; read it after `event` */
};

/* Initialize a VM, once. */
void vm_init(struct vm *vm, unsigned id, const struct vmm_vm *config);

/*
 * Create the VM as after power-on, with its images loaded; its vCPUs have no threads yet. false:
 * vm->why says what failed.
 */
bool vm_create(struct vm *vm);
/* Release what vm_create() has made, even if it failed. No vCPU may have a thread. */
void vm_destroy(struct vm *vm);

/*
 * KVM_CREATE_VM on /dev/kvm; the result is ioctl()'s. On a host with fewer than KVM's default of 40
 * IPA bits, the call must ask for the host's number.
 */
int vm_new_fd(int kvm);

/* Start its vCPUs and their ledgers. false: vm->why. */
bool vm_start(struct vm *vm);
/* Restore a VM that was off in the snapshot: it stays off, and its ledger continues. */
void vm_resume_off(struct vm *vm);
/* End every vCPU's thread; the ledgers continue in `state`, OFF or PAUSED. */
void vm_stop(struct vm *vm, enum pvtime_state state);
/*
 * vm_pause() pauses a running VM: its vCPUs are PAUSED, and its counter stops. vm_resume() undoes
 * this; if `run` is false, it starts no threads, and the VM is as after vm_stop(). false: vm->why.
 */
void vm_pause(struct vm *vm);
bool vm_resume(struct vm *vm, bool run);

/* Look at all vCPUs: update their accounts, exits and published_ns. */
void vm_look(struct vm *vm, uint64_t now);

/* Called by a vCPU's thread: pass an event to the main thread. Only the first event is kept. */
void vm_tell(struct vm *vm, enum vm_event event);
/* Set vm->why, if it is not set. Always returns false. */
__attribute__((format(printf, 2, 3))) bool vm_fail(struct vm *vm, const char *format, ...);

/* Make an ioctl that must not fail. false: it did; vm->why is NAME and errno's text. */
bool vm_call(struct vm *vm, int fd, unsigned long request, const void *argument, const char *name);
#define VM_CALL(vm, fd, request, argument) vm_call(vm, fd, request, argument, #request)

/* memory.c: RAM with the images, and flash. And the numbers of all slots. */
enum vm_slot { SLOT_RAM, SLOT_FLASH, SLOT_STOLEN };
bool memory_create(struct vm *vm);
void memory_destroy(struct vm *vm);

/* gic.c: create the GIC, after all vCPUs; set the level of a shared interrupt's line. */
bool gic_create(struct vm *vm);
void gic_set_spi(struct vm *vm, unsigned intid, bool high);

/*
 * counter.c: keep the virtual counter over a reset (save, restore) and during a pause (stop, go),
 * while the vCPUs have no threads.
 */
bool counter_save(struct vm *vm);
bool counter_restore(struct vm *vm);
void counter_stop(struct vm *vm);
bool counter_go(struct vm *vm);

/* device.c: emulate the guest's access to an address without memory. true: it was emulated. */
bool device_access(struct vm *vm, uint64_t ipa, uint8_t *bytes, unsigned size, bool write);
/* Whether this VMM has a device at the address, even if it does not support the access. */
bool device_is_at(uint64_t ipa);

/*
 * refuse.c, for a vCPU's thread: give the guest an abort for its access to `ipa`. false: vm->why
 * says what failed.
 */
bool refuse_access(struct vcpu *v, uint64_t ipa);
/* Pass a byte of input to the UART. false: the UART has no room. */
bool device_type(struct vm *vm, uint8_t byte);

/* vcpu.c: create and initialise a vCPU; start its thread. */
bool vcpu_create(struct vcpu *v);
void vcpu_destroy(struct vcpu *v);
bool vcpu_start(struct vcpu *v);
/* kick takes the thread out of the guest and makes it end; join waits for the end. */
void vcpu_kick(struct vcpu *v);
void vcpu_join(struct vcpu *v);

/*
 * silent.c: at the end of the lab, for a VM that was running: report where it is, if it has never
 * been visibly alive. No vCPU may run, and the accounts must be up to date.
 */
void silent_tell(struct vm *vm);

#endif
