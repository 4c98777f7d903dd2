#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: what sees that a pattern still finds what it found (at_least of Shared.pm, of tap.sh and of
# the Makefile) fails where it finds less.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Shared;
use Test::More;

delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS)};
spew("$tmp/$_.part", '') for 1 .. 3;

# For each of them, a script that goes over the files "$tmp/PATTERN" and wants so many of them. Its
# status, and all it says.
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
	ok($passes->(3, '*.part'), "$name: as many as there are will do");
	ok($passes->(2, '*.part'), "$name: more will do");
	ok(!$passes->(4, '*.part'), "$name: one too few is found out");
	ok(!$passes->(1, '*.gone'), "$name: none is found out");
}

# A script that has no tests is not one that is skipped.
my ($status, $out) = run_command('sh', '-c', '. tests/tap.sh; report_done');
like($out, qr/^not ok 1 - .*\n1\.\.1\n\z/, 'a script in sh without tests fails');

done_testing;
