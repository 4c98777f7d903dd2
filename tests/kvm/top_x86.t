#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime top` and `pvtime probe` on x86-64, with two VMs of QEMU on one CPU, whose boot
# sectors spin: on this machine's own /dev/kvm, or, with X86_HOST=qemu in the environment (make
# check-x86), on Debian's kernel in QEMU, whose CPU has SVM. The times are compared with the
# kernel's.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use POSIX qw(uname);
use Test::More;
use Top;

# What this machine lacks to run the test, or ''. The capabilities are CAP_SYS_ADMIN, CAP_PERFMON
# and CAP_BPF; the initial PID namespace has a fixed number.
sub lacks
{
	my ($emulated) = @_;
	my $machine = (uname)[4];
	return "this machine is $machine; expected x86_64" if $machine ne 'x86_64';
	return '' if $emulated;
	return 'there is no /dev/kvm' if !-e '/dev/kvm';
	open my $kvm, '+<', '/dev/kvm' or return "/dev/kvm cannot be opened: $!";
	return 'there is no /sys/kernel/btf/vmlinux: the kernel has no BTF' if !-e '/sys/kernel/btf/vmlinux';
	return 'this user is not root' if $> != 0;
	return 'there is no qemu-system-x86_64; the package qemu-system-x86 has it' if !grep { -x "$_/qemu-system-x86_64" } split /:/, $ENV{PATH};
	my ($capabilities) = slurp('/proc/self/status') =~ /^CapEff:\s*([0-9a-f]+)$/m;
	my $has = sub { return hex(substr $capabilities, -1 - int($_[0] / 4), 1) >> $_[0] % 4 & 1 };
	return 'CAP_BPF and CAP_PERFMON are missing' if !$has->(21) && !($has->(38) && $has->(39));
	return 'this is a PID namespace of its own' if readlink('/proc/self/ns/pid') ne 'pid:[4026531836]';
	return 'no cgroup v2 can be written at /sys/fs/cgroup' if !-w '/sys/fs/cgroup/cgroup.procs';
	return '';
}

