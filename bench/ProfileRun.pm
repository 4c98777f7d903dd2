# SPDX-License-Identifier: BSD-2-Clause
package ProfileRun;

# Runs a lab with `pvtime lab --deterministic`, and reads QEMU's log of each instruction at EL2
# through a pipe. Logging starts when the first guest has been entered: the many instructions before
# that belong to no round trip.

use strict;
use warnings;
use Errno;
use Exporter qw(import);
use IO::Select;
use IO::Socket::UNIX;
use POSIX qw(mkfifo WNOHANG);
use Time::HiRes qw(sleep time);

our @EXPORT_OK = qw(run_lab in_path);

use constant {ENDED => 'the lab has ended', GRACE_S => 60, LOOK_S => 0.2};

sub in_path
{
	my ($program) = @_;
	my ($found) = grep { -x && !-d _ } map { "$_/$program" } split /:/, $ENV{PATH} // '';
	return $found // die "$program: not found in PATH\n";
}

sub spew
{
	my ($path, $text) = @_;
	open my $f, '>', $path or die "$path: $!\n";
	print $f $text;
	close $f or die "$path: $!\n";
	return $path;
}

# Make a command qemu-system-aarch64 that adds arguments to QEMU's; pvtime finds it in PATH. Returns
# its directory.
sub wrapper
{
	my ($dir, @arguments) = @_;
	my $qemu = in_path('qemu-system-aarch64');
	mkdir "$dir/bin";
	my $path = spew("$dir/bin/qemu-system-aarch64", "#!/bin/sh\nexec '$qemu' \"\$\@\" @arguments\n");
	chmod 0755, $path;
	return "$dir/bin";
}

# The HMP command to execute one instruction at a time has two names: the first since QEMU 8.1, the
# second before. Do not wait for the answers, because QEMU may be blocked until its log is read.
# Returns nothing if QEMU has ended: it makes the socket before the guest starts, so then no QEMU
# answers there.
sub log_instructions
{
	my ($dir) = @_;
	my $qmp = IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => "$dir/qmp") or return;
	my $commands = qq({"execute":"qmp_capabilities"}\n) . join '',
		map { qq({"execute":"human-monitor-command","arguments":{"command-line":"$_"}}\n) }
		'one-insn-per-tb on', 'singlestep on', 'log int,exec,nochain';
	local $SIG{PIPE} = 'IGNORE';
	return if (syswrite($qmp, $commands) // 0) != length $commands;
	return $qmp; # for the caller to keep open
}

sub start
{
	my ($dir, $path, @command) = @_;
	my $pid = fork // die "fork: $!\n";
	return $pid if $pid;
	$ENV{PATH} = "$path:$ENV{PATH}";
	open STDIN, '<', '/dev/null' or die;
	open STDOUT, '>', "$dir/out" or die;
	open STDERR, '>&', \*STDOUT or die;
	exec @command or POSIX::_exit(127);
}

# The lab's last message, if it has ended too early.
sub why
{
	my ($dir) = @_;
	open my $f, '<', "$dir/out" or return 'it printed nothing';
	my @lines = grep { /\S/ } <$f>;
	chomp @lines;
	return $lines[-1] // 'it printed nothing';
}

# dir: a directory for our files; pvtime, hypervisor: files; lab: the lab file's text; range:
# addresses to log; limit: seconds of our CPU time, and seconds without a line; feed: a function
# that gets each line, and returns true when it has enough. Returns '', or why there was not enough.
sub run_lab
{
	my (%how) = @_;
	my $dir = $how{dir};
	unlink "$dir/log", "$dir/qmp";
	mkfifo("$dir/log", 0600) or die "$dir/log: $!\n";
	my $path = wrapper($dir, '-d', 'int', '-D', "'$dir/log'", '-dfilter', $how{range}, '-qmp', "'unix:$dir/qmp,server=on,wait=off'");
	my $lab = spew("$dir/profile.lab", $how{lab});
	sysopen my $log, "$dir/log", POSIX::O_RDONLY | POSIX::O_NONBLOCK or die "$dir/log: $!\n";
	local @SIG{qw(INT TERM HUP)} = (sub { die "ended by a signal\n" }) x 3; # see end()
	my $pid = start($dir, $path, $how{pvtime}, 'lab', '--deterministic', '--hypervisor', $how{hypervisor}, '--console-dir', $dir,
		$lab);
	my $why = eval { follow($dir, $log, $pid, $how{limit}, $how{feed}) };
	my $wrong = $@;
	close $log;
	end($pid, defined $why && $why eq ENDED ? GRACE_S : 0);
	die $wrong if !defined $why;
	return $why eq ENDED ? "$why: " . why($dir) : $why;
}

# Whether the process has ended. Do not call this again after it has returned true.
sub ended
{
	my ($pid) = @_;
	return waitpid($pid, WNOHANG) != 0;
}

# Wait up to so many seconds for the process to end, then kill it; QEMU ends with it.
sub end
{
	my ($pid, $grace) = @_;
	my $limit = time + $grace;
	while (!ended($pid)) {
		kill 'KILL', $pid if time >= $limit;
		sleep 0.01;
	}
	return;
}

# Our own CPU time, which other processes that use the CPUs do not make longer.
sub cpu_s
{
	my ($user, $system) = times;
	return $user + $system;
}

# Read the log until `feed` has enough, and return ''. Otherwise return why it did not get enough.
sub follow
{
	my ($dir, $log, $pid, $limit, $feed) = @_;
	my $select = IO::Select->new($log);
	my ($rest, $qmp) = ('', undef);
	my ($end, $silent) = (cpu_s() + $limit, 0);
	while (cpu_s() < $end && $silent < $limit) {
		if (!$select->can_read(LOOK_S)) {
			return ENDED if ended($pid);
			$silent += LOOK_S;
			next;
		}
		$silent = 0;
		my $n = sysread $log, $rest, 1 << 16, length $rest;
		next if !defined $n && ($!{EINTR} || $!{EAGAIN});
		return ENDED if !$n;
		my @lines = split /\n/, $rest, -1;
		$rest = pop @lines;
		for (@lines) {
			if (!$qmp && /^Exception return from AArch64 EL2/) {
				$qmp = log_instructions($dir) or return ENDED;
			}
			return '' if $feed->($_);
		}
	}
	return 'too few round trips were alike within the time limit';
}

1;
