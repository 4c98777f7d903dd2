#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: our own guests on QEMU's virt machine without a hypervisor. Our machine is a subset of that
# machine, so a guest that fails here is wrong about the machine.

set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
build=${BUILD:-build}

# guest NAME CPU SMP WORDS: run the guest and print its console, with QEMU's status in the last
# line.
guest() {
	"$build/limit" 60 qemu-system-aarch64 -M virt,gic-version=3 -cpu "$2" -smp "$3" -m 64M -nic none \
		-nographic -no-reboot -kernel "$build/guest/$1.img" -append "$4" </dev/null 2>&1
	echo "status $?"
}

# whole: succeed if the TAP on standard input is complete, without a failure, and QEMU's status is
# 0.
whole() {
	awk '/^not ok|^Bail out/ { bad = 1 }
		/^ok/ { run++ }
		/^1\.\.[0-9]+/ { plan = substr($1, 4) }
		/^status/ { status = $2 }
		END { exit bad || !run || run != plan || status != 0 }'
}

# passes NAME CPU SMP WORDS: test that the guest passes.
passes() {
	out=$(guest "$@")
	echo "$out" | whole
	report $? "the guest $1${4:+ with $4} passes on QEMU's virt with $3 $2"
	echo "$out" | grep -E '^not ok|^Bail out|^status [^0]' | sed 's/^/# /'
}

for bad in 'ok 1\n1..1\nstatus 124' 'ok 1\n1..2\nstatus 0' 'ok 1\nnot ok 2\n1..2\nstatus 0' \
	'1..0\nstatus 0'; do
	! printf '%b\n' "$bad" | whole
	report $? "the check reports a guest that fails or does not end"
done

for cpu in cortex-a57 neoverse-n1 max; do
	passes hello $cpu 1 ""
	passes bad $cpu 1 "seed=7"
	passes smp $cpu 4 ""
	passes overflow $cpu 1 "one_group"
	passes idle $cpu 1 "ms=200"
	passes idle $cpu 1 "ms=200 psci"
	passes writepage $cpu 1 ""
done

out=$(guest spin cortex-a57 2 "until_ms=200")
[ "$(echo "$out" | grep -c '^SPIN cpu=[01] counter=[0-9]* freq=[0-9]* stolen_ns=none')" -eq 2 ]
report $? "the guest spin on 2 CPUs reports on both, without stolen time"

report_done
