#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: on a KVM host with ports/linux, a Linux guest takes CPU 1 offline and online five times,
# beside other work of the host, and no stolen time of it is lost. On the same kernel without
# ports/linux, nearly all of it is. The guest's kernel is without in both cases. Kernels.pm says
# which kernels.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../kvm";
use Host;
use Kernels;
use Lab;
use Test::More;

use constant {TIMES => 5, TICK_NS => 10_000_000};

# What the guest reports of CPU 1, as [ticks in /proc/stat, nanoseconds in the structure], and what
# the ledger has of it.
sub hotplug
{
	my ($kernel) = @_;
	my $on = labs_run(kernel => $kernel eq 'before' ? $before : $ported, cpus => 1, icount => 1, limit_s => 280,
		labs => {hotplug => "[vm a]\nkernel = ../guest\ninitrd = ../initramfs.cpio\nvcpus = 2\n" .
			'append = console=ttyAMA0 quiet kpti=off role=hotplug until=2 times=' . TIMES . "\n"},
		files => {guest => $before, 'initramfs.cpio' => "$build/guest/initramfs.cpio"}, script => <<'END');
for i in 1 2 3; do sh -c 'while :; do :; done' & done
lab hotplug --seconds 60
END
	my $lab = $on->{hotplug};
	is($on->{host}{status}, 0, "$kernel: the KVM host's script ends with status 0") or diag $on->{host}{out};
	is($lab->{status}, 0, "$kernel: the lab ends with status 0") or diag $lab->{said};
	my $console = $lab->{console}{a} // '';
	my $turns = () = $console =~ /^HOTPLUG before.*?^HOTPLUG offline.*?^HOTPLUG after/msg;
	is($turns, TIMES, "$kernel: the guest takes CPU 1 offline and online again " . TIMES . ' times') or diag $console;
	my @reports = map { [$_->[0], $_->[1]] } grep { $_->[1] =~ /^\d+$/ } map { /^STEAL cpu=1 proc_ticks=(\d+) struct_ns=(\w+)/ ? [$1, $2] : () } split /\n/, $console;
	is(@reports, 2 * TIMES + 1, "$kernel: CPU 1 reports before and after each time, and at the end") or diag $console;
	note "$kernel: ", join ' ', map { "$_->[0]:" . int($_->[1] / TICK_NS) } @reports;
	return (vcpu($lab, 'a', 1), @reports);
}

sub backward
{
	my ($field, @reports) = @_;
	return scalar grep { $reports[$_][$field] < $reports[$_ - 1][$field] } 1 .. $#reports;
}

my ($ledger, @reports) = hotplug('Image');
cmp_ok($ledger->{stolen_ns}, '>', 1_000_000_000, 'with ports/linux: more than a second is stolen from CPU 1');
is(backward(1, @reports), 0, 'with ports/linux: the structure never goes back');
cmp_ok($ledger->{stolen_ns} - $ledger->{published_ns}, '<', 5 * TICK_NS, 'with ports/linux: the structure has all that was stolen, but for the last wait');
cmp_ok(abs($reports[-1][0] * TICK_NS - $reports[-1][1]), '<=', 2 * TICK_NS, 'with ports/linux: /proc/stat is within two ticks of the structure');

my ($lost, @before) = hotplug('before');
cmp_ok($lost->{stolen_ns}, '>', 1_000_000_000, 'without: more than a second is stolen from CPU 1');
is(backward(1, @before), TIMES, 'without: the structure goes back each time');
cmp_ok($lost->{stolen_ns} - $lost->{published_ns}, '>', 500_000_000, 'without: more than half a second is lost');

done_testing;
