#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the functions of guest/linux/init, run separately on a fake /proc: if its counters are
# missing or stand still, each function ends and prints what it expected and saw.

use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use Shared;
use Test::More;

# The functions of init, without its main part.
my $functions = slurp("$FindBin::Bin/../../guest/linux/init") =~ s/^mount -t proc.*//msr;
cmp_ok(length $functions, '>', 1000, 'guest/linux/init begins with its functions');

# on UPTIME, STAT, SCRIPT: run the functions and SCRIPT with these files in /proc. Returns (status,
# standard output, standard error).
sub on
{
	my ($uptime, $stat, $script) = @_;
	mkdir "$tmp/proc";
	spew("$tmp/proc/uptime", $uptime);
	spew("$tmp/proc/stat", $stat);
	local $ENV{PROC} = "$tmp/proc";
	return run_command('timeout', 20, 'sh', '-c', $functions . $script);
}

my $stat = "cpu  1 2 3 4\ncpu0 1 2 3 4\ncpu10 1 2 3 4\nintr 5\n";
my ($status, $out, $err) = on("12.34 5.6\n", $stat, "online_cpus; now; echo \$now\n");
is($out, "0\n10\n1234\n", 'online_cpus and now read the CPUs and the time');
is($err, '', 'reading CPUs and time prints no error');

($status, $out, $err) = on("12.34 5.6\n", "intr 5\n", "start_load; stop_load; report_all; echo over\n");
is("$status $out", "0 over\n", 'the functions end if /proc/stat has no CPUs');
is($err, "init: $tmp/proc/stat: expected a line cpuN for each CPU; saw none\n" x 2, 'the messages name a /proc/stat without CPUs');

($status, $out, $err) = on("12.34 5.6\n", $stat, "echo first | { wait_until line; echo over; }\n");
is("$status $out", "0 over\n", 'wait_until line ends when a line comes');

($status, $out, $err) = on("12.34 5.6\n", "intr 5\n", "start_load() { load=; }\nphases 1 1 20; echo over\n");
is("$status $out", "0 over\n", 'phases ends if /proc/uptime stands still');
is($err, "init: $tmp/proc/uptime: expected more than 1234 centiseconds after 2 s; saw 1234\n", 'the message names a /proc/uptime that stands still');

($status, $out, $err) = on("12.34 5.6\n", "intr 5\n",
	"start_load() { load=; }\nsleep() { echo 30.00 1 >\"\$PROC/uptime\"; }\nphases 1 1 20; echo over\n");
is("$status $out$err", "0 over\n", 'phases ends without a message when /proc/uptime reaches its end');

done_testing;
