# SPDX-License-Identifier: BSD-2-Clause
package ProfileTrace;

# Counts what EL2 executed, from QEMU's log of each instruction (-d exec,int, one instruction for
# each TB) and the disassembly of the hypervisor. A visit is from an exception to EL2 to the ERET
# out of it. A trip is all visits, on all CPUs, from one exception of a chosen kind to the next that
# the same instruction of the guest causes, or for interrupts to the next interrupt. A line of an
# unknown form is an error, so that nothing is left out of a count.

use strict;
use warnings;
use Digest::MD5 qw(md5);
use Exporter qw(import);
use List::Util qw(max);

our @EXPORT_OK = qw(plain_name read_code new_trace feed enough usual_trip count_trip);

# ESR_ELx.EC (DDI 0487, D17.2.37) of a guest's traps. A trapped register access is also named by its
# encoding.
my %class = (0x01 => 'WFx', 0x07 => 'FP', 0x15 => 'SVC', 0x16 => 'HVC', 0x17 => 'SMC', 0x18 => 'sysreg', 0x19 => 'SVE',
	0x20 => 'instruction abort', 0x24 => 'data abort');

# A function's name without the suffixes that the compiler adds to copies.
sub plain_name
{
	my ($name) = @_;
	return $name =~ s/(?:\.(?:constprop|isra|part|cold|lto_priv)(?:\.\d+)?)+$//r;
}

# Read lines of `objdump -d`. Returns {address => [function, mnemonic, operands]} and {function =>
# address}. Several copies of a function (static ones of a header, .constprop.0) count as one.
sub read_code
{
	my ($next) = @_;
	my (%code, %start, $function);
	while (defined(my $line = $next->())) {
		if ($line =~ /^([0-9a-f]{8,16}) <([^>]+)>:$/) {
			my $address = hex $1;
			$function = plain_name($2);
			$start{$function} = $address;
		} elsif (defined $function && $line =~ /^\s*([0-9a-f]+):\t(?:(?:[0-9a-f]{8}|[0-9a-f]{2}(?: [0-9a-f]{2}){3}) *\t)?(\S+)(?:\t([^\/]*))?/) {
			my ($address, $mnemonic, $operands) = ($1, $2, $3 // '');
			$operands =~ s/\s+$//;
			$code{hex $address} = [$function, $mnemonic, $operands];
		}
	}
	return (\%code, \%start);
}

# base: where the disassembly's address 0 is in memory. anchor: which kinds of visit begin a trip.
sub new_trace
{
	my (%how) = @_;
	return {
		code => $how{code}, base => $how{base}, vectors => $how{vectors}, anchor => $how{anchor},
		line => 0, cpu => 0, # of the last instruction or exception
		open => {},	 # CPU => the visit that it is in
		kinds => {},	 # kind of visit => number
		series => {},	 # what begins a trip => see begin_trip()
	};
}

sub wrong
{
	my ($t, $what) = @_;
	die "line $t->{line}: $what\n";
}

# Take one line of the log.
sub feed
{
	my ($t, $text) = @_;
	$t->{line}++;
	if ($text =~ m{^Trace (\d+): 0x[0-9a-f]+ \[[0-9a-f]+/([0-9a-f]+)/[0-9a-f]+/[0-9a-f]+\] ?\S*$}) {
		$t->{cpu} = $1;
		my $visit = $t->{open}{$1} or return; # the guest's, or of a visit begun before the log
		push @{$visit->{pcs}}, hex($2) - $t->{base};
	} elsif ($text =~ /^Taking exception \d+ \[([^\]]+)\] on CPU (\d+)$/) {
		$t->{cpu} = $2;
		$t->{exception} = {name => $1};
	} elsif ($text =~ /^\.\.\./) {
		exception_detail($t, $text);
	} elsif ($text =~ /^Exception return from AArch\d+ EL(\d) to AArch\d+ EL(\d)/) {
		leave($t) if $1 == 2 && $2 < 2;
	} elsif ($text =~ /^Linking TBs /) {
		return;
	} elsif ($text =~ /^Stopped execution of TB chain before 0x[0-9a-f]+ \[([0-9a-f]+)\]/
		|| $text =~ /^cpu_io_recompile: rewound execution of TB to ([0-9a-f]+)$/) {
		# The instruction was logged but not executed; it is logged again when it is
		# executed.
		my $visit = $t->{open}{$t->{cpu}} or return;
		pop @{$visit->{pcs}} if @{$visit->{pcs}} && $visit->{pcs}[-1] == hex($1) - $t->{base};
	} else {
		wrong($t, 'not a line of a log of -d exec,int: ' . substr $text, 0, 60);
	}
	return;
}

