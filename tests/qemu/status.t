#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the ends of labs: exit statuses 0 and 1, and the messages.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

# A lab in which a VM stops for good: status 1, one message, which names the VM, and a ledger
# without faults.
sub stopped
{
	my ($name, $how, $vm, @vms) = @_;
	my $run = run($how, @vms);
	is($run->{status}, 1, "$name: the lab has status 1");
	is_deeply([$run->{err} =~ /^(pvtime: .*\b\Q$vm\E\b.*stopped for good.*)$/mg], [$run->{err} =~ /^(pvtime: (?!qemu).*)$/mg],
		"$name: the only message says that $vm stopped for good") or diag $run->{err};
	faultless("$name: the ledger has no fault", ledger_faults($run->{json}));
	return $run;
}

# Test how the lab and each VM ended according to the JSON, in the words of the table's last line.
sub ended
{
	my ($name, $run, $want) = @_;
	my @vms = map { my $n = $_->{resets}; "$_->{name}: $_->{end}" . ($n ? ", $n reset" . ($n > 1 ? 's' : '') : '') } @{$run->{json}{vms}};
	is("$run->{json}{ended}. " . join('; ', @vms), $want, "$name: the JSON has the end of the lab and of each VM");
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
	like($run->{console}{other}, qr/^SPIN /m, 'a VM runs to its end after another has stopped for good');
	ended('one is stuck', $run, 'stuck. gone: stuck; other: powered off');
	$run = stopped('another VM powers off before', {}, 'gone',
		bare('gone', 'stop', 'wfi late'), bare('other', 'hello', ''));
	faultless('a VM runs to its end before another stops for good', tap_faults($run->{console}{other}));
	stopped('two VMs stop for good', {}, 'first', bare('first', 'stop', 'off'), bare('second', 'stop', 'wfi late'));
}
{
	my $run = run_ok('a guest that goes on for ever', {options => ['--seconds', 1]}, bare('busy', 'stop', 'spin', vcpus => 2));
	is($run->{err}, '', 'a lab that --seconds ends prints no message');
	ended('a lab that --seconds ends', $run, 'seconds. busy: running');
	ok(abs(ms($run, 'elapsed', 'busy') - 1000) < 1, '--seconds 1 ends the lab after 1 s of guest time')
		or diag ms($run, 'elapsed', 'busy');
	$run = run_ok('all idle', {options => ['--seconds', 3600]}, bare('idle', 'idle', 'ms=1000 step_ms=500'));
	cmp_ok(ms($run, 'elapsed', 'idle'), '<', 2000, 'a VM that powers off ends the lab before its time');
	ended('all have powered off before the time was up', $run, 'powered off. idle: powered off');
	$run = run({options => ['--seconds', 1]}, bare('gone', 'stop', 'off'), bare('busy', 'stop', 'spin'));
	is($run->{status}, 1, 'a lab that --seconds ends has status 1 if a VM has stopped for good') or diag $run->{err};
}
{
	my $run = run({options => ['--seconds', 0.25]}, bare('busy', 'stop', 'spin'));
	is($run->{status}, 0, '--seconds accepts a fraction of a second') or diag $run->{err};
	ok(abs(ms($run, 'elapsed', 'busy') - 250) < 1, '--seconds 0.25 ends the lab after 250 ms of guest time');
}

# --until: the lab ends with one of its guests. Labs with several CPUs run in real time, of which
# other processes of this machine may take much. There, the next guest that powers off shows if the
# lab ends too late.
for my $pcpus (1, 2) {
	my ($latest_ms, $stolen_ns) = $pcpus > 1 ? (60_000, 60_000_000_000) : (1000, 1_000_000_000);
	my $how = {pcpus => $pcpus, free => $pcpus > 1};
	my @others = (bare('busy', 'stop', 'spin', vcpus => 2), bare('later', 'spin', 'until_ms=60000'));
	my $run = run_ok("until one of three powers off, on $pcpus CPUs", {%$how, options => ['--until', 'idle']},
		$others[0], bare('idle', 'idle', "ms=300 max_ns=$stolen_ns"), $others[1]);
	is($run->{err} =~ s{^pvtime: VM later has printed nothing.*\n}{}mr, '', 'a lab that --until ends prints no message, except perhaps that a VM has printed nothing');
	faultless('the VM that --until names runs to its end', tap_faults($run->{console}{idle}));
	is($run->{console}{later}, '', 'a VM that --until does not name does not run to its end');
	my $elapsed = ms($run, 'elapsed', 'busy');
	ok($elapsed >= 300 && $elapsed < $latest_ms, '--until ends the lab when the VM has powered off') or diag $elapsed;
}
{
	my @vms = (bare('idle', 'idle', 'ms=300 max_ns=1000000000'), bare('busy', 'stop', 'spin'));
	my $run = run_ok('the time is up before the VM powers off', {options => ['--until', 'busy', '--seconds', 0.5]}, @vms);
	ok(abs(ms($run, 'elapsed', 'busy') - 500) < 1, '--seconds ends the lab at its time');
	$run = run_ok('the VM powers off before the time is up', {options => ['--until', 'idle', '--seconds', 60]}, @vms);
	cmp_ok(ms($run, 'elapsed', 'busy'), '<', 1000, '--until ends the lab before --seconds');
	$run = run_ok('other VMs power off before', {options => ['--until', 'spin']},
		bare('spin', 'spin', 'until_ms=500'), bare('hello', 'hello', ''));
	like($run->{console}{spin}, qr/^SPIN /m, '--until does not end the lab when other VMs power off');
	$run = run_ok('the VM resets before', {options => ['--until', 'reset']}, bare('reset', 'reset', 'reset_ms=100'), $vms[1]);
	like($run->{console}{reset}, qr/^BOOT .*^RESET .*^BOOT /ms, '--until does not end the lab when the VM resets');
	ended('a VM is reset, and then off', $run, 'until. reset: powered off, 1 reset; busy: running');
	$run = run_ok('a guest that resets for ever', {options => ['--seconds', 1]}, bare('reset', 'reset', 'for_ever'));
	cmp_ok($run->{json}{vms}[0]{resets}, '>=', 3, 'a guest that resets for ever: each reset is counted');
	is($run->{json}{vms}[0]{end}, 'running', 'a guest that resets for ever is running');
	stopped('the VM that --until names stops for good', {options => ['--until', 'gone']}, 'gone',
		bare('gone', 'stop', 'off late'), $vms[1]);
	stopped('a VM that --until does not name stops for good', {options => ['--until', 'idle']}, 'gone', @vms, bare('gone', 'stop', 'off late'));
}
done_testing();
