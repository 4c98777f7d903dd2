#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: our bare-metal guests, each on its own TAP, on every kind of CPU: what a guest is told about
# stolen time with it on, off and of the other dialect; devices and PSCI; misbehaviour that others
# don't notice.

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
		faultless("$cpu: $name", tap_faults($run->{console}{$name}))
			or diag grep { !/^ok/ } split /^/, $run->{console}{$name};
	}
	cmp_ok(vcpu($run, 'writer')->{refused_writes}, '>=', 10, "$cpu: each write to the structure was counted (R-21)");
}

# Guests that were told otherwise than they were given find out.
for my $case (['1.0', 'off'], ['off', '1.0'], ['beta-2', '1.0'], ['1.0', 'beta-2']) {
	my ($told, $given) = @$case;
	my $run = run({}, bare('told', 'discover', $told, stolen_time => $given));
	faulty("told $told, given $given", tap_faults($run->{console}{told}));
}

# A guest that writes the page, and one that competes: what the latter reads is the ledger's all the
# same.
{
	my $run = run_ok('write and read', {stamp => 1, writers => ['writer'], off => ['mute']},
		bare('writer', 'writepage', ''), bare('reader', 'spin', 'until_ms=600'),
		bare('mute', 'spin', 'until_ms=300', stolen_time => 'off'));
	my ($spin) = line_of('SPIN', $run->{console}{reader});
	faultless('the structure of another VM is as it should be', mark_faults($run, 'reader'));
	cmp_ok($spin->{stolen_ns}, '>', 100_000_000, 'the structure of another VM is not empty');
	like($run->{console}{mute}, qr/stolen_ns=none/, 'a VM without stolen time runs beside them');
	cmp_ok(vcpu($run, 'mute')->{stolen_ns}, '>', 100_000_000, 'the ledger of a VM without stolen time is kept');
}
done_testing();
