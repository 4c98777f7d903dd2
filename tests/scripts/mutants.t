#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: scripts/mutants on a small tree with a fake pvtime; and every mistake of the real tree still
# applies and compiles.

use strict;
use warnings;
use Cwd qw(abs_path getcwd);
use File::Path qw(make_path);
use FindBin;
use lib "$FindBin::Bin/..";
use Shared qw($build $tmp slurp at_least);
use Test::More;

my $mutants = abs_path('scripts/mutants');
my $limit = "$build/limit";
my $home = getcwd();
delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS BUILD)};

# Write a file, and make the folders of its path.
sub spew
{
	my ($path, $text) = @_;
	make_path($path =~ s{/[^/]*$}{}r) if $path =~ m{/};
	return Shared::spew($path, $text);
}

# Run scripts/mutants: (status, standard output and error).
sub run
{
	my $text = `'$mutants' @_ 2>&1`;
	return ($? >> 8, $text);
}

# The mistakes of the real tree.
{
	my ($status, $text) = run('--check');
	is($status, 0, 'every mistake applies to the tree, and compiles') or diag grep { /^not ok|^#/ } map { "$_\n" } split /\n/, $text;
	my ($plan) = $text =~ /^1\.\.(\d+)$/m;
	at_least('mistakes', 75, $plan);
	($status, $text) = run('--list');
	is(scalar(() = $text =~ /^\w+ +\S/mg), $plan, '--list has a line for each mistake');
}

# A small tree, whose hypervisor is a text and whose suite looks for words in it. The case `first`
# fails if the text has the word one, `second_one` if it has two, `rounds` if it has four; `quiet`
# is always skipped. `rounds` stands for a case that takes long, and runs only if it is selected.
# The word panic ends the run; with silence there is no TAP.
chdir $tmp or die;
spew('conformance/cases.def', join '', map { "GUEST_CASE(R_0$_->[0], $_->[1], 0, \"text: more\")\n" }
	[1, 'first'], [2, 'second_one'], [3, 'quiet'], [4, 'rounds']);
spew('src/hyp', "begin\nalpha\nbeta\nbeta\ngamma\nend\n");
spew('src/unit', "#!/bin/sh\necho 1..1\necho ok 1 - sum\n");
spew('src/other', "nobody builds this\n");
spew('Makefile', <<'END');
build/hypervisor.img: src/hyp
	! grep -q syntax $<
	cp $< $@
hypervisor-objects: src/hyp
	! grep -q syntax $<
build/tests/unit: src/unit
	mkdir -p $(@D)
	cp $< $@
	chmod +x $@
END
spew('build/debian/versions', '');
symlink $limit, 'build/limit' or die "build/limit: $!";
spew('build/pvtime', <<'END');
#!/usr/bin/perl
use strict;
use warnings;
my %option = (@ARGV[1 .. $#ARGV - 1]);
open my $f, '<', $option{'--hypervisor'} or die;
my $text = join '', <$f>;
exit 2 if $text =~ /silence/;
my $broken = $option{'--run'} eq 'broken';
print $text =~ /panic/ ? "not ok 1 - pvtime run x is complete: axes\n# died: hypervisor stopped: panic\n"
	: "ok 1 - pvtime run x is complete: axes\n";
print $text =~ /one/ || $broken ? "not ok 2 - pvtime R-01 first: text: more\n# weaker: no document at hand asks for it\n# in x\n# x: 5 not 6\n" : "ok 2 - pvtime R-01 first: text: more\n";
print $text =~ /two/ ? 'not ' : '', "ok 3 - pvtime R-02 second_one: text: more\n";
print "# FAIL: wrong by SMCCC 5.2\n" if $text =~ /two/;
print "ok 4 - pvtime R-03 quiet: text: more # SKIP it is quiet\n";
print $text =~ /four/ ? 'not ' : '', "ok 5 - pvtime R-04 rounds: text: more\n" if $option{'--case'} =~ /\brounds\b/;
die if $option{'--case'} !~ /\bfirst\b.*\bquiet\b/;
END
chmod 0755, 'build/pvtime';
is(system('make -s build/hypervisor.img'), 0, 'the small tree builds');

sub edit { return "\nfile: $_[0]\n--- before\n$_[1]--- after\n$_[2]--- end\n" }
sub mutant
{
	my ($name, @lines) = @_;
	spew("conformance/mutants/$name.mutant", join '', "# a comment\nmistake: it is $name\n", @lines);
}
my $one = edit('src/hyp', "alpha\n", "one\n");

# A listing of all files, except those that scripts/mutants may write.
sub tree { return scalar `find . -path ./build/mutants -prune -o -type f -print0 | sort -z | xargs -0 ls -l --time-style=full-iso` }

# Mistakes that are caught as their files say.
{
	mutant('a_first', "run: r\ncase: first\n", $one);
	mutant('b_both', "run: r\ncase: second_one\n", edit('src/hyp', "alpha\nbeta\n", "one\n"), edit('src/hyp', "end\n", "two\nend\n"));
	mutant('c_panic', "run: r\nends: stopped: panic\n", edit('src/hyp', "gamma\n", "panic\n"));
	mutant('d_host', "host: unit\nwhy: it is small\n", edit('src/unit', "echo ok 1 - sum\n", "echo not ok 1 - sum\n"));
	my $before = tree();
	my ($status, $text) = run();
	is($status, 0, 'scripts/mutants has status 0 if cases of either grade catch every mistake') or diag $text;
	is($text, <<'END', 'the line of a mistake names the cases or tests that caught it');
1..6
ok 1 - no mistake, run r: the tree as it is: 2 cases pass
ok 2 - no mistake, host: the tree as it is: unit pass
ok 3 - a_first: it is a_first: caught by R-01 first
ok 4 - b_both: it is b_both: caught by R-02 second_one, R-01 first
ok 5 - c_panic: it is c_panic: caught by the run: died: hypervisor stopped: panic
ok 6 - d_host: it is d_host: caught on the host by unit (sum): it is small
END
	is(tree(), $before, 'scripts/mutants does not change the tree');
	is(join(' ', glob 'build/mutants/*'), '', 'no copy of the tree is left');
	($status, $text) = run('b_both');
	is("$status " . ($text =~ /^ok \d+ - (\w+):/mg)[-1], '0 b_both', 'scripts/mutants NAME runs that mistake alone');
	mutant('e_rounds', "run: r\ncase: rounds\n", edit('src/hyp', "alpha\n", "one four\n"));
	($status, $text) = run('e_rounds', 'a_first');
	is($text, <<'END', 'a case that takes long runs only for the mistake that names it');
1..3
ok 1 - no mistake, run r: the tree as it is: 3 cases pass
ok 2 - e_rounds: it is e_rounds: caught by R-04 rounds, R-01 first
ok 3 - a_first: it is a_first: caught by R-01 first
END
	($status, $text) = run('nobody');
	like($text, qr/^mutants: \S+nobody\.mutant: No such file/, 'the message names a mistake that does not exist');
	isnt($status, 0, 'a mistake that does not exist is a failure');
}

# Mistakes that are not caught as their files say.
for my $case (
	['a survivor', qr/: survives\n# first is ok\n/, "run: r\ncase: first\n", edit('src/hyp', "gamma\n", "delta\n")],
	['a mistake that another case catches', qr/: is not caught by second_one, only by R-01 first\n# second_one is ok\n/, "run: r\ncase: second_one\n", $one],
	['a mistake that one of two cases catches', qr/: is not caught by second_one, only by R-01 first\n/, "run: r\ncase: first\ncase: second_one\n", $one],
	['a run that ends unexpectedly', qr/: caught by R-01 first, but its file does not say how the run ends; the run: died: .*panic\n/,
		"run: r\ncase: first\n", edit('src/hyp', "alpha\n", "one\npanic\n")],
	['a run that ends with another message', qr/: expected the run to end with 'of hunger'; the run: died: .*panic\n/,
		"run: r\nends: of hunger\n", edit('src/hyp', "alpha\n", "panic\n")],
	['a complete run that was expected to end early', qr/: expected the run to end with 'panic'\n/, "run: r\nends: panic\n", $one],
	['no TAP', qr/: pvtime conform failed \(status 2\)\n/, "run: r\ncase: first\n", edit('src/hyp', "alpha\n", "silence\n")],
	['a text that is missing', qr/: does not apply: the text that begins with 'zeta' is in src\/hyp 0 times; expected once\n/,
		"run: r\ncase: first\n", edit('src/hyp', "zeta\n", "one\n")],
	['a part of a line', qr/: does not apply: the text that begins with 'lpha' is in src\/hyp 0 times/,
		"run: r\ncase: first\n", edit('src/hyp', "lpha\n", "one\n")],
	['a text that occurs twice', qr/: does not apply: .* is in src\/hyp 2 times; expected once\n/,
		"run: r\ncase: first\n", edit('src/hyp', "beta\n", "one\n")],
	['a file that does not exist', qr/: does not apply: the file src\/none does not exist\n/, "run: r\ncase: first\n", edit('src/none', "zeta\n", "one\n")],
	['a mistake that does not compile', qr/: does not build \(status 2\)\n# .*Error/, "run: r\ncase: first\n", edit('src/hyp', "alpha\n", "syntax\n")],
	['a mistake without effect', qr/: has no effect: the hypervisor's image is the same as without the mistake\n/, "run: r\ncase: first\n", edit('src/other', "nobody builds this\n", "x\n")],
	['a case that is skipped', qr/^not ok 1 - no mistake, run r: .*: quiet is skipped: it is quiet\nnot ok 2 - x: .*: was not run, as this test failed: no mistake, run r$/m,
		"run: r\ncase: quiet\n", $one],
	['a run that fails anyway', qr/^not ok 1 - no mistake, run broken: .*: first fails: 5 not 6\nnot ok 2 - x: .*: was not run, as this test failed: no mistake, run broken$/m,
		"run: broken\ncase: first\n", $one],
	['a survivor on the host', qr/: survives: unit passed; expected a failure\n/, "host: unit\nwhy: y\n", edit('src/unit', "echo 1..1\n", "echo 1..1 \n")],
	['a host test without a plan', qr/: unit ended with status 3 and without a plan\n/, "host: unit\nwhy: y\n", edit('src/unit', "echo 1..1\n", "exit 3\n")],
) {
	my ($name, $want, @lines) = @$case;
	mutant('x', @lines);
	my ($status, $text) = run('x');
	is($status, 1, "$name: the status is 1");
	like($text, $want, "$name: the line of the mistake says why");
}

# --check, without a run.
for my $case (
	['a mistake that applies', 0, qr/^ok 1 - x: it is x: applies$/m, $one],
	['a mistake that does not compile', 1, qr/^not ok 1 - x: it is x: does not build \(status 2\)\n# .*Error/m, edit('src/hyp', "alpha\n", "syntax\n")],
) {
	my ($name, $code, $want, $edit) = @$case;
	mutant('x', "run: r\ncase: first\n", $edit);
	my ($status, $text) = run('--check', 'x');
	is($status, $code, "--check, $name: the status is $code");
	like($text, $want, "--check, $name: the line of the mistake is as expected");
}

# Malformed files.
for my $case (
	['an unknown word', qr/x\.mutant:3: expected a comment/, "color: red\n"],
	['no edit', qr/x\.mutant:4: found no edit; expected a line "file: PATH"/, "run: r\ncase: first\n"],
	['neither run nor host', qr/: neither run: nor host:/, $one],
	['both run and host', qr/: host: and run: exclude each other/, "host: unit\nwhy: y\nrun: r\n", $one],
	['no why', qr/: host: without why:/, "host: unit\n", $one],
	['no case', qr/: run: without case: or ends:/, "run: r\n", $one],
	['an unknown case', qr/: no case third in conformance\/cases\.def/, "run: r\ncase: third\n", $one],
	['two runs', qr/x\.mutant:4: found a second line 'run:'; expected one/, "run: r\nrun: s\n", $one],
	['no end', qr/: the last edit has no line "--- end"/, "run: r\ncase: first\n", $one =~ s/--- end\n//r],
	['no file', qr/: expected a line "file: PATH"/, "run: r\ncase: first\n", $one =~ s/file: .*\n//r],
	['an edit of nothing', qr/: an edit without its text/, "run: r\ncase: first\n", edit('src/hyp', '', "one\n")],
) {
	my ($name, $want, @lines) = @$case;
	mutant('x', @lines);
	my ($status, $text) = run('--check', 'x');
	isnt($status, 0, "a mutant's file with $name is rejected");
	like($text, $want, "the message about a mutant's file with $name says why");
	is($text =~ tr/\n//, 1, "the message about a mutant's file with $name has one line");
}

# A tree without mistakes is an error.
{
	unlink glob 'conformance/mutants/*' or die;
	my ($status, $text) = run();
	isnt($status, 0, 'a tree without mistakes is a failure');
	like($text, qr{^mutants: found no file conformance/mutants/\*\.mutant; expected to be run in the tree's folder$}, 'the message says that there are no mistakes');
}
chdir $home;
done_testing();
