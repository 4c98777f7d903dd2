#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: a function that a unit test defines in place of a real one has that function's prototype. The
# test takes the prototype from the header that declares the function, or from tests/wrap.h, so that
# the compiler checks the definition against it. So no file of tests/unit may declare a function
# itself.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Shared;
use Test::More;

# The non-static functions that a C text declares at file scope. Types and macro calls do not count.
sub declared
{
	my ($text) = @_;
	$text =~ s{/\*.*?\*/|//[^\n]*}{ }gs;
	$text =~ s{^[ \t]*#(?:[^\n]*\\\n)*[^\n]*\n}{}mg;
	$text =~ s/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/0/g;
	1 while $text =~ s/\{[^{}]*\}/\0/g; # bodies
	$text =~ s/\0\s*(?=[^\s;,=])/\0;/g; # the body of a function ends its declaration, unlike that of a type or an initialiser
	return map { /^\s*(?!static\b|typedef\b)[a-z_]\w*(?:[\s*]+\w+)*?[\s*]+(\w+)\s*\((?!\s*\*)[^=]*\)[^=()]*$/s ? $1 : () }
		map { /\0/ ? () : $_ } split /;/, $text;
}

is_deeply([declared(<<'END')], [qw(one two three four)], 'the check finds the functions that a file declares itself, and nothing else');
#define MACRO(x) \
	int x(int);
/* int no(int); */
struct s { int (*no)(int); };
int one(int);
extern struct s *two(void);
static int no(int x) { return other(x); }
static int no(int x);
int (*no)(int);
MACRO(no);
unsigned long three(const char *format,
		    ...) __attribute__((noreturn));
int no(int x) { int no = f(x); return no; }
static const struct s no[] = {{f}, {g}};
_Static_assert(sizeof(int) == 4, "int no(int);");
void four(int (*no)(int));
END

my @tests = glob "tests/unit/*/*.c";
at_least("tests/unit/*/*.c", 88, scalar @tests);
for my $file (@tests) {
	is_deeply([declared(slurp($file))], [], "$file declares no function that another file defines");
}

# The functions that the linker replaces, by test.
my %wraps;
for my $fragment (glob 'mk/*.mk') {
	my $text = slurp($fragment);
	while ($text =~ /^([\w\/-]+)_LIBS\s*:?=(.*)$/mg) {
		my ($test, $flags) = ($1, $2);
		my @names = $flags =~ /--wrap=(\w+)/g;
		$wraps{$test} = \@names if @names;
	}
}
at_least('functions that a test wraps', 5, scalar map { @$_ } values %wraps);
for my $test (sort keys %wraps) {
	my $source = slurp("tests/unit/$test.c");
	is_deeply([sort $source =~ /^TESTS_WRAP\((\w+)\);$/mg], [sort @{$wraps{$test}}],
		"tests/unit/$test.c declares each function that it wraps by TESTS_WRAP");
}

# The compiler rejects definitions of another type.
sub compiles
{
	my ($definition) = @_;
	my $source = spew("$tmp/wrap.c", "#include \"tests/wrap.h\"\nint f(int *x, long y);\nTESTS_WRAP(f);\n$definition\n");
	return system("$ENV{HOST_CC} -I. -Wall -Wmissing-prototypes -Werror -fsyntax-only '$source' 2>'$tmp/errors'") == 0;
}
$ENV{HOST_CC} //= 'gcc';
ok(compiles('int __wrap_f(int *x, long y) { return __real_f(x, y); }'), 'a wrap of the same type compiles') or diag slurp("$tmp/errors");
ok(!compiles('int __wrap_f(int x, long y) { return y > x; }'), 'the compiler rejects a wrap with another parameter');
ok(!compiles('long __wrap_f(int *x, long y) { return __real_f(x, y); }'), 'the compiler rejects a wrap with another result');
ok(!compiles('int __wrap_f(int *x, long y) { return __real_f(1, y) + !x; }'), 'the compiler rejects a call of the wrapped function with another argument');

done_testing();
