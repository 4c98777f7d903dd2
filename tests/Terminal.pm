# SPDX-License-Identifier: BSD-2-Clause
package Terminal;

# Pseudoterminals, for tests of what a command does on a terminal. A terminal is {master, name,
# text}, and what the functions below add; a test may add more.

use strict;
use warnings;
use Exporter qw(import);
use POSIX ();
use Shared qw(heed_all);

our @EXPORT = qw(new_terminal keep_open start_on resize modes ended exit_status);

# Linux's values on every architecture that these tests run on.
use constant {TIOCSPTLCK => 0x40045431, TIOCGPTN => 0x80045430, TIOCSWINSZ => 0x5414};

# A new terminal.
sub new_terminal
{
	open my $master, '+<:raw', '/dev/ptmx' or die "ptmx: $!";
	my ($number, $unlocked) = (pack('I', 0), pack('i', 0));
	ioctl $master, TIOCSPTLCK, $unlocked or die "unlock: $!";
	ioctl $master, TIOCGPTN, $number or die "number: $!";
	return {master => $master, name => '/dev/pts/' . unpack('I', $number), text => ''};
}

# Keep the terminal open after the command: {slave, modes}. Linux resets the modes when nobody has
# it open any more, and then reading {master} fails.
sub keep_open
{
	my ($t) = @_;
	open $t->{slave}, '+<:raw', $t->{name} or die "$t->{name}: $!";
	$t->{modes} = modes($t);
	return $t;
}

# start_on TERMINAL, OUT, COMMAND...: start the command in a session of its own with this terminal,
# or with the file OUT, if it is defined, as its standard output: {pid}.
sub start_on
{
	my ($t, $out, @command) = @_;
	$t->{pid} = fork // die "fork: $!";
	if ($t->{pid} == 0) {
		POSIX::setsid();
		heed_all();
		open STDIN, '+<', $t->{name} or die; # becomes the controlling terminal
		defined $out ? open STDOUT, '>', $out : open STDOUT, '>&STDIN' or die;
		open STDERR, '>&STDIN' or die;
		exec @command or die;
	}
	return $t;
}

sub resize
{
	my ($t, $columns, $rows) = @_;
	my $size = pack 'S4', $rows, $columns, 0, 0;
	ioctl $t->{master}, TIOCSWINSZ, $size or die "size: $!";
	return;
}

sub modes
{
	my ($t) = @_;
	my $m = POSIX::Termios->new;
	$m->getattr(fileno $t->{slave}) // die "modes: $!";
	return join ' ', $m->getiflag, $m->getoflag, $m->getcflag, $m->getlflag;
}

# Whether the command has ended; {status} is then as waitpid has it.
sub ended
{
	my ($t) = @_;
	$t->{status} = $? if !defined $t->{status} && waitpid($t->{pid}, POSIX::WNOHANG()) > 0;
	return defined $t->{status};
}

# The status of a command that has ended, as a shell has it.
sub exit_status
{
	my ($t) = @_;
	return $t->{status} & 127 ? 128 + ($t->{status} & 127) : $t->{status} >> 8;
}

1;
