#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime lab --on kvm` under SIGTSTP: its vCPUs are paused, not blocked, and its guests'
# counters and the lab's clock stop. SIGSTOP to the VMM cannot be caught; the command reports it
# afterwards.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Lab;
use List::Util qw(sum);
use Test::More;

my $mixed = "[vm busy]\nkernel = ../steady.img\nappend = until_ms=2000\nmemory = 64M\nvcpus = 2\n" .
	"[vm idle]\nkernel = ../idle.img\nappend = ms=1900 max_ns=1000000000\nmemory = 64M\n[vm off]\nkernel = ../hello.img\nmemory = 64M\n";
my $idle = "[vm idle]\nkernel = ../idle.img\nappend = ms=100000\nmemory = 64M\n";
my $short = "[vm idle]\nkernel = ../idle.img\nappend = ms=1500 max_ns=1000000000\nmemory = 64M\n";

my $on = labs_run(
	labs => {mixed => $mixed, timed => $idle, asked => $idle, stopped => $short}, 
	guests => [qw(steady idle hello)], cpus => 1, icount => 1, limit_s => 120, script => <<'END');
# Also true for a process that has ended, as it will never be stopped.
is_stopped() { [ ! -e /proc/$1/status ] || grep -q '^State:.[TZ]' /proc/$1/status; }
stop_for()
{
	kill -$1 $2
	wait_for is_stopped $2
	sleep $3
	kill -CONT $2
}
begin()
{
	start_lab "$@"
	wait_for find_vmm
	wait_for has_vcpus
	sleep 0.3
}
begin mixed
stop_for TSTP $lab 2
sleep 0.2
stop_for TSTP $lab 1
end_lab
begin timed --seconds 1
stop_for TSTP $lab 3
end_lab
begin asked
kill -TSTP $lab
wait_for is_stopped $lab
kill -TERM $lab
kill -CONT $lab
end_lab
begin stopped
stop_for STOP $vmm 1
end_lab
END
is($on->{host}{status}, 0, "the KVM host's script ends with status 0") or diag $on->{host}{out};
is($on->{$_}{status}, 0, "$_: the lab ends with status 0") or diag $on->{$_}{said} for qw(mixed timed asked stopped);

# The milliseconds that a vCPU spent in each state.
sub spent { my %ticks = %{vcpu(@_)->{ticks}}; return map { $_ => ms($ticks{$_}) } keys %ticks }

# Each vCPU: its VM, its ID, and the milliseconds for which its guest runs when the lab is not
# stopped.
for (['busy', 0, 2000], ['idle', 0, 1900]) {
	my ($vm, $id, $due) = @$_;
	my %ms = spent($on->{mixed}, $vm, $id);
	my $rest = $ms{running} + $ms{ready} + $ms{blocked};
	cmp_ok($ms{paused}, '>=', 2990, "$vm: the ledger has the two stops as paused");
	cmp_ok($ms{paused}, '<', 3300, "$vm: the ledger has no more than the two stops as paused");
	cmp_ok($rest, '>=', $due - 200, "$vm: the guest's counter does not advance during the stops");
	cmp_ok($rest, '<', $due + 300, "$vm: the guest's counter advances after the stops");
}
for (['busy', 1], ['off', 0]) {
	my %ms = spent($on->{mixed}, @$_);
	cmp_ok($ms{off}, '>', 4500, "$_->[0]/$_->[1]: a vCPU that is off stays off while the lab is stopped");
	cmp_ok($ms{paused}, '<', 100, "$_->[0]/$_->[1]: a vCPU that is off is not paused");
}
for my $vm (@{($on->{mixed}{ledger} // {})->{vms}}) {
	for (@{$vm->{vcpus}}) {
		my $t = $_->{ticks};
		is(sum(@$t{qw(running ready blocked off paused)}), $t->{elapsed}, "$vm->{name}/$_->{id}: the states add up to the nanosecond");
		cmp_ok($_->{published_ns}, '<=', $_->{stolen_ns}, "$vm->{name}/$_->{id}: no more is published than was stolen");
	}
}
like($on->{mixed}{console}{busy} // '', qr/^STEADY looks=\d+ stolen_ns=\d+ back=0 counter_back=0 over_ns=\d{1,3}$/m,
	"a busy guest's counter and stolen time never go back, and no more is stolen than passes");
is($on->{mixed}{said}, '', 'a lab that SIGTSTP stops prints no message');

my %timed = spent($on->{timed}, 'idle', 0);
cmp_ok($timed{elapsed} - $timed{paused}, '>=', 990, '--seconds does not run out while the lab is stopped');
cmp_ok($timed{elapsed} - $timed{paused}, '<', 1400, '--seconds runs out after the lab was stopped');
my %asked = spent($on->{asked}, 'idle', 0);
cmp_ok($asked{elapsed}, '<', 1500, 'a stopped lab that gets SIGTERM ends when it is continued');

my %stopped = spent($on->{stopped}, 'idle', 0);
like($on->{stopped}{said}, qr/^pvtime: the VMM was stopped, for up to 1\.\d{3} s: the ledger counts that as blocked, and the guests' counters continued; /,
	'a message reports that SIGSTOP stopped the VMM, when that is over');
cmp_ok($stopped{blocked}, '>=', 990, 'the ledger counts the time of SIGSTOP to the VMM as blocked');
done_testing;
