#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: typing at a Linux guest's console through --attach, from a terminal.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Digest::MD5;
use POSIX ();
use Terminal;
use Test::More;

# The prompt of busybox 1.35 and 1.37.
my $prompt = qr{[/~] # };

my $lab = lab_file({pcpus => 2}, linux('shell', 'role=shell'), bare('busy', 'spin', 'until_ms=4000', weight => 10));

# Start the lab on a terminal.
sub attach
{
	my ($to) = @_;
	return start_on(new_terminal(), undef, $pvtime, 'lab', '--attach', $to, $lab);
}

# Read until the text after the last match matches, or the terminal is closed. Returns whether it
# matched.
sub expect
{
	my ($t, $want) = @_;
	while ($t->{text} !~ /\G.*?$want/sgc) {
		my $at = pos $t->{text};
		sysread $t->{master}, my $piece, 4096 or return 0;
		$t->{text} .= $piece;
		pos($t->{text}) = $at;
	}
	return 1;
}

# Wait until the command has set the terminal to raw mode. Before that, the terminal buffers lines,
# and discards input that is too long.
sub wait_until_raw
{
	my ($t) = @_;
	my $modes = POSIX::Termios->new;
	do {
		select undef, undef, undef, 0.05;
		$modes->getattr(fileno $t->{master});
	} while ($modes->getlflag & POSIX::ICANON());
}

sub type
{
	my ($t, $keys) = @_;
	syswrite $t->{master}, $keys;
}

# Wait for the command to end, while reading its output, and return its status.
sub end
{
	my ($t) = @_;
	while (1) {
		my $done = waitpid($t->{pid}, POSIX::WNOHANG()) > 0;
		my $status = $?;
		expect_nothing($t);
		return $status & 127 ? 128 + ($status & 127) : $status >> 8 if $done;
	}
}

sub expect_nothing
{
	my ($t) = @_;
	my $bits = '';
	vec($bits, fileno $t->{master}, 1) = 1;
	sysread $t->{master}, $t->{text}, 4096, length $t->{text} if select $bits, undef, undef, 0.1;
}

{
	my $t = attach('shell');
	ok(expect($t, $prompt), 'the terminal shows the prompt of the guest\'s shell');
	type($t, "echo the answer is \$((6 * 7))\r");
	ok(expect($t, qr/\nthe answer is 42\r/), 'the shell executes the typed command');
	type($t, "echo left\x7f\x7f\x7f\x7fright; cat\r");
	ok(expect($t, qr/\nright\r/), 'Backspace deletes typed characters');
	type($t, "to cat\r");
	# The terminal echoes the line, and then cat prints it.
	ok(expect($t, qr/\nto cat\r+\nto cat\r/), 'a program in the guest reads a typed line');
	type($t, "\x03");
	ok(expect($t, $prompt), 'Ctrl-C ends the program in the guest');
	# More than the receive FIFO's 32 bytes at once.
	my $long = join '', map { chr(ord('a') + $_ % 26) } 1 .. 400;
	type($t, "x=$long; echo \${#x} \$x\r");
	ok(expect($t, qr/\n400 $long\r/), 'the shell gets a line of 400 characters unchanged');
	ok(!($t->{text} =~ /SPIN/), "the terminal does not show the other guest's console");
	type($t, "poweroff -f\r");
	is(end($t), 0, 'the lab has status 0 after the guest has powered off') or diag $t->{text};
}
{
	my $t = attach('shell');
	ok(expect($t, $prompt), 'the terminal of a second lab shows the prompt');
	type($t, "\x1d");
	is(end($t), 0, 'Ctrl-] ends the lab with status 0');
}
# More than the queues to a guest hold.
{
	my $t = attach('shell');
	ok(expect($t, $prompt), 'the terminal of a third lab shows the prompt');
	type($t, "stty -echo; echo wai''ting; head -c 3030 | md5sum; stty echo\r");
	ok(expect($t, qr/waiting/), 'the guest starts a program that reads 3030 bytes');
	my $much = join '', map { join('', map { chr(ord('a') + rand 26) } 1 .. 100) . "\n" } 1 .. 30;
	type($t, $much =~ tr/\n/\r/r);
	my $sum = Digest::MD5::md5_hex($much);
	ok(expect($t, qr/$sum/), 'the program reads exactly the 3030 typed bytes');
	type($t, "\x1d");
	is(end($t), 0, 'Ctrl-] ends the third lab with status 0');
}
# A guest that reads nothing, and Ctrl-] after more input than all queues to the guest hold.
{
	my $t = attach('busy');
	wait_until_raw($t);
	type($t, 'x' x 1000) for 1 .. 15;
	type($t, "\x1d");
	is(end($t), 0, 'Ctrl-] ends the lab after 15,000 bytes that the guest does not read') or diag $t->{text};
	like($t->{text}, qr/^VM +vCPU/m, 'the lab that Ctrl-] ends prints its ledger');
}
{
	my $t = attach('shell');
	expect($t, $prompt);
	type($t, "poweroff -f\r");
	ok(!expect($t, qr/the answer is 42/), 'the test does not see an answer that was not printed');
	is(end($t), 0, 'the lab ends with status 0 when the guest powers off');
}
done_testing();
