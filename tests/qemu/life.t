#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: stolen time continues through CPU offline and online and through kexec, and restarts at 0
# only with a reset of the VM (R-23).

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

# The pairs of successive reports of which the second has less stolen time than the first.
sub backward
{
	my (@reports) = @_;
	return map { my ($a, $b) = @reports[$_ - 1, $_];
		$b->{struct_ns} !~ /^\d+$/ || $b->{struct_ns} < $a->{struct_ns} || $b->{proc_ticks} < $a->{proc_ticks}
			? "from $a->{proc_ticks} ticks, $a->{struct_ns} ns to $b->{proc_ticks} ticks, $b->{struct_ns} ns" : () } 1 .. $#reports;
}

my $kexec = $build . '/guest/initramfs-kexec.cpio';

# CPU 1 goes offline and comes back online while another VM competes.
{
	my $run = run_ok('hotplug', {timeslice_us => 100, stamp => 1},
		linux('linux', 'role=hotplug until=1 report=3 maxcpus=1', vcpus => 2), bare('busy', 'spin', 'until_ms=2500'));
	my $console = $run->{console}{linux};
	like($console, qr/^HOTPLUG before.*^HOTPLUG offline.*^HOTPLUG after/ms, 'Linux takes CPU 1 offline and online again');
	my @reports = grep { $_->{cpu} == 1 } reports($run->{stamped}{linux});
	is(@reports, 3, 'CPU 1 reports before, after, and when the competition has ended') or diag $console;
	cmp_ok($reports[0]{proc_ticks}, '>', 10, 'more than 100 ms are stolen from CPU 1 before it goes offline');
	faultless("CPU 1's stolen time does not go back", backward(@reports));
	is_deeply([map { $_->{struct_ns} } @reports], [map { $_->{ledger_ns} } @reports], "CPU 1's structure equals the ledger in each report");
	faulty('398 ticks and then 52, as on Linux KVM', backward({proc_ticks => 398, struct_ns => 3980000000},
		{proc_ticks => 52, struct_ns => 520000000}));
	cmp_ok(ms($run, 'off', 'linux', 1), '>', 1, 'the ledger has the time in which CPU 1 was off');
	faultless("after CPU 1 was offline, structure and /proc/stat agree with the ledger", steal_faults($run, 'linux')) or diag $run->{stamped}{linux};
}

# The second kernel reads the stolen time of the first.
{
	my $run = run_ok('kexec', {stamp => 1}, linux('linux', 'role=kexec until=1 report=2', memory => '256M', initrd => $kexec),
		bare('busy', 'spin', 'until_ms=1500'));
	my $console = $run->{console}{linux};
	my @reports = reports($console);
	my @roles = $console =~ /^BOOT role=(\w+)/mg;
	is_deeply(\@roles, ['kexec', 'report'], 'kexec boots a second kernel') or diag $console;
	is(@reports, 2, 'both kernels report their stolen time');
	cmp_ok($reports[0]{struct_ns}, '>', 500_000_000, 'more than 500 ms are stolen from the first kernel');
	faultless("the second kernel's stolen time is no less than the first kernel's", backward(map { {%$_, proc_ticks => 0} } @reports));
	faultless("the second kernel's structure and /proc/stat agree with the ledger", steal_faults($run, 'linux')) or diag $run->{stamped}{linux};
}

# Reboot: in the second boot, stolen time and the ledger start at 0.
{
	my $run = run_ok('reboot', {options => ['--seconds', 5]},
		linux('linux', 'role=spin until=1 report=2 then=reboot'), bare('busy', 'spin', 'until_ms=1900'));
	my @reports = reports($run->{console}{linux});
	my @boots = $run->{console}{linux} =~ /^BOOT /mg;
	cmp_ok(@boots, '>=', 2, 'the guest boots again') or diag $run->{console}{linux};
	cmp_ok(@reports, '>=', 2, 'the guest reports in both boots') or diag $run->{console}{linux};
	cmp_ok($reports[0]{struct_ns}, '>', 500_000_000, 'more than 500 ms are stolen in the first boot');
	cmp_ok($reports[1]{struct_ns}, '<', 1_000_000, 'less than 1 ms is stolen in the second boot');
	cmp_ok($reports[1]{proc_ticks}, '<=', 2, '/proc/stat has at most two ticks of steal in the second boot');
	faulty('a stolen time that continues through the reset', grep { $_->{struct_ns} > 1_000_000 } $reports[0]);
	cmp_ok(ms($run, 'elapsed', 'linux'), '<', 3200, 'the ledger has only the time since the reset');
}
{
	my $run = run_ok('reset of a bare guest', {stamp => 1}, bare('again', 'reset', 'reset_ms=500'), bare('busy', 'spin', 'until_ms=800'));
	my $console = $run->{console}{again};
	my ($reset) = line_of('RESET', $console);
	my @boots = line_of('BOOT', $console);
	is(@boots, 2, 'the bare guest boots twice') or diag $console;
	cmp_ok($reset->{stolen_ns}, '>', 100_000_000, 'more than 100 ms are stolen from the bare guest before its reset');
	cmp_ok($boots[1]{stolen_ns}, '<', 10_000_000, "the bare guest's stolen time is less than 10 ms after its reset");
	is_deeply([map { $_->{bss} } @boots], [1, 1], "a reset restores the bare guest's memory");
	my ($spin) = line_of('SPIN', $run->{console}{busy});
	faultless("the other VM's stolen time equals the ledger after the reset", mark_faults($run, 'busy'));
	cmp_ok($spin->{stolen_ns}, '>', 100_000_000, 'more than 100 ms are stolen from the other VM');
}
# A guest that only resets uses its CPU, and the time is in the ledger and in the physical CPUs'
# books.
for my $cpus (1, 2) {
	my $run = run_ok("resets without end, $cpus CPUs", {pcpus => $cpus, $cpus > 1 ? (free => 1) : (), options => ['--seconds', 1]},
		bare('thief', 'reset', 'for_ever', memory => '16M'), bare('busy', 'spin', 'until_ms=100000', memory => '16M'));
	my ($thief, $busy) = map { vcpu($run, $_, 0) } qw(thief busy);
	cmp_ok($thief->{ticks}{elapsed}, '<', $thief->{life}{elapsed}, 'the VM that resets has been reset');
	my $used = $thief->{life}{running} / ($thief->{life}{running} + $busy->{life}{running});
	cmp_ok(abs($used - 0.5), '<', 0.01, 'the VM that resets has half of the running time, within 1%') if $cpus == 1;
	my $ran = 0;
	$ran += $_->{life}{running} for $thief, $busy;
	my ($given, $closed) = (0, 0);
	for (@{$run->{json}{pcpus}}) {
		$given += $_->{vcpus};
		$closed += $_->{vcpus} + $_->{own} + $_->{idle} == $_->{elapsed};
	}
	is($given, $ran, "the books of $cpus physical CPUs have exactly the running time of the vCPUs");
	is($closed, $cpus, "the books of $cpus physical CPUs add up");
}
done_testing();
