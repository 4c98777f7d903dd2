#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime top` on a Linux KVM host where something is missing: rights, BTF, kprobes, cgroups
# v2, the view of other processes, a clock that nobody steps, or a membarrier(2) that waits for all
# CPUs, which it does not if one is nohz_full. Rates and quotas are still those of the
# kernel's own counts, one line says what is missing, and nothing else is shown.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use JSON::PP;
use Test::More;
use Top;

# The VM alpha shares CPU 1 with a hog, and has a quota; all other processes use CPU 0. A user
# measures it. The lines between two still periods, in which it is stopped, contain all that its
# vCPU has done between them.
my $script = <<'END';
mkdir -p /etc /sys/fs/cgroup/box/inner
echo 'user:x:1000:1000::/tmp:/bin/sh' >/etc/passwd
echo +cpu >/sys/fs/cgroup/cgroup.subtree_control
as_user() { busybox start-stop-daemon -S -c user -x /bin/pvtime -- "$@"; }
taskset 2 sh -c 'while :; do :; done' &
taskset 2 sh -c 'echo $$ >/sys/fs/cgroup/box/inner/cgroup.procs; exec qemu-system-aarch64 -M virt,gic-version=3 -accel kvm -cpu host -m 32M \
	-no-user-config -nodefaults -display none -monitor none -serial null -kernel /spin.img -append until_ms=1000000 -name "guest=al\"p\\ha$(printf "\\033\\t")[1m,debug-threads=on"' &
vm=$!
wait_for has_vcpu $vm; v=$(vcpu $vm)
echo "VCPU $vm $v"
still_more() { echo "AT $1 $(lines) $(cat /proc/$vm/task/$v/schedstat) $(grep throttled_usec /sys/fs/cgroup/box/cpu.stat)"; }
# Field 43 of its stat: how long it has run guest code, without which a user cannot know a vCPU.
was_guest() { [ "$(sed 's/.*) //' "/proc/$vm/task/$v/stat" | cut -d' ' -f41)" -gt 0 ]; }
wait_for was_guest
echo '30000 100000' >/sys/fs/cgroup/box/cpu.max
busybox start-stop-daemon -S -c user -x /bin/pvtime -- top --json --interval 0.3 >/tmp/lines 2>/tmp/why &
top=$!
wait_for has_lines 1
still begin $vm
kill -CONT $vm; mark $vm $v; wait_for ran_ms $vm $v 300
still end $vm
kill $top
wait $top
kill -CONT $vm
sed 's/^/LINE /' /tmp/lines
sed 's/^/WHY /' /tmp/why

# once NAME COMMAND...: what a command prints once.
once() { name=$1; shift; "$@" >/tmp/once 2>&1; echo "ONCE $name $?"; sed "s/^/OF $name /" /tmp/once; }
json() { name=$1; shift; "$@" 2>/dev/null | sed "s/^/JSON $name /"; }
# rights NAME: the capabilities of the command that runs.
rights()
{
	rm /tmp/lines
	pvtime top --json --interval 0.1 2>&1 >/tmp/lines &
	top=$!
	wait_for has_lines 1
	echo "CAPS $1 $(grep CapPrm /proc/$top/status) $(grep NoNewPrivs /proc/$top/status) paranoid $(cat /proc/sys/kernel/perf_event_paranoid)"
	kill $top
	wait $top
}
rights program
mount -t tmpfs none /sys/kernel/btf
rights rates
umount /sys/kernel/btf
once text as_user top --once --interval 1
once three grant pvtime top --once --interval 1
mount -t tmpfs none /sys/kernel/btf
once btf pvtime top --once --interval 1
umount /sys/kernel/btf
once seccomp forbid bpf pvtime top --once --interval 1
once kprobes forbid perf_event_open pvtime top --once --interval 1
once namespace unshare -p -f --mount-proc pvtime top --once --interval 1
json step pvtime top --json --count 5 --interval 0.5 &
step=$!
for year in 2031 2001 2038 1980; do date -s "$year-01-01 00:00" >/dev/null; sleep 0.4; done
wait $step
umount /sys/fs/cgroup
once nogroup as_user top --once --interval 1
json nogroup pvtime top --json --once --interval 0.5
mount -o remount,hidepid=2 /proc
once hidden as_user top --once --interval 1
once seen pvtime top --once --interval 1
mount -o remount,hidepid=0 /proc
mount -t securityfs none /sys/kernel/security
echo confidentiality >/sys/kernel/security/lockdown
once lockdown pvtime top --once --interval 1
END

