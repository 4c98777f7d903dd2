#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: DESIGN.md's drawings of calls through the code agree with the code: each function is in
# the file beside which it is drawn, and each arrow is a call. Each check is first run on a drawing
# with a mistake, which it must report, and asserts that it has at least as many items as when it
# was last changed.

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
my $path = qr{(?:hypervisor|lib|tools)/[\w/]+\.[chS]};

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

# The drawn calls: [from, to, function]. The function is '' if an arrow leads to a step that names
# no function.
sub edges {
	my ($text) = @_;
	my (@edges, $from, $arrow);
	for (split /\n/, $text) {
		if (m{^ {4}( {2}\|\\-> )?($path)\s+(.*)}) {
			my ($beside, $file, $what) = ($1, $2, $3);
			my @names = $what =~ /^([^:]*):/ ? $1 =~ /\b([a-z_]\w+)\(\)/g : ();
			push @edges, map { [$from, $file, $_] } @names ? @names : '' if $from && ($beside || $arrow);
			($from, $arrow) = ($file, 0) if !$beside;
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
		my ($from, $to, $function) = @$_;
		$function && code($from) =~ /\b\Q$function\E\b/ ? () : "$from -> $to: $function";
	} edges(@_);
}

is_deeply([misplaced("    lib/account.c  pvtime_publish(): no")], ['lib/account.c: pvtime_publish'],
	'a function that is drawn beside the wrong file is reported');
my $from = "    lib/account.c   pvtime_account(): the ledger\n";
my $to = "    lib/publish.c   pvtime_publish(): the page\n";
is_deeply([untrue("$from      v\n$to")], ['lib/account.c -> lib/publish.c: pvtime_publish'], 'an arrow without a call in the code is reported');
is_deeply([untrue("$from      |\\-> lib/publish.c  pvtime_publish(): the page\n")],
	['lib/account.c -> lib/publish.c: pvtime_publish'], 'a side step without a call in the code is reported');
is_deeply([untrue("$from      v\n    lib/publish.c   the page\n")], ['lib/account.c -> lib/publish.c: '],
	'an arrow to a step that names no function is reported');
is_deeply([untrue("$from      v  returns\n$to")], [], 'an arrow marked "returns" need not be a call');
is_deeply([untrue("$from      v  data\n$to")], [], 'an arrow marked "data" need not be a call');

my ($lines) = slurp('DESIGN.md') =~ /^## How stolen time and calls go through the code\n(.*?)^## /ms;
$lines //= '';
at_least('functions in the drawings', 30, scalar(() = placed($lines)));
is_deeply([misplaced($lines)], [], 'each function in the drawings is in the file beside which it is drawn');
at_least('calls in the drawings', 23, scalar(() = edges($lines)));
is_deeply([untrue($lines)], [], 'each arrow in the drawings is a call in the code');

done_testing();
