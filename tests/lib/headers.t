#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: each public header compiles by itself, for a freestanding AArch64 in C and in C++; and a C++
# program links with both libraries.

set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
build=${BUILD:-build}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# compiled LANGUAGE,STANDARD OPTION...: compile standard input to $work/out.o. clang, unlike gcc,
# compiles C++ without a further package.
compiled() {
	language=$1
	shift
	clang "$@" -x "${language%%,*}" "-std=${language##*,}" -Wall -Wextra -Wpedantic -Werror -Iinclude -c -o "$work/out.o" - \
		2>"$work/errors"
}
set -- include/pvtime/*.h
at_least "include/pvtime/*.h" 10 $#

alone='--target=aarch64-none-elf -ffreestanding'

# One process of clang-tidy reads all sources of a language, as clang's own start takes ten times as
# long as a header. It prints a line `Error while processing FILE.` for each file that has an error.
for language in c,c11 c++,c++11 c++,c++20; do
	mkdir "$work/$language"
	for header; do
		printf '#include <%s>\nextern int more;\n' "${header#include/}" >"$work/$language/$(basename "$header" .h).c"
	done
	# shellcheck disable=SC2086
	clang-tidy --quiet --config='{Checks: "-*,clang-diagnostic-*,bugprone-posix-return"}' "$work/$language"/*.c -- \
		-x "${language%%,*}" "-std=${language##*,}" $alone -Wall -Wextra -Wpedantic -Werror -Iinclude >"$work/errors" 2>&1 ||
		grep -q '^Error while processing ' "$work/errors"
	report $? "clang-tidy ends as expected for ${language##*,}"
	for header; do
		! grep -q "/$(basename "$header" .h)\.c\.$" "$work/errors"
		report $? "$header compiles by itself as ${language##*,}"
	done
	sed 's/^/# /' "$work/errors"
done
! printf 'pvtime_range nothing;\n' | compiled c++,c++11
report $? "a use of a type without its header does not compile"

compiled c++,c++11 <<'EOF'
#include <pvtime/guest.h>
#include <pvtime/kvm.h>
#include <pvtime/ledger.h>
#include <pvtime/linux_attr.h>
#include <pvtime/region.h>
#include <pvtime/version.h>
int main()
{
	pvtime_range region;
	pvtime_vcpu vcpu;

	pvtime_vcpu_init(&vcpu, PVTIME_DIALECT_1_0, 62500000, 0);
	return pvtime_kvm_find(&region, 0, 1, nullptr, 0, 0) == 0 && pvtime_region_ipa(&region, 0) == region.base &&
			       pvtime_ticks_to_ns(1, 62500000) == 16 && pvtime_get_state(&vcpu) == PVTIME_OFF &&
			       pvtime_attr_has(&vcpu.view) == PVTIME_OK && pvtime_kvm_vm_supported(-1) < 0
		       ? 0
		       : 1;
}
EOF
report $? "a C++ program compiles"
sed 's/^/# /' "$work/errors"
cc -o "$work/program" "$work/out.o" "$build/libpvtime-kvm/libpvtime-kvm.a" "$build/host/lib/libpvtime.a" 2>"$work/errors"
report $? "the C++ program links with both libraries"
sed 's/^/# /' "$work/errors"
"$work/program"
report $? "the C++ program runs"

report_done
