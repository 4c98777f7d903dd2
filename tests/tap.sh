# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP for test scripts in sh, which source this and end with report_done.

reports=0

# report STATUS NAME: one test; it passed where STATUS is 0.
report() {
	reports=$((reports + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $reports - $2"
	else
		echo "not ok $reports - $2"
	fi
}

# at_least NAME MINIMUM FOUND: a check that goes over what a pattern finds passes where the pattern
# finds nothing. So the number that was found must not be smaller than the number of the day on
# which the check was written or last changed.
at_least() {
	[ "$3" -ge "$2" ]
	report $? "$1: at least $2 are found"
	[ "$3" -ge "$2" ] || echo "# $3 are found"
}

# A plan of no tests would be one that is skipped.
# report_of NAME COMMAND...: one test; it passed where COMMAND succeeds.
report_of() {
	name_of_test=$1
	shift
	"$@"
	report $? "$name_of_test"
}

report_done() {
	[ $reports -gt 0 ] || report 1 "the script has tests"
	echo "1..$reports"
}
