#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: scripts/slow measures the work of a lab's guest by the lines it prints, and fails if they are
# missing. The `pvtime` here prints what the file LAB.out says.

use strict;
use warnings;
use Cwd qw(abs_path);
use FindBin;
use lib "$FindBin::Bin/..";
use Shared;
use Test::More;

my $script = abs_path('scripts/slow');
spew("$tmp/pvtime", "#!/bin/sh\nfor lab; do :; done\ncat \"\${lab%.lab}.out\"\n");
chmod 0755, "$tmp/pvtime";

# What a lab prints whose guest works from $begin to $end, as the ledger has them; ticks of steal.
sub work
{
	my ($lab, $begin, $before, $end, $after, $ticks) = @_;
	spew("$tmp/$lab.out", "work| [0.100000000 stolen 0.000000000] Booting Linux\n"
			. "work| [$begin stolen $before] WORK begins\nneighbour| WORK begins\n"
			. "work| [$end stolen $after] WORK ends centiseconds=1 steal_ticks=$ticks\nEnded: powered off.\n");
}

sub slow
{
	my ($status, $out, $err) = run_command($script, "$tmp/pvtime", $tmp);
	utf8::decode($out);
	return ($status, $out =~ s/\e\[[0-9;]*m//gr, $err);
}

work('alone', '2.000000000', '0.500000000', '6.000000000', '0.500000000', 0);
work('beside', '2.000000000', '0.500000000', '12.000000000', '6.500000000', 599);
my ($status, $out, $err) = slow();
is($status, 0, 'scripts/slow succeeds') or diag($err);
my ($alone, $beside) = (split /\n/, $out)[2, 3];
like($alone, qr/^alone +\[\x{2588}{20} {30}\] +4\.000 +4\.000 +0\.000 +0\.00$/, 'a guest that is alone runs all the time');
like($beside, qr/^beside a busy guest \[\x{2588}{20}\x{2593}{30}\] +10\.000 +4\.000 +6\.000 +5\.99$/,
	'time stolen while the guest works is shown beside the time it ran');

spew("$tmp/beside.out", "work| [2.000000000 stolen 0.000000000] WORK begins\n");
($status, undef, $err) = slow();
isnt($status, 0, 'a guest that does not end its work is an error');
like($err, qr/beside\.lab: the guest printed no line 'WORK ends'/, 'the message names the lab and the line that is missing');

unlink "$tmp/beside.out";
($status, undef, $err) = slow();
isnt($status, 0, 'a lab that fails is an error');
like($err, qr/beside\.lab: failed/, 'the message names the lab that failed');

done_testing();
