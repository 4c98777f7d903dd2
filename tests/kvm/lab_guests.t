#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: our own guests under `pvtime lab --on kvm`: the machine is the same as elsewhere, several VMs
# run at once, PSCI and resets work, the lab ends when and how its options say, and the command
# reports guests that stop for good or write their structure.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Lab;
use Test::More;

sub vm
{
	my ($name, $guest, $words, @lines) = @_;
	$words .= ' once' if $guest eq 'spin';
	return join "\n", "[vm $name]", "kernel = ../$guest.img", ($words eq '' ? () : "append = $words"), 'memory = 64M', @lines, '';
}

my $on = labs_run(
	labs => {
		machine => vm('flash', 'flash', '') . vm('split', 'split', '', 'vcpus = 2') .
			vm('hello', 'hello', 'with words') . vm('width', 'width', '') .
			vm('windows', 'windows', 'epoch=1767225600'),
		starts => "[vm report]\nkernel = ../report-be.elf\nmemory = 64M\n[vm big]\nkernel = ../big.elf\nmemory = 64M\nvcpus = 2\n",
		smp => vm('smp', 'smp', '', 'vcpus = 4'),
		off => vm('denied', 'spin', 'until_ms=300', 'stolen_time = off', 'vcpus = 2'),
		reset => vm('reset', 'reset', 'reset_ms=1500') . vm('busy', 'spin', 'until_ms=2000'),
		stuck => vm('stop', 'stop', 'off', 'vcpus = 2') . vm('busy', 'spin', 'until_ms=400'),
		wfi => vm('wfi', 'stop', 'wfi', 'vcpus = 2'),
		suspend => vm('suspend', 'stop', 'suspend late timer', 'vcpus = 2'),
		waits => vm('idle', 'idle', 'ms=3900 step_ms=1300 max_ns=1000000000') . vm('attached', 'stop', 'wfi') .
			vm('physical', 'idle', 'ms=3000 step_ms=1000 physical max_ns=1000000000'),
		forge => vm('more', 'forge', 'until_ms=400 write=1152921504606846976') . vm('less', 'forge', 'until_ms=400 write=1') .
			vm('honest', 'steady', 'until_ms=400'),
		until => vm('first', 'spin', 'until_ms=300') . vm('ever', 'spin', 'until_ms=100000'),
		silent => "[vm zero]\nkernel = ../zero.img\nmemory = 64M\n",
		computes => vm('computes', 'spin', 'until_ms=100000'),
		nowhere => vm('bad', 'bad', 'seed=7'),
		ever => vm('ever', 'spin', 'until_ms=100000', 'vcpus = 2'),
	},
	guests => [qw(flash split hello width windows smp spin reset stop idle forge steady bad)], cpus => 1, icount => 1, limit_s => 240,
	files => {(map { $_ => "$build/tests-machine/$_" } 'report-be.elf', 'big.elf'), 'zero.img' => \("\0" x 16384)},
	script => <<'END');
! mended || echo MENDED
lab machine
lab starts
lab smp
lab off
lab reset
lab stuck
lab wfi
lab suspend
lab waits --attach attached --until idle
lab forge --watch
lab until --until first
lab silent --seconds 0.02
lab computes --seconds 1.2
lab nowhere
lab ever --seconds 0.5 --watch
start_lab ever
wait_for find_vmm
cgroup=$(ls -d /sys/fs/cgroup/pvtime-* 2>/dev/null)
echo "CGROUPS <$cgroup>"
kill -TERM $lab
end_lab
mv /labs/ever /labs/killed
start_lab killed
wait_for find_vmm
kill -KILL $vmm
end_lab
END

is($on->{host}{status}, 0, "the KVM host's script ends with status 0") or diag $on->{host}{out};

my %ended = (
	machine => 'powered off. flash: powered off; split: powered off; hello: powered off; width: powered off; windows: powered off',
	reset => 'powered off. reset: powered off, 1 reset; busy: powered off',
	stuck => 'stuck. stop: stuck; busy: powered off',
	until => 'until. first: powered off; ever: running',
	ever => 'asked. ever: running',
);
for my $lab (sort keys %ended) {
	is(ended($on->{$lab}), "Ended: $ended{$lab}", "$lab: the JSON has the end of the lab and of each VM");
	like($on->{$lab}{printed}, qr/^\QEnded: $ended{$lab}\E$/m, "$lab: the table has the end of the lab and of each VM");
}

# Every test of a guest passes, and their number is the plan's.
sub guest_ok
{
	my ($lab, $vm) = @_;
	my $console = $on->{$lab}{console}{$vm} // '';
	my $run = () = $console =~ /^ok /mg;
	unlike($console, qr/^not ok|^Bail out/m, "$vm: no test of the guest fails") or diag $console;
	like($console, qr/^1\.\.$run$/m, "$vm: as many tests pass as the guest plans") or diag $console;
}

