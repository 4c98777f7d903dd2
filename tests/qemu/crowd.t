#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: many at once: 8 Linux VMs, 64 vCPUs, and on several CPUs in real time. The ledger holds in all of it.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

# Of spin's lines: every vCPU has run, and read what the ledger has. `later_ns`: stolen after it looked.
sub spin_faults
{
	my ($run, $name, $later_ns) = @_;
	my %line = map { $_->{cpu} => $_ } line_of('SPIN', $run->{console}{$name});
	my ($vm) = grep { $_->{name} eq $name } @{$run->{json}{vms}};
	return map {
		my ($l, $stolen) = ($line{$_->{id}}, $_->{stolen_ns});
		!$l ? "$name/$_->{id} is silent" : $l->{stolen_ns} > $stolen || $stolen - $l->{stolen_ns} > $later_ns
			? "$name/$_->{id}: read $l->{stolen_ns} ns, the ledger has $stolen" : ();
	} @{$vm->{vcpus}};
}

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
	my $run = run_ok($name, $how, @eight);
	faultless("$name: each has run, and knows its loss", map { spin_faults($run, "vm$_", 10_000_000_000) } 1 .. 8);
	next if $how->{pcpus};
	faultless("$name: to the end", map { spin_faults($run, "vm$_", 300_000_000) } 1 .. 8);
	faulty('one silent', spin_faults(doctored($run, sub { $_->{console}{vm3} =~ s/^SPIN cpu=5.*\n//m }), 'vm3', 300_000_000));
	faulty('another\'s number', spin_faults(doctored($run, sub { $_->{console}{vm3} =~ s/(cpu=5 .*stolen_ns=)\d+/${1}1/ }), 'vm3',
		300_000_000));
}
{
	my $run = run_ok('64 spin for ever', {timeslice_us => 500, options => ['--seconds', 1]},
		map { bare("vm$_", 'spin', 'until_ms=1000000000', vcpus => 8) } 1 .. 8);
	cmp_ok(spread($run), '<', 10, 'all 64 get the same') or diag spread($run);
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
		bare('writer', 'writepage', ''), bare('busy', 'spin', 'until_ms=1500', vcpus => 2), bare('again', 'reset', 'reset_ms=700'));
	faultless("$pcpus CPUs: $_", tap_faults($run->{console}{$_})) or diag $run->{console}{$_} for qw(smp1 smp2 bad writer);
	like($run->{console}{again}, qr/^BOOT.*^RESET.*^BOOT/ms, "$pcpus CPUs: reset");
}
done_testing();