sub exception_detail
{
	my ($t, $text) = @_;
	my $e = $t->{exception} or return;
	if ($text =~ /^\.\.\.from EL(\d) to EL(\d)$/) {
		@$e{qw(from to)} = ($1, $2);
	} elsif ($text =~ m{^\.\.\.with ESR 0x[0-9a-f]+/0x([0-9a-f]+)$}) {
		$e->{esr} = hex $1;
	} elsif ($text =~ /^\.\.\.with ELR 0x([0-9a-f]+)$/) {
		$e->{elr} = $1;
	} elsif ($text =~ /^\.\.\.to EL2 PC 0x([0-9a-f]+)/) {
		enter($t, $e, hex $1);
	}
	return;
}

sub kind_of
{
	my ($e) = @_;
	my $name = $e->{name};
	return $name if $name =~ /^(?:V?IRQ|V?FIQ|V?SERR|SError)/i || !defined $e->{esr};
	my ($ec, $iss) = ($e->{esr} >> 26, $e->{esr} & 0x1ffffff);
	my $kind = $class{$ec} // sprintf 'EC 0x%02x', $ec;
	$kind .= sprintf ' %s S%d_%d_C%d_C%d_%d', $iss & 1 ? 'read' : 'write', $iss >> 20 & 3, $iss >> 14 & 7, $iss >> 10 & 15,
		$iss >> 1 & 15, $iss >> 17 & 7 if $ec == 0x18;
	$kind .= $iss & 1 << 6 ? ' write' : ' read' if $ec == 0x24;
	$kind = ('WFI', 'WFE')[$iss & 1] if $ec == 0x01;
	return $kind;
}

sub enter
{
	my ($t, $e, $pc) = @_;
	my $at = $pc - $t->{base};
	wrong($t, sprintf 'the vectors are not at 0x%x, where the image was taken to be: EL2 is entered at 0x%x',
		$t->{vectors} + $t->{base}, $pc) if ($at & ~0x7ff) != $t->{vectors};
	wrong($t, 'an exception from EL2 itself') if $e->{from} == 2;
	my $visit = {cpu => $t->{cpu}, kind => kind_of($e), vector => $at, pcs => []};
	$t->{kinds}{$visit->{kind}}++;
	$t->{open}{$t->{cpu}} = $visit;
	begin_trip($t, $visit->{kind} . ($visit->{kind} eq 'IRQ' ? '' : " at $e->{elr}")) if $visit->{kind} =~ $t->{anchor};
	push @{$_->{trip}}, $visit for values %{$t->{series}};
	delete $t->{exception};
	return;
}

sub leave
{
	my ($t) = @_;
	my $visit = delete $t->{open}{$t->{cpu}} or return;
	$visit->{whole} = @{$visit->{pcs}} && $visit->{pcs}[0] == $visit->{vector};
	return;
}

# Trips that begin alike are a series. It has the visits of the current trip, the earlier trips by
# their digest, and their lengths in order.
sub begin_trip
{
	my ($t, $key) = @_;
	my $series = $t->{series}{$key} //= {trips => {}, lengths => [], last => '', row => 0, longest_row => 0, most_alike => 0};
	end_trip($series) if $series->{trip};
	$series->{trip} = [];
	return;
}

# A trip does not count if one of its visits did not end, or was not logged from its vector on.
sub end_trip
{
	my ($series) = @_;
	my $trip = $series->{trip};
	return if grep { !$_->{whole} } @$trip;
	my $digest = md5(map { ("$_->{kind} $_->{cpu}", pack 'Q*', @{$_->{pcs}}) } @$trip);
	my $same = $series->{trips}{$digest} //= {visits => $trip, count => 0, instructions => instructions($trip)};
	$same->{count}++;
	push @{$series->{lengths}}, $same->{instructions};
	$series->{row} = $series->{last} eq $digest ? $series->{row} + 1 : 1;
	$series->{last} = $digest;
	$series->{longest_row} = max($series->{longest_row}, $series->{row});
	$series->{most_alike} = max($series->{most_alike}, $same->{count});
	return;
}

