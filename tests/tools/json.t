#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the fields of each JSON that pvtime writes are exactly those that pvtime-json(5) describes,
# each format keeps the fields of json_fields as long as its version stays, and the tests' reader
# rejects another format or version. The lab and the suite run on a fake board. The findings of a
# probe with every field come from tests/unit/probe/find.c, and the ledger of a lab on KVM comes
# from tests/unit/lab/ledger.c.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Lab;
use Shared qw($build);
use Test::More;

my $root = "$FindBin::Bin/../..";
my $manual = slurp("$root/docs/pvtime-json.5");

# The paths that a section of the manual describes: the list items that are variables.
sub described
{
	my ($section) = @_;
	my ($text) = $manual =~ /^\.Sh \Q$section\E\n(.*?)(?=^\.Sh |\z)/ms or die "no section $section";
	return map { /Va (\S+)/g } $text =~ /^(\.It Va .*)/mg;
}

# The paths of all values that are not objects or lists, and of null. A list's elements are [], and
# a dot in a key is an underscore.
sub paths
{
	my ($data, $path) = @_;
	return map { paths($data->{$_}, ($path eq '' ? '' : "$path.") . tr/./_/r) } keys %$data if ref $data eq 'HASH';
	return map { paths($_, "${path}[]") } @$data if ref $data eq 'ARRAY';
	return $path;
}

# The differences between the fields of these objects, which have one format, and a section of the
# manual. In the manual, a part in capitals stands for any key. It may also describe an object
# itself, if that may be null.
sub faults
{
	my ($section, @objects) = @_;
	my %found = map { $_ => 1 } map { paths($_, '') } @objects;
	my @described = ('format', 'version', described($section));
	my (%seen, @faults);
	for my $item (@described) {
		my $pattern = join '\.', map { /^[A-Z]+$/ ? '[^.]+' : quotemeta } split /\./, $item;
		my @matching = grep { /^$pattern$/ } keys %found;
		push @faults, "$item is described, and does not occur" if !@matching && !grep { /^$pattern\./ } keys %found;
		$seen{$_} = 1 for @matching;
	}
	push @faults, map { "$_ is not described" } grep { !$seen{$_} } sort keys %found;
	return \@faults;
}

# What is wrong with the described fields of a format and version, given the text of json_fields.
sub changes
{
	my ($stored, $format, $version, @described) = @_;
	my %stored = map { $_ => 1 } $stored =~ /^\Q$format $version\E (\S+)$/mg;
	my %described = map { $_ => 1 } @described;
	return ["$format: tests/tools/json_fields has no version $version; replace the fields of $format there"] if !%stored;
	return [
		(map { "$format: $_ is gone; raise the version in tools/json_format.h and docs/pvtime-json.5, or keep the field" }
			grep { !$described{$_} } sort keys %stored),
		(map { "$format: $_ is new; add '$format $version $_' to tests/tools/json_fields (a new field does not change the version)" }
			grep { !$stored{$_} } sort keys %described),
	];
}

