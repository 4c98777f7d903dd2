#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: ports/port and ports/linux on a miniature of a source tree of Linux (tests/ports/port.sh).
# `make check-linux` is the test on the real sources.

set -u
project=linux
# shellcheck source=tests/ports/port.sh
. "$(dirname "$0")/port.sh"

# The host half.
# shellcheck disable=SC2016,SC1003
make_host() {
	words arch/arm64/kvm/Makefile 'kvm-y += arm.o \\' '	 arch_timer.o \\' '	 vgic.o'
	words arch/arm64/include/uapi/asm/kvm.h '#define   KVM_ARM_VCPU_PVTIME_IPA	0'
	words arch/arm64/include/asm/kvm_host.h '#include <asm/kvm_asm.h>' 'struct kvm_arch {' '	struct mutex config_lock;' '};' '' \
		'struct kvm_vcpu_arch {' '	/* Guest PV state */' '	struct {' '		u64 last_steal;' '		gpa_t base;' '	} steal;' '};' '' \
		'void kvm_update_stolen_time(struct kvm_vcpu *vcpu);' '' \
		"$(function_ kvm_arm_pvtime_vcpu_init '	a->steal.base = GPA_INVALID;')" '' "$(function_ kvm_arm_is_pvtime_enabled '	a->steal.base;')"
	words arch/arm64/kvm/pvtime.c '#include <asm/kvm_mmu.h>' '#include <asm/pvclock-abi.h>' '' '#include <kvm/arm_hypercalls.h>' '' \
		'void kvm_update_stolen_time(void)' '{' '}' '' 'long kvm_hypercall_pv_features(void)' '{' '}' '' \
		'gpa_t kvm_init_stolen_time(void)' '{' '}' '' "$(function_ kvm_arm_pvtime_supported '	return true;')" '' \
		"$(function_ kvm_arm_pvtime_set_attr '	if (!kvm_arm_pvtime_supported())' '	if (vcpu->arch.steal.base)' \
			'	gfn_to_hva(kvm, ipa >> PAGE_SHIFT);' '		vcpu->arch.steal.base = ipa;')" '' \
		"$(function_ kvm_arm_pvtime_get_attr '	if (!kvm_arm_pvtime_supported())' '	ipa = vcpu->arch.steal.base;')" '' \
		"$(function_ kvm_arm_pvtime_has_attr '	case KVM_ARM_VCPU_PVTIME_IPA:')"
	words arch/arm64/kvm/hypercalls.c 'case SPECTRE_UNAFFECTED:' 'case ARM_SMCCC_HV_PV_TIME_FEATURES:' 'val[0] = SMCCC_RET_SUCCESS;'
	words arch/arm64/kvm/arm.c "$(function_ kvm_arch_init_vm '	kvm_vgic_early_init(kvm);')" '' \
		"$(function_ kvm_arch_destroy_vm '	kvm_destroy_vcpus(kvm);')" '' "$(function_ kvm_arch_vcpu_destroy '	kvm_arm_vcpu_destroy(vcpu);')" '' \
		"$(function_ kvm_arm_resume_guest '		__kvm_vcpu_wake_up(vcpu);')" '' \
		"$(function_ kvm_arch_vcpu_load '	if (kvm_arm_is_pvtime_enabled(&vcpu->arch))')" '' \
		"$(function_ kvm_arch_vcpu_put '	vcpu->cpu = -1;')" '' \
		"$(function_ kvm_arch_vcpu_run_pid_change '	if (likely(vcpu_has_run_once(vcpu)))')" '' \
		"$(function_ check_vcpu_requests '		if (kvm_check_request(KVM_REQ_SLEEP, vcpu))')" '' \
		"$(function_ kvm_arch_vcpu_ioctl_run '	vcpu_put(vcpu);')" '' "$(function_ kvm_arch_vcpu_ioctl_vcpu_init '	vcpu_reset_hcr(vcpu);')"
	words include/linux/kvm_host.h 'bool kvm_vcpu_wake_up(struct kvm_vcpu *vcpu);'
	words virt/kvm/kvm_main.c "$(function_ kvm_vcpu_wake_up '		++vcpu->stat.generic.halt_wakeup;')"
	words Documentation/virt/kvm/arm/pvtime.rst 'The structure will be updated by the hypervisor prior to scheduling a VCPU.' 'structure per VCPU of the guest.'
	words Documentation/virt/kvm/devices/vcpu.rst '3.1 ATTRIBUTE: KVM_ARM_VCPU_PVTIME_IPA' '	 -EINVAL  Base address not 64 byte aligned' \
		'including the layout of the stolen time structure.'
	words tools/testing/selftests/kvm/steal_time.c ''
	words tools/testing/selftests/kvm/Makefile.kvm 'TEST_GEN_PROGS_arm64 += arm64/psci_test'
	words tools/testing/selftests/kvm/.gitignore '*.o'
}

