#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: a guest that does one thing as fast as it goes, whatever that makes the hypervisor do for it,
# gets its share and no more (tests/guests/storm.c). STORM_S: seconds of guest time of each run,
# with slices of the usual length (`make soak`).

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use List::Util qw(max);
use Test::More;

# QEMU takes ten times as long for a WFE as for any other instruction.
sub how
{
	my ($kind) = @_;
	return (options => ['--seconds', $ENV{STORM_S}]) if $ENV{STORM_S} && $kind ne 'wfe';
	return $kind eq 'wfe' ? (options => ['--seconds', 0.05], timeslice_us => 100) : (options => ['--seconds', 0.15], timeslice_us => 200);
}

for my $pcpus (1, 2) {
	for my $kind (qw(sgi self timer wfi call frame wfe on_off reset)) {
		my $name = "$kind on $pcpus CPU" . ($pcpus > 1 ? 's' : '');
		my $run = run_ok($name, {pcpus => $pcpus, how($kind)}, bare('storm', 'storm', "storm=$kind", vcpus => 2),
			bare('honest', 'spin', 'until_ms=1000000000', vcpus => $pcpus));
		# One that is off now and then has no more than its share when it is on; what it
		# leaves goes to all.
		my $sometimes = $kind eq 'on_off' || $kind eq 'reset';
		my %fair = $sometimes ? least($run, 'honest', $pcpus) : fair($run, $pcpus);
		faultless("$name: each vCPU has its share", unfair($run, !$sometimes, \%fair));
		faulty("$name: 2% less", unfair($run, 0, {'honest/0' => vcpu($run, 'honest')->{life}{running} * 1.02}));
		cmp_ok(max(map { vcpu($run, 'storm', $_)->{life}{running} } 0, 1), '<=', 1.01 * vcpu($run, 'honest', 0)->{life}{running},
			"$name: no vCPU has more than an honest one");
	}
}
done_testing;
