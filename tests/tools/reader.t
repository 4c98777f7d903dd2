#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the output of `pvtime lab` goes to a slow reader, or to one that reads nothing, as in `pvtime
# lab ... | less` or on a terminal after Ctrl-S. No output is lost, and a signal still ends the lab.
# The same is tested for `pvtime conform` and `pvtime bench`.

use strict;
use warnings;
use File::Basename qw(dirname);
use Fcntl qw(F_GETFL O_NONBLOCK);
use POSIX ();
use lib dirname(__FILE__);
use Lab;
use Terminal qw(new_terminal keep_open);
use Test::More;
use Time::HiRes qw(time sleep);

# The beginning of every board: it writes its PID to a file, and reach() records its progress in
# files.
my $common = "my \$dir = '$dir';\n" . <<'END';
open my $pid, '>', "$dir/pid"; print $pid $$; close $pid;
sub reach { open my $h, '>', "$dir/$_[0]"; close $h }
sub final { record('final 10', map({ vcpu(@$_, running => 10) } [0, 0], [0, 1], [1, 0]), 'end') }
my $filler = 'x' x 99;
sub flood { for my $line ($_[0] .. $_[1]) { put(0, "$line $filler\n") } }
record('start 1000');
END
# The board prints more than a pipe and the lab's buffers hold, so it blocks while the output is not
# read.
my $floods = $common . q{flood(1, 10000); reach('flooded'); wait_for_stop(); flood(10001, 10010); final(); record('done 0 stopped as asked'); reach('done')};

# Start the lab with these files as standard output and error. $out is closed in this process. If
# $out is a terminal, it is standard input, too.
sub start_on
{
	my ($out, $err, $script, @options) = @_;
	return start_command_on($out, $err, 'lab', $two, '--hypervisor', board($script), @options);
}

sub start_command_on
{
	my ($out, $err, @command) = @_;
	unlink "$dir/pid", "$dir/flooded", "$dir/done";
	my $pid = fork // die;
	if ($pid == 0) {
		POSIX::setpgid(0, 0);
		heed_all();
		-t $out ? open STDIN, '<&', $out : open STDIN, '<', '/dev/null' or die;
		open STDOUT, '>&', $out or die;
		open STDERR, '>&', $err or die;
		exec $pvtime, @command or die;
	}
	close $out;
	return $pid;
}

# Wait until the command has not read or written for 0.3 s: then a full pipe blocks the board, or
# everything is printed.
sub is_quiet
{
	my ($pid) = @_;
	my ($last, $same) = ('', 0);
	while ($same < 15) {
		my $now = slurp("/proc/$pid/io");
		$same = $now eq $last ? $same + 1 : 0;
		$last = $now;
		sleep 0.02;
	}
	return 1;
}

# Test that the command ends within a minute, which is enough on a busy machine, too; return its
# status.
sub end_soon
{
	my ($pid, $what) = @_;
	my $until = time + 60;
	my $ended;
	sleep 0.02 until ($ended = waitpid $pid, POSIX::WNOHANG()) || time > $until;
	my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
	ok($ended, "$what: the command ends within a minute") and return $status;
	kill 'KILL', $pid;
	waitpid $pid, 0;
	return -1;
}

sub board_is_gone { return wait_until(sub { !kill 0, slurp("$dir/pid") }) }

sub terminal { return @{keep_open(new_terminal())}{qw(master slave)} }

# Fill a pipe, so that a write to it blocks.
sub fill
{
	my ($end) = @_;
	my $flags = fcntl $end, F_GETFL, 0;
	fcntl $end, Fcntl::F_SETFL(), $flags | O_NONBLOCK;
	1 while syswrite $end, 'x' x 4096;
	fcntl $end, Fcntl::F_SETFL(), $flags;
	return $end;
}

sub errors { open my $err, '>', "$dir/err" or die; return $err }

