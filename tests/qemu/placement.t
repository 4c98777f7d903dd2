#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: machine/ places kernels, initrds and FDTs where qemu-system-aarch64 -M virt places them,
# kernels start with the same registers as there, and the FDT describes the common devices as QEMU's
# FDT does.

use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use Shared;
use Test::More;

my $programs = "$build/tests-machine";
my @machine = ('qemu-system-aarch64', '-M', 'virt,gic-version=3',
	qw(-cpu cortex-a57 -nic none -display none));
my $MIB = 1 << 20;

sub put {
	my ($name, @bytes) = @_;
	return spew("$tmp/$name", @bytes);
}

# output INPUT, COMMAND...: run a command with INPUT as standard input; return its output and
# errors.
sub output {
	my ($input, @command) = @_;
	my $in = put('input', $input);
	my $pid = open(my $out, '-|') // die;
	if (!$pid) {
		open STDIN, '<', $in;
		open STDERR, '>&', \*STDOUT;
		exec limited(20, @command);
		exit 127;
	}
	local $/;
	my $text = <$out> // '';
	close $out;
	return $text;
}

my $report = slurp("$programs/report.bin");

# An arm64 Image: a branch over the header, then the kernel report.
sub image {
	my ($name, $text_offset, $image_size, $fill) = @_;
	return put($name, pack('VVQ<Q<', 0x14000010, 0, $text_offset, $image_size), "\0" x 32, "ARM\x64", "\0" x 4,
		$report, "\0" x ($fill // 0));
}

my $small = put('small.img', 'i' x 5000);
my $large = put('large.img', 'i' x (20 * $MIB + 1));
my $raw = put('raw', $report);
my $packed = image('packed', 0, 8 * $MIB);
system('gzip', '-f', $packed) == 0 or die 'gzip';

# name, MiB of RAM, kernel, initrd
my @cases = (
	['raw', 256, $raw, $small],
	['raw without initrd', 256, $raw],
	['raw in little RAM', 16, $raw, $small],
	['raw in much RAM', 3072, $raw, $large],
	['Image', 256, image('a', 0, 8 * $MIB), $small],
	['Image with a small text_offset', 256, image('b', 0xffc, 8 * $MIB), $small],
	['Image with text_offset', 128, image('c', 0x1000, 8 * $MIB), $large],
	['Image without image_size', 100, image('d', 0x300000, 0), $small],
	['Image beyond the middle', 64, image('e', 0x80000, 40 * $MIB + 4), $small],
	['Image longer than its image_size', 64, image('f', 0, 4096, 3 * $MIB), $small],
	["gzip'd Image", 96, "$packed.gz", $small],
	['little-endian ELF', 256, "$programs/report-le.elf"],
	['big-endian ELF', 256, "$programs/report-be.elf"],
	['ELF linked at another address', 64, "$programs/report-high.elf"],
);

# The addresses at which QEMU has placed each part.
sub roms {
	my ($memory, $kernel, $initrd) = @_;
	my $text = output("info roms\nquit\n", @machine, '-S', '-monitor', 'stdio', '-m', $memory, '-kernel', $kernel,
		defined $initrd ? ('-initrd', $initrd) : ());
	my %at;
	while ($text =~ /addr=([0-9a-f]+) size=\S+ mem=\S+ name="([^"]+)"/g) {
		my ($address, $name) = (hex $1, $2);
		$name = $name =~ /^\Q$kernel\E/ ? 'kernel' : defined $initrd && $name eq $initrd ? 'initrd' : $name;
		$at{$name} = $address if !defined $at{$name} || $address < $at{$name};
	}
	return \%at;
}

