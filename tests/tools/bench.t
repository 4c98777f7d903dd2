#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime bench` on a fake board, which prints as the benchmark's guest might: complete
# results, wrong results, and none; errors before a run; figures that are read from a file, printed
# and compared.

use strict;
use warnings;
use File::Basename qw(dirname);
use lib dirname(__FILE__);
use Lab;
use Test::More;

my $root = dirname(__FILE__) . '/../..';
my $bench = "$dir/bench";
$ENV{TMPDIR} = "$dir/tmp";
mkdir $_ or die for $bench, $ENV{TMPDIR};
spew("$bench/$_", slurp("$dir/Image")) for 'bench.img', 'spin.img';

# The guest's paths in the table of rows.
my @paths = slurp("$root/tools/bench/rows.def") =~ /^BENCH_ROW\((\w+), (?:GUEST|LIBRARY),/mg;
at_least('paths of the table of rows', 19, scalar @paths);

sub text
{
	my (%change) = @_;
	return join '', "# bench cpus=2\r\n", map({ my $rest = $change{$_} // 'best=30.00 median=31.00';
		$rest eq '' ? '' : "BENCH name=$_ $rest n=1000 batches=100\r\n" } @paths), "# bench done\r\n";
}

# printing TEXT, MS: a board on which the guest prints TEXT and runs for MS ms of guest time.
my $texts = 0;
sub printing
{
	my ($text, $ms) = @_;
	my $file = spew("$dir/text" . $texts++, $text);
	$ms //= 5000;
	return board(qq{record('start 1000'); open my \$f, '<:raw', '$file'; local \$/; put(0, scalar(<\$f>));
		record('final $ms', vcpu(0, 0, running => $ms), vcpu(0, 1, off => $ms), 'end'); record('done 0 all VMs are off')});
}

sub bench
{
	my ($board, @options) = @_;
	return finish(start('/dev/null', 'bench', '--bench', $bench, '--suite', $dir, '--hypervisor', $board, @options));
}

# The command has status 2, and prints one line on standard error and nothing else.
sub refused
{
	my ($name, $want, $status, $out, $err) = @_;
	is($status, 2, "$name: the status is 2");
	is($out, '', "$name: no result is printed");
	like($err, qr/\Apvtime: $want.*\n\z/, "$name: the only line of the message says why");
}

# Complete results.
my $whole = printing(text());
my $results = "$dir/results.json";
{
	my ($status, $out, $err) = bench($whole, '--run', 'guest', '--json', $results);
	is("$status$err", '0', 'a complete run has status 0 and no message');
	like($out, qr/^trapped ID register read +30\.0 +30\.0 .* 200, met$/m, 'the table has the figures and the goals');
	like($out, qr/^GICD register read/m, 'the table has the row of GICD reads');
	unlike($out, qr/IPI to|Linux, kernel/, 'the table has no rows of other runs');
	like($out, qr/^pvtime: pvtime \d/m, 'the table has the version');
	my $json = read_json('bench', slurp($results));
	is(@{$json->{rows}}, @paths, 'JSON has a row for each path');
	is_deeply($json->{rows}[0]{figures}{pvtime}{'neoverse-n1'}, {best => 30, median => 31}, "JSON has a row's figures");
}

# Incomplete results.
for my $case (
	['a path without a line', text(gicd => ''), 'gicd has no line'],
	['a line that is torn', text(gicd => 'best=3'), "'BENCH name=gicd best=3 n=1000 batches=100' is not a result"],
	['no end', text() =~ s/# bench done\r\n//r, "the output has no line '# bench done'"],
	['another guest', "hello\r\n", "the output has no line '# bench '"],
) {
	my ($name, $text, $want) = @$case;
	my ($status, $out, $err) = bench(printing($text), '--run', 'guest');
	is($status, 1, "$name: the status is 1");
	is($err, join('', map { "pvtime: pvtime guest-$_: $want\n" } qw(cortex-a57 neoverse-n1)), "$name: a message for each CPU says why");
}
{
	my ($status, undef, $err) = bench(printing('hung', 60_000), '--run', 'guest');
	like("$status$err", qr/\A1pvtime: pvtime guest-cortex-a57: it had not powered off after 60 s/, 'a guest that hangs gives status 1 and a message');
}

# Comparisons with a file of figures.
sub compared
{
	my ($text, $file) = @_;
	return bench(printing($text), '--run', 'guest', '--compare', $file // $results);
}
{
	is((compared(text()))[0], 0, 'equal figures are not worse');
	is((compared(text(idreg => 'best=35.00 median=40.00')))[0], 0, '5 instructions more are not worse');
	my ($status, $out, $err) = compared(text(idreg => 'best=35.01 median=40.00'));
	is($status, 1, 'more than 5 instructions more give status 1');
	is($err, join('', map { "pvtime: idreg on $_: 35.01 is worse than the 30.00 of $results\n" } qw(cortex-a57 neoverse-n1)),
		'the messages name the path that is worse');
	like($out, qr/^trapped ID register read +35\.0/m, 'figures that are worse are still printed');
	like((compared(text(idreg => 'skip=it is gone')))[2], qr/^pvtime: idreg on cortex-a57: cannot be measured any more \(it is gone/m,
		'a message names a path that cannot be measured any more');
	my $doctored = spew("$dir/doctored.json", slurp($results) =~ s/"best": 30\.0/"best": 20.0/r);
	like((compared(text(), $doctored))[2], qr/\Apvtime: $paths[0] on cortex-a57: 30.00 is worse than the 20.00 of \Q$doctored\E\n\z/,
		'a message names the path whose recorded figure is better');
}

# Figures printed from a file.
{
	my ($status, $out, $err) = bench($whole, '--from', $results);
	is("$status$err", '0', '--from has status 0 and no message');
	is($out, (bench($whole, '--run', 'guest'))[1], '--from prints the table of the run that wrote the file');
	($status, $out) = bench($whole, '--from', $results, '--markdown', '-');
	is($status, 0, '--markdown has status 0');
	like($out, qr/^\| GICD register read \(`gicd`\) \| 30\.0 \/ 30\.0 \| - \| - \|  \| 300, met \|$/m, 'Markdown has the figures in a table');
	like($out, qr/^## Instructions are not cycles$/m, 'Markdown has the section about instructions and cycles');
	($status, $out) = bench($whole, '--from', $results, '--json', '-');
	is($out, slurp($results), '--from writes the same JSON that it reads');
}

# The accuracy of the accounting. said() is a guest's report of its gaps; exact() runs two VMs with
# such reports and ledgers, and returns the figures that the command prints.
sub said
{
	my ($stolen_ns) = @_;
	return "SPIN stolen_ns=$stolen_ns gaps=3 most_ns=1500 least_ns=400 sum_ns=2500 pass_ns=40090 passes=100 watched_ns=9\n";
}
sub exact
{
	my ($run, @vms) = @_;
	my ($n, @put, @ledger) = (0);
	for (@vms) {
		my ($say, $ticks) = @$_;
		push @put, "put($n, '$say');";
		push @ledger, "vcpu($n, 0, $ticks),";
		$n++;
	}
	my ($status, $out, $err) = bench(board("record('start 1000'); @put record('final 2000', @ledger 'end');" .
		"record('done 0 all VMs are off')"), '--run', $run, '--seconds', 1);
	return $status == 0 && $out =~ /^$run +2 vCPUs +1 s  (.*)$/m ? $1 : "$status $err";
}
my @first = (said(740_000_000), 'running => 260, ready => 740');
my @second = (said(470_000_000), 'running => 530, ready => 470');
is(exact('caps-2', \@first, \@second), 'structure 0  guest 0  gap 1100  share 0.0000',
	'the gap is the difference of stolen time and gaps less one pass, and an exact share is off by 0');
is(exact('caps-2', \@first, [$second[0], "$second[1], blocked => 900, off => 5"]), 'structure 0  guest 0  gap 1100  share 0.0000',
	'a cap counts only the time in which the vCPU could run');
is(exact('caps-2', \@first, [$second[0], 'running => 520, ready => 470']), 'structure 0  guest 0  gap 1100  share 0.4747',
	'a share below the cap is reported with its error');
is(exact('weights-2', [$first[0], 'running => 250, ready => 740'], [said(469_999_997), 'running => 500, ready => 470']),
	'structure 0  guest 3  gap 1100  share 0.0000', 'a guest that reads another number than the ledger is reported with the difference');
is(exact('weights-2', [$first[0], 'running => 300, ready => 740'], [$second[0], 'running => 300, ready => 470']),
	'structure 0  guest 0  gap 1100  share 16.6667', 'a share that differs from the weight is reported with its error');
like(exact('weights-2', \@first, ['', $second[1]]), qr/\A1 .*weights-2-cortex-a57: a vCPU has no ledger, or/,
	'a guest without a report gives status 1');
like(exact('weights-2', \@first, [$second[0], "$second[1], published => 470000007"]), qr/\A1 .*the ledger does not add up/,
	'a structure that differs from the ledger gives status 1');

# The help takes the kinds of runs from the code. The manual page calls weights-1 to weights-8
# weights-N.
my ($kinds) = (finish(start('/dev/null', 'help', 'bench')))[1] =~ /--run NAME +run only that kind of run \((.*?)\); may be given again$/ms;
my @kinds = map { s/^(\w+-)1 to \1\d+$/$1N/r } split /, /, $kinds =~ s/\s+/ /gr;
my ($items) = slurp("$FindBin::Bin/../../docs/pvtime-bench.1") =~ /^\.It Fl -run Ar NAME\n(.*?)^\.El$/ms;
my @described = map { s/^Cm //r =~ s/ Ns Ar //r } map { split / , / } $items =~ /^\.It (.*)$/mg;
is_deeply(\@kinds, \@described, 'the help lists the kinds of runs that pvtime-bench(1) describes');

# Errors before anything is run.
refused('an unknown option', q{'--what' is not an option}, bench($whole, '--what'));
refused('an unknown target', q{'kqemu' is not a target; expected pvtime, kvm, xen, kvm-before, kvm-mended, kvm-denied, xen-before, xen\+pvtime, xen-denied or all}, bench($whole, 'kqemu'));
refused('an unknown run', q{--run: 'x' is not a kind of run}, bench($whole, '--run', 'x'));
refused('a run that the target does not have', q{--run: there is no such run}, bench($whole, '--run', 'many', 'xen'));
refused('--jobs 0', q{--jobs: '0' is wrong; expected a number from 1 to 64}, bench($whole, '--jobs', 0));
refused('--seconds 1.5', q{--seconds: '1.5' is wrong; expected a number from 1 to 3600}, bench($whole, '--seconds', '1.5'));
refused('two results on standard output', q{--json, --markdown, --accuracy and --data: expected - }, bench($whole, '--json', '-', '--data', '-'));
refused('--from and a run', q{--from runs nothing}, bench($whole, '--from', $results, '--quick'));
refused('a missing file of figures', qr{\Q$dir\E/none: No such file or directory; expected the figures}, bench($whole, '--compare', "$dir/none"));
refused('a file of figures that is not JSON', qr{\Q$dir\E/Image:1: }, bench($whole, '--compare', "$dir/Image"));
refused('another format', qr{\Q$dir\E/no\.json: found format 'pvtime-ledger', version 1; expected format 'pvtime-bench', version 1},
	bench($whole, '--from', spew("$dir/no.json", '{"format": "pvtime-ledger", "version": 1}')));
refused('another version', qr{\Q$dir\E/no\.json: found format 'pvtime-bench', version 2; expected format 'pvtime-bench', version 1},
	bench($whole, '--compare', spew("$dir/no.json", slurp($results) =~ s/"version": 1/"version": 2/r)));
refused('no format', qr{\Q$dir\E/no\.json: found format 'none', version 0; expected format 'pvtime-bench', version 1},
	bench($whole, '--from', spew("$dir/no.json", '{}')));
refused('a file without figures', qr{\Q$dir\E/no\.json: the figures are incomplete; expected},
	bench($whole, '--from', spew("$dir/no.json", '{"format": "pvtime-bench", "version": 1}')));
refused('a missing hypervisor', qr{pvtime guest-cortex-a57: \Q$dir\E/none: No such}, bench("$dir/none", '--run', 'guest'));
refused('a missing image', qr{pvtime exits-cortex-a57: \Q$dir\E/spin\.img: No such.*--bench DIR},
	finish(start('/dev/null', 'bench', '--run', 'exits', '--bench', $dir, '--hypervisor', $whole)));
refused('a missing host', qr{kvm guest-cortex-a57: }, bench($whole, '--run', 'guest', '--debian', $dir, 'kvm'));

is_deeply([glob "$ENV{TMPDIR}/*"], [], 'no run leaves a file behind');
done_testing;
