# SPDX-License-Identifier: BSD-2-Clause
package Guest;

# Runs labs on the real hypervisor under QEMU, and checks their results. Each check is a function of
# the data alone and returns a list of faults, so that a script can also run it on a modified copy,
# in which it must find a fault.

use strict;
use warnings;
use Exporter qw(import);
use FindBin;
use lib "$FindBin::Bin/..", "$FindBin::Bin/../../guest/linux";
use List::Util qw(max);
use Reports qw(marks reports unstamped);
use Shared;
use Storable qw(dclone);
use Test::More;
use Time::HiRes qw(time);

our @EXPORT = qw($build $pvtime $tmp bare linux lab_file run run_ok faultless faulty reports ledger_faults
	steal_faults mark_faults later marks tap_faults line_of share vcpu fair least unfair ms doctored run_command limited at_least read_json slurp spew);

our $pvtime = "$build/pvtime";

# QEMU and pvtime read whole kernels into memory. With large pages, a boot of Linux takes a tenth
# less time.
$ENV{GLIBC_TUNABLES} = 'glibc.malloc.hugetlb=1';

# /proc/stat counts in ticks of USER_HZ, and may differ from the ledger by two of them.
use constant {TICK_NS => 10_000_000, PROC_TOLERANCE_NS => 20_000_000};

use constant LIMIT_S => $ENV{RUN_LIMIT_S} // 150; # a run that takes longer is ended

# section HEAD, KEYS: a section of a lab file.
sub section
{
	my ($head, %keys) = @_;
	return "[$head]\n" . join '', map { "$_ = $keys{$_}\n" } sort keys %keys;
}

# bare NAME, PROGRAM, APPEND, KEYS: the section of a VM with a program of tests/guests. linux NAME,
# APPEND, KEYS: the section of a VM with Linux. Its kernel does not test its cryptography and does
# not isolate its page tables, which takes a third of the time of a boot; make demo does both.
sub bare
{
	my ($name, $program, $append, %keys) = @_;
	$keys{append} = $append if $append ne '';
	return section("vm $name", kernel => "$build/guest/$program.img", memory => '16M', %keys);
}

sub linux
{
	my ($name, $append, %keys) = @_;
	return section("vm $name", kernel => "$build/debian/Image", initrd => "$build/guest/initramfs.cpio",
		memory => '64M', append => "console=ttyAMA0 quiet kpti=off cryptomgr.notests mark=1 $append", %keys);
}

# lab_file {KEYS}, SECTION...: write a lab file with the keys of [lab] and the sections; return its
# path.
my $labs = 0;
sub lab_file
{
	my ($lab, @sections) = @_;
	return spew("$tmp/lab" . $labs++ . '.lab', section('lab', %$lab), @sections);
}

