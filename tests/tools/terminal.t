#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: --watch and --attach on a terminal; the terminal is as it was afterwards, whatever happens.

use strict;
use warnings;
use File::Basename qw(dirname);
use IO::Handle;
use POSIX ();
use lib dirname(__FILE__);
use Lab;
use Test::More;

# Of Linux, on every architecture that this runs on.
use constant {TIOCSPTLCK => 0x40045431, TIOCGPTN => 0x80045430, TIOCSWINSZ => 0x5414};

# Start the lab on a terminal of its own: {pid, master, slave, text}. Standard output is that too,
# or the file that \FILE names.
sub on_terminal
{
	my ($columns, $rows, $script, @options) = @_;
	my $out = ref $options[0] ? ${shift @options} : undef;
	open my $master, '+<:raw', '/dev/ptmx' or die "ptmx: $!";
	my ($number, $unlocked) = (pack('I', 0), pack('i', 0));
	ioctl $master, TIOCSPTLCK, $unlocked or die "unlock: $!";
	ioctl $master, TIOCGPTN, $number or die "number: $!";
	my %t = (master => $master, name => '/dev/pts/' . unpack('I', $number), text => '');
	resize(\%t, $columns, $rows);
	open $t{slave}, '+<', $t{name} or die "$t{name}: $!"; # stays open: its modes must not be lost
	$t{modes} = modes(\%t);
	my $board = board($script);
	$t{pid} = fork // die;
	if ($t{pid} == 0) {
		POSIX::setsid();
		heed_all();
		open STDIN, '+<', $t{name} or die; # and is the controlling terminal
		defined $out ? open STDOUT, '>', $out : open STDOUT, '>&STDIN' or die;
		open STDERR, '>&STDIN' or die;
		exec $pvtime, 'lab', $two, '--hypervisor', $board, @options or die;
	}
	return \%t;
}

sub resize
{
	my ($t, $columns, $rows) = @_;
	my $size = pack 'S4', $rows, $columns, 0, 0;
	ioctl $t->{master}, TIOCSWINSZ, $size or die "size: $!";
}

sub modes
{
	my ($t) = @_;
	my $m = POSIX::Termios->new;
	$m->getattr(fileno $t->{slave}) // die "modes: $!";
	return join ' ', $m->getiflag, $m->getoflag, $m->getcflag, $m->getlflag;
}

# Read what the terminal was sent until it matches, or the lab has ended without.
sub until_text
{
	my ($t, $want) = @_;
	while ($t->{text} !~ $want) {
		my $bits = '';
		vec($bits, fileno $t->{master}, 1) = 1;
		if (select $bits, undef, undef, 0.1) {
			sysread $t->{master}, my $piece, 4096 or last;
			$t->{text} .= $piece;
		} elsif (ended($t)) {
			last;
		}
	}
	return $t->{text} =~ $want;
}

# Whether the lab has ended; its status is then in {status}.
sub ended
{
	my ($t) = @_;
	$t->{status} = $? if !defined $t->{status} && waitpid($t->{pid}, POSIX::WNOHANG()) > 0;
	return defined $t->{status};
}

# The status at the end, with all text read.
sub end
{
	my ($t) = @_;
	for (;;) {
		my $done = ended($t);
		for (;;) {
			my $bits = '';
			vec($bits, fileno $t->{master}, 1) = 1;
			last unless select $bits, undef, undef, 0.02;
			sysread $t->{master}, my $piece, 4096 or last;
			$t->{text} .= $piece;
		}
		return $t->{status} & 127 ? 128 + ($t->{status} & 127) : $t->{status} >> 8 if $done;
	}
}

