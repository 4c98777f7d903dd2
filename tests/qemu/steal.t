#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the stolen time that Linux guests report is the ledger's of the same instant, to the
# nanosecond in the structure and within two ticks in /proc/stat, with and without competition; and
# idle time is not stolen.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

# Two Linux guests compete for one or two CPUs. A third guest, which spins, also competes while they
# report; on one CPU, a test checks that it does.
for my $case (['equal weights', {}, [], []], ['1:3, SMC', {cpu => 'neoverse-n1'}, [weight => 300], [conduit => 'smc']],
	['two CPUs, in real time', {pcpus => 2, free => 1}, [vcpus => 2], [vcpus => 2]]) {
	my ($name, $how, $red, $blue) = @$case;
	my $run = run_ok($name, {stamp => 1, %$how},
		linux('red', 'role=spin until=3', @$red), linux('blue', 'role=phases busy=1 rest=1 until=3', @$blue),
		bare('other', 'spin', 'until_ms=5000'));
	for my $vm (qw(red blue)) {
		faultless("$name: $vm agrees with the ledger", steal_faults($run, $vm)) or diag $run->{stamped}{$vm};
		cmp_ok(vcpu($run, $vm)->{stolen_ns}, '>', 300_000_000, "$name: more than 300 ms were stolen from $vm");
	}
	faultless("$name: the third guest agrees with the ledger", mark_faults($run, 'other'));
	my ($others) = reverse marks($run->{stamped}{other});
	cmp_ok($others->{at_ns}, '>', $_->{at_ns}, "$name: the third guest still runs after the report")
		for $how->{free} ? () : map { reports($run->{stamped}{$_}) } qw(red blue);
	faulty('a ledger that is 30 ms ahead', steal_faults(doctored($run, sub { later($_->{stamped}{red}, 30_000_000) }), 'red'));
	faulty('a ledger that is 1 ns ahead', steal_faults(doctored($run, sub { later($_->{stamped}{red}, 1) }), 'red'));
}

# Two vCPUs on one CPU: each takes time from the other, and each reports its own stolen time.
{
	my $run = run_ok('two vCPUs', {timeslice_us => 100, stamp => 1}, linux('two', 'role=spin until=1 report=2 maxcpus=1', vcpus => 2));
	my ($a, $b) = map { vcpu($run, 'two', $_)->{stolen_ns} } 0, 1;
	ok($a > 200_000_000 && $b > 200_000_000, 'more than 200 ms are stolen from each of two vCPUs') or diag "$a $b";
	faultless('the report of each of two vCPUs agrees with the ledger', steal_faults($run, 'two')) or diag $run->{stamped}{two};
}

# The vCPUs from which more than $most_ns were stolen.
sub idle_faults
{
	my ($run, $name, $most_ns) = @_;
	return map { $_->{stolen_ns} > $most_ns ? "$name/$_->{id}: $_->{stolen_ns} ns stolen" : () }
		map { $_->{name} eq $name ? @{$_->{vcpus}} : () } @{$run->{json}{vms}};
}

{
	my $run = run_ok('idle, alone', {}, linux('idle', 'role=idle until=20 report=21', cap => 100));
	faultless('no time is stolen from an idle guest that runs alone', idle_faults($run, 'idle', 0));
	my ($report) = reports($run->{console}{idle});
	is_deeply([@$report{qw(proc_ticks struct_ns)}], [0, 0], 'an idle guest that runs alone reports no stolen time');
	cmp_ok(share($run, 'blocked', 'idle'), '>', 90, 'an idle guest that runs alone is blocked for more than 90% of its time');

	$run = run_ok('idle, alone, pinned', {pcpus => 2}, linux('idle', 'role=idle until=5 report=6', pin => 1));
	faultless('at most 1 ms is stolen from an idle guest that is pinned and runs alone', idle_faults($run, 'idle', 1_000_000));
}
{
	my $run = run_ok('idle, beside one that spins', {stamp => 1}, linux('idle', 'role=idle until=6 report=7'), bare('busy', 'spin', 'until_ms=5000'));
	my ($boot) = $run->{console}{idle} =~ /^BOOT.* centiseconds=(\d+)/m;
	my $wanted = ms($run, 'running', 'idle') * 1e6;
	faultless('no more time is stolen from an idle guest beside one that spins than it ran', idle_faults($run, 'idle', $wanted));
	faultless('the report of an idle guest beside one that spins agrees with the ledger', steal_faults($run, 'idle')) or diag $run->{stamped}{idle};
	cmp_ok(share($run, 'blocked', 'idle'), '>', 60, 'an idle guest beside one that spins is blocked for more than 60% of its time');
	faultless('the report of the guest that spins agrees with the ledger', mark_faults($run, 'busy'));
	faulty('blocked time charged', idle_faults(doctored($run, sub {
		$_->{stolen_ns} += $_->{ticks}{blocked} * 16 for $_->{json}{vms}[0]{vcpus}[0] }), 'idle', $wanted));
}
done_testing();
