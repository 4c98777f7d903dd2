#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: tools/completion.bash completes the commands, options and arguments that pvtime has, and no
# others. The last test presses Tab in an interactive bash. Neither needs the package
# bash-completion.

use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use Shared;
use Terminal;
use Test::More;

my $completion = 'tools/completion.bash';

# The output of a script in bash that has loaded the completion.
sub in_bash
{
	my ($script, @arguments) = @_;
	my ($status, $out, $err) = run_command('bash', '--norc', '-c', ". ./$completion; $script", 'bash', @arguments);
	is("$status$err", '0', "bash runs: $script @arguments") if "$status$err" ne '0';
	return $out;
}

# completed WORD...: how the last word is completed, after `pvtime`. Outside of an interactive
# shell there is no compopt; its arguments are printed.
sub completed
{
	my (@words) = @_;
	return join ' ', split /\n/, in_bash(
		'compopt() { echo "$@"; }; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _pvtime "$1" "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"; printf "%s\n" "${COMPREPLY[@]}"',
		'pvtime', @words);
}

# The lines of a help text that describe options, as the completion has them.
sub described
{
	my ($help) = @_;
	my @options;
	while ($help =~ /^  --([a-z-]+)(?: (\S+))?  /mg) {
		my ($name, $value) = ($1, $2);
		push @options, "--$name" . (!defined $value ? '' : $value =~ /^(?:FILE|DIR)$/ ? "=$value" : '=');
	}
	return sort @options;
}
is_deeply([described("  --a FILE  a\n            b\n  --b       b\n  --c S     c --d e\n")], ['--a=FILE', '--b', '--c='],
	'the check of options knows which have a file or another value');

# Words that the completion offers for the value of an option are compared below.
my %words = ('--on=pvtime,kvm' => '--on=');
my @commands = `$build/pvtime help` =~ /^  ([a-z]+) /mg;
at_least('commands of pvtime help', 7, scalar @commands);
is(in_bash('echo $_pvtime_commands'), "@commands\n", 'the commands are those of pvtime help');
my @all;
for my $command (grep { $_ ne 'help' } @commands) {
	my @options = map { $words{$_} // $_ } split ' ', in_bash('_pvtime_options "$1"', $command);
	is_deeply([sort @options], [described(scalar `$build/pvtime help $command`)],
		"the options of $command are those of pvtime help $command, with the same values");
	push @all, @options;
}
at_least('options that are completed', 55, scalar @all);

# The words that a message says it expects, after a wrong one.
sub expected
{
	my (@arguments) = @_;
	my ($status, undef, $err) = run_command("$build/pvtime", @arguments);
	return $err =~ /expected (.*)$/m ? join ' ', split /, | or /, $1 : "nothing: $status $err";
}
is(completed($_, ''), expected($_, 'nothing'), "the targets of $_ are those that it accepts") for qw(conform bench);
is(completed(qw(lab --on), ''), expected(qw(lab --on nothing)), 'the values of --on are those that pvtime lab accepts');

for my $case (
	['a command', ['co'], 'conform'],
	['the options of pvtime itself', ['--'], '--help --version'],
	['the command of help', ['help', 'e'], 'exec'],
	['an option', ['lab', '--s'], '--seconds --stamp --snapshot'],
	['an option after the lab file', ['lab', 'my.lab', '--unt'], '--until'],
	['the options of a command without arguments', ['probe', ''], '--pid --json --help'],
	['a target', ['conform', 'xen+'], 'xen+pvtime'],
	['a target after an option', ['bench', '--quick', 'kvm-m'], 'kvm-mended'],
	['a lab file', ['lab', 'm'], '-o default'],
	['a file', ['lab', '--json', ''], '-o default'],
	['a file after =', ['lab', '--json', '='], '-o default'],
	['a file that has begun after =', ['lab', '--json', '=', 'm'], '-o default'],
	['a directory', ['conform', '--keep', ''], '-o dirnames'],
	['one of the values', ['lab', '--on', 'k'], 'kvm'],
	['one of the values after =', ['lab', '--on', '=', 'k'], 'kvm'],
	['a value that is a number', ['lab', '--seconds', ''], ''],
	['the argument after an option without a value', ['probe', '--json', ''], '--pid --json --help'],
	['the -- of exec', ['exec', ''], '--'],
	['an option of exec', ['exec', '--ver'], '--verbose'],
	['the file of a VMM', ['exec', '--', '/no/such/f'], '-o default'],
	['an argument of a VMM', ['exec', '--', 'vmm', '--verb'], '-o default'],
	['an argument of an unknown command', ['nothing', ''], ''],
) {
	my ($name, $words, $want) = @$case;
	is(completed(@$words), $want, "$name is completed");
}
like(completed('exec', '--', 'prin'), qr/\bprintf\b/, 'the VMM is completed as a command');

# An interactive bash on a terminal. The function pvtime prints the words that it is given.
mkdir "$tmp/a folder" or die;
spew("$tmp/two words.json", '');
@ENV{qw(TERM INPUTRC HISTFILE)} = qw(dumb /dev/null /dev/null);
my $shell = start_on(new_terminal(), undef, 'bash', '--norc', '--noprofile', '-i');
sub typed
{
	my ($keys, $want) = @_;
	my $text = '';
	syswrite $shell->{master}, $keys or die "terminal: $!";
	while ($text !~ $want) {
		sysread $shell->{master}, my $piece, 4096 or last;
		$text .= $piece;
	}
	return $text;
}
typed(". ./$completion; cd '$tmp'; pvtime() { printf '<%s>' \"\$\@\"; echo .; }; echo rea''dy\n", qr/ready/);
for my $case (
	["lab --js\ttwo\t --on k\t", '<lab><--json><two words.json><--on><kvm>', 'an option, a file with a blank and a value'],
	["lab --json=two\t", '<lab><--json=two words.json>', 'a file after ='],
	["conform --ke\ta\t", '<conform><--keep><a folder/>', 'a directory with a blank'],
) {
	my ($keys, $want, $name) = @$case;
	like(typed("pvtime $keys\n", qr/>\.\r\n/), qr/\Q$want\E\./, "Tab completes $name");
}
typed("exit\n", qr/exit/);
waitpid $shell->{pid}, 0;

done_testing;
