#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the command line of pvtime and its subcommands; each error is reported before anything is
# started.

use strict;
use warnings;
use File::Basename qw(dirname);
use lib dirname(__FILE__);
use Lab;
use Test::More;

my $touched = "$dir/started";
my $board = board(qq{open my \$f, '>', '$touched'; close \$f;
	record('start 1000', 'final 1', vcpu(0, 0), vcpu(0, 1), vcpu(1, 0), 'end', 'done 0 x')});

sub run { return finish(start('/dev/null', @_)) }

# A right command line, to which the wrong ones below add an error.
{
	my ($status, $out, $err) = run('lab', '--hypervisor', $board, $two);
	is("$status$err", '0', 'a right command line has status 0 and no message');
	ok(-e $touched, 'a right command line starts the board');
	unlink $touched;
}

spew("$dir/plain", '');
for my $case (
	['no lab file', [], qr/expected one lab file, not none/],
	['two lab files', [$two, $two], qr/expected one lab file, not several/],
	['an unknown option', [$two, '--wotch'], qr/'--wotch' is not an option/],
	['an unknown letter', [$two, '-w'], qr/'-w' is not an option/],
	['a missing value', [$two, '--seconds'], qr/--seconds: expected a value/],
	['a value for an option without one', [$two, '--watch=1'], qr/--watch: expected no value/],
	['--seconds 0', [$two, '--seconds', '0'], qr/--seconds: '0' is not a time; expected seconds greater than 0/],
	['--seconds with a negative number', [$two, '--seconds', '-1'], qr/--seconds: '-1'/],
	['--seconds with a word', [$two, '--seconds=soon'], qr/--seconds: 'soon'/],
	['--seconds with too large a number', [$two, '--seconds', '1000000001'], qr/--seconds: '1000000001'.* at most 1000000000/],
	['--seconds with ten decimals', [$two, '--seconds', '0.0000000001'], qr/--seconds: '0.0000000001'.* with at most nine decimals/],
	['--attach with an unknown name', [$two, '--attach', 'nobody'], qr/--attach: \S+two.ini has no \[vm nobody\]; expected .*busy/],
	['--until with an unknown name', [$two, '--until', 'nobody'], qr/--until: \S+two.ini has no \[vm nobody\]; expected .*busy/],
	['--until with an empty name', [$two, '--until='], qr/--until: expected a name/],
	['--attach with an empty name', [$two, '--attach='], qr/--attach: expected a name/],
	['--attach and --deterministic', [$two, '--attach', 'busy', '--deterministic'], qr/--attach and --deterministic/],
	['--attach and --watch', [$two, '--watch', '--attach', 'busy'], qr/--attach and --watch/],
	['--json - and --watch', [$two, '--watch', '--json', '-'], qr/--json -: --watch and/],
	['--json - and --attach', [$two, '--attach', 'busy', '--json', '-'], qr/--json -: .* --attach/],
	['--json in a missing directory', [$two, '--json', "$dir/none/x"], qr/--json: \S+\/none\/x: No such file/],
	['--json with a directory', [$two, '--json', $dir], qr/--json: \S+: Is a directory/],
	['--console-dir with a file', [$two, '--console-dir', "$dir/plain"], qr/--console-dir: \S+plain: (Not a directory|File exists)/],
	['--console-dir below a file', [$two, '--console-dir', "$dir/plain/x"], qr/--console-dir: \S+: Not a directory/],
	['--console-dir with a read-only directory', [$two, '--console-dir', '/proc/self'], qr/--console-dir: \/proc\/self/],
	['--hypervisor with a missing file', [$two, '--hypervisor', "$dir/none"], qr/--hypervisor: \S+none: No such file.*make/],
	['--hypervisor with a file that is not an Image', [$two, '--hypervisor', $two], qr/--hypervisor: \S+ is not an arm64 Image; expected the hypervisor's image/],
	['--hypervisor with a directory', [$two, '--hypervisor', $dir], qr/--hypervisor: \S+: Is a directory/],
	['a missing lab file', ["$dir/none.ini"], qr/none\.ini/],
	['a directory as the lab file', [$dir], qr/\Q$dir\E/],
) {
	my ($name, $arguments, $want) = @$case;
	my ($status, $out, $err) = run('lab', '--hypervisor', $board, @$arguments);
	is($status, 2, "$name: the status is 2");
	like($err, $want, "$name: the message says why");
	is($err =~ tr/\n//, 1, "$name: the message has one line");
	ok(!-e $touched && $out eq '', "$name: no board is started and nothing is printed");
}

# QEMU is missing.
{
	local $ENV{PATH} = '/nonexistent';
	my ($status, $out, $err) = run('lab', '--hypervisor', $board, $two);
	is($status, 1, 'pvtime lab has status 1 if QEMU is missing');
	is($err, "pvtime: cannot start qemu-system-aarch64: No such file or directory; Debian has it in qemu-system-arm\n",
		'one line says that QEMU is missing, and names its package');
}

# The ledger of an earlier run must not remain as if it were of this run.
{
	spew("$dir/old.json", 'old');
	my $ends = board('exit 1');
	run('lab', $two, '--hypervisor', $ends, '--json', "$dir/old.json");
	is(slurp("$dir/old.json"), '', 'a lab that fails leaves the file of --json empty');
}

# The command itself.
for my $case (
	[['--version'], 0, qr/^pvtime \d+\.\d+\.\d+\n$/, qr/^$/],
	[['--help'], 0, qr/^usage: pvtime COMMAND.*^  lab /ms, qr/^$/],
	[['help'], 0, qr/^usage: pvtime COMMAND.*^  lab /ms, qr/^$/],
	[['help', 'lab'], 0, qr/^usage: pvtime lab .*--seconds S.*--until NAME.*--attach NAME.*--hypervisor FILE/s, qr/^$/],
	[['lab', '--help'], 0, qr/^usage: pvtime lab /, qr/^$/],
	[['help', 'nothing'], 2, qr/^$/, qr/^pvtime: 'nothing' is not a command.*\n$/],
	[['help', 'lab', 'lab'], 2, qr/^$/, qr/^pvtime: help: .*\n$/],
	[['nothing'], 2, qr/^$/, qr/^pvtime: 'nothing' is not a command.*\n$/],
	[['--nothing'], 2, qr/^$/, qr/^pvtime: '--nothing' is not a command.*\n$/],
	[[], 2, qr/^$/, qr/^usage: pvtime/],
) {
	my ($arguments, $want_status, $want_out, $want_err) = @$case;
	my ($status, $out, $err) = run(@$arguments);
	ok($status == $want_status && $out =~ $want_out && $err =~ $want_err, "'pvtime @$arguments' has the expected status and output")
		or diag("status $status\n$out$err");
}
is(system("'$pvtime' --version >/dev/full 2>/dev/null") >> 8, 1, 'pvtime --version has status 1 if standard output is full');
is(system("'$pvtime' help <&- >'$dir/h' 2>&-") >> 8, 0, 'pvtime help has status 0 if standard input and error are closed');

# The usage of each command: `help COMMAND` and `COMMAND --help` print the same; the usage shows a
# value for an option exactly if the option takes one.
my $listed = 0;
for my $case (
	[['here'], "top: 'here' is not an option; 'pvtime help top' lists them"],
	[['--interval', '0'], "--interval: '0' is not an interval; expected seconds, such as 1 or 0.5"],
	[['--interval', 'soon'], "--interval: 'soon' is not an interval; expected seconds, such as 1 or 0.5"],
	[['--count', '0'], "--count: '0' is wrong; expected a number from 1 to 1000000000"],
	[['--once', '--count', '2'], '--once and --count: expected one of them'],
	[['--by', 'vm'], "--by: 'vm' is not a way to divide the stolen time; expected cpu, thief or cgroup"],
	[['--vm', ''], '--vm: expected a name, not an empty string'],
	[['--pid', 'web'], "--pid: 'web' is wrong; expected a number from 1 to 4194304"],
) {
	my ($arguments, $words) = @$case;
	is_deeply([run('top', @$arguments)], [2, '', "pvtime: $words\n"], "top @$arguments: the status is 2, with one line of message");
}

for my $command (qw(lab conform bench exec probe top)) {
	my ($status, $usage, $err) = run('help', $command);
	is("$status$err", '0', "help $command has status 0 and no message");
	like($usage, qr/\Ausage: pvtime $command .*\n\n(?:\S.*\n)+\n(?:  .*\n)+\z/, "help $command prints a command line, a description and the options");
	is((run($command, '--help'))[1], $usage, "$command --help prints the same as help $command");
	is(join("\n", grep { length > 96 } split /\n/, $usage), '', "help $command prints no line of more than 96 columns");
	for ($usage =~ /^  (--.*)/mg) {
		my ($name, $value, $text) = /^--([a-z-]+)( \S+)?  +(\S.*)/ or next;
		my (undef, undef, $said) = run($command, defined $value ? "--$name" : "--$name=x", $command eq 'exec' ? ('--', 'x') : ());
		my $want = defined $value ? 'expected a value after it' : 'expected no value after it';
		is($said, "pvtime: --$name: $want\n", "$command --$name: the usage shows a value exactly if the option takes one");
		$listed++;
	}
}
at_least('options of the usages', 55, $listed);

done_testing;
