# SPDX-License-Identifier: BSD-2-Clause
package Lockups;

# Linux's lockup detectors in a guest that gets a 25th of a CPU, with and without ports/linux.
# Without, they report lockups that are none. With, they report none, and a real lockup after no
# more of the CPU's own time than without on an idle host, plus 100 ms.
#
# Kernels.pm says which kernels. KIND, if set, is the only kind of lockup. BUSY_S is when the real
# lockup begins, in seconds of the guest's time.

use strict;
use warnings;
use Exporter qw(import);
use Kernels;
use Test::More;

our @EXPORT = qw(lockups_ok);

# The detectors' threshold is 1 s. So their sample period P is 0.4 s, the soft lockup detector's
# limit is two units of 2^30 ns, exceeded by one, and the hard lockup detector's limit is 3 P. On an
# idle host, a lockup begins up to P after a sample, and is seen at a sample, up to P later. The
# hard lockup detector of 6.12 looks at each third sample only; 6.1 has none.
use constant {PERIOD => 0.4, SOFT => 3 * 2**30 / 1e9, BUSY_UNTIL => $ENV{BUSY_S} // 310};

# By lkdtm's name of what locks up: what the kernel reports of a CPU, after how much of the CPU's
# own time at most, and how many vCPUs it takes. The last of these locks up.
my %kinds = (SOFTLOCKUP => {says => 'BUG: soft lockup - CPU#', most => SOFT + PERIOD + 0.1, vcpus => 1});
$kinds{HARDLOCKUP} = {says => 'Watchdog detected hard LOCKUP on cpu ', most => ($release eq 'sid' ? 4 : 6) * PERIOD + 0.1, vcpus => 2}
	if $release ne 'bookworm';
if (my $kind = $ENV{KIND}) {
	%kinds = map { $_ => $kinds{$_} // die "KIND: $_ is none of " . join ' ', sort keys %kinds } $kind;
}

# In 7.2 a thread writes the console. It may have to wait for the CPU that is locked up, unless
# there is a console of the older kind as well; then there are two of each line. RCU reports a CPU
# after 21 s, in which it may have had less than one; and the CPU that reports it does nothing else
# for up to 10 s.
my $words = 'watchdog_thresh=1 rcupdate.rcu_cpu_stall_timeout=300 role=lockup' . ($release eq 'sid' ? ' earlycon keep_bootcon' : '');

# outcome NAME, KIND, LINES: what the console of a guest says, line by line: {at, own, text}, where
# own is the time that its last CPU has had, both in seconds. Returns the number of false reports of
# this kind, the time that the CPU had from its lockup to the report, if there is one, and the
# number of false reports of any kind.
sub outcome
{
	my ($name, $kind, @lines) = @_;
	my ($busy) = grep { $_->{text} =~ /^BUSY/ } @lines;
	my ($begin) = grep { $_->{text} =~ /lkdtm: Performing direct entry/ } @lines;
	ok($busy && $begin, "$name: the guest is busy, and then locks up") or diag map { "$_->{at} $_->{text}\n" } @lines;
	return (0, undef, 0) if !$begin;
	my %seen;
	my @any = grep { $_->{text} =~ /BUG: soft lockup|detected hard LOCKUP|rcu: INFO/ && !$seen{$_->{text}}++ } @lines;
	my @reports = grep { $_->{text} =~ /\Q$kind->{says}\E/ } @any;
	my @false = grep { $_->{at} < $begin->{at} } @reports;
	my ($real) = grep { $_->{at} > $begin->{at} } @reports;
	my $took = $real ? $real->{own} - $begin->{own} : undef;
	note sprintf '%s: %d false reports in %.0f s, of which the CPU had %.1f s; the real one after %s s of the CPU', $name, scalar @false,
		$begin->{at} - $busy->{at}, $begin->{own} - $busy->{own}, $took // 'no';
	note map { "$_->{at} $_->{own} $_->{text}\n" } grep { $_->{text} =~ /^(BUSY|PROVOKE)|lkdtm:|hard LOCKUP|soft lockup/ } @lines;
	return (scalar @false, $took, scalar grep { $_->{at} < $begin->{at} } @any);
}

# lockups_ok RUN: the tests. RUN gets a name, the guest's kernel, the text of the report, the number
# of vCPUs, the guest's words, the number of competitors, and when the lab ends, in seconds; it
# returns the lines of the guest's console.
sub lockups_ok
{
	my ($run) = @_;
	for my $name (sort keys %kinds) {
		my $kind = $kinds{$name};
		my $lab = sub {
			my ($what, $kernel, $competitors, $wait) = @_;
			my $until = !$competitors ? 5 : $kernel eq 'before' ? 30 : BUSY_UNTIL;
			my @lines = $run->(name => "$name, $what", kernel => quick($kernel eq 'before' ? $before : $ported), says => $kind->{says}, vcpus => $kind->{vcpus},
				append => "$words until=$until provoke=$name", competitors => $competitors, seconds => $until + $wait);
			return outcome("$name, $what", $kind, @lines);
		};
		my ($false, $took, $any) = $lab->('before, alone', 'before', 0, 7);
		is($any, 0, "$name: the kernel before reports nothing false when it is alone");
		cmp_ok($took // 'inf', '<=', $kind->{most}, "$name: the kernel before reports the real one in time when it is alone");
		($false, $took, $any) = $lab->('before', 'before', 24, 30);
		cmp_ok($false, '>', 0, "$name: the kernel before reports lockups that are none");
		($false, $took, $any) = $lab->('ported', 'ported', 24, 120);
		is($any, 0, "$name: the ported kernel reports no lockup that is none");
		cmp_ok($took // 'inf', '<=', $kind->{most}, "$name: the ported kernel reports the real one in time");
		($false, $took, $any) = $lab->('ported, alone', 'ported', 0, 7);
		is($any, 0, "$name: the ported kernel reports nothing false when it is alone");
		cmp_ok($took // 'inf', '<=', $kind->{most}, "$name: the ported kernel reports the real one in time when it is alone");
	}
	return;
}

1;
