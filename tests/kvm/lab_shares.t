#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: weights and caps of `pvtime lab --on kvm`, which it implements with cgroups that exist as
# long as the lab; and the messages for hosts that lack something that a lab needs. The host's time
# is the number of instructions, so runs repeat.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Lab;
use Test::More;

sub vm
{
	my ($name, $words, @lines) = @_;
	return join "\n", "[vm $name]", 'kernel = ../spin.img', "append = $words once", 'memory = 64M', @lines, '';
}

my $on = labs_run(
	labs => {
		weights => vm('one', 'until_ms=90000', 'weight = 100', 'vcpus = 2') . vm('three', 'until_ms=90000', 'weight = 300'),
		cap => vm('half', 'until_ms=90000', 'cap = 50') . vm('tenth', 'until_ms=90000', 'cap = 10'),
		plain => vm('plain', 'until_ms=100'),
	},
	guests => ['spin'], cpus => 1, icount => 1, limit_s => 240,
	script => <<'END');
groups() { ls /sys/fs/cgroup | grep -c '^pvtime-'; }
start_lab weights --seconds 6
wait_for find_vmm
wait_for has_vcpus
echo "GROUPS $(groups)"
for g in /sys/fs/cgroup/pvtime-*; do
	echo "GROUP ${g##*.pvtime-} $(cat $g/cpu.weight) $(cat $g/cgroup.type) $(wc -l <$g/cgroup.threads)"
done
end_lab
echo "GROUPS $(groups)"
lab cap --seconds 4
echo "GROUPS $(groups)"
start_lab weights
wait_for find_vmm
kill -KILL $vmm
end_lab
echo "GROUPS $(groups)"
refused() { echo "REFUSED $1 $(pvtime lab --on kvm /labs/$2 2>&1; echo "status $?")" | tr '\n' ' '; echo; }
umount /sys/fs/cgroup
refused no-cgroup2 weights
mkdir /tmp/ro
mount -t cgroup2 -o ro cgroup /tmp/ro
refused read-only cap
umount /tmp/ro
lab plain
mv /dev/kvm /dev/kvm.hidden
refused no-kvm plain
ln -s null /dev/kvm
refused null plain
END

my $out = $on->{host}{out};
is($on->{host}{status}, 0, "the KVM host's script ends with status 0") or diag $out;
is($on->{weights}{status}, 1, 'a lab with weights whose VMM is killed has status 1');
my ($weights) = $out =~ /^LAB weights 0\n.*?^JSON (\{.*?)$/ms;
ok($weights, 'a lab with weights ends with status 0 and writes a ledger') or diag $out;

my %ran = map { my $vm = $_; map { ("$vm->{name}/$_->{id}" => $_->{ticks}{running}) } @{$vm->{vcpus}} } @{(eval { read_json('ledger', $weights) } // {})->{vms} // []};
my ($one, $three) = @ran{'one/0', 'three/0'};
cmp_ok(abs($three - 3 * $one), '<', $three / 10, 'the running times of three and one/0 are 3:1 within 10%: ' . join ' ', map { "$_ $ran{$_}" } sort keys %ran);
like($out, qr/^GROUPS 3\n/m, 'a lab with weights has a cgroup for each vCPU');
is_deeply([sort map { s/.*? //r } $out =~ /^GROUP (.*)$/mg], ['100 threaded 1', '100 threaded 1', '300 threaded 1'],
	"each vCPU's cgroup has its weight and its thread");
is_deeply([($out =~ /^GROUPS (\d+)/mg)[1 .. 3]], [0, 0, 0], 'no cgroup is left after a lab, even if its VMM was killed');

is($on->{cap}{status}, 0, 'a lab with caps ends with status 0') or diag $on->{cap}{said};
for (['half', 50], ['tenth', 10]) {
	my ($name, $percent) = @$_;
	my $vcpu = vcpu($on->{cap}, $name, 0);
	my $t = $vcpu->{ticks};
	my $share = 100 * $t->{running} / $t->{elapsed};
	cmp_ok(abs($share - $percent), '<', 2, "$name: a cap of $percent % is kept within 2 % (it ran $share %)");
	cmp_ok($t->{ready}, '>', $t->{elapsed} / 3, "$name: the throttled time is READY (R-24)");
	cmp_ok(abs($vcpu->{published_ns} - $t->{ready}), '<', 200_000_000, "$name: the throttled time is stolen: within two periods of the quota, it is published");
}

sub refused
{
	my ($name, $pattern) = @_;
	my ($said) = $out =~ /^REFUSED $name (.*)$/m;
	like($said // '', qr/^pvtime: --on kvm: $pattern status 2 $/, "a lab on a host with $name is rejected with status 2");
}

my $expected = qr{; expected a cgroup \(v2\) delegated to this process, with the cpu controller, such as that of 'systemd-run -t -p Delegate=yes'};
refused('no-cgroup2', qr/weights and caps: no cgroup2 is mounted$expected/);
refused('read-only', qr{weights and caps: making /tmp/ro/pvtime-\d+\.0\.0/: Read-only file system$expected});
is($on->{plain}{status}, 0, 'a lab without weights and caps needs no cgroups') or diag $on->{plain}{said};
refused('no-kvm', qr{/dev/kvm: No such file or directory; expected an arm64 host with KVM, with a readable and writable /dev/kvm});
refused('null', qr{/dev/kvm: its API version is not 12});

done_testing;
