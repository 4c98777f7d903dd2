#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the kernel formats that `pvtime lab` accepts and those that it rejects by name before it
# starts anything, on our hypervisor and with --on kvm. An initrd may have any format.
# tests/qemu/formats.t runs compressed kernels.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Lab;
use Packed;
use Test::More;

use constant EXPECTED => 'expected a kernel: an arm64 Image, gzip of one, an EFI zboot image of one (gzip or zstd), ' .
	'an ELF for AArch64 or a raw binary';

my $zeroes = "\0" x 16384;
my $image = at(at($zeroes, 0, pack 'V', 0x14000000), 56, "ARM\x64");
my $started = "$dir/started";
my $board = board("open my \$f, '>', '$started'; close \$f; finish();");

# Run pvtime lab on both: (status, standard error, whether a board was started, status and standard
# error with --on kvm).
sub on_both
{
	my ($keys) = @_;
	my $lab = spew("$dir/it.lab", "[vm it]\nkernel = it\n$keys");
	my ($status, $out, $err) = finish(start('/dev/null', 'lab', $lab, '--hypervisor', $board));
	my ($on_kvm, undef, $kvm_err) = finish(start('/dev/null', 'lab', '--on', 'kvm', $lab));
	return ($status, $err, unlink($started), $on_kvm, $kvm_err);
}

sub refused
{
	my ($name, $why, $bytes) = @_;
	spew("$dir/it", $bytes);
	my ($status, $err, $was_started, $on_kvm, $kvm_err) = on_both('');
	my $want = "$dir/it.lab:2: [vm it] kernel: $dir/it: $why; " . EXPECTED . "\n";
	is("$status $err", "2 $want", "pvtime lab rejects $name by name");
	is("$on_kvm $kvm_err", "2 $want", "pvtime lab --on kvm rejects $name by name");
	ok(!$was_started, "pvtime lab starts no QEMU for $name");
}

sub taken
{
	my ($name, $bytes) = @_;
	spew("$dir/it", $bytes);
	my ($status, $err, $was_started, $on_kvm, $kvm_err) = on_both('');
	ok($was_started, "pvtime lab starts $name") or diag $err;
	unlike($kvm_err, qr/kernel: /, "pvtime lab --on kvm does not reject $name");
}

# Each accepted format.
taken('an Image', $image);
taken('an Image in gzip', gzipped($image));
taken('a raw binary', pack('V', 0x14000000) . "\0" x 4092);
taken('an Image in a zboot image of gzip', zboot(gzipped($image), 'gzip'));
taken('an Image in a zboot image of zstd', zboot(zstd_frame($image), 'zstd'));
taken('an Image in a zboot image of Linux 6.1, by zstd', zboot(zstd_frame($image), 'zstd22'));
taken('a zboot image without a PE header', at(zboot(gzipped($image), 'gzip'), 60, pack 'V', 0));

# Formats that cannot run, also within gzip.
my %foreign = (
	'a 32-bit Arm zImage' => at($zeroes, 0x24, pack 'V', 0x016f2818),
	'an x86 bzImage' => at(at($zeroes, 0x202, 'HdrS'), 0x1fe, pack 'v', 0xaa55),
	'a RISC-V Image' => at($zeroes, 56, "RSC\5"),
	'an xz file' => at($zeroes, 0, "\xfd7zXZ\0"),
	'a zstd file' => zstd_frame($image),
	'an lz4 file' => at($zeroes, 0, pack 'V', 0x184d2204),
	'a U-Boot legacy image (uImage)' => at($zeroes, 0, pack 'N', 0x27051956),
	'an Android boot image' => at($zeroes, 0, 'ANDROID!'),
	'an ELF for x86-64' => at($zeroes, 0, pack 'a4CCCx9vv', "\x7fELF", 2, 1, 1, 2, 62),
	'an EFI or Windows program for x86-64' => at(at(at($zeroes, 0, 'MZ'), 60, pack 'V', 512), 512, pack 'a4v', 'PE', 0x8664),
	'a Debian package' => at($zeroes, 0, "!<arch>\ndebian-binary   "),
	'an RPM package' => at($zeroes, 0, "\xed\xab\xee\xdb"),
	'a cpio archive, as initrds are' => at($zeroes, 0, '070701'),
	'a text file' => "#!/bin/sh\necho this is no kernel\n",
);
for my $name (sort keys %foreign) {
	refused($name, "is $name", $foreign{$name});
	refused("gzip of $name", "is gzip of $name", gzipped($foreign{$name}));
}
refused('gzip of gzip', 'is gzip of gzip', gzipped(gzipped($image)));

# Zboot images for other machines, and damaged ones.
refused("a zboot image by $_", "is an EFI zboot image compressed with $_", zboot('x' x 100, $_)) for qw(lz4 lzma lzo xzkern);
refused('a zboot image for x86-64', 'is an EFI zboot image for x86-64', zboot(gzipped($image), 'gzip', 0x8664));
refused('a zboot image for RISC-V', 'is an EFI zboot image for RISC-V', zboot(gzipped($image), 'gzip', 0x5064));
refused('a zboot image of a bzImage', 'is an EFI zboot image of an x86 bzImage', zboot(gzipped($foreign{'an x86 bzImage'}), 'gzip'));
refused('a zboot image of a raw binary', 'is an EFI zboot image of no arm64 Image', zboot(gzipped($zeroes), 'gzip'));
refused('a zboot image of a zboot image', 'is an EFI zboot image of an EFI zboot image',
	zboot(gzipped(zboot(gzipped($image), 'gzip')), 'gzip'));
my $damaged = 'is an EFI zboot image with a payload that is damaged or not complete';
my $frame = zstd_frame($image);
refused('a zboot image with half of a frame', $damaged, zboot(substr($frame, 0, 8192), 'zstd'));
refused('a zboot image with a frame that says another size', $damaged, zboot(at($frame, 5, pack 'V', 16383), 'zstd'));
refused('a zboot image with gzip that calls itself zstd', $damaged, zboot(gzipped($image), 'zstd'));
refused('a zboot image that is cut off',
	'is an EFI zboot image of 8192 bytes whose payload, ' . length($frame) . ' bytes at 4096, is not in it',
	substr zboot($frame, 'zstd'), 0, 8192);
# A compression bomb: frames of 128 KiB each that unpack to 256 MiB and one frame more.
refused('a zboot image that is too large', 'unpacks to more than 256 MiB',
	zboot(zstd_frame("\0" x (1 << 17)) x 2049, 'zstd'));

# The guest alone interprets an initrd, so any format is accepted.
spew("$dir/it", $image);
for my $name ('an xz file', 'a zstd file', 'a cpio archive, as initrds are', 'a text file') {
	spew("$dir/rd", $foreign{$name});
	my ($status, $err, $was_started) = on_both("initrd = rd\n");
	ok($was_started, "pvtime lab starts a VM with $name as the initrd") or diag $err;
}

done_testing;
