#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime lab --on kvm` saves a running Linux with two CPUs and restores it: its timers,
# interrupts, console and stolen time continue. Unlike in most of these tests, the host has no VHE.
# The host's time is the number of instructions, so runs repeat.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Lab;
use Test::More;

my $linux = "[vm linux]\nkernel = ../Image\ninitrd = ../initramfs.cpio\nappend = console=ttyAMA0 quiet role=spin until=7 report=7\nvcpus = 2\n" .
	"pin = 0\n";

my $on = labs_run(labs => {'linux' => $linux, 'linux-on' => $linux}, linux => 1, cpu => 'cortex-a57', cpus => 1, icount => 1, limit_s => 280, script => <<'END');
start_lab linux --snapshot /tmp/s
wait_for has_console linux BOOT
sleep 1
kill -TERM $lab
end_lab
sleep 3
lab linux-on --restore /tmp/s
END

my $out = $on->{host}{out};
is($on->{host}{status}, 0, "the KVM host's script ends with status 0") or diag $out;
is($on->{$_}{status}, 0, "$_: the lab ends with status 0") or diag $on->{$_}{said} for 'linux', 'linux-on';

my $console = $on->{'linux-on'}{console}{linux} // '';
unlike($on->{linux}{console}{linux} // '', qr/^STEAL/m, 'Linux is saved before it reports');
my @reports = $console =~ /^STEAL cpu=\d proc_ticks=(\d+) struct_ns=(\d+)/mg;
is(@reports, 4, 'the restored Linux reports on both CPUs') or diag $out;
while (my ($ticks, $ns) = splice @reports, 0, 2) {
	cmp_ok(abs($ticks * 10_000_000 - $ns), '<=', 20_000_000, '/proc/stat is within two ticks of the structure');
}

done_testing;
