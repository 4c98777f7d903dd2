#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the structure of a READY vCPU is refreshed every 100 ms (R-34), so that a watchdog on another
# vCPU of the guest sees the stolen time grow while the vCPU waits.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

# The faults in the report of tests/guests/refresh.c, such as a gap of more than 100 ms and one
# poll.
sub refresh_faults
{
	my ($console) = @_;
	my ($r) = line_of('REFRESH', $console);
	return 'the guest has not reported' if !$r;
	my @faults;
	push @faults, "polled only every $r->{poll_us} us" if $r->{poll_us} > 20_000;
	push @faults, "no change for $r->{gap_us} us" if $r->{gap_us} > 100_000 + $r->{poll_us};
	push @faults, "the stolen time went back $r->{back} times" if $r->{back};
	push @faults, "only $r->{changes} changes" if $r->{changes} < 10;
	return @faults;
}

# By its weight, vCPU 1 of `watched` gets a few milliseconds every second or two. vCPU 0 needs less
# than its share, so it gets the CPU whenever it wakes.
{
	my $run = run_ok('seldom', {options => ['--seconds', 4.5]},
		bare('watched', 'refresh', 'ms=2500 poll_us=4000', vcpus => 2, weight => 100),
		bare('busy', 'spin', 'until_ms=1000000000', vcpus => 3, weight => 10000));
	faultless('the structure of a vCPU that seldom runs is never older than 100 ms', refresh_faults($run->{console}{watched})) or diag $run->{console}{watched};
	my ($switches, $ready) = (vcpu($run, 'watched', 1)->{switches}, ms($run, 'ready', 'watched', 1));
	cmp_ok($ready / ($switches || 1), '>', 250, 'a vCPU that seldom runs waits more than 250 ms each time') or diag "$switches, $ready ms";
}

# A vCPU that its cap throttles is READY, too.
{
	my $run = run_ok('throttled', {options => ['--seconds', 3.5]}, bare('watched', 'refresh', 'ms=3000', vcpus => 2, cap => 1));
	faultless('the structure of a throttled vCPU is never older than 100 ms', refresh_faults($run->{console}{watched})) or diag $run->{console}{watched};
}

my $good = 'REFRESH changes=30 gap_us=91000 poll_us=1100 stolen_ns=1 back=0';
faultless('a good report is accepted', refresh_faults($good));
faulty('no report', refresh_faults(''));
faulty('a gap of a second', refresh_faults($good =~ s/gap_us=91000/gap_us=1001000/r));
faulty('a gap of 102 ms', refresh_faults($good =~ s/gap_us=91000/gap_us=102000/r));
faulty('a stolen time that goes back', refresh_faults($good =~ s/back=0/back=1/r));
faulty('polls that are 900 ms apart', refresh_faults($good =~ s/poll_us=1100/poll_us=900000/r));
done_testing();
