#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: who gets how much of the CPUs: weights, caps, pinning; nobody idles while there is work.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

my $for_ever = 'until_ms=1000000000';

# VMs that spin, by name and keys.
sub spinners
{
	my @vms = @_;
	return map { my ($name, @keys) = @$_; bare($name, 'spin', $for_ever, @keys) } @vms;
}

# What runs other than wanted: name or name/id => percent of a CPU, within `tolerance`.
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
	faulty('1% off', share_faults(doctored($run, sub { $_->{json}{vms}[0]{vcpus}[0]{ticks}{running} *= 1.011 }), 0.25,
		one => 25));
	cmp_ok(vcpu($run, 'one')->{switches}, '>', 100, 'and that is by turns');
}
{
	my $run = run_ok('weights of vCPUs', {timeslice_us => 1000, options => ['--seconds', 2]},
		spinners(['a', weight => 100], ['b', weight => 200, vcpus => 2], ['c', weight => 500]));
	faultless('a weight is each vCPU\'s',
		share_faults($run, 0.2, a => 10, 'b/0' => 20, 'b/1' => 20, c => 50));
}
for my $cap (10, 25, 50) {
	my $run = run_ok("cap $cap, alone", {options => ['--seconds', 2]}, spinners(['capped', cap => $cap]));
	faultless("cap $cap holds alone", share_faults($run, 0.1, capped => $cap));
	ok(abs(share($run, 'ready', 'capped') - 100 + $cap) < 0.1, 'and the rest is stolen (R-24)');
}
{
	my $run = run_ok('caps, contended', {options => ['--seconds', 3]},
		spinners(['ten', cap => 10], ['quarter', cap => 25], ['free', weight => 10]));
	faultless('caps hold, and what they leave goes to the others',
		share_faults($run, 0.2, ten => 10, quarter => 25, free => 65));
	$run = run_ok('a cap above the share', {options => ['--seconds', 1]}, spinners(['half', cap => 50], ['a'], ['b']));
	faultless('a cap above the fair share changes nothing', share_faults($run, 1, half => 33.3, a => 33.3, b => 33.3));
}

# Several CPUs: in real time, as instruction counts of several CPUs are no clock that these could share.
# The scheduler makes up for what the machine underneath disturbs, but not at once.
sub on_two
{
	my ($name, @vms) = @_;
	return run_ok($name, {pcpus => 2, free => 1, options => ['--seconds', 3]}, spinners(@vms));
}

my $run = on_two('pinning', ['a', pin => 0], ['b', pin => 0], ['c', pin => 1]);
faultless('two on CPU 0, one on CPU 1', share_faults($run, 3, a => 50, b => 50, c => 100));
$run = on_two('all pinned to one', ['a', pin => 1], ['b', pin => 1]);
faultless('though the other CPU idles', share_faults($run, 3, a => 50, b => 50));
$run = on_two('three on two CPUs', ['a'], ['b'], ['c']);
faultless('no CPU idles, all get the same', share_faults($run, 3, a => 66.7, b => 66.7, c => 66.7));
$run = on_two('a free CPU', ['a', pin => 0], ['b', weight => 1]);
faultless('who may run elsewhere does', share_faults($run, 3, a => 100, b => 100));
$run = on_two('one vCPU has one CPU at most', ['heavy', weight => 10000], ['a'], ['b']);
faultless('and what it cannot use is shared', share_faults($run, 3, heavy => 100, a => 50, b => 50));
done_testing();
