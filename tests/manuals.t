#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the manual pages. Each renders without a warning, begins with examples and refers only to
# pages that exist. A command's page describes exactly the options of `pvtime help COMMAND`, and
# pvtime-lab(5) exactly the keys of a lab file. Each check is first run on a text with a mistake,
# which it must report.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Shared qw($build $tmp slurp spew at_least);
use Test::More;

my @pages = sort glob 'docs/*.[1-8]';
my %page = map { m{^docs/(.*)\.(\d)$}; ("$1($2)" => slurp($_)) } @pages;
at_least('manual pages', 8, scalar @pages);

# The complaints of mandoc and groff about a page, except those that a page of another package is
# not installed or not in mandoc's index.
sub complaints
{
	my ($path) = @_;
	my $said = `mandoc -T lint $path 2>&1; groff -ww -z -mdoc -Tutf8 $path 2>&1`;
	return join '', grep { !/outdated mandoc\.db lacks|referenced manual not found/ } split /^/, $said;
}
my $head = ".\\\" Test\n.Dd November 28, 2026\n.Dt BAD 1\n.Os\n.Sh NAME\n.Nm bad\n.Nd test\n.Sh DESCRIPTION\n";
is(complaints(spew("$tmp/good.1", $head . "Good.\n")), '', 'mandoc and groff accept a good page');
like(complaints(spew("$tmp/bad.1", $head . "A sentence. Another one.\n")), qr/new sentence, new line/, 'the check of pages reports two sentences on a line');
like(complaints(spew("$tmp/bad.1", $head . ".Nothing\n")), qr/unknown macro/, 'the check of pages reports an unknown macro');
is(complaints($_), '', "$_ renders without a warning") for @pages;

# The pages of this project that a page refers to and that do not exist.
sub missing_pages
{
	my ($text) = @_;
	return grep { !$page{$_} } map { s/ (\d).*/($1)/r } $text =~ /^\.Xr (pvtime\S* \d.*)/mg;
}
is_deeply([missing_pages(".Xr pvtime 1 ,\n.Xr pvtime-nothing 1\n")], ['pvtime-nothing(1)'], 'the check of references reports a missing page');
is_deeply([missing_pages($page{$_})], [], "$_ refers to pages that exist") for sort keys %page;

# The first heading after DESCRIPTION.
sub first_part
{
	my ($text) = @_;
	return $text =~ /^\.Sh DESCRIPTION\n(?:(?!\.S[hs]).*\n)*\.S[hs] (.*)/m ? $1 : 'nothing';
}
is(first_part(".Sh DESCRIPTION\nText.\n.Ss Options\n.Ss Examples\n"), 'Options', 'the check of headings finds that options come first');
is(first_part($page{$_}), 'Examples', "$_ begins with examples") for sort keys %page;

# A page describes an option with a list item .It Fl -NAME, Fl -NAME, and a key with .It Cm NAME.
sub options_described { return sort map { /Fl -([a-z-]+)/g } $_[0] =~ /^(\.It Fl .*)/mg }
sub options_mentioned { return $_[0] =~ /\bFl -([a-z-]+)/g }
is_deeply([options_described(".It Fl -json Ar FILE , Fl -tap Ar FILE\n.Fl -list\n")], [qw(json tap)], 'only the options in list items count as described');

my (%known, @all);
for my $command (qw(lab conform bench probe exec top)) {
	my @options = `$build/pvtime help $command` =~ /^  --([a-z-]+)/mg;
	is_deeply([options_described($page{"pvtime-$command(1)"})], [sort @options],
		"pvtime-$command(1) describes exactly the options of pvtime help $command");
	$known{$_} = 1 for @options, 'version';
	push @all, @options;
}
at_least('options of pvtime help', 55, scalar @all);
my @mentioned = map { options_mentioned($_) } values %page;
at_least('options that the pages mention', 90, scalar @mentioned);
is_deeply([grep { !$known{$_} } @mentioned], [], 'no page mentions an option that does not exist');

# The keys of a lab file, each in its section.
my $lab = $page{'pvtime-lab(5)'};
my $keys = slurp('tools/lab/keys.c');
for my $section (qw(lab vm)) {
	my @keys = $keys =~ /\{"([a-z_]+)", ${section}_/g;
	my ($described) = $lab =~ /^\.Ss The $section section(?:s|)\n(.*?)^\.El/ms;
	at_least("keys of [$section]", $section eq 'lab' ? 5 : 12, scalar @keys);
	is_deeply([sort(($described // '') =~ /^\.It Cm ([a-z_]+)$/mg)], [sort @keys],
		"pvtime-lab(5) describes exactly the keys of [$section]");
}

my ($version) = slurp('include/pvtime/version.h') =~ /PVTIME_VERSION_STRING "([^"]+)"/;
like($page{'pvtime(1)'}, qr/^This manual describes version \Q$version\E\.$/m, 'pvtime(1) names the version of include/pvtime/version.h');

done_testing();