# Whether a trip has occurred often enough, in all or in a row.
sub enough
{
	my ($t, $alike, $in_a_row) = @_;
	return grep { $in_a_row ? $_->{longest_row} >= $alike : $_->{most_alike} >= $alike } values %{$t->{series}};
}

sub instructions
{
	my ($trip) = @_;
	my $n = 0;
	$n += @{$_->{pcs}} for @$trip;
	return $n;
}

# The most common trip of the most common beginning; of several, the one nearest to the median.
# undef: there is no trip.
sub usual_trip
{
	my ($t) = @_;
	my ($key) = sort { $t->{series}{$b}{most_alike} <=> $t->{series}{$a}{most_alike} || $a cmp $b } keys %{$t->{series}};
	my $series = $t->{series}{$key // ''} // {lengths => []};
	my @lengths = sort { $a <=> $b } @{$series->{lengths}} or return;
	my $median = $lengths[$#lengths / 2];
	my ($usual) = sort { $b->{count} <=> $a->{count} || abs($a->{instructions} - $median) <=> abs($b->{instructions} - $median)
		|| $a->{instructions} <=> $b->{instructions} } values %{$series->{trips}};
	return {%$usual, trips => scalar @lengths, least => $lengths[0], median => $median, most => $lengths[-1]};
}

# The counter's name for an instruction, and the system register that it accesses.
sub classify
{
	my ($mnemonic, $operands) = @_;
	return 'eret' if $mnemonic =~ /^eret/;
	return $mnemonic if $mnemonic =~ /^(?:isb|dsb|dmb|tlbi|at|wfi|wfe)$/;
	return 'ic_dc' if $mnemonic =~ /^[id]c$/;
	if ($mnemonic eq 'msr') {
		my ($register, $value) = split /,\s*/, $operands;
		return $value =~ /^#/ ? 'pstate' : ('sysreg_writes', lc $register);
	}
	return 'sysreg_reads', lc((split /,\s*/, $operands)[1]) if $mnemonic eq 'mrs';
	return 'exclusives' if $mnemonic =~ /^(?:lda?x|stl?x)[rp]/;
	return 'atomics' if $mnemonic =~ /^(?:casp?|swp|(?:ld|st)(?:add|clr|eor|set|smax|smin|umax|umin))a?l?[bh]?$/;
	return 'loads' if $mnemonic =~ /^ld/;
	return 'stores' if $mnemonic =~ /^st/;
	return '';
}

our @COUNTERS = qw(eret isb dsb dmb sysreg_writes sysreg_reads pstate tlbi ic_dc at wfi wfe exclusives atomics loads stores);

my $branch = qr/^(?:b|b\..*|bl|br|blr|ret|cbn?z|tbn?z|(?:bl?r|ret)a[ab]z?)$/;

# All counts of a trip.
sub count_trip
{
	my ($t, $trip) = @_;
	my %n = (instructions => 0, exceptions => scalar @{$trip->{visits}}, branches_taken => 0, map { $_ => 0 } @COUNTERS);
	my (%functions, %files, %registers, @visits);
	for my $visit (@{$trip->{visits}}) {
		my $before;
		for my $pc (@{$visit->{pcs}}) {
			my $insn = $t->{code}{$pc} or die sprintf "EL2 executed 0x%x, where the hypervisor has no instruction\n", $pc + $t->{base};
			my ($function, $mnemonic, $operands, $file) = @$insn;
			$n{instructions}++;
			$functions{$function}++;
			$files{$file // 'assembly'}++;
			my ($what, $register) = classify($mnemonic, $operands);
			$n{$what}++ if $what ne '';
			$registers{$register}++ if defined $register;
			$n{branches_taken}++ if defined $before && $pc != $before + 4;
			die sprintf "EL2 executed 0x%x after 0x%x, which is not a branch: the log lacks instructions\n",
				map { $_ + $t->{base} } $pc, $before
				if defined $before && $pc != $before + 4 && $t->{code}{$before}[1] !~ $branch;
			$before = $pc;
		}
		die sprintf "EL2 was left at 0x%x, which is not an ERET: the log lacks instructions\n", $before + $t->{base}
			if $t->{code}{$before}[1] !~ /^eret/;
		push @visits, {kind => $visit->{kind}, cpu => 0 + $visit->{cpu}, instructions => scalar @{$visit->{pcs}}};
	}
	return {%n, functions => \%functions, files => \%files, registers => \%registers, visits => \@visits, alike => $trip->{count},
		map { $_ => $trip->{$_} } qw(trips least median most)};
}

1;
