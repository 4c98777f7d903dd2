#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime conform` on a fake board, which prints as a suite might: complete results, incomplete
# results, and none; errors before a run; and the reports in each format.

use strict;
use warnings;
use File::Basename qw(dirname);
use lib dirname(__FILE__);
use Lab;
use Test::More;

my $root = dirname(__FILE__) . '/../..';
my $suite = "$dir/suite";
$ENV{TMPDIR} = "$dir/tmp";
mkdir $_ or die for $suite, $ENV{TMPDIR};
spew("$suite/$_", slurp("$dir/Image")) for 'suite-4k-le.img', 'competitor.img';
spew("$suite/suite-4k-le.raw", "raw\0");

# The cases of the guest, with the texts of the suite's lines.
my @cases;
{
	my $table = slurp("$root/conformance/cases.def");
	push @cases, {rule => $1 =~ tr/_/-/r, name => $2, needs => $3, text => $4}
		while $table =~ /^GUEST_CASE\((R_\d\d), (\w+), ([\w| ]+), (?:OURS|"[^"]*"), "(.*)"\)$/mg;
}
my @normal = grep { $_->{needs} !~ /RESET/ } @cases;
at_least('cases that run without a reset', 59, scalar @normal);

# text HEAD, CASE...: the output of a suite in which all these cases pass.
sub text
{
	my ($head, @of) = @_;
	my $n = 0;
	return join '', "firmware\r\n# suite $head\r\n", map({ $n++; "ok $n - $_->{rule} $_->{name}: $_->{text}\r\n" } @of), "1..$n\r\n";
}
my $whole = text('4k-le cpus=1 dialect=1.0', @normal);

# printing TEXT, MS, END: a board on which the first guest prints TEXT and runs for MS ms of guest
# time.
my $texts = 0;
sub printing
{
	my ($text, $ms, $end) = @_;
	my $file = spew("$dir/text" . $texts++, $text);
	$end //= q{record('done 0 all VMs are off')};
	$ms //= 5000;
	return board(qq{record('start 1000'); open my \$f, '<:raw', '$file'; local \$/; put(0, scalar(<\$f>));
		record('final $ms', vcpu(0, 0, running => $ms), 'end'); $end});
}

sub conform
{
	my ($board, @options) = @_;
	return finish(start('/dev/null', 'conform', '--suite', $suite, '--hypervisor', $board, @options));
}
sub plain { return conform(shift, '--run', 'plain', @_) }

# A complete result without failures.
{
	my $board = printing($whole);
	my ($status, $out, $err) = plain($board);
	is("$status$err", '0', 'a complete result has status 0 and no message');
	like($out, qr/^Rule  pvtime  What it requires\n/, 'the table has its heading');
	unlike($out, qr/[1-9] (?:FAIL|weaker)|^R.*(?:FAIL|weaker)|\e/m, 'the table of a complete result has no failure and no colours');
	like($out, qr/^R-05  ok      /m, 'the table has ok for a rule that is kept');
	like($out, qr/^  all runs +\d+ ok    0 FAIL    0 weaker    0 skip$/m, 'the table counts both grades');
	like($out, qr/^R-28  -       /m, 'the table has - for a rule without a case');
	like($out, qr/^  R-28  tests\/unit/m, 'the table names the tests of a rule without a case');
	my $n = @normal;
	like($out, qr/^  plain  +$n ok    0 FAIL    0 weaker    0 skip  4k-le img, cortex-a57, 1 vCPU on 1 CPU, 1\.0, hvc, alone$/m,
		'the table has a line for the run');
	is((plain($board))[1], $out, 'a second run prints the same table, byte by byte');
	is(join(' ', glob "$ENV{TMPDIR}/*"), '', 'a complete run leaves no file behind');
}

# Each of the formats.
{
	my $failed = $whole =~ s/^ok (?=\d+ - R-05 header)/not ok /mr
		=~ s/(header: [^\r]*\r\n)/$1# FAIL: wrong by it\r\n# observed header: revision 7 "x"\r\n/r
		=~ s/( padding: [^\r]*)/$1 # SKIP no page/r;
	my $board = printing($failed);
	my ($status, $out, $err) = plain($board, '--tap', "$dir/r.tap", '--json', "$dir/r.json", '--markdown', "$dir/r.md");
	is("$status$err", '1', 'a case that fails gives status 1 and no message');
	like($out, qr/^R-05  FAIL    .*^pvtime: FAIL\n  R-05 header: .*\n    wrong by ST 1\.0, Stolen Time\n    in plain\n    revision 7 "x"\n/ms, 'the table has the observations of the failed case');
	like($out, qr/^pvtime: skipped in every run\n(?:  .*\n)*?  no page\n    R-05 padding\n/m,
		'the table names the skipped case and the reason');
	my $json = read_json('conform', slurp("$dir/r.json"));
	my ($run) = @{$json->{targets}[0]{runs}};
	is_deeply({map { $_ => $run->{$_} } qw(name build form cpu vcpus pcpus dialect conduit status)},
		{name => 'plain', build => '4k-le', form => 'img', cpu => 'cortex-a57', vcpus => 1, pcpus => 1,
		dialect => '1.0', conduit => 'hvc', status => 'complete'}, 'the JSON has the name, machine, dialect, conduit and status of the run');
	is_deeply([grep { $_->{name} eq 'header' } @{$run->{cases}}],
		[{rule => 'R-05', name => 'header', verdict => 'fail', observed => ['revision 7 "x"']}], "JSON has a run's cases");
	is_deeply([grep { $_->{name} eq 'padding' } @{$run->{cases}}],
		[{rule => 'R-05', name => 'padding', verdict => 'skip', reason => 'no page', observed => []}],
			'JSON has the reasons of cases that were skipped');
	is(scalar @{$run->{cases}}, scalar @normal, 'JSON has every case of the run');
	is_deeply({map { $_->{rule} => $_->{targets}{pvtime} } grep { $_->{rule} =~ /R-0[15]|R-28/ } @{$json->{rules}}},
		{'R-01' => 'ok', 'R-05' => 'fail', 'R-28' => 'none'}, "JSON has the rules' verdicts");
	my $tap = slurp("$dir/r.tap");
	like($tap, qr/^not ok \d+ - pvtime R-05 header: .*\n# FAIL: wrong by ST 1\.0, Stolen Time\n# in plain\n# revision 7 "x"\n/m, 'the TAP has the failed case, its clause, its run and its observations');
	like($tap, qr/^ok \d+ - pvtime R-05 padding: .* # SKIP no page$/m, 'TAP has the skipped case');
	my @numbers = $tap =~ /^(?:not )?ok (\d+)/mg;
	is_deeply(\@numbers, [1 .. @numbers], 'TAP numbers its lines consecutively');
	like($tap, qr/^1\.\.@{[scalar @numbers]}\n\z/m, 'TAP ends with its plan');
	like(slurp("$dir/r.md"), qr/^\| R-05 \| \*\*FAIL\*\* \|.*^- R-05 `header`: .*\n  - revision 7 "x"$/ms, 'Markdown has the failed case and its observations');
	unlike(slurp("$dir/r.$_"), qr/\Q$dir\E/, "the report r.$_ has no path of this machine") for qw(tap json md);
	for my $format (qw(tap json markdown)) {
		my $file = slurp("$dir/r." . ($format eq 'markdown' ? 'md' : $format));
		is((plain($board, "--$format", '-'))[1], $file, "--$format - prints only the report on standard output");
	}
}

# The two grades, on our hypervisor and on another: which failures fail the command, and which are
# only reported.
{
	mkdir $_ for "$dir/bin", "$dir/debian", "$dir/debian/one";
	spew("$dir/debian/one/Image", slurp("$dir/Image"));
	spew("$dir/debian/one/versions", "linux-image-5.9 5.9-1\n");
	spew("$suite/kvm-host.cpio", 'a host');
	symlink "$FindBin::Bin/board-qemu", "$dir/bin/qemu-system-aarch64" or die;
	for my $case (
		['header', 'FAIL', [1, 0, 1], qr/^# FAIL: wrong by ST 1\.0, Stolen Time$/m],
		['padding', 'weaker', [1, 0, 0], qr/^# weaker: no document at hand asks for it$/m],
	) {
		my ($name, $word, $statuses, $said) = @$case;
		my $text = $whole =~ s/^ok (?=\d+ - R-05 $name)/not ok /mr;
		my @grades;
		my ($status, $out, $err) = plain(printing($text), '--tap', "$dir/g.tap");
		push @grades, $status;
		like($out, qr/^R-05  $word/m, "$name: the rule is $word on our hypervisor");
		like(slurp("$dir/g.tap"), qr/^not ok \d+ - pvtime R-05 $name: [^#\n]*\n$said/m, "$name: TAP has the failure on our hypervisor with its grade");
		spew("$dir/print", "\@guest begin\n" . ($text =~ tr/\r//dr) . "\n\@guest end 0 \n");
		local $ENV{PATH} = "$dir/bin:$ENV{PATH}";
		local $ENV{BOARD_QEMU} = $dir;
		for my $strict ([], ['--strict']) {
			($status, $out, $err) = finish(start('/dev/null', 'conform', '--suite', $suite, '--debian', "$dir/debian", '--run', 'plain',
				@$strict, '--tap', "$dir/g.tap", 'kvm/one'));
			push @grades, $status;
			is($err, '', "$name: a failure on another hypervisor causes no message");
			like($out, qr/^R-05  $word/m, "$name: the rule is $word on another hypervisor");
		}
		my $todo = $word eq 'weaker' ? ' # TODO weaker' : '';
		like(slurp("$dir/g.tap"), qr/^not ok \d+ - kvm\S* R-05 $name: [^#\n]*$todo\n$said/m, "$name: TAP has the failure on another hypervisor with its grade");
		is_deeply(\@grades, $statuses, "$name: the statuses on our hypervisor, on another, and on another with --strict are right");
	}
	unlink "$dir/bin/qemu-system-aarch64", "$dir/print", "$suite/kvm-host.cpio";
}

# Incomplete results: the status is 1, a message has the reason and the last lines, and there is a
# report nevertheless.
for my $case (
	['a missing line', sub { s/^ok 7 .*?\n//m }, qr/number 8 after number 6: a line is lost/],
	['a number twice', sub { s/^ok 7 /ok 6 /m }, qr/number 6 after number 6: twice/],
	['an unknown case', sub { s/ aligned:/ aligne:/ }, qr/is not a case of the table: aligne/],
	['a wrong rule', sub { s/R-06 aligned/R-05 aligned/ }, qr/aligned, belongs to R-06, not to R-05/],
	['a case twice', sub { s/ padding:/ header:/ }, qr/header comes a second time/],
	['another build', sub { s/4k-le/16k-le/ }, qr/says that it is 16k-le, but 4k-le was started/],
	['too many vCPUs', sub { s/cpus=1/cpus=2/ }, qr/found 2 vCPUs, expected 1/],
	['no plan', sub { s/^1\.\..*\n//m }, qr/ended without a plan after number \d+, /],
	['a wrong plan', sub { s/^1\.\./1..1/m }, qr/the plan is 1\.\.1\d+, after number/],
	['a panic in between', sub { s/^ok 9 /PANIC\nok 9 /m }, qr/not from the suite, after number 8: PANIC/],
	['half the lines', sub { s/^ok 20 .{20}\K.*//ms }, qr/is not the table's|is no case/],
	['nothing', sub { $_ = '' }, qr/it printed nothing/],
	['no TAP', sub { $_ = "hello\n" }, qr/there is no TAP/],
	['TAP of others', sub { $_ = "ok 1 - hello\n1..1\n" }, qr/no line '# suite' before it/],
	['a bail-out', sub { s/^ok 3 /Bail out! no GIC\nok 3 /m }, qr/the suite gave up: no GIC/],
) {
	my ($name, $change, $want) = @$case;
	local $_ = $whole;
	$change->();
	my $last = (split /\r?\n/)[-1];
	my ($status, $out, $err) = plain(printing($_));
	is($status, 1, "$name: the status is 1");
	like($err, qr/\Apvtime: pvtime plain: .*$want.*\n/, "$name: a message says why the result is incomplete");
	like($err, qr/^pvtime:   \| \Q$last\E\n\z/m, "$name: the message ends with the guest's last line") if defined $last;
	like($out, qr/^            faulty: /m, "$name: the table has the run as faulty");
}

# Runs that do not end by themselves.
for my $case (
	['a guest that hangs', $whole =~ s/^ok 9 .*//msr, 100000, undef, qr/not powered off after \d+ s of guest time; after number 8, /, 'limit'],
	['a bug of the hypervisor', $whole =~ s/^ok 9 .*//msr, 5000, q{record('done 1 PANIC sched.c:7')}, qr/PANIC sched\.c:7; after number 8, /, 'stopped'],
) {
	my ($name, $text, $ms, $end, $want, $status_word) = @$case;
	my ($status, $out, $err) = plain(printing($text, $ms, $end));
	is($status, 1, "$name: the status is 1");
	like($err, qr/\Apvtime: pvtime plain: .*$want/, "$name: a message says why the run ended");
	like($err, qr/^pvtime:   \| ok 8 - /m, "$name: the message has the guest's last lines");
	like($out, qr/^            $status_word: /m, "$name: the table has the run as $status_word");
}

# The run cannot be made: the status is 2, there is one line of message, and no report.
{
	my $touched = "$dir/started";
	my $board = board(qq{open my \$f, '>', '$touched'; close \$f; exit 1});
	my ($status, $out, $err) = plain($board);
	is("$status$out", '2', 'a QEMU that ends before the suite begins gives status 2');
	like($err, qr/\Apvtime: pvtime plain: QEMU ended with status 1 .*\n\z/, 'one line says that QEMU ended before the suite began');
	($status, $out, $err) = plain(printing($whole =~ s/^ok 9 .*//msr, 5000, q{exit 3}));
	is("$status$out", '2', 'a QEMU that ends amid the results gives status 2');
	like($err, qr/\Apvtime: pvtime plain: QEMU ended with status 3 .*\n\z/, 'one line says that QEMU ended amid the results');
	unlink $touched;
	spew("$dir/text.img", 'A text' x 100);
	my $right = printing($whole);
	for my $case (
		['a missing suite', ['--suite', "$dir/none"], qr/none\/suite-4k-le\.img: No such file.*make conform/],
		['a text as the image', ['--image', "$dir/text.img"], qr/text\.img is not an arm64 image; expected/],
		['an image that is missing', ['--image', "$dir/none"], qr/none: No such file/],
		['an image that is a directory', ['--image', $dir], qr/Is a directory/],
		['a missing hypervisor', ['--hypervisor', "$dir/none"], qr/none: No such file.*make/],
		['a missing competitor', ['--suite', "$dir/alone", '--run', 'contended'], qr/competitor\.img: No such file/],
		['a missing kernel package', ['kvm', '--debian', "$dir/none"], qr/\Apvtime: kvm \S+: .*$dir\/none/],
		['an unknown option', ['--wotch'], qr/'--wotch' is not an option/],
		['an unknown letter', ['-w'], qr/'-w' is not an option/],
		['a missing value', ['--run'], qr/--run: expected a value/],
		['a value for an option without one', ['--list=1'], qr/--list: expected no value/],
		['an unknown target', ['bsd'], qr/'bsd' is not a target; expected pvtime, kvm, kvm-mended, xen, xen\+pvtime or all/],
		['an unknown run', ['--run', 'none'], qr/--run: 'none' is not a run/],
		['an unknown case', ['--case', 'header,none'], qr/--case: 'none' is not a case/],
		['a run without the case', ['--case', 'reset'], qr/none of these runs has one of these cases/],
		['two reports on standard output', ['--tap', '-', '--json', '-'], qr/expected - \(standard output\) for at most one of them/],
		['--seconds 0', ['--seconds', '0'], qr/--seconds: '0' is not a limit; expected whole seconds/],
		['--jobs 0', ['--jobs', '0'], qr/--jobs: '0' is wrong; expected a number from 1 to 64/],
		['--json in a missing directory', ['--json', "$dir/none/x"], qr/--json: \S+: No such file/],
		['--keep below a file', ['--keep', "$dir/text.img/x"], qr/--keep: \S+: Not a directory/],
		['--keep with an empty name', ['--keep='], qr/--keep: expected a name/],
	) {
		my ($name, $options, $want) = @$case;
		mkdir "$dir/alone";
		spew("$dir/alone/suite-4k-le.img", slurp("$dir/Image"));
		my @run = grep({ $_ eq 'kvm' || /^--run/ } @$options) ? () : ('--run', 'plain');
		my ($status, $out, $err) = conform($board, @run, @$options);
		is("$status$out", '2', "$name: the status is 2, without output");
		like($err, $want, "$name: the message says why");
		is($err =~ tr/\n//, 1, "$name: the message has one line");
		ok(!-e $touched, "$name: no QEMU is started");
	}
	local $ENV{PATH} = '/nonexistent';
	($status, $out, $err) = plain($right);
	is("$status$out", '2', 'a missing QEMU gives status 2');
	like($err, qr/\Apvtime: pvtime plain: there is no qemu-system-aarch64 on PATH.*\n\z/, 'one line says that QEMU is missing');
}

# Selected cases are passed to the suite, which prints only those; and --seconds sets the limit.
{
	my @few = grep { $_->{name} =~ /^(?:header|aligned)$/ } @normal;
	my ($status, $out, $err) = plain(printing(text('4k-le cpus=1', @few)), '--case', 'header,aligned', '--seconds', 7,
		'--keep', "$dir/kept");
	is("$status$err", '0', 'a run of selected cases has status 0 and no message');
	like($out, qr/^  plain       2 ok    0 FAIL    0 weaker    0 skip  .*case=aligned,header$/m, 'the table has the selected cases');
	like(slurp("$dir/kept/pvtime/plain/run.lab"), qr/^append = expect=on case=aligned,header$/m,
		"the suite's command line has the selected cases");
	like(slurp("$dir/kept/pvtime/plain/console.txt"), qr/^# suite 4k-le/m, "--keep keeps the suite's output");
	($status, $out, $err) = plain(printing($whole, 7000), '--seconds', 7);
	like($err, qr/not powered off after 7 s of guest time/, "--seconds replaces the run's own limit");
}

# Several runs at a time are printed in the order of the table, not in the order in which they end.
{
	my $file = spew("$dir/both", $whole);
	my $board = board(qq{local \$/; open my \$b, '<:raw', \$option{initrd}; my \$two = <\$b> =~ /competitor/;
		select undef, undef, undef, 0.01 until \$two || -e '$dir/first';
		record('start 1000'); open my \$f, '<:raw', '$file'; put(0, <\$f> =~ s/cpus=1/cpus=1 slow=\$two/r);
		record('final 5000', vcpu(0, 0, running => 5000), \$two ? vcpu(1, 0, running => 5000) : (), 'end', 'done 0 all VMs are off');
		if (\$two) { open my \$first, '>', '$dir/first' }});
	my ($status, $out, $err) = conform($board, '--run', 'beta-2', '--run', 'plain', '--jobs', 2, '--verbose');
	is("$status$err", '0', 'two runs at a time have status 0 and no message');
	like($out, qr/\A# pvtime plain\nfirmware.*^# pvtime beta-2\nfirmware.*^Rule.*^  plain .*^  beta-2 /ms,
		'two runs at a time are printed in the order of the table');
	like($out, qr/^# suite 4k-le cpus=1 slow=1 dialect/m, '--verbose prints the output of each run') or diag $out;
}

# The output of a guest cannot control the terminal.
{
	my $board = printing("firmware \e[2J\r\n$whole");
	my $seen = `script -qec '$pvtime conform --suite $suite --hypervisor $board --run plain --verbose' /dev/null </dev/null`;
	like($seen, qr/^firmware \\x1b\[2J\r*$/m, '--verbose on a terminal prints control characters as hexadecimal numbers') or diag $seen;
	unlike($seen, qr/\e\[2J/, 'no escape sequence of a guest reaches the terminal');
	my ($status, $out) = plain($board, '--verbose');
	like($out, qr/^firmware \e\[2J\r$/m, '--verbose writes the unchanged bytes to a file');
}

# A column's name has the version found in the Image that runs, not that of a file's name, and no
# two columns have the same name.
{
	my $debian = "$dir/debian";
	my %banner = (trixie => '6.12.118+deb13-cloud-arm64', newer => '6.12.1', sid => '7.2.13', odd => undef);
	for my $release (sort keys %banner) {
		mkdir $_ for $debian, "$debian/$release";
		my $banner = $banner{$release};
		spew("$debian/$release/Image", slurp("$dir/Image"), defined $banner ? "Linux version $banner (a\@b) #1" : 'Linux version %s');
		spew("$debian/$release/versions", "linux-image-5.9 5.9-1\n");
	}
	spew("$suite/kvm-host.cpio", 'a host');
	mkdir "$dir/bin";
	symlink "$FindBin::Bin/board-qemu", "$dir/bin/qemu-system-aarch64" or die;
	spew("$dir/print", "\@guest begin\n" . ($whole =~ tr/\r//dr) . "\n\@guest end 0 \n");
	local $ENV{PATH} = "$dir/bin:$ENV{PATH}";
	local $ENV{BOARD_QEMU} = $dir;
	my @columns = ('--debian', $debian, '--run', 'plain', 'kvm/sid', 'kvm/trixie', 'kvm/newer', 'kvm/odd');
	my ($status, $out, $err) = finish(start('/dev/null', 'conform', '--suite', $suite, '--keep', "$dir/columns", '--json', "$dir/c.json",
		'--markdown', "$dir/c.md", @columns));
	is("$status$err", '0', 'a run of several releases of a target has status 0 and no message');
	like($out, qr/^Rule  kvm-7\.2  kvm-6\.12  kvm\/newer  kvm\/odd  What/m, "a column is named by its Image's version, or by its target if the version is unknown or another column's");
	like($out, qr/^kvm-6\.12: Linux KVM; Linux 5\.9-1, /m, 'the table has the packages of each column');
	is_deeply([map { $_->{name} } @{read_json('conform', slurp("$dir/c.json"))->{targets}}], [qw(kvm-7.2 kvm-6.12 kvm/newer kvm/odd)], 'JSON has the names of the columns');
	like(slurp("$dir/c.md"), qr/^Verdicts that differ between kvm-7\.2, kvm-6\.12, kvm\/newer and kvm\/odd:\n\n- none: /m, 'Markdown compares the versions');
	ok(-e "$dir/columns/kvm-7.2/plain/console.txt", "--keep uses the column's name in its paths");
	($status, $out, $err) = finish(start('/dev/null', 'conform', '--suite', $suite, '--debian', $debian, '--run', 'plain', 'kvm/none'));
	is("$status$out", '2', 'a release that was not fetched gives status 2');
	like($err, qr/\Apvtime: kvm\/none plain: .*none\/Image: .*make conform-all.*\n\z/, 'one line names the release that was not fetched');
	($status, $out) = finish(start('/dev/null', 'conform', '--list', 'kvm/sid', 'kvm/trixie'));
	is(scalar(() = $out =~ /^kvm: /mg), 1, '--list has the runs of a target once for several releases');
}

# A signal ends the command and its runs, unless it was ignored when the command started, and no
# file is left behind.
{
	my $pids = "$dir/pid";
	my $run = Shared::start_command('/dev/null', 'perl', '-e', '$SIG{HUP} = "IGNORE"; exec @ARGV or die', $pvtime, 'conform',
		'--suite', $suite, '--run', 'plain', '--hypervisor',
		board(qq{open my \$f, '>', '$pids'; print \$f \$\$; close \$f; record('start 1000'); 1 while hear()}));
	ok(wait_until(sub { -s $pids }), 'a run that does not end is started') or diag slurp($run->{err});
	my $pid = slurp($pids);
	kill 'HUP', $run->{pid};
	select undef, undef, undef, 0.2; # of two pending signals, the one with the smaller number would be read first
	kill 'TERM', $run->{pid};
	my ($status) = finish($run);
	is($status, 128 + 15, 'pvtime conform ends with the status of SIGTERM, although SIGHUP was ignored before');
	ok(wait_until(sub { !kill 0, $pid }), 'QEMU ends with pvtime conform');
	is(join(' ', glob "$ENV{TMPDIR}/*"), '', 'a run that a signal ends leaves no file behind');
}

# --list and --help.
{
	my ($status, $out, $err) = finish(start('/dev/null', 'conform', '--list', 'all'));
	is("$status$err", '0', '--list has status 0 and no message');
	is(join(' ', grep { index($out, "      $_->{name} ") < 0 } @cases), '', '--list all has every case');
	like($out, qr/^R-09 .*\n      no case: /m, '--list all has a rule without a case');
	like($out, qr/^pvtime: .*\n  plain  .*^kvm: .*^xen: .*^xen\+pvtime: /ms, '--list all has the runs of every target');
	($status, $out) = finish(start('/dev/null', 'help', 'conform'));
	is($out, (finish(start('/dev/null', 'conform', '--help')))[1], 'conform --help prints the same as help conform');
}

done_testing;
