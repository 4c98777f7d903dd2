#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: our files in ports/xen, and the library's files beside them, compile under Xen's flags, by
# gcc and by clang, without Xen: tests/ports/xen_shim.h stands for its headers.

set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# Each header of Xen's that our files include becomes the shim; our own are found first.
find ports/xen/xen -name '*.[ch]' -exec sed -n 's/^#include [<"]\([a-z0-9_/.]*\)[>"].*/\1/p' {} + | sort -u | while read -r header; do
	case $header in
	pvtime/* | asm/pvtime.h | xen/pvtime.h) continue ;;
	esac
	mkdir -p "$(dirname "$work/$header")"
	echo '#include "tests/ports/xen_shim.h"' >"$work/$header"
done
mkdir -p "$work/pvtime"
cp ports/xen/xen/include/pvtime/types.h include/pvtime/abi.h include/pvtime/smccc.h \
	include/pvtime/view.h "$work/pvtime/"

flags="-std=gnu99 -O2 -Wall -Wstrict-prototypes -Werror -Wredundant-decls -Wdeclaration-after-statement -Wnested-externs -Wvla
	-Wno-pointer-arith -Wno-unused-but-set-variable -nostdinc -fno-builtin -fno-common -fno-strict-aliasing -ffreestanding
	-mgeneral-regs-only -DCONFIG_PVTIME -DCONFIG_ARM_64 -I. -I$work -Iports/xen/xen/include -Iports/xen/xen/arch/arm/include"

# compile COMPILER FILE: under Xen's flags.
compile() {
	# shellcheck disable=SC2086
	$1 $flags -include tests/ports/xen_shim.h -c -o "$work/object.o" "$2" 2>"$work/err" || {
		sed 's/^/# /' "$work/err"
		return 1
	}
}

files=$(find ports/xen/xen -name '*.c' | sort)
# shellcheck disable=SC2086
at_least "files of ours" 3 "$(echo $files | wc -w)"
for compiler in aarch64-linux-gnu-gcc 'clang --target=aarch64-linux-gnu'; do
	for file in $files lib/view.c lib/service.c; do
		report_of "${compiler%% *} compiles $file" compile "$compiler" "$file"
	done
	# The hooks are nothing where the port is not configured.
	echo '#include <xen/pvtime.h>
	bool shim_none(struct vcpu *v, struct cpu_user_regs *regs);
	bool shim_none(struct vcpu *v, struct cpu_user_regs *regs)
	{
		pvtime_switch_in(v);
		pvtime_wake(v);
		pvtime_slice(v->sched_unit, v->sched_unit);
		pvtime_scheduled(0);
		return pvtime_call(regs) || pvtime_arch_feature(0) == 0;
	}' >"$work/none.c"
	with=$flags
	flags="$flags -UCONFIG_PVTIME"
	report_of "${compiler%% *} compiles the hooks without CONFIG_PVTIME" compile "$compiler" "$work/none.c"
	flags=$with
	printf "%s\n" "#include <xen/pvtime.h>" 'int shim_wrong(struct domain *d); int shim_wrong(struct domain *d) { return pvtime_call(d); }' >"$work/wrong.c"
	! compile "$compiler" "$work/wrong.c" >/dev/null
	report $? "${compiler%% *} reports a wrong argument"
done

report_done
