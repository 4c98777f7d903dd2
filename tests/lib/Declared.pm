# SPDX-License-Identifier: BSD-2-Clause
package Declared;

# What C headers define and declare: macros, tags, members, enum constants, types and functions, as
# clang reads them for AArch64. The names of <stdbool.h>, <stddef.h> and <stdint.h> are left out.

use strict;
use warnings;
use feature qw(state);
use Exporter qw(import);
use Shared;

our @EXPORT_OK = qw(macros declarations public_headers);

my @standard = qw(stdbool.h stddef.h stdint.h);

# The public headers of a folder, as #include names them.
sub public_headers
{
	my ($include) = @_;
	return map { s{^\Q$include\E/}{}r } sort glob "$include/pvtime/*.h";
}

# The output of clang for a source that includes these headers.
sub clang
{
	my ($include, $options, @headers) = @_;
	my $source = spew("$tmp/declared.c", map { "#include <$_>\n" } @headers);
	my ($status, $out, $err) = run_command(qw(clang --target=aarch64-linux-gnu -ffreestanding -std=c11), "-I$include", @$options, $source);
	die "clang: $err" if $status;
	return $out;
}

sub macros_of
{
	my %text;
	for (split /\n/, clang($_[0], [qw(-dM -E)], @_[1 .. $#_])) {
		/^#define (\w+)(\([^)]*\))?(?: (.*))?$/ or die "a macro that is not understood: $_";
		$text{$1} = {arguments => $2, text => $3 // ''};
	}
	return \%text;
}

# macros INCLUDE, HEADER...: {name => {arguments, text}}; arguments is undef for a macro without.
sub macros
{
	my ($include, @headers) = @_;
	state $standard = macros_of($include, @standard);
	my $all = macros_of($include, @headers);
	delete @$all{keys %$standard};
	return $all;
}

# One line of clang's dump: {kind, name, type, ...}; or nothing, if it does not declare a name. A
# line is `KindDecl ADDRESS <FROM, TO> POSITION WORDS NAME 'TYPE' WORDS`. A tag has no type.
sub declaration_of
{
	my ($line) = @_;
	my ($kind, $rest) = $line =~ /^(\w+)Decl 0x\w+ (?:(?:prev|parent) 0x\w+ )*(?:<<invalid sloc>> )?<.*?>+ (?:\S*:\d+ |<invalid sloc> )?(.*)$/ or return;
	return if $rest =~ /\bimplicit\b/;
	return {kind => $kind, name => $1, definition => !!$2} if $kind eq 'Record' && $rest =~ /\b(?:struct|union)(?: (\w+))??( definition)?$/;
	return {kind => $kind, name => $rest =~ /(?:^| )(?!referenced$)(\w+)$/ ? $1 : undef} if $kind eq 'Enum';
	my ($name, $type, $words) = $rest =~ /(\w+) '(.*?)'(?::'.*?')?(.*)$/ or return;
	return {kind => $kind, name => $name, type => $type =~ s/\b_Bool\b/bool/gr, inline => $words =~ / inline\b/ ? 1 : 0};
}

sub declarations_of
{
	my ($include, @headers) = @_;
	my @found;
	for (split /\n/, clang($include, [qw(-fsyntax-only -Xclang -ast-dump -fno-color-diagnostics)], @headers)) {
		my ($indent, $line) = /^([|` ]*)-(\w.*)$/ or next;
		my $depth = (length($indent) + 1) / 2;
		my $declaration = declaration_of($line) or next;
		my $kind = $declaration->{kind};
		push @found, $declaration if $depth == 1;
		push @{$found[-1]{members}}, $declaration if $depth == 2 && $kind eq 'Field' || $depth >= 2 && $kind =~ /^(?:EnumConstant|Record|Enum)$/;
	}
	return @found;
}

# What tells a declaration from others, also if it has no name.
sub identity { return join ' ', map { $_->{kind}, $_->{name} // '' } $_[0], @{$_[0]{members}} }

# declarations INCLUDE, HEADER...: in the order of the source, {kind, name, type, members, ...}.
# kind is a word of clang: Record (a struct or union), Enum, Typedef, Function or Var. The name of a
# struct without a tag is undef. definition: the members of a struct are given.
sub declarations
{
	my ($include, @headers) = @_;
	state $standard = {map { (identity($_) => 1) } declarations_of($include, @standard)};
	return grep { !$standard->{identity($_)} } declarations_of($include, @headers);
}

1;
