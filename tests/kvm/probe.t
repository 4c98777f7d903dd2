#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime probe` on a Linux host whose KVM runs VMs, by whoever may look and by others, and in
# guests with stolen time and without: against what QEMU and the kernel say themselves.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use JSON::PP;
use Test::More;

# A VM of QEMU's: its name, which gives its files theirs, the guest's initramfs, and further
# options. QEMU says at the end which thread each vCPU is.
my $vm = <<'END';
vm()
{
	name=$1 initrd=$2
	shift 2
	mkfifo "/tmp/$name.monitor"
	qemu-system-aarch64 -M virt,gic-version=3 -accel kvm -m 160M -no-user-config -nodefaults -display none \
		-serial "file:/tmp/$name.console" -kernel /Image -initrd "$initrd" -append 'console=ttyAMA0 quiet panic=-1' \
		-monitor stdio "$@" <"/tmp/$name.monitor" >"/tmp/$name.said" 2>&1 &
	eval "$name=$!"
	eval "exec $fd<>/tmp/$name.monitor"
	eval "echo info cpus >&$fd"
	fd=$((fd + 1))
	wait_for grep -q thread_id "/tmp/$name.said"
	stamp "$name said"
	wait_for grep -q '@host begin' "/tmp/$name.console"
	stamp "$name up"
}
fd=7
# What follows goes to the reader under that name.
part() { printf '\n@part %s\n' "$1"; stamp "$1"; }
stamp() { read -r uptime _ </proc/uptime; echo "$1 at $uptime s" >>/tmp/times; }
END

# Busy on both CPUs, and stopped by nobody; and one that sleeps.
my $busy = host_initramfs(script => 'echo up; taskset -c 1 sh -c "while :; do :; done" & while :; do :; done');
my $idle = host_initramfs(script => 'echo up; sleep 100000');
my $probing = host_initramfs(script => <<'END');
pvtime probe --json >/tmp/json
echo "status=$?"
cat /tmp/json
pvtime probe
echo "status=$?"
END

my $script = $vm . <<'END';
part none; pvtime probe --json; echo "status=$?"
part words; pvtime probe; echo "status=$?"
part no-vm; pvtime probe --pid 1; echo "status=$?"
vm idle /idle.cpio -cpu host -smp 2 -name idle,debug-threads=on
# vCPUs that sleep, all of them, say themselves which they are.
asleep() { [ "$(grep -l '0xae80' "/proc/$idle"/task/*/syscall | wc -l)" = 2 ]; }
wait_for asleep
vm busy /busy.cpio -cpu host -smp 2
part before; head -n 1 "/proc/$busy"/task/*/schedstat "/proc/$idle"/task/*/schedstat
part all; pvtime probe --json; echo "status=$?"
part after; head -n 1 "/proc/$busy"/task/*/schedstat "/proc/$idle"/task/*/schedstat
part one; pvtime probe --json --pid "$idle"; echo "status=$?"
part table; pvtime probe --pid "$busy"; echo "status=$?"
mkdir -p /etc
echo 'user:x:1000:1000::/tmp:/bin/sh' >/etc/passwd
part other; busybox start-stop-daemon -S -c user -x /bin/pvtime -- probe --json; echo "status=$?"
part other-idle; busybox start-stop-daemon -S -c user -x /bin/pvtime -- probe --pid "$idle"; echo "status=$?"
part pids; echo "$busy $idle"
part busy; cat /tmp/busy.said
part idle; cat /tmp/idle.said
kill "$idle" "$busy"
# A guest that looks at itself, and has to share its CPU.
while :; do :; done &
load=$!
vm with /probing.cpio -cpu host -smp 1
wait_for grep -q "@host end" /tmp/with.console
kill "$load"
vm without /probing.cpio -cpu host,kvm-steal-time=off -smp 1
wait_for grep -q "@host end" /tmp/without.console
part with; cat /tmp/with.console
part without; cat /tmp/without.console
part times; cat /tmp/times
END

