#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime probe` as a process, on whatever machine this is: wrong command lines, and that what
# it prints as JSON and its status agree. What it finds is tests/unit/probe/find.c's and
# tests/kvm/probe.t's.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Lab;
use Test::More;

sub probe { return finish(start('/dev/null', 'probe', @_)) }

# No process has the largest number: a pid is below pid_max, which is that at most.
for my $case (
	[['--pid', 'x'], "'x' is wrong; expected a number from 1 to 4194304"],
	[['--pid', '0'], "'0' is wrong; expected a number from 1 to 4194304"],
	[['--pid', '-1'], "'-1' is wrong; expected a number from 1 to 4194304"],
	[['--pid', '4194305'], "'4194305' is wrong; expected a number from 1 to 4194304"],
	[['--pid', ''], "'' is wrong; expected a number from 1 to 4194304"],
	[['--pid', '4194304'], 'there is no process 4194304'],
	[['--pid', $$], "process $$ has no vCPU of KVM open; expected the process of a VM"],
	[['--pid'], 'expected a value after it'],
	[['--json=x'], 'expected no value after it'],
	[['--jsno'], "'--jsno' is not an option; 'pvtime help probe' lists them"],
	[['here'], "probe: 'here' is not an option; 'pvtime help probe' lists them"],
) {
	my ($arguments, $words) = @$case;
	my ($status, $out, $err) = probe(@$arguments);
	is_deeply([$status, $out, $err =~ tr/\n//], [2, '', 1], "probe @$arguments: status 2, and one line");
	like($err, qr/^pvtime: (?:--\w+: )?\Q$words\E$/, "probe @$arguments: the line says what was expected");
}

my ($status, $out, $err) = probe('--json');
my $data = eval { read_json('probe', $out) };
chomp(my $machine = `uname -m`);
is($data->{machine}, $machine, '--json prints JSON of this machine') or diag $out;
is($status, @{$data->{missing}} ? 1 : 0, 'the status says whether something is missing');
is($err, '', '--json prints nothing on standard error');
is(scalar(grep { /\Q$machine\E/ } map { $_->{what} } @{$data->{missing}}), $machine eq 'aarch64' ? 0 : 1,
	'a machine that is not arm64 is itself missing');

my ($status_words, $words) = probe();
is($status_words, $status, 'without --json the status is the same');
is(() = $words =~ /^missing: /mg, @{$data->{missing}}, 'without --json as much is missing');

($status, $out) = probe('--help');
is($status, 0, '--help');
like($out, qr/^usage: pvtime probe .*--pid PID.*--json/s, 'lists the options');

# Standard output that takes nothing.
is(system("$pvtime probe >/dev/full 2>$dir/full") >> 8, 1, 'what cannot be written is a failure');
done_testing;
