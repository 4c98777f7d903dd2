# SPDX-License-Identifier: BSD-2-Clause
package Lab;

# Runs `pvtime lab` on a fake board, see qemu-system-aarch64 in this directory.

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

# The kernel of the labs: an arm64 Image that is only a header. The fake board does not run it.
spew("$dir/Image", pack('VVQ<Q<Q<Q<Q<Q<a4V', 0x14000010, 0, 0, 65536, 0xa, 0, 0, 0, "ARM\x64", 0) . "\0" x 64);
spew($two, "[lab]\nseed = 7\n[vm busy]\nkernel = Image\nvcpus = 2\n[vm idle]\nkernel = Image\n");

# board TEXT: make a board that executes the Perl text. Returns the path of its "hypervisor": a Perl
# file whose first line has the magic of an arm64 Image.
my $boards = 0;
sub board { return spew("$dir/board" . $boards++ . '.pl', sprintf("%-56sARM\x64\n%s;1;", '# A hypervisor to look at.', $_[0])) }

# start FILE, ARGUMENT...: start pvtime with a file as standard input. finish RUN: wait for its end.
# See Shared.pm.
sub start { return start_command(shift, $pvtime, @_) }
sub finish { return end_of(@_) }

# lab TEXT, OPTION...: run the lab of two VMs on a board that executes the Perl text.
sub lab
{
	my ($script, @options) = @_;
	return finish(start('/dev/null', 'lab', $two, '--hypervisor', board($script), @options));
}

# Wait until the condition is true, and return its value.
sub wait_until
{
	my ($condition) = @_;
	my $value;
	select undef, undef, undef, 0.01 until $value = $condition->();
	return $value;
}

1;
