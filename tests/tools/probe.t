#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime probe` as a process, on any machine: wrong command lines, and the agreement of its
# JSON, its text and its status. tests/unit/probe/find.c and tests/kvm/probe.t test its findings.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Lab;
use Shared qw($nobody);
use Test::More;

sub probe { return finish(start('/dev/null', 'probe', @_)) }

for my $case (
	[['--pid', 'x'], "'x' is wrong; expected a number from 1 to 4194304"],
	[['--pid', '0'], "'0' is wrong; expected a number from 1 to 4194304"],
	[['--pid', '-1'], "'-1' is wrong; expected a number from 1 to 4194304"],
	[['--pid', '4194305'], "'4194305' is wrong; expected a number from 1 to 4194304"],
	[['--pid', ''], "'' is wrong; expected a number from 1 to 4194304"],
	[['--pid', '4194304'], $nobody],
	[['--pid', $$], "process $$ has no vCPU of KVM open; expected the process of a VM"],
	[['--pid', $$, '--pid', '4194304'], $nobody],
	[['--pid', $$, '--pid', 'x'], "'x' is wrong; expected a number from 1 to 4194304"],
	[['--pid', $$, '--pid', getppid], "process $$ has no vCPU of KVM open; expected the process of a VM"],
	[['--pid'], 'expected a value after it'],
	[['--json=x'], 'expected no value after it'],
	[['--jsno'], "'--jsno' is not an option; 'pvtime help probe' lists them"],
	[['here'], "probe: 'here' is not an option; 'pvtime help probe' lists them"],
) {
	my ($arguments, $words) = @$case;
	my ($status, $out, $err) = probe(@$arguments);
	is_deeply([$status, $out, $err =~ tr/\n//], [2, '', 1], "probe @$arguments: the status is 2, with one line of message");
	like($err, qr/^pvtime: (?:--\w+: )?\Q$words\E$/, "probe @$arguments: the message says what is wrong");
}

my ($status, $out, $err) = probe('--json');
my $data = eval { read_json('probe', $out) };
chomp(my $machine = `uname -m`);
is($data->{machine}, $machine, 'the JSON has the type of this machine') or diag $out;
is($status, @{$data->{missing}} ? 1 : 0, 'the status is 1 exactly if the JSON has something missing');
is($err, '', '--json prints nothing on standard error');
is(scalar(grep { /\Q$machine\E/ } map { $_->{what} } @{$data->{missing}}), $machine =~ /^(?:aarch64|x86_64)$/ ? 0 : 1,
	'the JSON names the machine as missing exactly if it is neither arm64 nor x86-64');

my ($status_words, $words) = probe();
is($status_words, $status, 'the status is the same with and without --json');
is(() = $words =~ /^missing: /mg, @{$data->{missing}}, 'the text and the JSON have the same number of missing things');

($status, $out) = probe('--help');
is($status, 0, 'probe --help has status 0');
like($out, qr/^usage: pvtime probe .*--pid PID.*--json/s, 'probe --help lists the options');

# Standard output is full.
is(system("$pvtime probe >/dev/full 2>$dir/full") >> 8, 1, 'pvtime probe has status 1 if standard output is full');
done_testing;
