#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The suite's program for KVM's user space where there is no KVM for it, as it is emulated: it says so, and ends. What it
# finds where there is one is for `pvtime conform kvm`.

# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

output=$(qemu-aarch64 "${BUILD:-build}/conformance/user" 2>&1)
status=$?

[ "$status" -eq 2 ]
report $? "status 2: $status"
[ "$(echo "$output" | wc -l)" -eq 1 ]
report $? "one line"
echo "$output" | grep -q '^Bail out! .*: .'
report $? "that says what is missing: $output"
report_done