# A reader that reads nothing.
for my $signal (qw(INT TERM HUP QUIT)) {
	pipe my $reader, my $writer or die;
	my $pid = start_on($writer, errors(), $floods, '--json', "$dir/ledger");
	is_quiet($pid);
	ok(!-e "$dir/flooded", "SIG$signal: the board blocks while the output is not read");
	kill $signal, $pid;
	my $status = end_soon($pid, "SIG$signal");
	is($status, 1, "SIG$signal: a lab whose output is lost has status 1");
	is(slurp("$dir/err"), "pvtime: standard output: nothing was read for 2 s after the request to stop; the rest is lost\n",
		"SIG$signal: a message says that output is lost");
	like(slurp("$dir/ledger"), qr/"ended":"asked"/, "SIG$signal: the file of --json has the final ledger");
	ok(-e "$dir/done", "SIG$signal: the board stops as asked");
	ok(board_is_gone(), "SIG$signal: the board's process is gone");
}

# A reader that reads again after the signal gets all output.
{
	pipe my $reader, my $writer or die;
	my $pid = start_on($writer, errors(), $floods);
	is_quiet($pid);
	kill 'INT', $pid;
	local $/;
	my $text = <$reader>;
	is(end_soon($pid, 'a reader that reads again after the signal'), 0, 'a lab whose reader reads again after the signal has status 0');
	my @lines = $text =~ /^busy\| (\d+) x{99}$/mg;
	is_deeply(\@lines, [1 .. 10010], 'a reader that reads again after the signal gets every line');
	like($text, qr/^Ended: asked\. /m, 'a reader that reads again after the signal gets the table');
	is(slurp("$dir/err"), '', 'a lab whose reader reads again after the signal prints no message');
}

# A slow reader, without a signal, gets all output.
{
	pipe my $reader, my $writer or die;
	my $pid = start_on($writer, errors(), $common . q{flood(1, 5000); final(); record('done 0 fine')});
	my $text = '';
	while (sysread $reader, my $piece, 8192) {
		$text .= $piece;
		sleep 0.01;
	}
	waitpid $pid, 0;
	is($?, 0, 'a lab with a slow reader has status 0');
	is_deeply([$text =~ /^busy\| (\d+) x{99}$/mg], [1 .. 5000], 'a slow reader gets every line in order');
	like($text, qr/^Ended: /m, 'a slow reader gets the table');
}

# After a signal, the command waits for a reader that reads a little now and then; a second signal
# ends this. The message about it is also waited for, for some time.
{
	pipe my $reader, my $writer or die;
	pipe my $said, my $err or die;
	fill($err);
	my $pid = start_on($writer, $err, $floods);
	close $err;
	is_quiet($pid);
	kill 'INT', $pid;
	my ($from, $second) = time;
	while (time < $from + 6) {
		kill 'INT', $pid if !$second && time > $from + 3 and $second = 1;
		sysread $reader, my $piece, 4096;
		sleep 0.2;
	}
	is(waitpid($pid, POSIX::WNOHANG()), 0, 'with a reader that reads a little, the command waits until its message is read');
	local $/;
	like(<$said> =~ s/^x+//r, qr/^pvtime: standard output: not all was read within 2 s of the second request to stop; the rest is lost\n\z/,
		'with a reader that reads a little, a message says that output is lost');
	is(end_soon($pid, 'a reader that reads a little'), 1, 'with a reader that reads a little, the status is 1');
}

# A lab that is over and whose table is not read waits until a signal comes.
{
	pipe my $reader, my $writer or die;
	my $pid = start_on($writer, errors(), $common . q{flood(1, 1000); final(); record('done 0 fine'); reach('done')}, '--json', "$dir/ledger");
	ok(wait_until(sub { -e "$dir/done" }) && board_is_gone(), 'a lab that is over: the board is gone before the table is read');
	is_quiet($pid);
	is(waitpid($pid, POSIX::WNOHANG()), 0, 'a lab that is over waits for its reader');
	isnt(slurp("$dir/ledger"), '', 'a lab that is over has written its ledger before its table is read');
	kill 'TERM', $pid;
	is(end_soon($pid, 'a lab that is over'), 1, 'a signal ends a lab that is over, with status 1');
}

