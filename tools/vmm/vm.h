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

#define SIGNAL_KICK    SIGUSR1 /* out of KVM_RUN */
#define SIGNAL_LIBRARY SIGUSR2 /* libpvtime-kvm's, in a thread by itself */

struct kvm_run;
struct vm;

struct vcpu {
	struct vm *vm;
	unsigned id;
	int fd;
	struct kvm_run *run;
	struct vcpu_stats stats;

	/* Its thread, and what that tells others of itself. */
	pthread_t thread;
	struct looker looker;
	atomic_bool visible; /* looker is set */
	atomic_bool stop;    /* it is to leave */
	bool may_run;	     /* KVM_RUN is the guest's from now on; with ready_lock */
	bool in_kvm;
	/* Its last words: valid when it has ended. */
	struct look last;
	bool ended_off; /* PSCI has switched it off */

	/* The main thread's. */
	struct account account;
	uint64_t exits, published_ns;
	uint64_t exits_before; /* those that a snapshot had */
	uint64_t asleep_exits; /* without those, when it was called out of KVM_RUN (stuck.c) */
	bool in_wfi;	       /* and whether it was there */
};

enum vm_event { VM_NOTHING, VM_WANTS_OFF, VM_WANTS_RESET, VM_FAILED };

struct vm {
	const struct vmm_vm *config;
	unsigned id;
	struct outlet *outlet;
	const struct cgroups *cgroups;
	int wake; /* an eventfd that the main thread polls */
	int kvm, fd, gic;
	uint8_t *ram, *flash;
	struct pvtime_kvm *stolen; /* NULL: it is denied */
	size_t run_size;	   /* of each kvm_run */
	struct vcpu vcpus[MAP_MAX_VCPUS_PER_VM];
	unsigned made; /* vCPUs that there are */
	bool running;  /* and they have threads */
	bool restored; /* it goes on where a snapshot was taken */
	bool off;      /* and was off there */
	bool saving;   /* its vCPUs' threads are to settle what KVM keeps of them before they end */
	bool paused;   /* it has none, and goes on when the lab does */
	void *stolen_blob;
	size_t stolen_blob_size;
	unsigned ready; /* threads of a restored VM that only wait for the others */
	pthread_mutex_t ready_lock;
	pthread_cond_t all_ready; /* or anything else that they wait for */
	bool called;		  /* out of KVM_RUN, to be asked (stuck.c) */
	unsigned came;
	uint64_t idle_run_ns, idle_since, patience_ns;
	bool has_input;	    /* its UART may be typed into */
	bool stuck;	    /* reported: nothing can run it any more */
	bool counter_saved; /* from before a reset: the guest's virtual counter less the host's */
	uint64_t counter_offset;
	uint64_t stopped_virtual, stopped_physical; /* while it is paused; 0: KVM does not tell */

	pthread_mutex_t device_lock;
	struct pl011 uart;
	struct pl031 rtc;
	bool noticed; /* it has printed, or asked for a reset: something that somebody can see */
	atomic_bool told_nowhere; /* that it has accessed an address where nothing is: once */

	atomic_int event; /* enum vm_event, the first that a vCPU has met */
	pthread_mutex_t why_lock;
	char why[200]; /* what has failed first; read after the event */
};

/* Once for each VM, from what is told and descriptors that stay open. */
void vm_init(struct vm *vm, unsigned id, const struct vmm_vm *config);

/* As after power-on, loaded; its vCPUs have no threads yet. false: vm->why says what failed. */
bool vm_create(struct vm *vm);
/* What vm_create() has made, also where it failed. No vCPU has a thread. */
void vm_destroy(struct vm *vm);

/*
 * KVM_CREATE_VM on /dev/kvm, as ioctl() has it. A host may have less than KVM's default of 40 bits
 * of IPA, and must then be asked for what it has.
 */
int vm_new_fd(int kvm);

/* Its vCPUs run, and their ledgers begin. false: vm->why. */
bool vm_start(struct vm *vm);
/* It was off when the snapshot was taken, and still is: its ledger goes on. */
void vm_resume_off(struct vm *vm);
/* Every vCPU's thread has ended, and its ledger goes on in `state`, OFF or PAUSED. */
void vm_stop(struct vm *vm, enum pvtime_state state);
/*
 * If it runs: its vCPUs are PAUSED, and its counter stands. And again as before, without threads if
 * it is not to run: it is then as after vm_stop(). false: vm->why.
 */
void vm_pause(struct vm *vm);
bool vm_resume(struct vm *vm, bool run);

/* Look at all vCPUs: their accounts are up to date, exits and published_ns as well. */
void vm_look(struct vm *vm, uint64_t now);

/* From a vCPU's thread: the main thread is to deal with it. The first event stays. */
void vm_tell(struct vm *vm, enum vm_event event);
/* With a reason; returns false. */
__attribute__((format(printf, 2, 3))) bool vm_fail(struct vm *vm, const char *format, ...);

/* An ioctl that must not fail: a negative value is told as NAME: what errno says. */
bool vm_call(struct vm *vm, int fd, unsigned long request, const void *argument, const char *name);
#define VM_CALL(vm, fd, request, argument) vm_call(vm, fd, request, argument, #request)

/* memory.c: RAM, loaded, and flash. And the numbers of all slots. */
enum vm_slot { SLOT_RAM, SLOT_FLASH, SLOT_STOLEN };
bool memory_create(struct vm *vm);
void memory_destroy(struct vm *vm);

/* gic.c: after all vCPUs were made. And the level of a shared interrupt. */
bool gic_create(struct vm *vm);
void gic_set_spi(struct vm *vm, unsigned intid, bool high);

/* counter.c: from before a reset to after it; and while it is paused, without threads. */
bool counter_save(struct vm *vm);
bool counter_restore(struct vm *vm);
void counter_stop(struct vm *vm);
bool counter_go(struct vm *vm);

/* device.c: what the guest did at an address that is no memory. true: it was emulated. */
bool device_access(struct vm *vm, uint64_t ipa, uint8_t *bytes, unsigned size, bool write);
/* Whether there is anything of this VMM's own, be it that it cannot be used so. */
bool device_is_at(uint64_t ipa);
/* A byte from the host's side for the UART; false: it has no room. */
bool device_type(struct vm *vm, uint8_t byte);

/* vcpu.c: a vCPU, initialised; and its thread. */
bool vcpu_create(struct vcpu *v);
void vcpu_destroy(struct vcpu *v);
bool vcpu_start(struct vcpu *v);
/* Out of the guest, and to its end; join waits for that. */
void vcpu_kick(struct vcpu *v);
void vcpu_join(struct vcpu *v);

/*
 * silent.c: the lab ends, and the VM lived until now. No vCPU runs, and the accounts are those of
 * now.
 */
void silent_tell(struct vm *vm);

#endif
