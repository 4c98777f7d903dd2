#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime lab` is asked to end, or is killed; and the board never outlives it.

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
	# Perl's way to start a command with these signals ignored.
	my $with = ref $options[0] ? join '', map { "\$SIG{$_} = 'IGNORE';" } @{shift @options} : '';
	my $run = Shared::start_command('/dev/null', 'perl', '-e', "$with exec \@ARGV or die", $pvtime, 'lab', $two, '--hypervisor',
		board($common . $script), @options);
	ok(wait_until(sub { -e $run->{out} && slurp($run->{out}) =~ /ready/ }), 'the board runs');
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
	is($status, 0, "SIG$signal ends the lab in good order");
	like($out, qr/^busy    0        0.010 /m, "SIG$signal: the final ledger is printed");
	is(slurp("$dir/heard"), '<>', "SIG$signal: the board is asked to stop, and nothing else");
}

# A signal that is ignored when the command starts stays so: `nohup pvtime lab`, or a shell's
# `pvtime lab &`.
for my $signal (qw(INT TERM HUP QUIT TSTP)) {
	my $run = begin(q{select undef, undef, undef, 0.01 until -e "$dir/go"; put(0, "on\n"); heard("$dir/heard", '<' . wait_for_stop() . '>');
		final(); record('done 0 stopped as asked')}, [$signal]);
	kill $signal, $run->{pid};
	spew("$dir/go", '');
	wait_until(sub { slurp($run->{out}) =~ /^busy\| on/m || state($run->{pid}) eq 'T' });
	select undef, undef, undef, 0.2;
	ok(!-e "$dir/heard" && state($run->{pid}) =~ /[SRD]/, "an ignored SIG$signal does nothing");
	kill 'CONT', $run->{pid};
	kill $signal eq 'INT' ? 'TERM' : 'INT', $run->{pid};
	my ($status) = finish($run);
	is($status, 0, "an ignored SIG$signal: another signal ends the lab");
	unlink "$dir/go";
}

# Whoever has started the command may not wait for children; the command does.
{
	my $run = begin(q{exit 5}, ['CHLD']);
	my ($status, undef, $err) = finish($run);
	like($err, qr/^pvtime: QEMU ended with status 5 /, 'an ignored SIGCHLD: the status of QEMU is known');
}

# Ctrl-C reaches every process of the foreground group: the board must not be in it.
{
	my $run = begin(q{wait_for_stop(); final(); record('done 0 stopped')});
	kill 'INT', -$run->{pid};
	my ($status) = finish($run);
	is($status, 0, 'a signal to the whole group does not hit the board');
}

# Twice: without patience.
{
	my $run = begin(q{wait_for_stop(); put(0, "no\n"); sleep 60});
	kill 'INT', $run->{pid};
	ok(wait_until(sub { slurp($run->{out}) =~ /no/ }), 'a board that does not stop');
	kill 'INT', $run->{pid};
	my ($status, $out, $err) = finish($run);
	is($status, 1, 'a second signal ends the lab at once');
	is($err, "pvtime: stopped without a final ledger at the second request\n", 'a second signal: a message says that there is no final ledger');
	ok(board_is_gone(), 'the board is gone');
}

# A board that does not listen is given up after a while.
{
	my $run = begin(q{sleep 60});
	my $from = time;
	kill 'TERM', $run->{pid};
	my ($status, $out, $err) = finish($run);
	is($status, 1, 'a board that does not listen: status 1');
	is($err, "pvtime: no final ledger within 10 s of the request to stop\n", 'one line says that there is no final ledger');
	cmp_ok(time - $from, '>=', 10, 'the board has had 10 s to stop');
	ok(board_is_gone(), 'the board is gone');
}

# A signal before the hypervisor listens waits for it.
{
	my $run = start('/dev/null', 'lab', $two, '--hypervisor', board(
		qq{open my \$e, '>', '$dir/early'; close \$e; select undef, undef, undef, 0.01 until -e '$dir/go';}
		. $common . q{wait_for_stop(); final(); record('done 0 stopped')}));
	ok(wait_until(sub { -e "$dir/early" }), 'a board that is not up yet');
	kill 'INT', $run->{pid};
	spew("$dir/go", '');
	my ($status) = finish($run);
	is($status, 0, 'a board that a signal finds not up yet is stopped when it is');
}

# Nothing is left when the command is killed.
{
	my $run = begin(q{sleep 60});
	kill 'KILL', $run->{pid};
	my ($status) = finish($run);
	is($status, 128 + 9, 'killed');
	ok(board_is_gone(), 'the board goes with the command');
}

# Standard output goes away, as in `pvtime lab ... | head -1`.
{
	my $script = board($common . q{for (1 .. 1000) { put(0, "line\n"); select undef, undef, undef, 0.001 }
		wait_for_stop(); final(); record('done 0 x')});
	my $line = qx(('$pvtime' lab '$two' --hypervisor '$script' 2>'$dir/pipe.err'; echo \$? >'$dir/pipe.status') | head -n 1);
	is($line, "busy| ready\n", 'the reader of standard output goes away');
	ok(wait_until(sub { -s "$dir/pipe.status" }), 'the lab ends');
	is(slurp("$dir/pipe.status"), "1\n", 'the lab whose reader goes away ends with status 1');
	like(slurp("$dir/pipe.err"), qr/cannot write standard output: Broken pipe/, 'a message says that standard output is a broken pipe');
}

# Suspended and continued: the board too.
{
	my $run = begin(q{wait_for_stop(); final(); record('done 0 x')});
	my $board = slurp("$dir/pid");
	kill 'TSTP', $run->{pid};
	ok(wait_until(sub { state($run->{pid}) eq 'T' && state($board) eq 'T' }), 'SIGTSTP suspends the lab and its board');
	kill 'CONT', $run->{pid};
	ok(wait_until(sub { state($board) ne 'T' }), 'SIGCONT continues the board');
	kill 'INT', $run->{pid};
	my ($status) = finish($run);
	is($status, 0, 'a lab that was suspended ends well');
}

done_testing;
