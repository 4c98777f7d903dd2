#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: what Linux guests report as stolen is what was stolen by that instant: to the nanosecond in
# the structure, within two ticks in /proc/stat, whether others compete or not; and idle guests are
# not stolen from.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

# Two guests compete, for a CPU or for two of them; and a third one, which computes, competes while
# they report. On one CPU it is known to.
for my $case (['equal weights', {}, [], []], ['1:3, SMC', {cpu => 'neoverse-n1'}, [weight => 300], [conduit => 'smc']],
	['two CPUs, in real time', {pcpus => 2, free => 1}, [vcpus => 2], [vcpus => 2]]) {
	my ($name, $how, $red, $blue) = @$case;
	my $run = run_ok($name, {stamp => 1, %$how},
		linux('red', 'role=spin until=3', @$red), linux('blue', 'role=phases busy=1 rest=1 until=3', @$blue),
		bare('other', 'spin', 'until_ms=5000'));
	for my $vm (qw(red blue)) {
		faultless("$name: $vm agrees with the ledger", steal_faults($run, $vm)) or diag $run->{stamped}{$vm};
		cmp_ok(vcpu($run, $vm)->{stolen_ns}, '>', 300_000_000, "$name: much was stolen from $vm");
	}
	faultless("$name: the third agrees with the ledger", mark_faults($run, 'other'));
	my ($others) = reverse marks($run->{stamped}{other});
	cmp_ok($others->{at_ns}, '>', $_->{at_ns}, "$name: the third computes after the report")
		for $how->{free} ? () : map { reports($run->{stamped}{$_}) } qw(red blue);
	faulty('a ledger that is 30 ms ahead', steal_faults(doctored($run, sub { later($_->{stamped}{red}, 30_000_000) }), 'red'));
	faulty('a ledger that is 1 ns ahead', steal_faults(doctored($run, sub { later($_->{stamped}{red}, 1) }), 'red'));
}

# Two vCPUs on one CPU: each is stolen from by the other, and each tells its own.
{
	my $run = run_ok('two vCPUs', {timeslice_us => 500, stamp => 1}, linux('two', 'role=spin until=2 report=3', vcpus => 2));
	my ($a, $b) = map { vcpu($run, 'two', $_)->{stolen_ns} } 0, 1;
	ok($a > 200_000_000 && $b > 200_000_000, 'time is stolen from both vCPUs') or diag "$a $b";
	faultless('each CPU agrees with the ledger', steal_faults($run, 'two')) or diag $run->{stamped}{two};
}

# What an idle guest has lost, above its wakings.
sub idle_faults
{
	my ($run, $name, $most_ns) = @_;
	return map { $_->{stolen_ns} > $most_ns ? "$name/$_->{id}: $_->{stolen_ns} ns stolen" : () }
		map { $_->{name} eq $name ? @{$_->{vcpus}} : () } @{$run->{json}{vms}};
}

{
	my $run = run_ok('idle, alone', {}, linux('idle', 'role=idle until=20 report=21', cap => 100));
	faultless('nothing at all is stolen from it', idle_faults($run, 'idle', 0));
	my ($report) = reports($run->{console}{idle});
	is_deeply([@$report{qw(proc_ticks struct_ns)}], [0, 0], 'a guest that runs alone reports no stolen time');
	cmp_ok(share($run, 'blocked', 'idle'), '>', 90, 'a guest that runs alone was blocked for most of its time');

	$run = run_ok('idle, alone, pinned', {pcpus => 2}, linux('idle', 'role=idle until=5 report=6', pin => 1));
	faultless('nothing is stolen from it', idle_faults($run, 'idle', 1_000_000));
}
{
	my $run = run_ok('idle, beside one that spins', {stamp => 1}, linux('idle', 'role=idle until=6 report=7'), bare('busy', 'spin', 'until_ms=5000'));
	my ($boot) = $run->{console}{idle} =~ /^BOOT.* centiseconds=(\d+)/m;
	my $wanted = ms($run, 'running', 'idle') * 1e6;
	faultless('no more is stolen from it than the time it ran', idle_faults($run, 'idle', $wanted));
	faultless('as the structure and /proc/stat have it', steal_faults($run, 'idle')) or diag $run->{stamped}{idle};
	cmp_ok(share($run, 'blocked', 'idle'), '>', 60, 'the time it waited by its own will is not');
	faultless('the one that spins is told what was stolen from it', mark_faults($run, 'busy'));
	faulty('blocked time charged', idle_faults(doctored($run, sub {
		$_->{stolen_ns} += $_->{ticks}{blocked} * 16 for $_->{json}{vms}[0]{vcpus}[0] }), 'idle', $wanted));
}
done_testing();
