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
	echo "-Werror -nostdinc -I$shims/$1 -Iinclude"
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
		echo "-isystem $(clang -print-resource-dir)/include"
		echo '-std=c2x -O2 -ffreestanding -fno-builtin -fpic -fstack-protector-all -mstrict-align'
		echo '-Wall -Wextra -Wpedantic -Wshift-sign-overflow -Wimplicit-fallthrough'
		;;
	unikraft)
		# No -std: the compiler's default.
		echo '-O2 -fno-builtin -fno-stack-protector -fno-PIC -D__Unikraft__ -mgeneral-regs-only -Wall -Wextra'
		;;
	esac
}

# compiles REGIME COMPILER FILE OPTION...
compiles() {
	command=$(options "$1" "$2")
	file=$3
	shift 3
	# shellcheck disable=SC2086
	$command "$@" -c -o "$work/out.o" "$file" >"$work/errors" 2>&1
}

# accepts REGIME COMPILER NAME FILE [HEADER]: report a test. HEADER is included before FILE.
accepts() {
	compiles "$1" "$2" "$4" ${5+-include "$5"}
	report $? "$1, $2: $3"
	sed 's/^/# /' "$work/errors"
}

# sample LINE STATEMENTS: write a source with a line at the top and statements in a function.
sample() {
	cat >"$work/sample.c" <<EOF
#include "names.h"
$1
#include <pvtime/types.h>
uint64_t sample(uint64_t x);
uint64_t sample(uint64_t x)
{
	uint64_t y = x + 1;

	$2
	return y;
}
EOF
}

# rejects REGIME FAULT LINE STATEMENTS
rejects() {
	sample "$3" "$4"
	for compiler in $(compilers "$1"); do
		! compiles "$1" "$compiler" "$work/sample.c"
		report $? "$1, $compiler: $2 is rejected"
	done
}

for regime in $regimes; do
	sample '' ''
	for compiler in $(compilers "$regime"); do
		accepts "$regime" "$compiler" 'a plain source compiles' "$work/sample.c"
	done
	rejects "$regime" 'a header of the C library' '#include <features.h>' ''
	rejects "$regime" 'a use of a variable without its declaration' '' 'y += undeclared;'
done
for regime in xen linux; do
	rejects $regime 'stdint.h' '#include <stdint.h>' ''
	rejects $regime 'a declaration after a statement' '' 'y++; uint64_t z = y; y += z;'
	rejects $regime 'a local variable with the name current' '' '{ uint64_t current = x; y += current; }'
done
rejects xen 'the attribute always_inline' '__attribute__((always_inline)) static inline int one(void) { return 1; }' ''
rejects linux 'a function with the name crc32' 'static int crc32(int a, int b) { return a + b; }' 'y += (unsigned int)crc32(1, 2);'
rejects linux 'a function with the name after' 'static int after(int a, int b, int c) { return a + b + c; }' 'y += (unsigned int)after(1, 2, 3);'
rejects linux 'an array of variable length' '' '{ char array[y]; y += sizeof(array); }'
rejects tf-a 'a variable that shadows another' '' '{ uint64_t x = y; y += x; }'
rejects tf-a '#if with a macro that is not defined' '#if NOT_DEFINED
#endif' ''
rejects tf-a 'a conversion that loses bits' '' '{ uint32_t low = y; y += low; }'
rejects tf-a 'another macro BIT' '#define BIT(n) (1u << (n))' ''
rejects hafnium 'an extension of C' '' 'y += ({ x; });'
rejects hafnium 'another definition of true' '' '{ int true = 1; y += true; }'
rejects unikraft 'another macro AT_SIZE' 'enum { AT_SIZE = 1 };' ''

# The names that the library once had.
sed 's/PVTIME_\(SMCCC\|PSCI\)_/\1_/' include/pvtime/smccc.h >"$work/smccc.h"
for regime in hafnium unikraft; do
	printf '#include <%s>\n#include "names.h"\n' "$work/smccc.h" >"$work/old.c"
	for compiler in $(compilers $regime); do
		! compiles $regime "$compiler" "$work/old.c"
		report $? "$regime, $compiler: smccc.h without the prefix of its macros is rejected"
	done
done

# kvm.h is for programs on Linux; all other headers may be used in any tree.
for header in include/pvtime/*.h; do
	[ "$header" = include/pvtime/kvm.h ] || echo "#include <${header#include/}>"
done >"$work/all.h"
at_least 'include/pvtime/*.h, without kvm.h' 10 "$(wc -l <"$work/all.h")"
{ echo '#include "names.h"' && cat "$work/all.h"; } >"$work/last.c"
{ cat "$work/all.h" && echo '#include "names.h"'; } >"$work/first.c"

set -- lib/*.c
at_least 'lib/*.c' 9 $#
for regime in $regimes; do
	for compiler in $(compilers "$regime"); do
		accepts "$regime" "$compiler" 'the public headers compile before those of the tree' "$work/first.c"
		accepts "$regime" "$compiler" 'the public headers compile after those of the tree' "$work/last.c"
		for file; do
			accepts "$regime" "$compiler" "$file compiles" "$file" "$shims/$regime/names.h"
		done
	done
done

report_done
