#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP, `make soak`: hostile guests of random seeds for SOAK_S seconds of guest time (600): two that
# execute what they like, one that storms, on one to four CPUs of any type. Every other run is
# deterministic, and short: a guest that takes one exception after the other costs QEMU 700 s of a
# second where it counts instructions. There no vCPU dies: one that cannot fetch the first
# instruction of its exception vector executes none, and QEMU's clock stands for all. An honest VM
# competes on each CPU. What a run was made of is printed; SEED=N makes the same ones again.

use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../qemu";
use Guest;
use Test::More;

my $seed = $ENV{SEED} // time;
my $left = $ENV{SOAK_S} // 600;
srand $seed;
note "SEED=$seed";

sub any { return $_[rand @_] }

for (my $n = 0; $left > 0; $n++) {
	my $free = $n % 2 == 0;
	my $seconds = $free ? 20 : 0.3;
	my ($pcpus, $cpu, $kind) = (1 + int rand 4, any(qw(cortex-a57 cortex-a72 neoverse-n1 max)),
		any(qw(sgi self timer wfi call frame on_off reset)));
	my ($one, $two, $slice) = (int rand 1e9, int rand 1e9, $free ? any(200, 500, 2000, 10000) : 200);
	my $name = "$cpu, $pcpus CPUs, slice $slice us, seeds $one and $two, storm=$kind, $seconds s" . ($free ? '' : ' by instructions');
	my $run = run({cpu => $cpu, pcpus => $pcpus, timeslice_us => $slice, options => ['--seconds', $seconds], free => $free},
		bare('hostile', 'fuzz', "seed=$one bursts=1000000000", memory => '32M', vcpus => 1 + int rand 4),
		bare('deadly', 'fuzz', "seed=$two bursts=1000000000" . ($free ? ' die' : ''), memory => '32M', vcpus => 1 + int rand 4),
		bare('storm', 'storm', "storm=$kind", vcpus => 2),
		bare('honest', 'spin', 'until_ms=1000000000', vcpus => $pcpus));
	$left -= $seconds;
	is($run->{status}, 0, "$name: the lab ends well") or diag($run->{err}), next;
	faultless("$name: the ledger", grep { !/writes refused$/ } ledger_faults($run->{json}));
	my %least = least($run, 'honest', $pcpus);
	# Where this machine takes a QEMU thread's CPU away, the vCPU that it ran has a long slice.
	faultless("$name: the honest have their share", unfair($run, 0, \%least, $free ? 0.2 : 0.01));
	next if $free;
	my $late = vcpu($run, 'honest')->{life}{elapsed} / $run->{json}{cntfrq} - $seconds;
	ok($late >= 0 && $late <= 0.1, "$name: it ends within 100 ms of when it should") or diag "after $late s";
}
done_testing;
