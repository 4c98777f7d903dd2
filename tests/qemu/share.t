#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the shares of CPU time that vCPUs get: weights, caps, pinning; no CPU idles while a vCPU
# could run on it.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

my $for_ever = 'until_ms=1000000000';

# VMs that spin; each argument is [name, keys].
sub spinners
{
	my @vms = @_;
	return map { my ($name, @keys) = @$_; bare($name, 'spin', $for_ever, @keys) } @vms;
}

# The vCPUs whose running time differs by more than `tolerance` from %want: name or name/id =>
# percent of a CPU.
sub share_faults
{
	my ($run, $tolerance, %want) = @_;
	return map {
		my ($vm, $id) = split m{/};
		my $got = share($run, 'running', $vm, $id // 0);
		abs($got - $want{$_}) <= $tolerance ? () : sprintf '%s runs %.3f%%, not %.3f%%', $_, $got, $want{$_};
	} sort keys %want;
}

{
	my $run = run_ok('weights 1:3', {options => ['--seconds', 10]}, spinners(['one', weight => 1], ['three', weight => 3]));
	faultless('weights 1:3 are 25% and 75% within 1%', share_faults($run, 0.25, one => 25, three => 75));
	faulty('shares the other way round', share_faults($run, 0.25, one => 75));
	faulty('a share that is 1% off', share_faults(doctored($run, sub { $_->{json}{vms}[0]{vcpus}[0]{ticks}{running} *= 1.011 }), 0.25,
		one => 25));
	cmp_ok(vcpu($run, 'one')->{switches}, '>', 100, 'VMs with weights 1:3 switch more than 100 times');
}
{
	my $run = run_ok('weights of vCPUs', {timeslice_us => 1000, options => ['--seconds', 2]},
		spinners(['a', weight => 100], ['b', weight => 200, vcpus => 2], ['c', weight => 500]));
	faultless('each vCPU of a VM has the weight of the VM',
		share_faults($run, 0.2, a => 10, 'b/0' => 20, 'b/1' => 20, c => 50));
}
for my $cap (10, 25, 50) {
	my $run = run_ok("cap $cap, alone", {options => ['--seconds', 2]}, spinners(['capped', cap => $cap]));
	faultless("a VM with cap $cap that runs alone gets $cap% of a CPU", share_faults($run, 0.1, capped => $cap));
	ok(abs(share($run, 'ready', 'capped') - 100 + $cap) < 0.1, "a VM with cap $cap that runs alone is READY for the rest of its time (R-24)");
}
{
	my $run = run_ok('caps, contended', {options => ['--seconds', 3]},
		spinners(['ten', cap => 10], ['quarter', cap => 25], ['free', weight => 10]));
	faultless('VMs with caps get their caps, and a VM without a cap gets the rest',
		share_faults($run, 0.2, ten => 10, quarter => 25, free => 65));
	$run = run_ok('a cap above the share', {options => ['--seconds', 1]}, spinners(['half', cap => 50], ['a'], ['b']));
	faultless('a cap above the fair share changes nothing', share_faults($run, 1, half => 33.3, a => 33.3, b => 33.3));
}

# Labs with several CPUs run in real time, as instruction counts of several CPUs are not a common
# clock. This machine may keep QEMU's threads waiting, and the vCPU that runs then is charged for
# that time. So the tolerance includes the CPU time that QEMU's busy CPUs lacked. A lab that ends at
# once measures the CPU time of the start, which is subtracted.
use constant SECONDS => 3;
sub on_two
{
	my ($name, $busy, $want, @vms) = @_;
	my %how = (pcpus => 2, free => 1);
	my $start = run({%how, options => ['--seconds', 0.01]}, spinners(@vms));
	my $run = run_ok($name, {%how, options => ['--seconds', SECONDS]}, spinners(@vms));
	my $lacked = $busy * SECONDS - ($run->{cpu_s} - $start->{cpu_s});
	my $tolerance = 3 + ($lacked > 0 ? 100 * $lacked / SECONDS : 0);
	faultless(sprintf('%s, within %.1f', $name, $tolerance), share_faults($run, $tolerance, %$want));
}

on_two('two VMs pinned to CPU 0 share it, and one pinned to CPU 1 has it alone', 2, {a => 50, b => 50, c => 100}, ['a', pin => 0], ['b', pin => 0], ['c', pin => 1]);
on_two('two VMs pinned to one CPU share it although the other idles', 1, {a => 50, b => 50}, ['a', pin => 1], ['b', pin => 1]);
on_two('three VMs on two CPUs get two thirds of a CPU each', 2, {a => 66.7, b => 66.7, c => 66.7}, ['a'], ['b'], ['c']);
on_two('a VM without a pin runs on the CPU that a pinned VM leaves free', 2, {a => 100, b => 100}, ['a', pin => 0], ['b', weight => 1]);
on_two('two VMs share the CPU that a heavy VM with one vCPU cannot use', 2, {heavy => 100, a => 50, b => 50}, ['heavy', weight => 10000], ['a'], ['b']);
done_testing();
