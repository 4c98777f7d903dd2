#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: stolen time of a Linux guest under `pvtime lab --on kvm`: the host's run_delay of the vCPU's
# thread, KVM's structure, the ledger and the guest's /proc/stat agree.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Lab;
use Test::More;

# While the competitor is stopped, the vCPU runs, so KVM has published all of its stolen time.
my $script = <<'END';
begin_steal
waited() { [ $(($(delay $tid) - d)) -ge 100000000 ]; }
for i in 1 2 3 4 5; do
	d=$(delay $tid)
	kill -CONT $busy
	wait_for waited
	kill -STOP $busy
	sample $vmm $tid $region || exit 1
done
kill -KILL $busy
end_steal
END

sub faults
{
	my (@samples) = @_;
	my @faults = @samples == 5 ? () : ('there are ' . @samples . ' samples');
	for my $i (1 .. $#samples) {
		my ($d0, $s0, $d, $s) = (@{$samples[$i - 1]}, @{$samples[$i]});
		push @faults, "interval $i: less than 100 ms were stolen" if $s - $s0 < 100_000_000;
		push @faults, sprintf 'interval %d: run_delay grows by %d ns, the structure by %d ns', $i, $d - $d0, $s - $s0 if $d - $d0 != $s - $s0;
	}
	return @faults;
}

my $host = labs_run(labs => {steal => $steal_lab}, script => $script, linux => 1,
	files => {'bin/sample' => "$build/a64-linux/sample"}, cpus => 2, limit_s => 150);
my $run = $host->{steal};
is($host->{host}{status}, 0, "the KVM host's script ends with status 0") or diag $host->{host}{out};
is($run->{status}, 0, 'the lab ends with status 0') or diag $run->{said};
my @samples = map { /^SAMPLE (\d+) (\d+)/ ? [$1, $2] : () } split /\n/, $host->{host}{out};
is_deeply([faults(@samples)], [], 'the structure grows by as much as run_delay, to the nanosecond') or diag $host->{host}{out};
is_deeply([faults([0, 0], [200_000_000, 200_000_001], map { [$_ * 300_000_000, 1 + $_ * 300_000_000] } 1 .. 3)],
	['interval 1: run_delay grows by 200000000 ns, the structure by 200000001 ns'], 'a structure that grows by one more nanosecond is reported');

my ($ticks, $ns) = ($run->{console}{a} // '') =~ /^STEAL cpu=0 proc_ticks=(\d+) struct_ns=(\d+)/m;
ok(defined $ns, 'the guest reports the stolen time in its structure') or diag $host->{host}{out};
cmp_ok(abs(($ticks // 0) * 10_000_000 - ($ns // 0)), '<=', 20_000_000, '/proc/stat is within two ticks of the structure');

my $v = vcpu($run, 'a', 0);
cmp_ok($v->{stolen_ns}, '>=', $samples[-1][0], "the ledger's stolen time is no less than run_delay in the last sample");
cmp_ok($v->{published_ns}, '>=', $samples[-1][1], "the ledger's published time is no less than the structure in the last sample");
cmp_ok($v->{stolen_ns} - $v->{published_ns}, '>=', $samples[0][0] - $samples[0][1],
	"the published time lacks the time that the thread waited before the guest's first PV_TIME_ST");
cmp_ok($v->{stolen_ns} - $v->{published_ns} - ($samples[0][0] - $samples[0][1]), '<', 20_000_000,
	'the published time lacks less than 20 ms besides');

# The vCPU has no competitor and sleeps most of the time, so its thread only waits while Linux wakes
# it.
$host = labs_run(labs => {idle => "[vm i]\nkernel = ../idle.img\nappend = ms=2000 max_ns=20000000\n"}, script => "lab idle\n",
	guests => ['idle'], cpus => 1, icount => 1);
$run = $host->{idle};
is($run->{status}, 0, 'a lab of an idle guest ends with status 0') or diag $host->{host}{out};
like($run->{console}{i} // '', qr/^ok 3 - idle time is not stolen/m, "an idle guest's stolen time grows by a hundredth of the time at most");
cmp_ok(ms(vcpu($run, 'i', 0)->{ticks}{blocked}), '>', 1500,
	"the ledger counts most of an idle guest's time as blocked") or diag $host->{host}{out};
note $run->{console}{i} // '';

done_testing;
