#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the structure of a vCPU that is kept waiting is refreshed every 100 ms (R-34), so that a
# watchdog on another vCPU of the guest sees the theft while it goes on.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

# What the watcher of refresh.c saw: gaps of more than 100 ms and a look.
sub refresh_faults
{
	my ($console) = @_;
	my ($r) = line_of('REFRESH', $console);
	return 'it has not reported' if !$r;
	my @faults;
	push @faults, "looked only every $r->{poll_us} us" if $r->{poll_us} > 20_000;
	push @faults, "no change for $r->{gap_us} us" if $r->{gap_us} > 100_000 + $r->{poll_us};
	push @faults, "it went back $r->{back} times" if $r->{back};
	push @faults, "only $r->{changes} changes" if $r->{changes} < 10;
	return @faults;
}

# CPU 1 of `watched` is owed some milliseconds every second or two. CPU 0 needs less than it is
# owed, and so has the CPU when it wakes.
{
	my $run = run_ok('seldom', {options => ['--seconds', 4.5]},
		bare('watched', 'refresh', 'ms=2500 poll_us=4000', vcpus => 2, weight => 100),
		bare('busy', 'spin', 'until_ms=1000000000', vcpus => 3, weight => 10000));
	faultless('seldom: never older than 100 ms', refresh_faults($run->{console}{watched})) or diag $run->{console}{watched};
	my ($switches, $ready) = (vcpu($run, 'watched', 1)->{switches}, ms($run, 'ready', 'watched', 1));
	cmp_ok($ready / ($switches || 1), '>', 250, 'though it waited much longer each time') or diag "$switches, $ready ms";
}

# Throttled is waiting, too.
{
	my $run = run_ok('throttled', {options => ['--seconds', 3.5]}, bare('watched', 'refresh', 'ms=3000', vcpus => 2, cap => 1));
	faultless('throttled: never older than 100 ms', refresh_faults($run->{console}{watched})) or diag $run->{console}{watched};
}

my $good = 'REFRESH changes=30 gap_us=91000 poll_us=1100 stolen_ns=1 back=0';
faultless('good', refresh_faults($good));
faulty('no report', refresh_faults(''));
faulty('a gap of a second', refresh_faults($good =~ s/gap_us=91000/gap_us=1001000/r));
faulty('a gap of 102 ms', refresh_faults($good =~ s/gap_us=91000/gap_us=102000/r));
faulty('it went back', refresh_faults($good =~ s/back=0/back=1/r));
faulty('nobody was looking', refresh_faults($good =~ s/poll_us=1100/poll_us=900000/r));
done_testing();
