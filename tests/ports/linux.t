#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: ports/port and ports/linux on a miniature of a source tree of Linux (tests/ports/port.sh).
# `make check-linux` is the test on the real sources.

set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
project=linux
# shellcheck source=tests/ports/port.sh
. "$(dirname "$0")/port.sh"

# The guest half.
# shellcheck disable=SC2016
make_guest() {
	words arch/arm64/kernel/Makefile 'obj-$(CONFIG_PARAVIRT)	+= paravirt.o'
	words arch/arm64/kernel/paravirt.c 'int before;' '' 'static int stolen_time_cpu_down_prepare(unsigned int cpu)' '{' '	a();' '}' '' \
		"$(function_ stolen_time_cpu_online '	reg = this_cpu_ptr(&a);' '')" \
		"$(function_ pv_time_init_stolen_time '	f(stolen_time_cpu_online,' '	stolen_time_cpu_down_prepare);')"
	words kernel/Makefile 'obj-$(CONFIG_BUDDY) += watchdog_buddy.o'
	words kernel/watchdog_buddy.c ''
	words kernel/watchdog.c '#include <asm/irq_regs.h>' \
		"$(function_ is_hardlockup '	per_cpu(hrtimer_interrupts_missed, cpu)++;' '' '	return true;')" \
		"$(function_ watchdog_hardlockup_kick '' '	atomic_inc_return(a);')" "$(function_ watchdog_enable '	update_touch_ts();')"
	words lib/Kconfig.debug 'config HARDLOCKUP_DETECTOR_ARCH'
}

# The miniature is made once, and copied for each test.
make_guest
mv "$work/tree" "$work/whole"
taken linux "$(steps)"
while read -r f; do
	cmp "ports/linux/linux/$f" "$work/tree/$f" || echo "$f" >>"$work/differ"
done <"$work/added"
[ ! -e "$work/differ" ]
report $? "our files are unchanged"
printf '%s\n' 'int before;' '' 'void stolen_time_cpu_online(void)' >"$work/expected"
head -n 3 "$work/tree/arch/arm64/kernel/paravirt.c" | diff "$work/expected" -
report $? "the definition that goes leaves one blank line"

needed 'static int stolen_time_cpu_down_prepare' stolen_time_cpu_online 'reg = this_cpu_ptr' pv_time_init_stolen_time 'paravirt\.o' 'watchdog_buddy\.o' irq_regs.h is_hardlockup watchdog_hardlockup_kick atomic_inc_return \
	watchdog_enable update_touch_ts HARDLOCKUP_DETECTOR_ARCH

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
taken "6.1, without the buddy detector" $(($(steps) - 1))
grep -q '^left out step 12-buddy:' "$work/report"
report $? "6.1: the step that it does not need is left out, and named"
[ ! -e "$work/tree/kernel/watchdog_steal.c" ]
report $? "6.1: its files are not added"
rm "$work/whole/arch/arm64/kernel/paravirt.c"
miniature
! port && grep -q 'not a source tree of Linux' "$work/err"
report $? "a tree that is not Linux's is refused"
! ports/port tests "$work/tree" "$work/series" 2>"$work/err" && grep -q 'tests is not a port' "$work/err"
report $? "a folder that is not a port is refused"

report_done
