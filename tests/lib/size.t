#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: limits of the AArch64 library: at most 6 KiB of text (including read-only data) without
# linux_attr.c, of which what the guest sees has at most 1.5 KiB and works alone; no data of its
# own, no undefined symbol, no FP register, and a limited number of instructions in
# pvtime_switch_in(). Each check is first run on an object that it must reject.

set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
build=${BUILD:-build}
cross=${CROSS:-aarch64-linux-gnu-}
text_limit=6144
view_limit=1536
hot_limit=27
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# sizes FILE: print the total text, data and bss of an object or archive.
sizes() {
	"${cross}size" -t "$1" | tail -n 1 | awk '{ print $1, $2, $3 }'
}

# text_fits FILE LIMIT
text_fits() {
	[ "$(sizes "$1" | cut -d' ' -f1)" -le "$2" ]
}

no_globals() {
	[ "$(sizes "$1" | cut -d' ' -f2-)" = "0 0" ]
}

# Print the undefined symbols that no member of the archive defines.
foreign_symbols() {
	"${cross}nm" "$1" | awk '
		$1 == "U" { wanted[$2] }
		NF == 3 && $2 ~ /[TRDB]/ { defined[$3] }
		END { for (s in wanted) if (!(s in defined)) print s }'
}

self_contained() {
	[ -s "$1" ] && [ -z "$(foreign_symbols "$1")" ]
}

# The operands have no q, d, s, h or v register. Branch targets are removed first, as they look like
# some.
no_fp() {
	! "${cross}objdump" -d --no-show-raw-insn "$1" | cut -f3- | sed 's/[0-9a-f]* <.*//' | grep -Eq '(^|[ ,{[])([qdsh][0-9]+|v[0-9]+\.)'
}

# instructions FILE FUNCTION: print the number of FUNCTION's instructions, or `calls` if it calls
# another function.
instructions() {
	"${cross}objdump" -d --no-show-raw-insn "$1" |
		awk -v f="<$2>:" '$2 == f { on = 1; next } !NF { on = 0 } on' >"$work/body"
	grep -Eq '[[:space:]]bl[[:space:]]' "$work/body" && echo calls && return
	wc -l <"$work/body"
}

# executed FILE: print how many instructions one call of pvtime_switch_in executes, at a frequency
# whose ticks are whole nanoseconds.
executed() {
	"${cross}gcc" -std=c11 -Os -ffreestanding -mgeneral-regs-only -nostdlib -static -Iinclude \
		-o "$work/hot" tests/lib/hot.c "$1" || return
	range=$("${cross}nm" -S "$work/hot" | awk '$4 == "pvtime_switch_in" { print "0x" $1 "+0x" $2 }')
	QEMU_SINGLESTEP=1 QEMU_ONE_INSN_PER_TB=1 qemu-aarch64 -d exec,nochain -dfilter "$range" -D "$work/trace" "$work/hot" &&
		grep -c '^Trace' "$work/trace"
}

hot_path_is_lean() {
	[ "$(instructions "$1" pvtime_switch_in)" != calls ] || return
	count=$(executed "$1")
	[ "${count:-0}" -gt 0 ] && [ "$count" -le $hot_limit ]
}

# The function has exactly one 64-bit store through a pointer to a number, which is the one into the
# structure, and no 16-bit or 32-bit store (R-27).
one_store() {
	instructions "$1" pvtime_switch_in >"$work/count"
	[ "$(grep -Ec '[[:space:]](stlr|str|stur)[[:space:]]+x[0-9]+, \[x[0-9]+\]$' "$work/body")" -eq 1 ] &&
		! grep -Eq '[[:space:]](strh|str|stur|stp)[[:space:]]+w' "$work/body"
}

# bad SOURCE: compile an object that a check has to reject.
bad() {
	"${cross}gcc" -std=c11 -Os -ffreestanding -fno-asynchronous-unwind-tables -Iinclude -c -o "$work/bad.o" -xc - <<EOF
$1
EOF
}

