#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: a guest that `pvtime lab --on kvm` restores is not charged for the time that its new thread
# waited before the vCPU ran (R-29), and is charged for all time that the thread waits afterwards.
# These add up to the nanosecond, whatever the host's scheduler does.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Lab;
use Test::More;

# The vCPU and its competitor use CPU 1 of the host, all other processes CPU 0. While the competitor
# is stopped, the vCPU runs, so KVM has published all of its stolen time.
my $script = <<'END';
taskset -p 1 $$ >/dev/null
taskset -c 1 sh -c 'while :; do :; done' &
busy=$!
kill -STOP $busy
find_vcpu()
{
	find_vmm && has_vcpus || return 1
	tid=$(vcpus)
	region=$(sed -n 's/^\([0-9a-f]*\)-.* .*memfd:pvtime .*/\1/p' /proc/$vmm/maps)
	d=$(delay $tid)
}
# Also true if the lab has ended, as it will never have a vCPU then.
vcpu_or_end() { find_vcpu || grep -q '^State:.Z' /proc/$lab/status; }
waited() { [ $(($(delay $tid) - d)) -ge 50000000 ]; }
compete()
{
	kill -CONT $busy
	wait_for waited
	kill -STOP $busy
}
start_lab past --snapshot /tmp/s
wait_for has_console a 'STEADY begin'
wait_for vcpu_or_end
compete
kill -TERM $lab
end_lab

# The competitor runs before the vCPU's new thread exists.
kill -CONT $busy
start_lab past-on --restore /tmp/s
wait_for vcpu_or_end
find_vcpu || { end_lab; exit 1; }
for i in 1 2 3; do
	compete
	sample $vmm $tid $region || exit 1
	d=$(delay $tid)
done
kill -KILL $busy
kill -TERM $lab
end_lab
END

my $lab = "[vm a]\nkernel = ../steady.img\nappend = until_ms=3600000\nmemory = 64M\npin = 1\n";

# Check samples of [the new thread's run_delay, the structure]; the guest had been charged $saved ns
# when it was saved.
sub faults
{
	my ($saved, @samples) = @_;
	my @faults = @samples == 3 ? () : ('there are ' . @samples . ' samples');
	my @past = map { $saved + $_->[0] - $_->[1] } @samples;
	for my $i (0 .. $#samples) {
		push @faults, sprintf 'sample %d: the thread waited %d ns, and %d of them are charged', $i, $samples[$i][0], $samples[$i][1] - $saved
			if $past[$i] <= 0;
		push @faults, sprintf 'sample %d: %d ns are not charged, expected %d', $i, $past[$i], $past[0] if $past[$i] != $past[0];
		push @faults, "sample $i: no time was stolen since the last one" if $samples[$i][1] - ($i ? $samples[$i - 1][1] : $saved) <= 0;
	}
	return @faults;
}

my $on = labs_run(labs => {past => $lab, 'past-on' => $lab}, script => $script, guests => ['steady'],
	files => {'bin/sample' => "$build/a64-linux/sample"}, cpus => 2, limit_s => 150);
is($on->{host}{status}, 0, "the KVM host's script ends with status 0") or diag $on->{host}{out};
is($on->{$_}{status}, 0, "$_: the lab ends with status 0") or diag $on->{$_}{said} for 'past', 'past-on';

my $saved = vcpu($on->{past}, 'a', 0)->{published_ns} // 0;
cmp_ok($saved, '>=', 50_000_000, 'the guest is charged with at least 50 ms before it is saved');
my @samples = map { /^SAMPLE (\d+) (\d+)/ ? [$1, $2] : () } split /\n/, $on->{host}{out};
is_deeply([faults($saved, @samples)], [], "all time that the new thread waits is charged, except that before the vCPU ran, to the nanosecond") or diag $on->{host}{out};
note sprintf 'not charged: %d ns', $saved + $_->[0] - $_->[1] for @samples;

my @right = ([30, 20 + 100], [40, 30 + 100], [50, 40 + 100]);
is_deeply([faults(100, @right)], [], 'samples of which the same 10 ns are not charged have no fault');
is_deeply([faults(110, map { [$_->[0], $_->[1] + 20] } @right)], [map { "sample $_->[0]: the thread waited $_->[1] ns, and $_->[1] of them are charged" } [0, 30], [1, 40], [2, 50]],
	'samples of which all time is charged are reported');
is_deeply([faults(100, $right[0], [41, 130], $right[2])], ['sample 1: 11 ns are not charged, expected 10'], 'a sample of which one more nanosecond is not charged is reported');

done_testing;
