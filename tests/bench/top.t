#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: bench/top/run makes its page of a record of figures, says which goals are met, and rejects a
# record that is incomplete. The page in docs/performance.md is that of the stored record.

use strict;
use warnings;
use File::Basename qw(dirname);
use FindBin;
use lib "$FindBin::Bin/..", "$FindBin::Bin/../../bench/top";
use Cost;
use Shared;
use Test::More;

my $root = dirname(__FILE__) . '/../..';

# A record in which `top` takes given numbers of instructions more than the empty program.
sub record
{
	my (%more) = (other => 60, out => 60, in => 400, further => 200, sum => 500, interval => 1e7, @_);
	my $text = "kernel 6.1\nversion linux-perf 6.1.1\n";
	for my $tool (@Cost::tools) {
		my $base = {none => 2000, empty => 2100, top => 2100, runqlat => 4000, perf => 6000}->{$tool};
		$text .= "tool $tool\n";
		for my $n (@Cost::thieves) {
			my %cost = (other => $more{other}, out => $more{out}, in => $more{in} + ($n - 1) * $more{further});
			$text .= "turns thieves=$n kind=$_ middle=" . ($base + ($tool eq 'top' ? $cost{$_} : 0)) / 4 . " mean=9999 n=10\n" for sort keys %cost;
		}
		my $sum = {top => $more{sum}, perf => 1000}->{$tool} // 0;
		$text .= 'messages ticks=' . (8000 + $sum) * 1000 / 4 . " switches=1000\n";
	}
	$text .= "map name=a.bss type=array entries=1 key=4 value=1024\nmap name=cells type=hash entries=100 key=16 value=32\nmemory resident=1024\n";
	for my $load (@Cost::loads) {
		$text .= "interval load=$load way=$_ ns=" . $more{interval} * 4 . " vcpus=2000 resident=3072\n" for @Cost::ways;
	}
	return $text;
}

sub page { return cost_page(cost_read(record(@_))) }
sub goals { return [map { [/\| ([\d.]+) \| ([\d.]+) \| (met|missed) \|$/] } grep { /\| (?:met|missed) \|$/ } split /\n/, page(@_)] }

is_deeply(goals(), [[60, 60, 'met'], [60, 60, 'met'], [400, 400, 'met'], [200, 200, 'met'], ['0.50', '0.50', 'met']], 'figures that equal the goals meet them');
is_deeply(goals(other => 61, out => 62, in => 401, further => 201, sum => 520),
	[[61, 60, 'missed'], [62, 60, 'missed'], [401, 400, 'missed'], [201, 200, 'missed'], ['0.52', '0.50', 'missed']], 'figures above the goals miss them');
like(page(), qr/^\| between two other threads \| 2000 \| 2100 \| 2160 \| 4000 \| 6000 \|$/m, 'a switch has a figure for each tool');
like(page(), qr/^\| a vCPU gets the CPU, after 8 thieves \| 2000 \| 2100 \| 3900 \| 4000 \| 6000 \|$/m, 'a wait by eight thieves has a figure for each tool');
like(page(), qr/^\| a switch, in sum \| 8000 \| 8000 \| 8500 \| 8000 \| 9000 \|$/m, 'the sum has a figure for each tool');
like(page(), qr/^\| all vCPUs sleep(?: \| 10\.0 M, met){3} \|$/m, 'an interval of ten million instructions meets the goal');
like(page(interval => 10_100_000), qr/^\| each vCPU runs once(?: \| 10\.1 M, missed){3} \|$/m, 'an interval of more misses the goal');
# 100 x (48 + 16 + 32) + 128 x 16 bytes, and 1024 bytes.
like(page(), qr/^\| cells \| 100 \| 48 \| 11 KiB \|$/m, "a hash table's memory has its elements and its buckets");
like(page(), qr/^In sum 0\.0 MiB\. .*, 1\.0 MiB of the\nprocess are resident, and with the 2000 vCPUs at most 3\.0 MiB\.$/m, 'the memory is stated');
like(page(), qr/^Linux 6\.1, linux-perf 6\.1\.1\.$/m, 'the page has the versions');

sub fails
{
	my ($text, $want, $name) = @_;
	eval { cost_read($text) };
	is($@, "bench/top: $want\n", $name);
}
fails(record() =~ s/^tool perf\n.*?^messages .*?\n//msr, 'the record lacks: messages of perf, ' . join(', ', map { my $n = $_; map { "'$_' of perf after $n thieves" } qw(out in), $n > 1 ? 'other' : () } 1, 2, 4, 8),
	'a record without a tool is rejected, with a list of what it lacks');
fails(record() =~ s/^interval load=idle way=json .*\n//mr, 'the record lacks: interval of idle, json', 'a record without an interval is rejected');
fails(record() =~ s/^(?:map|memory) .*\n//mgr, 'the record lacks: maps, memory', 'a record without the memory is rejected');
fails(record() . "turns thieves=1 kind=in\n", "'turns thieves=1 kind=in' is not a line of a record", 'a line that is torn is rejected');

# The stored record, and the page that has been made of it.
my ($section) = slurp("$root/docs/performance.md") =~ /^(\n## What `pvtime top` costs\n.*)\z/ms;
is($section, scalar `$root/bench/top/run --from $root/bench/top/record`, 'docs/performance.md ends with the page of bench/top/record');

my $programs = slurp("$build/bpf/top.skel.h") . slurp("$build/bpf/guest.skel.h");
is_deeply([sort slurp("$root/bench/top/record") =~ /^map name=(\S+)/mg], [sort map { substr $_, 0, 15 } $programs =~ /->name = "([^"]+)";\n\s*\S+->map/g],
	'the stored record has the maps of the programs');

my ($status, $out, $err) = run_command("$root/bench/top/run", '--what');
is("$out$err", "usage: bench/top/run [--record FILE | --from FILE]\n", 'an unknown option is rejected');
isnt($status, 0, 'an unknown option gives a status other than 0');

done_testing;
