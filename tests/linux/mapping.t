#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: a Linux guest of the project's hypervisor takes its busy CPU 1 offline and online twice,
# beside another guest. With ports/linux its /proc/stat has what was stolen, also with nohz_full. A
# kernel without is not run here: it takes all time of that CPU for stolen from then on, and does
# not get far. Kernels.pm says which kernel.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../qemu";
BEGIN { $ENV{RUN_LIMIT_S} //= 600 }
use Guest;
use Kernels;
use Test::More;

use constant TICK_NS => 10_000_000;

# What the guest reports of CPU 1, as [ticks in /proc/stat, ticks of stolen time in the structure].
sub cpu1
{
	my ($name, $kernel, $words) = @_;
	my $run = run({timeslice_us => 10_000, options => ['--seconds', 12]},
		linux('g', "role=hotplug until=1 times=2 $words", kernel => quick($kernel), vcpus => 2, memory => '96M'), bare('busy', 'spin', 'until_ms=8000'));
	is($run->{status}, 0, "$name: the lab ends in good order") or diag $run->{err};
	my $console = $run->{console}{g};
	my @ticks;
	push @ticks, [$1, $2 / TICK_NS] while $console =~ /^STEAL cpu=1 proc_ticks=(\d+) struct_ns=(\d+)/mg;
	is(@ticks, 5, "$name: CPU 1 reports before and after each time, and at the end") or diag $console;
	note "$name: ", join ' ', map { sprintf '%d:%.0f', @$_ } @ticks;
	return @ticks;
}

for my $words ('', 'nohz_full=1') {
	my $name = $words || 'with the tick';
	my @ported = cpu1("ported, $name", $ported, $words);
	cmp_ok($ported[-1][1], '>', 50, "ported, $name: more than 500 ms is stolen from CPU 1");
	cmp_ok(abs($ported[-1][0] - $ported[-1][1]), '<=', 3, "ported, $name: /proc/stat is within three ticks of the structure");
	is((grep { $ported[$_][0] < $ported[$_ - 1][0] } 1 .. $#ported), 0, "ported, $name: the steal of /proc/stat never goes back");
}

done_testing;
