#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: each of Debian's kernels that scripts/debian-releases has fetched, unmodified, sees as a
# guest of our hypervisor exactly what was stolen from it: two guests compete for one CPU and for
# two, in real time. `make matrix` runs it.
#
# usage: kernels.t RELEASE...

use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../qemu";
use Guest;
use Test::More;

my @releases = @ARGV or die "usage: kernels.t RELEASE...\n";

# What an arm64 Image says of itself: its version, in its banner; and its pages, in its header (bits
# 1 and 2 of the flags).
sub image
{
	my ($path) = @_;
	my $bytes = slurp($path);
	my ($version) = $bytes =~ /Linux version (\d\S*)/;
	my $pages = (undef, 4, 16, 64)[unpack('Q<', substr $bytes, 24, 8) >> 1 & 3];
	die "$path is no arm64 Image\n" if !$version || !$pages || substr($bytes, 56, 4) ne "ARM\x64";
	return {path => $path, version => $version, pages => $pages};
}

# cortex-a57 has no pages of 16 KiB.
sub models
{
	my ($image) = @_;
	return $image->{pages} == 16 ? 'neoverse-n1' : ('cortex-a57', 'neoverse-n1');
}

# Two guests compete for the CPUs; and a third one, which computes, competes while they report.
sub compete
{
	my ($image, $cpu, $cpus) = @_;
	my $name = "Linux $image->{version}, $image->{pages} KiB pages, $cpu, $cpus CPU" . ($cpus > 1 ? 's' : '');
	my %keys = (kernel => $image->{path}, memory => '256M', vcpus => $cpus);
	my $run = run_ok($name, {cpu => $cpu, pcpus => $cpus, free => 1, stamp => 1},
		linux('red', 'role=spin until=6', %keys), linux('blue', 'role=phases busy=1 rest=1 until=6', %keys),
		bare('other', 'spin', 'until_ms=9000', vcpus => $cpus));
	for my $vm (qw(red blue)) {
		like($run->{console}{$vm}, qr/^BOOT role=\w+ cpus=$cpus /m, "$name: $vm has its CPUs");
		faultless("$name: what $vm reports is what the ledger has at that instant", steal_faults($run, $vm))
			or diag $run->{stamped}{$vm};
		cmp_ok(vcpu($run, $vm, $_)->{stolen_ns}, '>', 300_000_000, "$name: much was stolen from CPU $_ of $vm")
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
			is($seen{$image->{version}}++, 0, "$release: Linux $image->{version} is of this release alone");
			for my $cpu (models($image)) {
				compete($image, $cpu, $_) for 1, 2;
			}
		}
	}
}
done_testing();
