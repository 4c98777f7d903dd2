#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: DESIGN.md's drawings of calls through the code agree with the code: each function is in
# the file beside which it is drawn, and each arrow is a call that a function of the step above
# makes, itself or through other functions of its file. Each check is first run on a drawing with a
# mistake, which it must report, and asserts that it has at least as many items as when it was last
# changed.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Shared qw(slurp at_least);
use Test::More;

# A step of a drawing is a line
#	    PATH.c    function(), function(): what they do
# and an arrow from the step before is a line that begins with six spaces and v. A side step, which
# does not continue the path, has six spaces, then "|\-> PATH.c".
my $path = qr{(?:examples|hypervisor|lib|tools)/[\w/]+\.[chS]};

# A file's code without comments.
my %code;
sub code { return $code{$_[0]} //= (-e $_[0] ? slurp($_[0]) : '') =~ s{/\*.*?\*/|//[^\n]*}{}gsr }

# The functions of each step: [file, function].
sub placed {
	my ($text) = @_;
	return map {
		my ($file, $rest) = m{^ {4}(?: {2}\|\\-> )?($path)\s+(.*)};
		$file ? map { [$file, $_] } $rest =~ /\b([a-z_]\w+)\(\)/g : ();
	} split /\n/, $text;
}
sub misplaced { return map { my ($file, $function) = @$_; code($file) =~ /\b\Q$function\E\b/ ? () : "$file: $function" } placed(@_) }

# The definitions in a file: name => text. In C these are functions, initialized objects and macros.
# In assembly they are macros and global labels; a label's text ends at the next global label.
my %definitions;
sub definitions
{
	my ($file) = @_;
	return $definitions{$file} //= do {
		my $text = code($file);
		my %found;
		if ($file =~ /\.S$/) {
			$found{$1} .= $2 while $text =~ s/^\.macro\s+(\w+)[^\n]*\n(.*?)^\.endm\n//ms;
			my $global = join '|', $text =~ /\.global\s+(\w+)/g;
			$text =~ s/\.global\b.*//g;
			$found{$1} .= $2 while $text =~ /^($global):(.*?)(?=^(?:$global):|\z)/msg;
		} else {
			$text =~ s/"(?:[^"\\\n]|\\.)*"/""/g;
			$text =~ s/__attribute__\(\(\w+\)\)//g;
			$found{$1} .= $2 while $text =~ s/^#\s*define\s+(\w+)((?:[^\n]*\\\n)*[^\n]*)\n//m;
			$found{$1} .= $2 while $text =~ /^[A-Za-z_][^;={]*?\b(\w+)\([^;{]*\)\s*\{(.*?)^\}/msg;
			$found{$1} .= $2 while $text =~ /^(?:[A-Za-z_][^;={}()]*?\b|\} )(\w+)(?:\[[^\]]*\])*\s*=\s*(.*?);$/msg;
		}
		\%found;
	};
}

# Whether one of these functions of a file, or a definition of the file that it reaches, uses a
# name. The definition of that name itself does not count.
sub reaches
{
	my ($file, $names, $function) = @_;
	my $definitions = definitions($file);
	my @todo = @$names;
	my %seen = map { $_ => 1 } @todo;
	while (defined(my $name = shift @todo)) {
		next if $name eq $function || !exists $definitions->{$name};
		my %used = map { $_ => 1 } $definitions->{$name} =~ /(?<![.>\w])([A-Za-z_]\w*)/g;
		return 1 if $used{$function};
		push @todo, grep { $definitions->{$_} && !$seen{$_}++ } keys %used;
	}
	return 0;
}

