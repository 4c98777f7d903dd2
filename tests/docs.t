#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the documents agree with the tree: the files, functions and targets that they name exist,
# every rule is cited, README's example is the code that is compiled, and the pictures match their
# captures. tests/manuals.t checks the manual pages. Each check is first run on a text with a
# mistake, which it must report, and asserts that it has at least as many items as when it was last
# changed.

use strict;
use warnings;
use File::Basename qw(dirname);
use File::Find qw(find);
use FindBin;
use lib $FindBin::Bin;
use Examples;
use Shared qw($tmp slurp at_least);
use Test::More;

my $build = $ENV{BUILD} // 'build';
delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS)};

my (%file, %folder, %name);
find({no_chdir => 1, wanted => sub {
	my $path = $_ =~ s{^\./}{}r;
	if ($path eq '.git' || $path eq $build) {
		$File::Find::prune = 1;
	} elsif (-d) {
		$folder{$path} = 1;
	} else {
		$file{$path} = 1;
		push @{$name{$path =~ s{.*/}{}r}}, $path;
	}
}}, '.');

my @sources = grep { m{^(?:include|lib|libpvtime-kvm|hypervisor|machine|guest|conformance|tools|examples|tests|scripts|bench|mk|Makefile)\b}
	&& $_ ne 'tests/docs.t' && !/\.md$/ } sort keys %file;
my %source = map { $_ => slurp($_) } @sources;
my $code = join "\n", @source{grep { /\.[chS]$/ } @sources};
my @documents = grep { /\.md$/ } sort keys %file;
my $documented = join "\n", map { slurp($_) } @documents;
at_least('sources', 765, scalar @sources);
at_least('documents', 16, scalar @documents);

# Names of files, and of folders in backticks, that a text contains and the tree does not. Exempt
# are the reader's own files (NAME and my.lab), build/, Linux's Documentation/, arch/ and kernel/,
# and the column kvm-6.1.
sub named_files {
	my ($text) = @_;
	my %named = map { $_ => 1 } $text =~ m{(?<![\w/.-])([\w.-]+(?:/[\w.-]+)*\.(?:[chtS]|md|lab|ld|mk|svg|ansi|[15]))\b(?!\w)}g;
	$named{$_} = 1 for $text =~ m{`([\w-]+(?:/[\w.-]+)*/|(?:docs|scripts)/[\w.-]+)`}g;
	return sort keys %named;
}
sub missing_files {
	my ($document, $text) = @_;
	my $here = dirname($document) eq '.' ? '' : dirname($document) . '/';
	return grep {
		my $path = s{/$}{}r;
		!m{NAME|^my\.lab$|^(?:build|Documentation|arch|kernel)\b|^-?\d|^kvm-(?:mended-)?\d} && !$file{$path} && !$folder{$path} &&
			!$file{$here . $path} && !$folder{$here . $path} && !$name{$path};
	} named_files($text);
}

is_deeply([missing_files('README.md', '`lib/ledger.c` lib/nothing.c `nowhere/` sched.c')],
	['lib/nothing.c', 'nowhere/'], 'the check of file names reports a missing file and a missing folder');
at_least('files that the documents name', 312, scalar(() = named_files($documented)));
for my $document (@documents) {
	is_deeply([missing_files($document, slurp($document))], [], "every file that $document names exists");
}

# name() in a text: a function or macro of ours.
sub named_functions {
	my ($text) = @_;
	my %named = map { $_ => 1 } $text =~ /\b([a-z_][a-z0-9_]{2,})\(\)/g;
	return sort keys %named;
}
sub missing_functions { return grep { $code !~ /\b\Q$_\E\b/ } named_functions(@_) }

is_deeply([missing_functions('set_state() set_fate()')], ['set_fate'], 'the check of function names reports a missing function');
at_least('functions that the documents name', 50, scalar(() = named_functions($documented)));
for my $document (@documents) {
	is_deeply([missing_functions(slurp($document))], [], "every function that $document names exists");
}

