# SPDX-License-Identifier: BSD-2-Clause
package Shared;

# What the tests in Perl share: where is what was built, a directory that is gone in the end, files
# as a whole, and commands that are run to their end. Guest.pm, Host.pm and Lab.pm hand on what
# their tests want of it.

use strict;
use warnings;
use Carp ();
use Cwd qw(abs_path);
use Exporter qw(import);
use File::Temp qw(tempdir);
use POSIX ();
use Test::More ();

our @EXPORT = qw($build $tmp slurp spew run_command limited at_least read_json);
our @EXPORT_OK = qw(start_command end_of heed_all);

our $build = abs_path($ENV{BUILD} // 'build');
our $tmp = tempdir(CLEANUP => 1);
$ENV{LC_ALL} = 'C';

# No script limits how long it waits: tests/limit.c ends one that hangs, by this signal. Then it
# says where it has waited, and its directory goes.
$SIG{TERM} = sub { Carp::confess('ended by SIGTERM') };

# A file's bytes.
sub slurp
{
	my ($path) = @_;
	open my $f, '<:raw', $path or die "$path: $!";
	local $/;
	return <$f> // '';
}

# A file of these bytes: its path.
sub spew
{
	my ($path, @bytes) = @_;
	open my $f, '>:raw', $path or die "$path: $!";
	print $f @bytes;
	close $f or die "$path: $!";
	return $path;
}

# A command that is ended where it takes longer than so many seconds of a machine that does nothing
# else; status 124 then.
sub limited
{
	my ($seconds, @command) = @_;
	return ("$build/limit", $seconds, @command);
}

# The data of a JSON text that pvtime wrote in that format, such as 'ledger'. Dies where it has
# another format or version.
sub read_json
{
	my ($format, $text) = @_;
	require JSON::PP;
	my $data = JSON::PP::decode_json($text);
	my ($found, $version) = ref $data eq 'HASH' ? map { $_ // 'none' } @$data{qw(format version)} : ('none', 'none');
	die "found format '$found', version $version; expected format 'pvtime-$format', version 1\n"
		if $found ne "pvtime-$format" || $version ne '1';
	return $data;
}

# A check that goes over what a pattern finds passes where the pattern finds nothing. So the number
# that was found must not be smaller than the number of the day on which the check was written or
# last changed.
sub at_least
{
	my ($name, $minimum, $found) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return Test::More::cmp_ok($found, '>=', $minimum, "$name: at least $minimum are found");
}

# In a child: signals reach what it becomes, even where nohup(1), or a shell's `&`, has started the
# tests with some ignored.
sub heed_all { $SIG{$_} = 'DEFAULT' for qw(HUP INT QUIT TERM TSTP CHLD); return }

# Start a command, in a process group of its own, with the file $in as standard input: {pid, out,
# err}, the latter files.
my $commands = 0;
sub start_command
{
	my ($in, @command) = @_;
	my $file = "$tmp/command" . $commands++;
	my %run = (out => "$file.out", err => "$file.err");
	$run{pid} = fork // die "fork: $!";
	if ($run{pid} == 0) {
		POSIX::setpgid(0, 0);
		heed_all();
		open STDIN, '<', $in or die "$in: $!";
		open STDOUT, '>', $run{out} or die "$run{out}: $!";
		open STDERR, '>', $run{err} or die "$run{err}: $!";
		exec {$command[0]} @command or die "$command[0]: $!";
	}
	return \%run;
}

# Wait for its end: (status, standard output, standard error); a signal is status 128 + its number.
sub end_of
{
	my ($run) = @_;
	waitpid $run->{pid}, 0;
	my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
	return ($status, slurp($run->{out}), slurp($run->{err}));
}

# Both, with nothing as standard input.
sub run_command { return end_of(start_command('/dev/null', @_)) }

1;
