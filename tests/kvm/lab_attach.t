#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime lab --on kvm --attach`: typed input arrives in a Linux guest, complete and in order,
# even if the guest does not read meanwhile; and a request to stop is handled before queued input.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Digest::MD5 qw(md5_hex);
use Host;
use Lab;
use Test::More;

# More than our queue and the UART's FIFO hold together.
my $text = join '', map { sprintf "%03d %s\n", $_, 'x' x 50 } 1 .. 60;

my $on = labs_run(
	labs => {
		shell => "[vm other]\nkernel = ../spin.img\nappend = until_ms=100 once\n" .
			"[vm a]\nkernel = ../Image\ninitrd = ../initramfs.cpio\nappend = console=ttyAMA0 quiet kpti=off cryptomgr.notests role=shell\n",
		deaf => "[vm a]\nkernel = ../spin.img\nappend = until_ms=100000 once\n",
	},
	guests => ['spin'], linux => 1, cpus => 1, icount => 1, limit_s => 240, files => {text => \$text}, script => <<'END');
busybox mkfifo /tmp/input
start_lab shell --attach a
exec 3>/tmp/input
wait_for has_console a '[/~] # '
echo 'stty -echo; sleep 1; head -n 60 | md5sum; grep pl011 /proc/interrupts; echo answer=$((6 * 7))' >&3
cat /text >&3
wait_for has_console a 'answer=42'
echo 'poweroff -f' >&3
end_lab
exec 3>&-

busybox mkfifo /tmp/input
start_lab deaf --attach a
exec 3>/tmp/input
wait_for find_vmm
head -c 1000 /text >&3
wait_for has_vcpus
kill -TERM $lab
end_lab
END

is($on->{host}{status}, 0, "the KVM host's script ends with status 0") or diag $on->{host}{out};
my $console = $on->{shell}{console}{a} // '';
is($on->{shell}{status}, 0, 'the lab ends with status 0 when its guests have powered off') or diag $on->{shell}{said};
my $md5 = md5_hex($text);
like($console, qr/^\Q$md5\E /m, 'the guest receives exactly the typed text') or diag $console;
my ($interrupts) = $console =~ /^ *\d+: +(\d+) .*pl011/m;
cmp_ok($interrupts // 0, '>', 0, 'the UART interrupts the guest');
cmp_ok($interrupts // 'inf', '<', length $text, 'the UART interrupts the guest less often than once for each typed byte');
like($console, qr/^answer=42$/m, "the guest's shell runs the typed command");
like($on->{shell}{printed}, qr/^answer=42$/m, "the terminal shows the shell's answer");
unlike($on->{shell}{printed}, qr/^SPIN/m, "the terminal shows no other VM's console");
like($on->{shell}{console}{other} // '', qr/^SPIN/m, "the other VM's guest runs to its end");

is($on->{deaf}{status}, 0, 'SIGTERM ends a lab whose guest does not read, with status 0') or diag $on->{deaf}{said};

done_testing;
