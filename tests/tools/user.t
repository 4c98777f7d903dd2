#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the suite's program for KVM's user space, emulated, so that it has no KVM: it reports that,
# or what is wrong with its arguments, and ends. `pvtime conform kvm` and tests/kvm/user.t run it
# with KVM.

# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

# gives_up MESSAGE WORD...: the program ends with status 2, and prints one line, which bails out
# with MESSAGE.
gives_up() {
	saying=$1
	shift
	output=$(qemu-aarch64 "${BUILD:-build}/conformance/user" "$@" 2>&1)
	status=$?
	report_of "user $*: the status is 2 (it is $status)" [ "$status" -eq 2 ]
	[ "$(echo "$output" | wc -l)" -eq 1 ]
	report $? "user $*: the output has one line"
	echo "$output" | grep -q "^Bail out! $saying"
	report $? "user $*: the line says what is wrong ($output)"
}

gives_up '[^"]*: .'
gives_up '[^"]*: .' case=attr_has,restore case=page_gone
gives_up '"attr_none" in case=: expected the name' case=attr_has,attr_none
gives_up '"header" in case=: expected the name' case=header
gives_up '"" in case=: expected the name' case=attr_has,
gives_up '"expect=on": expected case=' expect=on
gives_up '"case": expected case=' case
report_done
