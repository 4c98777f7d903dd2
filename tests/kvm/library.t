#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: libpvtime-kvm on a real /dev/kvm: the program of library.c, on a Linux host with VHE and on
# one without.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Test::More;

# Each result of a TAP text that is not ok, and whatever else is wrong with it.
sub faults
{
	my ($tap) = @_;
	my @results = $tap =~ /^((?:not )?ok \d+.*)$/mg;
	my @faults = grep { /^not/ || /# SKIP/ } @results;
	push @faults, 'no plan of ' . @results . ' results' if !@results || $tap !~ /^1\.\.@{[scalar @results]}$/m;
	return @faults;
}

for my $cpu ('neoverse-n1', 'cortex-a57') {
	my $run = host_run(script => 'timeout -s KILL 60 /library', files => {library => "$build/libpvtime-kvm/tests/library"},
		cpu => $cpu, cpus => 1, icount => 1);
	is($run->{status}, 0, "$cpu: the program's status") or diag $run->{console};
	is_deeply([faults($run->{out})], [], "$cpu: every result is ok") or diag $run->{out};
	cmp_ok(scalar(() = $run->{out} =~ /^ok/mg), '>=', 100, "$cpu: and there are many");
}

is_deeply([faults("ok 1 - a\nnot ok 2 - b\n1..2\n")], ['not ok 2 - b'], 'a failure is found out');
is_deeply([faults("ok 1 - a\n1..2\n")], ['no plan of 1 results'], 'a result that is lost is found out');
is_deeply([faults('')], ['no plan of 0 results'], 'nothing at all is found out');

done_testing;
