#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime top` and interrupts. Those that a CPU takes while a vCPU has it are no stolen time:
# how long they took by the kernel's trace is shown beside it. Those that it takes in a thief's turn
# are the thief's, whose turns are known from the trace as well. The host's time is the number of
# instructions, so that a run does not depend on this machine's load.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Test::More;
use Top;

# The timer's interrupts alone take more than 1 % of a CPU's time on this host.
my $script = <<'END';
trace=/sys/kernel/tracing
mount -t tracefs tracefs $trace
echo mono >$trace/trace_clock
echo 16384 >$trace/buffer_size_kb
# traced NAME: print what the kernel has traced on CPU 1, and forget it.
traced()
{
	echo 0 >$trace/tracing_on
	echo "LOST $(sed -n 's/^overrun: //p' $trace/per_cpu/cpu1/stats)"
	sed -n "/: \(irq_handler_\|softirq_\|sched_switch\)/s/^/TRACE $1 /p" $trace/per_cpu/cpu1/trace
	echo >$trace/trace
}
watch 0.5
fast_vm alpha 1 0; a=$(vcpu $alpha)
echo "VCPUS $a"
still begin $alpha
for e in sched/sched_switch irq/irq_handler_entry irq/irq_handler_exit irq/softirq_entry irq/softirq_exit; do
	echo 1 >$trace/events/$e/enable
done
go $alpha $a 600
kill -STOP $alpha; wait_for stopped $alpha
still end $alpha
traced alone

still thief-begin $alpha
echo 1 >$trace/tracing_on
go $alpha $a 10
top_thief burn 300 fifo
kill -STOP $alpha; wait_for stopped $alpha
still thief-end $alpha
traced thief
kill $top
go $alpha $a 20
pvtime top --once; echo "ONCE $?"
END

my $seen = top_run(script => $script, truths => [qw(top_vm top_thief)], icount => 1, cpus => 2, limit_s => 250, least => 4);
my $out = $seen->{out};
my ($a) = $out =~ /^VCPUS (\d+)$/m or BAIL_OUT('no vCPUs');
my ($thief) = map { $_->[0] } took('burn') or BAIL_OUT('the thief has not said how long it computed');
is_deeply([$out =~ /^LOST (\d+)$/mg], [0, 0], 'the trace has lost nothing');

# turns NAME, TID: how long the thread's turns took, in ns; how long interrupts in them, which may
# interrupt each other; and how many did not.
sub turns
{
	my ($name, $tid) = @_;
	my ($depth, $since, $begun, $turns, $took, $count) = (0, 0, undef, 0, 0, 0);
	for ($out =~ /^TRACE $name .* (\d+\.\d+: \w+: .*)$/mg) {
		my ($now, $event) = /^(\S+): (.*)$/;
		if ($event =~ /^sched_switch: .*next_pid=(\d+) /) {
			$turns += ($now - $begun) * 1e9 if defined $begun;
			$begun = $1 == $tid ? $now : undef;
		} elsif (defined $begun && $event =~ /_entry: /) {
			$since = $now if $depth++ == 0;
		} elsif (defined $begun && $event =~ /_exit: / && --$depth == 0) {
			$took += ($now - $since) * 1e9;
			$count++;
		}
	}
	return (int $turns, int $took, $count);
}

my (undef, $took, $count) = turns('alone', $a);
my $s = exact('begin', 'end', $a, 'a vCPU that is interrupted');
my $what = 'a vCPU that is interrupted: how long the interrupts took';
cmp_ok($count, '>', 150, 'the vCPU is interrupted by each tick of the scheduler');
cmp_ok(abs($s->{interrupts_ns} - $took), '<=', $took / 50, "$what, within 2 %");
near($s->{interrupts_ns}, $took, $s->{run_ns}, $what);

my $turns;
($turns, $took, $count) = turns('thief', $thief);
$s = exact('thief-begin', 'thief-end', $a, 'a thief that is interrupted');
$what = 'a thief that is interrupted: its turns, with the interrupts in them';
cmp_ok($count, '>', 70, 'the thief is interrupted by each tick of the scheduler');
near($s->{threads}{"process $thief"}, $turns, $s->{stolen_ns}, $what);
cmp_ok(abs(($s->{threads}{"process $thief"} // 0) - $turns), '<=', $took / 10, "$what, to a tenth of what the interrupts took");
my (undef, $own) = turns('thief', $a);
cmp_ok(abs($s->{interrupts_ns} - $own), '<=', $took / 10, 'a thief that is interrupted: its interrupts are not counted as those of the vCPU');
table();

done_testing;
