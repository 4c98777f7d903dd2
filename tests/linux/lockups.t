#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: Linux's lockup detectors in a guest beside 24 competitors, on the project's hypervisor: see
# Lockups.pm. All are on one CPU. The competitors start when the guest has booted, and have slices
# of 100 ms, so that a vCPU that computes is away for 2.4 s at a time. One that is idle until its
# timer expires is served at once.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../qemu";
BEGIN { $ENV{RUN_LIMIT_S} //= 600 }
use Guest;
use Lockups;
use Test::More;

sub lab
{
	my (%how) = @_;
	my $run = run({timeslice_us => 100_000, stamp => 1, options => ['--seconds', $how{seconds}]},
		linux('g', $how{append}, kernel => $how{kernel}, vcpus => $how{vcpus}, memory => '96M'),
		map { bare("s$_", 'spin', 'unaware from_ms=8000 until_ms=9000000') } 1 .. $how{competitors});
	is($run->{status}, 0, "$how{name}: the lab ends in good order") or diag $run->{err};
	return map { /^\[(\S+) stolen (.*?)\] (.*)/ ? {at => $1, own => $1 - (split ' ', $2)[-1], text => $3} : () } split /\r?\n/, $run->{stamped}{g};
}

lockups_ok(\&lab);
done_testing();
