#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: at_least of Shared.pm, of tap.sh and of the Makefile fails if a pattern matches less than its
# minimum.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Shared;
use Test::More;

delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS)};
spew("$tmp/$_.part", '') for 1 .. 3;

# For each of the three, a function that returns a command; the command calls at_least with a
# minimum for the files that match a pattern.
my %script = (
	'Shared.pm' => sub {
		my ($minimum, $pattern) = @_;
		return ($^X, "-I$FindBin::Bin", '-MTest::More', '-MShared', '-e',
			"at_least('parts', $minimum, scalar(() = glob '$pattern')); done_testing");
	},
	'tap.sh' => sub {
		my ($minimum, $pattern) = @_;
		return ('sh', '-c', '. tests/tap.sh; at_least parts "$1" "$(find "$2" -name "$3" | wc -l)"; report_done', 'sh',
			$minimum, $tmp, $pattern =~ s{.*/}{}r);
	},
	'the Makefile' => sub {
		my ($minimum, $pattern) = @_;
		return ('make', '-s', 'INSTALL=no', "BUILD=$build", '--eval', "least:; \@echo \$(call at_least,$minimum,$pattern)", 'least');
	},
);
for my $name (sort keys %script) {
	my $passes = sub {
		my ($status, $out, $err) = run_command($script{$name}->($_[0], "$tmp/$_[1]"));
		return $status == 0 && $out !~ /^not ok/m;
	};
	ok($passes->(3, '*.part'), "$name: at_least accepts as many files as the minimum");
	ok($passes->(2, '*.part'), "$name: at_least accepts more files than the minimum");
	ok(!$passes->(4, '*.part'), "$name: at_least rejects one file less than the minimum");
	ok(!$passes->(1, '*.gone'), "$name: at_least rejects a pattern without a match");
}

# A script without tests must fail: prove would take a plan of no tests for a skipped script.
my ($status, $out) = run_command('sh', '-c', '. tests/tap.sh; report_done');
like($out, qr/^not ok 1 - .*\n1\.\.1\n\z/, 'a script in sh without tests fails');

done_testing;
