#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: --watch and --attach on a terminal. However the lab ends, it restores the terminal's modes
# and cursor.

use strict;
use warnings;
use File::Basename qw(dirname);
use IO::Handle;
use lib dirname(__FILE__);
use Lab;
use Terminal;
use Test::More;

# on_terminal COLUMNS, ROWS, SCRIPT, [\FILE], OPTION...: start the lab on a new terminal: {pid,
# master, slave, text, ...}. Standard output is the terminal or FILE.
sub on_terminal
{
	my ($columns, $rows, $script, @options) = @_;
	my $out = ref $options[0] ? ${shift @options} : undef;
	my $t = keep_open(new_terminal());
	resize($t, $columns, $rows);
	return start_on($t, $out, $pvtime, 'lab', $two, '--hypervisor', board($script), @options);
}

# Read the terminal's output until it matches, or the lab has ended. Returns whether it matched.
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

# Wait for the lab to end while reading all its output, and return its status.
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
		return exit_status($t) if $done;
	}
}

# The picture on a terminal after this output. Only the sequences that the table uses on an xterm
# are interpreted.
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

# The live table: samples, a message, and the end.
for my $case (['in colour', {}, 1], ['NO_COLOR', {NO_COLOR => 1}, 0], ['an empty NO_COLOR', {NO_COLOR => ''}, 1],
	['a terminal without colours', {TERM => 'vt100'}, 0]) {
	my ($name, $environment, $colours) = @$case;
	local @ENV{keys %$environment} = values %$environment;
	my $t = on_terminal(80, 24, $common . qq{ledger('sample', 500, 0, 500); ledger('sample', 1000, 250, 1000);
		message('a message'); go('$dir/go'); finale()}, '--watch');
	ok(until_text($t, qr/a message\r\n.*idle[^\n]*\n/s), "$name: the table is drawn after the message");
	my $picture = picture($t->{text});
	like($picture, qr/\Apvtime: a message\n\S*two.ini .*1\.0 s\nvCPU .*\nbusy\/0 \[#+x+\].*50\.0 .*50\.0 .*0\.250  running\n/,
		"$name: the table shows the last interval, below the message");
	is(($picture =~ s/two\.ini//gr) =~ tr/\n//, 6, "$name: the picture has one table") or diag $picture;
	spew("$dir/go", '');
	is(end($t), 0, "$name: the status is 0");
	$picture = picture($t->{text});
	like($picture, qr/all of 2\.0 s\n.*\nbusy\/0 \[#+x+\] .*50\.0 .*1\.000  running\nbusy\/1 .*\nidle\/0 \[\.+\].*\n\z/,
		"$name: the last table stays, and shows the whole run");
	my $hidden = rindex $t->{text}, "\e[?25l";
	if (($ENV{TERM} // '') eq 'vt100') {
		is($hidden, -1, "$name: the table does not hide the cursor");
	} else {
		like(substr($t->{text}, $hidden + 6), qr/\e\[\?(12l\e\[\?)?25h/, "$name: the cursor is shown after it was hidden");
	}
	is($t->{text} =~ /\e\[3[0-7]m/ ? 1 : 0, $colours, "$name: the table " . ($colours ? 'has' : 'has no') . ' colours');
}

# A window whose width changes.
{
	my $t = on_terminal(80, 24, $common . qq{ledger('sample', 500, 0, 500); go('$dir/go'); ledger('sample', 1000, 250, 1000);
		go('$dir/go'); finale()}, '--watch');
	until_text($t, qr/idle.*\n/);
	resize($t, 120, 24);
	ok(until_text($t, qr/\e\[H\e\[2J.*idle/s), 'the table is drawn again when the window gets wider');
	my ($title) = picture($t->{text}) =~ /^(.*two\.ini.*)$/m;
	is(length $title, 119, 'the table is as wide as the wider window');
	resize($t, 30, 24);
	$t->{text} = '';
	ok(until_text($t, qr/\e\[H\e\[2J.*idle[^\n]*\n/s), 'the table is drawn again when the window gets narrow');
	is((grep { length > 30 } split /\n/, picture($t->{text})), 0, 'no line of the table is wider than a narrow window');
	spew("$dir/go", '');
	wait_until(sub { !-e "$dir/go" });
	spew("$dir/go", '');
	is(end($t), 0, 'a lab whose window changes its width has status 0');
}

# Terminals that cannot show the table get lines.
for my $term ('dumb', '', 'no-such-terminal') {
	local $ENV{TERM} = $term;
	my $t = on_terminal(80, 24, $common . q{ledger('sample', 500, 0, 500); ledger('sample', 1000, 250, 1000); finale()}, '--watch');
	is(end($t), 0, "a lab with TERM='$term' has status 0");
	is($t->{text} =~ tr/\r//dr, <<'END', "--watch with TERM='$term' prints plain lines, each for the time since the last sample");
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

# Consoles line by line: the output of a guest cannot control the terminal, which also shows other
# guests.
{
	my $t = on_terminal(80, 24, $common . q{put(1, "\e[1A\rbusy| I am another\r\n"); finale()});
	is(end($t), 0, 'a lab with its consoles on a terminal has status 0');
	like($t->{text}, qr/^idle\| \\x1b\[1A\\x0dbusy\| I am another\r?$/m, "a guest's control characters appear as hexadecimal numbers on a terminal") or diag $t->{text};
	unlike($t->{text}, qr/\e/, 'no escape sequence of a guest reaches the terminal');
}

# A line that is longer than the terminal is wide: no row of it may look like the line of another
# guest.
{
	my $t = on_terminal(80, 24, $common . q{put(1, ' ' x 74 . "busy| I am another\r\n"); finale()});
	is(end($t), 0, 'a lab with a long line on a terminal has status 0');
	like($t->{text}, qr/^idle\| {74}\r?\nidle\|\+ busy\| I am another\r?$/m,
		'each row of a long line begins with the name of its guest') or diag $t->{text};
}

# A terminal without UTF-8, as with LC_ALL=C: bytes from 0x80 up may control it, also within letters
# of UTF-8.
{
	my $script = $common . q{put(1, "\xc4\x9b[1A\n"); finale()};
	my $t = on_terminal(80, 24, $script);
	is(end($t), 0, 'a lab with its consoles on a terminal without UTF-8 has status 0');
	like($t->{text}, qr/^idle\| \\xc4\\x9b\[1A\r?$/m, 'consoles on a terminal without UTF-8 have the bytes of a letter as hexadecimal numbers') or diag $t->{text};
	$t = on_terminal(80, 24, $script, '--attach', 'idle');
	is(end($t), 0, 'a lab with an attached console on a terminal without UTF-8 has status 0');
	like($t->{text}, qr/\\xc4\\x9b\[1A/, 'an attached console on a terminal without UTF-8 has the bytes of a letter as hexadecimal numbers') or diag $t->{text};
	unlike($t->{text}, qr/[\x80-\xff]/, 'no byte from 0x80 up reaches a terminal without UTF-8');
	local $ENV{LC_ALL} = 'C.UTF-8';
	$t = on_terminal(80, 24, $script);
	is(end($t), 0, 'a lab with its consoles on a terminal with UTF-8 has status 0');
	like($t->{text}, qr/^idle\| \xc4\x9b\[1A\r?$/m, 'consoles on a terminal with UTF-8 have letters unchanged') or diag $t->{text};
	$t = on_terminal(80, 24, $script, '--attach', 'idle');
	is(end($t), 0, 'a lab with an attached console on a terminal with UTF-8 has status 0');
	like($t->{text}, qr/\xc4\x9b\[1A/, 'an attached console on a terminal with UTF-8 has letters unchanged') or diag $t->{text};
}

# With --json -, the consoles are on standard error, which may be the terminal.
{
	my $t = on_terminal(80, 24, $common . q{put(1, "\e[1A\n"); finale()}, \'/dev/null', '--json', '-');
	is(end($t), 0, 'a lab with its consoles on standard error has status 0');
	like($t->{text}, qr/^idle\| \\x1b\[1A\r?$/m, "a guest's control characters appear as hexadecimal numbers if standard error is a terminal") or diag $t->{text};
}

# The attached console: keys go to the guest, its bytes to the terminal, and Ctrl-] ends the lab.
my $echo = $common . q{put(0, "not mine\n"); put(1, "\e[1mlogin: "); my $all = '';
	until ($all =~ /q$/) { my $in = hear() // exit 4; $all .= $in; put(1, "<" . unpack('H*', $in) . ">") }
	put(1, "bye\n"); finale()};
{
	my $t = on_terminal(80, 24, $echo, '--attach', 'idle');
	ok(until_text($t, qr/\e\[1mlogin: /), "the attached console shows the guest's bytes unchanged");
	like($t->{text}, qr/attached to idle; Ctrl-\] ends/, 'a message says that Ctrl-] ends the lab');
	unlike($t->{text}, qr/not mine/, 'the terminal shows no other console than the attached one');
	isnt(modes($t), $t->{modes}, "an attached console changes the terminal's modes");
	syswrite $t->{master}, "a\x03\x1a\xff\r";
	ok(until_text($t, qr/<ff016103(>|1a).*0d>/s), "the guest gets typed keys on its channel, also Ctrl-C and Ctrl-Z")
		or diag $t->{text};
	syswrite $t->{master}, "b\x1dc";
	is(end($t), 0, 'Ctrl-] ends the lab with status 0');
	like($t->{text}, qr/<62ff4271>/, 'the guest gets the keys before Ctrl-], and none after it') or diag $t->{text};
	like($t->{text}, qr/^busy    0        1\.000 /m, 'the lab prints the final table after Ctrl-]');
	is(modes($t), $t->{modes}, "the lab restores the terminal's modes after Ctrl-]");
}

# Other ends of a lab with an attached console.
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
	isnt(modes($t), $t->{modes}, "$name: the attached console changes the terminal's modes");
	$act->($t);
	is(end($t), $want, "$name: the status is $want");
	is(modes($t), $t->{modes}, "$name: the lab restores the terminal's modes");
}
{
	my $t = on_terminal(80, 24, $common . q{ledger('sample', 500, 0, 500); sleep 60}, '--watch');
	until_text($t, qr/idle/);
	kill 'SEGV', $t->{pid};
	is(end($t), 128 + 11, 'SIGSEGV ends a lab with --watch with the status of that signal');
	like($t->{text}, qr/\e\[\?25h\z/, 'SIGSEGV to a lab with --watch shows the cursor again');
}

# While the lab is suspended, the shell uses the terminal, which must have a cursor and no table.
{
	my $t = on_terminal(80, 24, $common . qq{ledger('sample', 500, 0, 500); go('$dir/go'); finale()}, '--watch');
	until_text($t, qr/idle/);
	kill 'TSTP', $t->{pid};
	ok(until_text($t, qr/\e\[\?25h\z/), 'SIGTSTP to a lab with --watch shows the cursor again');
	ok(wait_until(sub { slurp("/proc/$t->{pid}/stat") =~ /\) T/ }), 'SIGTSTP stops a lab with --watch');
	is(picture($t->{text}), '', 'SIGTSTP to a lab with --watch erases the table');
	kill 'CONT', $t->{pid};
	$t->{text} = '';
	ok(until_text($t, qr/idle[^\n]*\n/), 'SIGCONT to a lab with --watch draws the table again');
	spew("$dir/go", '');
	is(end($t), 0, 'a lab with --watch that was suspended has status 0');
}

# Input from a file: the guest gets all of it, also Ctrl-], and the end of the file does not end the
# lab.
{
	my $keys = spew("$dir/keys", "one\x1dtwo\n");
	my $run = start($keys, 'lab', $two, '--attach', 'busy', '--hypervisor', board($common .
		q{my $all = ''; $all .= hear() // exit 4 until $all =~ /\n/; put(0, unpack 'H*', $all); finale()}));
	my ($status, $out) = finish($run);
	is($status, 0, 'a lab with input from a file has status 0');
	like($out, qr/^ff006f6e651d74776f0a/, 'the guest gets input from a file unchanged');
}

# The command sends no more input than the guest has room for, and sends the rest later.
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
	is($status, 0, 'a lab with more input than the guest has room for has status 0');
	like($out, qr/^512 \Q$text\E/, 'the guest gets all input, with never more than 512 bytes that it has not taken');
}

done_testing;
