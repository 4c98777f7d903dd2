#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: stolen time under each of Xen's schedulers. The conformance suite is dom0, with two vCPUs on
# one CPU, and judges what is charged, when, and how stale it becomes.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use Xen;

my @cases = qw(contended competitor woken at_switch_in adds_up observers refreshed off off_on idle_wfi rounds);

# Long slices make a vCPU wait for so long that its structure must be refreshed meanwhile (R-34).
my @schedulers = (
	[credit => 'sched=credit'],
	['credit, slices of 150 ms' => 'sched=credit sched_credit_tslice_ms=150', 'refreshed'],
	[credit2 => 'sched=credit2'],
	[rtds => 'sched=rtds'],
);
for (@schedulers) {
	my ($name, $arguments, @only) = @$_;
	my $cases = join ',', @only ? @only : @cases;
	my $run = xen_run(cpu => 'neoverse-n1', arguments => $arguments, until => sub { $_[0] =~ /^# \d+ FAIL, .*\n/m },
		dom0 => bare_domain('dom0', "$build/conformance/suite-4k-le.img", cpus => 2, memory => 128, append => "expect=on rounds=200 case=$cases"));
	my $text = lines_of($run->{console}, 0);
	is($run->{ended}, 'until', "$name: the suite runs to its end") or diag $run->{console};
	my ($wanted) = $arguments =~ /sched=(\w+)/;
	like($run->{console}, qr/Using scheduler: .*\($wanted\)/, "$name: Xen uses that scheduler");
	my @failed = $text =~ /^(not ok .*)/mg;
	is(scalar @failed, 0, "$name: no case fails") or diag join "\n", @failed, $text;
	my @judged = grep { !/# SKIP/ } $text =~ /^(ok .*)/mg;
	at_least("$name: cases that could be judged", @only ? 1 : @cases - 1, scalar @judged) or diag $text;
}

# null gives a CPU to one vCPU, and the others never run while that one exists. Their structures
# grow all the same.
my $run = xen_run(arguments => 'sched=null', until => sub { reported($_[0], 1, 1) }, dump => 1,
	domains => [linux_domain('domU1', append => 'role=spin until=12 then=stay'), linux_domain('domU2', append => 'role=idle')]);
is($run->{ended}, 'until', 'null: the vCPU that has the CPU reports') or diag $run->{console};
like($run->{console}, qr/Using scheduler: .*\(null\)/, 'null: Xen uses that scheduler');
my $totals = totals($run->{dump});
my ($has, $waits) = sort { $a->{runnable} <=> $b->{runnable} } map { $totals->{$_}[0] } 1, 2;
cmp_ok($has->{runnable}, '<', 100e6, 'null: the vCPU that has the CPU does not wait');
cmp_ok($waits->{runnable}, '>', 5e9, 'null: the other one waits');
cmp_ok($waits->{runnable} - $waits->{shown}, '<=', 100e6, 'null: its structure is at most 100 ms old');
cmp_ok($waits->{shown}, '<=', $waits->{runnable}, 'null: its structure is not ahead');

done_testing();
