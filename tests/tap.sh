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

report_done() {
	echo "1..$reports"
}
