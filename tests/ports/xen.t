#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: ports/port and ports/xen on a miniature of a source tree of Xen (tests/ports/port.sh). `make
# xen` is the test on the real source.

set -u
project=xen
# shellcheck source=tests/ports/port.sh
. "$(dirname "$0")/port.sh"

# The miniature is made once, and copied for each test.
# shellcheck disable=SC2016
make_miniature() {
	words xen/arch/arm/Makefile 'obj-$(CONFIG_TEE) += tee/'
	words xen/arch/arm/Kconfig 'config SBSA_VUART_CONSOLE'
	words xen/arch/arm/include/asm/domain.h '#include <asm/gic.h>' "$(structure arch_domain)" "$(structure arch_vcpu)"
	words xen/include/public/arch-arm.h '#define GUEST_MAGIC_SIZE 1'
	words xen/arch/arm/domain.c '#include <xen/livepatch.h>' "$(function_ arch_domain_creation_finished '    a();')" \
		"$(function_ arch_domain_destroy '    p2m_final_teardown(d);')" "$(function_ schedule_tail '    update_runstate_area(current);')" \
		"$(function_ arch_dump_vcpu_info '    gic_dump_info(v);')"
	words xen/arch/arm/domain_build.c '#include <xen/sched.h>' "$(function_ find_unallocated_memory '    start = 0;')" \
		"$(function_ construct_domU '    vcpu_create(d, 0);')"
	words xen/arch/arm/traps.c '#include <xen/perfc.h>' "$(function_ do_trap_stage2_abort_guest '    p2m_mem_access_check(gpa);')"
	words xen/arch/arm/vsmc.c '#include <xen/lib.h>' \
		"$(function_ handle_arch '    int ret = ARM_SMCCC_NOT_SUPPORTED;')" "$(function_ handle_hypervisor '    default:' '        return false;')"
	words xen/common/sched/Makefile 'obj-$(CONFIG_SCHED_NULL) += null.o'
	words xen/common/sched/private.h '#ifndef A' '#endif'
	words xen/common/sched/core.c "$(function_ vcpu_wake '' '    unit_schedule_lock_irqsave(unit);' '        sched_wake(unit_scheduler(unit), unit);')" \
		"$(function_ do_schedule '' '    next = prev->next_task;')" \
		"$(function_ schedule '    atomic_set(&next->rendezvous_out_cnt, 0);' '' '    pcpu_schedule_unlock_irq(lock, cpu);')"
	words docs/misc/xen-command-line.pandoc '### rcu-idle-timer-period-ms'
	words docs/misc/arm/device-tree/booting.txt '- xen,domain-p2m-mem-mb'
	mv "$work/tree" "$work/whole"
}

make_miniature
taken xen "$(steps)"
[ -s "$work/added" ] && while read -r f; do
	case $f in
	xen/include/pvtime/types.h) cmp "ports/xen/$f" "$work/tree/$f" ;;
	xen/include/pvtime/*) cmp "include/pvtime/${f##*/}" "$work/tree/$f" ;;
	*/view.c | */service.c) cmp "lib/${f##*/}" "$work/tree/$f" ;;
	esac || echo "$f" >>"$work/differ"
done <"$work/added"
report_of "the library's files are unchanged" [ ! -e "$work/differ" ]

needed CONFIG_TEE gic.h arch_domain arch_vcpu GUEST_MAGIC_SIZE creation_finished p2m_final_teardown update_runstate_area \
	arch_dump_vcpu_info find_unallocated_memory 'start = 0' construct_domU vcpu_create p2m_mem_access_check 'int ret' handle_hypervisor \
	'return false' CONFIG_SCHED_NULL vcpu_wake unit_schedule_lock_irqsave sched_wake do_schedule next_task rendezvous_out_cnt pcpu_schedule_unlock_irq rcu-idle-timer domain-p2m-mem-mb

# The forms of a place in other versions: excluded FILE CALL NAME.
excluded() {
	port && [ "$(grep -c pvtime_exclude_region "$work/tree/$1")" = 1 ] && grep -qxF "    res = $2;" "$work/tree/$1"
	report $? "$3"
}
miniature
excluded xen/arch/arm/domain_build.c 'pvtime_exclude_region(kinfo->d, unalloc_mem, 0)' "4.17: the free addresses are in bytes"
miniature
sed -i 's/    start = 0;/    PFN_DOWN(0);\n&/' "$work/tree/xen/arch/arm/domain_build.c"
excluded xen/arch/arm/domain_build.c 'pvtime_exclude_region(kinfo->d, unalloc_mem, PAGE_SHIFT)' "4.18: they are in pages"
miniature
words xen/arch/arm/domain_build.c '#include <xen/sched.h>'
words xen/common/device-tree/dom0less-build.c '#include <xen/sched.h>' "$(function_ construct_domU '    vcpu_create(d, 0);')"
words xen/common/device-tree/domain-build.c '#include <xen/sched.h>' \
	"$(function_ find_unallocated_memory '    kinfo->bd.d;' '    PFN_DOWN(0);' '    start = 0;')"
excluded xen/common/device-tree/domain-build.c 'pvtime_exclude_region(kinfo->bd.d, unalloc_mem, PAGE_SHIFT)' "4.21: they are in another file"
grep -qxF '    pvtime_domain_config(d, node);' "$work/tree/xen/common/device-tree/dom0less-build.c"
report $? "4.21: so is the making of a domain"
miniature
rm -rf "$work/tree/xen/arch/arm/vsmc.c" "$work/was/xen/arch/arm/vsmc.c"
! port && grep -q 'not a source tree of Xen' "$work/err"
report $? "a tree that is not Xen's is refused"

report_done
