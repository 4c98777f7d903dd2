#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: many at once: 8 Linux VMs, 64 vCPUs, and on several CPUs in real time. The ledger holds in
# all of it.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

# How far apart the running times of equal vCPUs are, in percent of their mean.
sub spread
{
	my ($run) = @_;
	my @running = sort { $a <=> $b } map { $_->{ticks}{running} } map { @{$_->{vcpus}} } @{$run->{json}{vms}};
	my $sum = 0;
	$sum += $_ for @running;
	return 100 * ($running[-1] - $running[0]) / ($sum / @running);
}

{
	my $run = run_ok('8 Linux VMs', {}, map { linux("linux$_", 'role=report') } 1 .. 8);
	for my $name (sort keys %{$run->{console}}) {
		my @reports = reports($run->{console}{$name});
		ok(@reports == 1 && $run->{console}{$name} =~ /reboot: Power down/, "$name boots, reports and powers off")
			or diag $run->{console}{$name};
		cmp_ok(vcpu($run, $name)->{stolen_ns}, '>', 1_000_000_000, "$name had to wait");
	}
}

my @eight = map { bare("vm$_", 'spin', 'until_ms=1000', vcpus => 8) } 1 .. 8;
for my $case (['64 vCPUs on 1 CPU', {timeslice_us => 1000}], ['64 vCPUs on 8 CPUs, in real time', {pcpus => 8, free => 1, cpu => 'neoverse-n1'}],
	['64 vCPUs on 2 CPUs, in real time', {pcpus => 2, free => 1}], ['64 vCPUs on 4 CPUs, in real time', {pcpus => 4, free => 1}]) {
	my ($name, $how) = @$case;
	my $run = run_ok($name, {stamp => 1, %$how}, @eight);
	faultless("$name: each has run, and knows its loss", map { mark_faults($run, "vm$_") } 1 .. 8);
	faulty('a silent vCPU', mark_faults(doctored($run, sub { $_->{stamped}{vm3} =~ s/MARK cpu=5.*\n//g }), 'vm3'));
	faulty('the number of another vCPU', mark_faults(doctored($run, sub { $_->{stamped}{vm3} =~ s/(MARK cpu=5 stolen_ns=)\d+/${1}1/g }),
		'vm3'));
}
{
	my $run = run_ok('64 spin for ever', {timeslice_us => 500, options => ['--seconds', 1]},
		map { bare("vm$_", 'spin', 'until_ms=1000000000', vcpus => 8) } 1 .. 8);
	cmp_ok(spread($run), '<', 10, '64 vCPUs that spin get the same') or diag spread($run);
	cmp_ok(spread(doctored($run, sub { $_->{json}{vms}[7]{vcpus}[7]{ticks}{running} *= 0.8 })), '>', 10, 'found out: one gets less');
}
{
	my $run = run_ok('Linux with 8 vCPUs among 56 others, in real time', {pcpus => 2, free => 1, timeslice_us => 1000},
		linux('linux', 'role=report', vcpus => 8, memory => '192M', weight => 1000), @eight[0 .. 6]);
	is(scalar(reports($run->{console}{linux})), 8, 'all 8 report') or diag $run->{console}{linux};
}
# What shares nothing with the others' labs: the guests' own checks under load, in real time.
for my $pcpus (2, 3) {
	my $run = run_ok("checks on $pcpus CPUs, in real time", {pcpus => $pcpus, free => 1, timeslice_us => 1000, writers => ['writer']},
		bare('smp1', 'smp', '', vcpus => 4), bare('smp2', 'smp', '', vcpus => 8, weight => 300), bare('bad', 'bad', 'seed=9'),
		bare('writer', 'writepage', ''), bare('busy', 'spin', 'until_ms=1500', vcpus => 2), bare('again', 'reset', 'reset_ms=8000 idle'));
	faultless("$pcpus CPUs: $_", tap_faults($run->{console}{$_})) or diag $run->{console}{$_} for qw(smp1 smp2 bad writer);
	like($run->{console}{again}, qr/^BOOT.*^RESET.*^BOOT/ms, "$pcpus CPUs: reset");
}
done_testing();
