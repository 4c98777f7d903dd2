#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the library compiles in the trees of those who adopt it: Xen 4.17, Linux 6.1, TF-A, Hafnium
# and Unikraft. A regime is such a tree's language, its warnings as errors, its types, and the names
# of its macros. The options are those of the tree's makefiles. tests/lib/regimes/ has headers of
# our own with the tree's names. Each regime is first seen to accept a plain source and to reject
# the same source with one fault.

set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cross=${CROSS:-aarch64-linux-gnu-}
shims=tests/lib/regimes
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
# Linux before 5.18 is not among the regimes: it was gnu89, which has no declaration in a for.
regimes='xen linux tf-a hafnium unikraft'

resources=$(clang -print-resource-dir)

# compilers REGIME: print the compilers that the tree supports.
compilers() {
	case $1 in
	hafnium) echo clang ;;
	*) echo gcc clang ;;
	esac
}

# options REGIME COMPILER: print the compiler and its options, without spaces in any of them.
options() {
	case $2 in
	gcc) echo "${cross}gcc" ;;
	clang) echo clang --target=aarch64-linux-gnu ;;
	esac
	echo "-Werror -nostdinc -I$shims/$1 -Iinclude -iquote lib"
	case $1 in
	xen)
		echo '-std=gnu99 -O2 -fno-builtin -fno-common -fno-strict-aliasing -fno-pie -fno-stack-protector -mgeneral-regs-only'
		echo '-Wall -Wstrict-prototypes -Wredundant-decls -Wno-pointer-arith -Wdeclaration-after-statement -Wvla -Wnested-externs'
		echo "-D__XEN__ -include $shims/xen/xen/config.h"
		echo '-DPVTIME_TYPES="xen/types.h"'
		;;
	linux)
		echo '-std=gnu11 -O2 -fno-strict-aliasing -fno-common -fshort-wchar -fno-PIE -mgeneral-regs-only -fno-strict-overflow'
		echo '-Wall -Wundef -Wvla -Wno-trigraphs -Wno-pointer-sign -Wdeclaration-after-statement -Wcast-function-type'
		echo '-Wimplicit-fallthrough -Wmissing-declarations -Wmissing-prototypes'
		echo "-D__KERNEL__ -include $shims/linux/linux/compiler_types.h"
		echo '-DPVTIME_TYPES="linux/types.h"'
		;;
	tf-a)
		# make W=3 without -Waggregate-return: the library returns small structures.
		echo '-std=gnu99 -Os -ffreestanding -fno-common -mgeneral-regs-only -mstrict-align -ffunction-sections'
		echo '-Wall -Wextra -Wmissing-include-dirs -Wvla -Wshadow -Wredundant-decls -Wno-trigraphs -Wno-unused-parameter'
		echo '-Wold-style-definition -Wmissing-prototypes -Wundef -Wbad-function-cast -Wnested-externs -Wcast-align'
		echo '-Wcast-qual -Wconversion -Wpacked -Wpointer-arith -Wswitch-default -Wsign-compare -Wtype-limits'
		;;
	hafnium)
		# The compiler's own headers, and no others. c2x is C23 in every version of clang.
		echo "-isystem $resources/include"
		echo '-std=c2x -O2 -ffreestanding -fno-builtin -fpic -fstack-protector-all -mstrict-align'
		echo '-Wall -Wextra -Wpedantic -Wshift-sign-overflow -Wimplicit-fallthrough'
		;;
	unikraft)
		# No -std: the compiler's default.
		echo '-O2 -fno-builtin -fno-stack-protector -fno-PIC -D__Unikraft__ -mgeneral-regs-only -Wall -Wextra'
		;;
	esac
}

# The sources of a regime are collected first: each with the name of its test, and whether it must
# compile or be rejected. Then gcc reads one after another, and warns from its optimizer, too. One
# process of clang-tidy reads those that must compile, as clang's own start takes ten times as long
# as such a source. After an error it would report none of the next sources reliably, so clang reads
# the others one by one.
begin_regime() {
	regime=$1
	sources=0
	rm -rf "$work/sources" && mkdir "$work/sources"
}

# source_ EXPECTED NAME: a source of the regime, from standard input. EXPECTED is accepted or
# rejected.
source_() {
	sources=$((sources + 1))
	number=$(printf '%03d' $sources)
	cat >"$work/sources/$number.c"
	echo "$1 $2" >"$work/sources/$number.test"
}

# judge COMPILER NUMBER ERRORS: report the test of a source. ERRORS is empty if it compiled.
judge() {
	read -r expected name <"$work/sources/$2.test"
	case $expected in
	accepted) [ -z "$3" ] ;;
	rejected) [ -n "$3" ] ;;
	esac
	report $? "$regime, $1: $name"
	[ "$expected" = rejected ] || [ -z "$3" ] || echo "$3" | sed 's/^/# /'
}

