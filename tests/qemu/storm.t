#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: a guest that repeats one operation as fast as possible (tests/guests/storm.c) gets its share
# of CPU time and no more, however much work each operation causes in the hypervisor. STORM_S in the
# environment is the seconds of guest time of each run, with slices of the default length (`make
# soak`).

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
		# A vCPU that is off at times has at most its share while it is on, and all vCPUs
		# share the time that it leaves.
		my $sometimes = $kind eq 'on_off' || $kind eq 'reset';
		my %fair = $sometimes ? least($run, 'honest', $pcpus) : fair($run, $pcpus);
		faultless("$name: each vCPU has its share", unfair($run, !$sometimes, \%fair));
		faulty("$name: a vCPU has 2% less than its share", unfair($run, 0, {'honest/0' => vcpu($run, 'honest')->{life}{running} * 1.02}));
		cmp_ok(max(map { vcpu($run, 'storm', $_)->{life}{running} } 0, 1), '<=', 1.01 * vcpu($run, 'honest', 0)->{life}{running},
			"$name: no vCPU of the storm runs 1% longer than an honest vCPU");
	}
}
done_testing;
