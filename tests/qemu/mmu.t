#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: our guests may change their identity map while all their CPUs access addresses next to the
# change. This runs on QEMU's virt machine, whose CPUs run at the same time.

set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
build=${BUILD:-build}

out=$("$build/limit" 60 qemu-system-aarch64 -M virt,gic-version=3 -cpu cortex-a57 -smp 4 -m 64M -nic none \
	-nographic -no-reboot -kernel "$build/guest/split.img" </dev/null 2>&1)
report $? "the guest split powers off"
echo "$out" | grep '^#'
[ "$(echo "$out" | grep -c '^ok ')" -eq 4 ] && ! echo "$out" | grep -q '^not ok\|^Bail out'
report $? "CPUs that read next to a change of the map continue to read"
echo "$out" | grep '^not ok\|^Bail out' | sed 's/^/# /'

report_done