# run({pcpus => 2, ...}, VM...): run a lab. Returns {status, out, err, ledger (the JSON's text),
# json (decoded), console {name}, stamped {name} (the console, each line with its stamp, if it has
# one), cpu_s (the CPU time of the whole run on this machine)}. Besides the keys of [lab], the first
# argument may have options => [...] for the command, free => 1 for a run that is not deterministic,
# and stamp => 1 for stamps.
sub run
{
	my ($how, @vms) = @_;
	my %lab = %$how;
	my @options = (@{delete $lab{options} // []}, delete $lab{free} ? () : '--deterministic', delete $lab{stamp} ? '--stamp' : ());
	delete @lab{qw(off writers)};
	my $file = lab_file(\%lab, @vms);
	my ($dir) = $file =~ /(.*)\.lab/;
	my ($begin, @before) = (time, times);
	my %run;
	@run{qw(status out err)} = run_command(limited(LIMIT_S, $pvtime, 'lab', '--json', "$file.json",
		'--console-dir', $dir, @options, $file));
	my @after = times;
	$run{cpu_s} = $after[2] + $after[3] - $before[2] - $before[3];
	note sprintf '%.1f s on this machine, %.1f s of its CPUs', time - $begin, $run{cpu_s};
	if (-s "$file.json") {
		$run{ledger} = slurp("$file.json");
		$run{json} = read_json('ledger', $run{ledger});
	}
	for my $vm (map { /^\[vm (\S+)\]/ } @vms) {
		$run{stamped}{$vm} = slurp("$dir/$vm.log");
		$run{console}{$vm} = unstamped($run{stamped}{$vm});
	}
	return \%run;
}

# run_ok NAME, {...}, VM...: the same, and the lab must end with status 0 and a ledger without
# faults. off => [names] are the VMs without stolen time; writers => [names] are the VMs that write
# their structure.
sub run_ok
{
	my ($name, $how, @vms) = @_;
	my $run = run($how, @vms);
	is($run->{status}, 0, "$name: the lab ends with status 0")
		or diag $run->{err}, map { "$_: " . substr $run->{console}{$_}, -2000 } sort keys %{$run->{console}};
	faultless("$name: the ledger has no fault", ledger_faults($run->{json}, $how->{off}, $how->{writers}));
	return $run;
}

# faultless NAME, FAULT...: a test that passes if there is no fault. faulty WHAT, FAULT...: a test
# that passes if there is at least one fault.
sub faultless
{
	my ($name, @faults) = @_;
	return ok(!@faults, $name) || diag map { "$_\n" } @faults;
}

sub faulty
{
	my ($name, @faults) = @_;
	return ok(scalar @faults, "the check reports a fault: $name");
}

# A deep copy that $change has modified.
sub doctored
{
	my ($data, $change) = @_;
	my $copy = dclone($data);
	$change->() for $copy;
	return $copy;
}

# The exact rules of the ledger: R-25, the states add up; R-26 and R-24, stolen = ready; R-22 and
# R-27, published = stolen, or 0 for VMs without stolen time; R-21, writes are refused exactly for
# the writers.
sub ledger_faults
{
	my ($json, $off, $writers) = @_;
	my %off = map { $_ => 1 } @{$off // []};
	my %writes = map { $_ => 1 } @{$writers // []};
	return 'there is no ledger' if !$json || !@{$json->{vms} // []};
	return map { my $vm = $_->{name};
		map { vcpu_faults("$vm/$_->{id}", $_, $json->{cntfrq}, $off{$vm}, $writes{$vm}) } @{$_->{vcpus}} } @{$json->{vms}};
}

sub vcpu_faults
{
	my ($name, $vcpu, $freq, $off, $writes) = @_;
	my ($t, $sum, @faults) = ($vcpu->{ticks}, 0);
	$sum += $t->{$_} for qw(running ready blocked off paused);
	push @faults, "$name: the states make $sum ticks of $t->{elapsed}" if $sum != $t->{elapsed};
	my $ready = ns($t->{ready}, $freq);
	push @faults, "$name: $vcpu->{stolen_ns} ns stolen, $ready ns ready" if $vcpu->{stolen_ns} != $ready;
	my $published = $off ? 0 : $ready;
	push @faults, "$name: $vcpu->{published_ns} ns published, not $published" if $vcpu->{published_ns} != $published;
	push @faults, "$name: $vcpu->{refused_writes} writes refused" if !$vcpu->{refused_writes} != !$writes;
	return @faults;
}

sub ns
{
	my ($ticks, $freq) = @_;
	use integer;
	return $ticks / $freq * 1_000_000_000 + $ticks % $freq * 1_000_000_000 / $freq;
}

# Each MARK of a VM must equal the ledger of the instant at which it was printed, and must be no
# more than the ledger at the end.
sub mark_faults
{
	my ($run, $name) = @_;
	my ($console, $vcpus) = ($run->{stamped}{$name}, vcpus($run, $name));
	my @faults = Reports::mark_faults($console, scalar @$vcpus);
	for my $mark (marks($console)) {
		my $end = $vcpus->[$mark->{cpu}];
		push @faults, "CPU $mark->{cpu} read $mark->{stolen_ns} ns, the ledger ends with " . ($end->{stolen_ns} // 'nothing')
			if !$end || $mark->{stolen_ns} > $end->{stolen_ns};
	}
	return map { "$name: $_" } @faults;
}

# In Linux's last report of each CPU, the structure must equal the ledger of the same instant, and
# /proc/stat must be within two ticks of it.
sub steal_faults
{
	my ($run, $name) = @_;
	my %by_cpu = map { $_->{cpu} => $_ } reports($run->{stamped}{$name});
	my @faults = mark_faults($run, $name);
	for my $id (0 .. $#{vcpus($run, $name)}) {
		my $r = $by_cpu{$id};
		if (!$r || !defined $r->{ledger_ns}) {
			push @faults, "$name: CPU $id reports no steal of a known instant";
		} elsif (abs($r->{proc_ticks} * TICK_NS - $r->{ledger_ns}) > PROC_TOLERANCE_NS) {
			push @faults, "$name/$id: $r->{proc_ticks} ticks in /proc/stat, $r->{ledger_ns} ns in the ledger";
		}
	}
	return @faults;
}

# later CONSOLE, NS: add NS to the stamps of a console, as if the ledger had that much more.
sub later
{
	my ($console, $ns) = @_;
	$_[0] = $console =~ s/ stolen (\d+)\.(\d{9})/sprintf ' stolen %d.%09d', split_ns("$1$2" + $ns)/ger;
}

sub split_ns
{
	use integer;
	return ($_[0] / 1_000_000_000, $_[0] % 1_000_000_000);
}

# The faults of a bare-metal guest's TAP.
sub tap_faults
{
	my ($console) = @_;
	my ($plan) = $console =~ /^1\.\.(\d+)\r?$/m;
	my @faults = $console =~ /^(not ok.*|Bail out!.*)$/mg;
	my $run = () = $console =~ /^(?:not )?ok \d/mg;
	push @faults, 'the TAP is not whole: ' . ($plan // 'no') . " planned, $run run" if !$run || $run != ($plan // 0);
	return @faults;
}

# line_of WORD, CONSOLE: the fields name=number of each line that begins with WORD.
sub line_of
{
	my ($word, $console) = @_;
	return map { {/(\w+)=(\w+)/g} } $console =~ /^$word (.*)$/mg;
}

sub vcpus
{
	my ($run, $name) = @_;
	my ($vm) = grep { $_->{name} eq $name } @{$run->{json}{vms}} or die "no VM $name";
	return $vm->{vcpus};
}

sub vcpu
{
	my ($run, $name, $id) = @_;
	return vcpus($run, $name)->[$id // 0];
}

# A state's share of a vCPU's time, in percent; ms() has it in milliseconds.
sub share
{
	my ($run, $state, $name, $id) = @_;
	my $t = vcpu($run, $name, $id)->{ticks};
	return 100 * $t->{$state} / $t->{elapsed};
}

# The ticks that each vCPU has to run, by "vm/id": an equal part of the CPUs' time from when it
# began. For vCPUs that are neither off nor blocked once they have begun.
sub fair
{
	my ($run, $pcpus) = @_;
	my (%fair, @begun);
	my %life = map { my $vm = $_; map { ("$vm->{name}/$_->{id}" => $_->{life}) } @{$vm->{vcpus}} } @{$run->{json}{vms}};
	my %begin = map { $_ => $life{$_}{off} + $life{$_}{blocked} } keys %life;
	my @order = sort { $begin{$a} <=> $begin{$b} } keys %life;
	while (@order) {
		push @begun, shift @order;
		my $end = @order ? $begin{$order[0]} : max(map { $_->{elapsed} } values %life);
		$fair{$_} += ($end - $begin{$begun[-1]}) * ($pcpus < @begun ? $pcpus / @begun : 1) for @begun;
	}
	return %fair;
}

# The ticks that each vCPU of a VM has to run at least, by "vm/id": an equal part of the CPUs' time
# while it was RUNNING or READY, as if all other vCPUs were so all the time.
sub least
{
	my ($run, $vm, $pcpus) = @_;
	my $all = map { @{$_->{vcpus}} } @{$run->{json}{vms}};
	return map { ("$vm/$_->{id}" => ($_->{life}{running} + $_->{life}{ready}) * $pcpus / $all) } @{vcpus($run, $vm)};
}

# The vCPUs of $want, {vm/id => ticks}, that ran more than $tolerance (default 1%) less than that;
# with $most, also those that ran more than $tolerance more.
sub unfair
{
	my ($run, $most, $want, $tolerance) = @_;
	$tolerance //= 0.01;
	return map {
		my $got = vcpu($run, split m{/})->{life}{running} / $want->{$_};
		$got >= 1 - $tolerance && ($got <= 1 + $tolerance || !$most) ? () : sprintf '%s has %.2f%% of its share', $_, 100 * $got;
	} sort keys %$want;
}

sub ms
{
	my ($run, $state, $name, $id) = @_;
	return 1000 * vcpu($run, $name, $id)->{ticks}{$state} / $run->{json}{cntfrq};
}

1;