# The drawn calls: [from, to, function, names]. The function is '' if an arrow leads to a step that
# names no function. The names are those of the step above the arrow: the functions before its
# colon. Assembly that names none stands for all its labels.
sub edges
{
	my ($text) = @_;
	my (@edges, $from, $above, $arrow);
	$text =~ s/^( {4}$path .*\(\)),\n {6}\|  +(?=[a-z_])/$1, /mg; # a list of functions on two lines
	for (split /\n/, $text) {
		if (m{^ {4}( {2}\|\\-> )?($path)\s+(.*)}) {
			my ($beside, $file, $what) = ($1, $2, $3);
			my @names = $what =~ /^([^:]*):/ ? $1 =~ /\b([a-z_]\w+)\(\)/g : $what =~ /^([a-z_]\w+)\(\)$/;
			push @edges, map { [$from, $file, $_, $above] } @names ? @names : '' if $from && ($beside || $arrow);
			next if $beside;
			@names = keys %{definitions($file)} if !@names && $file =~ /\.S$/;
			($from, $above, $arrow) = ($file, \@names, 0);
		} elsif (/^ {6}v(?!  (?:returns|data)$)/) {
			$arrow = 1;
		} elsif (!/^ {6}/) {
			($from, $arrow) = (undef, 0);
		}
	}
	return @edges;
}
sub untrue {
	return map {
		my ($from, $to, $function, $above) = @$_;
		$function && reaches($from, $above, $function) ? () : "$from -> $to: $function";
	} edges(@_);
}

is_deeply([misplaced("    lib/view.c  pvtime_publish(): no")], ['lib/view.c: pvtime_publish'],
	'a function that is drawn beside the wrong file is reported');
my $from = "    lib/ledger.c   pvtime_account(): the ledger\n";
my $to = "    lib/view.c   pvtime_map(): the page\n";
is_deeply([untrue("$from      v\n$to")], ['lib/ledger.c -> lib/view.c: pvtime_map'], 'an arrow without a call in the code is reported');
is_deeply([untrue("$from      |\\-> lib/view.c  pvtime_map(): the page\n")],
	['lib/ledger.c -> lib/view.c: pvtime_map'], 'a side step without a call in the code is reported');
is_deeply([untrue("    hypervisor/lab.c   lab_alarm(): no\n      v\n    hypervisor/pvtime.c   pvtime_create(): the answers\n")],
	['hypervisor/lab.c -> hypervisor/pvtime.c: pvtime_create'], 'an arrow is reported if only a function that the drawn one does not reach makes the call');
is_deeply([untrue("    hypervisor/lab.c   the lab\n      v\n    hypervisor/pvtime.c   pvtime_create(): the answers\n")],
	['hypervisor/lab.c -> hypervisor/pvtime.c: pvtime_create'], 'an arrow from a step that names no function is reported');
is_deeply([untrue("    hypervisor/pvtime.c  pvtime_call(): the ledger\n      v\n    hypervisor/pvtime.c  prepare_answers(): the answers\n")],
	['hypervisor/pvtime.c -> hypervisor/pvtime.c: prepare_answers'], 'an arrow in one file without a call in the function above is reported');
is_deeply([untrue("    hypervisor/switch.S  guest_enter(): enters\n      v\n    hypervisor/switch.S  guest_exit(): exits\n")],
	['hypervisor/switch.S -> hypervisor/switch.S: guest_exit'], 'an arrow between labels of assembly without a branch is reported');
is_deeply([untrue("$from      v\n    lib/view.c   the page\n")], ['lib/ledger.c -> lib/view.c: '],
	'an arrow to a step that names no function is reported');
is_deeply([untrue("$from      v  returns\n$to")], [], 'an arrow marked "returns" need not be a call');
is_deeply([untrue("$from      v  data\n$to")], [], 'an arrow marked "data" need not be a call');

my ($lines) = slurp('DESIGN.md') =~ /^## How stolen time and calls go through the code\n(.*?)^## /ms;
$lines //= '';
at_least('functions in the drawings', 47, scalar(() = placed($lines)));
is_deeply([misplaced($lines)], [], 'each function in the drawings is in the file beside which it is drawn');
at_least('calls in the drawings', 25, scalar(() = edges($lines)));
is_deeply([untrue($lines)], [], 'each arrow in the drawings is a call in the code');

done_testing();
