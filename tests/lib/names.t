#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: every name that a public header gives to the source that includes it has this project's
# prefix: PVTIME_ for macros and enum constants; pvtime_ for tags, types, functions and variables.
# Members and parameters need none. The check is first seen to reject a name of each kind.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/..";
use Declared qw(macros declarations public_headers);
use Shared;
use Test::More;

my %word = (Record => 'tag', Enum => 'tag', Typedef => 'type', Function => 'function', Var => 'variable', EnumConstant => 'enum constant');

# The names without the prefix, each as `KIND NAME`, and the number of all names.
sub bad_names
{
	my ($include, $header) = @_;
	my @names = map { ["macro $_", /^PVTIME_/] } sort keys %{macros($include, $header)};
	for my $declared (map { ($_, @{$_->{members}}) } declarations($include, $header)) {
		my ($kind, $name) = @$declared{qw(kind name)};
		next if $kind eq 'Field' || !defined $name;
		push @names, [($word{$kind} // $kind) . " $name", $kind eq 'EnumConstant' ? $name =~ /^PVTIME_/ : $name =~ /^pvtime_/];
	}
	return (scalar(@names), map { $_->[0] } grep { !$_->[1] } @names);
}

mkdir "$tmp/pvtime" or die "$tmp/pvtime: $!";
for (
	['macro guard_h', "#define guard_h\n"],
	['macro min', "#define min(a, b) a\n"],
	['tag range', "struct range { int pvtime_a; };\n"],
	['tag later', "struct later;\n"],
	['tag number', "union number { int a; };\n"],
	['tag state', "enum state { PVTIME_A };\n"],
	['tag inner', "struct pvtime_outer { struct inner { int a; } b; };\n"],
	['enum constant OFF', "enum pvtime_state { OFF };\n"],
	['enum constant ON', "enum { PVTIME_A, ON };\n"],
	['enum constant IN', "struct pvtime_outer { enum { IN } b; };\n"],
	['type fn', "typedef int (*fn)(int pvtime_a);\n"],
	['function get', "int get(void);\n"],
	['function put', "static inline _Bool put(int a) { enum pvtime_a { PVTIME_A } b = PVTIME_A; return a == b; }\n"],
	['variable count', "extern int count;\n"],
	)
{
	my ($expected, $text) = @$_;
	spew("$tmp/pvtime/bad.h", "#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n$text");
	my (undef, @bad) = bad_names($tmp, 'pvtime/bad.h');
	is("@bad", $expected, "the check rejects the $expected");
}

my @headers = public_headers('include');
at_least('include/pvtime/*.h', 11, scalar @headers);
my $all = 0;
for my $header (@headers) {
	my ($names, @bad) = bad_names('include', $header);
	$all += $names;
	is(join("\n", @bad), '', "$header: every name has the prefix");
}
at_least('names, those of included headers too', 350, $all);
done_testing();
