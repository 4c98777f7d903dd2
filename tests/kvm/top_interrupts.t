#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime top` and interrupts that a CPU takes while a vCPU has it: they are no stolen time.
# How long they took by the kernel's trace is shown beside it. The host's time is the number of
# instructions, so that a run does not depend on this machine's load.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Test::More;
use Top;

# The timer's interrupts alone take more than 1 % of the vCPU's time on this host.
my $script = <<'END';
trace=/sys/kernel/tracing
mount -t tracefs tracefs $trace
echo mono >$trace/trace_clock
echo 16384 >$trace/buffer_size_kb
watch 0.5
fast_vm alpha 1 0; a=$(vcpu $alpha)
echo "VCPUS $a"
still begin $alpha
for e in sched/sched_switch irq/irq_handler_entry irq/irq_handler_exit irq/softirq_entry irq/softirq_exit; do
	echo 1 >$trace/events/$e/enable
done
kill -CONT $alpha
until_ran $alpha $a 600
kill -STOP $alpha; wait_for stopped $alpha
echo 0 >$trace/tracing_on
still end $alpha
kill $top
go $alpha $a 20
pvtime top --once; echo "ONCE $?"
echo "LOST $(sed -n 's/^overrun: //p' $trace/per_cpu/cpu1/stats)"
sed -n '/: \(irq_handler_\|softirq_\|sched_switch\)/s/^/TRACE /p' $trace/per_cpu/cpu1/trace
END

my $seen = top_run(script => $script, truths => ['top_vm'], icount => 1, cpus => 2, limit_s => 250, least => 4);
my $out = $seen->{out};
my ($a) = $out =~ /^VCPUS (\d+)$/m or BAIL_OUT('no vCPUs');
like($out, qr/^LOST 0$/m, 'the trace has lost nothing');

# How long interrupts took in the vCPU's turns. One may interrupt another.
my ($depth, $since, $took, $count, $runs) = (0, 0, 0, 0, 0);
for ($out =~ /^TRACE .* (\d+\.\d+: \w+: .*)$/mg) {
	my ($now, $event) = /^(\S+): (.*)$/;
	if ($event =~ /^sched_switch: .*next_pid=(\d+) /) {
		$runs = $1 == $a;
	} elsif ($runs && $event =~ /_entry: /) {
		$since = $now if $depth++ == 0;
	} elsif ($runs && $event =~ /_exit: / && --$depth == 0) {
		$took += ($now - $since) * 1e9;
		$count++;
	}
}
my $s = exact('begin', 'end', $a, 'a vCPU that is interrupted');
my $what = 'a vCPU that is interrupted: how long the interrupts took';
cmp_ok($count, '>', 150, 'the vCPU is interrupted by each tick of the scheduler');
cmp_ok(abs($s->{interrupts_ns} - $took), '<=', $took / 50, "$what, within 2 %");
near($s->{interrupts_ns}, $took, $s->{run_ns}, $what);
table();

done_testing;
