#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime probe` on a Linux host whose KVM runs VMs, as root and as a user without rights, and
# in guests with and without stolen time. Its reports are compared with those of QEMU and the
# kernel.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use JSON::PP;
use Test::More;

# vm NAME INITRD OPTION...: start QEMU with a VM. Its files in /tmp have names that begin with NAME.
# When the function returns, QEMU has printed the thread of each vCPU to NAME.said, and the guest is
# up.
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
# part NAME: begin a part of the output, up to the next one.
part() { printf '\n@part %s\n' "$1"; stamp "$1"; }
stamp() { read -r uptime _ </proc/uptime; echo "$1 at $uptime s" >>/tmp/times; }
END

# A guest that is busy on both CPUs for ever, one that sleeps, and one that runs pvtime probe.
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
# All vCPUs of a sleeping guest are in the ioctl KVM_RUN (0xae80), which names the vCPU's file.
asleep() { [ "$(grep -l '0xae80' "/proc/$idle"/task/*/syscall | wc -l)" = 2 ]; }
wait_for asleep
vm busy /busy.cpio -cpu host -smp 2
part before; head -n 1 "/proc/$busy"/task/*/schedstat "/proc/$idle"/task/*/schedstat
part all; pvtime probe --json; echo "status=$?"
part after; head -n 1 "/proc/$busy"/task/*/schedstat "/proc/$idle"/task/*/schedstat
part one; pvtime probe --json --pid "$idle"; echo "status=$?"
part two; pvtime probe --json --pid "$idle" --pid "$busy" --pid "$idle"; echo "status=$?"
part table; pvtime probe --pid "$busy"; echo "status=$?"
mkdir -p /etc
echo 'user:x:1000:1000::/tmp:/bin/sh' >/etc/passwd
part other; busybox start-stop-daemon -S -c user -x /bin/pvtime -- probe --json; echo "status=$?"
part other-idle; busybox start-stop-daemon -S -c user -x /bin/pvtime -- probe --pid "$idle"; echo "status=$?"
# The cgroup that systemd makes for a domain of libvirt's.
scope='/sys/fs/cgroup/machine-qemu\x2d7\x2dlab\x2d1.scope'
mkdir "$scope"
echo "$busy" >"$scope/cgroup.procs"
part scope; pvtime probe --json --pid "$busy"; echo "status=$?"
# As in a container that does not share the host's PIDs.
part space; busybox unshare -m -p -f sh -c 'mount -t proc proc /proc; pvtime probe; echo "status=$?"; pvtime probe --pid 4000'
part pids; echo "$busy $idle"
part busy; cat /tmp/busy.said
part idle; cat /tmp/idle.said
kill "$idle" "$busy"
# A guest that runs pvtime probe, and shares its CPU with a busy process of the host.
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
is($run->{status}, 0, "the KVM host's script ends with status 0") or BAIL_OUT(substr $run->{console}, -4000);
my %part = $run->{out} =~ /^\@part (\S+)\n(.*?)(?=\n^\@part |\z)/msg;
note $part{times};
is_deeply([$run->{out} =~ /^(waits for: .*\n.*)/mg], [], 'the script has waited less than a minute for each event');

# The output of a part, and the status after it.
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
	ok($data, "$name: the output is JSON of pvtime probe") or diag $part{$name};
	return ($data, $status);
}

sub whats { return map { $_->{what} } @{$_[0]} }

