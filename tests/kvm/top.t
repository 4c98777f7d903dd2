#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime top` on a Linux KVM host with two VMs of QEMU: names, sums, and a thief's time. The
# stolen time of each vCPU equals the kernel's run_delay, the causes add up to it, and each thief is
# charged with the time that it really ran, by its own schedstat. tests/kvm/top_*.t have more
# thieves.
#
# The host's time is the number of instructions. With a clock that runs on while this machine keeps
# the host's CPU, any turn may take some 10 ms longer: also one in which the victim does not wait,
# such as that in which a thief is to stop.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Test::More;
use Top;

# The VMs alpha and beta, and a process named hog in the cgroup /pen, share CPU 1; all other
# processes use CPU 0.
my $script = <<'END';
vm()
{
	name=$1
	taskset 2 qemu-system-aarch64 -M virt,gic-version=3 -accel kvm -cpu host -m 32M -no-user-config -nodefaults \
		-display none -monitor none -serial null -kernel /spin.img -append until_ms=1000000 -name "guest=$name,debug-threads=on" &
	eval "$name=$!"
}
mkdir -p /etc
echo 'user:x:1000:1000::/tmp:/bin/sh' >/etc/passwd
busybox start-stop-daemon -S -c user -x /bin/pvtime -- top --once; echo "USER $?"
pvtime top --once --interval 0.1; echo "NONE $?"
watch 0.5
vm alpha; wait_for has_vcpu $alpha; a=$(vcpu $alpha)
vm beta; wait_for has_vcpu $beta; b=$(vcpu $beta)
echo "VCPUS $alpha $a $beta $b"
until_ran $alpha $a 50; until_ran $beta $b 50
still two-begin $beta $alpha
kill -CONT $alpha $beta; until_ran $beta $b 250
still two-end $beta $alpha

mkdir /sys/fs/cgroup/pen
named 1 hog 'echo $$ >/sys/fs/cgroup/pen/cgroup.procs; while :; do :; done' &
hog=$!
echo "HOG $hog"
in_pen() { grep -q "^$hog$" /sys/fs/cgroup/pen/cgroup.procs; }
wait_for in_pen
still hog-begin $hog $alpha
kill -CONT $alpha $hog; until_ran $hog $hog 250
# It ends before the sample, and is named nevertheless.
named 1 brief 'i=0; while [ $i -lt 2000 ]; do i=$((i + 1)); done' &
wait $!
still hog-end $hog $alpha

kill $top
go $alpha $a 20
pvtime top --once; echo "ONCE $?"
END

my $seen = top_run(script => $script, qemu => 1, cpus => 2, icount => 1, limit_s => 120, files => {'spin.img' => "$build/guest/spin.img"});
my $out = $seen->{out};
my ($alpha, $a, $beta, $b) = $out =~ /^VCPUS (\d+) (\d+) (\d+) (\d+)$/m or BAIL_OUT('no vCPUs');
my ($hog) = $out =~ /^HOG (\d+)$/m;
my %vms = map { $_->{process} => $_->{name} } map { @{$_->{vms}} } @{$seen->{lines}};
is_deeply(\%vms, {$alpha => 'alpha', $beta => 'beta'}, 'the VMs have the names that QEMU was given');
is_deeply([grep { $_->{vcpu} // -1 } @{$seen->{vcpus}}], [], 'each vCPU has its number');

my $s = exact('two-begin', 'two-end', $a, 'alpha beside beta');
cmp_ok($s->{stolen_ns}, '>', 200_000_000, 'alpha beside beta: more than 200 ms are stolen');
near($s->{thieves}{'vm beta /'}, grown('two-begin', 'two-end', $b, 0), $s->{stolen_ns}, "alpha beside beta: the thief's time is what beta ran");
$s = exact('two-begin', 'two-end', $b, 'beta beside alpha');
cmp_ok($s->{thieves}{'vm alpha /'}, '<=', grown('two-begin', 'two-end', $a, 0), "beta beside alpha: the thief's time is no more than alpha ran");

$s = exact('hog-begin', 'hog-end', $a, 'alpha beside a hog');
near($s->{thieves}{'process hog /pen'}, grown('hog-begin', 'hog-end', $hog, 0), $s->{stolen_ns}, 'alpha beside a hog: its time is what the hog ran');
cmp_ok($s->{thieves}{'process brief /'} // 0, '>', 1_000_000, 'alpha beside a hog: a process that has ended is named');

like($out, qr/^pvtime: top: causes unknown: CAP_BPF and CAP_PERFMON are missing; run pvtime as root\nNo VM is visible\.\nUSER 0$/m,
	'a user without rights gets one line that says so');
like($out, qr/^No VM is running\.\nNONE 0$/m, 'a host without VMs is reported as such');
like($out, qr/^VM alpha \(process $alpha\), in \d+ ns, guest's stolen time: (?:on|unknown)\n  vCPU 0, thread $a, CPU 1: ran \d+ ns \([\d.]+ %\), stolen \d+ ns \([\d.]+ %\), interrupts \d+ ns \([\d.]+ %\)\n(?: +\d+  .*\n)* +0  unattributed\n/m,
	'the text has a line for each vCPU and thief');
table();

done_testing;
