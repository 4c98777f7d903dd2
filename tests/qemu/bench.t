#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the hot paths are no slower than the figures in bench/figures for this compiler (`make
# bench-quick`), a slower path is reported, and the figures are the same in each run.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use JSON::PP;
use Test::More;

my ($gcc) = `aarch64-linux-gnu-gcc -dumpversion` =~ /^(\d+)/;
my $committed = "bench/figures/gcc-$gcc.json";

sub bench { return run_command(limited(280, $pvtime, 'bench', @_)) }

# Write the results to a file, modified by $change.
sub changed
{
	my ($results, $change) = @_;
	return spew("$tmp/changed.json", encode_json(doctored($results, $change)));
}

my ($status, $out, $err) = bench('--quick', '--json', "$tmp/now.json");
is("$status$err", '0', 'pvtime bench --quick has status 0 and no message') or diag $err;
SKIP: {
	skip "$committed does not exist; make bench-figures records the figures of gcc $gcc", 1 if !-e $committed;
	my ($against, undef, $slower) = bench('--from', "$tmp/now.json", '--compare', $committed);
	is("$against$slower", '0', "no path is slower than $committed says") or diag $out;
}
my $now = read_json('bench', slurp("$tmp/now.json"));
my %row = map { $_->{name} => $_->{figures}{pvtime} } @{$now->{rows}};

for my $name (qw(features_hvc st_smc idreg gicd switch ipi)) {
	for my $cpu (qw(cortex-a57 neoverse-n1)) {
		cmp_ok($row{$name}{$cpu}{best} // 0, '>', 3, "$name on $cpu takes more than 3 instructions");
	}
}

# As for a worse hypervisor: recorded figures that are better than the measured ones.
my $better = changed($now, sub {
	$_->{figures}{pvtime}{'cortex-a57'}{best} *= 0.9 for grep { $_->{name} =~ /^(?:switch|ipi)$/ } @{$_->{rows}} });
my $why = qr/on cortex-a57: [\d.]+ is worse than the [\d.]+ of \Q$better\E/;
($status, $out, $err) = bench('--from', "$tmp/now.json", '--compare', $better);
is($status, 1, 'pvtime bench --compare has status 1 if two figures are 10% worse');
like($err, qr/\Apvtime: switch $why\npvtime: ipi $why\n\z/, 'only the figures that are worse are named');
($status, $out, $err) = bench('--run', 'pair', '--compare', $better);
is($status, 1, 'a run that measures one of them has status 1');
like($err, qr/\Apvtime: ipi $why\n\z/, 'the figure that was not measured is not named');

# Two runs of the same paths.
my @once = bench('--run', 'pair', '--run', 'exits', '--json', '-');
is_deeply([bench('--run', 'pair', '--run', 'exits', '--json', '-')], \@once, 'two runs have the same figures');
done_testing;
