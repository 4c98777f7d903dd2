#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime top` and quotas: the time of a quota is that for which it throttled the vCPU's
# cgroup, by cpu.stat or by a trace. The host's time is the number of instructions, so that a run
# does not depend on this machine's load.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use List::Util qw(max);
use Test::More;
use Top;

my $script = <<'END';
# From 6.18 on, throttled_usec does not begin before a thread of the throttled cgroup leaves the
# queue. So the kernel traces the throttling and the vCPU there.
trace=/sys/kernel/tracing
[ "$(uname -r | awk -F. '{ print $1 * 1000 + $2 }')" -lt 6018 ] || mount -t tracefs tracefs $trace
tracing() { [ -e $trace/trace ]; }
if tracing; then
	echo mono >$trace/trace_clock
	printf 'p:down tg_throttle_down %%x0 %%x1\np:up tg_unthrottle_up %%x0 %%x1\n' >$trace/kprobe_events
	echo 1 >$trace/events/kprobes/enable
fi
cgroups=/sys/fs/cgroup outer=$cgroups/outer inner=$cgroups/outer/inner
echo +cpu >$cgroups/cgroup.subtree_control
mkdir -p $inner
echo +cpu >$outer/cgroup.subtree_control
still_more()
{
	if tracing; then echo "STILL $1" >$trace/trace_marker; fi
	for g in $outer $inner; do echo "CGROUP $1 ${g#$cgroups} $(sed -n 's/^throttled_usec //p' $g/cpu.stat)"; done
}
# period_ends CGROUP: whether a period ends now in which its quota throttled. If the vCPU is stopped
# then, it stops with quota left: a cgroup can be throttled when its last task leaves the CPU, and
# the vCPU does not wait for that. Nothing forks here, as that would take too long.
throttles() { while read -r key value; do [ "$key" = nr_throttled ] && count=$value; done <"$1/cpu.stat"; }
period_ends()
{
	throttles "$1"
	was=$count i=0
	while [ $i -lt 2000 ] && [ "$count" = "$was" ]; do throttles "$1"; i=$((i + 1)); done
	[ "$count" != "$was" ]
}
watch 0.5 cgroup
fast_vm alpha 1 0; a=$(vcpu $alpha)
fast_vm beta 1 0; b=$(vcpu $beta)
echo "VCPUS $alpha $a $beta $b"
if tracing; then
	echo "prev_pid == $a || next_pid == $a" >$trace/events/sched/sched_switch/filter
	echo 1 >$trace/events/sched/sched_switch/enable
fi
kill -STOP $beta

# alpha has 40 % of a CPU, first alone, then beside beta; then by the cgroup above its own one.
echo $alpha >$inner/cgroup.procs
echo 40000 100000 >$inner/cpu.max
still alone-begin $alpha $beta
go $alpha $a 200; wait_for period_ends $inner
still alone-end $alpha $beta
kill -CONT $alpha $beta; until_ran $alpha $a 200; wait_for period_ends $inner
still both-end $alpha $beta
echo max >$inner/cpu.max
echo 40000 100000 >$outer/cpu.max
kill -CONT $alpha $beta; until_ran $alpha $a 200; wait_for period_ends $outer
still nested-end $alpha $beta
kill $top
kill -CONT $alpha $beta; until_ran $alpha $a 20
pvtime top --once; echo "ONCE $?"
if tracing; then sed -n '/tracing_mark_write\|tg_throttle_down\|tg_unthrottle_up\|sched_switch/s/^/TRACE /p' $trace/trace; fi
END

my $seen = top_run(script => $script, truths => ['top_vm'], icount => 1, cpus => 2, limit_s => 250);
my $out = $seen->{out};
my ($alpha, $a, $beta, $b) = $out =~ /^VCPUS (\d+) (\d+) (\d+) (\d+)$/m or BAIL_OUT('no vCPUs');
my %throttled;
$throttled{$1}{$2} = $3 while $out =~ /^CGROUP (\S+) (\S+) (\d+)$/mg;

# By the trace, if there is one: for how long the vCPU waited while a queue of a cgroup on a CPU,
# two addresses, was throttled, before each still period. The cgroups have only one CPU, and one
# above the other has the same times.
my (%traced, %times, %depth, $waits, $last);
for my $line ($out =~ /^TRACE (.*)$/mg) {
	my ($s, $us, $event) = $line =~ / (\d+)\.(\d{6}): (.*)/ or next;
	my $now = $s * 1_000_000 + $us;
	for my $queue (grep { $depth{$_} > 0 && $waits } keys %depth) {
		$times{$queue} += $now - $last;
	}
	$last = $now;
	if ($event =~ /STILL (\S+)$/) {
		$traced{$1} = max(values %times, 0);
		%times = ();
	} elsif ($event =~ /^sched_switch: .*prev_pid=(\d+) .*prev_state=(\S+) /) {
		$waits = $1 == $a && $2 =~ /^R/;
	} elsif ($event =~ /^(down|up): .*arg1=(\S+) arg2=(\S+)/) {
		$depth{"$2 $3"} += $1 eq 'down' ? 1 : -1;
	}
}

# A quota that throttles alpha's cgroup holds its vCPU, which always wants to run. If nothing else
# wants to run, the kernel looks for work on the other CPU, after it has throttled the cgroup, and
# before the vCPU leaves the CPU and waits.
sub quota
{
	my ($from, $to, $cgroup, $what) = @_;
	my $s = exact($from, $to, $a, $what);
	my ($shown, $stat) = ($s->{thieves}{"quota  $cgroup"}, ($throttled{$to}{$cgroup} - $throttled{$from}{$cgroup}) * 1000);
	if (%traced) {
		near($shown, $traced{$to} * 1000, $s->{stolen_ns}, "$what: the quota's time is that of waits while its cgroup was throttled");
		cmp_ok($shown, '>=', $stat, "$what: the quota's time is not less than that of cpu.stat");
	} else {
		near($shown, $stat, $s->{stolen_ns}, "$what: the quota's time is that of cpu.stat");
	}
	is_deeply([grep { /^quota/ } keys %{$s->{thieves}}], ["quota  $cgroup"], "$what: no other quota is named");
	return $s;
}

quota('alone-begin', 'alone-end', '/outer/inner', 'a quota alone');
my $s = quota('alone-end', 'both-end', '/outer/inner', 'a quota beside a VM');
cmp_ok($s->{thieves}{'vm beta /'}, '>', 10_000_000, 'a quota beside a VM: the VM takes time as well');
cmp_ok($s->{thieves}{'vm beta /'}, '<', grown('alone-end', 'both-end', $b, 0),
	'a quota beside a VM: what the VM ran while the quota held alpha is not charged to the VM');
near($s->{thieves}{'vm beta /'}, grown('alone-end', 'both-end', $a, 1) - ($throttled{'both-end'}{'/outer/inner'} - $throttled{'alone-end'}{'/outer/inner'}) * 1000,
	$s->{stolen_ns}, 'a quota beside a VM: the VM has the rest of run_delay') if !%traced;
quota('both-end', 'nested-end', '/outer', 'a quota above the cgroup');
is_deeply([grep { ($_->{cpu_max} // '') ne ($_->{cause} eq 'quota' ? '40000 100000' : '') } map { @{$_->{thieves}} } @{$seen->{vcpus}}], [],
	'a quota, and nothing else, is shown with its cpu.max');
like($out, qr{^ +\d+  quota of /outer, 40 ms in each 100 ms: raise cpu\.max from 40000 100000 to at least \d+ 100000$}m, 'the text says which cpu.max to raise');
table();

done_testing;
