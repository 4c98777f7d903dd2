#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: Linux on Xen with stolen time, two vCPUs of a domain on one CPU: as two dom0less domains, and
# as dom0 with and without KPTI. Three records are compared for each vCPU: /proc/stat, the structure
# that Linux read at the same instant, and Xen's runstate when the vCPU was idle. (A vCPU that
# was woken meanwhile may wait for Xen to print: its runstate goes on.)

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use Xen;

# faults REPORTS, TOTALS, OFFLINE: what is wrong with the records of a domain's vCPUs, in words.
# OFFLINE: Linux also takes the runstate offline for steal.
sub faults
{
	my ($reports, $totals, $offline) = @_;
	return @$reports . ' CPUs have reported; expected 2' if @$reports != 2;
	return map {
		my ($r, $t) = ($reports->[$_], $totals->[$_] // {});
		my ($runnable, $shown, $waits) = ($t->{runnable} // 0, $t->{shown} // -1, ($t->{runstate} // 0) == 1);
		my $steal = $r->{struct_ns} + ($offline ? $t->{offline} : 0);
		(abs($r->{proc_ticks} * TICK_NS - $steal) <= 2 * TICK_NS ? ()
			: "CPU $_: $r->{proc_ticks} ticks in /proc/stat, $steal ns are stolen" . ($offline ? ' or offline' : ''),
		$shown == $runnable || $waits && $shown < $runnable ? () : "CPU $_: $shown ns shown, $runnable ns in the runstate",
		$r->{struct_ns} <= $runnable && $runnable - $r->{struct_ns} < 200e6 ? ()
			: "CPU $_: $r->{struct_ns} ns in the structure, then $runnable ns in the runstate",
		$r->{struct_ns} > 1e9 ? () : "CPU $_: only $r->{struct_ns} ns were stolen")
	} 0, 1;
}

sub faultless
{
	my ($name, @faults) = @_;
	return ok(!@faults, "$name: /proc/stat, structure and runstate agree") || diag map { "$_\n" } @faults;
}

# Busy for some seconds, then idle.
my $load = 'role=spin until=12 then=stay';
my $run = xen_run(domains => [map { linux_domain("domU$_", cpus => 2, append => $load) } 1, 2],
	until => sub { reported($_[0], 1, 2) && reported($_[0], 2, 2) }, dump => 1);
is($run->{ended}, 'until', 'two dom0less domains of two vCPUs on one CPU report') or diag $run->{console};
for my $n (1, 2) {
	my $console = lines_of($run->{console}, $n);
	like($console, qr/arm-pv: using stolen time PV/, "domain $n finds stolen time");
	faultless("domain $n", faults([reports_of($console)], totals($run->{dump})->{$n}));
}

# The check finds each fault.
my %good = (report => {proc_ticks => 203, struct_ns => 2_010_000_000}, total => {shown => 2_020_000_000, runnable => 2_020_000_000, offline => 0, runstate => 2});
my $doctored = sub { my %t = (%{$good{total}}, @_); my %r = (%{$good{report}}, map { exists $t{$_} ? ($_ => $t{$_}) : () } qw(proc_ticks struct_ns));
	return scalar(() = faults([\%r, $good{report}], [\%t, $good{total}])) };
is($doctored->(), 0, 'the check accepts two ticks');
is($doctored->(proc_ticks => 204), 1, 'the check finds three ticks');
is($doctored->(shown => 2_020_000_001), 1, 'the check finds a structure that differs from the runstate by 1 ns');
is($doctored->(shown => 2_019_999_999), 1, '... also by 1 ns less');
is($doctored->(proc_ticks => 0, struct_ns => 0), 2, 'the check finds a structure that never changed');

# dom0's region is at its machine address: ask Xen for it.
my %dom0 = (cpus => 2, memory => 256);
$run = xen_run(dom0 => linux_domain('dom0', %dom0, append => 'console=hvc0 role=idle kpti=on'),
	until => sub { $_[0] =~ /^BOOT/m }, dump => 1);
my $base = totals($run->{dump})->{0}[0]{ipa};
like($base, qr/^0x\w+0000$/, 'Xen has chosen a place for the region of dom0') or diag $run->{console};

# With KPTI, Linux cannot register Xen's own runstate area, and had no steal. Without KPTI it
# prefers that area to DEN0057A, and takes the runstate offline for steal: also the time before the
# CPU was started.
for (['with KPTI', 'kpti=on', 0], ['without KPTI', 'kpti=off', 1]) {
	my ($how, $word, $offline) = @$_;
	$run = xen_run(dom0 => linux_domain('dom0', %dom0, base => $base, append => "$word console=hvc0 $load"),
		until => sub { reported($_[0], 0, 2) }, dump => 1);
	is($run->{ended}, 'until', "dom0 $how, of two vCPUs on one CPU, reports") or diag $run->{console};
	my $console = lines_of($run->{console}, 0);
	like($console, qr/arm-pv: using stolen time PV/, "dom0 $how finds stolen time");
	faultless("dom0 $how", faults([reports_of($console)], totals($run->{dump})->{0}, $offline));
}

# As Debian has Xen, the same dom0 counts nothing.
$run = xen_run(xen => $before, dom0 => linux_domain('dom0', %dom0, append => "kpti=on console=hvc0 $load"),
	until => sub { reported($_[0], 0, 2) });
my @lost = map { $_->{proc_ticks} } reports_of(lines_of($run->{console}, 0));
is("@lost", '0 0', 'without the port, dom0 with KPTI counts no steal');

done_testing();
