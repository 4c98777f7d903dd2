#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The suite's program for KVM's user space where there is no KVM for it, as it is emulated: it says
# so, or what is wrong with its words, and ends. What it finds where there is one is for `pvtime
# conform kvm`, and for tests/kvm/user.t.

# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

# gives_up SAYING WORD...: status 2, and one line that says that.
gives_up() {
	saying=$1
	shift
	output=$(qemu-aarch64 "${BUILD:-build}/conformance/user" "$@" 2>&1)
	status=$?
	report_of "$*: status 2: $status" [ "$status" -eq 2 ]
	[ "$(echo "$output" | wc -l)" -eq 1 ]
	report $? "$*: one line"
	echo "$output" | grep -q "^Bail out! $saying"
	report $? "$*: that says what is wrong: $output"
}

gives_up '[^"]*: .'
gives_up '[^"]*: .' case=attr_has,restore case=page_gone
gives_up '"attr_none" in case=: expected the name' case=attr_has,attr_none
gives_up '"header" in case=: expected the name' case=header
gives_up '"" in case=: expected the name' case=attr_has,
gives_up '"expect=on": expected case=' expect=on
gives_up '"case": expected case=' case
report_done
