# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP for test scripts in sh. They source this file and end with report_done.

reports=0

# report STATUS NAME: print the result of one test, which has passed if STATUS is 0.
report() {
	reports=$((reports + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $reports - $2"
	else
		echo "not ok $reports - $2"
	fi
}

# at_least NAME MINIMUM FOUND: a check over all matches of a pattern also passes if the pattern
# matches nothing. So such checks assert that at least as many matches are found as on the day on
# which the check was written or last changed.
at_least() {
	[ "$3" -ge "$2" ]
	report $? "$1: at least $2 are found"
	[ "$3" -ge "$2" ] || echo "# $3 are found"
}

# report_of NAME COMMAND...: print the result of one test, which passes if COMMAND succeeds.
report_of() {
	name_of_test=$1
	shift
	"$@"
	report $? "$name_of_test"
}

# report_done: print the plan. A script without tests fails; prove would take an empty plan for a
# skip.
report_done() {
	[ $reports -gt 0 ] || report 1 "the script has tests"
	echo "1..$reports"
}