my $stored = slurp("$FindBin::Bin/json_fields");
my %version = map { /^#define JSON_(\w+)_VERSION\s+(\d+)/ ? (lc "pvtime-$1" => $2) : () } split /\n/, slurp("$root/tools/json_format.h");
my %section = (
	'pvtime-ledger' => 'THE LEDGER', 'pvtime-conform' => 'THE RESULTS OF PVTIME CONFORM', 'pvtime-bench' => 'THE RESULTS OF PVTIME BENCH',
	'pvtime-probe' => 'THE FINDINGS OF PVTIME PROBE', 'pvtime-profile' => 'THE COUNTS OF BENCH/PROFILE',
	'pvtime-top' => 'THE INTERVALS OF PVTIME TOP',
);
is_deeply([sort keys %version], [sort keys %section], 'tools/json_format.h has a version of each format');
is_deeply(changes("pvtime-x 1 a\npvtime-x 1 b\n", 'pvtime-x', 1, 'b', 'c'), [
	'pvtime-x: a is gone; raise the version in tools/json_format.h and docs/pvtime-json.5, or keep the field',
	"pvtime-x: c is new; add 'pvtime-x 1 c' to tests/tools/json_fields (a new field does not change the version)",
], 'the check of versions reports a field that is gone, and a new one');
is_deeply(changes("pvtime-x 1 a\n", 'pvtime-x', 2, 'a'), ['pvtime-x: tests/tools/json_fields has no version 2; replace the fields of pvtime-x there'],
	'the check of versions reports a version without stored fields');
for my $format (sort keys %section) {
	is_deeply(changes($stored, $format, $version{$format}, described($section{$format})), [],
		"$format has the fields that json_fields stores for its version");
	unlike($stored, qr/^$format (?!$version{$format} )/m, "json_fields stores one version of $format");
	like($manual, qr/^The version of the format: $version{$format}\.$/m, "pvtime-json(5) has the version of $format");
}

# A ledger.
my ($status, $ledger, $err) = lab(q{record('start 1000'); record('final 10000', vcpu(0, 0, running => 6000, ready => 4000),
	vcpu(0, 1, off => 10000), vcpu(1, 0, running => 1000), 'life 0 0 9000 4000 0 0 0', 'life 0 1 0 0 0 10000 0',
	'life 1 0 1000 0 0 0 0', 'cpu 0 10000 250 2000 12250', 'end'); record('done 0 all VMs are off')}, '--json', '-');
my $object = read_json('ledger', $ledger =~ s/^(?!\{).*\n//mgr);
is_deeply(faults('THE LEDGER', $object), [], 'pvtime-json(5) describes exactly the fields of a ledger');
is_deeply(faults('THE LEDGER', {%$object, new => 1}), ['new is not described'], 'the check reports a field that is not described');
my %less = %$object;
delete $less{cntfrq};
is_deeply(faults('THE LEDGER', \%less), ['cntfrq is described, and does not occur'], 'the check reports a described field that does not occur');

# On KVM the ledger lacks the times over all resets and those of the physical CPUs.
my ($on_kvm) = `'$build/tests/lab/ledger'` =~ /^# on KVM: (\{"format".*\})$/m;
is_deeply(faults('THE LEDGER', read_json('ledger', $on_kvm)),
	[map { "$_ is described, and does not occur" } grep { /^(?:vms\[\]\.vcpus\[\]\.life|pcpus\[\])\./ } described('THE LEDGER')],
	'a ledger of --on kvm has every described field but life and pcpus');
my ($life, $pcpus) = $manual =~ /^(\.It Va vms\[\]\.vcpus\[\]\.life\.running.*?)(?=^\.It).*?^(\.It Va pcpus\[\]\.id\n.*?)(?=^\.It)/ms;
like($_->[1], qr/absent with\n\.Fl -on Cm kvm/i, "pvtime-json(5) says that $_->[0] is absent with --on kvm") for ['life', $life], ['pcpus', $pcpus];

# The suite's results: a failed case, a skipped case, and runs that print another number of CPUs
# than they have.
my %case = map { /^GUEST_CASE\(R_05, (header|padding), .*"(.*)"\)$/ ? ($1 => $2) : () } split /\n/, slurp("$root/conformance/cases.def");
my $printed = spew("$dir/printed", map { "$_\r\n" } '# suite 4k-le cpus=1 dialect=1.0', "not ok 1 - R-05 header: $case{header}", '# FAIL: wrong',
	'# observed header: revision 7', "ok 2 - R-05 padding: $case{padding} # SKIP no page", '1..2');
spew("$dir/$_", slurp("$dir/Image")) for 'suite-4k-le.img', 'competitor.img';
my $board = board(qq{record('start 1000'); open my \$f, '<:raw', '$printed'; local \$/; put(0, scalar(<\$f>));
	record('final 5000', vcpu(0, 0, running => 5000), 'end'); record('done 0 all VMs are off')});
($status, my $results, $err) = finish(start('/dev/null', 'conform', '--suite', $dir, '--hypervisor', $board, '--json', '-',
	'--case', 'header,padding', map { ('--run', $_) } qw(plain contended capped)));
is_deeply(faults('THE RESULTS OF PVTIME CONFORM', read_json('conform', $results)), [], 'pvtime-json(5) describes exactly the fields of the results of pvtime conform') or diag $err;

# Figures.
($status, my $figures, $err) = finish(start('/dev/null', 'bench', '--from', "$root/bench/results.json", '--json', '-'));
is_deeply(faults('THE RESULTS OF PVTIME BENCH', read_json('bench', $figures)), [], 'pvtime-json(5) describes exactly the fields of the results of pvtime bench') or diag $err;
is($figures, slurp("$root/bench/results.json"), 'bench/results.json has the layout that pvtime writes');

# Findings.
my ($everything) = `'$build/tests/probe/find'` =~ /(\{"format".*\})$/m;
is_deeply(faults('THE FINDINGS OF PVTIME PROBE', read_json('probe', $everything), read_json('probe', (finish(start('/dev/null', 'probe', '--json')))[1])),
	[], 'pvtime-json(5) describes exactly the fields of the findings of pvtime probe');

# Intervals with causes, and without.
my @intervals = map { `'$build/tests/top/$_'` =~ /(\{"format".*\})$/m } qw(sample rates screen);
is_deeply(faults('THE INTERVALS OF PVTIME TOP', map { read_json('top', $_) } @intervals), [], 'pvtime-json(5) describes exactly the fields of an interval of pvtime top');

# Counts, in a log of two round trips.
sub executed { return join '', map { sprintf "Trace 0: 0x7f61 [0/%x/0/0] \n", $_ + 0x40200000 } @_ }
my $trip = "Taking exception 11 [Hypervisor Call] on CPU 0\n...from EL1 to EL2\n...with ESR 0x16/0x5a000000\n...with ELR 0x408002e4\n" .
	"...to EL2 PC 0x40200c00 PSTATE 0x3c9\n" . executed(0xc00, 0xc04) . "Exception return from AArch64 EL2 to AArch64 EL1 PC 0x408002e4\n";
spew("$dir/trace", $trip x 2);
spew("$dir/code", "0000000000000800 <vectors>:\n c00:\tmrs\tx0, esr_el2\n c04:\teret\n");
($status, undef, $err) = finish(Shared::start_command('/dev/null', "$root/bench/profile", '--trace', "$dir/trace", '--disassembly', "$dir/code",
	'--json', "$dir/profile.json"));
my $counts = slurp("$dir/profile.json");
is_deeply(faults('THE COUNTS OF BENCH/PROFILE', read_json('profile', $counts)), [], 'the fields of bench/profile are those described') or diag $err;
like($counts, qr/^\{\s*"format": "pvtime-profile",\s*"version": 1,\s*"paths"/, 'the first fields of bench/profile are the format and the version');

# The tests' own reader.
for my $case (
	['another format', '{"format": "pvtime-bench", "version": 1}', "found format 'pvtime-bench', version 1; expected format 'pvtime-ledger', version 1\n"],
	['another version', '{"format": "pvtime-ledger", "version": 2}', "found format 'pvtime-ledger', version 2; expected format 'pvtime-ledger', version 1\n"],
	['no format', '{}', "found format 'none', version none; expected format 'pvtime-ledger', version 1\n"],
	['a list', '[]', "found format 'none', version none; expected format 'pvtime-ledger', version 1\n"],
) {
	my ($name, $text, $want) = @$case;
	is(eval { read_json('ledger', $text); 'accepted' } // $@, $want, "read_json() rejects $name");
}

done_testing;
