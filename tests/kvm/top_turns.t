#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime top` and a wait with more turns of others than it keeps: the last ones have thieves,
# and what was before them is unattributed, by the program's own count. The host's time is the
# number of instructions, so that a run does not depend on this machine's load.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use List::Util qw(sum0);
use Test::More;
use Top;

# An interval that ends amid a wait charges what it has so far. So the intervals are long, and the
# turns are within one of them: the VM is stopped until an interval has begun.
my $script = <<'END';
watch 2
fast_vm alpha 1 0; a=$(vcpu $alpha)
still begin $alpha
go $alpha $a 10
top_thief turns 600 500
still end $alpha
echo "VCPU $a"
kill $top
END

my $seen = top_run(script => $script, truths => [qw(top_vm top_thief)], icount => 1, cpus => 2, limit_s => 250, least => 3);
my ($a) = $seen->{out} =~ /^VCPU (\d+)$/m or BAIL_OUT('no vCPU');
my ($all, $last) = map { (took($_))[0][1] } qw(turns last);
my $s = shown('begin', 'end', $a);
note explain $s;
is($s->{stolen_ns}, grown('begin', 'end', $a, 1), 'the stolen time is what run_delay has grown by, to the nanosecond');
is(scalar(grep { $_->{thread} == $a && $_->{stolen_ns} > 100_000_000 } @{$seen->{vcpus}}), 1, 'all turns are in one interval');
# Its way to the CPU is beside them: an idle CPU may be up to a tick late.
near($s->{stolen_ns} - $s->{causes}{idle}, $all, $s->{stolen_ns}, '600 turns of two threads: all of them');
near(sum0(map { $s->{threads}{$_} } grep { /^process/ } keys %{$s->{threads}}), $last, $s->{stolen_ns}, '600 turns of two threads: the last 510 have thieves');
near($s->{causes}{unattributed}, $all - $last, $s->{stolen_ns}, '600 turns of two threads: what was before is unattributed');
table();

done_testing;
