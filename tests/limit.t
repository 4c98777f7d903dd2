#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: tests/limit.c, the program that ends tests which hang. tests/unit/run/patience.c tests how it
# measures time.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Shared qw(:DEFAULT start_command end_of);
use Test::More;

my $limit = "$build/limit";

# Run a script in sh under the limit: (status, standard output, standard error).
sub limited_sh
{
	my ($seconds, $script, @more) = @_;
	return run_command($limit, $seconds, 'sh', '-c', $script, 'sh', @more);
}

# Whether the process whose PID is in the file is gone, or a zombie. It may go at any moment, so its
# state is read in one step: no state means that it is gone.
sub gone
{
	my ($file) = @_;
	my $pid = slurp($file) + 0 or die "$file: no number";
	open my $stat, '<', "/proc/$pid/stat" or return 1;
	return (<$stat> // ') Z ') =~ /\) Z /;
}

# A command that ends.
is_deeply([limited_sh(60, 'echo out; echo err >&2; exit 7')], [7, "out\n", "err\n"], 'limit has the status and output of the command');
is((limited_sh(60, 'kill -SEGV $$'))[0], 128 + 11, 'the signal that ends the command also ends limit');
my ($status, $out, $err) = run_command($limit, 60, "$tmp/nothing");
is($status, 127, 'limit has status 127 if the command does not exist');
is($err, "limit: $tmp/nothing: No such file or directory\n", 'the message names the command that does not exist');
for my $arguments ([], [5], [0, 'true'], ['5s', 'true'], [-1, 'true'], ['', 'true']) {
	($status, $out, $err) = run_command($limit, @$arguments);
	is("$status $err", "125 usage: limit SECONDS COMMAND [ARGUMENT...]\n", "limit rejects the arguments '@$arguments'");
}

# Commands that do not end, or whose descendants do not.
for my $case (
	['sleeps', 'sleep 1000'],
	['spins', 'while :; do :; done'],
	['waits for a child that spins', "sh -c 'while :; do :; done' & wait"],
	['waits for a child in another session', 'setsid -w sleep 1000'],
	['is stopped', 'kill -STOP $$'],
) {
	my ($name, $script) = @$case;
	($status, $out, $err) = limited_sh(1, $script);
	is($status, 124, "limit ends a command that $name");
	is($err, "limit: sh has not ended within 1 s\n", "the message says that a command that $name took too long");
}
($status, $out) = limited_sh(1, 'trap "echo ended; exit 3" TERM; sleep 1000 & wait');
is("$status $out", "124 ended\n", 'the command gets SIGTERM before it is killed');

# Processes that a command leaves behind.
limited_sh(60, 'sleep 1000 >/dev/null 2>&1 & echo $! >"$1"', "$tmp/left");
ok(gone("$tmp/left"), 'a process that the command leaves behind is killed');
limited_sh(60, 'setsid sh -c "sleep 1000 & echo \$! >\"$1\"" sh "$1" >/dev/null 2>&1', "$tmp/session");
ok(gone("$tmp/session"), 'a process in another session whose parent has ended is killed');

# A signal to limit, and the end of limit's parent.
my $waiting = 'echo $$ >"$1.new"; mv "$1.new" "$1"; sleep 1000';
sub until_there
{
	my ($file) = @_;
	select undef, undef, undef, 0.01 until -s $file;
}
for my $signal (qw(TERM INT HUP)) {
	my $run = start_command('/dev/null', $limit, 60, 'sh', '-c', $waiting, 'sh', "$tmp/$signal");
	until_there("$tmp/$signal");
	kill $signal, $run->{pid};
	my %number = (TERM => 15, INT => 2, HUP => 1);
	is((end_of($run))[0], 128 + $number{$signal}, "SIG$signal ends limit");
	ok(gone("$tmp/$signal"), "SIG$signal to limit ends the command");
}
my $run = start_command('/dev/null', 'sh', '-c', '"$1" 60 sh -c "$2" sh "$3"; true', 'sh', $limit, $waiting, "$tmp/orphan");
until_there("$tmp/orphan");
kill 'KILL', $run->{pid};
end_of($run);
select undef, undef, undef, 0.01 until gone("$tmp/orphan");
pass('the command ends when the parent of limit is gone');

done_testing;
