#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime top` and vCPUs that change their CPUs: a crowd that migrates together, and a CPU that
# is taken away and given back. The host's time is the number of instructions, so that a run does
# not depend on this machine's load.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use List::Util qw(sum0);
use Test::More;
use Top;

my $script = <<'END';
cgroups=/sys/fs/cgroup group=$cgroups/two
echo +cpuset >$cgroups/cgroup.subtree_control
mkdir $group
echo 1-2 >$group/cpuset.cpus
watch 0.5 cpu
fast_vm four 4 0; f=$(vcpu $four | head -n 1)
fast_vm one 1 0; o=$(vcpu $one)

# The four vCPUs of a VM, that of another one, and a process are on CPU 1, then on CPU 2, and so on,
# all of them together.
taskset 2 sh -c 'while :; do :; done' &
hog=$!
pin() { for t in /proc/$2/task/*; do taskset -p $1 ${t##*/}; done >/dev/null; }
crowd="$(vcpu $four) $o $hog"
still crowd-begin $one $hog $four
kill -CONT $four $hog $one
cpu=1
for to in 2 1 2 1 2 1; do
	until_ran $four $f 20
	top_thief move $cpu $to $crowd
	cpu=$to
done
until_ran $four $f 20
still crowd-end $one $hog $four
kill -KILL $four

# The only CPU of a vCPU and of the process is taken away. CPU 1 is the only other one in their
# cgroup.
for p in $one $hog; do
	echo $p >$group/cgroup.procs
	pin 4 $p
done
still off-begin $hog $one
go $one $o 10
kill -CONT $hog; until_ran $one $o 100
echo 0 >/sys/devices/system/cpu/cpu2/online
until_ran $one $o 100
still off-end $hog $one

# It is given back.
echo 1 >/sys/devices/system/cpu/cpu2/online
pin 4 $one; pin 4 $hog
go $one $o 10
kill -CONT $hog; until_ran $one $o 100
still on-end $hog $one
kill $top
kill -KILL $hog $one
echo "CROWD $f $o $hog"
END

my $seen = top_run(script => $script, truths => [qw(top_vm top_thief)], icount => 1, cpus => 3, limit_s => 250);
my ($f, $o, $hog) = $seen->{out} =~ /^CROWD (\d+) (\d+) (\d+)$/m or BAIL_OUT('no threads');
my @siblings = grep { $_ > $f } map { $_->{thread} } map { @{$_->{vcpus}} } grep { $_->{name} eq 'four' } @{$seen->{lines}[$seen->{still}{'crowd-begin'}]{vms}};
is(scalar @siblings, 3, 'the VM has four vCPUs');

my $s = exact('crowd-begin', 'crowd-end', $f, 'a crowd that migrates');
my %ran = map { $_ => grown('crowd-begin', 'crowd-end', $_, 0) } @siblings, $o, $hog;
near(sum0(map { $s->{threads}{"self $_"} // 0 } @siblings), sum0(@ran{@siblings}), $s->{stolen_ns}, 'a crowd that migrates: the other vCPUs of the VM');
near($s->{threads}{"vm $o"}, $ran{$o}, $s->{stolen_ns}, 'a crowd that migrates: the other VM');
near($s->{threads}{"process $hog"}, $ran{$hog}, $s->{stolen_ns}, 'a crowd that migrates: the process');

for (['off-begin', 'off-end', 'a CPU that is taken away'], ['off-end', 'on-end', 'a CPU that is given back']) {
	my ($from, $to, $what) = @$_;
	$s = exact($from, $to, $o, $what);
	near($s->{threads}{"process $hog"}, grown($from, $to, $hog, 0), $s->{stolen_ns}, "$what: the process");
}
table();

done_testing;