# The scheduler, from 6.12 on.
make_scheduler() {
	words kernel/sched/core.c 'if (p->se.sched_delayed)' "$(function_ enqueue_task '	if (!(flags & ENQUEUE_RESTORE))')"
}

# The guest half.
# shellcheck disable=SC2016
make_guest() {
	words arch/arm64/kernel/Makefile 'obj-$(CONFIG_PARAVIRT)	+= paravirt.o'
	words arch/arm64/kernel/paravirt.c 'int before;' '' 'static int stolen_time_cpu_down_prepare(unsigned int cpu)' '{' '	a();' '}' '' \
		"$(function_ stolen_time_cpu_online '	reg = this_cpu_ptr(&a);' '' '	rcu_assign_pointer(reg->kaddr, kaddr);' '' '	if (!reg->kaddr) {' '	}' '	return -ENXIO;' '' '	return 0;')" \
		"$(function_ pv_time_init_stolen_time '	f(stolen_time_cpu_online,' '	stolen_time_cpu_down_prepare);')"
	words kernel/Makefile 'obj-$(CONFIG_BUDDY) += watchdog_buddy.o'
	words kernel/watchdog_buddy.c ''
	words kernel/watchdog.c '#include <asm/irq_regs.h>' \
		"$(function_ is_hardlockup '	per_cpu(hrtimer_interrupts_missed, cpu)++;' '' '	return true;')" \
		"$(function_ watchdog_hardlockup_kick '' '	atomic_inc_return(a);')" '' \
		"$(function_ watchdog_hardlockup_check '		per_cpu(watchdog_hardlockup_touched, cpu) = false;')" "$(function_ watchdog_enable '	update_touch_ts();')"
	words lib/Kconfig.debug 'config HARDLOCKUP_DETECTOR_ARCH'
}

# The miniature is made once, and copied for each test.
make_host
make_scheduler
make_guest
mv "$work/tree" "$work/whole"
taken linux "$(steps)"
while read -r f; do
	case $f in
	*/view.c | */service.c | */order.h | */store.h) cmp "lib/${f##*/}" "$work/tree/$f" ;;
	*/include/pvtime/types.h) cmp "ports/linux/linux/$f" "$work/tree/$f" ;;
	*/include/pvtime/*) cmp "include/pvtime/${f##*/}" "$work/tree/$f" ;;
	*/kvm_pvtime.h | */address.c | */place.h | */publish.c) ;; # later steps edit them
	*) cmp "ports/linux/linux/$f" "$work/tree/$f" ;;
	esac || echo "$f" >>"$work/differ"
done <"$work/added"
[ ! -e "$work/differ" ]
report $? "the library's files and ours are unchanged, but for those that a later step edits"
printf '%s\n' 'int before;' '' 'void stolen_time_cpu_online(void)' >"$work/expected"
head -n 3 "$work/tree/arch/arm64/kernel/paravirt.c" | diff "$work/expected" -
report $? "the definition that goes leaves one blank line"

needed 'arch_timer\.o' 'define   KVM_ARM_VCPU_PVTIME_IPA' kvm_asm.h 'struct kvm_arch ' 'struct mutex config_lock' 'Guest PV state' \
	'} steal;' kvm_arm_pvtime_vcpu_init kvm_arm_is_pvtime_enabled pvclock-abi.h arm_hypercalls.h kvm_update_stolen_time \
	kvm_hypercall_pv_features kvm_init_stolen_time kvm_arm_pvtime_set_attr kvm_arm_pvtime_get_attr kvm_arm_pvtime_has_attr \
	kvm_arm_pvtime_supported 'gfn_to_hva(' 'case KVM_ARM_VCPU_PVTIME_IPA' SPECTRE_UNAFFECTED ARM_SMCCC_HV_PV_TIME_FEATURES SMCCC_RET_SUCCESS \
	kvm_arch_init_vm kvm_vgic_early_init kvm_arch_destroy_vm kvm_destroy_vcpus kvm_arch_vcpu_destroy kvm_arm_vcpu_destroy kvm_arm_resume_guest __kvm_vcpu_wake_up kvm_arch_vcpu_load \
	'if (kvm_arm_is_pvtime_enabled' kvm_arch_vcpu_put \
	kvm_arch_vcpu_run_pid_change vcpu_has_run_once check_vcpu_requests KVM_REQ_SLEEP kvm_arch_vcpu_ioctl_run 'vcpu_put(vcpu);' \
	kvm_arch_vcpu_ioctl_vcpu_init vcpu_reset_hcr 'bool kvm_vcpu_wake_up' halt_wakeup 'The structure will be updated' 'structure per VCPU' \
	'3.1 ATTRIBUTE' 'Base address not' 'including the layout'
needed 'static int stolen_time_cpu_down_prepare' stolen_time_cpu_online 'reg = this_cpu_ptr' 'rcu_assign_pointer(reg' '!reg->kaddr' ENXIO 'return 0;' pv_time_init_stolen_time 'paravirt\.o' 'watchdog_buddy\.o' irq_regs.h is_hardlockup watchdog_hardlockup_kick atomic_inc_return \
	watchdog_hardlockup_check watchdog_hardlockup_touched watchdog_enable update_touch_ts HARDLOCKUP_DETECTOR_ARCH enqueue_task ENQUEUE_RESTORE psci_test

