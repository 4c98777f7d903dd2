#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: where a quota holds a vCPU of a Linux KVM host, `pvtime top` says what to raise it to; and
# that quota does not hold it any more. The host counts instructions, so its quotas do not depend on
# what else this machine does.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use List::Util qw(sum0);
use Test::More;
use Top;

# The VM wants to run all the time, and may run for 40 % of it.
my $script = <<'END';
qemu-system-aarch64 -M virt,gic-version=3 -accel kvm -cpu host -m 32M -no-user-config -nodefaults \
	-display none -monitor none -serial null -kernel /spin.img -append until_ms=1000000 -name guest=web,debug-threads=on &
web=$!
echo "WEB $web"
spins() { for t in /proc/$web/task/*; do grep -q KVM "$t/comm" && [ "$(cut -d' ' -f1 "$t/schedstat")" -ge 300000000 ] && return; done; return 1; }
wait_for spins
cgroups=/sys/fs/cgroup
echo +cpu >$cgroups/cgroup.subtree_control
mkdir $cgroups/pen
echo 40000 100000 >$cgroups/pen/cpu.max
echo $web >$cgroups/pen/cgroup.procs
pvtime top --once --interval 2 >/tmp/text
sed 's/^/TEXT /' /tmp/text
sed -n 's/.* to at least //p' /tmp/text >$cgroups/pen/cpu.max
echo "RAISED $(cat $cgroups/pen/cpu.max)"
pvtime top --json --once --interval 2 | sed 's/^/AFTER /'
END

my $run = host_run(script => $script, qemu => 1, cpus => 1, icount => 1, limit_s => 150, files => {'spin.img' => "$build/guest/spin.img"});
is($run->{status}, 0, "the KVM host's script ends with status 0") or BAIL_OUT(substr $run->{console}, -4000);
my $out = $run->{out};
note $out;
my ($web) = $out =~ /^WEB (\d+)$/m;
my ($interval) = $out =~ /^TEXT VM web \(process $web\), in (\d+) ns, /m;
like($out, qr{^TEXT  +\d+  quota of /pen, 40 ms in each 100 ms: raise cpu\.max from 40000 100000 to at least \d+ 100000$}m,
	'the text says which cpu.max to raise, and how far');
my ($held, $told) = $out =~ /^TEXT  +(\d+)  quota .* to at least (\d+) 100000$/m;
cmp_ok(abs($told - 40000 - $held * 100_000 / $interval), '<=', 1, 'that is the quota and, for each period, what it has held the vCPU');
cmp_ok($told, '>=', 90000, 'a vCPU that wants to run all the time needs a quota of almost the whole period');
like($out, qr/^RAISED $told 100000$/m, 'what the text says can be written to cpu.max');
my ($stolen, $text) = $out =~ /^TEXT   vCPU 0, .*, stolen (\d+) ns .*\n((?:TEXT  +\d+  .*\n)+)/m;
my @causes = ($text // '') =~ /^TEXT  +(\d+)  /mg;
is(sum0(@causes), $stolen, 'the causes in the text add up to the stolen time');
like($text, qr/^TEXT  +\d+  unattributed\n\z/m, 'the text says last what is unattributed');
cmp_ok($causes[-1], '<=', $stolen / 100, 'the text has at most 1 % of it');
my ($after) = map { read_json('top', $_) } $out =~ /^AFTER (.*)$/m;
my ($vcpu) = map { @{$_->{vcpus}} } @{$after->{vms}};
sums_close($vcpu);
attributed($vcpu);
cmp_ok($vcpu->{causes_ns}{quota}, '<', $held / 10, 'after that, the quota holds the vCPU for less than a tenth of the time');
is_deeply([map { @{$_}{qw(cgroup cpu_max)} } grep { $_->{cause} eq 'quota' } @{$vcpu->{thieves}}],
	[$vcpu->{causes_ns}{quota} > 0 ? ('/pen', "$told 100000") : ()], 'JSON has the cgroup and its cpu.max');

done_testing;
