#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: R-32, the administrator can deny stolen time to each domain: by Xen's command line, by the
# domain's property in the device tree, which takes precedence, and to dom0. A denied domain sees a
# Xen without stolen time.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use Xen;

my $suite = "$build/conformance/suite-4k-le.img";
my $cases = 'as_given,absent_everywhere,steps_agree,arch_features,features_st';

# A dom0less domain with the suite, which expects stolen time to be on or off.
sub domain
{
	my ($name, $expect, $property) = @_;
	return bare_domain($name, $suite, append => "expect=$expect case=$cases",
		properties => defined $property ? "xen,pvtime = \"$property\";" : '');
}

# verdict CONSOLE, N: the suite's last line, without the number of weaker cases.
sub verdict { return lines_of(@_) =~ /^# (\d+ FAIL)/m ? $1 : 'no verdict' }

for (['', 'on'], ['pvtime=no', 'off']) {
	my ($arguments, $default) = @$_;
	my $what = $arguments || 'without an option';
	my $run = xen_run(arguments => $arguments, dump => 1,
		domains => [domain('a', $default), domain('b', 'off', 'disabled'), domain('c', 'on', 'enabled')],
		until => sub { my $console = $_[0]; !grep { verdict($console, $_) eq 'no verdict' } 1 .. 3 });
	is($run->{ended}, 'until', "$what: the suites end") or diag $run->{console};
	is(verdict($run->{console}, 1), '0 FAIL', "$what: a domain without the property has stolen time $default") or diag lines_of($run->{console}, 1);
	is(verdict($run->{console}, 2), '0 FAIL', "$what: a domain whose property says disabled has none") or diag lines_of($run->{console}, 2);
	is(verdict($run->{console}, 3), '0 FAIL', "$what: a domain whose property says enabled has it") or diag lines_of($run->{console}, 3);
	my $totals = totals($run->{dump});
	is(join(' ', sort keys %$totals), $default eq 'on' ? '1 3' : '3', "$what: Xen keeps structures for these domains alone");
}

my $run = xen_run(arguments => 'pvtime=no', until => sub { verdict($_[0], 0) ne 'no verdict' },
	dom0 => bare_domain('dom0', $suite, memory => 128, append => "expect=off case=$cases"));
is(verdict($run->{console}, 0), '0 FAIL', 'pvtime=no: dom0 has no stolen time') or diag $run->{console};

# Anything else is a mistake of the administrator's.
for (['xen,pvtime = "maybe";', 'maybe'], ['xen,pvtime;', 'no string']) {
	my ($property, $named) = @$_;
	$run = xen_run(domains => [bare_domain('a', $suite, properties => $property)], until => sub { $_[0] =~ /Panic on CPU.*\n.*\n/ });
	like($run->{console}, qr/xen,pvtime is $named; expected enabled or disabled/, "$property stops Xen, which says what it expected");
}

done_testing();