# errors_of COMPILER NUMBER: print the errors of a source.
errors_of() {
	read -r expected _ <"$work/sources/$2.test"
	# shellcheck disable=SC2086
	case $1-$expected in
	gcc-*) $command -S -o /dev/null "$work/sources/$2.c" 2>&1 ;;
	clang-rejected) $command -fsyntax-only "$work/sources/$2.c" 2>&1 ;;
	clang-accepted) ! grep -q "/$2\.c\.$" "$work/read" || cat "$work/read" ;;
	esac
}

# end_regime: compile the sources by each compiler of the regime.
end_regime() {
	for compiler in $(compilers "$regime"); do
		command=$(options "$regime" "$compiler")
		if [ "$compiler" = clang ]; then
			# It ends with `Error while processing FILE.` for each file that has one.
			# shellcheck disable=SC2046,SC2086
			clang-tidy --quiet --config='{Checks: "-*,clang-diagnostic-*,bugprone-posix-return"}' \
				$(grep -l '^accepted ' "$work"/sources/*.test | sed 's/test$/c/') -- ${command#clang } >"$work/read" 2>&1 ||
				grep -q '^Error while processing ' "$work/read"
			report $? "$regime, clang: clang-tidy ends as expected"
		fi
		for test in "$work"/sources/*.test; do
			number=${test##*/}
			number=${number%.test}
			judge "$compiler" "$number" "$(errors_of "$compiler" "$number")"
		done
	done
}

# sample EXPECTED NAME LINE STATEMENTS: a source with a line at the top, statements in a function.
sample() {
	source_ "$1" "$2" <<EOF
#include "names.h"
$3
#include <pvtime/types.h>
uint64_t sample(uint64_t x);
uint64_t sample(uint64_t x)
{
	uint64_t y = x + 1;

	$4
	return y;
}
EOF
}

# rejects FAULT LINE STATEMENTS
rejects() {
	sample rejected "$1 is rejected" "$2" "$3"
}

faults_of() {
	case $1 in
	xen | linux)
		rejects 'stdint.h' '#include <stdint.h>' ''
		rejects 'a declaration after a statement' '' 'y++; uint64_t z = y; y += z;'
		rejects 'a local variable with the name current' '' '{ uint64_t current = x; y += current; }'
		;;
	esac
	case $1 in
	xen) rejects 'the attribute always_inline' '__attribute__((always_inline)) static inline int one(void) { return 1; }' '' ;;
	linux)
		rejects 'a function with the name crc32' 'static int crc32(int a, int b) { return a + b; }' 'y += (unsigned int)crc32(1, 2);'
		rejects 'a function with the name after' 'static int after(int a, int b, int c) { return a + b + c; }' 'y += (unsigned int)after(1, 2, 3);'
		rejects 'an array of variable length' '' '{ char array[y]; y += sizeof(array); }'
		;;
	tf-a)
		rejects 'a variable that shadows another' '' '{ uint64_t x = y; y += x; }'
		rejects '#if with a macro that is not defined' '#if NOT_DEFINED
#endif' ''
		rejects 'a conversion that loses bits' '' '{ uint32_t low = y; y += low; }'
		rejects 'another macro BIT' '#define BIT(n) (1u << (n))' ''
		;;
	hafnium)
		rejects 'an extension of C' '' 'y += ({ x; });'
		rejects 'another definition of true' '' '{ int true = 1; y += true; }'
		;;
	unikraft) rejects 'another macro AT_SIZE' 'enum { AT_SIZE = 1 };' '' ;;
	esac
}

# The names that the library once had.
sed 's/PVTIME_\(SMCCC\|PSCI\)_/\1_/' include/pvtime/smccc.h >"$work/smccc.h"

# kvm.h is for programs on Linux; all other headers may be used in any tree.
for header in include/pvtime/*.h; do
	[ "$header" = include/pvtime/kvm.h ] || echo "#include <${header#include/}>"
done >"$work/all.h"
at_least 'include/pvtime/*.h, without kvm.h' 10 "$(wc -l <"$work/all.h")"

{ echo '#include "names.h"' && cat "$work/all.h"; } >"$work/last.c"
{ cat "$work/all.h" && echo '#include "names.h"'; } >"$work/first.c"

set -- lib/*.c
at_least 'lib/*.c' 9 $#
for tree in $regimes; do
	begin_regime "$tree"
	sample accepted 'a plain source compiles' '' ''
	rejects 'a header of the C library' '#include <features.h>' ''
	rejects 'a use of a variable without its declaration' '' 'y += undeclared;'
	faults_of "$tree"
	case $tree in
	hafnium | unikraft)
		printf '#include <%s>\n#include "names.h"\n' "$work/smccc.h" >"$work/next.c"
		source_ rejected 'smccc.h without the prefix of its macros is rejected' <"$work/next.c"
		;;
	esac
	source_ accepted 'the public headers compile before those of the tree' <"$work/first.c"
	source_ accepted 'the public headers compile after those of the tree' <"$work/last.c"
	for file; do
		{ echo '#include "names.h"' && cat "$file"; } >"$work/next.c"
		source_ accepted "$file compiles" <"$work/next.c"
	done
	end_regime
done

report_done
