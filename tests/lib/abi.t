#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the ABI of the library on AArch64, of either byte order, is that of tests/lib/abi.txt: sizes,
# alignments and members of the public structures, values of the public constants, types of the
# public functions, and the global symbols of libpvtime.a. Everything that the headers declare is
# measured, so nothing new is forgotten. `make abi` writes tests/lib/abi.txt; a change of it must be
# in CHANGELOG.md. kvm.h is libpvtime-kvm's, whose ABI is not part of this.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/..";
use Declared qw(macros declarations public_headers);
use Shared;
use Test::More;

my $recorded = 'tests/lib/abi.txt';
my $cross = $ENV{CROSS} // 'aarch64-linux-gnu-';
my %order = ('' => 'Q<', '-mbig-endian' => 'Q>');

sub must
{
	my ($status, $out, $err) = run_command(@_);
	die "@_: $err" if $status;
	return $out;
}

# values_of INCLUDE, HEADERS, OPTION, EXPRESSION...: the 64-bit value of each constant expression.
sub values_of
{
	my ($include, $headers, $option, @expressions) = @_;
	spew("$tmp/values.c", (map { "#include <$_>\n" } @$headers),
		'__attribute__((section("abi"))) const unsigned long long values[] = {', (map { "\n\t(unsigned long long)($_)," } @expressions), "\n};\n");
	must("${cross}gcc", qw(-std=c11 -ffreestanding -w), $option ? $option : (), "-I$include", '-c', '-o', "$tmp/values.o", "$tmp/values.c");
	must("${cross}objcopy", qw(-O binary -j abi), "$tmp/values.o", "$tmp/values");
	return unpack "($order{$option})*", slurp("$tmp/values");
}

# What is measured, as [KEY, FORMAT, EXPRESSION...]: the format gets the values of the expressions.
sub of_struct
{
	my ($struct) = @_;
	my $name = "struct $struct->{name}";
	die "$name defines a structure or an enum inside; expected only members of a type that is defined outside\n"
		if grep { $_->{kind} ne 'Field' } @{$struct->{members}};
	return ([$name, 'has %d bytes, aligned to %d', "sizeof($name)", "_Alignof($name)"],
		map { ["$name.$_->{name}", "is at %d, $_->{type}", "__builtin_offsetof($name, $_->{name})"] } @{$struct->{members}});
}

sub of_constant
{
	my ($name) = @_;
	return [$name, 'is %s', $name, "(__typeof__($name))-1 > 0"];
}

sub of_macro
{
	my ($name, $macro) = @_;
	return if $macro->{text} eq '' || $name =~ /^PVTIME_VERSION/; # guards; and what each release changes
	return [$name, "is $macro->{text}"] if $macro->{text} =~ /^"/;
	return [$name, "is a macro ($macro->{arguments}) $macro->{text}"] if $macro->{arguments};
	return of_constant($name);
}

sub of_declaration
{
	my ($declared) = @_;
	my ($kind, $name) = @$declared{qw(kind name)};
	return $declared->{definition} ? of_struct($declared) : () if $kind eq 'Record';
	return ((defined $name ? ["enum $name", 'has %d bytes', "sizeof(enum $name)"] : ()), map { of_constant($_->{name}) } @{$declared->{members}})
		if $kind eq 'Enum';
	return ["type $name", "is $declared->{type}"] if $kind eq 'Typedef';
	return ["\L$kind\E $name", ($declared->{inline} ? 'is inline, ' : 'is ') . $declared->{type}];
}

# A constant in C: unsigned ones with a u, large ones in hexadecimal.
sub constant
{
	my ($value, $unsigned) = @_;
	return unpack 'q', pack 'Q', $value if !$unsigned && $value >> 63;
	return ($value > 0xffff ? sprintf '%#x', $value : $value) . ($unsigned ? 'u' : '');
}

