#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: make help lists each target that has a `## text`, once, in the group of its readers.

use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use Shared;
use Test::More;

delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS)};

my ($status, $out) = run_command('make', '--no-print-directory', "BUILD=$build", 'help');
is($status, 0, 'make help succeeds');
is_deeply([$out =~ /^(\S.*):$/mg],
	['To try pvtime', 'To run VMs or write a VMM, on Linux KVM', 'To write a hypervisor or a guest OS', 'To change pvtime', 'To measure and release pvtime'],
	'the groups are in their order');
my @listed = $out =~ /^  make (\S+)/mg;
my @texts = map { slurp($_) =~ /^([a-z][a-z0-9-]*):.*## /mg } 'Makefile', glob 'mk/*.mk';
at_least('targets with a text', 37, scalar @texts);
is_deeply([sort @listed], [sort @texts], 'each target with a text is listed once');

# A target without a group is found out.
spew("$tmp/more.mk", "include Makefile\n\nmore: ## more of it\n");
($status, $out) = run_command('make', '--no-print-directory', "BUILD=$build", '-f', "$tmp/more.mk", 'help');
isnt($status, 0, 'make help fails if a target is in no group');
like($out, qr/"##@ \(none\)"; expected newcomers, .*:\n  make more /, 'make help says which target has no group');

done_testing();
