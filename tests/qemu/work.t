#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: in the time that the ledger counts as running, a guest really gets its work done. The time of
# a switch between vCPUs is not charged as running, so a guest that forces switches as often as
# possible, by naps of a microsecond, hardly slows another guest's work. tests/guests/work.c counts
# the work.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

use constant {MS => 20, SECONDS => 0.07};

# Rounds of work in each millisecond that was not stolen.
sub work
{
	my ($name, $how, @others) = @_;
	my $run = run_ok($name, {options => ['--seconds', SECONDS], %$how}, bare('honest', 'work', 'ms=' . MS), @others);
	my ($rounds, $ns, $stolen_ns) = $run->{console}{honest} =~ /^WORK rounds=(\d+) ns=(\d+) stolen_ns=(\d+)$/m;
	ok($rounds, "$name: the honest guest reports its work") or return 0;
	return 1e6 * $rounds / ($ns - $stolen_ns);
}

my %alone = map { $_ => work("alone, slices of $_ us", {timeslice_us => $_}) } 200, 4000;
for my $case (
	['timer', 200, 300], ['on_off', 200, 300], ['reset', 200, 300], (map { ["wfi ns=$_", 200, 300] } 1000, 2000, 3000, 4000, 20000),
	['wfi ns=4000', 200, 100], ['wfi ns=2000', 4000, 300]) {
	my ($storm, $slice_us, $weight) = @$case;
	my $name = "$storm, weight $weight, slices of $slice_us us";
	my $rate = work($name, {timeslice_us => $slice_us}, bare('storm', 'storm', "storm=$storm", vcpus => 2, weight => $weight));
	cmp_ok($rate, '>=', 0.97 * $alone{$slice_us}, "$name: the honest guest does at least 97% of the work that it does alone in the same running time");
	note sprintf '%s: %.3f', $name, $rate / $alone{$slice_us};
}
done_testing;