# Messages: standard error and standard output are the same pipe, or only standard error is a pipe.
{
	my $messages = $common . q{for (1 .. 3000) { message("message $_ $filler") } wait_for_stop(); final(); record('done 0 fine')};
	pipe my $reader, my $writer or die;
	open my $both, '>&', $writer or die;
	my $pid = start_on($writer, $both, $messages, '--json', "$dir/ledger");
	close $both;
	is_quiet($pid);
	kill 'INT', $pid;
	is(end_soon($pid, 'messages on the same pipe'), 1, 'a lab whose messages and output share an unread pipe ends with status 1');

	pipe $reader, $writer or die;
	open my $out, '>', "$dir/out" or die;
	$pid = start_on($out, $writer, $messages);
	close $writer;
	is_quiet($pid);
	kill 'INT', $pid;
	is(end_soon($pid, 'messages that nobody reads'), 0, 'a lab of which only the messages are not read ends with status 0');
	like(slurp("$dir/out"), qr/^Ended: asked/m, 'a lab of which only the messages are not read writes its table');
}

# On one pipe, lines and messages have the order in which the board sent them.
{
	pipe my $reader, my $writer or die;
	open my $both, '>&', $writer or die;
	my $pid = start_on($writer, $both, $common . q{for (1 .. 500) { put(0, "$_\n"); message("$_") } final(); record('done 0 fine')});
	close $both;
	local $/;
	my $text = <$reader>;
	waitpid $pid, 0;
	is_deeply([$text =~ /^(?:busy\||pvtime:) (\d+)$/mg], [map { ($_, $_) } 1 .. 500], 'lines and messages keep their order on one pipe');
}

# Pipes as other files: a console's log, and the ledger.
for my $case (['a console', 'logs/busy.log', '--console-dir', "$dir/logs"], ['the ledger', 'fifo.json', '--json', "$dir/fifo.json"]) {
	my ($name, $fifo, @options) = @$case;
	mkdir "$dir/logs";
	POSIX::mkfifo("$dir/$fifo", 0600) or die;
	open my $reader, '+<', "$dir/$fifo" or die;
	# The pipe for the ledger is filled beforehand.
	my $filled = $name eq 'the ledger';
	fill($reader) if $filled;
	open my $out, '>', "$dir/out" or die;
	my $pid = start_on($out, errors(), $filled ? $common . q{wait_for_stop(); final(); record('done 0 fine')} : $floods, @options);
	wait_until(sub { -s "$dir/pid" });
	is_quiet($pid);
	kill 'INT', $pid;
	is(end_soon($pid, "$name is a pipe"), 1, "$name is a pipe that is not read: the lab ends with status 1");
	like(slurp("$dir/err"), qr/nothing was read for 2 s/, "$name is a pipe that is not read: a message says so");
}

my $samples = $common . q{
	sub ledger { my ($kind, $t) = @_; record("$kind $t", map({ vcpu(@$_, running => $t) } [0, 0], [0, 1], [1, 0]), 'end') }
	ledger('sample', $_) for 1 .. 3000; wait_for_stop(); ledger('final', 4000); record('done 0 stopped')};

# A terminal that accepts no output, as after Ctrl-S: plain, attached, and with the live table.
for my $case (['consoles'], ['the attached console', '--attach', 'busy'], ['the live table', '--watch']) {
	my ($name, @options) = @$case;
	local $ENV{TERM} = 'xterm';
	my ($master, $slave) = terminal();
	open my $both, '>&', $slave or die;
	my $pid = start_on($slave, $both, $name eq 'the live table' ? $samples : $floods, @options);
	is_quiet($pid);
	# On an attached console, Ctrl-] ends the lab.
	$name =~ /attached/ ? syswrite $master, "\x1d" : kill 'TERM', $pid;
	is(end_soon($pid, "$name on a terminal"), 1, "$name on a terminal that accepts no output: the lab ends with status 1");
	ok(board_is_gone(), "$name on a terminal that accepts no output: the board is gone");
}

