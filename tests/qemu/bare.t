#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: our bare-metal guests pass their own tests on every CPU model: discovery of stolen time with
# each dialect and with stolen time off, devices, PSCI, and hostile guests that do not affect
# others.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

for my $cpu (qw(cortex-a57 cortex-a72 neoverse-n1 max)) {
	my $run = run_ok($cpu, {cpu => $cpu, off => ['off'], writers => ['writer']},
		bare('on', 'discover', '1.0', vcpus => 2),
		bare('off', 'discover', 'off', vcpus => 2, stolen_time => 'off'),
		bare('draft', 'discover', 'beta-2', vcpus => 2, stolen_time => 'beta-2', conduit => 'smc'),
		bare('smc', 'hello', '', conduit => 'smc'),
		bare('smp', 'smp', '', vcpus => 4),
		bare('bad', 'bad', 'seed=7'),
		bare('flash', 'flash', ''),
		bare('width', 'width', ''),
		bare('windows', 'windows', 'epoch=1767225600'),
		bare('writer', 'writepage', ''),
	);
	for my $name (sort keys %{$run->{console}}) {
		faultless("$cpu: the guest $name passes its tests", tap_faults($run->{console}{$name}))
			or diag grep { !/^ok/ } split /^/, $run->{console}{$name};
	}
	cmp_ok(vcpu($run, 'writer')->{refused_writes}, '>=', 10, "$cpu: the ledger counts at least 10 refused writes to the structure (R-21)");
}

# A guest whose command line names another dialect than the VM has must fail.
for my $case (['1.0', 'off'], ['off', '1.0'], ['beta-2', '1.0'], ['1.0', 'beta-2']) {
	my ($told, $given) = @$case;
	my $run = run({}, bare('told', 'discover', $told, stolen_time => $given));
	faulty("the command line names $told, and the VM has $given", tap_faults($run->{console}{told}));
}

# A guest writes its structure while another competes: the other one still reads the ledger's
# number.
{
	my $run = run_ok('write and read', {stamp => 1, writers => ['writer'], off => ['mute']},
		bare('writer', 'writepage', ''), bare('reader', 'spin', 'until_ms=600'),
		bare('mute', 'spin', 'until_ms=300', stolen_time => 'off'));
	my ($spin) = line_of('SPIN', $run->{console}{reader});
	faultless("while a VM writes its structure, another VM's structure equals the ledger", mark_faults($run, 'reader'));
	cmp_ok($spin->{stolen_ns}, '>', 100_000_000, 'the structure of the other VM has more than 100 ms');
	like($run->{console}{mute}, qr/stolen_ns=none/, 'a VM with stolen time off finds none');
	cmp_ok(vcpu($run, 'mute')->{stolen_ns}, '>', 100_000_000, 'the ledger of a VM with stolen time off has its stolen time');
}
done_testing();
