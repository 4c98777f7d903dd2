#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: U-Boot in a domain of xl finds stolen time by SMC, the other conduit of SMCCC, and reads the
# structure; in a domain that is denied it, U-Boot finds none (R-32). U-Boot has Linux's image
# format, but neither a driver for stolen time nor a mapping of the region: its commands are typed
# at its prompt.

use strict;
use warnings;
no warnings 'portable'; # numbers of 64 bits
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use Xen;

my $script = <<'END';
prompts() { console "$1" | grep -c '^xenguest#'; }
prompted() { [ "$(prompts "$1")" -gt "$2" ]; }
pty() { ls /dev/pts | grep '[0-9]'; }
no_pty() { [ -z "$(pty)" ]; }

# start NAME: U-Boot in a domain, until it has its prompt.
start() {
	printf 'name = "%s"\nkernel = "/u-boot.bin"\nmemory = 128\nvcpus = 1\n' "$1" >"/$1"
	xl create -q "/$1"
	await prompted "$1" 0
}

# ask NAME COMMAND: type the command, and wait for the next prompt. The only domain with a console
# has the only pseudoterminal.
ask() {
	before=$(prompts "$1")
	printf '%s\r' "$2" >"/dev/pts/$(pty)"
	await prompted "$1" "$before"
}
calls() {
	ask "$1" 'smc 80000001 c5000020'
	ask "$1" 'smc c5000020 c5000020'
	ask "$1" 'smc c5000020 c5000021'
	ask "$1" 'smc c5000021'
}
show() { console "$1" | tr -d '\r' | sed "s/^/CONSOLE $1 /"; echo; }

# U-Boot's page tables have RAM alone. Without the MMU it can read the region all the same.
read_structure() { [ -z "$2" ] || ask "$1" "dcache off; md.q $2 8; dcache on"; }

xl dmesg -c >/dev/null
start given
calls given
address=$(console given | tr -d '\r' | sed -n 's/^Res:  \([0-9]*\) .*/\1/p' | tail -n 1)
[ -z "$address" ] || address=$(printf '%x' "$address")
echo "BEGIN $(cat /proc/uptime)"
read_structure given "$address"
timeout 2 sh -c 'while :; do :; done'
xl debug-keys q
sleep 0.2
xl dmesg -c | sed 's/^/DMESG /'
read_structure given "$address"
echo "FINISH $(cat /proc/uptime)"
show given
xl destroy given
await gone given
await no_pty

xl set-parameters pvtime=no
start denied
calls denied
show denied
END

my $run = xen_run(dom0 => xl_dom0($script, "$build/xen/u-boot/u-boot.bin"), until => sub { $_[0] =~ /^END\n/m });
is($run->{ended}, 'until', 'the script in dom0 ends') or diag $run->{console};
my $text = lines_of($run->{console}, 0);
note $text;

# The first results of SMCCC_ARCH_FEATURES of PV_TIME_FEATURES, of PV_TIME_FEATURES of itself and of
# PV_TIME_ST, and of PV_TIME_ST.
sub answers
{
	my ($name) = @_;
	return join ' ', $text =~ /^CONSOLE $name Res:  (-?\d+) /mg;
}

# What Xen printed between U-Boot's two readings: the youngest domain is U-Boot's.
my $totals = totals(join '', map { "$_\n" } $text =~ /^DMESG (.*)$/mg);
my ($domain) = sort { $b <=> $a } keys %$totals;
my $vcpu = defined $domain && $domain > 0 ? $totals->{$domain}[0] : {};
is(answers('given'), '0 0 0 ' . hex($vcpu->{ipa} // 0), 'U-Boot finds the calls by SMC, and ST answers where Xen has the structure');

# Two readings, of eight words each.
my @words = map { split } $text =~ /^CONSOLE given [0-9a-f]+: ((?:[0-9a-f]{16} ){2})/mg;
is(scalar @words, 16, 'U-Boot reads the structure twice');
my @stolen = map { hex($_ // 0) } @words[1, 9];
is(join('', map { s/^0+//r } grep { defined } @words[0, 2 .. 8, 10 .. 15]), '', 'revision, attributes and padding are 0');
cmp_ok($stolen[0], '<=', $vcpu->{shown} // -1, 'the first reading is not ahead of the number that Xen has later');
cmp_ok($stolen[1], '>=', $vcpu->{shown} // 9e18, 'the second reading is not behind it');

# U-Boot never sleeps: it polls its console. dom0 spun for two seconds of this time.
my ($begin, $finish) = $text =~ /^BEGIN (\S+).*^FINISH (\S+)/ms;
my $grown = $stolen[1] - $stolen[0];
cmp_ok($grown, '>', 0.5e9, 'more than half a second was stolen between the readings');
cmp_ok($grown, '<=', 1e9 * (($finish // 0) - ($begin // 0)) + 2 * TICK_NS, 'not more than passed in dom0');

is(answers('denied'), '-1 -1 -1 -1', 'after set-parameters pvtime=no, a domain of U-Boot finds none of the calls');

done_testing();
