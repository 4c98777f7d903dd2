#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: our own guests under `pvtime lab --on kvm`: the machine is the one that they have elsewhere, several VMs run at once, PSCI and
# resets do what they do, and the lab ends as it is asked to.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Lab;
use Test::More;

sub vm
{
	my ($name, $guest, $words, @lines) = @_;
	return join "\n", "[vm $name]", "kernel = ../$guest.img", ($words eq '' ? () : "append = $words"), 'memory = 64M', @lines, '';
}

my $on = labs_run(
	labs => {
		machine => vm('flash', 'flash', '') . vm('split', 'split', '', 'vcpus = 2') . vm('hello', 'hello', 'with words'),
		smp => vm('smp', 'smp', '', 'vcpus = 4'),
		off => vm('denied', 'spin', 'until_ms=300', 'stolen_time = off', 'vcpus = 2'),
		reset => vm('reset', 'reset', 'reset_ms=1500') . vm('busy', 'spin', 'until_ms=2000'),
		stuck => vm('stop', 'stop', 'off', 'vcpus = 2') . vm('busy', 'spin', 'until_ms=400'),
		until => vm('first', 'spin', 'until_ms=300') . vm('ever', 'spin', 'until_ms=100000'),
		ever => vm('ever', 'spin', 'until_ms=100000', 'vcpus = 2'),
	},
	guests => [qw(flash split hello smp spin reset stop)], cpus => 1, icount => 1, limit_s => 240,
	script => <<'END');
lab machine
lab smp
lab off
lab reset
lab stuck
lab until --until first
lab ever --seconds 0.5 --watch
start_lab ever
wait_for 20 find_vmm
cgroup=$(ls -d /sys/fs/cgroup/pvtime-* 2>/dev/null)
echo "CGROUPS <$cgroup>"
kill -TERM $lab
end_lab
mv /labs/ever /labs/killed
sed -i s/until/killed/ /labs/killed
start_lab killed
wait_for 20 find_vmm
kill -KILL $vmm
end_lab
END

is($on->{host}{status}, 0, 'the script ends well') or diag $on->{host}{out};

# Each test of a guest holds, and there are as many as it says.
sub guest_ok
{
	my ($lab, $vm) = @_;
	my $console = $on->{$lab}{console}{$vm} // '';
	my $run = () = $console =~ /^ok /mg;
	unlike($console, qr/^not ok|^Bail out/m, "$vm: nothing fails") or diag $console;
	like($console, qr/^1\.\.$run$/m, "$vm: and all is run") or diag $console;
}

is($on->{machine}{status}, 0, 'three VMs') or diag $on->{machine}{said};
guest_ok('machine', $_) for qw(flash split hello);
like($on->{machine}{console}{hello}, qr/1 CPUs, 64 MiB at 0x40000000, PSCI 1\.\d by HVC/, 'the machine of the lab file');
like($on->{machine}{console}{hello}, qr/^# command line: with words$/m, 'its command line');

is($on->{smp}{status}, 0, 'CPU_ON, CPU_OFF, SGIs') or diag $on->{smp}{said};
guest_ok('smp', 'smp');

# A ledger adds up by itself, the command sees to that. Here are bounds of what is in it.
my @off = map { ms(vcpu($on->{smp}, 'smp', $_)->{ticks}{off}) } 0 .. 3;
my @elapsed = map { ms(vcpu($on->{smp}, 'smp', $_)->{ticks}{elapsed}) } 0 .. 3;
cmp_ok($off[0], '<', 300, 'the first vCPU was not off, but for the end');
cmp_ok($off[$_], '>', 0, "vCPU $_ was off") for 1 .. 3;
cmp_ok($elapsed[$_], '>', $elapsed[0] - 150, "and its ledger is as long as the first one's") for 1 .. 3;

is($on->{off}{status}, 0, 'stolen_time = off') or diag $on->{off}{said};
is_deeply([$on->{off}{console}{denied} =~ /stolen_ns=(\w+)/g], ['none', 'none'], 'the guest has none')
	or diag $on->{off}{console}{denied};
cmp_ok(vcpu($on->{off}, 'denied', 0)->{stolen_ns}, '>', 50_000_000, 'the ledger knows what was taken');
is(vcpu($on->{off}, 'denied', $_)->{published_ns}, 0, "and nothing is published of vCPU $_") for 0, 1;

# R-23: RAM, vCPUs and stolen time begin again; the counter goes on, or it would reset for ever.
my $console = $on->{reset}{console}{reset} // '';
is($on->{reset}{status}, 0, 'SYSTEM_RESET') or diag $on->{reset}{said};
my @boots = $console =~ /^BOOT stolen_ns=(\d+) bss=(\d+)$/mg;
my ($before) = $console =~ /^RESET stolen_ns=(\d+)$/m;
is(@boots, 4, 'it boots twice') or diag $console;
is("$boots[1] $boots[3]", '1 1', 'memory is as it was at the start');
cmp_ok($before // 0, '>', 300_000_000, 'it was stolen from');
cmp_ok($boots[2], '<', 100_000_000, 'and afterwards the number begins again');
cmp_ok(ms(vcpu($on->{reset}, 'reset', 0)->{ticks}{elapsed}) + 1000, '<', ms(vcpu($on->{reset}, 'busy', 0)->{ticks}{elapsed}),
	'so does the ledger, and not that of another VM');

is($on->{stuck}{status}, 1, 'every vCPU off: status 1');
is($on->{stuck}{said}, "pvtime: VM stop stopped for good without SYSTEM_OFF: its vCPUs are off\n", 'and why');
like($on->{stuck}{console}{busy} // '', qr/^SPIN/m, 'when all others have ended');

is($on->{until}{status}, 0, '--until') or diag $on->{until}{said};
like($on->{until}{console}{first} // '', qr/^SPIN/m, 'it has ended');
cmp_ok(ms(vcpu($on->{until}, 'ever', 0)->{ticks}{elapsed}), '<', 20_000, 'and the other one with it');

is_deeply([$on->{host}{out} =~ /^LAB ever (\d+)/mg], [0, 0], '--seconds and SIGTERM end it in good order');
like($on->{host}{out}, qr/^PRINTED t=0\.5\d* vm=ever vcpu=0 running=[\d.]+ stolen=[\d.]+ blocked=[\d.]+ stolen_ns=\d+ state=\w+$/m,
	'--watch prints the ledger');
like($on->{host}{out}, qr/^CGROUPS <>/m, 'without weights there are no cgroups');
cmp_ok(ms(vcpu($on->{ever}, 'ever', 0)->{ticks}{paused}), '>', 0, 'its vCPUs are paused in the end');

is($on->{killed}{status}, 1, 'a VMM that is killed: status 1');
is($on->{killed}{said}, "pvtime: the VMM ended of signal 9 (Killed) before the lab was done\n", 'and why');

done_testing;
