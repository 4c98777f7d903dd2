#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: two deterministic runs of a lab have the same ledger and consoles, byte for byte. (QEMU's own
# warnings may differ.)

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

# The parts in which two runs differ.
sub differences
{
	my ($a, $b) = @_;
	return ((grep { $a->{$_} ne $b->{$_} } qw(status out ledger)),
		grep { $a->{console}{$_} ne $b->{console}{$_} } keys %{$a->{console}});
}

my @guests = (
	linux('linux', 'role=report', weight => 300),
	bare('spin', 'spin', 'until_ms=900', vcpus => 3),
	bare('reset', 'reset', 'reset_ms=300'),
	bare('idle', 'idle', 'ms=400', cap => 20),
	bare('smp', 'smp', '', vcpus => 4),
);
for my $case (['1 CPU', {}], ['2 CPUs', {pcpus => 2, cpu => 'neoverse-n1'}]) {
	my ($name, $how) = @$case;
	my @runs = map { run_ok("$name, run $_", {seed => 3, timeslice_us => 700, %$how}, @guests) } 1 .. 2;
	is_deeply([differences(@runs)], [], "$name: two runs are equal");
	like($runs[0]{console}{linux}, qr/STEAL .*reboot: Power down/s, "$name: Linux reports and powers off");
}
{
	my @runs = map { run_ok("until one is off, run $_", {pcpus => 2, options => ['--until', 'spin']},
		bare('busy', 'stop', 'spin', vcpus => 3), bare('spin', 'spin', 'until_ms=300', vcpus => 2)) } 1 .. 2;
	is_deeply([differences(@runs)], [], 'two runs with --until are equal');
	like($runs[0]{console}{spin}, qr/^SPIN cpu=1 /m, 'the VM that --until names runs to its end');
}
my $good = run({}, bare('hello', 'hello', ''));
my $other = run({timeslice_us => 2000}, bare('hello', 'hello', 'word'));
is_deeply([differences($good, $good)], [], 'a run is equal to itself');
faulty('another command line', grep { $_ eq 'hello' } differences($good, $other));
faulty('a digit of the ledger', differences($good, {%$good, ledger => $good->{ledger} =~ s/(\d)\}/($1 + 1) % 10 . '}'/er}));
done_testing();
