#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: Linux's lockup detectors in a guest that gets a 25th of a CPU, on the project's hypervisor,
# with and without ports/linux. Without, they report lockups that are none. With, they report none,
# and a real lockup after no more of the CPU's own time than without on an idle host, plus 100 ms.
#
# LINUX_RELEASE is the release of the kernel that `make linux` has built; KIND, if set, is the only
# kind of lockup. The competitors start when the guest has booted, and have slices of 100 ms, so
# that it is away for 2.4 s at a time.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../qemu";
BEGIN { $ENV{RUN_LIMIT_S} //= 600 }
use Guest;
use Test::More;

my $release = $ENV{LINUX_RELEASE} // 'bookworm';
my %kernels = (before => "$build/linux/$release/before", ported => "$build/linux/$release/Image");

# The detectors' threshold is 1 s. So their sample period P is 0.4 s, the soft lockup detector's
# limit is two units of 2^30 ns, exceeded by one, and the hard lockup detector's limit is 3 P. On an
# idle host, a lockup begins up to P after a sample, and is seen at a sample, up to P later. The
# hard lockup detector of 6.12 looks at each third sample only; 6.1 has none.
# BUSY_S is for how long the guest is busy before the real lockup, in seconds; 24 competitors take
# nearly all of that.
use constant {PERIOD => 0.4, SOFT => 3 * 2**30 / 1e9, BUSY_UNTIL => $ENV{BUSY_S} // 300};
use constant ALL => BUSY_UNTIL + 120;
my $soft = {report => qr/BUG: soft lockup - CPU#(\d+) stuck/, most => SOFT + PERIOD + 0.1, vcpus => 1};
my $hard = {report => qr/Watchdog detected hard LOCKUP on cpu (\d+)/, most => ($release eq 'sid' ? 4 : 6) * PERIOD + 0.1, vcpus => 2};

# By lkdtm's name of what locks up. Where the kernel cannot be preempted, LOOP is a soft lockup; the
# loop of SOFTLOCKUP executes YIELD, at which QEMU takes a hundred times as long.
my %kinds = $release eq 'sid' ? (SOFTLOCKUP => $soft, HARDLOCKUP => $hard)
	: $release eq 'trixie' ? (LOOP => $soft, HARDLOCKUP => $hard)
	: (LOOP => $soft);
if (my $kind = $ENV{KIND}) {
	%kinds = map { $_ => $kinds{$_} // die "KIND: $_ is none of " . join ' ', sort keys %kinds } $kind;
}

# events CONSOLE, CPU: what the console of one guest says, in order: {what, own}, where own is the
# time that this CPU has had since the guest's start, in seconds.
sub events
{
	my ($console, $cpu) = @_;
	my @events;
	while ($console =~ /^\[(\d+\.\d+) stolen((?: \d+\.\d+)+)\] (.*)$/mg) {
		my ($at, $stolen, $line) = ($1, (split ' ', $2)[$cpu], $3);
		my ($what) = $line =~ /^(BUSY|PROVOKE|UNHARMED)/;
		for my $kind (keys %kinds) {
			$what = $kind if $line =~ $kinds{$kind}{report};
		}
		push @events, {what => $what, own => $at - $stolen, at => $at} if $what;
	}
	return @events;
}

# lab NAME, KERNEL, KIND, COMPETITORS: run a lab with a guest that locks up at the end. Returns the
# numbers of false reports, and the time that the CPU had from its lockup to the report.
sub lab
{
	my ($name, $kernel, $kind, $competitors) = @_;
	my $cpus = $kinds{$kind}{vcpus};
	my ($until, $end) = $competitors ? (BUSY_UNTIL, ALL) : (5, 12);
	my $run = run({timeslice_us => 100_000, stamp => 1, options => ['--seconds', $end]},
		linux('g', "watchdog_thresh=1 role=lockup until=$until provoke=$kind", kernel => $kernels{$kernel}, vcpus => $cpus, memory => '96M'),
		map { bare("s$_", 'spin', 'unaware from_ms=4000 until_ms=9000000') } 1 .. $competitors);
	is($run->{status}, 0, "$name: the lab ends in good order") or diag $run->{err};
	my @events = events($run->{stamped}{g}, $cpus - 1);
	my ($busy) = grep { $_->{what} eq 'BUSY' } @events;
	my ($begin) = grep { $_->{what} eq 'PROVOKE' } @events;
	ok($busy && $begin, "$name: the guest is busy, and then locks up") or diag substr $run->{console}{g}, -3000;
	my @false = grep { exists $kinds{$_->{what}} && $_->{at} < $begin->{at} } @events;
	my ($real) = grep { $_->{what} eq $kind && $_->{at} > $begin->{at} } @events;
	my $took = $real ? $real->{own} - $begin->{own} : undef;
	note sprintf '%s: %d false reports in %d s; the real one after %s s of the CPU', $name, scalar @false, $begin->{at} - $busy->{at},
		$took // 'no';
	return (scalar @false, $took);
}

for my $kind (sort keys %kinds) {
	my ($false, $took) = lab("$kind, before, alone", 'before', $kind, 0);
	is($false, 0, "$kind: the kernel before reports nothing false when it is alone");
	ok(defined $took && $took <= $kinds{$kind}{most}, "$kind: the kernel before reports the real one when it is alone");
	($false, $took) = lab("$kind, before", 'before', $kind, 24);
	cmp_ok($false, '>', 0, "$kind: the kernel before reports lockups that are none");
	($false, $took) = lab("$kind, ported", 'ported', $kind, 24);
	is($false, 0, "$kind: the ported kernel reports no lockup that is none");
	ok(defined $took, "$kind: the ported kernel reports the real one");
	cmp_ok($took // 'inf', '<=', $kinds{$kind}{most}, "$kind: in time");
	($false, $took) = lab("$kind, ported, alone", 'ported', $kind, 0);
	is($false, 0, "$kind: the ported kernel reports nothing false when it is alone");
	cmp_ok($took // 'inf', '<=', $kinds{$kind}{most}, "$kind: the ported kernel reports the real one in time when it is alone");
}

done_testing();
