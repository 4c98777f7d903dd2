#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: guests that try to harm the hypervisor and each other. Random instructions of every kind that
# traps, on several vCPUs of two VMs, stop neither the hypervisor nor another guest; no register of
# another vCPU is visible; and a single step over an emulated instruction ends right after it.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

for my $cpu (qw(cortex-a57 neoverse-n1 max)) {
	my $run = run_ok("$cpu: registers", {cpu => $cpu, timeslice_us => 1000},
		bare('one', 'keep', 'id=1'), bare('two', 'keep', 'id=2'), bare('step', 'step', ''));
	for my $name (qw(one two step)) {
		faultless("$cpu: the guest $name passes its tests", tap_faults($run->{console}{$name}))
			or diag grep { !/^ok/ } split /^/, $run->{console}{$name};
	}
}

# A guest with more interrupts than list registers, in one group, continues to run, and another
# guest gets its share.
for my $cpu (qw(cortex-a57 cortex-a72 neoverse-n1 max)) {
	my $run = run_ok("$cpu: more interrupts than list registers", {cpu => $cpu, timeslice_us => 500},
		bare('many', 'overflow', ''), bare('honest', 'spin', 'until_ms=60'));
	faultless("$cpu: the guest gets more interrupts than list registers in priority order", tap_faults($run->{console}{many})) or diag $run->{console}{many};
	my ($many, $honest) = map { vcpu($run, $_, 0)->{ticks} } qw(many honest);
	cmp_ok($honest->{running}, '>', $honest->{ready} * 0.98, "$cpu: the other VM runs for half of its time meanwhile, but for 2%");
}

# Hostile guests that run for ever: the lab ends within 100 ms of its time, and each vCPU of an
# honest VM has its share.
for my $case (['cortex-a57', 1], ['cortex-a72', 2], ['neoverse-n1', 3], ['max', 4]) {
	my ($cpu, $pcpus) = @$case;
	my $name = "$cpu, $pcpus CPU" . ($pcpus > 1 ? 's' : '') . ', for ever';
	my $seconds = 0.4;
	my $run = run({cpu => $cpu, pcpus => $pcpus, timeslice_us => 200, options => ['--seconds', $seconds]},
		bare('hostile', 'fuzz', 'seed=21 bursts=1000000000', memory => '32M', vcpus => 2),
		bare('deadly', 'fuzz', 'seed=22 bursts=1000000000 die', memory => '32M', vcpus => 2),
		bare('honest', 'spin', 'until_ms=1000000000', vcpus => $pcpus));
	is($run->{status}, 0, "$name: the lab ends with status 0") or diag $run->{err};
	my %least = least($run, 'honest', $pcpus);
	faultless("$name: each vCPU of the honest VM has its share", unfair($run, 0, \%least));
	my $late = vcpu($run, 'honest')->{life}{elapsed} / $run->{json}{cntfrq} - $seconds;
	ok($late >= 0 && $late <= 0.1, "$name: the lab ends within 100 ms of its time") or diag "after $late s";
}

# On one CPU, where runs repeat exactly; and on two CPUs that run at the same time.
for my $case (['cortex-a57', {}, 11], ['neoverse-n1', {}, 12], ['max', {}, 13],
	['cortex-a57', {pcpus => 2, free => 1}, 14], ['max', {pcpus => 2, free => 1}, 15]) {
	my ($cpu, $how, $seed) = @$case;
	my $name = "$cpu, " . ($how->{pcpus} // 1) . ' CPU, seed ' . $seed;
	my $run = run({cpu => $cpu, timeslice_us => 500, stamp => 1, options => ['--seconds', 20], %$how},
		bare('hostile', 'fuzz', "seed=$seed bursts=1500", memory => '32M', vcpus => 2),
		bare('deadly', 'fuzz', 'seed=' . ($seed + 100) . ' bursts=1500 die', memory => '32M', vcpus => 2),
		bare('honest', 'spin', 'until_ms=1000'));
	is($run->{status}, 0, "$name: the lab ends with status 0") or diag $run->{err};
	faultless("$name: the ledger has no fault, refused writes aside",
		grep { !/writes refused$/ } ledger_faults($run->{json}));
	ok(line_of('SPIN', $run->{console}{honest}), "$name: the third VM runs to its end") or next;
	faultless("$name: the third VM reports the ledger's stolen time of the same instant", mark_faults($run, 'honest'));
	unlike($run->{err}, qr/hypervisor stopped/, "$name: the hypervisor does not stop");
}
done_testing();
