#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime top` and vCPUs of the real-time and the deadline class: while the limit of its own
# class holds the vCPU, the cause is the quota, whoever runs meanwhile. The host's time is the
# number of instructions, so that a run does not depend on this machine's load.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Test::More;
use Top;

# Until 6.11 Linux throttles the real-time class, so that others can run. Then it gives a part of
# each second to them instead, if there are any; that is a turn of another thread like any other.
my $script = <<'END';
ms=2500
[ "$(uname -r | awk -F. '{ print $1 * 1000 + $2 }')" -ge 6012 ] || { echo "THROTTLES"; ms=800; }
echo 400000 >/proc/sys/kernel/sched_rt_runtime_us
watch 0.5
fast_vm alpha 1 0; a=$(vcpu $alpha)
fast_vm beta 1 0; b=$(vcpu $beta)
fast_vm gamma 1 0; c=$(vcpu $gamma)
echo "VCPUS $a $b $c"
kill -STOP $beta $gamma

# alpha is in the real-time class: alone, beside a VM that is not, and beside one that is.
top_thief rr $a
go $alpha $a 100
still alone-begin $alpha $beta
go $alpha $a 800
still alone-end $alpha $beta
kill -CONT $beta; go $alpha $a $ms
still beside-end $alpha $beta $gamma
top_thief rr $c
kill -CONT $gamma; go $alpha $a 100
still both-begin $alpha $gamma
kill -CONT $gamma; go $alpha $a 800
still both-end $alpha $gamma

# alpha is in the deadline class, which is for threads that may use all CPUs. The kernel traces when
# it leaves and gets a CPU, and when it gets new runtime.
trace=/sys/kernel/tracing
mount -t tracefs tracefs $trace
echo mono >$trace/trace_clock
echo 'p:replenish enqueue_task_dl' >$trace/kprobe_events
for t in /proc/$alpha/task/*; do taskset -p 3 ${t##*/} >/dev/null; done
top_thief deadline $a 20 50
go $alpha $a 100
still deadline-begin $alpha $beta
echo "prev_pid == $a || next_pid == $a" >$trace/events/sched/sched_switch/filter
for e in sched/sched_switch kprobes/replenish; do echo 1 >$trace/events/$e/enable; done
kill -CONT $beta; go $alpha $a 400
still deadline-end $alpha $beta
echo 0 >$trace/tracing_on
kill $top
kill -CONT $alpha; until_ran $alpha $a 20
pvtime top --once; echo "ONCE $?"
sed -n '/sched_switch:\|replenish:/s/^/TRACE /p' $trace/trace
END

my $seen = top_run(script => $script, truths => [qw(top_vm top_thief)], icount => 1, cpus => 2, limit_s => 250);
my $out = $seen->{out};
my ($a, $b, $c) = $out =~ /^VCPUS (\d+) (\d+) (\d+)$/m or BAIL_OUT('no vCPUs');
my $throttles = $out =~ /^THROTTLES$/m;

# All that alpha waited for, but for the VM that shares its class, is due to the limit. The VM's
# turns are those of its thread, which takes turns with alpha's.
sub held
{
	my ($from, $to, $vm, $thread, $what) = @_;
	my $s = exact($from, $to, $a, $what);
	my $turns = defined $vm ? grown($from, $to, $thread, 0) : 0;
	near($s->{thieves}{'quota real-time -'}, grown($from, $to, $a, 1) - $turns, $s->{stolen_ns}, "$what: the quota has the time for which its class is held");
	near($s->{thieves}{"vm $vm /"}, $turns, $s->{stolen_ns}, "$what: the VM that shares the class has its turns") if defined $vm;
	return $s;
}

# For how long, in ns, a thread of the deadline class was held, and for how long it waited after
# that, until the present thread is taken off the CPU, here or on another CPU.
sub traced
{
	my ($left, $since, $held, $late) = (undef, undef, 0, 0);
	for ($out =~ /^TRACE .* (\d+\.\d+: (?:sched_switch|replenish): .*)$/mg) {
		my ($now, $event) = /^(\S+): (.*)$/;
		if ($event =~ /^sched_switch: .*prev_pid=$a .*prev_state=R/) {
			($left, $since) = ($now, undef);
		} elsif ($event =~ /^sched_switch: .*next_pid=$a /) {
			$late += $now - $since if defined $since;
			($left, $since) = (undef, undef);
		} elsif ($event =~ /^replenish: / && defined $left) {
			$held += $now - $left;
			($left, $since) = (undef, $now);
		}
	}
	return map { int($_ * 1e9) } $held, $late;
}

my $what = 'a real-time vCPU';
if ($throttles) {
	my $s = held('alone-begin', 'alone-end', undef, undef, "$what alone");
	cmp_ok(abs($s->{stolen_ns} - 1.5 * $s->{run_ns}), '<=', 600_000_000, "$what alone is held for 600 ms of each second");
	held('alone-end', 'beside-end', undef, undef, "$what beside a VM that is none");
	held('both-begin', 'both-end', 'gamma', $c, "$what beside another one");
} else {
	my $s = exact('alone-begin', 'alone-end', $a, "$what alone");
	is($s->{causes}{quota}, 0, "$what alone: no quota holds it");
	$s = exact('alone-end', 'beside-end', $a, "$what beside a VM that is none");
	cmp_ok($s->{thieves}{'vm beta /'}, '>', 50_000_000, "$what beside a VM that is none: Linux gives the VM a part of each second");
	near($s->{thieves}{'vm beta /'}, grown('alone-end', 'beside-end', $b, 0), $s->{stolen_ns}, "$what beside a VM that is none: the VM has its turns");
	$s = exact('both-begin', 'both-end', $a, "$what beside another one");
	near($s->{thieves}{'vm gamma /'}, grown('both-begin', 'both-end', $c, 0), $s->{stolen_ns}, "$what beside another one: that has its turns");
}

# Linux does not count what such a thread runs between the end of its runtime and the end of its
# turn, which may be one tick of the scheduler later. So its run time is not compared.
$what = 'a vCPU of the deadline class beside a VM that is none';
my ($from, $to) = ('deadline-begin', 'deadline-end');
my $s = shown($from, $to, $a);
my ($held, $late) = traced();
is($s->{stolen_ns}, grown($from, $to, $a, 1), "$what: the stolen time is what run_delay has grown by, to the nanosecond");
is($s->{causes}{unattributed}, 0, "$what: nothing is unattributed");
cmp_ok($held, '>', 300_000_000, "$what: it is held");
near($s->{thieves}{'quota deadline -'}, $held, $s->{stolen_ns}, "$what: the quota has the time for which its runtime is used up");
my $others = $s->{stolen_ns} - ($s->{thieves}{'quota deadline -'} // 0);
near($others, $late, $s->{stolen_ns}, "$what: whoever runs after that has the time until its turn ends");
like($out, qr/^ +\d+  quota of the deadline class: raise the thread's runtime \(chrt\)$/m, 'the text says what to raise');
table();

done_testing;
