#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: libpvtime-kvm on a real /dev/kvm: runs the program of library.c on a Linux host with VHE and
# on one without.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Test::More;

# The results of a TAP text that are not ok or skipped, and a missing or wrong plan.
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
	is($run->{status}, 0, "$cpu: the program ends with status 0") or diag $run->{console};
	is_deeply([faults($run->{out})], [], "$cpu: every result is ok and not skipped") or diag $run->{out};
	cmp_ok(scalar(() = $run->{out} =~ /^ok/mg), '>=', 160, "$cpu: at least 160 results are ok");
}

is_deeply([faults("ok 1 - a\nnot ok 2 - b\n1..2\n")], ['not ok 2 - b'], 'a failed result is reported');
is_deeply([faults("ok 1 - a\n1..2\n")], ['no plan of 1 results'], 'a plan of more results than there are is reported');
is_deeply([faults('')], ['no plan of 0 results'], 'an empty output is reported');

done_testing;
