#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: VMs under stress on a host with ports/linux: soak.c finds no wrong counter, and the kernel
# reports nothing. SOAK_S is for how many seconds of the host's time, 600 by default. Kernels.pm
# says on which kernel.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../kvm";
use Host;
use Kernels;
use Test::More;

my $seconds = $ENV{SOAK_S} // 600;
my $reports = qr/WARNING|\bBUG|INFO: |KASAN|Call trace|stall|hung|lockup|Oops/;

for my $cpu ('neoverse-n1', 'cortex-a57') {
	my $seed = time;
	my $run = host_run(kernel => $ported, cpu => $cpu, cpus => 3, limit_s => 20 * $seconds + 300, files => {soak => "$build/linux/soak"},
		script => "/soak $seconds $seed; status=\$?; dmesg | sed 's/^/DMESG /'; grep -s debug_locks /proc/lockdep_stats; exit \$status");
	is($run->{status}, 0, "$cpu: the soak of $seconds s with seed $seed ends with status 0") or diag $run->{out}, $run->{console};
	note join "\n", $run->{out} =~ /^(ok .*|# .*)$/mg;
	my @said = grep { /$reports/ } $run->{out} =~ /^DMESG (.*)$/mg;
	is_deeply(\@said, [], "$cpu: the kernel reports nothing") or diag $run->{out};
	like($run->{out}, qr/^DMESG .*Linux version/m, "$cpu: the kernel's messages are all there");
	like($run->{out}, qr/^ *debug_locks: *1$/m, "$cpu: lockdep is on to the end") if $run->{out} =~ /Lock dependency validator/;
}
like($_, $reports, "a report is found: $_") for 'WARNING: possible circular locking dependency detected', 'BUG: KASAN: use-after-free in kvm_vcpu_kick';

done_testing;