# measure INCLUDE, LIBRARY, OPTION: the ABI as lines `KEY VALUE`: ([KEY, VALUE], ...).
sub measure
{
	my ($include, $library, $option) = @_;
	my @headers = grep { $_ ne 'pvtime/kvm.h' } public_headers($include);
	my $macros = macros($include, @headers);
	my @asked = ((map { of_declaration($_) } declarations($include, @headers)), (map { of_macro($_, $macros->{$_}) } sort keys %$macros));
	my @values = values_of($include, \@headers, $option, map { @$_[2 .. $#$_] } @asked);
	my @measured;
	for my $item (@asked) {
		my ($key, $format, @expressions) = @$item;
		my @found = splice @values, 0, scalar @expressions;
		push @measured, [$key, $format eq 'is %s' ? sprintf $format, constant(@found) : @expressions ? sprintf $format, @found : $format];
	}
	my @symbols = must("${cross}nm", qw(-g --defined-only), $library) =~ /^[0-9a-f]+ (\S \S+)$/mg;
	push @measured, map { ["symbol $2", "is $1"] if /(\S) (\S+)/ } sort { substr($a, 2) cmp substr $b, 2 } @symbols;
	return @measured;
}

# The differences, as sentences.
sub differences
{
	my ($was, @measured) = @_;
	my %is = map { @$_ } @measured;
	my %was = map { @$_ } @$was;
	return (
		(map { !defined $is{$_} ? "$_ is gone; it $was{$_}" : $is{$_} ne $was{$_} ? "$_ $is{$_}; expected that it $was{$_}" : () } map { $_->[0] } @$was),
		(map { defined $was{$_} ? () : "$_ is new; it $is{$_}" } map { $_->[0] } @measured));
}

my $library = "$build/a64/lib/libpvtime.a";
my @measured = measure('include', $library, '');

spew($recorded, "# The ABI of the library on AArch64, written by make abi and held by tests/lib/abi.t.\n", map { "$_->[0] $_->[1]\n" } @measured) if $ENV{ABI_UPDATE};
my @recorded = map { /^((?:(?:struct|enum|type|function|var|symbol) )?\S+) (.*)$/ ? [$1, $2] : () } grep { !/^#/ } split /\n/, slurp($recorded);
at_least("lines of $recorded", 190, scalar @recorded);

# The check reports what is changed in a copy.
sub found_in_copy
{
	my ($name, $file, $edit, @expected) = @_;
	system('rm', '-rf', "$tmp/copy") == 0 && system('cp', '-r', 'include', "$tmp/copy") == 0 or die 'cp failed';
	my $text = slurp("$tmp/copy/pvtime/$file");
	local $_ = $text;
	$edit->();
	die "$name: the edit of $file changes nothing" if $_ eq $text;
	spew("$tmp/copy/pvtime/$file", $_);
	is_deeply([differences(\@measured, measure("$tmp/copy", $library, ''))], \@expected, "the check finds $name");
	return;
}
found_in_copy('a structure whose members changed places', 'region.h', sub { s/(\tuint64_t base;\n)(\tuint64_t size;\n)/$2$1/ },
	'struct pvtime_range.base is at 8, uint64_t; expected that it is at 0, uint64_t',
	'struct pvtime_range.size is at 0, uint64_t; expected that it is at 8, uint64_t');
found_in_copy('a new member', 'ledger.h', sub { s/(uint64_t doubtful;)/$1 uint64_t more;/ },
	'struct pvtime_totals has 64 bytes, aligned to 8; expected that it has 56 bytes, aligned to 8',
	'struct pvtime_totals.elapsed is at 56, uint64_t; expected that it is at 48, uint64_t',
	'struct pvtime_totals.more is new; it is at 48, uint64_t');
found_in_copy('another alignment', 'abi.h', sub { s/__aligned__\(64\)/__aligned__(32)/ },
	'struct pvtime_stolen has 64 bytes, aligned to 32; expected that it has 64 bytes, aligned to 64');
found_in_copy('another type of a member', 'ledger.h', sub { s/uint64_t doubtful;/int64_t doubtful;/ },
	'struct pvtime_totals.doubtful is at 40, int64_t; expected that it is at 40, uint64_t');
found_in_copy('a new structure', 'region.h', sub { s/(struct pvtime_range \{)/struct pvtime_more { char a; };\n$1/ },
	'struct pvtime_more is new; it has 1 bytes, aligned to 1',
	'struct pvtime_more.a is new; it is at 0, char');
found_in_copy('another value of an enum constant', 'abi.h', sub { s/-5004/-5104/ },
	'PVTIME_ESNAP_CRC is -5104; expected that it is -5004');
found_in_copy('another value of a macro', 'abi.h', sub { s/100000000u/200000000u/ },
	'PVTIME_STALE_NS is 0xbebc200u; expected that it is 0x5f5e100u');
found_in_copy('a macro that became signed', 'abi.h', sub { s/0x10000u/0x10000/ },
	'PVTIME_GRANULE is 0x10000; expected that it is 0x10000u');
found_in_copy('a constant that is gone', 'smccc.h', sub { s/#define PVTIME_SMCCC_SUCCESS.*\n// },
	'PVTIME_SMCCC_SUCCESS is gone; it is 0');
found_in_copy('another type of a parameter', 'view.h', sub { s/(pvtime_set_ipa\(.*?)uint64_t/$1uint32_t/ },
	'function pvtime_set_ipa is int (struct pvtime_view *, uint32_t); expected that it is int (struct pvtime_view *, uint64_t)');

system('cp', $library, "$tmp/less.a") == 0 or die 'cp failed';
must("${cross}ar", 'd', "$tmp/less.a", 'convert.o');
is_deeply([differences(\@measured, measure('include', "$tmp/less.a", ''))], ['symbol pvtime_ticks_to_ns is gone; it is T'], 'the check finds a symbol that is gone');

# The library itself.
for (['little-endian', $library, ''], ['big-endian', "$build/a64be/lib/libpvtime.a", '-mbig-endian']) {
	my ($name, @what) = @$_;
	my @differences = differences(\@recorded, measure('include', @what));
	is(scalar @differences, 0, "$name AArch64 has the ABI of $recorded")
		or diag(map({ "$_\n" } @differences), "If this is meant, write $recorded with `make abi`, and say in CHANGELOG.md what changed.");
}
my %symbol = map { $_->[0] =~ /^symbol (.*)/ ? ($1 => 1) : () } @measured;
is_deeply([map { $_->[0] =~ /^function (.*)/ && $_->[1] !~ /^is inline/ && !$symbol{$1} ? $1 : () } @measured],
	[], 'every function that is declared and not inline is a symbol of the library');
done_testing();
