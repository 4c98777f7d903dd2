#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: Debian's kernel boots to user space with 1, 2 and 4 vCPUs on 1 and 2 CPUs of every model,
# with stolen time, without it, and with the dialect that Linux does not support.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

# The faults of a boot. Linux has to reach user space, report on all vCPUs, and power off without a
# warning.
sub boot_faults
{
	my ($console, $vcpus, $structure) = @_;
	my @faults;
	my ($cpus) = $console =~ /^BOOT role=report cpus=(\d+) /m;
	push @faults, 'no user space' if !defined $cpus;
	push @faults, "$cpus CPUs, not $vcpus" if defined $cpus && $cpus != $vcpus;
	my @reports = reports($console);
	push @faults, scalar(@reports) . ' CPUs report' if @reports != $vcpus;
	push @faults, 'structure: ' . join ' ', map { $_->{struct_ns} } @reports
		if grep { ($_->{struct_ns} =~ /^\d+$/ ? 1 : 0) != $structure } @reports;
	push @faults, 'no power-off' if $console !~ /reboot: Power down/;
	push @faults, "Linux warns: $1" if $console =~ /^(.*(?:WARNING|BUG|Oops|Call trace|rcu:|unhandled|Unable to).*)$/m;
	return @faults;
}

# Where vCPUs share a CPU, the time slices are short: Linux spins while another vCPU works, and QEMU
# takes much longer for such a loop than for other code.
#
# name, [lab], vCPUs, keys of the VM, whether there is a structure, words for the kernel
my @boots = (
	['1 vCPU, cortex-a57', {}, 1, {}, 1],
	['2 vCPUs, neoverse-n1, KPTI', {cpu => 'neoverse-n1', timeslice_us => 100}, 2, {}, 1, 'kpti=on'],
	['4 vCPUs, cortex-a72', {cpu => 'cortex-a72', timeslice_us => 200}, 4, {}, 1],
	['1 vCPU on 2 CPUs, max', {cpu => 'max', pcpus => 2}, 1, {conduit => 'smc'}, 1],
	['2 vCPUs on 2 CPUs, cortex-a72', {cpu => 'cortex-a72', pcpus => 2, free => 1}, 2, {}, 1],
	['4 vCPUs on 2 CPUs, neoverse-n1', {cpu => 'neoverse-n1', pcpus => 2, free => 1}, 4, {}, 1],
	['stolen time off', {off => ['debian']}, 1, {stolen_time => 'off'}, 0],
	['the draft\'s dialect, max', {cpu => 'max'}, 1, {stolen_time => 'beta-2'}, 0],
);
my $good;
for my $boot (@boots) {
	my ($name, $how, $vcpus, $keys, $structure, @words) = @$boot;
	my $run = run_ok($name, $how, linux('debian', join(' ', 'role=report', @words), vcpus => $vcpus, %$keys));
	faultless("$name: Linux boots, reports and powers off", boot_faults($run->{console}{debian}, $vcpus, $structure))
		or diag $run->{console}{debian};
	$good //= $run->{console}{debian};
	next if $vcpus > 1;
	is($run->{json}{vms}[0]{vcpus}[0]{ticks}{ready} < $run->{json}{cntfrq} / 1000, 1, "$name: less than 1 ms is stolen from a single vCPU");
	is_deeply([map { $_->{proc_ticks} } reports($run->{console}{debian})], [0], "$name: /proc/stat reports no steal");
}

faulty('a CPU is missing', boot_faults($good, 2, 1));
faulty('no structure', boot_faults($good =~ s/struct_ns=\d+/struct_ns=none/r, 1, 1));
faulty('a structure although stolen time is off', boot_faults($good, 1, 0));
faulty('no power-off', boot_faults($good =~ s/Power down//r, 1, 1));
faulty('no user space', boot_faults($good =~ s/BOOT//r, 1, 1));
faulty('a warning', boot_faults("$good\n[    0.1] WARNING: CPU: 0\n", 1, 1));
done_testing();
