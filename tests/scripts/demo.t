#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the comparison at the end of `make demo`: scripts/demo with a fake pvtime, which writes the
# files of a lab.

use strict;
use warnings;
use File::Basename qw(dirname);
use lib dirname(__FILE__) . '/..';
use Shared;
use Test::More;

my $demo = dirname(__FILE__) . '/../../scripts/demo';

# The console of a guest with two vCPUs. Time was stolen during the first MARK, so it differs from
# its stamp.
my $log = "[0.900000000 stolen 0.400000000 0.200000000] BOOT\r\n" .
	"[1.000000000 stolen 0.450000000 0.200000000] MARK cpu=0 stolen_ns=449000000\r\n" .
	"[1.100000000 stolen 0.500000000 0.200000000] MARK cpu=0 stolen_ns=500000000\r\n" .
	"[1.100000000 stolen 0.500000000 0.200000001] STEAL cpu=0 proc_ticks=50 struct_ns=500000000\r\n" .
	"[1.200000000 stolen 0.700000000 0.200000002] MARK cpu=1 stolen_ns=200000002\r\n" .
	"[1.300000000 stolen 0.700000000 0.200000003] STEAL cpu=1 proc_ticks=19 struct_ns=200000002\r\n";

# Run scripts/demo with a lab that writes this log and ends with that status.
sub demo
{
	my ($text, $status, $version) = @_;
	$version //= 1;
	my $dir = "$tmp/demo";
	mkdir $dir;
	spew("$tmp/log", $text);
	my $pvtime = spew("$tmp/pvtime", "#!/bin/sh\ncp '$tmp/log' '$dir/steady.log'\n" .
		"echo '{\"format\": \"pvtime-ledger\", \"version\": $version, \"vms\": [{\"name\": \"steady\", \"vcpus\": [{\"id\": 0}, {\"id\": 1}]}]}' >'$dir/ledger.json'\nexit " . ($status // 0) . "\n");
	chmod 0755, $pvtime;
	return run_command($demo, $pvtime, 'any.lab', $dir);
}

my ($status, $out, $err) = demo($log);
is($status, 0, 'scripts/demo has status 0 if the records agree');
like($out, qr/^steady\s+0\s+500\.000000\s+500\.000000\s+500\s+0\.000000\s+0\.000000$/m, 'the row of vCPU 0 has its last report');
like($out, qr/^steady\s+1\s+200\.000002\s+200\.000002\s+190\s+0\.000000\s+-10\.000002$/m, 'the row of vCPU 1 has its report');
like($out, qr/^agree\n\z/m, 'the last line is "agree"');

($status, $out, $err) = demo($log, 0, 2);
isnt($status, 0, 'a ledger of another version is rejected');
like($err, qr/^demo: \S+ledger\.json: found format 'pvtime-ledger', version 2; expected format 'pvtime-ledger', version 1$/m, 'the message names both versions');

for my $case (
	['a ledger that is 30 ms ahead', sub { s/stolen 0\.500000000/stolen 0.530000000/g }],
	['a ledger that is 30 ms behind', sub { s/stolen 0\.500000000/stolen 0.470000000/g }],
	['a ledger that is 1 ns ahead', sub { s/stolen 0\.500000000/stolen 0.500000001/g }],
	['a structure that is 30 ms behind', sub { s/=500000000/=470000000/g }],
	['a /proc/stat that is 30 ms ahead', sub { s/proc_ticks=50/proc_ticks=53/ }],
	['a /proc/stat that is 30 ms behind', sub { s/proc_ticks=50/proc_ticks=47/ }],
) {
	my ($name, $change) = @$case;
	my $wrong = $log;
	$change->() for $wrong;
	isnt($wrong, $log, "$name: the test has changed the log");
	($status, $out, $err) = demo($wrong);
	is($status, 1, "$name: the status is 1");
	like($out, qr/^DISAGREE\n\z/m, "$name: the last line is DISAGREE");
}
for my $case (
	['a CPU without a report', sub { s/.*STEAL cpu=1.*\n// }],
	['a guest that sees no structure', sub { s/struct_ns=200000002/struct_ns=none/ }],
	['a report of no known instant', sub { s/.*MARK cpu=1.*\n// }],
	['a log without stamps', sub { s/^\[.*?\] //mg }],
) {
	my ($name, $change) = @$case;
	my $wrong = $log;
	$change->() for $wrong;
	($status, $out, $err) = demo($wrong);
	is($status, 1, "$name: the status is 1");
	like($out, qr/^steady did not report its CPU 1: see .*\nDISAGREE\n\z/m, "$name: a message says that CPU 1 did not report");
}
($status, $out, $err) = demo($log, 1);
isnt($status, 0, 'scripts/demo fails if the lab fails');
like($err, qr/^demo: the lab failed/m, 'a message says that the lab failed');
done_testing;
