#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime lab --on kvm --snapshot` and `--restore`: the guest's counters do not go back (R-23),
# and the ledger and the guest's output continue. A file that is not a snapshot of the lab is
# rejected. (lab_snapshot_past.t tests the time that is not charged.)

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Lab;
use Test::More;

my $steady = "[vm steady]\nkernel = ../steady.img\nappend = until_ms=4000\nmemory = 64M\n[vm busy]\nkernel = ../spin.img\n" .
	"append = until_ms=3500 once\nmemory = 64M\n[vm brief]\nkernel = ../hello.img\nmemory = 64M\n";
my $print = "[vm print]\nkernel = ../print.img\nappend = until_ms=300\nmemory = 64M\n";
my @print = map { "print$_" } 1 .. 4;
my $other = "[vm other]\nkernel = ../hello.img\n";

my $on = labs_run(
	labs => {'steady' => $steady, 'steady-mid' => $steady, 'steady-on' => $steady, 'steady-once' => $steady, other => $other, map { ($_ => $print, "$_-on" => $print) } @print},
	guests => [qw(steady spin hello print)], cpus => 1, icount => 1, limit_s => 280, script => <<'END');
lab steady --seconds 2 --snapshot /tmp/s
sleep 3
lab steady-mid --restore /tmp/s --seconds 1 --snapshot /tmp/s2
lab steady-on --restore /tmp/s2
lab steady-once --restore /tmp/s2 --seconds 0.000000001
for i in 1 2 3 4; do
	lab print$i --seconds 0.10$i --snapshot /tmp/p
	lab print$i-on --restore /tmp/p
done
refused() { echo "REFUSED $1 $(pvtime lab --on kvm --restore $2 /labs/$3 2>&1; echo "status $?")" | tr '\n' ' '; echo; }
refused other /tmp/s other
head -c 100000 /tmp/s >/tmp/short
refused short /tmp/short steady
refused text /labs/steady steady
refused absent /tmp/absent steady
END

my $out = $on->{host}{out};
is($on->{host}{status}, 0, "the KVM host's script ends with status 0") or diag $out;
is($on->{$_}{status}, 0, "$_: the lab ends with status 0") or diag $on->{$_}{said} for 'steady', 'steady-mid', 'steady-on';
is($on->{'steady-once'}{status}, 0, 'a lab that ends before its restored vCPUs have run has status 0') or diag $on->{'steady-once'}{said};

is(ended($on->{$_}), 'Ended: seconds. steady: running; busy: running; brief: powered off', "$_: the JSON says that the time was up, and that the VM brief is powered off")
	for 'steady', 'steady-mid';
unlike($on->{steady}{console}{steady} // '', qr/STEADY looks/, 'the snapshot is taken before the guest is done');
my ($looks, $stolen, $back, $counter_back, $over) = ($on->{'steady-on'}{console}{steady} // '') =~
	/^STEADY looks=(\d+) stolen_ns=(\d+) back=(\d+) counter_back=(\d+) over_ns=(\d+)$/m;
cmp_ok($looks // 0, '>', 1000, 'the restored guest runs to its end') or diag $out;
is($back, 0, "the restored guest's stolen time never goes back");
is($counter_back, 0, "the restored guest's counter never goes back");
cmp_ok($over, '<', 1000, "the restored guest's stolen time never grows by 1 us more than the time that passes");
my ($before, $after) = map { vcpu($on->{$_}, 'steady', 0) } 'steady', 'steady-on';
cmp_ok($before->{published_ns}, '>', 300_000_000, 'more than 300 ms are stolen from the guest before the snapshot');
cmp_ok($stolen, '>', $before->{published_ns} + 300_000_000, "the restored guest's stolen time is more than 300 ms above that of the snapshot");
for my $state (qw(running ready blocked off elapsed)) {
	cmp_ok($after->{ticks}{$state}, '>=', $before->{ticks}{$state}, "the restored ledger's $state time continues from the snapshot's");
}
for my $count (qw(exits switches)) {
	cmp_ok($after->{$count}, '>', $before->{$count}, "the restored ledger's count of $count continues from the snapshot's");
}
cmp_ok($after->{published_ns}, '>=', $stolen, "the restored ledger's published time is no less than the guest's last reading");
unlike($on->{'steady-on'}{console}{brief} // '', qr/./, 'a VM that was off prints nothing after the restore');
cmp_ok(vcpu($on->{'steady-on'}, 'brief', 0)->{ticks}{off}, '>', vcpu($on->{steady}, 'brief', 0)->{ticks}{off},
	'the ledger of a VM that was off continues after the restore');
like($on->{'steady-on'}{console}{busy} // '', qr/^SPIN cpu=0/m, 'the other restored VM runs to its end');

# The snapshot interrupts the guest while it prints: an exit that was not completed before would be
# repeated after the restore.
for my $lab (@print) {
	my ($first, $rest) = map { ($on->{$_}{console}{print} // '') =~ s/\n//gr } $lab, "$lab-on";
	my $lines = () = "$first$rest" =~ /;/g;
	cmp_ok(length $first, '>', 500, "$lab prints before the snapshot");
	cmp_ok(length $rest, '>', 500, "$lab-on prints after the restore");
	is("$first$rest", join('', map { "PRINT $_;" } 0 .. $lines - 1), "$lab-on continues printing where $lab stopped, without a lost or repeated character");
}

sub refused
{
	my ($name, $pattern, $status) = @_;
	my ($said) = $out =~ /^REFUSED $name (.*)$/m;
	like($said // '', qr/pvtime: $pattern status $status $/, "the file '$name' is rejected as a snapshot, with status $status");
}

refused('other', qr{--restore: /tmp/s: is the snapshot of another lab; expected the VMs of this one, with their names, vcpus, memory and stolen_time}, 2);
refused('text', qr{--restore: /labs/steady: is not a snapshot of this version of pvtime; expected one that --snapshot wrote}, 2);
refused('absent', qr{--restore: /tmp/absent: No such file or directory; expected a file for a snapshot}, 2);
refused('short', qr{/tmp/short: ends too early, or is damaged}, 1);

done_testing;