bad 'const char big[7000] = {1};'
! text_fits "$work/bad.o" $text_limit
report $? "the check of text size rejects 7000 bytes"
bad 'int counter;'
! no_globals "$work/bad.o"
report $? "the check of data rejects a global variable"
bad 'void *memcpy(void *, const void *, unsigned long); void f(char *a, char *b, int n) { memcpy(a, b, n); }'
! self_contained "$work/bad.o"
report $? "the check of undefined symbols rejects a call of memcpy"
bad 'void f(double *x) { *x *= 3; }'
! no_fp "$work/bad.o"
report $? "the check of FP registers rejects a use of them"
bad '#include <stdint.h>
void g(void); void pvtime_switch_in(uint64_t *v, uint64_t now) { *v = now; g(); g(); }'
! hot_path_is_lean "$work/bad.o"
report $? "the check of the hot path rejects a call"
bad '#include <pvtime/ledger.h>
bool pvtime_switch_in(struct pvtime_vcpu *v, uint64_t now)
{ for (volatile int i = 0; i < 9; i++) ; v->since = now; *v->view.counter = now / 1000 * 16000 / 2; return 1; }
int pvtime_vcpu_init(struct pvtime_vcpu *v, enum pvtime_dialect d, uint32_t f, uint64_t n) { return 0; }
void pvtime_map(struct pvtime_view *v, struct pvtime_stolen *p) { v->counter = &p->stolen_ns; }
bool pvtime_account(struct pvtime_vcpu *v, enum pvtime_state s, uint64_t n) { return true; }'
[ "$(executed "$work/bad.o")" -gt $hot_limit ] && ! hot_path_is_lean "$work/bad.o"
report $? "the check of the hot path rejects a loop"
bad '#include <pvtime/ledger.h>
bool pvtime_switch_in(struct pvtime_vcpu *v, uint64_t now)
{ volatile uint32_t *p = (volatile uint32_t *)v->view.counter; p[2] = (uint32_t)now; p[3] = (uint32_t)(now >> 32); return 1; }'
! one_store "$work/bad.o"
report $? "the check of the store rejects a store in two halves"

for variant in a64 a64-clang; do
	lib=$build/$variant/lib/libpvtime.a
	cp "$lib" "$work/without.a" && "${cross}ar" d "$work/without.a" linux_attr.o
	text_fits "$work/without.a" $text_limit
	report $? "$variant: the library without linux_attr.c has $(sizes "$work/without.a" | cut -d' ' -f1) bytes of text, at most $text_limit"
	no_globals "$lib"
	report $? "$variant: the library has no data and no bss"
	"${cross}ld" -r -o "$work/view.o" "$build/$variant/lib/view.o" "$build/$variant/lib/service.o"
	text_fits "$work/view.o" $view_limit && self_contained "$work/view.o"
	report $? "$variant: what the guest sees has $(sizes "$work/view.o" | cut -d' ' -f1) bytes of text, at most $view_limit, and needs nothing else"
	self_contained "$lib"
	report $? "$variant: the library has no undefined symbols"
	foreign_symbols "$lib" | sed 's/^/# undefined: /'
	no_fp "$lib"
	report $? "$variant: the library uses no FP or SIMD register"
	hot_path_is_lean "$lib"
	report $? "$variant: pvtime_switch_in executes $(executed "$lib") instructions, at most $hot_limit"
	one_store "$lib"
	report $? "$variant: pvtime_switch_in publishes with one 64-bit store"
done

# cost TYPE LIMIT
cost() {
	printf '#include <pvtime/ledger.h>\nchar cost[sizeof(%s)];\n' "$1" |
		"${cross}gcc" -std=c11 -Iinclude -c -o "$work/cost.o" -xc -
	hex=$("${cross}nm" -S "$work/cost.o" | awk '$4 == "cost" { print $2 }')
	[ $((0x${hex:-0})) -gt 0 ] && [ $((0x$hex)) -le "$2" ]
	report $? "$1 has $((0x${hex:-0})) bytes, at most $2"
}
cost 'struct pvtime_view' 40
cost 'struct pvtime_vcpu' 128

report_done
