#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: Linux's own test of stolen time in KVM, tools/testing/selftests/kvm/steal_time.c of the same
# source, passes with ports/linux as it does without. LINUX_RELEASE is the release of the kernels
# that `make linux` has built; KVM_HOST_KERNEL is another one with ports/linux.

use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../kvm";
use Host;
use Test::More;

my $built = "$build/linux/" . ($ENV{LINUX_RELEASE} // 'bookworm');
my %kernels = (with => $ENV{KVM_HOST_KERNEL} // "$built/Image", without => "$built/before");

for my $which ('without', 'with') {
	my $run = host_run(kernel => $kernels{$which}, files => {steal_time => "$built/steal_time"}, script => '/steal_time');
	is($run->{status}, 0, "steal_time passes $which ports/linux") or diag $run->{out}, $run->{console};
	note join "\n", $run->{out} =~ /^(.*\S)/mg;
}

done_testing;
