# SPDX-License-Identifier: BSD-2-Clause
package Kernels;

# The kernels that `make linux` has built: before, without ports/linux, and ported. LINUX_RELEASE is
# the Debian release whose source they are of, bookworm by default. KVM_HOST_KERNEL is a kernel to
# take for the ported one, such as that with lockdep and KASAN.

use strict;
use warnings;
use Exporter qw(import);
use Shared;

our @EXPORT = qw($release $built $before $ported quick);

our $release = $ENV{LINUX_RELEASE} // 'bookworm';
our $built = "$build/linux/$release"; # their folder
our $before = "$built/before";
our $ported = $ENV{KVM_HOST_KERNEL} // "$built/Image";

# quick KERNEL: a copy of the guest's kernel with NOP instead of YIELD and WFE, of which its loops
# consist that wait, lkdtm's as well. QEMU with one thread looks for another CPU to run there, and
# takes a hundred times as long.
sub quick
{
	my ($kernel) = @_;
	my ($yield, $wfe, $nop) = (0xd503203f, 0xd503205f, 0xd503201f);
	return spew("$tmp/quick", pack 'V*', map { $_ == $yield || $_ == $wfe ? $nop : $_ } unpack 'V*', slurp($kernel));
}

1;