my $run = host_run(script => $script, qemu => 1, cpus => 1, icount => 1, limit_s => 280, files => {
	'Image' => "$build/debian/Image", 'busy.cpio' => $busy, 'idle.cpio' => $idle, 'probing.cpio' => $probing});
is($run->{status}, 0, 'the host has run it') or BAIL_OUT(substr $run->{console}, -4000);
my %part = $run->{out} =~ /^\@part (\S+)\n(.*?)(?=\n^\@part |\z)/msg;
note $part{times};
is_deeply([$run->{out} =~ /^(waits for: .*\n.*)/mg], [], 'everything that the script waited for has come');

# What was printed, and the status behind it.
sub told
{
	my ($name) = @_;
	return $part{$name} =~ /\A(.*)^status=(\d+)\r?$/ms;
}

sub json
{
	my ($name) = @_;
	my ($text, $status) = told($name);
	my $data = eval { read_json('probe', $text) };
	ok($data, "$name: it is JSON") or diag $part{$name};
	return ($data, $status);
}

sub whats { return map { $_->{what} } @{$_[0]} }

# Armv8.0 has no VHE.
my $mode = ($ENV{KVM_HOST_CPU} // '') =~ /^cortex-a(?:57|72)$/ ? 'nvhe' : 'vhe';

my ($data, $status) = json('none');
is($status, 0, 'a host: nothing is missing');
is_deeply([@{$data->{host}}{qw(kvm accounting mode)}, !!$data->{host}{steal_time}, @{$data->{host}{vms}}], ['there', 'on', $mode, 1],
	"it offers stolen time, keeps account, has mode $mode, and no VM");
is($data->{guest}, undef, 'a host is no guest');
like($part{words}, qr{/dev/kvm: there; stolen time offered: yes; account of waiting: on; mode: $mode\nNo VM is running\.\nstatus=0\n},
	'words say what JSON says of a host');
is($part{'no-vm'}, "pvtime: --pid: process 1 has no vCPU of KVM open; expected the process of a VM\nstatus=2\n", 'a process without a VM');

# Which thread each vCPU is, by QEMU's own word.
my ($busy_pid, $idle_pid) = $part{pids} =~ /(\d+) (\d+)/;
sub threads_of { return {$part{$_[0]} =~ /CPU #(\d+): thread_id=(\d+)/g} }
sub vm_of
{
	my ($d, $pid) = @_;
	my ($vm) = grep { $_->{pid} == $pid } @{$d->{host}{vms}};
	return $vm // {vcpus => []};
}
sub found { return {map { ($_->{vcpu} // 'unknown') => $_->{thread} } @{$_[0]{vcpus}}} }

($data, $status) = json('all');
is($status, 0, 'a host with VMs lacks nothing') or diag explain $data->{missing};
is_deeply([sort map { $_->{pid} } @{$data->{host}{vms}}], [sort $busy_pid, $idle_pid], 'the VMs are those two processes');
is_deeply(found(vm_of($data, $busy_pid)), threads_of('busy'), 'the threads of busy vCPUs are those that QEMU names');
is_deeply(found(vm_of($data, $idle_pid)), threads_of('idle'), 'the threads of vCPUs that sleep are those that QEMU names');
is_deeply([map { $_->{by} } @{vm_of($data, $idle_pid)->{vcpus}}], ['ioctl', 'ioctl'], 'vCPUs that sleep are found by their ioctl');
is_deeply([map { defined $_->{libpvtime_kvm} && !$_->{libpvtime_kvm} } @{$data->{host}{vms}}], [1, 1],
	'the VMs have no region of the library');
is(scalar(keys %{threads_of('busy')}), 2, 'QEMU names the threads of two vCPUs');

# How long they have waited: not less than before, nor more than after.
sub schedstat { return {map { m{task/(\d+)/schedstat <==\n(\d+) (\d+)} ? ($1 => [$2, $3]) : () } split /\n(?===> )/, $part{$_[0]}} }
my ($before, $after) = (schedstat('before'), schedstat('after'));
for my $pid ($busy_pid, $idle_pid) {
	for my $vcpu (@{vm_of($data, $pid)->{vcpus}}) {
		my ($b, $a) = map { $_->{$vcpu->{thread}} // [1, 0] } $before, $after;
		ok($b->[1] <= $vcpu->{waited_ns} && $vcpu->{waited_ns} <= $a->[1] && $b->[0] <= $vcpu->{ran_ns} && $vcpu->{ran_ns} <= $a->[0],
			"thread $vcpu->{thread}: ran and waited between what the kernel said before and after") or diag explain $vcpu, $b, $a;
		cmp_ok($vcpu->{age_ns}, '>=', $vcpu->{ran_ns} + $vcpu->{waited_ns} - 20_000_000, 'within its age');
	}
}
cmp_ok(vm_of($data, $busy_pid)->{vcpus}[0]{waited_ns}, '>', 100_000_000, 'busy vCPUs on one CPU have waited');

($data, $status) = json('one');
is_deeply([$status, map { $_->{pid} } @{$data->{host}{vms}}], [0, $idle_pid], '--pid: that VM alone');
like($part{table}, qr/^VM: process $busy_pid \(qemu-system-aar\), 2 vCPUs\n.*waited %\n     0 +\d+ .* \d+\.\d\n     1 +\d+ .*\n/m, 'the table')
	or diag $part{table};

# By somebody who may not look into other's processes: who has run a guest's code is seen all the
# same.
($data, $status) = json('other');
is_deeply([$status, $data->{host}{kvm}, whats($data->{missing})], [1, 'denied', '/dev/kvm cannot be opened: Permission denied'],
	'a /dev/kvm that may not be opened is reported as denied');
is_deeply([sort map { $_->{thread} } @{vm_of($data, $busy_pid)->{vcpus}}], [sort values %{threads_of('busy')}],
	'busy vCPUs are found without their files');
is_deeply([@{vm_of($data, $busy_pid)}{qw(readable libpvtime_kvm)}], [JSON::PP::false, undef],
	'what an unreadable process has mapped is unknown');

# In guests.
my %guest = map { $_ => {json => $part{$_} =~ /^(\{.*\})\r?$/m, status => [$part{$_} =~ /^status=(\d)/mg]} } qw(with without);
$_->{data} = eval { read_json('probe', $_->{json}) } // {} for values %guest;
is_deeply($guest{with}{status}, [0, 0], 'a guest with stolen time: nothing is missing') or diag $part{with};
is_deeply([@{$guest{with}{data}{guest}}{qw(because discovered)}, !!$guest{with}{data}{guest}{counted}], ['it calls PSCI by HVC', 'yes', 1],
	'the guest has discovered stolen time, and counts it');
cmp_ok($guest{with}{data}{guest}{cpus}[0]{steal_ms}, '>', 50, "a guest's CPU has waited for the others");
is($guest{with}{data}{host}, undef, 'a guest is no host');
is_deeply($guest{without}{status}, [1, 1], 'a guest without: something is missing');
is_deeply([whats($guest{without}{data}{missing})], ['the hypervisor offers this guest no stolen time'],
	'the report in a guest without stolen time says what is missing')
	or diag $part{without};
like($part{without}, qr/^    to do: run 'pvtime probe' on the host/m, 'the report in a guest without stolen time says what to do');

# A host whose log is gone, in which protected mode was asked for; and a machine that is started at
# EL1.
$run = host_run(script => 'pvtime probe --json; echo "status=$?"', cpu => 'cortex-a57', cpus => 1, append => 'kvm-arm.mode=protected');
%part = (protected => $run->{out});
($data, $status) = json('protected');
is_deeply([$data->{host}{mode}, !!$data->{host}{protected_asked}], ['protected', 1], 'protected mode is found out');
is(scalar(grep { /protected mode/ } whats($data->{notes})), 1, 'a note names protected mode');

$run = host_run(script => 'pvtime probe --json; echo "status=$?"', machine => 'virt,gic-version=3', cpus => 1);
%part = (el1 => $run->{out});
($data, $status) = json('el1');
is_deeply([$status, $data->{host}, $data->{guest}{discovered}], [1, undef, 'no'], 'QEMU without KVM: a guest, without stolen time');

done_testing;
