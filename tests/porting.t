#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: each C block of docs/porting.md is a marked part of a file in examples/; these files are
# compiled and run as unit tests. docs/porting.md shows every part that is marked "port". Both
# compilers accept the examples as freestanding C.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Examples;
use Shared;
use Test::More;

my @files = glob 'examples/*.[ch]';
my %marked;
for my $file (@files) {
	$marked{$_} = $file for marked(slurp($file));
}
at_least('files of examples', 6, scalar @files);
at_least('marked parts', 16, scalar keys %marked);

# The first line of each C block that is not a marked part.
sub not_compiled
{
	my ($text) = @_;
	return map { $marked{$_} ? () : (split /\n/, $_)[0] } shown($text);
}

my ($part) = sort keys %marked;
is_deeply([not_compiled("```c\n$part```\n")], [], 'a marked part is accepted');
is_deeply([not_compiled("```c\n$part```\ntext\n```c\nint nowhere;\n```\n")], ['int nowhere;'], 'a block that is not a marked part is reported');
is_deeply([not_compiled("```c\n${part}int more;\n```\n")], [(split /\n/, $part)[0]], 'a block that differs from a marked part in one line is reported');

my $document = slurp('docs/porting.md');
my @shown = shown($document);
at_least('C blocks of docs/porting.md', 16, scalar @shown);
is_deeply([not_compiled($document)], [], 'every C block of docs/porting.md is a marked part of an example');
my %shown = map { $_ => 1 } @shown;
is_deeply([grep { !$shown{$_} } map { marked(slurp($_), 'port') } @files], [], 'docs/porting.md shows every part marked "port"');
my $fences = () = $document =~ /^```/mg;
is($fences, 2 * @shown, 'docs/porting.md has only C blocks');

# The examples compile without warnings.
my @flags = qw(-std=c11 -ffreestanding -Wall -Wextra -Wconversion -Werror -Iinclude -I. -fsyntax-only);
sub compiles
{
	my ($compiler, $file) = @_;
	my ($status, undef, $err) = run_command($compiler, @flags, $file);
	diag($err) if $status != 0 && $file =~ m{^examples/};
	return $status == 0;
}
my $bad = spew("$tmp/bad.c", "unsigned char f(int x);\nunsigned char f(int x) { return x; }\n");
for my $compiler ($ENV{HOST_CC} // 'gcc', $ENV{CLANG} // 'clang') {
	ok(!compiles($compiler, $bad), "$compiler rejects a conversion that loses bits");
	ok(compiles($compiler, $_), "$compiler accepts $_") for grep { /\.c$/ } @files;
}

done_testing();
