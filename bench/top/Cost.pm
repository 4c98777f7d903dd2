# SPDX-License-Identifier: BSD-2-Clause
package Cost;

# What bench/top/run has measured: its record, line by line, and the section of docs/performance.md
# that is made of it.
#
#   my $cost = cost_read($text);   # dies if the record is incomplete, and says what is missing
#   print cost_page($cost);

use strict;
use warnings;
use List::Util qw(max);
use Exporter qw(import);

our @EXPORT = qw(cost_read cost_page);

my $per_tick = 4;      # instructions per tick of the counter, as in tests/kvm/Host.pm's icount
my $per_ns   = 0.25;   # instructions per ns
our @tools   = qw(none empty top runqlat perf);
our @thieves = (1, 2, 4, 8);
our @loads   = qw(idle waking);
our @ways    = qw(screen text json);

my %titles = (none => 'no program', empty => 'empty program', top => '`pvtime top`', runqlat => '`runqlat`', perf => '`perf sched record`');
my %load_titles = (idle => 'all vCPUs sleep', waking => 'each vCPU runs once');
my %way_titles = (screen => 'screen, 80x24', text => 'lines', json => '`--json`');

# The record's lines:
#
#   kernel VERSION | version PACKAGE VERSION
#   tool NAME                                   the lines up to the next such line are of this tool
#   turns thieves=N kind=KIND middle=TICKS ...  from bench/top/turns.c
#   messages ticks=TICKS switches=N             from bench/top/messages.c
#   interval load=LOAD way=WAY ns=NS vcpus=N resident=KIB
#                                               CPU time of the process in an interval, on average
#   map name=NAME type=TYPE entries=N key=BYTES value=BYTES
#   memory resident=KIB                         of the process, when there is no VM
sub cost_read
{
	my ($text) = @_;
	my (%cost, $tool);
	for (split /\n/, $text) {
		my %word = /(\w+)=(\S+)/g;
		if (/^kernel (\S+)$/) {
			$cost{kernel} = $1;
		} elsif (/^version (\S+) (\S+)$/) {
			push @{$cost{versions}}, "$1 $2";
		} elsif (/^tool (\w+)$/) {
			$tool = $1;
		} elsif (/^turns thieves=\d+ kind=\w+ middle=/ && defined $tool) {
			$cost{turns}{$tool}{$word{kind}}{$word{thieves}} = $word{middle} * $per_tick;
		} elsif (/^messages ticks=\d+ switches=\d+$/ && defined $tool) {
			$cost{messages}{$tool} = $word{ticks} * $per_tick / $word{switches};
		} elsif (/^interval load=\w+ way=\w+ ns=\d+ vcpus=\d+ resident=\d+$/) {
			$cost{interval}{$word{load}}{$word{way}} = $word{ns} * $per_ns;
			$cost{vcpus} = $word{vcpus};
			$cost{resident} = max($cost{resident} // 0, $word{resident});
		} elsif (/^map name=\S+ type=(?:hash|array) entries=\d+ key=\d+ value=\d+$/) {
			push @{$cost{maps}}, {%word};
		} elsif (/^memory resident=\d+$/) {
			$cost{memory} = {%word};
		} elsif ($_ ne '') {
			die "bench/top: '$_' is not a line of a record\n";
		}
	}
	must_have(\%cost);
	return \%cost;
}

sub must_have
{
	my ($cost) = @_;
	my @missing = grep { !$cost->{$_} } qw(kernel versions maps memory);
	for my $tool (@tools) {
		push @missing, "messages of $tool" if !$cost->{messages}{$tool};
		for my $n (@thieves) {
			push @missing, map { "'$_' of $tool after $n thieves" } grep { !$cost->{turns}{$tool}{$_}{$n} } qw(out in), $n > 1 ? 'other' : ();
		}
	}
	for my $load (@loads) {
		push @missing, map { "interval of $load, $_" } grep { !$cost->{interval}{$load}{$_} } @ways;
	}
	die "bench/top: the record lacks: ", join(', ', @missing), "\n" if @missing;
}

# One kind of switch under one tool.
sub switch
{
	my ($cost, $tool, $kind, $n) = @_;
	return $cost->{turns}{$tool}{$kind}{$n};
}

sub verdict
{
	my ($figure, $goal) = @_;
	return $figure <= $goal ? 'met' : 'missed';
}

sub million { return sprintf '%.1f M', $_[0] / 1e6 }

sub table
{
	my ($head, @rows) = @_;
	return join '', map { '| ' . join(' | ', @$_) . " |\n" } $head, ['---', map { '---:' } 2 .. @$head], @rows;
}

# The rows of switches: a name and what to take of each tool.
sub switch_rows
{
	my ($cost) = @_;
	my @rows = (['between two other threads', 'other', 8], ['a vCPU leaves', 'out', 1], map { ["a vCPU gets the CPU, after $_ " . ($_ == 1 ? 'thief' : 'thieves'), 'in', $_] } @thieves);
	return map {
		my ($title, $kind, $n) = @$_;
		[$title, map { sprintf '%.0f', switch($cost, $_, $kind, $n) } @tools];
	} @rows;
}

sub goal_rows
{
	my ($cost) = @_;
	my $over = sub { switch($cost, 'top', @_) - switch($cost, 'empty', @_) };
	my ($fewest, $most) = @thieves[0, -1];
	my $sum = sub { $cost->{messages}{$_[0]} - $cost->{messages}{none} };
	my @goals = (
		['a switch between two other threads, over the empty program', $over->('other', 8), 60],
		['a switch in which a vCPU leaves, over the empty program', $over->('out', 1), 60],
		['a switch that ends a wait by one thief, over the empty program', $over->('in', 1), 400],
		['each further thief', ($over->('in', $most) - $over->('in', $fewest)) / ($most - $fewest), 200],
	);
	my @rows = map { my ($title, $figure, $goal) = @$_; [$title, sprintf('%.0f', $figure), $goal, verdict($figure, $goal)] } @goals;
	my $share = $sum->('top') / $sum->('perf');
	push @rows, ['in sum, over no program, as a share of what `perf sched record` takes', sprintf('%.2f', $share), '0.50', verdict($share, 0.5)];
	return @rows;
}

# What the kernel allocates for a map, in bytes. Each element of a hash table has a header of 48
# bytes, and each bucket 16 (kernel/bpf/hashtab.c).
sub map_bytes
{
	my ($map) = @_;
	my $up = sub { return int(($_[0] + 7) / 8) * 8 };
	return $map->{entries} * $up->($map->{value}) if $map->{type} ne 'hash';
	my $buckets = 1;
	$buckets *= 2 while $buckets < $map->{entries};
	return $map->{entries} * (48 + $up->($map->{key}) + $up->($map->{value})) + 16 * $buckets;
}

sub map_rows
{
	my ($cost) = @_;
	return map { [$_->{name}, $_->{entries}, $_->{key} + $_->{value}, sprintf '%.0f KiB', map_bytes($_) / 1024] } @{$cost->{maps}};
}

sub cost_page
{
	my ($cost) = @_;
	my $text = <<'END';

## What `pvtime top` costs

`make bench` (`bench/top/run`) measures this on Debian's kernel at EL2 in QEMU, with one CPU and a counter that counts
instructions, all in one run. It makes this section of `bench/top/record`. A thread, which may be a vCPU's, wakes real-time threads,
which take turns on the CPU, and then it goes on (`bench/top/turns.c`). Instructions of a context switch, from the last one of the
thread that leaves before its system call to the first one of the next thread:

END
	$text .= table(['switch', map { $titles{$_} } @tools], switch_rows($cost));
	$text .= <<'END';

In sum: two threads send each other bytes, and one of them is a vCPU's, so that every second switch ends a wait of it
(`bench/top/messages.c`). Instructions of everything that the machine does, the tools' own processes too, for each switch:

END
	$text .= table(['', map { $titles{$_} } @tools], ['a switch, in sum', map { sprintf '%.0f', $cost->{messages}{$_} } @tools]);
	$text .= "\n" . table(['goal', 'figure', 'at most', ''], goal_rows($cost));
	$text .= <<"END";

An interval of a second on a host with $cost->{vcpus} threads of vCPUs, four in each VM (`bench/top/vms.c`): the instructions of the
process `pvtime top`, in user space and in the kernel. The goal is at most 10 M.

END
	$text .= table(['the host', map { $way_titles{$_} } @ways],
		map { my $load = $_; [$load_titles{$load}, map { my $n = $cost->{interval}{$load}{$_}; million($n) . ', ' . verdict($n, 1e7) } @ways] } @loads);
	my $sum = 0;
	$sum += map_bytes($_) for @{$cost->{maps}};
	$text .= "\nThe maps are allocated when the program is loaded, and never grow:\n\n";
	$text .= table(['map', 'elements', 'bytes of key and value', 'memory'], map_rows($cost));
	$text .= sprintf "\nIn sum %.1f MiB. `rings` has an element for each CPU that the host can have; this one has one. Without VMs, %.1f MiB of the\n" .
		"process are resident, and with the %d vCPUs at most %.1f MiB.\n", $sum / 1048576, $cost->{memory}{resident} / 1024, $cost->{vcpus}, $cost->{resident} / 1024;
	$text .= "\nLinux $cost->{kernel}, " . join(', ', @{$cost->{versions}}) . ".\n";
	return $text;
}

1;