is($on->{machine}{status}, 0, 'a lab of five VMs ends with status 0') or diag $on->{machine}{said};
# The messages about guests that seem to do nothing (tests/qemu/silent.t tests those of our
# hypervisor).
like($on->{silent}{said}, qr/^pvtime: VM zero has done nothing but take exceptions: vCPU 0 is at PC 0x200, in its vectors \(VBAR_EL1 0x0\), with ELR_EL1 0x200 and ESR_EL1 0x2000000\. /m,
	'a guest of zeroes is reported to take exceptions in its vectors');
like($on->{computes}{said}, qr/^pvtime: VM computes has printed nothing, and hardly waited: vCPU 0 is at PC 0x402\w+$/m, 'a guest that only computes is reported with a PC in its image');
is(scalar(() = $on->{nowhere}{said} =~ /^pvtime: VM bad: vCPU 0 has accessed 0x\w+, where the machine has neither memory nor a device, at PC 0x402\w+: it gets an external abort\. Further such accesses are not reported$/mg), 1,
	'only the first of many accesses to unmapped addresses is reported');

guest_ok('machine', $_) for qw(flash split hello width windows);
like($on->{machine}{console}{hello}, qr/1 CPUs, 64 MiB at 0x40000000, PSCI 1\.\d by HVC/, 'the guest sees the CPUs, RAM and PSCI of the lab file');
like($on->{machine}{console}{hello}, qr/^# command line: with words$/m, 'the guest gets its command line');

# The report has the address, x0 to x3, SCTLR_EL1 and the exception level, as in tests/qemu/start.t.
is($on->{starts}{status}, 0, 'a lab with big-endian ELF files ends with status 0') or diag $on->{host}{out};
my @started = map { hex } split ' ', $on->{starts}{console}{report} // '';
is_deeply([@started[1 .. 4, 6]], [0, 0, 0, 0, 4], 'an ELF file starts at EL1 with x0 to x3 zero') or diag $on->{host}{out};
is(($started[5] // 0) & 0x3001005, 0x3000000, 'a big-endian ELF file starts in big-endian state with MMU and caches off');
my ($pidr2, $typer, $second) = split ' ', $on->{starts}{console}{big} // '';
is($pidr2, '000000003b000000', "a big-endian CPU reads a device's register with its bytes swapped");
is(hex($second // 0) >> 25 & 1, 1, 'CPU_ON starts the second CPU of a big-endian guest as big-endian');

is($on->{smp}{status}, 0, 'a lab that tests CPU_ON, CPU_OFF and SGIs ends with status 0') or diag $on->{smp}{said};
guest_ok('smp', 'smp');

# The command itself checks that each ledger adds up. These are bounds of its numbers.
my @off = map { ms(vcpu($on->{smp}, 'smp', $_)->{ticks}{off}) } 0 .. 3;
my @elapsed = map { ms(vcpu($on->{smp}, 'smp', $_)->{ticks}{elapsed}) } 0 .. 3;
cmp_ok($off[0], '<', 300, 'vCPU 0 was off for less than 300 ms');
cmp_ok($off[$_], '>', 0, "vCPU $_ was off for some time") for 1 .. 3;
cmp_ok($elapsed[$_], '>', $elapsed[0] - 150, "vCPU ${_}'s ledger is at most 150 ms shorter than vCPU 0's") for 1 .. 3;

is($on->{off}{status}, 0, 'a lab with stolen_time = off ends with status 0') or diag $on->{off}{said};
is_deeply([$on->{off}{console}{denied} =~ /stolen_ns=(\w+)/g], ['none', 'none'], 'a guest with stolen_time = off has no stolen time')
	or diag $on->{off}{console}{denied};
cmp_ok(vcpu($on->{off}, 'denied', 0)->{stolen_ns}, '>', 50_000_000, 'the ledger of a VM with stolen_time = off has its stolen time');
is(vcpu($on->{off}, 'denied', $_)->{published_ns}, 0, "the published time of vCPU $_ with stolen_time = off is 0") for 0, 1;

# R-23: RAM, vCPUs and stolen time are reset. The counter continues; otherwise the guest, which
# compares it with reset_ms, would reset for ever.
my $console = $on->{reset}{console}{reset} // '';
is($on->{reset}{status}, 0, 'a lab with a guest that resets ends with status 0') or diag $on->{reset}{said};
my @boots = $console =~ /^BOOT stolen_ns=(\d+) bss=(\d+)$/mg;
my ($before) = $console =~ /^RESET stolen_ns=(\d+)$/m;
is(@boots, 4, 'the guest that resets boots twice') or diag $console;
is("$boots[1] $boots[3]", '1 1', "a reset restores the guest's memory");
cmp_ok($before // 0, '>', 300_000_000, 'more than 300 ms are stolen from the guest before its reset');
cmp_ok($boots[2], '<', 100_000_000, "the guest's stolen time starts from 0 at its reset");
cmp_ok(ms(vcpu($on->{reset}, 'reset', 0)->{ticks}{elapsed}) + 1000, '<', ms(vcpu($on->{reset}, 'busy', 0)->{ticks}{elapsed}),
	"the ledger of the VM that resets starts from 0, another VM's does not");

# As under our hypervisor (tests/qemu/status.t).
for (['stuck', 'stop', 'a VM with every vCPU off'], ['wfi', 'wfi', 'a VM with every vCPU in WFI and no timer'],
	['suspend', 'suspend', 'a VM with one vCPU suspended, its timer stopped, and one off']) {
	my ($lab, $vm, $how) = @$_;
	is($on->{$lab}{status}, 1, "$how: the status is 1") or diag $on->{host}{out};
	is($on->{$lab}{said}, "pvtime: VM $vm stopped for good without SYSTEM_OFF: each of its vCPUs is off, or waits for an interrupt that cannot come\n",
		"$how: a message says that the VM stopped for good");
}
like($on->{stuck}{console}{busy} // '', qr/^SPIN/m, 'the other VM of a lab with a stuck VM runs to its end');
cmp_ok(ms(vcpu($on->{wfi}, 'wfi', 1)->{ticks}{elapsed}), '<', 2000, 'a stuck VM is detected within two seconds');
is($on->{waits}{status}, 0, 'a VM that waits for its timer, or that --attach names, is not stuck') or diag $on->{waits}{said};
guest_ok('waits', $_) for qw(idle physical);

# R-21, R-22: KVM lets a guest write its structure, or with ports/linux refuses it. This affects
# neither other VMs nor the ledger.
my $mended = $on->{host}{out} =~ /^MENDED$/m;
is($on->{forge}{status}, 0, 'a lab with guests that write their structure ends with status 0') or diag $on->{forge}{said};
my %forged = map { $_ => [($on->{forge}{console}{$_} // '') =~ /^FORGE refused=(\d) before_ns=(\d+) after_ns=(\d+) end_ns=(\d+)$/m] } qw(more less);
is($forged{$_}[0], $mended ? 1 : 0, "$_: a guest's write is refused exactly if the kernel has ports/linux") or diag $on->{host}{out} for qw(more less);
cmp_ok($forged{less}[1] // 0, '>', 50_000_000, 'more than 50 ms are stolen from the guest that writes a smaller number');
my $more = vcpu($on->{forge}, 'more', 0);
cmp_ok($more->{stolen_ns}, '<', 2_000_000_000, "the ledger's stolen time is not the number that the guest wrote");
if ($mended) {
	cmp_ok($forged{$_}[2] // 0, '>=', $forged{$_}[1] // 0, "$_: after a refused write the stolen time has not gone back") for qw(more less);
	cmp_ok($forged{$_}[3] // 'inf', '<', 2_000_000_000, "$_: the number that the guest wrote is in no later value") for qw(more less);
	cmp_ok(vcpu($on->{forge}, $_, 0)->{refused_writes}, '>', 0, "the ledger counts the refused writes of $_") for qw(more less);
	is($on->{forge}{said}, '', 'a refused write causes no message');
} else {
	cmp_ok($forged{more}[2] // 0, '>=', 1 << 60, 'a guest can write a larger stolen time to its structure') or diag $on->{host}{out};
	cmp_ok($forged{less}[2] // 0, '<', $forged{less}[1] // 0, 'a guest can write a smaller stolen time to its structure');
	cmp_ok($more->{published_ns}, '>=', 1 << 60, "the ledger's published time is the number that the guest wrote");
	my ($line) = $on->{forge}{said};
	like($line, qr/^pvtime: VM more wrote to the structure of its vCPU 0, which KVM allows: the structure says \d{19} ns, but \d{1,10} ns were stolen\n\z/,
		'a message names only the VM that wrote a larger stolen time, once');
}
my ($back, $over) = ($on->{forge}{console}{honest} // '') =~ /^STEADY looks=\d+ stolen_ns=\d+ back=(\d+) counter_back=0 over_ns=(\d+)$/m;
is($back, 0, "a third VM's stolen time does not go back while others write theirs");
cmp_ok($over // 'inf', '<', 1000, "a third VM's stolen time never grows by 1 us more than the time that passes");

is($on->{until}{status}, 0, 'a lab with --until ends with status 0') or diag $on->{until}{said};
like($on->{until}{console}{first} // '', qr/^SPIN/m, 'the VM that --until names runs to its end');
cmp_ok(ms(vcpu($on->{until}, 'ever', 0)->{ticks}{elapsed}), '<', 20_000, '--until ends the other VM as well');

is_deeply([$on->{host}{out} =~ /^LAB ever (\d+)/mg], [0, 0], '--seconds and SIGTERM end a lab with status 0');
like($on->{host}{out}, qr/^PRINTED t=0\.5\d* vm=ever vcpu=0 running=[\d.]+ stolen=[\d.]+ blocked=[\d.]+ stolen_ns=\d+ state=\w+$/m,
	'--watch prints the ledger');
like($on->{host}{out}, qr/^CGROUPS <>/m, 'a lab without weights makes no cgroups');
cmp_ok(ms(vcpu($on->{ever}, 'ever', 0)->{ticks}{paused}), '>', 0, 'the vCPU of a lab that SIGTERM ends was paused for some time');

is($on->{killed}{status}, 1, 'the lab of a VMM that is killed has status 1');
is($on->{killed}{said}, "pvtime: the VMM ended of signal 9 (Killed) before the lab was done\n",
	'the message about a VMM that is killed names the signal');

done_testing;
