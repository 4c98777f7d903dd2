#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: pvtime exec's command line, on any machine: whatever is wrong is said before anything is
# started. What it does is in tests/kvm/exec.t.

use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use Shared;
use Test::More;

sub run { return run_command("$build/pvtime", 'exec', @_) }

my @vmm = ('--', 'touch', "$tmp/started");
for my $case (
	['no VMM', [], qr/there is no -- before the VMM; expected 'pvtime exec \[OPTION\.\.\.\] -- VMM/],
	['nothing after --', ['--'], qr/expected a VMM after --/],
	['no --', ['touch', "$tmp/started"], qr/there is no -- before the VMM/],
	['no --, and an unknown option', ['-v', 'touch', "$tmp/started"], qr/there is no -- before the VMM/],
	['an unknown option', ['--ipo', '1', @vmm], qr/'--ipo' is not an option; 'pvtime help exec' lists them/],
	['ipa: no value', ['--ipa', @vmm], qr/--ipa: expected a value/],
	['ipa: a word', ['--ipa', 'high', @vmm], qr/--ipa: 'high' is not an address; expected a multiple of 64 KiB above 0, such as 0x90a0000/],
	['ipa: unaligned', ['--ipa', '0x90a1000', @vmm], qr/--ipa: '0x90a1000' is not an address/],
	['ipa: 0', ['--ipa=0', @vmm], qr/--ipa: '0' is not an address/],
	['dry-run: a value', ['--dry-run=1', @vmm], qr/--dry-run: expected no value/],
) {
	my ($name, $arguments, $want) = @$case;
	my ($status, $out, $err) = run(@$arguments);
	is($status, 2, "$name: status 2");
	is($out, '', "$name: nothing on standard output");
	like($err, qr/\Apvtime: [^\n]*\n\z/, "$name: one line");
	like($err, $want, "$name: it says what was expected");
}

my ($status, $out, $err) = run('--help');
is("$status$err", '0', '--help');
like($out, qr/^usage: pvtime exec /, '--help says how pvtime exec is used');

# On an arm64 host with KVM this would start it; tests/kvm/exec.t has that.
SKIP: {
	skip 'this is an arm64 host with KVM', 3 if -e '/dev/kvm' && `uname -m` eq "aarch64\n";
	($status, $out, $err) = run(@vmm);
	is($status, 2, 'a machine that is not an arm64 host with KVM: status 2');
	like($err, qr/\Apvtime: exec: needs an arm64 host with KVM\b[^\n]*\n\z/, 'one line says that an arm64 host with KVM is needed');
	ok(!-e "$tmp/started", 'on another machine the VMM is not started');
}

done_testing;
