#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: how a lab ends: exit statuses 0 and 1, and what is said then.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

# A VM has stopped for good: status 1, one line that names it, and a ledger that holds.
sub stopped
{
	my ($name, $how, $vm, @vms) = @_;
	my $run = run($how, @vms);
	is($run->{status}, 1, "$name: status 1");
	is_deeply([$run->{err} =~ /^(pvtime: .*\b\Q$vm\E\b.*stopped for good.*)$/mg], [$run->{err} =~ /^(pvtime: (?!qemu).*)$/mg],
		"$name: one line, of $vm") or diag $run->{err};
	faultless("$name: the ledger", ledger_faults($run->{json}));
	return $run;
}

for my $pcpus (1, 2) {
	my $how = {pcpus => $pcpus, free => $pcpus > 1};
	for my $word (qw(off wfi suspend)) {
		stopped("$word on $pcpus CPUs", $how, 'gone', bare('gone', 'stop', $word));
		stopped("$word on $pcpus CPUs, one vCPU after the other", $how, 'gone', bare('gone', 'stop', "$word late", vcpus => 3));
	}
}
stopped('a timer stopped in time', {}, 'gone', bare('gone', 'stop', 'suspend timer'));
{
	my $run = stopped('another VM powers off later', {}, 'gone',
		bare('gone', 'stop', 'off'), bare('other', 'spin', 'until_ms=300'));
	like($run->{console}{other}, qr/^SPIN /m, 'and has come to its end');
	$run = stopped('another VM powers off before', {}, 'gone',
		bare('gone', 'stop', 'wfi late'), bare('other', 'hello', ''));
	faultless('and has come to its end, too', tap_faults($run->{console}{other}));
	stopped('two of them', {}, 'first', bare('first', 'stop', 'off'), bare('second', 'stop', 'wfi late'));
}
{
	my $run = run_ok('a guest that goes on for ever', {options => ['--seconds', 1]}, bare('busy', 'stop', 'spin', vcpus => 2));
	is($run->{err}, '', 'the time was up: nothing to say');
	ok(abs(ms($run, 'elapsed', 'busy') - 1000) < 1, 'after 1 s of guest time')
		or diag ms($run, 'elapsed', 'busy');
	$run = run_ok('all idle', {options => ['--seconds', 3600]}, bare('idle', 'idle', 'ms=1000 step_ms=500'));
	cmp_ok(ms($run, 'elapsed', 'idle'), '<', 2000, 'a VM that powers off ends the lab before its time');
	$run = run({options => ['--seconds', 1]}, bare('gone', 'stop', 'off'), bare('busy', 'stop', 'spin'));
	is($run->{status}, 1, 'the time is up, and one VM had stopped for good') or diag $run->{err};
}
{
	my $run = run({options => ['--seconds', 0.25]}, bare('busy', 'stop', 'spin'));
	is($run->{status}, 0, 'a fraction of a second') or diag $run->{err};
	ok(abs(ms($run, 'elapsed', 'busy') - 250) < 1, 'to the millisecond');
}
done_testing();
