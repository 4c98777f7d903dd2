#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: on a host with ports/linux, what a vCPU sleeps is not stolen, also where its thread gets
# another CPU meanwhile (asleep.c). Kernels.pm says which kernel; from 6.12 on, one without fails.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../kvm";
use Host;
use Kernels;
use Test::More;

my $run = host_run(kernel => $ported, cpus => 3, icount => 1, limit_s => 170, files => {asleep => "$build/linux/asleep"}, script => '/asleep 60');
is($run->{status}, 0, 'nothing that a vCPU sleeps is stolen') or diag $run->{out}, $run->{console};
note join "\n", $run->{out} =~ /^((?:not )?ok .*|# .*)$/mg;

done_testing;
