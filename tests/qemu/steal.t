#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: what Linux guests report as stolen is what was stolen: to the nanosecond in the structure, within
# two ticks in /proc/stat; and the idle are not stolen from. Who reports does so while no other guest wants the
# CPU: otherwise more is stolen between the one reading and the other.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

# Stolen between a guest's report and its power-off, while others wake for their ticks.
my $wakes_ns = 5_000_000;

# Two guests compete, at first with equal weights; the one is idle when the other reports.
for my $case (['equal weights', {}, [], []], ['1:3, SMC', {cpu => 'neoverse-n1'}, [weight => 300], [conduit => 'smc']]) {
	my ($name, $how, $red, $blue) = @$case;
	my $run = run_ok($name, $how,
		linux('red', 'role=spin until=3 report=4', @$red), linux('blue', 'role=phases busy=1 rest=1 until=3 report=5', @$blue));
	for my $vm (qw(red blue)) {
		faultless("$name: $vm agrees with the ledger", steal_faults($run, $vm, $wakes_ns)) or diag $run->{console}{$vm};
		cmp_ok(vcpu($run, $vm)->{stolen_ns}, '>', 300_000_000, "$name: much was stolen from $vm");
	}
	faulty('what was stolen before a later theft',
		steal_faults(doctored($run, sub { $_->{json}{vms}[0]{vcpus}[0]{stolen_ns} += 30_000_000 }), 'red', $wakes_ns));
	my ($report) = reports($run->{console}{blue});
	is($report->{struct_ns}, vcpu($run, 'blue')->{stolen_ns}, "$name: to the nanosecond where nobody is left");
}

# Two vCPUs on one CPU: each is stolen from by the other, and each tells its own.
{
	my $run = run_ok('two vCPUs', {timeslice_us => 500}, linux('two', 'role=spin until=2 report=3', vcpus => 2));
	my ($a, $b) = map { vcpu($run, 'two', $_)->{stolen_ns} } 0, 1;
	ok($a > 200_000_000 && $b > 200_000_000, 'both are stolen from') or diag "$a $b";
	faultless('each CPU agrees with the ledger', steal_faults($run, 'two', 2 * $wakes_ns)) or diag $run->{console}{two};
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
	is_deeply([@$report{qw(proc_ticks struct_ns)}], [0, 0], 'nor does it say so');
	cmp_ok(share($run, 'blocked', 'idle'), '>', 90, 'though it was there all the time');

	$run = run_ok('idle, alone, pinned', {pcpus => 2}, linux('idle', 'role=idle until=5 report=6', pin => 1));
	faultless('nothing is stolen from it', idle_faults($run, 'idle', 1_000_000));
}
{
	my $run = run_ok('idle, beside one that spins', {}, linux('idle', 'role=idle until=6 report=7'), bare('busy', 'spin', 'until_ms=5000'));
	my ($boot) = $run->{console}{idle} =~ /^BOOT.* centiseconds=(\d+)/m;
	my $wanted = ms($run, 'running', 'idle') * 1e6;
	faultless('no more is stolen from it than the time it ran', idle_faults($run, 'idle', $wanted));
	faultless('as the structure and /proc/stat have it', steal_faults($run, 'idle')) or diag $run->{console}{idle};
	cmp_ok(share($run, 'blocked', 'idle'), '>', 60, 'the time it waited by its own will is not');
	my ($spin) = line_of('SPIN', $run->{console}{busy});
	is($spin->{stolen_ns}, vcpu($run, 'busy')->{stolen_ns}, 'the one that spins is told what was stolen from it');
	faulty('blocked time charged', idle_faults(doctored($run, sub {
		$_->{stolen_ns} += $_->{ticks}{blocked} * 16 for $_->{json}{vms}[0]{vcpus}[0] }), 'idle', $wanted));
}
done_testing();