my $run = host_run(script => "$prelude$script", qemu => 1, cpus => 2, append => 'nohz_full=1', limit_s => 120,
	files => {'spin.img' => "$build/guest/spin.img", map { ("bin/$_" => "$build/tests-top/$_") } qw(forbid grant)});
is($run->{status}, 0, "the KVM host's script ends with status 0") or BAIL_OUT(substr $run->{console}, -4000);
my $out = $run->{out};
note $out =~ s/^(?:LINE|JSON) .*\n//mgr;
is_deeply([$out =~ /^(waits for: .*\n.*)/mg], [], 'the script has waited less than a minute for each event');
my ($process, $thread) = $out =~ /^VCPU (\d+) (\d+)$/m or BAIL_OUT('no vCPU');
my $name = "al\"p\\ha\e\t[1m";
my $rights = 'causes unknown: CAP_BPF and CAP_PERFMON are missing; run pvtime as root';

# A user's lines.
my @lines = map { read_json('top', $_) } $out =~ /^LINE (.*)$/mg;
my %still = map { /^(\S+) (\d+) (\d+) (\d+) \d+ throttled_usec (\d+)$/ ? ($1 => [$2, $3, $4, $5]) : () } $out =~ /^AT (.*)$/mg;
is_deeply([sort keys %still], ['begin', 'end'], 'the vCPU was still twice') or BAIL_OUT($out);
my ($begin, $end) = @still{qw(begin end)};
my %sum = (run_ns => 0, stolen_ns => 0, box => 0);
my (%names, %causes);
for my $line (@lines[$begin->[0] .. $end->[0] - 1]) {
	for my $vm (@{$line->{vms}}) {
		$names{$vm->{process}} = $vm->{name};
		$sum{box} += $_->{ns} for grep { $_->{cgroup} eq '/box' } @{$vm->{quotas}};
		for my $v (@{$vm->{vcpus}}) {
			$sum{$_} += $v->{$_} for qw(run_ns stolen_ns);
			$causes{join ' ', map { $_ // 'null' } @{$v}{qw(vcpu thread causes_ns excess_ns thieves)}} = 1;
		}
	}
}
is_deeply([$out =~ /^WHY (.*)$/mg], ["pvtime: top: $rights"], 'a user gets one line that says what is missing');
is_deeply([map { $_->{unknown} } @lines], [($rights) x @lines], 'each line of JSON has it, too');
is_deeply(\%names, {$process => $name}, 'the VM is found, and its name has quotes, backslashes and control characters');
is_deeply([keys %causes], ["0 $thread null null null"], 'the causes are null');
is($sum{run_ns}, $end->[1] - $begin->[1], "a user's run time is what schedstat has grown by");
is($sum{stolen_ns}, $end->[2] - $begin->[2], "a user's stolen time is what schedstat has grown by");
is($sum{box}, 1000 * ($end->[3] - $begin->[3]), "the quota's time is what cpu.stat of its cgroup has grown by");
cmp_ok($sum{box}, '>', 300_000_000, 'the quota took more than 300 ms');

# Each reason, and what is shown nevertheless.
my %once = map { /^(\S+) (\d+)$/ ? ($1 => {status => $2, text => ''}) : () } $out =~ /^ONCE (.*)$/mg;
$once{$1}{text} .= "$2\n" while $out =~ /^OF (\S+) (.*)$/mg;
my $shown = qr/VM al"p\\ha\\x1b\t\[1m \(process $process\), in \d+ ns, guest's stolen time: [a-z ]+\n/;
my $quota = qr/ +\d+  quota of \/box: raise cpu\.max, now 30000 100000\n/;
my $vcpu = qr/  vCPU 0, thread $thread, CPU 1: ran \d+ ns \([\d.]+ %\), stolen \d+ ns \([\d.]+ %\)(?:, interrupts \d+ ns \([\d.]+ %\))?\n/;
for my $case (
	['text', $rights, qr/$shown$quota$vcpu/, 'a user'],
	['btf', 'causes unknown: no /sys/kernel/btf/vmlinux; it takes a kernel with CONFIG_DEBUG_INFO_BTF', qr/$shown$quota$vcpu/, 'a kernel without BTF'],
	['seccomp', 'causes unknown: seccomp forbids BPF; allow bpf(2) and perf_event_open(2) in its profile', qr/$shown$quota$vcpu/, 'a filter of seccomp'],
	['namespace', 'causes unknown: this is a PID namespace; run pvtime in that of the host', qr/No VM is visible\.\n/, 'a PID namespace'],
	['nogroup', $rights, qr/$shown$vcpu/, 'a user without cgroups v2'],
	['hidden', $rights, qr/No VM is visible\.\n/, 'a user who may not see other processes'],
	['lockdown', "causes unknown: the kernel's lockdown forbids BPF; boot with lockdown=integrity at most", qr/$shown$vcpu/, 'lockdown'],
) {
	my ($key, $line, $want, $what) = @$case;
	is($once{$key}{status}, 0, "$what: the status is 0");
	like($once{$key}{text}, qr/\Apvtime: top: \Q$line\E\n$want\z/, "$what: one line says why, and then come rates and quotas");
}
# The user of the manual's example, where perf_event_paranoid has Debian's level.
is($once{three}{status}, 0, 'a user with three capabilities: the status is 0');
like($once{three}{text}, qr/\Apvtime: top: quotas cannot be followed, and are charged to what runs meanwhile: Permission denied \(.*\)\n$shown$vcpu(?: +\d+  .*\n)* +\d+  process sh, .*\n(?: +\d+  .*\n)* +\d+  unattributed\n\z/,
	'a user with three capabilities sees the causes, and one line says that no quota is among them');
like($once{kprobes}{text}, qr/\Apvtime: top: quotas cannot be followed, and are charged to what runs meanwhile: .*\n$shown$vcpu(?: +\d+  .*\n)+\z/,
	'without kprobes, one line says that there are no quotas, and then come the other causes');
like($once{seen}{text}, qr/\A$shown$vcpu(?: +\d+  .*\n)+\z/, 'where processes are hidden from others, root sees the names');

# As root, without cgroups v2, and while the clock is stepped.
my @without = map { @{$_->{vcpus}} } map { @{read_json('top', $_)->{vms}} } $out =~ /^JSON nogroup (.*)$/mg;
is_deeply([map { [grep { defined $_->{cgroup} } @{$_->{thieves}}] } @without], [[]], 'without cgroups v2, no thief has a cgroup');
my @steps = map { read_json('top', $_) } $out =~ /^JSON step (.*)$/mg;
is(scalar @steps, 5, 'intervals are printed while the clock is stepped');
for my $line (@steps) {
	my ($v) = map { @{$_->{vcpus}} } @{$line->{vms}};
	cmp_ok($line->{interval_ns}, '>=', 500_000_000, 'a step of the clock makes no interval shorter');
	cmp_ok($v->{run_ns} + $v->{stolen_ns}, '<=', $line->{interval_ns} + 1_000_000_000, 'a step of the clock adds nothing to what a vCPU has');
	is($v->{excess_ns}, 0, 'the causes add up to the stolen time while the clock is stepped');
}

# Rights: open_by_handle_at(2) takes CAP_DAC_READ_SEARCH (2); files of other processes take
# CAP_SYS_PTRACE (19).
my %caps = map { /^(\S+) CapPrm:\s+(\S+) NoNewPrivs:\s+(\d) / ? ($1 => "$2 $3") : () } $out =~ /^CAPS (.*)$/mg;
is_deeply(\%caps, {program => '0000000000000004 1', rates => '0000000000080004 1'}, 'root keeps only the capabilities that reading takes');
done_testing;
