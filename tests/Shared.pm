# SPDX-License-Identifier: BSD-2-Clause
package Shared;

# Shared by all tests in Perl: the build directory, a temporary directory, functions that read and
# write whole files, and functions that run commands. Guest.pm, Host.pm and Lab.pm export again what
# their tests need.

use strict;
use warnings;
use Carp ();
use Cwd qw(abs_path);
use Exporter qw(import);
use File::Temp qw(tempdir);
use POSIX ();
use Test::More ();

our @EXPORT = qw($build $tmp slurp spew run_command limited at_least read_json);
our @EXPORT_OK = qw(start_command end_of heed_all $nobody);

our $build = abs_path($ENV{BUILD} // 'build');
our $tmp = tempdir(CLEANUP => 1);
# No process has the PID 4194304: a PID is below pid_max, which is at most that number. In a PID
# namespace, the message says so; the first one of a machine has the number 4026531836.
our $nobody = 'there is no process 4194304' . (readlink('/proc/self/ns/pid') eq 'pid:[4026531836]' ? '' : ' in this PID namespace');
$ENV{LC_ALL} = 'C';

# Scripts wait without a limit. tests/limit.c ends a script that hangs with SIGTERM; the script then
# prints where it waited, and its temporary directory is deleted.
$SIG{TERM} = sub { Carp::confess('ended by SIGTERM') };

# Return a file's bytes.
sub slurp
{
	my ($path) = @_;
	open my $f, '<:raw', $path or die "$path: $!";
	local $/;
	return <$f> // '';
}

# Write the bytes to a file, and return its path.
sub spew
{
	my ($path, @bytes) = @_;
	open my $f, '>:raw', $path or die "$path: $!";
	print $f @bytes;
	close $f or die "$path: $!";
	return $path;
}

# limited SECONDS, COMMAND...: the command under tests/limit.c, which ends it with status 124 after
# SECONDS, measured as if the machine did nothing else.
sub limited
{
	my ($seconds, @command) = @_;
	return ("$build/limit", $seconds, @command);
}

# read_json FORMAT, TEXT: decode a JSON text that pvtime wrote in that format, such as 'ledger'.
# Dies if the text has another format or version.
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

# A check over all matches of a pattern also passes if the pattern matches nothing. So such checks
# assert that at least as many matches are found as on the day on which the check was written or
# last changed.
sub at_least
{
	my ($name, $minimum, $found) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return Test::More::cmp_ok($found, '>=', $minimum, "$name: at least $minimum are found");
}

# Called in a child before exec: the program must get all signals, even if nohup(1), or a shell's
# `&`, has started the tests with some of them ignored.
sub heed_all { $SIG{$_} = 'DEFAULT' for qw(HUP INT QUIT TERM TSTP CHLD); return }

# Start a command in its own process group, with the file $in as standard input: {pid, out, err}.
# out and err are the paths of files.
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

# Wait for a command to end: (status, standard output, standard error). The status of a command that
# a signal ended is 128 + its number.
sub end_of
{
	my ($run) = @_;
	waitpid $run->{pid}, 0;
	my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
	return ($status, slurp($run->{out}), slurp($run->{err}));
}

# Start a command with an empty standard input, and wait for it to end.
sub run_command { return end_of(start_command('/dev/null', @_)) }

1;
