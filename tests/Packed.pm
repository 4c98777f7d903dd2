# SPDX-License-Identifier: BSD-2-Clause
package Packed;

# Kernels in an EFI zboot image, as files of the tests' own: gzip by gzip, zstd without a program
# that packs it.

use strict;
use warnings;
use Exporter qw(import);
use Shared;

our @EXPORT = qw(at gzipped zstd_frame zboot);

# The bytes, with others at an offset.
sub at
{
	my ($bytes, $offset, $other) = @_;
	substr($bytes, $offset, length $other) = $other;
	return $bytes;
}

# Packed by gzip.
sub gzipped
{
	my ($bytes) = @_;
	my $file = spew("$tmp/to-gzip", $bytes);
	my ($status, $packed, $err) = run_command('gzip', '-c', $file);
	die "gzip: $err" if $status;
	return $packed;
}

# A frame of zstd (RFC 8878) that says its size in 4 bytes: blocks of 128 KiB at most, each as it
# is, or, of one byte that repeats, that byte.
sub zstd_frame
{
	my ($bytes) = @_;
	my $frame = pack 'VCV', 0xfd2fb528, 0xa0, length $bytes;
	for (my $i = 0; $i < length $bytes; $i += 1 << 17) {
		my $block = substr $bytes, $i, 1 << 17;
		my $same = $block eq substr($block, 0, 1) x length $block;
		my $last = $i + (1 << 17) >= length $bytes;
		$frame .= substr(pack('V', $last | ($same ? 2 : 0) | length($block) << 3), 0, 3) . ($same ? substr $block, 0, 1 : $block);
	}
	return $frame;
}

# An EFI zboot image: its payload, what it says of the packing, and what PE machine it is for.
sub zboot
{
	my ($payload, $packing, $machine) = @_;
	my $header = at("\0" x 4096, 0, pack 'a4a4VVx8a32', 'MZ', 'zimg', 4096, length $payload, $packing);
	return at(at($header, 60, pack 'V', 64), 64, pack 'a4v', 'PE', $machine // 0xaa64) . $payload . 'size';
}

1;
