#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: every C file is laid out by .clang-format, every shell script passes shellcheck, and every
# source says its licence in the first lines.

set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"
build=${BUILD:-build}

# sources FIND-EXPRESSION: our files, in an order that does not depend on the file system.
sources() {
	find . \( -path "./$build" -o -path ./.git \) -prune -o -type f "$@" -print | LC_ALL=C sort
}

diagnose() {
	sed 's/^/# /' >&2
}

# A checker that accepts anything is found out first.
! printf 'int  x ;\n' | clang-format --dry-run -Werror >/dev/null 2>&1
report $? "clang-format refuses a bad layout"
# shellcheck disable=SC2016
! printf '#!/bin/sh\nrm $1\n' | shellcheck - >/dev/null 2>&1
report $? "shellcheck refuses a bad script"

files=$(sources -name '*.[ch]')
# shellcheck disable=SC2086
at_least "C files" 565 "$(printf '%s\n' $files | grep -c .)"
for f in $files; do
	out=$(clang-format --dry-run -Werror "$f" 2>&1)
	report $? "layout of $f"
	[ -z "$out" ] || echo "$out" | head -n 6 | diagnose
done

files=$(sources -name '*.[chSt]' -o -type f -path './scripts/*')
# shellcheck disable=SC2086
at_least "files that say their licence" 645 "$(printf '%s\n' $files | grep -c .)"
for f in $files; do
	head -n 3 "$f" | grep -q 'SPDX-License-Identifier: BSD-2-Clause'
	report $? "licence of $f"
done

scripts=0
for f in $(sources -perm -u+x); do
	head -n 1 "$f" | grep -Eq '^#! ?/(usr/)?bin/(env )?(ba)?sh' || continue
	scripts=$((scripts + 1))
	out=$(shellcheck -x "$f" 2>&1)
	report $? "shellcheck of $f"
	[ -z "$out" ] || echo "$out" | head -n 20 | diagnose
done
at_least "shell scripts" 15 $scripts

report_done