# hypervisor/README.md lists every file; a header may be listed through its source.
my $guide = slurp('hypervisor/README.md');
sub unlisted {
	my (@files) = @_;
	return grep { my $base = s/\.h$//r; index($guide, "`$_`") < 0 && index($guide, "`$base.c`") < 0 } @files;
}

is_deeply([unlisted('nothing.c')], ['nothing.c'], "the check of the hypervisor's files reports an unlisted file");
my @hypervisor = map { m{^hypervisor/((?:\w+/)?[^/]+\.(?:[chS]|ld))$} ? $1 : () } sort keys %file;
at_least("the hypervisor's files", 97, scalar @hypervisor);
is_deeply([unlisted(@hypervisor)], [],
	'hypervisor/README.md lists every file of the hypervisor');

# The rooms of tools/, and the rooms from which each may include headers.
my %rooms = (run => 'run', vmm => 'run|vmm', lab => 'run|vmm|lab', bench => 'run|lab|bench', conform => 'run|lab|conform', probe => 'probe',
	exec => 'exec', top => 'probe|top');
sub misplaced_includes {
	my ($room, $text) = @_;
	return $text =~ m{^#include "tools/((?!(?:$rooms{$room})/)\w+/[^"]+)"}mg;
}

is_deeply([misplaced_includes('run', qq{#include "tools/lab/file.h"\n#include "tools/report.h"\n})], ['lab/file.h'],
	'the check of includes reports an include from a room above');
my $includes = () = $code =~ m{^#include "tools/\w+/}mg;
at_least('includes from rooms of tools/', 356, $includes);
is_deeply([map { my $path = $_; m{^tools/(\w+)/} ? map { "$path: $_" } misplaced_includes($1, $source{$path}) : () } @sources],
	[], 'each room of tools/ includes only its own headers and those of the rooms below');

# The rules: SPEC.md states each once and lists it once in its table, the sources cite each, and
# they cite no other rule.
my $spec = slurp('SPEC.md');
my @rules = $spec =~ /^\*\*(R-\d\d) /mg;
my %row = map { /^\| (R-\d\d) (.*)/ ? ($1 => $2) : () } split /\n/, $spec;
my @expected = map { sprintf 'R-%02d', $_ } 1 .. 10, 20 .. 35;

is_deeply([sort @rules], \@expected, 'SPEC.md states every rule once');
is_deeply([sort keys %row], \@expected, "SPEC.md's table has a line for each rule");
sub uncited {
	return grep { my $rule = $_; !grep { /\b$rule\b/ } values %source } @_;
}
is_deeply([uncited('R-99')], ['R-99'], 'the check of rules reports an uncited rule');
is_deeply([uncited(@rules)], [], 'code or tests cite every rule');
for my $rule (sort keys %row) {
	my @files = grep { defined $source{$_} } $row{$rule} =~ /`([^`]+)`/g;
	ok((grep { $source{$_} =~ /\b$rule\b/ } @files), "a file that SPEC.md's table names for $rule cites it");
}
my %stated = map { $_ => 1 } @rules;
my $citations = () = join("\n", values %source) =~ /\bR-\d\d\b/g;
at_least('citations of rules', 480, $citations);
is_deeply([grep { my $path = $_; grep { !$stated{$_} } $source{$path} =~ /\b(R-\d\d)\b/g } @sources], [],
	'SPEC.md states every rule that the sources cite');

# README's example.
my ($example) = shown(slurp('README.md'));
isnt(join("\n", marked("/* adopt: begin */\nother\n/* adopt: end */", 'adopt')), $example, "another example differs from README's");
is($example, join("\n", marked(slurp('examples/adopt.c'), 'adopt')), "README's example is the marked part of examples/adopt.c");

# Targets: `make x`, and lines of code that begin with make.
my %target = map { $_ => 1 } `make --no-print-directory help BUILD=$build` =~ /^  make (\S+)/mg;
sub named_targets { return $_[0] =~ /(?:`|^    )make ([a-z][a-z0-9-]*)/mg }
sub missing_targets { return grep { !$target{$_} } named_targets(@_) }
at_least('targets of make help', 29, scalar keys %target);
at_least('targets that the documents name', 53, scalar(() = named_targets($documented)));
is_deeply([missing_targets("`make nothing`\n    make check\n")], ['nothing'], 'the check of targets reports a missing target');
is_deeply([missing_targets(slurp($_))], [], "every target that $_ names exists") for @documents;

# The pictures.
for my $picture (qw(docs/watch docs/slow docs/top docs/top-pane)) {
	my $svg = `docs/terminal-svg <$picture.ansi`;
	is($svg, slurp("$picture.svg"), "$picture.svg is the drawing of $picture.ansi");
	isnt(`printf 'other\n' | docs/terminal-svg`, $svg, "a capture other than $picture.ansi gives another picture");
}
like(slurp('docs/watch.ansi'), qr/stolen%/, "docs/watch.ansi has the table's heading");
my ($heading) = slurp('tests/unit/top/screen.c') =~ /"\*(VM +CPU [^"]*)\\n"/;
# A wide terminal also has the column guest.
$heading = join(' +', map { quotemeta } split ' ', $heading) =~ s/worst/(?:guest +)?worst/r;
like(slurp("docs/$_.ansi"), qr/^$heading$/m, "docs/$_.ansi has the screen's heading") for qw(top top-pane);

# `pvtime bench` generates the benchmark's pages from its figures. performance.md is compared only
# up to the section about cycles, which comes from a profile that is not stored here.
sub told {
	my (@options) = @_;
	return scalar `$build/pvtime bench --from bench/results.json --profile $tmp/none @options`;
}
sub before_cycles {
	my ($text) = @_;
	return $text =~ /\A(.*^## Instructions are not cycles$)/ms ? $1 : 'no such heading';
}
# tests/kvm/top_record has what pvtime top has shown, and what was true; two pages have a section of
# it. The record must not lack a kernel.
sub from_record { return scalar `tests/kvm/top_truth $_[0] tests/kvm/top_record` }
is(slurp('docs/accuracy.md'), told('--accuracy -') . "\n" . from_record('guest'),
	'docs/accuracy.md is the page of bench/results.json and a section of tests/kvm/top_record');
my ($cases) = slurp('docs/top.md') =~ /^(## What the runs gave\n.*)\z/ms;
is($cases, from_record('cases'), "the last section of docs/top.md is that of tests/kvm/top_record");
my @kernels = $cases =~ /`(\d+\.\d+)\.[^`]*`/g;
at_least('kernels of docs/top.md', 4, scalar @kernels);
isnt(`sed 's/\\.[0-9]*\$/.999/' tests/kvm/top_record >$tmp/record; tests/kvm/top_truth cases $tmp/record`, $cases, 'another record gives another section');
is(before_cycles(slurp('docs/performance.md')), before_cycles(told('--markdown -')),
	'docs/performance.md up to the section about cycles is the page of bench/results.json');

done_testing();
