#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: each of Debian's kernels that scripts/debian-releases has fetched reports, as an unmodified
# guest of our hypervisor, exactly its stolen time. Two guests compete for one CPU and for two, in
# real time. `make matrix` runs this test.
#
# usage: kernels.t RELEASE...

use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../qemu";
use Guest;
use Test::More;

my @releases = @ARGV or die "usage: kernels.t RELEASE...\n";

# An arm64 Image's version, from its banner, and page size in KiB, from bits 1 and 2 of the flags in
# its header.
sub image
{
	my ($path) = @_;
	my $bytes = slurp($path);
	my ($version) = $bytes =~ /Linux version (\d\S*)/;
	my $pages = (undef, 4, 16, 64)[unpack('Q<', substr $bytes, 24, 8) >> 1 & 3];
	die "$path: expected an arm64 Image of Linux\n" if !$version || !$pages || substr($bytes, 56, 4) ne "ARM\x64";
	return {path => $path, version => $version, pages => $pages};
}

# The CPU models to run an Image on; cortex-a57 has no 16 KiB granule.
sub models
{
	my ($image) = @_;
	return $image->{pages} == 16 ? 'neoverse-n1' : ('cortex-a57', 'neoverse-n1');
}

# Two Linux guests compete for the CPUs. A third guest, which spins, also competes while they
# report.
sub compete
{
	my ($image, $cpu, $cpus) = @_;
	my $name = "Linux $image->{version}, $image->{pages} KiB pages, $cpu, $cpus CPU" . ($cpus > 1 ? 's' : '');
	my %keys = (kernel => $image->{path}, memory => '256M', vcpus => $cpus);
	my $run = run_ok($name, {cpu => $cpu, pcpus => $cpus, free => 1, stamp => 1},
		linux('red', 'role=spin until=6', %keys), linux('blue', 'role=phases busy=1 rest=1 until=6', %keys),
		bare('other', 'spin', 'until_ms=9000', vcpus => $cpus));
	for my $vm (qw(red blue)) {
		like($run->{console}{$vm}, qr/^BOOT role=\w+ cpus=$cpus /m, "$name: $vm boots with all its CPUs");
		faultless("$name: $vm reports the ledger's stolen time of the same instant", steal_faults($run, $vm))
			or diag $run->{stamped}{$vm};
		cmp_ok(vcpu($run, $vm, $_)->{stolen_ns}, '>', 300_000_000, "$name: more than 300 ms were stolen from CPU $_ of $vm")
			for 0 .. $cpus - 1;
	}
	faulty("$name: a ledger that is 1 ns ahead", steal_faults(doctored($run, sub { later($_->{stamped}{red}, 1) }), 'red'));
}

my %seen;
for my $release (@releases) {
	my $dir = "$build/debian/$release";
	SKIP: {
		if (!-e "$dir/versions") {
			my $why = -e "$dir/skipped" ? slurp("$dir/skipped") : 'make debian-releases has not fetched it';
			chomp $why;
			skip "$release: $why", 1;
		}
		for my $image (map { image($_) } "$dir/Image", glob "$dir/Image-*") {
			note "$release: $image->{version}";
			is($seen{$image->{version}}++, 0, "$release: no release before it has Linux $image->{version}");
			for my $cpu (models($image)) {
				compete($image, $cpu, $_) for 1, 2;
			}
		}
	}
}
done_testing();
