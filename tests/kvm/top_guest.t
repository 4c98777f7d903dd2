#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: what `pvtime top` says of VMs on a Linux KVM host: whether their guests have stolen time; and
# that it reads a VM's name once, when the VM is new.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Test::More;
use Top;

# The VMs run on CPU 1, all other processes on CPU 0. QEMU offers stolen time to all guests but that
# of `none`. The guest of `off` does not ask for it. That of `half` has two CPUs: the first one has
# asked and sleeps, and it never starts the second one. The kernel traces the names of files that
# pvtime opens.
my $script = <<'END_SCRIPT';
vm()
{
	name=$1 cpu=$2
	shift 2
	taskset 2 qemu-system-aarch64 -M virt,gic-version=3 -accel kvm -cpu "host$cpu" -m 32M -no-user-config -nodefaults \
		-display none -monitor none -serial null "$@" -name "guest=$name,debug-threads=on" &
	eval "$name=$!"
	echo "VM $name $!"
}
more_lines() { wait_for has_lines $(($(lines) + $1)); }
# says NAME WORD: whether the last line has this of the VM.
says() { tail -n 1 /tmp/lines | grep -q "\"name\":\"$1\",\"process\":[0-9]*,\"guest_stolen_time\":$2"; }
is_gone() { ! tail -n 1 /tmp/lines | grep -q "\"name\":\"$1\""; }

trace=/sys/kernel/tracing
mount -t tracefs tracefs $trace
echo 'p:opened do_sys_openat2 name=+0(%x1):ustring' >$trace/kprobe_events
echo 'comm == "pvtime"' >$trace/events/kprobes/opened/filter
echo 1 >$trace/events/kprobes/enable

vm on '' -kernel /spin.img -append until_ms=1000000
vm off '' -kernel /spin.img -append 'until_ms=1000000 unaware'
vm none ,kvm-steal-time=off -kernel /spin.img -append until_ms=1000000
vm half '' -smp 2 -kernel /idle.img -append 'ms=1000000 step_ms=1000000'
for p in $on $off $none $half; do wait_for has_vcpu $p; done
from=0
for p in $on $off $none; do wait_for ran_ms $p "$(vcpu $p)" 300; done
pvtime top --once; echo "ONCE $?"
echo >$trace/trace
pvtime top --json --interval 0.5 >/tmp/lines &
top=$!
wait_for says on '"on"'
wait_for says off '"off"'
wait_for says none '"not offered"'
wait_for says half '"mixed"'
more_lines 3
vm late '' -kernel /spin.img -append until_ms=1000000
wait_for says late '"on"'
kill -KILL $off
wait_for is_gone off
more_lines 3
kill $top
wait $top
sed -n 's/.*opened: .*name="\(.*\)"$/OPENED \1/p' $trace/trace
echo 0 >$trace/events/kprobes/enable
kill -KILL $none $half $late $on
sed 's/^/LINE /' /tmp/lines
END_SCRIPT

my $run = host_run(script => "$prelude$script", qemu => 1, cpus => 2, limit_s => 150,
	files => {'spin.img' => "$build/guest/spin.img", 'idle.img' => "$build/guest/idle.img"});
is($run->{status}, 0, "the KVM host's script ends with status 0") or BAIL_OUT(substr $run->{console}, -4000);
my $out = $run->{out};
note $out =~ s/^LINE .*\n//mgr;
is_deeply([$out =~ /^(waits for: .*\n.*)/mg], [], 'the script has waited less than a minute for each event');
my %process = $out =~ /^VM (\S+) (\d+)$/mg;

# Where the guest knows.
my %want = (on => 'on', off => 'off', none => 'not offered', half => 'mixed', late => 'on');
my @lines = map { read_json('top', $_) } $out =~ /^LINE (.*)$/mg;
my @all = map { @{$_->{vcpus}} } map { @{$_->{vms}} } @lines;
at_least('vCPUs in lines of pvtime top', 30, scalar @all);
sums_close(@all);
attributed(@all);
my %said;
for my $vm (map { @{$_->{vms}} } @lines) {
	$said{$vm->{name}}{$_ // 'unknown'}++ for $vm->{guest_stolen_time};
}
for my $vm (@{$lines[-1]{vms}}) {
	my @vcpus = map { $_->{guest_stolen_time} } sort { $a->{vcpu} <=> $b->{vcpu} } @{$vm->{vcpus}};
	is_deeply(\@vcpus, $vm->{name} eq 'half' ? ['on', 'off'] : [$want{$vm->{name}}], "$vm->{name}: each vCPU has its own");
}
note explain \%said;
is_deeply([sort keys %said], [sort keys %want], 'all VMs are seen');
for my $vm (sort keys %want) {
	is_deeply([grep { $_ ne $want{$vm} && $_ ne 'unknown' && !($vm eq 'late' && $_ eq 'off') && !($vm eq 'half' && $_ =~ /^(?:on|off)$/) } keys %{$said{$vm}}], [],
		"$vm: the guest's stolen time is $want{$vm}, or not known yet");
	at_least("lines that know it of $vm", 3, $said{$vm}{$want{$vm}} // 0) if $vm ne 'late';
}
my ($once) = $out =~ /(.*)^ONCE 0$/ms;
for my $vm (qw(on off none)) {
	like($once, qr/^VM $vm \(process $process{$vm}\), in \d+ ns, guest's stolen time: (?:$want{$vm}|unknown)$/m, "--once says it of $vm");
}

# A VM that comes and goes is found without a search of /proc.
my %opened;
$opened{$_ =~ s{^/}{}r}++ for $out =~ /^OPENED (.*)$/mg;
is_deeply([grep { m{^proc/?$} } keys %opened], [], '/proc is not listed');
for my $vm (sort keys %want) {
	my @of = map { (s{/task/\d+/}{/task/N/}r) x $opened{$_} } grep { m{^proc/$process{$vm}/} } keys %opened;
	is_deeply([sort @of], ["proc/$process{$vm}/cmdline", ("proc/$process{$vm}/task/N/comm") x ($vm eq 'half' ? 2 : 1)], "$vm: the VM's name and its vCPU's are each read once");
}
is_deeply([grep { m{^proc/\d+/} && !m{^proc/(?:$process{on}|$process{off}|$process{none}|$process{half}|$process{late})/} } keys %opened], [],
	'no other process is looked at');
my @last = map { $_->{name} } @{$lines[-1]{vms}};
ok(!(grep { $_ eq 'off' } @last) && (grep { $_ eq 'late' } @last), 'the VM that has ended is gone, and the one that has begun is there');

done_testing;
