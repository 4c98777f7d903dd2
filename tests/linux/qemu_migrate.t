#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: on a KVM host with ports/linux, an unmodified QEMU migrates a guest to a file and from it to
# a second QEMU, which knows nothing of stolen time but the guest's memory. The guest's number goes
# on where it was, and what the second QEMU's thread had waited before is not charged. Kernels.pm
# says which kernels.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../kvm";
use Host;
use Kernels;
use Test::More;

# 0x90a0000 is where QEMU's machine virt has the structure of vCPU 0. QEMU's monitor reads a pipe;
# `ask COMMAND` gives it a command, then asks for the structure, and waits for that answer.
my $script = <<'END';
qemu='qemu-system-aarch64 -name guest,debug-threads=on -M virt,gic-version=3 -accel kvm -cpu host -m 128M -no-user-config -nodefaults
	-display none -chardev pipe,id=monitor,path=/tmp/monitor -mon monitor -kernel /guest -initrd /guest.cpio'
mkfifo /tmp/monitor.in /tmp/monitor.out

# start WORDS: start a QEMU; its thread of vCPU 0 is $tid.
start()
{
	cat /tmp/monitor.out >/tmp/answers &
	$qemu -serial file:/tmp/console -append 'console=ttyAMA0 quiet kpti=off role=spin' "$@" &
	pid=$!
	wait_for vcpu_thread
}
vcpu_thread() { tid=$(grep -lsx 'CPU 0/KVM' /proc/$pid/task/*/comm | sed 's|/comm||; s|.*/||'); [ "$tid" ]; }
structures() { grep -c '^00000000090a0000: ' /tmp/answers; }
answered() { [ "$(structures)" -gt "$asked" ]; }
ask()
{
	asked=$(structures)
	printf '%s\nxp /2gx 0x90a0000\n' "$1" >/tmp/monitor.in
	wait_for answered
}
# told NAME: print the structure's number, and how long the vCPU's thread has waited.
told() { echo "$1 $(tr -d '\r' </tmp/answers | sed -n 's/^00000000090a0000: .* //p' | tail -n 1) $(cut -d' ' -f2 /proc/$pid/task/$tid/schedstat)"; }
# contend: compete for the CPU for three seconds.
contend()
{
	for i in 1 2 3; do
		timeout 3 sh -c 'while :; do :; done' &
	done
	sleep 3.1
}
is_idle() { ! pidof timeout; }
is_paused()
{
	ask 'info status'
	tr -d '\r' </tmp/answers | grep -qx 'VM status: paused'
}

start
wait_for grep -q ^BOOT /tmp/console
contend
ask stop
told stopped
ask 'migrate "exec:cat >/tmp/state"'
told migrated
echo quit >/tmp/monitor.in
wait $pid

# Beside work, the new thread has waited before it runs the vCPU.
contend &
start -S -incoming 'exec:cat /tmp/state'
wait_for is_paused
wait_for is_idle
told arrived
ask cont
sleep 0.3
ask stop
told begun
ask cont
contend
ask stop
told again
kill $pid
END

# migrate KERNEL: what the script has told, by name: [structure, run_delay], in ns.
sub migrate
{
	my ($kernel) = @_;
	my $run = host_run(kernel => $kernel eq 'before' ? $before : $ported, cpus => 1, icount => 1, qemu => 1, limit_s => 280, script => $script,
		files => {guest => $before, 'guest.cpio' => "$build/guest/initramfs.cpio"});
	is($run->{status}, 0, "$kernel: the KVM host's script ends with status 0") or diag $run->{out}, $run->{console};
	no warnings 'portable'; # numbers of 64 bits
	my %told = map { /^(\w+) (0x[0-9a-f]{16}) (\d+)$/ ? ($1 => [hex $2, $3]) : () } split /\n/, $run->{out};
	note join ', ', map { "$_ $told{$_}[0] of $told{$_}[1]" } sort keys %told;
	is_deeply([sort keys %told], [qw(again arrived begun migrated stopped)], "$kernel: all numbers are told") or BAIL_OUT $run->{out};
	cmp_ok($told{stopped}[0], '>', 1_000_000_000, "$kernel: more than a second is stolen from the guest");
	is($told{migrated}[0], $told{stopped}[0], "$kernel: the first QEMU's migration changes nothing");
	is($told{arrived}[0], $told{stopped}[0], "$kernel: the number arrives at the second QEMU");
	cmp_ok($told{again}[1] - $told{begun}[1], '>', 1_000_000_000, "$kernel: the second QEMU's thread waits for more than a second");
	return \%told;
}

# From one instant to another, by how much more the structure has grown than the thread has waited.
sub charged_more
{
	my ($told, $from, $to) = @_;
	return ($told->{$to}[0] - $told->{$from}[0]) - ($told->{$to}[1] - $told->{$from}[1]);
}

# What the thread waits from its wake-up to KVM_RUN is not the guest's. What it waits after it has
# left KVM_RUN comes into the structure with the next KVM_RUN: less than 10 ms at either reading.
my $told = migrate('Image');
cmp_ok(charged_more($told, 'arrived', 'begun'), '<=', 0, 'with ports/linux: the guest is not charged with what the thread waited before');
cmp_ok(abs(charged_more($told, 'begun', 'again')), '<', 10_000_000, 'with ports/linux: the guest is charged with what the thread waits for it');
$told = migrate('before');
cmp_ok(charged_more($told, 'arrived', 'begun'), '>', 1_000_000, 'without: the guest is charged with what the thread waited before');

done_testing;
