#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the messages about a guest that seems to do nothing: one about its first access to an
# unmapped address, and one when the lab ends, with the PC of a guest that has only taken exceptions
# or has shown no activity.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

# The messages about this VM.
sub told { my ($run, $vm) = @_; return [$run->{err} =~ /^pvtime: (VM \Q$vm\E\b.*)$/mg] }

# Zeroes are not instructions: each causes an exception to the vectors at 0, which is erased flash.
my $zero = spew("$tmp/zero.img", "\0" x 16384);
my $run = run({options => ['--seconds', 0.005], pcpus => 2, timeslice_us => 200},
	"[vm zero]\nkernel = $zero\nmemory = 16M\n", bare('early', 'spin', 'until_ms=100000'));
is($run->{status}, 0, 'a lab with a guest of zeroes ends with status 0') or diag $run->{err};
like(join("\n", @{told($run, 'zero')}),
	qr/\AVM zero has done nothing but take exceptions: vCPU 0 is at PC 0x200, in its vectors \(VBAR_EL1 0x0\), with ELR_EL1 0x200 and ESR_EL1 0x2000000\. Is its kernel built for this machine\?\z/,
	'a guest of zeroes is reported to take exceptions in its vectors');
is_deeply(told($run, 'early'), [], 'no message reports a guest that has run for a few milliseconds');

$run = run({options => ['--seconds', 1.1]}, bare('computes', 'spin', 'until_ms=100000'));
like(join("\n", @{told($run, 'computes')}), qr/\AVM computes has printed nothing, waited for nothing and started no other vCPU: vCPU 0 is at PC 0x402\w+\z/,
	'a guest that only computes is reported with a PC in its image');

$run = run({options => ['--seconds', 0.3]}, bare('prints', 'hello', ''), bare('sleeps', 'idle', 'ms=100000 step_ms=1 max_ns=1000000000'));
is_deeply(told($run, 'prints'), [], 'no message reports a guest that has printed and is off');
is_deeply(told($run, 'sleeps'), [], 'no message reports a guest that waits');

$run = run({}, bare('bad', 'bad', 'seed=7'), bare('good', 'hello', ''));
is($run->{status}, 0, 'the lab of a guest that accesses unmapped addresses ends with status 0');
like(join("\n", @{told($run, 'bad')}), qr/\AVM bad: vCPU 0 has accessed 0x\w+, where the machine has neither memory nor a device, at PC 0x402\w+: it gets an external abort\. Further such accesses are not reported\z/,
	'only the first of many accesses to unmapped addresses is reported');
is_deeply(told($run, 'good'), [], 'no message reports a guest without such an access');
done_testing;
