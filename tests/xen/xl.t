#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: a domain that Debian's xl makes has stolen time, without a change of the tools; is denied it
# at runtime (R-32); begins with 0 again after a reboot (R-23); keeps its number while it is paused,
# and is not charged for it (R-24); and gives its memory back when it is destroyed.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use Xen;

my $script = <<'END';
# domain NAME ROLE: a configuration in /NAME.
domain() {
	cat >"/$1" <<EOC
name = "$1"
kernel = "/guest/Image"
ramdisk = "/guest/initrd"
memory = 128
vcpus = 2
on_reboot = "restart"
extra = "console=hvc0 kpti=on panic=-1 cryptomgr.notests pvtime_base=0x3a000000 $2"
EOC
}
# computes NAME SECONDS: whether both vCPUs have run for so long. Linux boots in less, so they have
# started to compute. (A vCPU that is idle when it is paused may stay blocked, and not get offline.)
computes() { [ "$(xl vcpu-list "$1" | awk -v least="$2" 'NR > 1 && $6 >= least' | grep -c .)" -eq 2 ]; }
said() { console "$1" | grep -q "$2"; }
times_said() { [ "$(console "$1" | grep -c "$2")" -ge "$3" ]; }
dump() { echo "DUMP $1"; xl debug-keys q; sleep 0.2; xl dmesg -c | sed 's/^/DMESG /'; echo "DUMPED $1"; }
memory() { xl info | sed -n 's/^free_memory.*: //p'; }

xl dmesg -c >/dev/null
domain busy 'role=spin until=12 then=stay'
xl create -q /busy
await times_said busy '^STEAL' 2
console busy | grep -E 'arm-pv|STEAL' | sed 's/^/CONSOLE busy /'
dump reported
xl destroy busy
await gone busy

domain paused 'role=spin'
xl create -q /paused
await computes paused 2.5
xl pause paused
dump paused
sleep 3
dump still
xl destroy paused
await gone paused

# What three domains take, the fourth gives back.
domain short 'role=report then=stay'
for round in 1 2 3; do
	rm -f /var/log/xen/console/guest-short.log
	xl create -q /short
	await times_said short '^STEAL' 2
	xl destroy short
	await gone short
	sleep 1
	echo "FREE $round $(memory)"
done

# A reboot is a new domain.
domain again 'role=spin until=8 then=reboot'
xl create -q /again
await times_said again '^STEAL' 4
console again | grep STEAL | sed 's/^/CONSOLE again /'
xl destroy again
await gone again

# Denied at runtime, for domains that start from then on.
xl set-parameters pvtime=no
domain denied 'role=report then=stay'
xl create -q /denied
await times_said denied '^STEAL' 2
console denied | grep -E 'arm-pv|STEAL' | sed 's/^/CONSOLE denied /'
END

my $run = xen_run(memory => '2G', limit_s => 800, dom0 => xl_dom0($script),
	until => sub { $_[0] =~ /^END\n/m });
is($run->{ended}, 'until', 'the script in dom0 ends') or diag $run->{console};
my $text = lines_of($run->{console}, 0);
note $text;

# dump NAME: the totals that Xen printed then, of the youngest domain.
sub dump_of
{
	my ($name) = @_;
	my ($lines) = $text =~ /^DUMP $name\n(.*?)^DUMPED $name$/ms;
	my $totals = totals(join '', map { "$_\n" } ($lines // '') =~ /^DMESG (.*)$/mg);
	my ($last) = sort { $b <=> $a } keys %$totals;
	return $last ? $totals->{$last} : [];
}

like($text, qr/^CONSOLE busy .*arm-pv: using stolen time PV/m, 'a domain of xl finds stolen time');
my %reports = map { ($_->{cpu} => $_) } reports_of(join '', map { "$_\n" } $text =~ /^CONSOLE busy (STEAL.*)$/mg);
my ($reported, $paused, $still) = map { dump_of($_) } qw(reported paused still);
for my $cpu (0, 1) {
	my ($r, $t) = ($reports{$cpu} // {proc_ticks => -1, struct_ns => -1}, $reported->[$cpu] // {});
	is($t->{ipa}, sprintf('0x%x', 0x3a000000 + 64 * $cpu), "CPU $cpu: its structure is where Xen's guest layout has it");
	cmp_ok($r->{struct_ns}, '>', 1e9, "CPU $cpu: more than a second was stolen");
	cmp_ok(abs($r->{proc_ticks} * TICK_NS - $r->{struct_ns}), '<=', 2 * TICK_NS, "CPU $cpu: /proc/stat agrees with the structure");
	cmp_ok($r->{struct_ns}, '<=', $t->{runnable} // 0, "CPU $cpu: the structure is not ahead of the runstate");
	is($still->[$cpu]{runnable}, $paused->[$cpu]{runnable}, "CPU $cpu: nothing is stolen from a paused vCPU that has work");
	cmp_ok(($still->[$cpu]{offline} // 0) - ($paused->[$cpu]{offline} // 0), '>', 1e9, "CPU $cpu: it was paused for more than a second");
}

my @free = $text =~ /^FREE \d (\d+)$/mg;
is(scalar @free, 3, 'three domains were made and destroyed');
is("@free[1, 2]", "@free[0, 0]", 'each gave all its memory back');

my @again = $text =~ /^CONSOLE again (STEAL.*)$/mg;
is(scalar @again, 4, 'a domain ran, rebooted, and ran again');
my ($first) = ($again[0] // '') =~ /struct_ns=(\d+)/;
my ($second) = ($again[2] // '') =~ /struct_ns=(\d+)/;
cmp_ok($second // 0, '<', 1.6 * ($first // 0), 'after the reboot the counter began with 0');
cmp_ok($second // 0, '>', 0.5e9, 'the counter counts after the reboot');

is(join(',', $text =~ /^CONSOLE denied STEAL .*(struct_ns=\w+)/mg), 'struct_ns=none,struct_ns=none', 'a domain that starts after set-parameters pvtime=no has no stolen time');
unlike($text, qr/^CONSOLE denied .*arm-pv: using stolen/m, 'Linux does not use stolen time there');

done_testing();
