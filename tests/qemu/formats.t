#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the suite's guest comes up in each granule and byte order, as an Image, as an ELF file and
# raw, under our hypervisor and on QEMU's virt machine itself; and where it cannot, it says so and
# powers off.

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

# What is wrong with a console: `build` has not come up, or its TAP of one case is not whole.
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
	return like($console, qr/\A\Q$line\E\r?\n\z/, "$what: $line");
}

# The header (Documentation/arm64/booting): image_size; flags: byte order, pages of 4, 16 or 64 KiB,
# anywhere in RAM.
for my $build (@builds) {
	my ($text_offset, $size, $flags, $magic) = unpack 'x8 Q<3 x24 a4', slurp("$images/suite-$build.img");
	my ($granule, $order) = split /-/, $build;
	my $want = {'4k' => 1, '16k' => 2, '64k' => 3}->{$granule} << 1 | ($order eq 'be') | 8;
	is_deeply([$text_offset, $size, $flags, $magic], [0, 2 << 20, $want, "ARM\x64"], "the header of $build");
	is(length slurp("$images/suite-$build.raw"), -s "$images/suite-$build.img", "the raw form of $build has no file header");
	isnt(unpack('x56 a4', slurp("$images/suite-$build.raw")), "ARM\x64", "the raw form of $build has no magic");
}

# Under our hypervisor: all in one lab, on a CPU that has every granule.
{
	my @all = map { my $build = $_; map { [$build, $_] } @forms } @builds;
	my $run = run_ok('all', {cpu => 'neoverse-n1', options => ['--seconds', 20]}, map { vm("$_->[0]-$_->[1]", @$_) } @all);
	faultless("$_->[0] $_->[1]", faults($run->{console}{"$_->[0]-$_->[1]"}, $_->[0], 'present', 1)) for @all;
}

# Packed, as distributions have them: what runs is the Image.
{
	my $image = slurp("$images/suite-4k-le.img");
	my %packed = (
		gzip => gzipped($image),
		'zboot-gzip' => zboot(gzipped($image), 'gzip'),
		'zboot-zstd' => zboot(zstd_frame($image), 'zstd'),
	);
	my @names = sort keys %packed;
	my @vms = map { Guest::section("vm $_", kernel => spew("$tmp/$_", $packed{$_}), append => WORDS, memory => '16M') } @names;
	my $run = run_ok('packed', {options => ['--seconds', 20]}, @vms);
	faultless("an Image in $_ runs", faults($run->{console}{$_}, '4k-le', 'present', 1)) for @names;
}

# On one that lacks one.
{
	my $run = run_ok('cortex-a57', {options => ['--seconds', 20]}, map { vm("$_-img", $_, 'img') } @builds);
	for my $build (@builds) {
		my $console = $run->{console}{"$build-img"};
		if ($build =~ /^16k/) {
			says($build, $console, 'Bail out! this CPU has no 16 KiB granule');
		} else {
			faultless("$build on cortex-a57", faults($console, $build, 'present', 1));
		}
	}
}

# On QEMU's machine itself.
sub plain
{
	my ($machine, $cpu, $build, $form, @more) = @_;
	my @command = limited(60, qw(qemu-system-aarch64 -m 64M -nic none -display none -serial stdio -monitor none -no-reboot),
		'-M', "virt$machine", '-cpu', $cpu, '-kernel', "$images/suite-$build.$form", '-append', WORDS, @more);
	my $pid = open my $out, '-|', @command or die "$command[0]: $!";
	local $/;
	my $console = <$out> // '';
	close $out;
	is($?, 0, "QEMU ends well: $build.$form on $cpu, virt$machine @more");
	return $console;
}

for my $build (@builds) {
	for my $form (@forms) {
		faultless("$build.$form", faults(plain(',gic-version=3', 'neoverse-n1', $build, $form), $build, 'absent', 1));
	}
}
faultless('8 CPUs', faults(plain(',gic-version=3', 'max', '64k-le', 'img', '-smp', 8), '64k-le', 'absent', 8));
faultless('16 KiB on max', faults(plain(',gic-version=3', 'max,pauth-impdef=on', '16k-be', 'img'), '16k-be', 'absent', 1));
faultless('5 GiB', faults(plain(',gic-version=3', 'neoverse-n1', '4k-be', 'elf', '-m', '5G'), '4k-be', 'absent', 1));
faultless('no ITS, no high memory',
	faults(plain(',gic-version=3,its=off,highmem=off', 'neoverse-n1', '16k-le', 'raw'), '16k-le', 'absent', 1));
faultless('GICv2', faults(plain(',gic-version=2', 'cortex-a57', '64k-be', 'img', '-smp', 8), '64k-be', 'absent', 8));
says('no granule', plain(',gic-version=3', 'cortex-a72', '16k-be', 'elf'), 'Bail out! this CPU has no 16 KiB granule');

# These find fault with what is wrong.
my $good = "# suite 4k-le cpus=1 dialect=1.0 conduit=hvc stolen_time=absent seed=1 slack_ns=1 cntfrq=1\n" .
	"ok 1 - R-03 psci_version: text\n1..1\n";
faultless('good', faults($good, '4k-le', 'absent', 1));
faulty('another build', faults($good, '4k-be', 'absent', 1));
faulty('stolen time where there is none', faults($good =~ s/absent/present/r, '4k-le', 'absent', 1));
faulty('no plan', faults($good =~ s/^1\.\.1//mr, '4k-le', 'absent', 1));
faulty('nothing', faults('', '4k-le', 'absent', 1));
done_testing();
