#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the pvtime command's own command line; whatever is wrong is said before anything is started.

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

# The frame of the wrong ones is right.
{
	my ($status, $out, $err) = run('lab', '--hypervisor', $board, $two);
	is("$status$err", '0', 'a right command line');
	ok(-e $touched, 'starts the board');
	unlink $touched;
}

spew("$dir/plain", '');
for my $case (
	['no lab file', [], qr/expected one lab file, not none/],
	['two lab files', [$two, $two], qr/expected one lab file, not several/],
	['an unknown option', [$two, '--wotch'], qr/'--wotch' is not an option/],
	['an unknown letter', [$two, '-w'], qr/'-w' is not an option/],
	['a value missing', [$two, '--seconds'], qr/--seconds: expected a value/],
	['a value too many', [$two, '--watch=1'], qr/--watch: expected no value/],
	['seconds: 0', [$two, '--seconds', '0'], qr/--seconds: '0' is not a time; expected seconds greater than 0/],
	['seconds: negative', [$two, '--seconds', '-1'], qr/--seconds: '-1'/],
	['seconds: a word', [$two, '--seconds=soon'], qr/--seconds: 'soon'/],
	['seconds: too many', [$two, '--seconds', '1000000001'], qr/--seconds: '1000000001'.* at most 1000000000/],
	['seconds: ten decimals', [$two, '--seconds', '0.0000000001'], qr/--seconds: '0.0000000001'.* with at most nine decimals/],
	['attach: an unknown name', [$two, '--attach', 'nobody'], qr/--attach: \S+two.ini has no \[vm nobody\]; expected .*busy/],
	['until: an unknown name', [$two, '--until', 'nobody'], qr/--until: \S+two.ini has no \[vm nobody\]; expected .*busy/],
	['until: empty', [$two, '--until='], qr/--until: expected a name/],
	['attach: empty', [$two, '--attach='], qr/--attach: expected a name/],
	['attach and deterministic', [$two, '--attach', 'busy', '--deterministic'], qr/--attach and --deterministic/],
	['attach and watch', [$two, '--watch', '--attach', 'busy'], qr/--attach and --watch/],
	['json - and watch', [$two, '--watch', '--json', '-'], qr/--json -: --watch and/],
	['json - and attach', [$two, '--attach', 'busy', '--json', '-'], qr/--json -: .* --attach/],
	['json: no directory', [$two, '--json', "$dir/none/x"], qr/--json: \S+\/none\/x: No such file/],
	['json: a directory', [$two, '--json', $dir], qr/--json: \S+: Is a directory/],
	['console-dir: a file', [$two, '--console-dir', "$dir/plain"], qr/--console-dir: \S+plain: (Not a directory|File exists)/],
	['console-dir: under a file', [$two, '--console-dir', "$dir/plain/x"], qr/--console-dir: \S+: Not a directory/],
	['console-dir: not to be written', [$two, '--console-dir', '/proc/self'], qr/--console-dir: \/proc\/self/],
	['hypervisor: missing', [$two, '--hypervisor', "$dir/none"], qr/--hypervisor: \S+none: No such file.*make/],
	['hypervisor: no image', [$two, '--hypervisor', $two], qr/--hypervisor: \S+ is not an arm64 Image; expected the hypervisor's image/],
	['hypervisor: a directory', [$two, '--hypervisor', $dir], qr/--hypervisor: \S+: Is a directory/],
	['lab file: missing', ["$dir/none.ini"], qr/none\.ini/],
	['lab file: a directory', [$dir], qr/\Q$dir\E/],
) {
	my ($name, $arguments, $want) = @$case;
	my ($status, $out, $err) = run('lab', '--hypervisor', $board, @$arguments);
	is($status, 2, "$name: status 2");
	like($err, $want, "$name: said");
	is($err =~ tr/\n//, 1, "$name: in one line");
	ok(!-e $touched && $out eq '', "$name: nothing is started");
}

# QEMU is not there.
{
	local $ENV{PATH} = '/nonexistent';
	my ($status, $out, $err) = run('lab', '--hypervisor', $board, $two);
	is($status, 1, 'no QEMU: status 1');
	is($err, "pvtime: cannot start qemu-system-aarch64: No such file or directory; Debian has it in qemu-system-arm\n",
		'said in one line');
}

# An existing file of an earlier run says nothing of this one.
{
	spew("$dir/old.json", 'old');
	my $ends = board('exit 1');
	run('lab', $two, '--hypervisor', $ends, '--json', "$dir/old.json");
	is(slurp("$dir/old.json"), '', 'an old ledger does not stay');
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
	ok($status == $want_status && $out =~ $want_out && $err =~ $want_err, "pvtime @$arguments")
		or diag("status $status\n$out$err");
}
is(system("'$pvtime' --version >/dev/full 2>/dev/null") >> 8, 1, 'standard output is full: status 1');
is(system("'$pvtime' help <&- >'$dir/h' 2>&-") >> 8, 0, 'closed standard streams do no harm');

# The usage of each command: --help prints what help prints; an option shows a value exactly where
# it takes one, and has a text.
my $listed = 0;
for my $command (qw(lab conform bench exec probe)) {
	my ($status, $usage, $err) = run('help', $command);
	is("$status$err", '0', "help $command");
	like($usage, qr/\Ausage: pvtime $command .*\n\n(?:\S.*\n)+\n(?:  .*\n)+\z/, "help $command: a command line, what it does, options");
	is((run($command, '--help'))[1], $usage, "$command --help prints the same");
	is(join("\n", grep { length > 96 } split /\n/, $usage), '', "help $command: no line is longer than 96 columns");
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
