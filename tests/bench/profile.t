#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: bench/profile counts exactly the instructions in a log, and rejects a log that it cannot
# interpret, with one line of message.

use strict;
use warnings;
use File::Basename qw(dirname);
use FindBin;
use lib "$FindBin::Bin/..";
use Shared;
use Test::More;

my $profile = dirname(__FILE__) . '/../../bench/profile';
delete $ENV{CROSS};

# A disassembly as objdump -d prints it, partly with the instructions' encodings, which
# bench/profile ignores.
my $code = spew("$tmp/code", <<'END');

hypervisor.elf:     file format elf64-littleaarch64


Disassembly of section .text:

0000000000000800 <vectors>:
	...
 c00:	a9bf07e0 	stp	x0, x1, [sp, #-16]!
 c04:	14000103 	b	1010 <guest_exit>
	...
 c80:	a9bf07e0 	stp	x0, x1, [sp, #-16]!
 c84:	140000e3 	b	1010 <guest_exit>

0000000000001010 <guest_exit>:
    1010:	mrs	x0, esr_el2
    1014:	mrs	x1, elr_el2
    1018:	bl	1100 <helper>
    101c:	cbz	x0, 1024 <guest_exit+0x14>
    1020:	bl	1200 <helper.constprop.0>
    1024:	msr	elr_el2, x1	// a remark, x9
    1028:	isb
    102c:	ldp	x0, x1, [sp], #16
    1030:	eret

0000000000001100 <helper>:
    1100:	ldaxr	w2, [x3]
    1104:	stlxr	w4, w2, [x3]
    1108:	cbnz	w4, 1100 <helper>
    110c:	ret

0000000000001200 <helper.constprop.0>:
    1200:	msr	daifset, #0x2
    1204:	msr	s3_4_c12_c8_0, x2
    1208:	msr	S3_4_C12_C8_0, xzr
    120c:	dsb	ish
    1210:	tlbi	vmalle1is
    1214:	dc	civac, x1
    1218:	ic	iallu
    121c:	dmb	ishld
    1220:	casal	x1, x2, [x3]
    1224:	ldaddal	x1, x2, [x3]
    1228:	ldar	x1, [x3]
    122c:	stxrb	w1, w2, [x3]
    1230:	ret
END

use constant BASE => 0x40200000;

sub executed { return map { sprintf "Trace %d: 0x7f61 [0000000000000000/%016x/00000061/ff020201] \n", $_[0], $_ + BASE } @_[1 .. $#_] }
sub hvc { return exception($_[0], '11 [Hypervisor Call]', '0x16/0x5a000000', 0xc00) }
sub irq { return exception($_[0], '5 [IRQ]', '0x16/0x5a000000', 0xc80) }
sub to_guest { return "Exception return from AArch64 EL2 to AArch64 EL1 PC 0x408002e4\n" }
sub exception
{
	my ($cpu, $what, $esr, $entry) = @_;
	return ("Taking exception $what on CPU $cpu\n", "...from EL1 to EL2\n", "...with ESR $esr\n", "...with ELR 0x408002e4\n",
		sprintf "...to EL2 PC 0x%x PSTATE 0x3c9\n", $entry + BASE);
}

my @helper = (0x1100, 0x1104, 0x1108, 0x110c);
my @end = (0x1024, 0x1028, 0x102c, 0x1030);
my @short = (0xc00, 0xc04, 0x1010, 0x1014, 0x1018, @helper, 0x101c, @end);
my @long = (0xc00, 0xc04, 0x1010, 0x1014, 0x1018, @helper, 0x101c, 0x1020, (map { 0x1200 + 4 * $_ } 0 .. 12), @end);
my @timer = (0xc80, 0xc84, @short[2 .. $#short]);

sub visit { return (hvc(0), executed(0, @_), to_guest()) }

# run(LINES, ARGUMENTS...): run bench/profile on a log: (status, standard output, standard error,
# the JSON).
sub run
{
	my ($lines, @arguments) = @_;
	unlink "$tmp/json";
	spew("$tmp/trace", join '', @$lines);
	@arguments = ('--trace', "$tmp/trace", '--disassembly', $code, '--json', "$tmp/json", @arguments);
	my @ran = run_command($profile, @arguments);
	return (@ran, -e "$tmp/json" ? read_json('profile', slurp("$tmp/json"))->{paths}{trace} : undef);
}

# Two round trips, and parts of the log that must not count: the guest's own instructions and
# exceptions; a visit that began before the log; instructions that were logged and rewound; and the
# last visit, as the log does not show the end of its trip.
{
	my @trip = visit(@long);
	my @rewound = (hvc(0), executed(0, @long[0 .. 5]), "cpu_io_recompile: rewound execution of TB to 0000000040201100\n",
		executed(0, @long[5 .. 8]), "Stopped execution of TB chain before 0x7f61 [000000004020110c] \n",
		executed(0, @long[8 .. $#long]), to_guest());
	my ($status, $out, $err, $n) = run([executed(0, @end), to_guest(), executed(0, 0x600000), @trip, executed(0, 0x600000, 0x600004),
		"Taking exception 5 [IRQ] on CPU 0\n", "...from EL1 to EL1\n", "...with ESR 0x0/0x0\n", "...to EL1 PC 0x600280 PSTATE 0x3c5\n",
		"Exception return from AArch64 EL1 to AArch64 EL0 PC 0x600300\n", "Linking TBs 0x7f61 index 0 -> 0x7f62\n", @rewound,
		hvc(0), executed(0, @long)]);
	is("$status$err", '0', 'a log of two round trips gives status 0 and no message');
	my %want = (instructions => 28, exceptions => 1, eret => 1, isb => 1, dsb => 1, dmb => 1, sysreg_reads => 2, sysreg_writes => 3,
		pstate => 1, tlbi => 1, ic_dc => 2, at => 0, exclusives => 3, atomics => 2, loads => 2, stores => 1, wfi => 0, wfe => 0,
		branches_taken => 5, trips => 2, alike => 2, least => 28, median => 28, most => 28);
	is_deeply({map { $_ => $n->{$_} } keys %want}, \%want, 'every counter has the number of one round trip') or diag explain $n;
	is_deeply($n->{functions}, {vectors => 2, guest_exit => 9, helper => 17}, 'the counts by function add up the variants of a function');
	is_deeply($n->{registers}, {esr_el2 => 1, elr_el2 => 2, 's3_4_c12_c8_0' => 2}, 'the counts by register are those of one round trip');
	is_deeply($n->{visits}, [{kind => 'HVC', cpu => 0, instructions => 28}], 'the profile has one visit');
	like($out, qr/^trace: 28 instructions at EL2; 2 of 2 round trips alike/, 'the output has the number of instructions and of equal round trips');
	like($out, qr/helper 17, guest_exit 9, vectors 2/, 'the output sorts functions by their number of instructions');
	unlike($out, qr/civac/, 'there is no listing without --listing');
	my (undef, $listing) = run([@trip, hvc(0)], '--listing');
	is(scalar(() = $listing =~ /^ +[0-9a-f]+  \S+/mg), 28, '--listing prints each instruction');
	like($listing, qr/  helper:\n +1200  msr     daifset, #0x2\n/, '--listing has a heading for each function');
}

# The choice of one round trip among several.
{
	my ($status, undef, undef, $n) = run([visit(@long), visit(@short), visit(@short), visit(@long), visit(@short), hvc(0)]);
	is_deeply([@$n{qw(instructions alike trips least median most)}], [14, 3, 5, 14, 14, 28], 'the counts are those of the most common round trip');
	my @again = (@short[0 .. 4], @helper[0 .. 2]);
	(undef, undef, undef, $n) = run([visit(@short), visit(@again, @short[5 .. $#short]), visit(@short),
		visit(@again, @helper[0 .. 2], @short[5 .. $#short]), visit(@long), hvc(0)]);
	is_deeply([@$n{qw(instructions alike trips least median most)}], [14, 2, 5, 14, 17, 28], 'the counts are those of the most common round trip if it is not the median');
	(undef, undef, undef, $n) = run([visit(@long), visit(@short), visit(@short), visit(@long), visit(@long), visit(@short),
		hvc(0), executed(0, @long), irq(0), executed(0, @timer), to_guest(), hvc(0)]);
	is($n->{trips}, 6, 'a visit that another exception interrupts does not count as a round trip');
}

# --anchor, and the visits and CPUs in a round trip.
{
	my @pair = (hvc(0), executed(0, @short), to_guest(), irq(1), executed(1, @timer[0 .. 4]),
		"Exception return from AArch64 EL1 to AArch64 EL0 PC 0x600300\n", hvc(0), executed(0, @short), to_guest(),
		executed(1, @timer[5 .. $#timer]), to_guest());
	my ($status, $out, $err, $n) = run([@pair, @pair, @pair], '--anchor', '^IRQ');
	is($err, '', 'a log of two CPUs in turn causes no message');
	is_deeply($n->{visits}, [map { {kind => $_->[0], cpu => $_->[1], instructions => 14} } ['IRQ', 1], ['HVC', 0], ['HVC', 0]],
		'a round trip from one interrupt to the next has the visits of both CPUs');
	is($n->{instructions}, 42, 'the instructions of both CPUs are counted');
	like($out, qr/^  IRQ: 14 on CPU 1, HVC: 14, HVC: 14$/m, 'the output has the visits of a round trip, with CPU 1 named');
}

# A visit from another place in the guest belongs to a round trip, and does not begin one.
{
	my @other = map { s/ELR 0x408002e4/ELR 0x40800400/r } visit(@short);
	my ($status, $out, $err, $n) = run([(visit(@long), @other) x 3]);
	is_deeply([map { $_->{instructions} } @{$n->{visits}}], [28, 14], 'a round trip ends where the guest reaches the same place again');
	(undef, undef, undef, $n) = run([@other, (visit(@long), @other) x 3]);
	is_deeply([map { $_->{instructions} } @{$n->{visits}}], [14, 28], 'round trips begin at the place from which most are alike');
}

# Kinds of exception: the syndrome of a trap names its kind; that of an interrupt is stale and must
# be ignored.
for my $case (
	['13 [Secure Monitor Call]', '0x17/0x5e000000', 'SMC'], ['1 [Undefined Instruction]', '0x1/0x7e00000', 'WFI'],
	['1 [Undefined Instruction]', '0x1/0x7e00001', 'WFE'],
	['1 [Undefined Instruction]', '0x18/0x62320001', 'sysreg read S3_0_C0_C0_1'],
	['1 [Undefined Instruction]', '0x18/0x623a3016', 'sysreg write S3_0_C12_C11_5'],
	['4 [Data Abort]', '0x24/0x93810007', 'data abort read'], ['4 [Data Abort]', '0x24/0x93810047', 'data abort write'],
	['1 [Undefined Instruction]', '0x3f/0xfe000000', 'EC 0x3f'], ['5 [IRQ]', '0x24/0x93810047', 'IRQ'],
) {
	my ($what, $esr, $kind) = @$case;
	my @trip = (exception(0, $what, $esr, 0xc00), executed(0, @short), to_guest());
	my (undef, undef, undef, $n) = run([@trip, @trip]);
	is($n->{visits}[0]{kind}, $kind, "an exception '$what' with ESR $esr is of the kind '$kind'");
}

# Wrong logs.
my @missing = grep { !/020100c/ } my @trip = visit(@short);
for my $case (
	['garbage', [@trip, "Trace 0: garbage\n", @trip, @trip], qr/trace: line 21: not a line of a log .*: Trace 0: garbage$/],
	['an empty line', [@trip, "\n", @trip], qr/line 21: not a line of a log/],
	['an unknown instruction', [(visit(@short[0 .. 4], 0x5000, @short[5 .. $#short])) x 2], qr/EL2 executed 0x40205000, where/],
	['a missing instruction', [(visit(@short[0 .. 2, 4 .. $#short])) x 2], qr/0x40201018 after 0x40201010, which is not a branch/],
	['a missing ERET', [(visit(@short[0 .. $#short - 1])) x 2], qr/left at 0x4020102c, which is not an ERET/],
	['a missing vector', [(visit(@short[1 .. $#short])) x 3], qr/no complete round trip/],
	['another base', [map { s/40200c00/40600c00/r } @trip], qr/line 5: the vectors are not at 0x40200800.* entered at 0x40600c00/],
	['an exception from EL2', [hvc(0), executed(0, @short), map { s/from EL1/from EL2/r } irq(0)], qr/an exception from EL2 itself/],
	['a line cut short', [@trip, @trip, 'Trace 0: 0x7f'], qr/ends in the middle of line 41/],
	['an empty log', [], qr/no complete round trip/],
	['one trip without its end', [@trip], qr/no complete round trip/],
) {
	my ($name, $lines, $want) = @$case;
	my ($status, $out, $err, $n) = run($lines);
	is($status, 2, "$name: the status is 2");
	like($err, qr/^profile: [^\n]*\n\z/, "$name: the message has one line");
	like($err, $want, "$name: the message says why");
	ok(!defined $n && $out eq '', "$name: no counts are printed");
}

# A log of a hypervisor that was loaded at another address.
{
	my ($status, undef, $err) = run([map { s/4020/4060/gr } (visit(@short)) x 2], '--base', '0x40600000');
	is("$status$err", '0', '--base accepts a log of a hypervisor at another address');
}

# The command line.
sub command { return run_command('sh', '-c', "'$profile' @_") }

spew("$tmp/trace", join '', visit(@short), visit(@short));
spew("$tmp/empty", '');
for my $case (
	['a missing trace', "--trace $tmp/none --disassembly $code", qr/none: No such file/],
	['a missing disassembly', "--trace $tmp/trace --disassembly $tmp/none", qr/none: No such file/],
	['--trace without --disassembly', "--trace $tmp/trace", qr/--trace needs --disassembly/],
	['an empty disassembly', "--trace $tmp/trace --disassembly $tmp/empty", qr/empty: not a disassembly of the hypervisor/],
	['a bad anchor', "--trace $tmp/trace --disassembly $code --anchor '('", qr/--anchor/],
	['a bad base', "--trace $tmp/trace --disassembly $code --base here", qr/--base: 'here'/],
	['a JSON file in a missing directory', "--trace $tmp/trace --disassembly $code --json $tmp/none/x", qr/none\/x: No such file/],
	['an unknown option', '--wotch', qr/wotch.*--help/],
	['an unknown path', 'nowhere', qr/'nowhere' is not a path; --list/],
	['a missing hypervisor', "--build $tmp idreg", qr/hypervisor\.elf: No such file.*make/],
	['a missing guest', "--build $build --guest $tmp/none idreg", qr/none: No such file/],
	['a hypervisor that is not an ELF file', "--hypervisor $tmp/empty idreg", qr/empty: not an ELF file/],
) {
	my ($name, $arguments, $want) = @$case;
	my ($status, $out, $err) = command($arguments);
	is($status, 2, "$name: the status is 2");
	like($err, qr/^profile: [^\n]*\n\z/, "$name: the message has one line");
	like($err, $want, "$name: the message says why");
}
{
	my ($status, $out, $err) = command('--help');
	ok($status == 0 && $err eq '' && $out =~ /^usage: profile .*--hypervisor FILE/ms, 'profile --help prints the usage');
	($status, $out, $err) = command('--list');
	ok($status == 0 && $err eq '' && $out =~ /^idreg$/m, 'profile --list prints the paths');
}

done_testing;
