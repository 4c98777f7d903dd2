#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP, for `make soak`: hostile guests with random seeds for SOAK_S seconds (default 600) of guest
# time. Two guests execute random instructions and one storms (tests/guests/storm.c), on one to four
# CPUs of any model. Every other run is deterministic, and short: where QEMU counts instructions, it
# needs 700 s for a second of a guest that takes one exception after the other. There no vCPU dies:
# a vCPU that cannot fetch the first instruction of its exception vector executes none, so QEMU's
# clock would stop for all. An honest VM competes on each CPU. The name of each test has the run's
# parameters; SEED=N repeats the same runs.

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
	is($run->{status}, 0, "$name: the lab ends with status 0") or diag($run->{err}), next;
	faultless("$name: the ledger has no fault, refused writes aside", grep { !/writes refused$/ } ledger_faults($run->{json}));
	my %least = least($run, 'honest', $pcpus);
	# When this machine takes the CPU from a thread of QEMU, the vCPU on it gets a long slice.
	faultless("$name: each vCPU of the honest VM has its share", unfair($run, 0, \%least, $free ? 0.2 : 0.01));
	next if $free;
	my $late = vcpu($run, 'honest')->{life}{elapsed} / $run->{json}{cntfrq} - $seconds;
	ok($late >= 0 && $late <= 0.1, "$name: the lab ends within 100 ms of its time") or diag "after $late s";
}
done_testing;