# SIGCONT soon after SIGTSTP: the lab has not stopped yet, as it waits for its output to be read
# first.
for my $early (0.1, 0.3) {
	pipe my $reader, my $writer or die;
	my $pid = start_on($writer, errors(), $floods);
	is_quiet($pid);
	kill 'TSTP', $pid;
	sleep $early;
	kill 'CONT', $pid;
	sleep 1;
	unlike(slurp("/proc/$pid/stat"), qr/\) T/, "SIGCONT $early s after SIGTSTP: the lab is not stopped");
	unlike(slurp('/proc/' . slurp("$dir/pid") . '/stat'), qr/\) T/, "SIGCONT $early s after SIGTSTP: the board is not stopped");
	kill 'TSTP', $pid;
	ok(wait_until(sub { slurp("/proc/$pid/stat") =~ /\) T/ }), "SIGCONT $early s after SIGTSTP: the next SIGTSTP stops the lab");
	kill 'CONT', $pid;
	kill 'INT', $pid;
	end_soon($pid, "SIGCONT $early s after SIGTSTP");
}

# The shell and other writers share the pipe, so the command must not make it non-blocking.
{
	pipe my $reader, my $writer or die;
	open my $ours, '>&', $writer or die;
	my $pid = start_on($writer, errors(), $common . q{put(0, "up\n"); wait_for_stop(); final(); record('done 0 fine')});
	sysread $reader, my $up, 4096;
	is(fcntl($ours, F_GETFL, 0) & O_NONBLOCK, 0, 'a shared standard output stays blocking');
	kill 'INT', $pid;
	end_soon($pid, 'a shared standard output');
}

# The board cannot be started, and the message about it is not read.
{
	local $ENV{PATH} = '/nonexistent';
	pipe my $reader, my $writer or die;
	open my $out, '>', "$dir/out" or die;
	my $pid = start_on($out, fill($writer), '');
	close $writer;
	is_quiet($pid);
	kill 'INT', $pid;
	is(end_soon($pid, 'QEMU is missing'), 1, 'a signal ends a lab without QEMU whose message is not read, with status 1');
}

# Runs one after the other that print $text; with 'goes on', the last run does not end.
my ($suite, $tmp) = ("$dir/suite", "$dir/tmp");
mkdir $_ or die for $suite, $tmp;
spew("$suite/$_", slurp("$dir/Image")) for qw(suite-4k-le.img competitor.img bench.img);
spew("$suite/suite-4k-le.raw", "raw\0");
my @conform = ('conform', '--suite', $suite, '--jobs', 1, '--run', 'plain');
my @bench = ('bench', '--suite', $suite, '--bench', $suite, '--jobs', 1, '--run', 'guest');
$ENV{TMPDIR} = $tmp;
sub runs
{
	my ($text, $last) = @_;
	unlink "$dir/boards";
	return board($common . "my (\$text, \$last) = ('$text', '$last');" . <<'END');
open my $boards, '>>', "$dir/boards"; print $boards "$$\n"; close $boards;
if ($last eq 'goes on' && -s "$dir/boards" > 1 + length $$) { 1 while hear() }
$text eq 'much' ? flood(1, 5000) : put(0, "hello\n");
record('final 10', vcpu(0, 0, running => 10), 'end');
record('done 0 all VMs are off');
END
}

# have_begun(COUNT): within 30 s, so many boards have begun. last_is_gone(): wait for the end of the
# last board.
sub have_begun
{
	my ($count) = @_;
	my ($until, @pids) = (time + 30);
	while (@pids < $count && time < $until) {
		@pids = split /\n/, slurp("$dir/boards") if -e "$dir/boards";
		sleep 0.02;
	}
	return @pids == $count;
}
sub last_is_gone
{
	my $pid = (split /\n/, slurp("$dir/boards"))[-1];
	return wait_until(sub { !kill 0, $pid });
}

sub ends_of
{
	my ($pid, $name) = @_;
	kill 'INT', $pid;
	is(end_soon($pid, $name), 128 + 2, "$name: the command ends with the status of SIGINT");
	is(join(' ', glob "$tmp/*"), '', "$name: no file is left behind");
}

