#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the manual pages: each renders without a warning, has its examples first and its cross
# references resolved; a command's page has exactly the options of `pvtime help COMMAND`,
# pvtime-lab(5) exactly the keys of a lab file. Each check is first shown something that it must
# find.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Shared qw($build $tmp slurp spew at_least);
use Test::More;

my @pages = sort glob 'docs/*.[1-8]';
my %page = map { m{^docs/(.*)\.(\d)$}; ("$1($2)" => slurp($_)) } @pages;
at_least('manual pages', 8, scalar @pages);

# What mandoc and groff complain about. Whether a page of another package is on this machine, or in
# its index, is not about ours.
sub complaints
{
	my ($path) = @_;
	my $said = `mandoc -T lint $path 2>&1; groff -ww -z -mdoc -Tutf8 $path 2>&1`;
	return join '', grep { !/outdated mandoc\.db lacks|referenced manual not found/ } split /^/, $said;
}
my $head = ".\\\" Test\n.Dd November 28, 2026\n.Dt BAD 1\n.Os\n.Sh NAME\n.Nm bad\n.Nd test\n.Sh DESCRIPTION\n";
is(complaints(spew("$tmp/good.1", $head . "Good.\n")), '', 'a good page passes');
like(complaints(spew("$tmp/bad.1", $head . "A sentence. Another one.\n")), qr/new sentence, new line/, 'a careless page is found');
like(complaints(spew("$tmp/bad.1", $head . ".Nothing\n")), qr/unknown macro/, 'an unknown macro is found');
is(complaints($_), '', "$_ renders without a warning") for @pages;

# The pages of the project that a page refers to.
sub missing_pages
{
	my ($text) = @_;
	return grep { !$page{$_} } map { s/ (\d).*/($1)/r } $text =~ /^\.Xr (pvtime\S* \d.*)/mg;
}
is_deeply([missing_pages(".Xr pvtime 1 ,\n.Xr pvtime-nothing 1\n")], ['pvtime-nothing(1)'], 'a missing page is found');
is_deeply([missing_pages($page{$_})], [], "$_ refers to pages that exist") for sort keys %page;

# The first heading after the synopsis and the description.
sub first_part
{
	my ($text) = @_;
	return $text =~ /^\.Sh DESCRIPTION\n(?:(?!\.S[hs]).*\n)*\.S[hs] (.*)/m ? $1 : 'nothing';
}
is(first_part(".Sh DESCRIPTION\nText.\n.Ss Options\n.Ss Examples\n"), 'Options', 'a page whose options come first is found');
is(first_part($page{$_}), 'Examples', "$_ begins with examples") for sort keys %page;

# An option is an item of a list: .It Fl -NAME, Fl -NAME; a key .It Cm NAME.
sub options_described { return sort map { /Fl -([a-z-]+)/g } $_[0] =~ /^(\.It Fl .*)/mg }
sub options_mentioned { return $_[0] =~ /\bFl -([a-z-]+)/g }
is_deeply([options_described(".It Fl -json Ar FILE , Fl -tap Ar FILE\n.Fl -list\n")], [qw(json tap)], 'options of a page are found');

my (%known, @all);
for my $command (qw(lab conform bench probe exec)) {
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

my ($version) = slurp('tools/version.h') =~ /PVTIME_VERSION "([^"]+)"/;
like($page{'pvtime(1)'}, qr/^This manual describes version \Q$version\E\.$/m, 'pvtime(1) has the version');

done_testing();
