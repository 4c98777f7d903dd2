#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: on a KVM host with ports/linux, the stolen time of a Linux guest goes on through kexec, and
# begins at 0 when the guest reboots. On the same kernel without ports/linux, it begins at 0 at a
# kexec, too. The guest's kernel is Debian's. Kernels.pm says which kernels.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../kvm";
use Host;
use Kernels;
use Lab;
use Test::More;

my $kexec = "[vm a]\nkernel = ../Image\ninitrd = ../kexec.cpio\nmemory = 256M\nappend = console=ttyAMA0 quiet kpti=off role=kexec until=2 report=2\n";
my $reboot = "[vm a]\nkernel = ../Image\ninitrd = ../initramfs.cpio\nmemory = 128M\n" .
	"append = console=ttyAMA0 quiet kpti=off role=spin until=2 report=3 then=reboot\n";

# What the guest reports in each of its first two lives, in ns. It is about as much in both, beside
# a competitor, where both begin at 0. They are over when Linux has said $over times that it powers
# off or reboots.
sub lives
{
	my ($what, $kernel, $lab, $over) = @_;
	my $on = labs_run(kernel => $kernel, cpus => 1, icount => 1, memory => '2G', limit_s => 400, labs => {life => $lab},
		linux => 1, files => {'kexec.cpio' => "$build/guest/initramfs-kexec.cpio"}, script => <<"END");
sh -c 'while :; do :; done' &
are_over() { [ "\$(grep -c 'reboot: ' /tmp/c/a.log)" -ge $over ] || ! kill -0 \$lab; }
start_lab life
wait_for are_over
kill -TERM \$lab 2>/dev/null
end_lab
END
	is($on->{host}{status}, 0, "$what: the KVM host's script ends with status 0") or diag $on->{host}{out};
	my $console = $on->{life}{console}{a} // '';
	my @lives = $console =~ /^STEAL cpu=0 proc_ticks=\d+ struct_ns=(\d+)/mg;
	my $boots = () = $console =~ /^BOOT /mg;
	cmp_ok($boots, '>=', 2, "$what: the guest boots twice") or diag $console, $on->{life}{said};
	cmp_ok(@lives, '>=', 2, "$what: the guest reports in both lives") or diag $console;
	note "$what: @lives";
	return @lives[0, 1];
}

my ($first, $second) = lives('kexec', $ported, $kexec, 1);
cmp_ok($first, '>', 500_000_000, 'more than half a second is stolen from the first kernel');
cmp_ok($second, '>', $first + 500_000_000, "the second kernel's stolen time includes the first one's");

($first, $second) = lives('kexec without ports/linux', $before, $kexec, 1);
cmp_ok($second, '<', 1.5 * $first, "without ports/linux, the second kernel's stolen time begins at 0");

($first, $second) = lives('reboot', $ported, $reboot, 2);
cmp_ok($first, '>', 500_000_000, 'more than half a second is stolen before the reboot');
cmp_ok($second, '<', 1.5 * $first, 'after the reboot, it begins at 0');

done_testing;
