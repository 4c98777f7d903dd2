#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: Linux with two CPUs, saved in its midst and restored by `pvtime lab --on kvm`: its timers,
# interrupts and console go on, and so does its stolen time. The host has no VHE, unlike most of
# these. Time is instructions, and repeats.

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
is($on->{host}{status}, 0, 'the script ends well') or diag $out;
is($on->{$_}{status}, 0, "$_: status") or diag $on->{$_}{said} for 'linux', 'linux-on';

my $console = $on->{'linux-on'}{console}{linux} // '';
unlike($on->{linux}{console}{linux} // '', qr/^STEAL/m, 'Linux was saved before it reports');
my @reports = $console =~ /^STEAL cpu=\d proc_ticks=(\d+) struct_ns=(\d+)/mg;
is(@reports, 4, 'Linux reports on both CPUs when it is restored') or diag $out;
while (my ($ticks, $ns) = splice @reports, 0, 2) {
	cmp_ok(abs($ticks * 10_000_000 - $ns), '<=', 20_000_000, '/proc/stat is within two ticks of the structure');
}

done_testing;
