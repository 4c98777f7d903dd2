#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: make help lists each target that has a `## text`, once, in one of the groups.

use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use Shared;
use Test::More;

delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS)};

my ($status, $out) = run_command('make', '--no-print-directory', "BUILD=$build", 'help');
is($status, 0, 'make help succeeds');
is_deeply([$out =~ /^To (.*):$/mg], ['look at it', 'build', 'test', 'measure', 'maintain'], 'the groups are in their order');
my @listed = $out =~ /^  make (\S+)/mg;
my @texts = map { slurp($_) =~ /^([a-z][a-z0-9-]*):.*## /mg } 'Makefile', glob 'mk/*.mk';
at_least('targets with a text', 37, scalar @texts);
is_deeply([sort @listed], [sort @texts], 'each target with a text is listed once');

# A target without a group is found out.
spew("$tmp/more.mk", "include Makefile\n\nmore: ## more of it\n");
($status, $out) = run_command('make', '--no-print-directory', "BUILD=$build", '-f', "$tmp/more.mk", 'help');
isnt($status, 0, 'a target in no group makes it fail');
like($out, qr/no group.*make more/s, 'make help says which target has no group');

done_testing();
