#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: how a kernel is started: just as QEMU's virt machine without a hypervisor starts the same
# file; and what a big-endian one finds.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

my $place = "$build/tests-machine";

# Address, x0 to x3, whether EL1 and EL0 are big-endian and the MMU or a cache is on, and the
# exception level.
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
isnt(started('0000000040200000 ' x 7), started('0000000040200000 ' x 6 . '0000000000000004 '), 'a difference is found');

my $run = run_ok('big-endian', {}, "[vm big]\nkernel = $place/big.elf\nmemory = 64M\nvcpus = 2\n");
my ($pidr2, $typer, $sctlr) = split ' ', $run->{console}{big};
is($pidr2, '000000003b000000', '32 bits of a device, as a big-endian CPU reads them');
is($typer, '1001000001000000', '64 bits');
is(hex($sctlr // 0) >> 25 & 1, 1, 'CPU_ON has made the second CPU as the first is');
done_testing();