# The forms of a place in other versions.
judged() {
	port && grep -q "$1" "$work/tree/kernel/watchdog.c"
	report $? "$2"
}
miniature
judged 'interrupts_missed, cpu) + 1))' "7.2: each missed interrupt is judged"
miniature
sed -i '/interrupts_missed/d' "$work/tree/kernel/watchdog.c"
judged 'return watchdog_steal_had_time(cpu, 3);' "6.12: three missed interrupts are judged"
miniature
rm "$work/whole/kernel/watchdog_buddy.c"
sed -i /watchdog_buddy/d "$work/whole/kernel/Makefile"
sed -i /sched_delayed/d "$work/whole/kernel/sched/core.c"
selftests=$work/whole/tools/testing/selftests/kvm
sed 's/arm64/aarch64/g' "$selftests/Makefile.kvm" >"$selftests/Makefile"
rm "$selftests/Makefile.kvm"
echo /aarch64/psci_test >"$selftests/.gitignore"
taken "6.1, without the buddy detector and delayed dequeue" $(($(steps) - 2))
grep -q '^left out step 12-buddy:' "$work/report" && grep -q '^left out step 13-run-delay:' "$work/report"
report $? "6.1: the steps that it does not need are left out, and named"
grep -q '^TEST_GEN_PROGS_aarch64 += arm64/pvtime_total$' "$work/tree/tools/testing/selftests/kvm/Makefile"
report $? "6.1: its Makefile of the selftests has the architecture's other name"
grep -q '^/arm64/pvtime_total$' "$work/tree/tools/testing/selftests/kvm/.gitignore"
report $? "6.1: git ignores the selftest's program"
[ ! -e "$work/tree/kernel/watchdog_steal.c" ]
report $? "6.1: its files are not added"
rm "$selftests/steal_time.c"
taken "without the selftests of KVM" $(($(steps) - 3))
miniature
mkdir -p "$work/other/steps"
cp ports/linux/tree "$work/other"
# mistaken EDIT TEXT NAME: a step that adds a file, and then has this edit, is refused with TEXT.
mistaken() {
	printf '%s\n' 'A step' ---- 'copy lib/view.c arch/view.c' "$1" >"$work/other/steps/1-step"
	! ports/port "$work/other" "$work/tree" "$work/series" 2>"$work/err" && grep -q "^step 1-step: $2" "$work/err" && diff -r "$work/was" "$work/tree"
	report $? "$3"
}
mistaken 'needs kernel/none.c' 'expected .needs. before' "a step that needs a file after its first edit is refused"
mistaken 'take kernel/none.c' 'there is no file' "a step that takes a file which the port lacks is refused"
mistaken 'copy lib/view.c kernel/watchdog.c' '.*has a file kernel/watchdog.c already' "a step that adds a file which the tree has is refused"
miniature
! ports/port ports/linux "$work/tree" "$work/err/series" 2>"$work/why" && grep -q 'is not a folder that patches can be written to' "$work/why" &&
	diff -r "$work/was" "$work/tree"
report $? "without a place for the patches, nothing is changed"
printf '' >"$work/tree/arch/arm64/kvm/pvtime"
cp -R "$work/tree" "$work/blocked"
! ports/port ports/linux "$work/tree" "$work/series" 2>"$work/why" && grep -q 'arch/arm64/kvm/pvtime is not a folder that can be written to' "$work/why" &&
	diff -r "$work/blocked" "$work/tree"
report $? "where a file has the place of a folder of ours, nothing is changed"
miniature
rm -rf "$work/series"
mkdir "$work/series"
printf '%s\n' 'From: somebody' >"$work/series/0001-own.patch"
printf '%s\n' '-- ' pvtime >"$work/series/0099-old.patch"
port && [ -e "$work/series/0001-own.patch" ] && [ ! -e "$work/series/0099-old.patch" ]
report $? "patches of an earlier run go, and others stay"
! port && grep -q 'has this port already' "$work/err"
report $? "a tree that has the port is refused"
miniature
sed -i 's/^struct kvm_arch {/void kvm_pvtime_new_thread(struct kvm_vcpu *vcpu);\n&/' "$work/tree/arch/arm64/include/asm/kvm_host.h"
! port && grep -q 'has this port already' "$work/err"
report $? "a tree that has nothing but the first patch is refused"
rm "$work/whole/arch/arm64/kernel/paravirt.c"
miniature
! port && grep -q 'not a source tree of Linux' "$work/err"
report $? "a tree that is not Linux's is refused"
! ports/port tests "$work/tree" "$work/series" 2>"$work/err" && grep -q 'tests is not a port' "$work/err"
report $? "a folder that is not a port is refused"

report_done
