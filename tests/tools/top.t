#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime top` with samples from a file (top_fake.c): its options, its lines where there is no
# terminal, and on a terminal its screen, its keys, and that it gives the terminal back.

use strict;
use warnings;
use File::Basename qw(dirname);
use lib dirname(__FILE__);
use Lab;
use Shared qw($build $nobody run_command);
use Terminal;
use Test::More;

my $top = "$build/tests/tools/pvtime-top-fake";
$ENV{TOP_FAKE} = "$dir/sample";

# vm NAME: a process that looks like QEMU's, and whose thread looks like that of vCPU 0. Returns its
# PID.
my @vms;
sub vm
{
	my ($name) = @_;
	pipe my $ready, my $writes or die "pipe: $!";
	my $pid = fork // die "fork: $!";
	if ($pid == 0) {
		open STDOUT, '>&', $writes or die;
		exec {$^X} 'qemu', '-e', 'open my $f, ">", "/proc/self/comm"; print $f "CPU 0/KVM"; close $f; syswrite STDOUT, "."; close STDOUT; sleep',
			'--', '-name', "guest=$name" or die;
	}
	close $writes;
	sysread $ready, my $byte, 1;
	push @vms, $pid;
	return $pid;
}
END { local $?; kill 'KILL', @vms; waitpid $_, 0 for @vms }

my ($alpha, $beta) = (vm('alpha'), vm("be\e[1mta"));
# sample TEXT: the samples from now on.
sub sample { spew("$dir/sample.new", @_); rename "$dir/sample.new", "$dir/sample" or die; return }
my $two = "vcpu $alpha $alpha 3 250000000 500000000 0\nvcpu $beta $beta 3 750000000 125000000 0\n" .
	"thief $alpha $beta $beta 2 400000000 CPU 0/KVM\nthief $alpha 1 1 2 100000000 hog\nthief $beta 2 0 3 125000000 kworker/3:0\n" .
	"fact $alpha 3 5000 4000\n";
sample($two);

