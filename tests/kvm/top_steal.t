#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: what `pvtime top` shows of a vCPU on the host, and what the Linux guest on it reads: its
# structure and its /proc/stat, over the same window. The host's time is the number of instructions,
# so that a run does not depend on this machine's load.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Lab;
use List::Util qw(sum0);
use Test::More;
use Top;

# The window begins when the guest has nothing to wait for, with a sample of its structure, and ends
# with the guest's own report, when its competitor has ended. Newer kernels watch all the time which
# memory is used (damon_stat), in a thread that would take time before and after the window.
my $script = <<'END';
echo "KERNEL $(uname -r)"
begin_steal
pvtime top --json --interval 0.5 >/tmp/lines &
top=$!
has_lines() { [ "$(wc -l </tmp/lines)" -ge "$1" ]; }
wait_for has_lines 2
sample $vmm $tid $region || exit 1
echo "BEGIN $tid $(wc -l </tmp/lines)"
waited() { [ $(($(delay $tid) - d)) -ge 500000000 ]; }
d=$(delay $tid)
kill -CONT $busy
wait_for waited
kill -KILL $busy
wait_for has_lines $(($(wc -l </tmp/lines) + 2))
end_steal
kill $top
sed 's/^/LINE /' /tmp/lines
END

my $host = labs_run(labs => {steal => $steal_lab}, script => $script, linux => 1,
	files => {'bin/sample' => "$build/a64-linux/sample"}, cpus => 2, icount => 1, append => 'damon_stat.enabled=0', limit_s => 280);
my ($run, $out) = ($host->{steal}, $host->{host}{out});
is($host->{host}{status}, 0, "the KVM host's script ends with status 0") or diag $out;
is($run->{status}, 0, 'the lab ends with status 0') or diag $run->{said};
my ($before) = $out =~ /^SAMPLE \d+ (\d+)$/m;
my ($tid, $from) = $out =~ /^BEGIN (\d+) (\d+)$/m;
my ($ticks, $ns) = ($run->{console}{a} // '') =~ /^STEAL cpu=0 proc_ticks=(\d+) struct_ns=(\d+)/m;
ok(defined $ns && defined $before, 'the guest reports the stolen time in its structure') or BAIL_OUT($out);

my @lines = map { read_json('top', $_) } $out =~ /^LINE (.*)$/mg;
my @vcpus = grep { $_->{thread} == $tid } map { @{$_->{vcpus}} } map { @{$_->{vms}} } @lines[$from .. $#lines];
sums_close(@vcpus);
attributed(@vcpus);
my $stolen = sum0(map { $_->{stolen_ns} } @vcpus);
note explain [map { [map { "$_->{cause} $_->{name} $_->{ns}" } @{$_->{thieves}}] } @vcpus];
cmp_ok($stolen, '>', 500_000_000, 'more than 500 ms are stolen');
near($stolen, $ns - $before, $stolen, 'a Linux guest: the growth of its structure is what pvtime top shows');
cmp_ok(abs($ticks * 10_000_000 - $ns), '<=', 20_000_000, '/proc/stat is within two ticks of the structure');
row($ticks * 10_000_000, $ns, 'a Linux guest: its /proc/stat against its structure');
table($out =~ /^KERNEL (.*)$/m);

done_testing;
