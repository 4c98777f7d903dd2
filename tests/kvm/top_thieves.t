#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime top` and thieves of each kind, whose times are known from the kernel's own count of
# their run time: a vCPU always wants to run on the CPU on which they run. The host's time is the
# number of instructions, so that a run does not depend on this machine's load.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Test::More;
use Top;

my $script = <<'END';
cgroups=/sys/fs/cgroup
echo +cpu >$cgroups/cgroup.subtree_control
mkdir $cgroups/light $cgroups/heavy $cgroups/a $cgroups/a/b $cgroups/a/b/c
echo 100 >$cgroups/light/cpu.weight
echo 300 >$cgroups/heavy/cpu.weight
watch 0.5
fast_vm alpha 1 300; a=$(vcpu $alpha)

# A thread of the real-time class.
still fifo-begin $alpha
go $alpha $a 10
top_thief burn 300 fifo
still fifo-end $alpha

# A process in a cgroup within others. It enters before it comes to CPU 1.
go $alpha $a 10
sh -c "echo \$\$ >$cgroups/a/b/c/cgroup.procs; exec top_thief burn 300"
still nested-end $alpha

# A thread of the same process, for I/O.
go $alpha $a 10
kill -USR1 $alpha
said() { [ "$(grep -c "^$1 " /tmp/said)" -ge "$2" ]; }
wait_for said io 1
still self-end $alpha

# A thread of the kernel: it looks for pages that can be merged as long as it is allowed to.
for p in /proc/[0-9]*; do [ "$(cat $p/comm)" = ksmd ] && ksmd=${p#/proc/}; done
echo "KSMD $ksmd"
taskset -p 2 $ksmd >/dev/null
top_thief fifo $ksmd
echo 0 >/sys/kernel/mm/ksm/sleep_millisecs
echo 10 >/sys/kernel/mm/ksm/pages_to_scan
rests() { grep -q ') S ' /proc/$1/stat; }
still_more() { echo "THREAD $1 $ksmd $(cat /proc/$ksmd/schedstat)"; }
still kernel-begin $alpha
go $alpha $a 10
echo 1 >/sys/kernel/mm/ksm/run
until_ran $ksmd $ksmd 300
echo 0 >/sys/kernel/mm/ksm/run
wait_for rests $ksmd
still kernel-end $alpha
still_more() { :; }

# A VM that is stopped does not wait. If it waits when it is stopped, it waits on, until it gets the
# CPU to stop on.
top_thief burn 300 fifo
still stopped-end $alpha
go $alpha $a 10
top_thief burn 300 fifo $alpha STOP
still stopping-end $alpha

# Two VMs, one with three times the weight of the other.
fast_vm beta 1 0; b=$(vcpu $beta)
echo $alpha >$cgroups/light/cgroup.procs
echo $beta >$cgroups/heavy/cgroup.procs
still weights-begin $beta $alpha
kill -CONT $alpha $beta; until_ran $beta $b 600
still weights-end $beta $alpha

# A vCPU's thread that is killed while it waits: it waits on, until it gets the CPU to end on.
kill -CONT $beta; until_ran $beta $b 10
top_thief burn 300 fifo $beta KILL
wait $beta
still killed-end $alpha
echo "VCPUS $alpha $a $beta $b"

# A vCPU's thread that executes a program, by which it gets the PID of its process.
is_sleep() { grep -q '^sleep$' /proc/$alpha/comm; }
kill -CONT $alpha; kill -USR2 $alpha
wait_for is_sleep
wait_for has_lines $(($(lines) + 4))
kill $top
cat /tmp/said
END

my $seen = top_run(script => $script, truths => [qw(top_vm top_thief)], icount => 1, cpus => 2, limit_s => 250);
my ($alpha, $a, $beta, $b) = $seen->{out} =~ /^VCPUS (\d+) (\d+) (\d+) (\d+)$/m or BAIL_OUT('no vCPUs');
my ($ksmd) = $seen->{out} =~ /^KSMD (\d+)$/m;
my @burns = took('burn');
is(scalar @burns, 5, 'each thief has said how long it computed') or BAIL_OUT($seen->{out});

# thief FROM, TO, CAUSE, [TID, NS], WHAT: check that the thief took its time from alpha's vCPU.
sub thief
{
	my ($from, $to, $cause, $thief, $what) = @_;
	my $s = exact($from, $to, $a, $what);
	near($s->{threads}{"$cause $thief->[0]"}, $thief->[1], $s->{stolen_ns}, "$what: its time is what it ran");
	return $s;
}

thief('fifo-begin', 'fifo-end', 'process', $burns[0], 'a thread of the real-time class');
my $s = thief('fifo-end', 'nested-end', 'process', $burns[1], 'a process in nested cgroups');
cmp_ok($s->{thieves}{'process top_thief /a/b/c'} // 0, '>', 250_000_000, 'a process in nested cgroups: its cgroup is named');
my ($io) = map { $_->[0] } took('io') or BAIL_OUT('the thread for I/O has not said how long it computed');
thief('nested-end', 'self-end', 'self', [$io, grown('nested-end', 'self-end', $io, 0)], 'the thread for I/O');
thief('kernel-begin', 'kernel-end', 'kernel', [$ksmd, grown('kernel-begin', 'kernel-end', $ksmd, 0)], 'a thread of the kernel');
$s = exact('kernel-end', 'stopped-end', $a, 'a VM that is stopped');
near($s->{stolen_ns}, 0, 0, 'a VM that is stopped: nothing is stolen');
thief('stopped-end', 'stopping-end', 'process', $burns[3], 'a VM that is stopped while it waits');
thief('weights-begin', 'weights-end', 'vm', [$b, grown('weights-begin', 'weights-end', $b, 0)], 'a VM with three times the weight');
$s = shown('weights-end', 'killed-end', $b);
near($s->{threads}{"process $burns[4][0]"}, $burns[4][1], $s->{stolen_ns}, 'a thread that is killed while it waits: the time is that of the thief');
cmp_ok($s->{causes}{unattributed}, '<=', $s->{stolen_ns} / 100, 'a thread that is killed while it waits: at most 1 % is unattributed');
note explain $s;
my @last = map { $_->{thread} } map { @{$_->{vcpus}} } @{$seen->{lines}[-1]{vms}};
is_deeply(\@last, [], "a vCPU's thread that executes a program is a vCPU no more");
table();

done_testing;
