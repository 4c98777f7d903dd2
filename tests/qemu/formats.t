#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the suite's guest runs with each granule and byte order, as an Image, as an ELF file and as a
# raw image, under our hypervisor and on QEMU's virt machine without a hypervisor. On a CPU without
# its granule, it prints a message and powers off.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Packed;
use Test::More;

my $images = "$build/conformance";
my @builds = map { my $granule = $_; map { "$granule-$_" } qw(le be) } qw(4k 16k 64k);
my @forms = qw(img elf raw);
use constant WORDS => 'case=psci_version';

# The faults of a console, which must have the first line of `build` and a complete TAP of one case.
sub faults
{
	my ($console, $build, $stolen_time, $cpus) = @_;
	my @faults = tap_faults($console);
	push @faults, 'not one case' if $console !~ /^ok 1 - R-03 psci_version: /m || $console !~ /^1\.\.1\r?$/m;
	push @faults, "no line of $build" if $console !~ /^# suite \Q$build\E cpus=$cpus .* stolen_time=$stolen_time /m;
	return @faults;
}

sub vm
{
	my ($name, $build, $form, %keys) = @_;
	return Guest::section("vm $name", kernel => "$images/suite-$build.$form", append => WORDS, memory => '16M', %keys);
}

sub says
{
	my ($what, $console, $line) = @_;
	return like($console, qr/\A\Q$line\E\r?\n\z/, "$what: the guest prints only '$line'");
}

# The header of an Image (Linux's Documentation/arm64/booting.rst): image_size is 2 MiB; the flags
# have the byte order, the page size of 4, 16 or 64 KiB, and that the Image may be anywhere in RAM.
for my $build (@builds) {
	my ($text_offset, $size, $flags, $magic) = unpack 'x8 Q<3 x24 a4', slurp("$images/suite-$build.img");
	my ($granule, $order) = split /-/, $build;
	my $want = {'4k' => 1, '16k' => 2, '64k' => 3}->{$granule} << 1 | ($order eq 'be') | 8;
	is_deeply([$text_offset, $size, $flags, $magic], [0, 2 << 20, $want, "ARM\x64"], "the Image header of $build has the right size and flags");
	is(length slurp("$images/suite-$build.raw"), -s "$images/suite-$build.img", "the raw form of $build is as long as its Image");
	isnt(unpack('x56 a4', slurp("$images/suite-$build.raw")), "ARM\x64", "the raw form of $build has no magic");
}

# Under our hypervisor: all forms in one lab, on a CPU that has every granule.
{
	my @all = map { my $build = $_; map { [$build, $_] } @forms } @builds;
	my $run = run_ok('all forms', {cpu => 'neoverse-n1', options => ['--seconds', 20]}, map { vm("$_->[0]-$_->[1]", @$_) } @all);
	faultless("the $_->[1] of $_->[0] runs under our hypervisor", faults($run->{console}{"$_->[0]-$_->[1]"}, $_->[0], 'present', 1)) for @all;
}

# Compressed, as distributions ship kernels: the Image inside runs.
{
	my $image = slurp("$images/suite-4k-le.img");
	my %packed = (
		gzip => gzipped($image),
		'zboot-gzip' => zboot(gzipped($image), 'gzip'),
		'zboot-zstd' => zboot(zstd_frame($image), 'zstd'),
	);
	my @names = sort keys %packed;
	my @vms = map { Guest::section("vm $_", kernel => spew("$tmp/$_", $packed{$_}), append => WORDS, memory => '16M') } @names;
	my $run = run_ok('compressed Images', {options => ['--seconds', 20]}, @vms);
	faultless("an Image in $_ runs", faults($run->{console}{$_}, '4k-le', 'present', 1)) for @names;
}

# On a CPU without the 16 KiB granule.
{
	my $run = run_ok('cortex-a57', {options => ['--seconds', 20]}, map { vm("$_-img", $_, 'img') } @builds);
	for my $build (@builds) {
		my $console = $run->{console}{"$build-img"};
		if ($build =~ /^16k/) {
			says($build, $console, 'Bail out! this CPU has no 16 KiB granule');
		} else {
			faultless("$build runs on cortex-a57", faults($console, $build, 'present', 1));
		}
	}
}

# On QEMU's virt machine without a hypervisor.
sub plain
{
	my ($machine, $cpu, $build, $form, @more) = @_;
	my @command = limited(60, qw(qemu-system-aarch64 -m 64M -nic none -display none -serial stdio -monitor none -no-reboot),
		'-M', "virt$machine", '-cpu', $cpu, '-kernel', "$images/suite-$build.$form", '-append', WORDS, @more);
	my $pid = open my $out, '-|', @command or die "$command[0]: $!";
	local $/;
	my $console = <$out> // '';
	close $out;
	is($?, 0, "QEMU ends with status 0: $build.$form on $cpu, virt$machine @more");
	return $console;
}

for my $build (@builds) {
	for my $form (@forms) {
		faultless("$build.$form runs on QEMU's virt", faults(plain(',gic-version=3', 'neoverse-n1', $build, $form), $build, 'absent', 1));
	}
}
faultless("64k-le.img runs on QEMU's virt with 8 CPUs", faults(plain(',gic-version=3', 'max', '64k-le', 'img', '-smp', 8), '64k-le', 'absent', 8));
faultless("16k-be.img runs on QEMU's virt with the CPU max", faults(plain(',gic-version=3', 'max,pauth-impdef=on', '16k-be', 'img'), '16k-be', 'absent', 1));
faultless("4k-be.elf runs on QEMU's virt with 5 GiB", faults(plain(',gic-version=3', 'neoverse-n1', '4k-be', 'elf', '-m', '5G'), '4k-be', 'absent', 1));
faultless("16k-le.raw runs on QEMU's virt without an ITS and high memory",
	faults(plain(',gic-version=3,its=off,highmem=off', 'neoverse-n1', '16k-le', 'raw'), '16k-le', 'absent', 1));
faultless("64k-be.img runs on QEMU's virt with a GICv2", faults(plain(',gic-version=2', 'cortex-a57', '64k-be', 'img', '-smp', 8), '64k-be', 'absent', 8));
says('16k-be.elf on cortex-a72', plain(',gic-version=3', 'cortex-a72', '16k-be', 'elf'), 'Bail out! this CPU has no 16 KiB granule');

# The check accepts a good console and reports faults.
my $good = "# suite 4k-le cpus=1 dialect=1.0 conduit=hvc stolen_time=absent seed=1 slack_ns=1 cntfrq=1\n" .
	"ok 1 - R-03 psci_version: text\n1..1\n";
faultless('a good console is accepted', faults($good, '4k-le', 'absent', 1));
faulty('another build', faults($good, '4k-be', 'absent', 1));
faulty('stolen time that should be absent', faults($good =~ s/absent/present/r, '4k-le', 'absent', 1));
faulty('no plan', faults($good =~ s/^1\.\.1//mr, '4k-le', 'absent', 1));
faulty('an empty console', faults('', '4k-le', 'absent', 1));
done_testing();
