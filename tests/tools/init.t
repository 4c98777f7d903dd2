#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the functions of guest/linux/init, by themselves, on a /proc that does not count: each ends,
# and says what it expected and saw.

use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use Shared;
use Test::More;

# All but what it does.
my $functions = slurp("$FindBin::Bin/../../guest/linux/init") =~ s/^mount -t proc.*//msr;
cmp_ok(length $functions, '>', 1000, 'guest/linux/init has its functions first');

# on UPTIME, STAT, SCRIPT: status, standard output and standard error.
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
is($out, "0\n10\n1234\n", 'CPUs and time are read');
is($err, '', 'reading CPUs and time prints no error');

($status, $out, $err) = on("12.34 5.6\n", "intr 5\n", "start_load; stop_load; report_all; echo over\n");
is("$status $out", "0 over\n", 'a /proc/stat without CPUs does not keep it');
is($err, "init: $tmp/proc/stat: expected a line cpuN for each CPU; saw none\n" x 2, 'a /proc/stat without CPUs is told');

($status, $out, $err) = on("12.34 5.6\n", $stat, "echo first | { wait_until line; echo over; }\n");
is("$status $out", "0 over\n", 'wait_until line ends when a line comes');

($status, $out, $err) = on("12.34 5.6\n", "intr 5\n", "start_load() { load=; }\nphases 1 1 20; echo over\n");
is("$status $out", "0 over\n", 'a /proc/uptime that stands does not keep it for ever');
is($err, "init: $tmp/proc/uptime: expected more than 1234 centiseconds after 2 s; saw 1234\n", 'a /proc/uptime that stands is told');

($status, $out, $err) = on("12.34 5.6\n", "intr 5\n",
	"start_load() { load=; }\nsleep() { echo 30.00 1 >\"\$PROC/uptime\"; }\nphases 1 1 20; echo over\n");
is("$status $out$err", "0 over\n", 'a /proc/uptime that counts ends the phases in time');

done_testing;