# While runs go on, the output of ended runs, or the messages, are not read.
for my $case (['--verbose', 'much', '--verbose'], ['--verbose on standard error', 'much', '--verbose', '--tap', '-'], ['messages', 'little']) {
	my ($name, $text, @options) = @$case;
	$name = "conform, $name";
	pipe my $reader, my $writer or die;
	open my $file, '>', "$dir/out" or die;
	fill($writer) if $text eq 'little';
	my $pid = start_command_on($name =~ /verbose$/ ? ($writer, $file) : ($file, $writer), @conform, '--run', 'beta-2',
		'--hypervisor', runs($text, 'goes on'), @options);
	close $writer;
	ok(have_begun(2), "$name: the next run begins without waiting for the reader");
	ends_of($pid, $name);
	ok(last_is_gone(), "$name: the board's process is gone");
}

# All runs are over, and their output, or the results, are not read.
POSIX::mkfifo("$dir/unread", 0600) or die;
for my $case (
	['conform, --verbose at the end', 'much', 1, @conform, '--verbose'],
	['conform, results', 'little', 1, @conform, '--tap', '-'],
	['conform, results in a full FIFO', 'little', 1, @conform, '--json', "$dir/fifo.json"],
	['conform, a FIFO without a reader', 'little', 0, @conform, '--json', "$dir/unread"],
	['bench, results', 'little', 2, @bench, '--json', '-'],
	['bench, results in a full FIFO', 'little', 2, @bench, '--json', "$dir/fifo.json"],
	['bench, a FIFO without a reader', 'little', 2, @bench, '--markdown', "$dir/unread"],
) {
	my ($name, $text, $boards, @command) = @$case;
	pipe my $reader, my $writer or die;
	open my $fifo, '+<', "$dir/fifo.json" or die;
	fill($_) for $fifo, $text eq 'little' ? $writer : ();
	my $pid = start_command_on($writer, errors(), @command, '--hypervisor', runs($text, 'ends'));
	ok(!$boards || (have_begun($boards) && last_is_gone()), "$name: all runs end");
	is_quiet($pid);
	is(waitpid($pid, POSIX::WNOHANG()), 0, "$name: the command waits for the reader");
	ends_of($pid, $name);
}

# A reader that reads again after the signal gets the output of ended runs; a slow reader gets all
# output, and then the results.
{
	pipe my $reader, my $writer or die;
	my $pid = start_command_on($writer, errors(), @conform, '--verbose', '--run', 'beta-2', '--hypervisor', runs('much', 'goes on'));
	have_begun(2);
	kill 'INT', $pid;
	my $text = do { local $/; <$reader> };
	is(end_soon($pid, 'conform, a reader that reads again after the signal'), 128 + 2, 'conform, a reader that reads again after the signal: the status is that of SIGINT');
	is_deeply([$text =~ /^(\d+) x{99}$/mg], [1 .. 5000], 'conform, a reader that reads again after the signal gets every line');
}
{
	pipe my $reader, my $writer or die;
	my $pid = start_command_on($writer, errors(), @conform, '--verbose', '--hypervisor', runs('much', 'ends'));
	my $text = '';
	while (sysread $reader, my $piece, 8192) {
		$text .= $piece;
		sleep 0.01;
	}
	waitpid $pid, 0;
	is_deeply([$text =~ /^(\d+) x{99}$/mg], [1 .. 5000], 'conform, a slow reader gets every line in order');
	like($text, qr/ x{99}\nRule /, 'conform, a slow reader gets the results after the lines');
}

# If standard output cannot be written, the command fails, but it still writes its other files.
{
	open my $full, '>', '/dev/full' or die;
	my $pid = start_command_on($full, errors(), @conform, '--verbose', '--json', "$dir/full.json", '--hypervisor', runs('much', 'ends'));
	is(end_soon($pid, 'conform on a full disk'), 1, 'conform on a full disk: the status is 1');
	like(slurp("$dir/err"), qr/^pvtime: standard output: No space left on device$/m, 'conform on a full disk: a message says so');
	ok(-s "$dir/full.json", 'conform on a full disk: the file of --json is written');
}

done_testing;
