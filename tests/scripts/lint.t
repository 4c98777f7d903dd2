#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the libraries, the machine and the examples are clean for cppcheck, and the libraries for
# clang-tidy with the checks of .clang-tidy. make lint looks at the rest.

set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
build=${BUILD:-build}
unset MAKEFLAGS MAKELEVEL MFLAGS
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# linted GOAL FILE: what make GOAL says with FILE among the sources that clang-tidy reads. Nothing
# is kept.
linted() {
	make --no-print-directory BUILD="$build" INSTALL=warn LINT="$work/lint" "$@" >"$work/log" 2>&1
}

# Each checker is first shown what it must find.
printf 'int f(int *p);\nint f(int *p)\n{\n\tif (p)\n\t\treturn 1;\n\treturn *p;\n}\n' >"$work/null.c"
! clang-tidy --quiet --config-file=.clang-tidy "$work/null.c" -- >"$work/log" 2>&1 && grep -q 'core.NullDereference' "$work/log"
report $? "clang-tidy finds a null pointer"
printf 'int f(void);\nint f(void)\n{\n\tint a[2] = {0, 1};\n\treturn a[2];\n}\n' >"$work/bounds.c"
! cppcheck --quiet --error-exitcode=1 --suppressions-list=scripts/cppcheck.txt "$work/bounds.c" >"$work/log" 2>&1
report $? "cppcheck finds an index out of bounds"

# Versions differ in what a wildcard stands for: none is in .clang-tidy.
report_of ".clang-tidy names its checks one by one" \
	[ "$(sed -n '/^Checks/,/^[A-Z][a-zA-Z]*: /p' .clang-tidy | grep -v ^Warnings | grep -c '\*')" -eq 1 ]

linted lint-quick
report $? "cppcheck and clang-tidy find nothing in the libraries"
[ "$(find "$work/lint" -name '*.c.ok' | wc -l)" -ge 17 ] || sed 's/^/# /' "$work/log"
at_least "files that clang-tidy has read" 17 "$(find "$work/lint" -name '*.c.ok' | wc -l)"

report_done
