#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: pvtime exec's command line, on any machine: each error is reported before anything is
# started. tests/kvm/exec.t tests what pvtime exec does.

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
	['--ipa without a value', ['--ipa', @vmm], qr/--ipa: expected a value/],
	['--ipa with a word', ['--ipa', 'high', @vmm], qr/--ipa: 'high' is not an address; expected a multiple of 64 KiB above 0, such as 0x90a0000/],
	['--ipa with an unaligned address', ['--ipa', '0x90a1000', @vmm], qr/--ipa: '0x90a1000' is not an address/],
	['--ipa 0', ['--ipa=0', @vmm], qr/--ipa: '0' is not an address/],
	['--dry-run with a value', ['--dry-run=1', @vmm], qr/--dry-run: expected no value/],
) {
	my ($name, $arguments, $want) = @$case;
	my ($status, $out, $err) = run(@$arguments);
	is($status, 2, "$name: the status is 2");
	is($out, '', "$name: standard output is empty");
	like($err, qr/\Apvtime: [^\n]*\n\z/, "$name: the message has one line");
	like($err, $want, "$name: the message says what is wrong");
}

my ($status, $out, $err) = run('--help');
is("$status$err", '0', 'pvtime exec --help has status 0 and no message');
like($out, qr/^usage: pvtime exec /, 'pvtime exec --help prints the usage');

# An arm64 host with KVM would start the VMM; tests/kvm/exec.t has that case.
SKIP: {
	skip 'this is an arm64 host with KVM', 3 if -e '/dev/kvm' && `uname -m` eq "aarch64\n";
	($status, $out, $err) = run(@vmm);
	is($status, 2, 'pvtime exec has status 2 on a machine that is not an arm64 host with KVM');
	like($err, qr/\Apvtime: exec: needs an arm64 host with KVM\b[^\n]*\n\z/, 'one line says that an arm64 host with KVM is needed');
	ok(!-e "$tmp/started", 'pvtime exec does not start the VMM on another machine');
}

done_testing;
