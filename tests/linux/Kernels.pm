# SPDX-License-Identifier: BSD-2-Clause
package Kernels;

# The kernels that `make linux` has built: before, without ports/linux, and ported. LINUX_RELEASE is
# the Debian release whose source they are of, bookworm by default. KVM_HOST_KERNEL is a kernel to
# take for the ported one, such as that with lockdep and KASAN.

use strict;
use warnings;
use Exporter qw(import);
use Shared;

our @EXPORT = qw($release $built $before $ported);

our $release = $ENV{LINUX_RELEASE} // 'bookworm';
our $built = "$build/linux/$release"; # their folder
our $before = "$built/before";
our $ported = $ENV{KVM_HOST_KERNEL} // "$built/Image";

1;
