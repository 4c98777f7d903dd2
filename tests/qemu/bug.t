#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: a bug in the hypervisor stops it with a message, the registers and status 1. The test makes
# each bug by overwriting, in a copy of the image, the first instructions of guest_enter(), which
# every guest reaches soon.

use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use Shared;
use Test::More;

spew("$tmp/hello.lab", '[vm hello]' . "\nkernel = $build/guest/hello.img\nmemory = 16M\n");

# Run the hypervisor with these instructions at guest_enter(): (status, standard output, standard
# error).
sub run_with {
	my (@instructions) = @_;
	my ($enter) = `aarch64-linux-gnu-nm $build/hypervisor.elf` =~ /^([0-9a-f]+) T guest_enter$/m or die 'no guest_enter()';
	my $image = slurp("$build/hypervisor.img");
	substr($image, hex $enter, 4 * @instructions) = pack 'V*', @instructions;
	spew("$tmp/bad.img", $image);
	return run_command(limited(100, "$build/pvtime", qw(lab --deterministic --hypervisor), "$tmp/bad.img", "$tmp/hello.lab"));
}

# stops_with NAME, EC, FSC, INSTRUCTION...: EC and FSC are the expected exception class and fault
# status code of the syndrome (DDI 0487, D19.2.37).
sub stops_with {
	my ($name, $ec, $fsc, @instructions) = @_;
	my ($status, $out, $err) = run_with(@instructions);
	my $message = 'ESR 0x([0-9a-f]+) ELR 0x[0-9a-f]+ \\(image \\+ 0x[0-9a-f]+\\) FAR 0x[0-9a-f]+';
	subtest $name => sub {
		is($status, 1, "$name: the status is 1");
		like($err, qr/hypervisor stopped, CPU 0: synchronous exception at EL2: $message$/m, "$name: the message has ESR, ELR and FAR");
		my $esr = hex($err =~ /ESR 0x([0-9a-f]+)/ ? $1 : 0);
		is($esr >> 26, $ec, "$name: the exception class is right");
		is($esr & 0x3f, $fsc, "$name: the fault status is right");
		like($err, qr/x00 [0-9a-f]{16} [0-9a-f]{16} [0-9a-f]{16} [0-9a-f]{16}$/m, "$name: the message has x0 to x3");
		is(() = $err =~ /x\d\d (?:[0-9a-f]{16} ?){4}$/mg, 7, "$name: the message has seven lines with four registers each");
		unlike($out, qr/ok/, "$name: the guest prints no results");
	} or diag($err);
}

my ($status) = run_with();
is($status, 0, 'the unmodified image runs the guest to its end');

stops_with('an undefined instruction', 0x00, 0, 0x00000000);		    # udf
stops_with('a write to its own code', 0x25, 0x0f, 0xf90003df);		    # str xzr, [x30]: permission, level 3
stops_with('code on its stack', 0x21, 0x0f, 0x910003f0, 0xd61f0200);	    # mov x16, sp; br x16: the same
stops_with('a stack that is full', 0x25, 0x07, 0xd1400fff, 0xf81f0fff);    # sub sp, sp, #12288; push: no page
stops_with('a read beyond all addresses', 0x25, 0x04, 0x92800010, 0xf9400210); # mov x16, #-1; ldr x16, [x16]

done_testing();
