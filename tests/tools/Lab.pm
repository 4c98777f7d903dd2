# SPDX-License-Identifier: BSD-2-Clause
package Lab;

# Runs `pvtime lab` on a board of the tests' own, see qemu-system-aarch64 in this directory.

use strict;
use warnings;
use Cwd qw(abs_path);
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use POSIX ();

our @EXPORT = qw($dir $pvtime $two board start finish lab slurp spew wait_until);

my $here = abs_path(dirname(__FILE__));
our $pvtime = abs_path(($ENV{BUILD} // 'build') . '/pvtime');
our $dir = tempdir(CLEANUP => 1);
our $two = "$dir/two.ini"; # a lab of "busy" with two vCPUs and "idle" with one

$ENV{PATH} = "$here:$ENV{PATH}";
delete $ENV{NO_COLOR};
$ENV{LC_ALL} = 'C';

sub spew
{
	my ($path, $bytes) = @_;
	open my $f, '>:raw', $path or die "$path: $!";
	print $f $bytes;
	close $f or die "$path: $!";
	return $path;
}

sub slurp
{
	my ($path) = @_;
	open my $f, '<:raw', $path or return undef;
	local $/;
	return <$f> // '';
}

# Let anything be the kernel: the board does not look at it. An arm64 Image's header, with its size.
spew("$dir/Image", pack('VVQ<Q<Q<Q<Q<Q<a4V', 0x14000010, 0, 0, 65536, 0xa, 0, 0, 0, "ARM\x64", 0) . "\0" x 64);
spew($two, "[lab]\nseed = 7\n[vm busy]\nkernel = Image\nvcpus = 2\n[vm idle]\nkernel = Image\n");

# A board that does what the Perl text says; the path of its "hypervisor", whose first line has what an arm64 Image is
# known by.
my $boards = 0;
sub board { return spew("$dir/board" . $boards++ . '.pl', sprintf("%-56sARM\x64\n%s;1;", '# A hypervisor to look at.', $_[0])) }

# Start pvtime with its arguments: {pid, out, err}, the latter files. {in}: what is its standard input.
my $runs = 0;
sub start
{
	my ($in, @arguments) = @_;
	my $n = $runs++;
	my %run = (out => "$dir/out$n", err => "$dir/err$n");
	$run{pid} = fork // die "fork: $!";
	if ($run{pid} == 0) {
		POSIX::setpgid(0, 0);
		open STDIN, '<', $in or die;
		open STDOUT, '>', $run{out} or die;
		open STDERR, '>', $run{err} or die;
		exec $pvtime, @arguments or die "exec: $!";
	}
	return \%run;
}

# Wait for its end: (status, standard output, standard error); a signal is status 128 + its number.
sub finish
{
	my ($run) = @_;
	waitpid $run->{pid}, 0;
	my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
	return ($status, slurp($run->{out}), slurp($run->{err}));
}

# The lab of two VMs on a board.
sub lab
{
	my ($script, @options) = @_;
	return finish(start('/dev/null', 'lab', $two, '--hypervisor', board($script), @options));
}

# Until the condition holds, for 20 s at most: its last value.
sub wait_until
{
	my ($condition) = @_;
	my $value;
	for (1 .. 2000) {
		last if $value = $condition->();
		select undef, undef, undef, 0.01;
	}
	return $value;
}

1;
