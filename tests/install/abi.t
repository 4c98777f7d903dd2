#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the ABI of libpvtime-kvm is the one that tests/install/libpvtime-kvm.abi lists: the soname,
# each function with its symbol version and its types, and the layout of the public types, on this
# machine and on arm64. Changes that break programs are made here, and must be found. A library that
# has grown by a symbol version still runs a program that was linked before.

use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use Shared;
use Test::More;

my $cross = $ENV{CROSS} // 'aarch64-linux-gnu-';
my $list = slurp('tests/install/libpvtime-kvm.abi') =~ s/^#.*\n//mgr;
my $archive = "$build/libpvtime-kvm/libpvtime-kvm.a";
my $map = slurp('libpvtime-kvm/libpvtime-kvm.map');
my $files = 0;

# Run a command that must succeed, and return its output.
sub output_of
{
	my ($status, $out, $err) = run_command(@_);
	die "@_: status $status, expected 0: $err" if $status != 0;
	return $out;
}

# The functions that kvm.h declares, in the folder of headers: {name => 'type name (types)'}.
sub declared
{
	my ($include) = @_;
	my $aux = "$tmp/aux" . $files++;
	output_of('gcc', "-I$include", '-S', '-o', '/dev/null', '-aux-info', $aux, spew("$aux.c", "#include <pvtime/kvm.h>\n"));
	return {map { m{/kvm\.h:.* \*/ extern (.*?\b(pvtime_\w+) \(.*\));$} ? ($2 => $1) : () } split /\n/, slurp($aux)};
}

