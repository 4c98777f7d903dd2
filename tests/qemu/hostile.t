#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: guests that do what they can to the hypervisor and to each other. Random instructions of
# every kind that traps, on several vCPUs of two VMs, stop nobody; no register of another vCPU shows
# through; and a single step over an instruction that is emulated ends behind it.

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
		faultless("$cpu: $name", tap_faults($run->{console}{$name}))
			or diag grep { !/^ok/ } split /^/, $run->{console}{$name};
	}
}

# More interrupts than list registers, of one group: the guest goes on, and leaves the others what
# is theirs.
for my $cpu (qw(cortex-a57 cortex-a72 neoverse-n1 max)) {
	my $run = run_ok("$cpu: more interrupts than list registers", {cpu => $cpu, timeslice_us => 500},
		bare('many', 'overflow', ''), bare('honest', 'spin', 'until_ms=60'));
	faultless("$cpu: each comes in its turn", tap_faults($run->{console}{many})) or diag $run->{console}{many};
	my ($many, $honest) = map { vcpu($run, $_, 0)->{ticks} } qw(many honest);
	cmp_ok($honest->{running}, '>', $honest->{ready} * 0.98, "$cpu: the other VM has its half meanwhile");
}

# For ever, until the lab is to end: it ends within 100 ms, and an honest vCPU has had its share on
# each CPU.
for my $case (['cortex-a57', 1], ['cortex-a72', 2], ['neoverse-n1', 3], ['max', 4]) {
	my ($cpu, $pcpus) = @$case;
	my $name = "$cpu, $pcpus CPU" . ($pcpus > 1 ? 's' : '') . ', for ever';
	my $seconds = 0.4;
	my $run = run({cpu => $cpu, pcpus => $pcpus, timeslice_us => 200, options => ['--seconds', $seconds]},
		bare('hostile', 'fuzz', 'seed=21 bursts=1000000000', memory => '32M', vcpus => 2),
		bare('deadly', 'fuzz', 'seed=22 bursts=1000000000 die', memory => '32M', vcpus => 2),
		bare('honest', 'spin', 'until_ms=1000000000', vcpus => $pcpus));
	is($run->{status}, 0, "$name: the lab ends well") or diag $run->{err};
	my %least = least($run, 'honest', $pcpus);
	faultless("$name: the honest have their share", unfair($run, 0, \%least));
	my $late = vcpu($run, 'honest')->{life}{elapsed} / $run->{json}{cntfrq} - $seconds;
	ok($late >= 0 && $late <= 0.1, "$name: it ends within 100 ms of when it should") or diag "after $late s";
}

# On one CPU, the same each time; and on two that really run at once.
for my $case (['cortex-a57', {}, 11], ['neoverse-n1', {}, 12], ['max', {}, 13],
	['cortex-a57', {pcpus => 2, free => 1}, 14], ['max', {pcpus => 2, free => 1}, 15]) {
	my ($cpu, $how, $seed) = @$case;
	my $name = "$cpu, " . ($how->{pcpus} // 1) . ' CPU, seed ' . $seed;
	my $run = run({cpu => $cpu, timeslice_us => 500, stamp => 1, options => ['--seconds', 20], %$how},
		bare('hostile', 'fuzz', "seed=$seed bursts=1500", memory => '32M', vcpus => 2),
		bare('deadly', 'fuzz', 'seed=' . ($seed + 100) . ' bursts=1500 die', memory => '32M', vcpus => 2),
		bare('honest', 'spin', 'until_ms=1000'));
	is($run->{status}, 0, "$name: the lab ends well") or diag $run->{err};
	faultless("$name: the ledger, however often they wrote",
		grep { !/writes refused$/ } ledger_faults($run->{json}));
	ok(line_of('SPIN', $run->{console}{honest}), "$name: the third VM comes to its end") or next;
	faultless("$name: the third VM's stolen time is the ledger's of that instant", mark_faults($run, 'honest'));
	unlike($run->{err}, qr/hypervisor stopped/, "$name: the hypervisor does not stop");
}
done_testing();
