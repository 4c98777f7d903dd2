#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: a guest that does one thing as fast as it goes, whatever that makes the hypervisor do for it, gets its share and no
# more (tests/guests/storm.c). STORM_S: seconds of guest time of each run, with slices of the usual length (`make soak`).

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use List::Util qw(max);
use Test::More;

# QEMU takes ten times as long for a WFE as for any other instruction.
sub how
{
	my ($kind) = @_;
	return (options => ['--seconds', $ENV{STORM_S}]) if $ENV{STORM_S};
	return $kind eq 'wfe' ? (options => ['--seconds', 0.05], timeslice_us => 100) : (options => ['--seconds', 0.15], timeslice_us => 200);
}

# What each vCPU is to run, in ticks, by "vm/id": of what the CPUs have from when it began, an equal part.
sub fair
{
	my ($run, $pcpus) = @_;
	my (%fair, @begun);
	my %life = map { my $vm = $_; map { ("$vm->{name}/$_->{id}" => $_->{life}) } @{$vm->{vcpus}} } @{$run->{json}{vms}};
	my %begin = map { $_ => $life{$_}{off} + $life{$_}{blocked} } keys %life;
	my @order = sort { $begin{$a} <=> $begin{$b} } keys %life;
	while (@order) {
		push @begun, shift @order;
		my $end = @order ? $begin{$order[0]} : max(map { $_->{elapsed} } values %life);
		$fair{$_} += ($end - $begin{$begun[-1]}) * ($pcpus < @begun ? $pcpus / @begun : 1) for @begun;
	}
	return %fair;
}

# The vCPUs of @of that ran less than 99% of $want{vm/id}, or more than 101% where $most.
sub unfair
{
	my ($run, $most, $want, @of) = @_;
	return map {
		my $got = vcpu($run, split m{/})->{life}{running} / $want->{$_};
		$got >= 0.99 && ($got <= 1.01 || !$most) ? () : sprintf '%s has %.2f%% of its share', $_, 100 * $got;
	} @of;
}

for my $pcpus (1, 2) {
	my @honest = map { "honest/$_" } 0 .. $pcpus - 1;
	for my $kind (qw(sgi self timer wfi call frame wfe on_off reset)) {
		my $name = "$kind on $pcpus CPU" . ($pcpus > 1 ? 's' : '');
		my $run = run_ok($name, {pcpus => $pcpus, how($kind)}, bare('storm', 'storm', "storm=$kind", vcpus => 2),
			bare('honest', 'spin', 'until_ms=1000000000', vcpus => $pcpus));
		# Where one of the two is off now and then, the others have more than if it were not.
		my $sometimes = $kind eq 'on_off' || $kind eq 'reset';
		my %fair = fair($run, $pcpus);
		faultless("$name: each vCPU has its share", unfair($run, !$sometimes, \%fair, @honest, $sometimes ? () : qw(storm/0 storm/1)));
		cmp_ok(max(map { vcpu($run, 'storm', $_)->{life}{running} } 0, 1), '<=', 1.01 * vcpu($run, 'honest', 0)->{life}{running},
			"$name: no vCPU has more than an honest one");
	}
}
done_testing;
