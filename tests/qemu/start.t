#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: our hypervisor starts a kernel in the same state as QEMU's virt machine without a hypervisor
# does; and a big-endian kernel can access devices and start a second CPU.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

my $place = "$build/tests-machine";

# The report of tests/machine/report.S: address, x0 to x3, the bits of SCTLR_EL1 for byte order, MMU
# and caches, and the exception level.
sub started
{
	my ($line) = @_;
	my @words = $line =~ /^((?:[0-9a-f]{16} ){7})$/m ? split ' ', $1 : return "no report: $line";
	$words[5] = sprintf '%x', hex($words[5]) & 0x3001005;
	return join ' ', @words;
}

for my $cpu (qw(cortex-a57 max)) {
	for my $kernel (qw(report.bin report-le.elf report-be.elf report-high.elf)) {
		my $plain = `$build/limit 60 qemu-system-aarch64 -M virt,gic-version=3 -cpu $cpu -m 64M -nic none -display none -monitor none -serial stdio -kernel $place/$kernel </dev/null`;
		my $run = run_ok("$kernel, $cpu", {cpu => $cpu}, "[vm it]\nkernel = $place/$kernel\nmemory = 64M\n");
		is(started($run->{console}{it}), started($plain), "$kernel starts on $cpu as on QEMU");
	}
}
isnt(started('0000000040200000 ' x 7), started('0000000040200000 ' x 6 . '0000000000000004 '), 'the comparison finds another exception level');

my $run = run_ok('big-endian', {}, "[vm big]\nkernel = $place/big.elf\nmemory = 64M\nvcpus = 2\n");
my ($pidr2, $typer, $sctlr) = split ' ', $run->{console}{big};
is($pidr2, '000000003b000000', "a big-endian CPU reads a 32-bit register of a device with its bytes swapped");
is($typer, '1001000001000000', "a big-endian CPU reads a 64-bit register of a device with its bytes swapped");
is(hex($sctlr // 0) >> 25 & 1, 1, 'CPU_ON starts the second CPU of a big-endian guest as big-endian');
done_testing();
