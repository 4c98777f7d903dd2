#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime conform kvm` with two cases of the suite's program for KVM's user space: the program
# runs exactly these and prints a complete result. Linux passes one of them and fails the other
# (docs/kvm.md).

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Test::More;

my ($status, $out, $err) = run_command("$build/pvtime", 'conform', qw(--run user --case attr_twice --case), 'attr_overlap,header', qw(--json - kvm));
is("$status$err", '0', 'pvtime conform with two cases of the program has status 0 and no message');
my $report = read_json('conform', $out);
my @runs = @{$report->{targets}[0]{runs}};
is_deeply([map { "$_->{name} $_->{status} $_->{append}" } @runs], ['user complete case=attr_twice,attr_overlap'],
	'one complete run has the two cases of the program, and not the case of the guest');
is_deeply([map { "$_->{name} $_->{verdict}" } @{$runs[0]{cases}}], ['attr_twice ok', 'attr_overlap weaker'],
	'the program judges both cases');

done_testing;
