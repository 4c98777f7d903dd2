#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: what people are told of a guest that does nothing for them: its first access to an address
# where nothing is, and, when the lab ends, where one stands that has done nothing but take
# exceptions, or that nobody has heard of.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

# Of the lines for people, those that are about this VM.
sub told { my ($run, $vm) = @_; return [$run->{err} =~ /^pvtime: (VM \Q$vm\E\b.*)$/mg] }

# No instruction: each zero is an exception to the vectors at 0, which is erased flash.
my $zero = spew("$tmp/zero.img", "\0" x 16384);
my $run = run({options => ['--seconds', 0.005], pcpus => 2, timeslice_us => 200},
	"[vm zero]\nkernel = $zero\nmemory = 16M\n", bare('early', 'spin', 'until_ms=100000'));
is($run->{status}, 0, 'the lab ends well') or diag $run->{err};
like(join("\n", @{told($run, 'zero')}),
	qr/\AVM zero has done nothing but take exceptions: vCPU 0 is at PC 0x200, in its vectors \(VBAR_EL1 0x0\), with ELR_EL1 0x200 and ESR_EL1 0x2000000\. Is its kernel built for this machine\?\z/,
	'a guest of zeroes takes exceptions in its vectors');
is_deeply(told($run, 'early'), [], 'a guest that has hardly begun needs no word');

$run = run({options => ['--seconds', 1.1]}, bare('computes', 'spin', 'until_ms=100000'));
like(join("\n", @{told($run, 'computes')}), qr/\AVM computes has printed nothing, waited for nothing and started no other vCPU: vCPU 0 is at PC 0x402\w+\z/,
	'a guest that only computes is somewhere in its image');

$run = run({options => ['--seconds', 0.3]}, bare('prints', 'hello', ''), bare('sleeps', 'idle', 'ms=100000 step_ms=1 max_ns=1000000000'));
is_deeply(told($run, 'prints'), [], 'a guest that has printed and is off needs no word');
is_deeply(told($run, 'sleeps'), [], 'a guest that waits needs no word');

$run = run({}, bare('bad', 'bad', 'seed=7'), bare('good', 'hello', ''));
is($run->{status}, 0, 'the lab of a guest that goes astray ends well');
like(join("\n", @{told($run, 'bad')}), qr/\AVM bad: vCPU 0 has accessed 0x\w+, where the machine has neither memory nor a device, at PC 0x402\w+: it gets an external abort\. Further such accesses are not reported\z/,
	'the first of many accesses to nothing is reported');
is_deeply(told($run, 'good'), [], 'nothing is reported of a guest that makes no such access');
done_testing;
