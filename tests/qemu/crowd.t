#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: many VMs at once: 8 Linux VMs, and 64 vCPUs on one CPU and on several CPUs in real time. The
# ledger has no fault in any of these labs.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

# The difference between the longest and the shortest running time of equal vCPUs, in percent of the
# mean.
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
		cmp_ok(vcpu($run, $name)->{stolen_ns}, '>', 1_000_000_000, "more than 1 s was stolen from $name");
	}
}

my @eight = map { bare("vm$_", 'spin', 'until_ms=1000', vcpus => 8) } 1 .. 8;
for my $case (['64 vCPUs on 1 CPU', {timeslice_us => 1000}], ['64 vCPUs on 8 CPUs, in real time', {pcpus => 8, free => 1, cpu => 'neoverse-n1'}],
	['64 vCPUs on 2 CPUs, in real time', {pcpus => 2, free => 1}], ['64 vCPUs on 4 CPUs, in real time', {pcpus => 4, free => 1}]) {
	my ($name, $how) = @$case;
	my $run = run_ok($name, {stamp => 1, %$how}, @eight);
	faultless("$name: each vCPU reports the ledger's stolen time", map { mark_faults($run, "vm$_") } 1 .. 8);
	faulty('a vCPU that does not report', mark_faults(doctored($run, sub { $_->{stamped}{vm3} =~ s/MARK cpu=5.*\n//g }), 'vm3'));
	faulty('the number of another vCPU', mark_faults(doctored($run, sub { $_->{stamped}{vm3} =~ s/(MARK cpu=5 stolen_ns=)\d+/${1}1/g }),
		'vm3'));
}
{
	my $run = run_ok('64 spin for ever', {timeslice_us => 500, options => ['--seconds', 1]},
		map { bare("vm$_", 'spin', 'until_ms=1000000000', vcpus => 8) } 1 .. 8);
	cmp_ok(spread($run), '<', 10, 'the running times of 64 vCPUs that spin differ by less than 10%') or diag spread($run);
	cmp_ok(spread(doctored($run, sub { $_->{json}{vms}[7]{vcpus}[7]{ticks}{running} *= 0.8 })), '>', 10, 'the check reports a vCPU that runs 20% less');
}
{
	my $run = run_ok('Linux with 8 vCPUs among 56 others, in real time', {pcpus => 2, free => 1, timeslice_us => 1000},
		linux('linux', 'role=report', vcpus => 8, memory => '192M', weight => 1000), @eight[0 .. 6]);
	is(scalar(reports($run->{console}{linux})), 8, 'Linux with 8 vCPUs among 56 others reports on all 8') or diag $run->{console}{linux};
}
# The guests' own tests under load, in real time.
for my $pcpus (2, 3) {
	my $run = run_ok("checks on $pcpus CPUs, in real time", {pcpus => $pcpus, free => 1, timeslice_us => 1000, writers => ['writer']},
		bare('smp1', 'smp', '', vcpus => 4), bare('smp2', 'smp', '', vcpus => 8, weight => 300), bare('bad', 'bad', 'seed=9'),
		bare('writer', 'writepage', ''), bare('busy', 'spin', 'until_ms=1500', vcpus => 2), bare('again', 'reset', 'reset_ms=8000 idle'));
	faultless("$pcpus CPUs: the guest $_ passes its tests", tap_faults($run->{console}{$_})) or diag $run->{console}{$_} for qw(smp1 smp2 bad writer);
	like($run->{console}{again}, qr/^BOOT.*^RESET.*^BOOT/ms, "$pcpus CPUs: a guest resets and boots again");
}
done_testing();
