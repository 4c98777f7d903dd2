#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: Linux's own test of stolen time in KVM, tools/testing/selftests/kvm/steal_time.c of the same
# source, passes with ports/linux as it does without. The test that ports/linux adds, pvtime_total,
# passes as well; without ports/linux, it is skipped. Kernels.pm says which kernels.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../kvm";
use Host;
use Kernels;
use Test::More;

use constant SKIPPED => 4; # the status of a selftest of Linux

# selftest KERNEL, PROGRAM, STATUS, NAME: it ends with this status. Returns what it prints.
sub selftest
{
	my ($kernel, $program, $status, $name) = @_;
	my $run = host_run(kernel => $kernel, files => {$program => "$built/$program"}, script => "/$program");
	is($run->{status}, $status, $name) or diag $run->{out}, $run->{console};
	note join "\n", $run->{out} =~ /^(.*\S)/mg;
	return $run->{out};
}

selftest($before, 'steal_time', 0, 'steal_time passes without ports/linux');
selftest($ported, 'steal_time', 0, 'steal_time passes with ports/linux');
like(selftest($before, 'pvtime_total', SKIPPED, 'pvtime_total is skipped without ports/linux'), qr/KVM_ARM_VCPU_PVTIME_TOTAL/, 'for lack of the attribute');
selftest($ported, 'pvtime_total', 0, 'pvtime_total passes with ports/linux');

done_testing;
