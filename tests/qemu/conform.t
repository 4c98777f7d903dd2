#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: our hypervisor keeps every rule that a guest can see, in every run of `pvtime conform`; and a
# run fails if its guest hangs, or prints no results or wrong ones. The doctored images are the
# suite's image with some strings replaced; tests/tools/conform.t has more ways to fail.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

my $suite = "$build/conformance/suite-4k-le.img";

# Run pvtime conform: (status, standard output, standard error).
sub conform { return run_command(limited(240, $pvtime, 'conform', @_)) }

# The rules that a target fails or that were not judged, and the results that are not ok.
sub faults
{
	my ($table, $tap) = @_;
	my @faults = grep { !/^(R-\d\d)  ok / && !/^R-(?:09|10|28|29)  - / } $table =~ /^(R-\d\d .*)$/mg;
	push @faults, $tap =~ /^(not ok .*|ok .*# SKIP.*)$/mg;
	my @numbers = $tap =~ /^(?:not )?ok (\d+) /mg;
	push @faults, 'the TAP is not whole' if !@numbers || $tap !~ /^1\.\.@{[scalar @numbers]}$/m;
	return @faults;
}

# Everything: each build, dialect and number of vCPUs, alone and contended.
{
	my ($status, $out, $err) = conform('--tap', "$tmp/all.tap");
	is($status, 0, 'pvtime conform has status 0 for our hypervisor') or diag $err;
	my $tap = slurp("$tmp/all.tap");
	faultless('our hypervisor keeps every rule, and no case is skipped in all runs', faults($out, $tap)) or diag $out;
	my ($list) = (conform('--list'))[1] =~ /^pvtime: .*\n((?:  .*\n)+)/m;
	for my $want (qw(4k-le 4k-be 16k-le 16k-be 64k-le 64k-be), 'img', 'elf', 'raw', '1 vCPU', '2 vCPUs', '4 vCPUs', '8 vCPUs',
		'on 2 CPUs', '1\.0', 'beta-2', 'stolen time off', 'hvc', 'smc', 'alone', 'contended', 'cap 50 %', 'cortex-a57',
		'cortex-a72', 'neoverse-n1', 'max', 'reset_ms=') {
		like($list, qr/\b$want/, "pvtime conform has a run with $want");
	}
	faulty('a rule that is broken', faults($out =~ s/^(R-23)  ok  /$1  FAIL/mr, $tap));
	faulty('a rule that was not judged', faults($out =~ s/^(R-34)  ok  /$1  skip/mr, $tap));
	faulty('a rule without cases', faults($out =~ s/^(R-21)  ok  /$1  -   /mr, $tap));
	faulty('a result that is not ok', faults($out, $tap =~ s/^ok 20 /not ok 20 /mr));
	faulty('a missing result', faults($out, $tap =~ s/^ok 20 .*\n//mr));
}

# Two runs must be the same, byte by byte.
{
	my @few = ('--run', 'contended', '--case', 'contended,adds_up,header', '--json', '-');
	my @once = conform(@few);
	is($once[0], 0, 'pvtime conform with one run and three cases has status 0') or diag $once[2];
	is_deeply([conform(@few)], \@once, 'pvtime conform prints the same in two runs');
}

# Images that are not the suite.
my @quick = ('--run', 'plain', '--seconds', 4, '--case', 'psci_version,smccc_version,header');
for my $case (
	['spin', [], qr/there is no TAP in the output/],
	['hello', [], qr/there is TAP, but no line '# suite'/],
	['stop', ['--seconds', 1], qr/it had not powered off after 1 s of guest time; before its first result/],
) {
	my ($image, $options, $want) = @$case;
	my ($status, $out, $err) = conform(@quick, '--image', "$build/guest/$image.img", @$options);
	is($status, 1, "$image.img, which is not the suite, gives status 1");
	like($err, qr/\Apvtime: pvtime plain: $want.*\n(?:pvtime:   \| .*\n)+\z/, "the message about $image.img says why, and has its last lines");
}

# The suite's image with one string replaced by another of the same length.
sub doctored_image
{
	my ($from, $to) = @_;
	my $bytes = slurp($suite);
	my $count = $bytes =~ s/\Q$from\E/$to/g;
	die "$suite has no '$from'" if !$count || length $from != length $to;
	return spew("$tmp/doctored.img", $bytes);
}
{
	my ($status, $out, $err) = conform(@quick, '--image', doctored_image("header\0", "header\0"));
	is("$status$err", '0', 'the unmodified suite gives status 0 and no message');
}
for my $case (
	['has an unknown case', "psci_version\0", "psci_versiom\0", qr/is not a case of the table: psci_versiom/, '--run', 'plain'],
	['has a wrong rule', "\0R-03\0", "\0R-05\0", qr/belongs to R-03, not to R-05/],
	['has an unknown rule', "\0R-03\0", "\0R-3x\0", qr/has no rule of the table/],
	['counts otherwise', 'ok %u - ', 'ok %x - ', qr/a malformed result after number 9/, '--run', 'plain'],
	['has another text', 'or later on every', 'or later or every', qr/is not the table's/],
	['prints no plan', "1..%u\n", "# .%u\n", qr/ended without a plan after number 3, header/],
	['prints another plan', "1..%u\n", "1..99\n", qr/the plan is 1\.\.99, after number 3/],
	['does not say what it is', '# suite ', '# sweet ', qr/no line '# suite' before it/],
) {
	my ($name, $from, $to, $want, @options) = @$case;
	my ($status, $out, $err) = conform(@options ? @options : @quick, '--image', doctored_image($from, $to));
	is($status, 1, "a suite that $name gives status 1");
	like($err, qr/\Apvtime: pvtime plain: .*$want/, "the message about a suite that $name says why");
}

done_testing;
