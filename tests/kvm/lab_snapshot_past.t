#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: a guest that `pvtime lab --on kvm` restores is not charged for what its new thread waited
# before it ran (R-29), and is charged for all that it waits from then on. Whatever the host's
# scheduler does, these add up to the nanosecond.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Lab;
use Test::More;

# The vCPU and its competitor have a CPU of the host, and all others the other one. While nobody
# competes there is nothing that KVM has yet to publish: the vCPU runs.
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
# A lab that has ended will not have one.
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

# The competitor is there before the thread is.
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

# Of a guest that had been charged $saved, and of samples of its new thread's run_delay and of its
# structure.
sub faults
{
	my ($saved, @samples) = @_;
	my @faults = @samples == 3 ? () : ('there are ' . @samples . ' samples');
	my @past = map { $saved + $_->[0] - $_->[1] } @samples;
	for my $i (0 .. $#samples) {
		push @faults, sprintf '%d: of %d ns that the thread waited %d are charged', $i, $samples[$i][0], $samples[$i][1] - $saved
			if $past[$i] <= 0;
		push @faults, sprintf '%d: %d ns are its past, where it was %d', $i, $past[$i], $past[0] if $past[$i] != $past[0];
		push @faults, "$i: nothing was stolen" if $samples[$i][1] - ($i ? $samples[$i - 1][1] : $saved) <= 0;
	}
	return @faults;
}

my $on = labs_run(labs => {past => $lab, 'past-on' => $lab}, script => $script, guests => ['steady'],
	files => {'bin/sample' => "$build/a64-linux/sample"}, cpus => 2, limit_s => 150);
is($on->{host}{status}, 0, 'the script ends well') or diag $on->{host}{out};
is($on->{$_}{status}, 0, "$_: status") or diag $on->{$_}{said} for 'past', 'past-on';

my $saved = vcpu($on->{past}, 'a', 0)->{published_ns} // 0;
cmp_ok($saved, '>=', 50_000_000, 'the guest was charged before it was saved');
my @samples = map { /^SAMPLE (\d+) (\d+)/ ? [$1, $2] : () } split /\n/, $on->{host}{out};
is_deeply([faults($saved, @samples)], [], "all but the thread's past is charged, to the nanosecond") or diag $on->{host}{out};
note sprintf 'its past: %d ns', $saved + $_->[0] - $_->[1] for @samples;

my @right = ([30, 20 + 100], [40, 30 + 100], [50, 40 + 100]);
is_deeply([faults(100, @right)], [], 'a past of 10 ns that is not charged is right');
is_deeply([faults(110, map { [$_->[0], $_->[1] + 20] } @right)], [map { "$_->[0]: of $_->[1] ns that the thread waited $_->[1] are charged" } [0, 30], [1, 40], [2, 50]],
	'a past that is charged is found out');
is_deeply([faults(100, $right[0], [41, 130], $right[2])], ['1: 11 ns are its past, where it was 10'], 'a nanosecond that is not charged is found out');

done_testing;
