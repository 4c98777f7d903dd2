#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: libpvtime-kvm on a real /dev/kvm: the program of tests/kvm/ on Debian's arm64 kernel at EL2, with VHE and without.

use strict;
use warnings;
use Test::More;

my $build = $ENV{BUILD} // 'build';

# What the host's first process (conformance/host/init) lets a program print, and the program's status.
sub on_host
{
	my ($cpu) = @_;
	my @qemu = ('timeout', '-k', 5, 120, 'qemu-system-aarch64', '-M', 'virt,virtualization=on,gic-version=3', '-cpu', $cpu,
		'-smp', 1, '-m', '1G', '-icount', 'shift=0,sleep=off', '-rtc', 'base=2026-01-01T00:00:00,clock=vm', '-seed', 1,
		'-nodefaults', '-nic', 'none', '-display', 'none', '-monitor', 'none', '-serial', 'stdio', '-no-reboot',
		'-kernel', "$build/debian/Image", '-initrd', "$build/kvm/tests/host.cpio",
		'-append', 'console=ttyAMA0 quiet loglevel=0 panic=-1 run=user seconds=60');
	open my $console, '-|', @qemu or die "qemu-system-aarch64: $!";
	local $/;
	my $text = <$console> =~ s/\r//gr;
	close $console;
	return ($1, $2) if $text =~ /\@guest begin\n(.*)\n\@guest end (\d+)/s;
	diag $text;
	return ('', "none: the host has not ended its program, and QEMU's is $?");
}

# Each result of a TAP text that is not ok, and whatever else is wrong with it.
sub faults
{
	my ($tap) = @_;
	my @results = $tap =~ /^((?:not )?ok \d+.*)$/mg;
	my @faults = grep { /^not/ || /# SKIP/ } @results;
	push @faults, 'no plan of ' . @results . ' results' if !@results || $tap !~ /^1\.\.@{[scalar @results]}$/m;
	return @faults;
}

for my $cpu ('neoverse-n1', 'cortex-a57') {
	my ($tap, $status) = on_host($cpu);
	is($status, 0, "$cpu: the program's status");
	is_deeply([faults($tap)], [], "$cpu: every result is ok") or diag $tap;
	cmp_ok(scalar(() = $tap =~ /^ok/mg), '>=', 100, "$cpu: and there are many");
}

is_deeply([faults("ok 1 - a\nnot ok 2 - b\n1..2\n")], ['not ok 2 - b'], 'a failure is found out');
is_deeply([faults("ok 1 - a\n1..2\n")], ['no plan of 1 results'], 'a result that is lost is found out');
is_deeply([faults('')], ['no plan of 0 results'], 'nothing at all is found out');

done_testing;