# The lines of the list for a library and the headers in a folder. A function that one of them lacks
# is a line of its own.
sub functions
{
	my ($library, $include) = @_;
	my $declared = declared($include);
	my @lines = map { "soname $_" } output_of('objdump', '-p', $library) =~ /SONAME\s+(\S+)/g;
	my %exported = map { / [TDBRVW] (\w+)\@\@?(\S+)$/ ? ($1 => $2) : () }
		split /\n/, output_of(qw(nm -D --defined-only --with-symbol-versions), $library);
	push @lines, map { ($exported{$_} // 'not exported:') . ' ' . ($declared->{$_} // "not declared: $_") }
		sort keys %{{%exported, %$declared}};
	return join '', map { "$_\n" } @lines;
}

# The layout that a compiler gives to the types of the headers in a folder.
sub layout
{
	my ($include, $compiler, @runner) = @_;
	my $program = "$tmp/layout" . $files++;
	output_of($compiler, '-static', "-I$include", '-o', $program, 'tests/install/layout.c');
	return output_of(@runner, $program);
}

# Link the library again, with another map and with more objects.
sub linked
{
	my ($name, $map, @objects) = @_;
	mkdir "$tmp/$name" or die "$tmp/$name: $!";
	my $library = "$tmp/$name/libpvtime-kvm.so.0";
	output_of('gcc', '-shared', '-Wl,-soname,libpvtime-kvm.so.0', '-Wl,--no-undefined-version',
		'-Wl,--version-script,' . spew("$tmp/$name/map", $map), '-o', $library, '-Wl,--whole-archive', $archive,
		'-Wl,--no-whole-archive', @objects);
	return $library;
}

# A copy of the headers in which a substitution was made in one file.
sub headers
{
	my ($file, $from, $to) = @_;
	my $include = "$tmp/include" . $files++;
	output_of('cp', '-r', 'include', $include);
	my $text = slurp("$include/pvtime/$file");
	$text =~ s/$from/$to/ or die "$file does not have $from";
	spew("$include/pvtime/$file", $text);
	return $include;
}

# The types that headers define: 'struct name'.
sub defined_types { return sort map { /^(struct \w+)\s*\{/mg } @_ }

# The lines that the first text has and the second lacks.
sub lost
{
	my ($before, $after) = @_;
	my %kept = map { $_ => 1 } split /\n/, $after;
	return grep { !$kept{$_} } split /\n/, $before;
}

my $library = "$build/libpvtime-kvm/libpvtime-kvm.so.0";
my ($functions, $layout) = $list =~ /\A(.*?\n)(struct .*)\z/s or die 'the list has no line that begins with struct';
at_least('functions of libpvtime-kvm', 27, scalar(() = $functions =~ /^PVTIME_KVM_/mg));
is(functions($library, 'include'), $functions, 'the functions and their versions are those of the list');
is(layout('include', 'gcc'), $layout, 'the types have the layout of the list');
is(layout('include', "${cross}gcc", 'qemu-aarch64'), $layout, 'the types have the layout of the list on arm64');

# Every type of the installed headers is in the list.
my @headers = map { slurp("include/pvtime/$_") } qw(abi.h kvm.h region.h);
is_deeply([defined_types(@headers)], [sort $layout =~ /^(struct \w+):/mg], 'the list has every type of the installed headers');
is_deeply([defined_types("struct a {\nstruct b;\nint f(struct c *c);\n")], ['struct a'], 'a type that is defined is found');

# Changes that break programs.
is_deeply([lost($layout, layout(headers('region.h', qr/(\tuint64_t base;\n)(\tuint64_t size;\n)/, 'uint64_t size; uint64_t base;'), 'gcc'))],
	['struct pvtime_range.base: 8 bytes at 0', 'struct pvtime_range.size: 8 bytes at 8'], 'fields that change places are found');
is_deeply([lost($layout, layout(headers('region.h', qr/(?=\tuint64_t base;)/, "\tuint64_t more;\n"), 'gcc'))],
	['struct pvtime_range: 16 bytes, aligned to 8', 'struct pvtime_range.base: 8 bytes at 0', 'struct pvtime_range.size: 8 bytes at 8'],
	'a field before the others is found');
is_deeply([lost($layout, layout(headers('abi.h', qr/reserved\[48\];/, 'reserved[40]; uint64_t more;'), 'gcc'))],
	['struct pvtime_stolen.reserved: 48 bytes at 16'], 'a field that takes reserved bytes is found');
my ($deny) = $functions =~ /^(.*pvtime_kvm_deny.*)$/m;
is_deeply([lost($functions, functions($library, headers('kvm.h', qr/pvtime_kvm_deny\(int /, 'pvtime_kvm_deny(long ')))], [$deny],
	'a parameter of another type is found');
is_deeply([lost($functions, functions($library, headers('kvm.h', qr/int pvtime_kvm_deny\(.*?;/, '')))], [$deny],
	'a function that is not declared any more is found');
my $without = $map =~ s/\tpvtime_kvm_deny;\n//r;
is_deeply([lost($functions, functions(linked('without', $without), 'include'))], [$deny], 'a symbol that is gone is found');
my $node = "\nPVTIME_KVM_0.4 {\n\tglobal: pvtime_kvm_%s;\n} PVTIME_KVM_0.3;\n";
is_deeply([lost($functions, functions(linked('moved', $without . sprintf($node, 'deny')), 'include'))], [$deny],
	'a symbol that has another version is found');
ok(!eval { linked('undefined', $map =~ s/(\tpvtime_kvm_deny;)/$1\n\tpvtime_kvm_nothing;/r) } && $@ =~ /pvtime_kvm_nothing/,
	'a map that names a function that does not exist does not link');

# The library grows.
my $more = spew("$tmp/more.c", "int pvtime_kvm_more(void);\nint pvtime_kvm_more(void) { return 1; }\n");
output_of('gcc', '-fPIC', '-c', '-o', "$tmp/more.o", $more);
my $grown = functions(linked('grown', $map . sprintf($node, 'more'), "$tmp/more.o"), 'include');
is_deeply([lost($functions, $grown)], [], 'a library that has grown has all lines of the list');
is_deeply([lost($grown, $functions)], ['PVTIME_KVM_0.4 not declared: pvtime_kvm_more'], 'the new function has a version of its own');
output_of('gcc', '-Iinclude', '-idirafter', 'tests', '-o', "$tmp/consumer", 'tests/install/consumer.c', $library);
for my $folder ("$build/libpvtime-kvm", "$tmp/grown") {
	local $ENV{LD_LIBRARY_PATH} = $folder;
	my ($status, $out) = run_command("$tmp/consumer");
	is($status, 0, 'a program runs with the library ' . ($folder eq "$tmp/grown" ? 'that has grown' : 'that it was linked with')) or diag $out;
}

done_testing;
