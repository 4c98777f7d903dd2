# SPDX-License-Identifier: BSD-2-Clause
package Lab;

# Runs `pvtime lab` on a board of the tests' own, see qemu-system-aarch64 in this directory.

use strict;
use warnings;
use Exporter qw(import);
use FindBin;
use lib "$FindBin::Bin/..";
use Shared qw(:DEFAULT start_command end_of heed_all);

our @EXPORT = qw($dir $pvtime $two board start finish heed_all lab slurp spew at_least read_json wait_until);

our $pvtime = "$build/pvtime";
our $dir = $tmp;
our $two = "$dir/two.ini"; # a lab of "busy" with two vCPUs and "idle" with one

$ENV{PATH} = "$FindBin::Bin:$ENV{PATH}";
delete $ENV{NO_COLOR};

# Let anything be the kernel: the board does not look at it. An arm64 Image's header, with its size.
spew("$dir/Image", pack('VVQ<Q<Q<Q<Q<Q<a4V', 0x14000010, 0, 0, 65536, 0xa, 0, 0, 0, "ARM\x64", 0) . "\0" x 64);
spew($two, "[lab]\nseed = 7\n[vm busy]\nkernel = Image\nvcpus = 2\n[vm idle]\nkernel = Image\n");

# A board that does what the Perl text says; the path of its "hypervisor", whose first line has what
# an arm64 Image is known by.
my $boards = 0;
sub board { return spew("$dir/board" . $boards++ . '.pl', sprintf("%-56sARM\x64\n%s;1;", '# A hypervisor to look at.', $_[0])) }

# Start pvtime with a file as standard input, and its arguments; and wait for its end, see
# Shared.pm.
sub start { return start_command(shift, $pvtime, @_) }
sub finish { return end_of(@_) }

# The lab of two VMs on a board.
sub lab
{
	my ($script, @options) = @_;
	return finish(start('/dev/null', 'lab', $two, '--hypervisor', board($script), @options));
}

# Until the condition holds: its value then.
sub wait_until
{
	my ($condition) = @_;
	my $value;
	select undef, undef, undef, 0.01 until $value = $condition->();
	return $value;
}

1;
