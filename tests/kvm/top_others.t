#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime top` when its tables in the kernel are full. The command here has room for 3 vCPUs
# and 2 thieves, and for one more of each for each CPU. Thieves that find no room are charged to
# "others" of the same cause, and vCPUs that find no room are not shown; a line says so.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Test::More;

# The VM alpha has 7 vCPUs. Ten hogs run on its CPU.
my $script = <<'END';
taskset -p 1 $$ >/dev/null
taskset 2 qemu-system-aarch64 -M virt,gic-version=3 -accel kvm -cpu host -smp 7 -m 32M -no-user-config -nodefaults -display none -monitor none \
	-serial null -kernel /spin.img -append until_ms=1000000 -name guest=alpha,debug-threads=on &
vm=$!
# Field 43 of a thread's stat: how long it has run guest code.
guests()
{
	n=0
	for t in /proc/$vm/task/*; do
		grep -q KVM "$t/comm" && [ "$(sed 's/.*) //' "$t/stat" | cut -d' ' -f41)" -gt 0 ] && n=$((n + 1))
	done
	[ $n = 7 ]
}
wait_for guests
for i in 0 1 2 3 4 5 6 7 8 9; do taskset 2 sh -c "printf hog$i >/proc/\$\$/comm; while :; do :; done" & done
pvtime-small top --json --count 4 --interval 1 2>/tmp/said | sed 's/^/LINE /'
pvtime-small top --once --interval 1 2>/dev/null
sed 's/^/SAID /' /tmp/said
END

my $run = host_run(script => $script, qemu => 1, cpus => 2, limit_s => 120,
	files => {'spin.img' => "$build/guest/spin.img", 'bin/pvtime-small' => "$build/tests-top/pvtime-small"});
is($run->{status}, 0, "the KVM host's script ends with status 0") or BAIL_OUT(substr $run->{console}, -4000);
my $out = $run->{out};
note $out;
my @lines = map { read_json('top', $_) } $out =~ /^LINE (.*)$/mg;
is(scalar @lines, 4, 'four intervals are printed');
is_deeply([$out =~ /^SAID (.*)$/mg], ['pvtime: top: there are more than 3 vCPUs; the others are not shown'],
	'one line says that there are too many vCPUs');
my (%others, %named);
my ($stolen, $unattributed) = (0, 0);
for my $line (@lines) {
	my @vcpus = map { @{$_->{vcpus}} } @{$line->{vms}};
	ok(@vcpus >= 3 && @vcpus <= 3 + 2, 'as many vCPUs are shown as there is room for');
	is_deeply([map { $_->{excess_ns} } @vcpus], [map { 0 } @vcpus], 'the causes add up to the stolen time');
	for my $v (@vcpus) {
		$stolen += $v->{stolen_ns};
		$unattributed += $v->{causes_ns}{unattributed};
		for my $thief (@{$v->{thieves}}) {
			my $kind = $thief->{name} eq 'others' && $thief->{thread} == 0 && $thief->{process} == 0 ? \%others : \%named;
			$kind->{$thief->{cause}} += $thief->{ns};
		}
	}
}
cmp_ok($stolen, '>', 6_000_000_000, 'three vCPUs or more wait most of four seconds');
cmp_ok($unattributed, '<=', $stolen / 100, 'at most 1 % is unattributed');
cmp_ok($others{process} // 0, '>', $stolen / 4, 'more than a quarter is charged to other processes');
# Threads of the kernel run as well, and long where QEMU has no CPU for the host meanwhile.
my $charged = 0;
$charged += $_ // 0 for map { @$_{qw(process self kernel)} } \%others, \%named;
cmp_ok($charged, '>', 0.99 * $stolen, 'the hogs and the other vCPUs are charged as processes and as self');
like($out, qr/^ +\d+  process others$/m, 'the text has others without a thread');

done_testing;