# What stands on a terminal that was sent this: just what an xterm's description makes of the table.
sub picture
{
	my ($text) = @_;
	my (@lines, $y, $x) = ('');
	$y = $x = 0;
	while ($text =~ /\G(?:(\r)|(\n)|\e\[(\d*)A|(\e\[K)|(\e\[J)|(\e\[H\e\[2J)|(\x0f|\e[\[(][?\d;]*[a-zA-Z])|([^\e\r\n]))/gc) {
		if (defined $1) { $x = 0 }
		elsif (defined $2) { $lines[++$y] //= '' }
		elsif (defined $3) { $y -= $3 || 1; $y = 0 if $y < 0 }
		elsif (defined $4) { $lines[$y] = substr $lines[$y], 0, $x }
		elsif (defined $5) { $lines[$y] = substr $lines[$y], 0, $x; $#lines = $y }
		elsif (defined $6) { @lines = (''); $x = $y = 0 }
		elsif (defined $8) {
			$lines[$y] .= ' ' x ($x - length $lines[$y]) if length $lines[$y] < $x;
			substr $lines[$y], $x++, 1, $8;
		}
	}
	return join "\n", @lines, (pos($text) // 0) == length $text ? () : 'unknown: ' . substr $text, pos($text) // 0, 20;
}

$ENV{TERM} = 'xterm-256color';
my $common = <<'END';
sub go { my $f = $_[0]; select undef, undef, undef, 0.01 until -e $f; unlink $f }
sub ledger { my ($kind, $t, $ready, $blocked) = @_; record("$kind $t",
	vcpu(0, 0, running => $t - $ready, ready => $ready, state => 'R'), vcpu(0, 1, off => $t, state => 'O'),
	vcpu(1, 0, blocked => $blocked, running => $t - $blocked, state => 'B'), 'end') }
sub finale { ledger('final', 2000, 1000, 2000); record('done 0 fine') }
record('start 1000');
END

# The live table: samples, a message in between, the end.
for my $case (['in colour', {}, 1], ['NO_COLOR', {NO_COLOR => 1}, 0], ['an empty NO_COLOR', {NO_COLOR => ''}, 1],
	['a terminal without colours', {TERM => 'vt100'}, 0]) {
	my ($name, $environment, $colours) = @$case;
	local @ENV{keys %$environment} = values %$environment;
	my $t = on_terminal(80, 24, $common . qq{ledger('sample', 500, 0, 500); ledger('sample', 1000, 250, 1000);
		message('a message'); go('$dir/go'); finale()}, '--watch');
	ok(until_text($t, qr/a message\r\n.*idle[^\n]*\n/s), "$name: it runs");
	my $picture = picture($t->{text});
	like($picture, qr/\Apvtime: a message\n\S*two.ini .*1\.0 s\nvCPU .*\nbusy\/0 \[#+x+\].*50\.0 .*50\.0 .*0\.250  running\n/,
		"$name: the table of the last interval, below the message");
	is(($picture =~ s/two\.ini//gr) =~ tr/\n//, 6, "$name: one table") or diag $picture;
	spew("$dir/go", '');
	is(end($t), 0, "$name: status 0");
	$picture = picture($t->{text});
	like($picture, qr/all of 2\.0 s\n.*\nbusy\/0 \[#+x+\] .*50\.0 .*1\.000  running\nbusy\/1 .*\nidle\/0 \[\.+\].*\n\z/,
		"$name: the last table stays, and is of the whole run");
	my $hidden = rindex $t->{text}, "\e[?25l";
	if (($ENV{TERM} // '') eq 'vt100') {
		is($hidden, -1, "$name: a cursor that cannot be hidden is left alone");
	} else {
		like(substr($t->{text}, $hidden + 6), qr/\e\[\?(12l\e\[\?)?25h/, "$name: the cursor was hidden and is back");
	}
	is($t->{text} =~ /\e\[3[0-7]m/ ? 1 : 0, $colours, "$name: colours or not");
}

# Another width.
{
	my $t = on_terminal(80, 24, $common . qq{ledger('sample', 500, 0, 500); go('$dir/go'); ledger('sample', 1000, 250, 1000);
		go('$dir/go'); finale()}, '--watch');
	until_text($t, qr/idle.*\n/);
	resize($t, 120, 24);
	ok(until_text($t, qr/\e\[H\e\[2J.*idle/s), 'a wider window: drawn afresh');
	my ($title) = picture($t->{text}) =~ /^(.*two\.ini.*)$/m;
	is(length $title, 119, 'the picture is as wide as the window');
	resize($t, 30, 24);
	$t->{text} = '';
	ok(until_text($t, qr/\e\[H\e\[2J.*idle[^\n]*\n/s), 'a picture is drawn in a narrow window');
	is((grep { length > 30 } split /\n/, picture($t->{text})), 0, 'no line is wider than a narrow window');
	spew("$dir/go", '');
	wait_until(sub { !-e "$dir/go" });
	spew("$dir/go", '');
	is(end($t), 0, 'the lab ends with status 0');
}

# No terminal that could do it: lines.
for my $term ('dumb', '', 'no-such-terminal') {
	local $ENV{TERM} = $term;
	my $t = on_terminal(80, 24, $common . q{ledger('sample', 500, 0, 500); ledger('sample', 1000, 250, 1000); finale()}, '--watch');
	is(end($t), 0, "TERM='$term'");
	is($t->{text} =~ tr/\r//dr, <<'END', 'plain lines, each sample since the one before');
t=0.500 vm=busy vcpu=0 running=100.0 stolen=0.0 blocked=0.0 stolen_ns=0 state=running
t=0.500 vm=busy vcpu=1 running=0.0 stolen=0.0 blocked=0.0 stolen_ns=0 state=off
t=0.500 vm=idle vcpu=0 running=0.0 stolen=0.0 blocked=100.0 stolen_ns=0 state=blocked
t=1.000 vm=busy vcpu=0 running=50.0 stolen=50.0 blocked=0.0 stolen_ns=250000000 state=running
t=1.000 vm=busy vcpu=1 running=0.0 stolen=0.0 blocked=0.0 stolen_ns=0 state=off
t=1.000 vm=idle vcpu=0 running=0.0 stolen=0.0 blocked=100.0 stolen_ns=0 state=blocked
t=2.000 vm=busy vcpu=0 running=25.0 stolen=75.0 blocked=0.0 stolen_ns=1000000000 state=running
t=2.000 vm=busy vcpu=1 running=0.0 stolen=0.0 blocked=0.0 stolen_ns=0 state=off
t=2.000 vm=idle vcpu=0 running=0.0 stolen=0.0 blocked=100.0 stolen_ns=0 state=blocked
END
}

# Consoles by the line: what a guest writes moves nothing on a terminal that shows others too.
{
	my $t = on_terminal(80, 24, $common . q{put(1, "\e[1A\rbusy| I am another\r\n"); finale()});
	is(end($t), 0, 'consoles on a terminal');
	like($t->{text}, qr/^idle\| \\x1b\[1A\\x0dbusy\| I am another\r?$/m, 'what is no text is shown, and does nothing') or diag $t->{text};
	unlike($t->{text}, qr/\e/, 'no escape sequence gets through');
}

# A line that is longer than the terminal is wide: its rest does not begin a row like another
# guest's line.
{
	my $t = on_terminal(80, 24, $common . q{put(1, ' ' x 74 . "busy| I am another\r\n"); finale()});
	is(end($t), 0, 'a long line is printed on a terminal');
	like($t->{text}, qr/^idle\| {74}\r?\nidle\|\+ busy\| I am another\r?$/m,
		'each row of a long line has the name of its guest') or diag $t->{text};
}

# A terminal that is not UTF-8, as that of LC_ALL=C: there bytes from 0x80 up may drive it, within
# letters of UTF-8 as well.
{
	my $script = $common . q{put(1, "\xc4\x9b[1A\n"); finale()};
	my $t = on_terminal(80, 24, $script);
	is(end($t), 0, 'consoles on a terminal that is not UTF-8');
	like($t->{text}, qr/^idle\| \\xc4\\x9b\[1A\r?$/m, 'a letter is shown byte by byte') or diag $t->{text};
	$t = on_terminal(80, 24, $script, '--attach', 'idle');
	is(end($t), 0, 'the attached console on such a terminal');
	like($t->{text}, qr/\\xc4\\x9b\[1A/, 'a letter of it is shown byte by byte') or diag $t->{text};
	unlike($t->{text}, qr/[\x80-\xff]/, 'no byte from 0x80 up gets through');
	local $ENV{LC_ALL} = 'C.UTF-8';
	$t = on_terminal(80, 24, $script);
	is(end($t), 0, 'consoles on a terminal of UTF-8');
	like($t->{text}, qr/^idle\| \xc4\x9b\[1A\r?$/m, 'a letter stays one') or diag $t->{text};
	$t = on_terminal(80, 24, $script, '--attach', 'idle');
	is(end($t), 0, 'the attached console on a terminal of UTF-8');
	like($t->{text}, qr/\xc4\x9b\[1A/, 'a letter of it stays one') or diag $t->{text};
}

# Where standard output is the ledger's, the consoles are on standard error, and that is the
# terminal.
{
	my $t = on_terminal(80, 24, $common . q{put(1, "\e[1A\n"); finale()}, \'/dev/null', '--json', '-');
	is(end($t), 0, 'consoles on standard error');
	like($t->{text}, qr/^idle\| \\x1b\[1A\r?$/m, 'what is no text does nothing on the terminal there either') or diag $t->{text};
}

# The attached console: keys to the guest, bytes from it, Ctrl-] to leave.
my $echo = $common . q{put(0, "not mine\n"); put(1, "\e[1mlogin: "); my $all = '';
	until ($all =~ /q$/) { my $in = hear() // exit 4; $all .= $in; put(1, "<" . unpack('H*', $in) . ">") }
	put(1, "bye\n"); finale()};
{
	my $t = on_terminal(80, 24, $echo, '--attach', 'idle');
	ok(until_text($t, qr/\e\[1mlogin: /), 'the console as it is');
	like($t->{text}, qr/attached to idle; Ctrl-\] ends/, 'how to leave is said');
	unlike($t->{text}, qr/not mine/, 'no other console');
	isnt(modes($t), $t->{modes}, 'the terminal is raw');
	syswrite $t->{master}, "a\x03\x1a\xff\r";
	ok(until_text($t, qr/<ff016103(>|1a).*0d>/s), 'keys go to the guest, Ctrl-C and Ctrl-Z too, on its channel')
		or diag $t->{text};
	syswrite $t->{master}, "b\x1dc";
	is(end($t), 0, 'Ctrl-] ends the lab in good order');
	like($t->{text}, qr/<62ff4271>/, 'what was typed before goes first, after it nothing') or diag $t->{text};
	like($t->{text}, qr/^busy    0        1\.000 /m, 'the final table');
	is(modes($t), $t->{modes}, 'the terminal is as it was');
}

# Other ways out.
for my $case (
	['the board dies', q{put(1, "up"); go("$dir/go"); exit 1}, sub { spew("$dir/go", '') }, 1],
	['a bug', q{put(1, "up"); go("$dir/go"); record('done 1 bug')}, sub { spew("$dir/go", '') }, 1],
	['SIGTERM', q{put(1, "up"); wait_for_stop(); finale()}, sub { kill 'TERM', $_[0]{pid} }, 0],
	['SIGHUP', q{put(1, "up"); wait_for_stop(); finale()}, sub { kill 'HUP', $_[0]{pid} }, 0],
	['an ignored SIGUSR1', q{put(1, "up"); wait_for_stop(); finale()}, sub { kill $_, $_[0]{pid} for 'USR1', 'TERM' }, 0],
	['SIGUSR1', q{put(1, "up"); sleep 60}, sub { kill 'USR1', $_[0]{pid} }, 128 + 10],
	['SIGSEGV', q{put(1, "up"); sleep 60}, sub { kill 'SEGV', $_[0]{pid} }, 128 + 11],
) {
	my ($name, $script, $act, $want) = @$case;
	local $SIG{USR1} = $name =~ /ignored/ ? 'IGNORE' : 'DEFAULT';
	my $t = on_terminal(80, 24, "my \$dir = '$dir';$common$script", '--attach', 'idle');
	until_text($t, qr/up/);
	isnt(modes($t), $t->{modes}, "$name: the terminal is raw");
	$act->($t);
	is(end($t), $want, "$name: status $want");
	is(modes($t), $t->{modes}, "$name: the terminal is as it was");
}
{
	my $t = on_terminal(80, 24, $common . q{ledger('sample', 500, 0, 500); sleep 60}, '--watch');
	until_text($t, qr/idle/);
	kill 'SEGV', $t->{pid};
	is(end($t), 128 + 11, 'killed in --watch');
	like($t->{text}, qr/\e\[\?25h\z/, 'the cursor is back');
}

# Suspended: meanwhile the terminal is the shell's, without the table and with its cursor.
{
	my $t = on_terminal(80, 24, $common . qq{ledger('sample', 500, 0, 500); go('$dir/go'); finale()}, '--watch');
	until_text($t, qr/idle/);
	kill 'TSTP', $t->{pid};
	ok(until_text($t, qr/\e\[\?25h\z/), 'suspended in --watch: the cursor is back');
	ok(wait_until(sub { slurp("/proc/$t->{pid}/stat") =~ /\) T/ }), 'suspended in --watch: the command is stopped');
	is(picture($t->{text}), '', 'suspended in --watch: the table is gone');
	kill 'CONT', $t->{pid};
	$t->{text} = '';
	ok(until_text($t, qr/idle[^\n]*\n/), 'continued: the table is drawn again');
	spew("$dir/go", '');
	is(end($t), 0, 'continued: the lab ends well');
}

# Input that is no terminal: all of it, Ctrl-] as well, and its end is not the lab's.
{
	my $keys = spew("$dir/keys", "one\x1dtwo\n");
	my $run = start($keys, 'lab', $two, '--attach', 'busy', '--hypervisor', board($common .
		q{my $all = ''; $all .= hear() // exit 4 until $all =~ /\n/; put(0, unpack 'H*', $all); finale()}));
	my ($status, $out) = finish($run);
	is($status, 0, 'input from a file');
	like($out, qr/^ff006f6e651d74776f0a/, 'input from a file arrives as it is');
}

# No more is under way than guests have left room for: the file waits, in pieces, and all of it
# comes.
{
	my $text = join '', map { "$_ " } 1000 .. 1399;
	my $run = start(spew("$dir/much", $text), 'lab', $two, '--attach', 'busy', '--hypervisor', board($common .
		q{my ($all, $taken, $most) = ('', 0, 0);
		while (length $all < 2000) {
			$all .= hear() // exit 4;
			$all =~ s/\A\xff\0//;
			$most = length($all) - $taken if $most < length($all) - $taken;
			record('took ' . ($taken = length $all)) if length($all) - $taken == 512;
		}
		put(0, "$most $all"); finale()}));
	my ($status, $out) = finish($run);
	is($status, 0, 'more input than may be under way');
	like($out, qr/^512 \Q$text\E/, 'never more than 512 bytes, and in the end all');
}

done_testing;