my $emulated = ($ENV{X86_HOST} // '') eq 'qemu';
my $lacks = lacks($emulated);
plan skip_all => $lacks if $lacks;

# The vCPUs of the VMs alpha and beta, and a process named hog in a cgroup, share one CPU: the last
# of those that this process may use. All other threads of the test use the first one. (If QEMU's
# other threads shared the vCPUs' CPU, a vCPU could sleep until they run: then it does not wait, and
# what its rival runs is not stolen.) The boot sector writes to QEMU's debug console before it
# spins. At the end, nothing is left on this machine.
my $script = <<'END';
cpu=${allowed##*[,-]}
pen=/sys/fs/cgroup/pvtime-top-x86
vm()
{
	qemu-system-x86_64 -M pc -accel kvm -m 16M -no-user-config -nodefaults -display none -monitor none \
		-serial null -debugcon "file:$dir/$1.said" -drive "file=$image,format=raw,if=floppy,readonly=on" \
		-name "guest=$1,debug-threads=on" &
	eval "$1=$!"
}
clean()
{
	for p in $alpha $beta $hog $top; do kill -KILL "$p"; done
	wait
	rmdir "$pen"
}
trap clean EXIT
trap 'exit 1' HUP INT TERM
# The script fails if QEMU has ended.
up() { kill -0 "$1" || exit 1; has_vcpu "$1"; }
spins() { [ -s "$dir/$1.said" ]; }
part() { printf '\n@part %s\n' "$1"; }
part probe-none; pvtime probe --json; echo "status=$?"
part start
vm alpha; wait_for up $alpha; a=$(vcpu $alpha)
vm beta; wait_for up $beta; b=$(vcpu $beta)
for t in $a $b; do taskset -pc "$cpu" "$t" >/dev/null; done
echo "VCPUS $alpha $a $beta $b CPU $cpu"
wait_for spins alpha; wait_for spins beta
part probe; pvtime probe --json --pid $alpha --pid $beta; echo "status=$?"
part text; pvtime probe --pid $alpha; echo "status=$?"
part top
watch 0.5
still two-begin $beta $alpha
kill -CONT $alpha $beta; mark $beta $b; wait_for ran_ms $beta $b 1000
still two-end $beta $alpha

mkdir "$pen"
named $cpu hog "echo \$\$ >$pen/cgroup.procs; while :; do :; done" &
hog=$!
echo "HOG $hog"
in_pen() { grep -q "^$hog$" "$pen/cgroup.procs"; }
wait_for in_pen
still hog-begin $hog $alpha
kill -CONT $alpha $hog; mark $hog $hog; wait_for ran_ms $hog $hog 1000
still hog-end $hog $alpha
kill -CONT $alpha $beta $hog
part once; pvtime top --once --pid $alpha --pid $beta; echo "status=$?"
END

my $image = $emulated ? '/spin.img' : "$build/kvm-host/spin-x86.img";
my @where = $emulated ? (host => 'x86', qemu => 1, cpus => 2, limit_s => 240, files => {'spin.img' => "$build/kvm-host/spin-x86.img"}) : (own => 1);
my $seen = top_run(@where, script => "image=$image\n$script");
my $out = $seen->{out};
my %part = $out =~ /^\@part (\S+)\n(.*?)(?=\n^\@part |\z)/msg;
my ($alpha, $a, $beta, $b, $cpu) = $out =~ /^VCPUS (\d+) (\d+) (\d+) (\d+) CPU (\d+)$/m or BAIL_OUT('no vCPUs');
my ($hog) = $out =~ /^HOG (\d+)$/m;

# pvtime probe.
sub probed
{
	my ($name) = @_;
	my ($text, $status) = $part{$name} =~ /\A(.*)^status=(\d+)$/ms;
	my $data = read_json('probe', $text);
	is($status, 0, "$name: pvtime probe has status 0") or diag explain $data->{missing};
	is_deeply([@{$data->{host}}{qw(kvm accounting)}], ['there', 'on'], "$name: it reports KVM and wait accounting");
	is(scalar(grep { $_->{what} =~ /^on x86_64, KVM and its guests have an interface of their own/ } @{$data->{notes}}), 1,
		"$name: a note names the interface of x86-64");
	return $data;
}
probed('probe-none');
my $data = probed('probe');
my %found;
for my $vm (@{$data->{host}{vms}}) {
	$found{$vm->{name} // 'none'} = [$vm->{pid}, map { $_->{thread} } @{$vm->{vcpus}}];
}
is_deeply(\%found, {alpha => [$alpha, $a], beta => [$beta, $b]}, 'pvtime probe finds both VMs, their names, and the thread of each vCPU');
like($part{text}, qr/^VM alpha: process $alpha \(qemu-system-x86\), 1 vCPU\n.*\n +(?:0|\?) +$a .*\n/m, 'the text has the VM and its vCPU');

# pvtime top. Other VMs may run on this machine.
my %vms = map { $_->{process} => $_->{name} } map { @{$_->{vms}} } @{$seen->{lines}};
is_deeply([@vms{$alpha, $beta}], ['alpha', 'beta'], 'the VMs have the names that QEMU was given');

# thief(SHOWN, BEGINNING): what the thieves whose names begin so have taken. A cgroup of a VM
# depends on this machine.
sub thief
{
	my ($s, $beginning) = @_;
	my $ns = 0;
	$ns += $s->{thieves}{$_} for grep { /^\Q$beginning\E/ } keys %{$s->{thieves}};
	return $ns;
}
my $s = exact('two-begin', 'two-end', $a, 'alpha beside beta');
cmp_ok($s->{stolen_ns}, '>', 500_000_000, 'alpha beside beta: more than 500 ms are stolen');
near(thief($s, 'vm beta '), grown('two-begin', 'two-end', $b, 0), $s->{stolen_ns}, "alpha beside beta: the thief's time is what beta ran");
$s = exact('two-begin', 'two-end', $b, 'beta beside alpha');
cmp_ok(thief($s, 'vm alpha '), '<=', grown('two-begin', 'two-end', $a, 0), "beta beside alpha: the thief's time is no more than alpha ran");
cmp_ok(thief($s, 'vm alpha '), '>', 100_000_000, 'beta beside alpha: alpha is named');
$s = exact('hog-begin', 'hog-end', $a, 'alpha beside a hog');
near(thief($s, 'process hog /pvtime-top-x86'), grown('hog-begin', 'hog-end', $hog, 0), $s->{stolen_ns},
	'alpha beside a hog: its time is what the hog ran');
like($part{once}, qr/^VM alpha \(process $alpha\), in \d+ ns.*\n  vCPU \S+, thread $a, CPU $cpu: ran \d+ ns .*, stolen \d+ ns .*\n(?: +\d+  .*\n)* +\d+  vm beta\b/m,
	'the text names beta among the thieves of alpha') or diag $part{once} =~ s{^LINE .*\n}{}mgr;
table();
done_testing;
