# SPDX-License-Identifier: BSD-2-Clause
package Packed;

# Makes EFI zboot images for tests. gzip compresses with gzip; the zstd frames are written here, so
# no zstd program is needed.

use strict;
use warnings;
use Exporter qw(import);
use Shared;

our @EXPORT = qw(at gzipped zstd_frame zboot);

# at BYTES, OFFSET, OTHER: BYTES with OTHER written over them at OFFSET.
sub at
{
	my ($bytes, $offset, $other) = @_;
	substr($bytes, $offset, length $other) = $other;
	return $bytes;
}

# The bytes, compressed by gzip.
sub gzipped
{
	my ($bytes) = @_;
	my $file = spew("$tmp/to-gzip", $bytes);
	my ($status, $packed, $err) = run_command('gzip', '-c', $file);
	die "gzip: $err" if $status;
	return $packed;
}

# The bytes as a zstd frame (RFC 8878) with a content size of 4 bytes. Its blocks have at most 128
# KiB; each is an RLE block if all its bytes are the same, or else a raw block.
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

# zboot PAYLOAD, PACKING, MACHINE: an EFI zboot image. PACKING is its compression field, MACHINE its
# PE machine (default: arm64).
sub zboot
{
	my ($payload, $packing, $machine) = @_;
	my $header = at("\0" x 4096, 0, pack 'a4a4VVx8a32', 'MZ', 'zimg', 4096, length $payload, $packing);
	return at(at($header, 60, pack 'V', 64), 64, pack 'a4v', 'PE', $machine // 0xaa64) . $payload . 'size';
}

1;