# Armv8.0 has no VHE.
my $mode = ($ENV{KVM_HOST_CPU} // '') =~ /^cortex-a(?:57|72)$/ ? 'nvhe' : 'vhe';

my ($data, $status) = json('none');
is($status, 0, 'pvtime probe has status 0 on a host without VMs');
is_deeply([@{$data->{host}}{qw(kvm accounting mode)}, !!$data->{host}{steal_time}, @{$data->{host}{vms}}], ['there', 'on', $mode, 1],
	"a host without VMs is reported with KVM, accounting, mode $mode, stolen time and no VM");
is($data->{guest}, undef, 'a host is not reported as a guest');
like($part{words}, qr{/dev/kvm: there; stolen time offered: yes; wait accounting: on; mode: $mode\nNo VM is running\.\nstatus=0\n},
	'the text output for a host agrees with its JSON');
is($part{'no-vm'}, "pvtime: --pid: process 1 has no vCPU of KVM open; expected the process of a VM\nstatus=2\n", '--pid rejects a process without a VM');

# The thread of each vCPU, according to QEMU.
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
is($status, 0, 'pvtime probe has status 0 on a host with VMs') or diag explain $data->{missing};
is_deeply([sort map { $_->{pid} } @{$data->{host}{vms}}], [sort $busy_pid, $idle_pid], 'pvtime probe finds the processes of both VMs, and no other');
is_deeply(found(vm_of($data, $busy_pid)), threads_of('busy'), 'pvtime probe and QEMU name the same threads of busy vCPUs');
is_deeply(found(vm_of($data, $idle_pid)), threads_of('idle'), 'pvtime probe and QEMU name the same threads of sleeping vCPUs');
is_deeply([map { $_->{by} } @{vm_of($data, $idle_pid)->{vcpus}}], ['ioctl', 'ioctl'], 'pvtime probe finds sleeping vCPUs by their ioctl');
is_deeply([map { defined $_->{libpvtime_kvm} && !$_->{libpvtime_kvm} } @{$data->{host}{vms}}], [1, 1],
	'VMs of QEMU are reported without a region of libpvtime-kvm');
is_deeply([map { vm_of($data, $_)->{name} } $idle_pid, $busy_pid], ['idle', undef], 'a VM has the name that QEMU was given, or none');
is(scalar(keys %{threads_of('busy')}), 2, 'QEMU names the threads of two vCPUs');

# The reported times are no less than the kernel's before, and no more than the kernel's after.
sub schedstat { return {map { m{task/(\d+)/schedstat <==\n(\d+) (\d+)} ? ($1 => [$2, $3]) : () } split /\n(?===> )/, $part{$_[0]}} }
my ($before, $after) = (schedstat('before'), schedstat('after'));
for my $pid ($busy_pid, $idle_pid) {
	for my $vcpu (@{vm_of($data, $pid)->{vcpus}}) {
		my ($b, $a) = map { $_->{$vcpu->{thread}} // [1, 0] } $before, $after;
		ok($b->[1] <= $vcpu->{waited_ns} && $vcpu->{waited_ns} <= $a->[1] && $b->[0] <= $vcpu->{ran_ns} && $vcpu->{ran_ns} <= $a->[0],
			"thread $vcpu->{thread}: the reported run and wait times are between the kernel's before and after") or diag explain $vcpu, $b, $a;
		cmp_ok($vcpu->{age_ns}, '>=', $vcpu->{ran_ns} + $vcpu->{waited_ns} - 20_000_000, "thread $vcpu->{thread}: its age is at least its run and wait times, but for 20 ms");
	}
}
cmp_ok(vm_of($data, $busy_pid)->{vcpus}[0]{waited_ns}, '>', 100_000_000, 'a busy vCPU that shares one CPU has waited more than 100 ms');

($data, $status) = json('one');
is_deeply([$status, map { $_->{pid} } @{$data->{host}{vms}}], [0, $idle_pid], '--pid reports only the VM of that process');
($data, $status) = json('two');
is_deeply([$status, map { $_->{pid} } @{$data->{host}{vms}}], [0, sort { $a <=> $b } $idle_pid, $busy_pid], '--pid given twice reports the VMs of both processes, each once');
like($part{table}, qr/^VM: process $busy_pid \(qemu-system-aar\), 2 vCPUs\n.*waited s\n     0 +\d+ .* \d+\.\d{6} +\d+\.\d{6}\n     1 +\d+ .*\n/m, 'the table has a line for each vCPU of the VM')
	or diag $part{table};

($data, $status) = json('scope');
is(vm_of($data, $busy_pid)->{name}, 'lab-1', "a VM without -name has the name of its domain's cgroup");
like($part{space}, qr/\nNo VM is visible\.\n\nnote: this is a PID namespace of its own.*\n    to do: run this on the host.*\nstatus=0\npvtime: --pid: there is no process 4000 in this PID namespace\n/,
	'in a PID namespace, a note says why no VM is visible');

# As a user who may not read the files of other processes: threads that have run a guest's code are
# found nevertheless.
($data, $status) = json('other');
is_deeply([$status, $data->{host}{kvm}, whats($data->{missing})], [1, 'denied', '/dev/kvm cannot be opened: Permission denied'],
	'a /dev/kvm that may not be opened is reported as denied');
is_deeply([sort map { $_->{thread} } @{vm_of($data, $busy_pid)->{vcpus}}], [sort values %{threads_of('busy')}],
	'busy vCPUs are found without access to their files');
is_deeply([@{vm_of($data, $busy_pid)}{qw(readable libpvtime_kvm)}], [JSON::PP::false, undef],
	'an unreadable process is reported without saying whether it has a region of libpvtime-kvm');

# In guests.
my %guest = map { $_ => {json => $part{$_} =~ /^(\{.*\})\r?$/m, status => [$part{$_} =~ /^status=(\d)/mg]} } qw(with without);
$_->{data} = eval { read_json('probe', $_->{json}) } // {} for values %guest;
is_deeply($guest{with}{status}, [0, 0], 'pvtime probe has status 0 in a guest with stolen time') or diag $part{with};
is_deeply([@{$guest{with}{data}{guest}}{qw(because discovered)}, !!$guest{with}{data}{guest}{counted}], ['it calls PSCI by HVC', 'yes', 1],
	'a guest with stolen time is reported to have discovered and to count it');
cmp_ok($guest{with}{data}{guest}{cpus}[0]{steal_ms}, '>', 50, "more than 50 ms of steal are reported in a guest that shares its CPU");
is($guest{with}{data}{host}, undef, 'a guest is not reported as a host');
is_deeply($guest{without}{status}, [1, 1], 'pvtime probe has status 1 in a guest without stolen time');
is_deeply([whats($guest{without}{data}{missing})], ['the hypervisor offers this guest no stolen time'],
	'the report in a guest without stolen time names what is missing')
	or diag $part{without};
like($part{without}, qr/^    to do: run 'pvtime probe' on the host/m, 'the report in a guest without stolen time names the next step');

# A host that was started with kvm-arm.mode=protected, and a machine without EL2.
$run = host_run(script => 'pvtime probe --json; echo "status=$?"', cpu => 'cortex-a57', cpus => 1, append => 'kvm-arm.mode=protected');
%part = (protected => $run->{out});
($data, $status) = json('protected');
is_deeply([$data->{host}{mode}, !!$data->{host}{protected_asked}], ['protected', 1], 'a host in protected mode is reported as such');
is(scalar(grep { /protected mode/ } whats($data->{notes})), 1, 'one note names protected mode');

$run = host_run(script => 'pvtime probe --json; echo "status=$?"', machine => 'virt,gic-version=3', cpus => 1);
%part = (el1 => $run->{out});
($data, $status) = json('el1');
is_deeply([$status, $data->{host}, $data->{guest}{discovered}], [1, undef, 'no'], 'QEMU without EL2 is reported as a guest without stolen time');

done_testing;
