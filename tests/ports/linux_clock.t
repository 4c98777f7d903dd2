#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: what tests/ports/linux_clock.c finds, compiled by gcc, and by clang with its sanitizers, with
# tests/ports/linux_shim.h in place of Linux's headers.

set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

sed -n 's/^#include <\([a-z0-9_/-]*\.h\)>.*/\1/p' ports/linux/linux/arch/arm64/kernel/running_clock.c ports/linux/linux/kernel/watchdog_steal.[ch] |
	while read -r header; do
		mkdir -p "$work/$(dirname "$header")"
		echo '#include "tests/ports/linux_shim.h"' >"$work/$header"
	done
flags="-std=gnu11 -O2 -g -Wall -Wextra -Wno-sign-compare -Werror -I. -Iports/linux/linux/kernel"
# shellcheck disable=SC2086
${CC:-gcc} $flags -I"$work" -o "$work/gcc" tests/ports/linux_clock.c &&
	clang $flags -fsanitize=address,undefined -fno-sanitize-recover=all -I"$work" -o "$work/clang" tests/ports/linux_clock.c &&
	"$work/clang" >"$work/sanitized" && "$work/gcc" >"$work/plain"
status=$?
[ "$status" = 0 ] || sed 's/^/# /' "$work/sanitized" >&2
[ ! -s "$work/plain" ] || cat "$work/plain"
exit "$status"