# Without a terminal.
sub lines { return run_command($top, 'top', '--interval', '0.01', @_) }
{
	my ($status, $out, $err) = lines('--once');
	is("$status$err", '0', '--once has status 0');
	like($out, qr/\AVM alpha \(process $alpha\), in \d+ ns, guest's stolen time: on\n  vCPU 0, thread $alpha, CPU 3: ran 250000000 ns \(\d+\.\d %\), stolen 500000000 ns \(\d+\.\d %\), interrupts 0 ns \(0\.0 %\)\n.*VM be\\x1b\[1mta /s, '--once prints lines, with control characters made visible');
	is(() = $out =~ /^VM/mg, 2, '--once prints one interval');
	is(() = (lines('--count', 3))[1] =~ /^VM/mg, 6, '--count 3 prints three intervals');
	like($out, qr/^VM alpha .* guest's stolen time: on$/m, '--once says whether a guest has stolen time');
	like($out, qr/^VM be.* guest's stolen time: unknown$/m, '--once says that it is unknown');
	my @json = map { read_json('top', $_) } split /\n/, (lines('--json', '--count', 2))[1];
	is_deeply([map { map { $_->{name} } @{$_->{vms}} } @json], [('alpha', "be\e[1mta") x 2], '--json --count 2 writes two lines of JSON');
	is_deeply([map { $_->{guest_stolen_time} } @{$json[0]{vms}}], ['on', undef], '--json has whether a guest has stolen time; null if it is unknown');
	for my $case (
		['--vm with one name', ['--vm', 'alpha'], [$alpha]],
		['--vm with another name', ['--vm', 'alph'], []],
		['--vm that is repeated', ['--vm', 'alpha', '--vm', "be\e[1mta"], [$alpha, $beta]],
		['--pid', ['--pid', $beta], [$beta]],
		['--pid with a process that has no VM', ['--pid', $$], []],
		['--pid and --vm', ['--pid', $beta, '--vm', 'alpha'], [$alpha, $beta]],
	) {
		my ($name, $options, $want) = @$case;
		my @found = map { $_->{process} } @{read_json('top', (lines('--json', '--once', @$options))[1])->{vms}};
		is_deeply([sort @found], [sort @$want], "$name: the report has the VMs that were asked for");
	}
	is((lines('--once', '--vm', 'nothing'))[1], "No such VM is running.\n", 'a line says that no chosen VM is running');
	is_deeply([lines('--pid', 4194304)], [2, '', "pvtime: --pid: $nobody\n"], '--pid with a process that does not exist has status 2');
	is_deeply([run_command('sh', '-c', 'exec "$0" "$@" >/dev/full', $top, 'top', '--interval', '0.01')], [1, '', "pvtime: standard output: No space left on device\n"],
		'a full disk ends the command with status 1, and a message says so');
	sample('fail');
	is_deeply([lines('--once')], [1, '', "pvtime: the sample fails\n"], 'a sample that fails has status 1');
	sample($two);
}

# 65536 vCPUs, in processes that do not exist, and as many thieves.
{
	my $first = 4_000_000;
	sample(map { my $thread = $first + $_; my $process = $thread - $_ % 4; "vcpu $thread $process 1 2 3 0\nthief $thread 1 1 1 3 hog\n" } 0 .. 65535);
	my ($status, $out, $err) = lines('--once');
	is("$status$err", '0', '65536 vCPUs are accepted');
	is_deeply([scalar(() = $out =~ /^VM/mg), scalar(() = $out =~ /^  vCPU \?, thread /mg), scalar(() = $out =~ /^ +3  process hog, thread 1, on CPU 1$/mg)],
		[16384, 65536, 65536], '65536 vCPUs and their thieves are printed');
	my $vms = read_json('top', (lines('--once', '--json', '--pid', $$))[1])->{vms};
	is_deeply($vms, [], 'a choice among 65536 vCPUs has only what was chosen');
	sample($two);
}

# on_terminal COLUMNS, ROWS, OPTION...: start the command on a new terminal.
sub on_terminal
{
	my ($columns, $rows, @options) = @_;
	my $t = keep_open(new_terminal());
	resize($t, $columns, $rows);
	@$t{qw(rest y x lines)} = ('', 0, 0, []);
	return start_on($t, undef, $top, 'top', '--interval', '0.01', @options);
}

# Take output that has come. Only what ncurses sends to a vt100 is interpreted.
sub take
{
	my ($t, $piece) = @_;
	$t->{text} .= $piece;
	$t->{rest} .= $piece =~ tr/\0//dr; # padding
	my ($y, $x, $lines) = @$t{qw(y x lines)};
	while ($t->{rest} =~ s/\A(?:\e\[([\d;]*)([HABCDKJ])|\e\[[?\d;]*[mhlr]|\e[()][AB0]|[\x0e\x0f]|\e[=>78]|([\r\n\b])|([^\e]))//) {
		my ($n, $what, $control, $char) = ($1, $2, $3, $4);
		$lines->[$y] //= '';
		if (defined $control) {
			$control eq "\r" ? ($x = 0) : $control eq "\n" ? $y++ : $x--;
		} elsif (defined $char) {
			$lines->[$y] .= ' ' x ($x - length $lines->[$y]) if length $lines->[$y] < $x;
			substr($lines->[$y], $x++, 1) = $char;
		} elsif (!defined $what) {
		} elsif ($what eq 'H') {
			($y, $x) = $n =~ /(\d+);(\d+)/ ? ($1 - 1, $2 - 1) : (0, 0);
		} elsif ($what eq 'K' && $n eq '1') {
			substr($lines->[$y], 0, $x + 1) = ' ' x ($x + 1) if length $lines->[$y] > $x;
		} elsif ($what eq 'K' || $what eq 'J') {
			$lines->[$y] = substr $lines->[$y], 0, $x if length $lines->[$y] > $x;
			$#$lines = $y if $what eq 'J';
		} else {
			my $by = $n || 1;
			$what eq 'A' ? ($y -= $by) : $what eq 'B' ? ($y += $by) : $what eq 'C' ? ($x += $by) : ($x -= $by);
		}
	}
	@$t{qw(y x)} = ($y, $x);
	return;
}
sub screen { my ($t) = @_; return join "\n", map { ($_ // '') =~ s/ +$//r } @{$t->{lines}} }

# Read what has come within a moment. false: the command has ended, or the terminal is closed.
sub hear
{
	my ($t) = @_;
	my $bits = '';
	vec($bits, fileno $t->{master}, 1) = 1;
	return !ended($t) if !select $bits, undef, undef, 0.1;
	sysread $t->{master}, my $piece, 4096 or return 0;
	take($t, $piece);
	return 1;
}

# Read until the screen matches, or the command has ended.
sub until_screen
{
	my ($t, $want, $name) = @_;
	while (screen($t) !~ $want && hear($t)) { }
	return like(screen($t), $want, $name);
}

# Read until the output since the last call matches, or the command has ended. Returns whether it
# matched.
sub until_text
{
	my ($t, $want) = @_;
	while ($t->{text} !~ $want && hear($t)) { }
	return $t->{text} =~ $want;
}

# Wait for the end while reading all output, and return the status.
sub end
{
	my ($t) = @_;
	while (hear($t)) { }
	select undef, undef, undef, 0.01 until ended($t);
	return exit_status($t);
}

sub press { my ($t, $keys) = @_; syswrite $t->{master}, $keys or die "keys: $!"; return }

$ENV{TERM} = 'vt100';
{
	my $t = on_terminal(80, 24);
	until_screen($t, qr/^pvtime top: 2 VMs.*^alpha \(1\) .*vm be\\x1b\[1m~\n^be\\x1b.*kern kworker.*^q quit/ms, 'the screen has a line for each VM, the one that lost the most first');
	isnt(modes($t), $t->{modes}, "the terminal's modes are changed");
	note screen($t);
	press($t, 'f');
	until_screen($t, qr{^alpha/0 .*^be\\x1b\[1mta/0 }ms, 'f shows vCPUs');
	press($t, "\n");
	until_screen($t, qr/^alpha\/0, process $alpha, thread $alpha, CPU 3: run \d+, stolen \d+, interrupts -\nvm \d+, proc \d+, unatt -\nguest's stolen time: on, .*\n +\d+  vm be\\x1b\[1mta, thread $beta\n +\d+  process hog, thread 1\b/m,
		'Enter shows the thieves of the selected vCPU');
	press($t, "\eOB");
	until_screen($t, qr/^be\\x1b\[1mta\/0, process.*kernel kworker/ms, 'the arrow down selects the next vCPU');
	note screen($t);
	press($t, "\n/alp");
	until_screen($t, qr/^Names with: alp_$/m, 'the last line shows the filter that is typed');
	press($t, "\n");
	until_screen($t, qr/\A(?!.*^be\\x1b).*^alpha\/0.*^q quit/ms, 'Enter ends the filter, and only names with it remain');
	press($t, "\x13p");
	until_screen($t, qr/PAUSED/, 'p pauses, and Ctrl-S stops nothing');
	sample($two =~ s/ 500000000 / 900000000 /r =~ s/ 100000000 / 500000000 /r);
	press($t, ">");
	until_screen($t, qr/by vm/, 'the next column sorts');
	my $paused = screen($t);
	press($t, 'p');
	until_screen($t, qr/proc hog/, 'after the pause the screen shows the present sample');
	unlike($paused, qr/proc hog/, 'while it is paused, the screen shows the old sample');
	press($t, "\e");
	until_screen($t, qr/^be\\x1b/m, 'Escape drops the filter');
	press($t, 'q');
	is(end($t), 0, 'q ends the command with status 0');
	is(modes($t), $t->{modes}, "q restores the terminal's modes");
	sample($two);
}

# Each way to end gives the terminal back: the modes, the shell's screen and the cursor.
$ENV{TERM} = 'xterm';
for my $case (
	['q', sub { press($_[0], 'q') }, 0],
	['Ctrl-C', sub { press($_[0], "\x03") }, 0],
	['SIGTERM', sub { kill 'TERM', $_[0]{pid} }, 0],
	['SIGHUP', sub { kill 'HUP', $_[0]{pid} }, 0],
	['SIGSEGV', sub { kill 'SEGV', $_[0]{pid} }, 128 + 11],
	['a sample that fails', sub { sample('fail') }, 1],
) {
	my ($name, $act, $want) = @$case;
	my $t = on_terminal(80, 24);
	until_text($t, qr/q quit/);
	$act->($t);
	is(end($t), $want, "$name: the status is $want");
	is(modes($t), $t->{modes}, "$name: the terminal's modes are restored");
	like($t->{text}, qr/\e\[\?1049h.*\e\[\?1049l/s, "$name: the shell's screen is shown again");
	like($t->{text}, qr/\e\[\?25l.*\e\[\?(?:12l\e\[\?)?25h/s, "$name: the cursor is shown again");
	like($t->{text}, $want == 1 ? qr/1049l.*pvtime: the sample fails\r\n\z/s : qr/\A(?!.*pvtime: )/s, "$name: a message comes after the screen, if there is one");
	sample($two);
}

# Terminals of other kinds; terminfo knows no size of Linux's console.
for my $term ('linux', 'screen', 'vt220') {
	local $ENV{TERM} = $term;
	my $t = on_terminal(100, 30);
	ok(until_text($t, qr/by stolen.*q quit/s), "with TERM=$term, a screen is shown");
	press($t, 'q');
	is(end($t), 0, "with TERM=$term, q ends the command");
}

# Sizes.
{
	my $t = on_terminal(80, 24);
	until_text($t, qr/q quit/);
	for my $size ([1, 1], [1, 24], [80, 1], [3, 2], [65535, 65535], [0, 0], [7, 5]) {
		$t->{text} = '';
		resize($t, @$size);
		ok(until_text($t, qr/\e\[H\e\[2J/), "a terminal that becomes @$size[0] columns wide and @$size[1] lines high is drawn again");
	}
	$t->{text} = '';
	resize($t, 200, 60);
	until_text($t, qr/q quit/);
	press($t, 'q');
	is(end($t), 0, 'the command survives a terminal of any size');
	$t = on_terminal(1, 1);
	until_text($t, qr/~/);
	press($t, 'q');
	is(end($t), 0, 'the command begins on a terminal of one character');
}

# While it is stopped, the shell has the terminal. (Linux stops no process here, as the session has
# no shell that could continue it.)
{
	my $t = on_terminal(80, 24);
	until_text($t, qr/q quit/);
	$t->{text} = '';
	press($t, "\x1a");
	until_text($t, qr/\e\[\?1049h.*q quit/s);
	like($t->{text}, qr/\e\[\?25h.*\e\[\?1049l.*\e\[\?1049h.*q quit/s, 'Ctrl-Z gives the terminal back, and afterwards the screen is shown again');
	press($t, 'q');
	is(end($t), 0, 'the command goes on after Ctrl-Z');
}

# Terminals that cannot show a screen, and those who do not want one.
for my $term ('dumb', '', 'no-such-terminal') {
	local $ENV{TERM} = $term;
	my $t = on_terminal(80, 24);
	until_text($t, qr/^VM be/m);
	kill 'INT', $t->{pid};
	is(end($t), 128 + 2, "with TERM='$term', lines are printed until a signal comes");
	like($t->{text}, qr/^pvtime: top: terminfo describes no screen for TERM '$term'; lines are printed instead\r\n/, "with TERM='$term', a message says why");
}
for my $options (['--once'], ['--count', 2], ['--json', '--count', 1]) {
	my $t = on_terminal(80, 24, @$options);
	is(end($t), 0, "@$options has status 0 on a terminal");
	unlike($t->{text}, qr/\e/, "@$options shows no screen");
}

done_testing;
