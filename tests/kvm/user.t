#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime conform kvm` with cases of the suite's program for KVM's user space: the program runs
# those, and what it prints is a whole result. One that is kept, and one that is not, by Linux
# (docs/kvm.md).

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Test::More;

my ($status, $out, $err) = run_command("$build/pvtime", 'conform', qw(--run user --case attr_twice --case), 'attr_overlap,header', qw(--json - kvm));
is("$status$err", '0', 'some cases of the program: status 0');
my $report = read_json('conform', $out);
my @runs = @{$report->{targets}[0]{runs}};
is_deeply([map { "$_->{name} $_->{status} $_->{append}" } @runs], ['user complete case=attr_twice,attr_overlap'],
	'one run, whole, of the cases that are the program\'s');
is_deeply([map { "$_->{name} $_->{verdict}" } @{$runs[0]{cases}}], ['attr_twice ok', 'attr_overlap weaker'],
	'the program judges the cases that it runs');

done_testing;
