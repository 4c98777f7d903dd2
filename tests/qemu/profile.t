#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the instructions that bench/profile counts, plus the guest's own, agree with the bench
# guest's clock, which counts instructions.

use strict;
use warnings;
use File::Basename qw(dirname);
use lib dirname(__FILE__);
use Guest;
use Shared qw(read_json);
use Test::More;

# For each path, the number of instructions of the guest's loop around one operation
# (bench/guest/loops.S), and the tolerance: QEMU's clock does not count an instruction that traps,
# or counts it together with those after it in the same block.
my %loop = (smccc_version_hvc => [5, 0], features_smc => [5, 0], unknown_hvc => [5, 0], idreg => [3, 2], gicd => [3, 2],
	switch => [10, 1]);
my @paths = sort keys %loop;
my $profile = dirname(__FILE__) . '/../../bench/profile';

sub clock_of
{
	my ($console) = @_;
	my @fields = map { {/(\w+)=(\S+)/g} } $console =~ /^BENCH (.*?)\r?$/mg;
	return map { $_->{name} => $_ } @fields;
}

# The differences between a profile and the guest's medians.
sub faults
{
	my ($counted, %clock) = @_;
	return map {
		my ($guest, $tolerance) = @{$loop{$_}};
		my $n = $counted->{$_}{instructions} / ($counted->{$_}{operations} || 1) + $guest;
		my $seen = $clock{$_}{median} // 'nothing';
		$seen =~ /^[\d.]+$/ && abs($seen - $n) <= $tolerance ? () : "$_: $n instructions counted, $seen on the guest's clock";
	} @paths;
}

my $status = system("'$build/limit' 120 '$profile' --build '$build' --json '$tmp/profile.json' @paths >'$tmp/profile.out' 2>'$tmp/profile.err'");
is($status >> 8, 0, 'bench/profile has status 0') or diag slurp("$tmp/profile.err");
my $counted = read_json('profile', slurp("$tmp/profile.json"))->{paths};

my $run = run_ok('the bench guest', {timeslice_us => 2000}, "[vm bench]\nkernel = $build/bench/bench.img\nmemory = 16M\nvcpus = 2\n" .
	'append = paths=' . join(',', @paths) . " n=100 batches=5\n");
my %clock = clock_of($run->{console}{bench});
faultless("bench/profile and the guest's clock agree on every path", faults($counted, %clock));
faulty('another count of instructions', faults(doctored($counted, sub { $_->{features_smc}{instructions}++ }), %clock));
faulty('a path that was not measured', faults($counted, map { $_ => $clock{$_} } grep { $_ ne 'gicd' } keys %clock));

# Each breakdown of a path adds up to all its instructions.
for my $path (@paths) {
	my ($sum, $visits) = (0, 0);
	my $n = $counted->{$path};
	$sum += $_ for values %{$n->{functions}};
	$visits += $_->{instructions} for @{$n->{visits}};
	is("$sum $visits", "$n->{instructions} $n->{instructions}", "$path: the counts by function and by visit add up to the total");
	is($n->{eret}, $n->{exceptions}, "$path: there are as many ERETs as exceptions");
}

# A guest that is not the bench guest.
$status = system("'$build/limit' 120 '$profile' --build '$build' --guest '$build/guest/hello.img' gicd >'$tmp/other.out' 2>'$tmp/other.err'");
is($status >> 8, 2, 'bench/profile has status 2 if the guest ends');
like(slurp("$tmp/other.err"), qr/^profile: gicd: the lab has ended: [^\n]*\n\z/, 'one line says that the lab has ended');
is(slurp("$tmp/other.out"), '', 'bench/profile prints no counts if the guest ends');

done_testing;
