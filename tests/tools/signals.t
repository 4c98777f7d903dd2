#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: signals ask `pvtime lab` to end, or kill it; the board never outlives it.

use strict;
use warnings;
use File::Basename qw(dirname);
use lib dirname(__FILE__);
use Lab;
use Test::More;

my $common = "my \$dir = '$dir';\n" . <<'END';
open my $f, '>', "$dir/pid.new"; print $f $$; close $f; rename "$dir/pid.new", "$dir/pid";
sub heard { open my $h, '>', $_[0]; print $h $_[1]; close $h }
sub final { record('final 10', map({ vcpu(@$_, running => 10) } [0, 0], [0, 1], [1, 0]), 'end') }
record('start 1000'); put(0, "ready\n");
END

sub begin
{
	my ($script, @options) = @_;
	unlink "$dir/pid", "$dir/heard";
	# Start the command through Perl, which can set these signals to be ignored.
	my $with = ref $options[0] ? join '', map { "\$SIG{$_} = 'IGNORE';" } @{shift @options} : '';
	my $run = Shared::start_command('/dev/null', 'perl', '-e', "$with exec \@ARGV or die", $pvtime, 'lab', $two, '--hypervisor',
		board($common . $script), @options);
	ok(wait_until(sub { -e $run->{out} && slurp($run->{out}) =~ /ready/ }), 'the board has started');
	return $run;
}

sub board_is_gone
{
	my $pid = slurp("$dir/pid");
	return wait_until(sub { !kill 0, $pid });
}

sub state { return (eval { slurp("/proc/$_[0]/stat") } // '') =~ /\) (\w)/ ? $1 : '' }

for my $signal (qw(INT TERM HUP QUIT)) {
	my $run = begin(q{heard("$dir/heard", '<' . wait_for_stop() . '>'); final(); record('done 0 stopped as asked')});
	kill $signal, $run->{pid};
	my ($status, $out, $err) = finish($run);
	is($status, 0, "SIG$signal ends the lab with status 0");
	like($out, qr/^busy    0        0.010 /m, "SIG$signal: the lab prints the final ledger");
	is(slurp("$dir/heard"), '<>', "SIG$signal: the lab sends the board only the request to stop");
}

# A signal that is ignored when the command starts stays ignored, as with `nohup pvtime lab` or a
# shell's `pvtime lab &`.
for my $signal (qw(INT TERM HUP QUIT TSTP)) {
	my $run = begin(q{select undef, undef, undef, 0.01 until -e "$dir/go"; put(0, "on\n"); heard("$dir/heard", '<' . wait_for_stop() . '>');
		final(); record('done 0 stopped as asked')}, [$signal]);
	kill $signal, $run->{pid};
	spew("$dir/go", '');
	wait_until(sub { slurp($run->{out}) =~ /^busy\| on/m || state($run->{pid}) eq 'T' });
	select undef, undef, undef, 0.2;
	ok(!-e "$dir/heard" && state($run->{pid}) =~ /[SRD]/, "a lab that was started with SIG$signal ignored ignores it");
	kill 'CONT', $run->{pid};
	kill $signal eq 'INT' ? 'TERM' : 'INT', $run->{pid};
	my ($status) = finish($run);
	is($status, 0, "another signal ends a lab that was started with SIG$signal ignored");
	unlink "$dir/go";
}

# The caller may ignore SIGCHLD; the command must still be able to wait for its children.
{
	my $run = begin(q{exit 5}, ['CHLD']);
	my ($status, undef, $err) = finish($run);
	like($err, qr/^pvtime: QEMU ended with status 5 /, "a lab that was started with SIGCHLD ignored reports QEMU's status");
}

# Ctrl-C signals every process of the foreground group, so the board must not be in it.
{
	my $run = begin(q{wait_for_stop(); final(); record('done 0 stopped')});
	kill 'INT', -$run->{pid};
	my ($status) = finish($run);
	is($status, 0, "SIGINT to the command's process group ends the lab with status 0, as the board is not in that group");
}

# A second signal ends the lab at once.
{
	my $run = begin(q{wait_for_stop(); put(0, "no\n"); sleep 60});
	kill 'INT', $run->{pid};
	ok(wait_until(sub { slurp($run->{out}) =~ /no/ }), 'the board gets the request to stop and ignores it');
	kill 'INT', $run->{pid};
	my ($status, $out, $err) = finish($run);
	is($status, 1, 'a second signal ends the lab with status 1');
	is($err, "pvtime: stopped without a final ledger at the second request\n", 'after a second signal, a message says that there is no final ledger');
	ok(board_is_gone(), 'the board is gone after a second signal');
}

# A board that does not react is killed after 10 s.
{
	my $run = begin(q{sleep 60});
	my $from = time;
	kill 'TERM', $run->{pid};
	my ($status, $out, $err) = finish($run);
	is($status, 1, 'a lab whose board does not react has status 1');
	is($err, "pvtime: no final ledger within 10 s of the request to stop\n", 'one line says that there was no final ledger within 10 s');
	cmp_ok(time - $from, '>=', 10, 'a board that does not react has 10 s to stop');
	ok(board_is_gone(), 'a board that does not react is gone after the lab');
}

# A signal that comes before the hypervisor has started is not lost.
{
	my $run = start('/dev/null', 'lab', $two, '--hypervisor', board(
		qq{open my \$e, '>', '$dir/early'; close \$e; select undef, undef, undef, 0.01 until -e '$dir/go';}
		. $common . q{wait_for_stop(); final(); record('done 0 stopped')}));
	ok(wait_until(sub { -e "$dir/early" }), 'a board that waits before it starts the hypervisor is up');
	kill 'INT', $run->{pid};
	spew("$dir/go", '');
	my ($status) = finish($run);
	is($status, 0, 'a signal before the hypervisor has started ends the lab with status 0 afterwards');
}

# The board ends when the command is killed.
{
	my $run = begin(q{sleep 60});
	kill 'KILL', $run->{pid};
	my ($status) = finish($run);
	is($status, 128 + 9, 'the command is killed by SIGKILL');
	ok(board_is_gone(), 'the board ends when the command is killed');
}

# The reader of standard output ends, as in `pvtime lab ... | head -1`.
{
	my $script = board($common . q{for (1 .. 1000) { put(0, "line\n"); select undef, undef, undef, 0.001 }
		wait_for_stop(); final(); record('done 0 x')});
	my $line = qx(('$pvtime' lab '$two' --hypervisor '$script' 2>'$dir/pipe.err'; echo \$? >'$dir/pipe.status') | head -n 1);
	is($line, "busy| ready\n", 'the reader of standard output gets the first line');
	ok(wait_until(sub { -s "$dir/pipe.status" }), 'the lab ends after the reader of its output has ended');
	is(slurp("$dir/pipe.status"), "1\n", 'a lab whose reader has ended has status 1');
	like(slurp("$dir/pipe.err"), qr/cannot write standard output: Broken pipe/, 'a message says that standard output is a broken pipe');
}

# SIGTSTP and SIGCONT also suspend and continue the board.
{
	my $run = begin(q{wait_for_stop(); final(); record('done 0 x')});
	my $board = slurp("$dir/pid");
	kill 'TSTP', $run->{pid};
	ok(wait_until(sub { state($run->{pid}) eq 'T' && state($board) eq 'T' }), 'SIGTSTP stops the lab and its board');
	kill 'CONT', $run->{pid};
	ok(wait_until(sub { state($board) ne 'T' }), 'SIGCONT continues the board');
	kill 'INT', $run->{pid};
	my ($status) = finish($run);
	is($status, 0, 'a lab that was suspended ends with status 0');
}

done_testing;