sub place {
	my ($memory, $kernel, $initrd) = @_;
	my $text = output('', "$programs/place", $memory * $MIB, 'cortex-a57', 1, "$tmp/fdt", $kernel, $initrd // ());
	return { map { my ($k, $v) = split; ($k, hex $v) } split /\n/, $text };
}

for my $case (@cases) {
	my ($name, $memory, $kernel, $initrd) = @$case;
	my $want = roms($memory, $kernel, $initrd);
	my $got = place($memory, $kernel, $initrd);
	ok(defined $want->{kernel} && defined $want->{dtb}, "$name: QEMU accepts the kernel");
	for my $part (qw(kernel initrd dtb)) {
		is($got->{$part}, $want->{$part}, "$name: the $part is where QEMU places it");
	}
	my $run = output('', @machine, '-m', $memory, '-kernel', $kernel, '-serial', 'stdio', '-monitor', 'none',
		defined $initrd ? ('-initrd', $initrd) : ());
	my ($pc, @x) = map { hex } split ' ', $run;
	my ($sctlr, $el) = splice @x, 4, 2;
	$_ //= 0 for $sctlr, $el;
	# In an Image, the header precedes the kernel report.
	is(($pc // 0) - ($name =~ /Image/ ? 64 : 0), $got->{entry}, "$name: the entry is QEMU's");
	is("@x", "$got->{x0} 0 0 0", "$name: x0 to x3 are QEMU's");
	is(($sctlr & 0x3000000) == 0x3000000 ? 1 : 0, $got->{big}, "$name: the byte order is QEMU's");
	is($el, 4, "$name: QEMU starts the kernel at EL1");
}

# Kernels that do not fit in QEMU's machine do not fit in ours.
for my $case (['kernel', 16, image('g', 0, 15 * $MIB)], ['initrd', 32, $raw, $large],
	['FDT', 40, $raw, $large], ['text_offset', 64, image('h', 62 * $MIB, 4 * $MIB), $small]) {
	my ($name, $memory, $kernel, $initrd) = @$case;
	my $qemu = output("quit\n", @machine, '-S', '-monitor', 'stdio', '-m', $memory, '-kernel', $kernel,
		defined $initrd ? ('-initrd', $initrd) : ());
	like($qemu, qr/not enough space|too large|too big|could not load|overlap/i, "QEMU rejects a kernel that does not fit: $name");
	ok(defined place($memory, $kernel, $initrd)->{status}, "machine/ rejects a kernel that does not fit: $name");
}

# The devicetrees, as dtc prints them: {PATH => {PROPERTY => its value as text}}.
sub tree {
	my ($fdt) = @_;
	my ($status, $text, $complaints) = run_command(qw(dtc -I dtb -O dts), $fdt);
	my (%tree, @path);
	for (split /\n/, $text) {
		if (/^\s*(\S+) \{$/) {
			push @path, $1 eq '/' ? '' : $1;
			$tree{join('/', @path) || '/'} = {};
		} elsif (/^\s*\};$/) {
			pop @path;
		} elsif (/^\s*([^\s=;]+)(?: = (.*))?;$/) {
			$tree{join('/', @path) || '/'}{$1} = $2 // '';
		} elsif (!m{^(?:/dts-v1/;|/memreserve/.*|)$}) {
			die "$fdt: dtc prints a line that is not understood: $_";
		}
	}
	return (\%tree, $complaints, $status);
}

# Not compared: our own node; the numbers of phandles, which tests/unit/machine/fdt.c follows; and
# the contents of random properties.
my %ours = map { $_ => 1 } qw(/reserved-memory);
my %phandle = map { $_ => 1 } qw(phandle interrupt-parent clocks cpu);
my %random = map { $_ => 1 } qw(rng-seed kaslr-seed);

sub compare {
	my ($name, $our_tree, $their_tree) = @_;
	for my $path (sort grep { !/^(\/[^\/]*)/ || !$ours{$1} } keys %$our_tree) {
		for my $property (sort keys %{$our_tree->{$path}}) {
			next if $phandle{$property} || $property eq 'enable-method' && $name =~ / 1 /;
			my ($ours, $theirs) = map { $_->{$path}{$property} } $our_tree, $their_tree;
			($ours, $theirs) = map { scalar(() = /0x/g) } $ours, $theirs // '' if $random{$property};
			is($ours, $theirs, "$name: $path $property equals QEMU's");
		}
	}
}

for my $board (['cortex-a57', 1, 256], ['cortex-a72', 8, 5120], ['neoverse-n1', 4, 512], ['max', 2, 64]) {
	my ($cpu, $vcpus, $memory) = @$board;
	output('', "$programs/place", $memory * $MIB, $cpu, $vcpus, "$tmp/fdt", $raw);
	output('', 'qemu-system-aarch64', '-M', "virt,gic-version=3,dumpdtb=$tmp/qemu.dtb", '-cpu', $cpu, '-smp', $vcpus,
		'-m', $memory, '-nic', 'none', '-display', 'none');
	my ($ours, $complaints, $status) = tree("$tmp/fdt");
	my ($theirs) = tree("$tmp/qemu.dtb");
	compare("$cpu $vcpus CPUs", $ours, $theirs);
	is("$status $complaints", '0 ', "$cpu $vcpus CPUs: dtc has no complaints about the FDT");
	like($ours->{'/memory@40000000'}{reg}, qr/^<0x00 0x40000000 /, "$cpu $vcpus CPUs: the comparison reads the properties");
}

done_testing();
