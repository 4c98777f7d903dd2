#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the checks of Guest.pm report data with faults, and accept data without.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

# A VM with two vCPUs, one of which waited for 1.5 s; and the console of Linux on it.
my %vcpu = (
	id => 0, stolen_ns => 1500000000, published_ns => 1500000000, exits => 1, switches => 1, refused_writes => 0,
	ticks => {running => 50, ready => 150, blocked => 25, off => 20, paused => 5, elapsed => 250},
);
my $run = {
	json => {cntfrq => 100, vms => [{name => 'a', vcpus => [doctored(\%vcpu, sub { }), doctored(\%vcpu, sub {
		($_->{id}, $_->{stolen_ns}, $_->{published_ns}) = (1, 0, 0);
		@{$_->{ticks}}{qw(ready paused)} = (0, 155);
	})]}]},
};
my $none = '[2.000000000 stolen 1.500000000 0.000000000] ';
$run->{stamped}{a} = "[0.500000000 stolen 0.123456789 0.000000000] BOOT\n" .
	"[1.900000000 stolen 1.450000000 0.000000000] MARK cpu=0 stolen_ns=1440000000\n" .
	"${none}MARK cpu=0 stolen_ns=1500000000\n${none}STEAL cpu=0 proc_ticks=149 struct_ns=1500000000\n" .
	"${none}MARK cpu=1 stolen_ns=0\n${none}STEAL cpu=1 proc_ticks=2 struct_ns=0\n";

sub ledger_of
{
	my ($change) = @_;
	my $json = doctored($run->{json}, sub { });
	$change->() for $json->{vms}[0]{vcpus}[0];
	return ledger_faults($json);
}

faultless('a good ledger is accepted', ledger_faults($run->{json}));
faulty('no ledger', ledger_faults(undef));
faulty('a ledger of no VMs', ledger_faults({cntfrq => 100, vms => []}));
for my $state (qw(running ready blocked off paused elapsed)) {
	faulty("a tick too many $state", ledger_of(sub { $_->{ticks}{$state}++ }));
	faulty("a tick too few $state", ledger_of(sub { $_->{ticks}{$state}-- }));
}
faulty('blocked time charged as stolen', ledger_of(sub { $_->{stolen_ns} = $_->{published_ns} = 1750000000 }));
faulty('a published time of one nanosecond too few', ledger_of(sub { $_->{published_ns}-- }));
faulty('a published time of one nanosecond too many', ledger_of(sub { $_->{published_ns}++ }));
faulty('a refused write of a VM that is not a writer', ledger_of(sub { $_->{refused_writes}++ }));
faulty('no refused write of a writer', ledger_faults($run->{json}, [], ['a']));
faulty('a published time although stolen time is off', ledger_faults($run->{json}, ['a']));
faultless('a ledger with stolen time off and nothing published is accepted', ledger_faults(doctored($run->{json},
	sub { $_->{published_ns} = 0 for @{$_->{vms}[0]{vcpus}} }), ['a']));
{
	my $large = doctored($run->{json}, sub {
		$_->{cntfrq} = 62500000;
		@{$_->{vms}[0]{vcpus}[0]{ticks}}{qw(ready elapsed)} = ((1 << 55) + 1, (1 << 55) + 101);
		@{$_->{vms}[0]{vcpus}[0]}{qw(stolen_ns published_ns)} = (((1 << 55) + 1) * 16) x 2;
	});
	faultless('a ledger of eighteen years is accepted', ledger_faults($large));
}

sub console_of
{
	my ($change) = @_;
	my $copy = doctored($run, sub { });
	$change->() for $copy->{stamped}{a};
	return steal_faults($copy, 'a');
}

faultless("a console that agrees with the ledger is accepted", steal_faults($run, 'a'));
faultless('a MARK before the last one may differ from the ledger', mark_faults($run, 'a'));
faulty('CPU 1 does not report', console_of(sub { s/cpu=1/cpu=2/g }));
faulty('a MARK without a report', console_of(sub { s/.*STEAL cpu=1.*\n// }));
faulty('a report without a MARK', console_of(sub { s/.*MARK cpu=1.*\n// }));
faulty('a report of another number than its MARK', console_of(sub { s/struct_ns=0/struct_ns=1/ }));
faulty('an empty console', console_of(sub { $_ = '' }));
faulty('a console without stamps', console_of(sub { s/^\[.*?\] //mg }));
faulty('Linux uses no structure', console_of(sub { s/struct_ns=0/struct_ns=none/ }));
faulty('a structure that is behind the ledger', console_of(sub { s/=1500000000/=1499999999/g }));
faulty('a structure that is ahead of the ledger', console_of(sub { s/=1500000000/=1500000001/g }));
faulty('a ledger that is 30 ms ahead', console_of(sub { s/ 1\.500000000/ 1.530000000/g }));
faulty('a /proc/stat that is 30 ms behind', console_of(sub { s/=149/=147/ }));
faulty('a /proc/stat that is 30 ms ahead', console_of(sub { s/=149/=153/ }));
faultless('a /proc/stat that is 20 ms ahead is accepted', console_of(sub { s/=149/=152/ }));
faulty('a ledger that ends with less than a MARK', steal_faults(doctored($run, sub { $_->{json}{vms}[0]{vcpus}[0]{stolen_ns} -= 1 }), 'a'));
faultless('a ledger that ends with more than the last MARK is accepted', steal_faults(doctored($run, sub { $_->{json}{vms}[0]{vcpus}[0]{stolen_ns} += 1 << 40 }), 'a'));

faultless('a complete TAP is accepted', tap_faults("# x\nok 1 - a\nok 2 - b\n1..2\n"));
for my $bad ('', "1..0\n", "ok 1\n", "ok 1\n1..2\n", "ok 1\nnot ok 2\n1..2\n", "ok 1\nBail out! x\n", "ok 1\nok 2\n1..1\n") {
	faulty('TAP: ' . ($bad =~ s/\n/ /gr), tap_faults($bad));
}

is_deeply([line_of('X', "X a=1 b=2\nY a=3\nX a=4\n")], [{a => 1, b => 2}, {a => 4}], 'line_of() returns the fields of each line that begins with the word');
is(share($run, 'running', 'a', 0), 20, "share() returns a state's percentage");
is(ms($run, 'ready', 'a', 0), 1500, 'ms() converts ticks to milliseconds');
done_testing();
