#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: what bench/profile counts one by one is what the bench guest sees go by on its clock, once
# the guest's own instructions are added.

use strict;
use warnings;
use File::Basename qw(dirname);
use lib dirname(__FILE__);
use Guest;
use Shared qw(read_json);
use Test::More;

# Instructions of the guest's loop around one operation (bench/guest/loops.S), and by how much
# QEMU's clock may differ: an instruction that traps is counted by it not at all, or together with
# those behind it in the same block.
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

# What is wrong between a profile and the guest's medians.
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
is($status >> 8, 0, 'the paths are counted') or diag slurp("$tmp/profile.err");
my $counted = read_json('profile', slurp("$tmp/profile.json"))->{paths};

my $run = run_ok('the bench guest', {timeslice_us => 2000}, "[vm bench]\nkernel = $build/bench/bench.img\nmemory = 16M\nvcpus = 2\n" .
	'append = paths=' . join(',', @paths) . " n=100 batches=5\n");
my %clock = clock_of($run->{console}{bench});
faultless('both ways to count agree', faults($counted, %clock));
faulty('another count of instructions', faults(doctored($counted, sub { $_->{features_smc}{instructions}++ }), %clock));
faulty('a path that was not measured', faults($counted, map { $_ => $clock{$_} } grep { $_ ne 'gicd' } keys %clock));

# Each number of a path has all its instructions in it.
for my $path (@paths) {
	my ($sum, $visits) = (0, 0);
	my $n = $counted->{$path};
	$sum += $_ for values %{$n->{functions}};
	$visits += $_->{instructions} for @{$n->{visits}};
	is("$sum $visits", "$n->{instructions} $n->{instructions}", "$path: by function and by visit it is as many");
	is($n->{eret}, $n->{exceptions}, "$path: each exception has its ERET");
}

# A guest that does something else.
$status = system("'$build/limit' 120 '$profile' --build '$build' --guest '$build/guest/hello.img' gicd >'$tmp/other.out' 2>'$tmp/other.err'");
is($status >> 8, 2, 'a guest that ends: status 2');
like(slurp("$tmp/other.err"), qr/^profile: gicd: the lab has ended: [^\n]*\n\z/, 'one line says that the lab has ended');
is(slurp("$tmp/other.out"), '', 'nothing is counted of a guest that ends');

done_testing;
