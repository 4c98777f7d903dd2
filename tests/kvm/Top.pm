# SPDX-License-Identifier: BSD-2-Clause
package Top;

# `pvtime top` on a host with KVM (Host.pm): shell functions for the scripts of tests/kvm/top*.t,
# and the comparison of what it shows with what is true.
#
# A script starts VMs and `pvtime top --json`, whose lines go to the file `lines`. What happens
# between two still periods is in the lines between them, and nothing else is.

use strict;
use warnings;
use Exporter qw(import);
use Host;
use JSON::PP;
use List::Util qw(sum0);
use Test::More;

our @EXPORT = qw($prelude top_run sums_close attributed shown grown near row exact took table);

# vcpu PID: the threads of a VM's vCPUs.
# ran_ms PID TID MS: whether the thread has run that much longer than at `mark PID TID`.
# until_ran PID TID MS: wait until the thread has run for that much longer. It starts no process, as
# that takes long on a host whose time is the number of instructions.
# still NAME PID...: stop these processes, wait until an interval has begun after that, and print
# the schedstat of all their threads. A thief is stopped first and continued last, so that its
# victim waits whenever it runs. A script may define still_more NAME, to print more.
# watch SECONDS [WHAT]: begin to write the lines of pvtime top, one each so many seconds, with the
# stolen time divided by cpu, thief or cgroup; by thief if it is not given.
# named CPU NAME COMMANDS: become a process of that name on that CPU.
# fast_vm NAME VCPUS MS: a VM of top_vm.c on CPU 1, with its PID in $NAME, all of whose vCPUs
# `pvtime top` knows. It begins after watch, as a guest that computes slows down the rest.
# go PID TID MS: let a stopped VM's vCPU run for that time.
# The script itself, and what it starts, has the first CPU that it may use.
our $prelude = <<'END';
dir=${TMPDIR:-/tmp}
vcpu() { for t in /proc/$1/task/*; do grep -q KVM "$t/comm" && echo "${t##*/}"; done; }
mark() { from=$(cut -d' ' -f1 "/proc/$1/task/$2/schedstat"); }
ran_ms() { [ $(($(cut -d' ' -f1 "/proc/$1/task/$2/schedstat") - from)) -ge "${3}000000" ]; }
has_vcpu() { [ -n "$(vcpu "$1")" ]; }
stopped() { for t in /proc/$1/task/*; do grep -q ') T ' "$t/stat" || return 1; done; }
until_ran()
{
	read -r now rest <"/proc/$1/task/$2/schedstat"
	end=$((now + ${3}000000))
	while [ "$now" -lt "$end" ]; do read -r now rest <"/proc/$1/task/$2/schedstat"; done
}
lines() { wc -l <"$dir/lines"; }
has_lines() { [ "$(lines)" -ge "$1" ]; }
still_more() { :; }
still()
{
	name=$1
	shift
	kill -STOP "$@"
	for p; do wait_for stopped "$p"; done
	wait_for has_lines $(($(lines) + 2))
	echo "STILL $name $(lines)"
	for p; do
		for t in /proc/$p/task/*; do echo "THREAD $name ${t##*/} $(cat "$t/schedstat")"; done
	done
	still_more "$name"
}
watch()
{
	pvtime top --json --by "${2:-thief}" --interval "$1" >"$dir/lines" &
	top=$!
	wait_for has_lines 2
}
fast_vm()
{
	taskset 2 top_vm "$2" "$3" -name "guest=$1" >>/tmp/said &
	eval "$1=$!"
	wait_for grep -q "\"process\":$!,[^[]*\"vcpus\":\[{.*\"vcpu\":$(($2 - 1))," "$dir/lines"
}
go() { kill -CONT "$1"; until_ran "$1" "$2" "$3"; }
named() { exec taskset -c "$1" sh -c "printf $2 >/proc/\$\$/comm; $3"; }
allowed=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
taskset -pc "${allowed%%[,-]*}" $$ >/dev/null
echo "KERNEL $(uname -r)"
END

# What `pvtime top` printed, and the script: {out, lines, still, stat}.
my $seen;

# Run the script, and check each line by itself. Options are those of host_run(), or of own_run()
# with own => 1; truths => [...] adds programs such as top_vm. The script's last command prints the
# lines, each after "LINE ".
sub top_run
{
	my (%how) = @_;
	$how{files}{"bin/$_"} = "$build/tests-exec/$_" for @{$how{truths} // []};
	my $run = ($how{own} ? \&own_run : \&host_run)->(%how, script => $prelude . $how{script} . "sed 's/^/LINE /' \"\$dir/lines\"\n");
	is($run->{status}, 0, "the KVM host's script ends with status 0") or BAIL_OUT(substr $run->{console}, -4000);
	my $out = $run->{out};
	note $out =~ s/^(LINE|TRACE) .*\n//mgr;
	is_deeply([$out =~ /^(waits for: .*\n.*)/mg], [], 'the script has waited less than a minute for each event');
	my @lines = map { read_json('top', $_) } $out =~ /^LINE (.*)$/mg;
	my @vcpus = map { @{$_->{vcpus}} } map { @{$_->{vms}} } @lines;
	at_least('vCPUs in lines of pvtime top', $how{least} // 8, scalar @vcpus);
	sums_close(@vcpus);
	parts_close(@lines);
	my ($release) = $out =~ /^KERNEL (.*)$/m;
	$seen = {out => $out, release => $release, lines => \@lines, vcpus => \@vcpus, still => {$out =~ /^STILL (\S+) (\d+)$/mg}};
	$seen->{stat}{$1}{$2} = [$3, $4] while $out =~ /^THREAD (\S+) (\d+) (\d+) (\d+) \d+$/mg;
	return $seen;
}

# sums_close VCPU...: check each vCPU of each line, as JSON has it.
sub sums_close
{
	my (@vcpus) = @_;
	my @open = grep {
		my $v = $_;
		my ($sum, $thieves) = (sum0(values %{$v->{causes_ns}}), sum0(map { $_->{ns} } @{$v->{thieves}}));
		$sum != $v->{stolen_ns} || $v->{excess_ns} != 0 || $thieves + $v->{causes_ns}{unattributed} != $v->{stolen_ns};
	} @vcpus;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return is_deeply(\@open, [], 'in each line, the causes and what is unattributed add up to the stolen time');
}

# parts_close LINE...: check the parts of the stolen time in each line: they add up to it, and their
# causes to them; one that is a CPU or a cgroup has what the thieves have that are of it.
sub parts_close
{
	my (@lines) = @_;
	my @open;
	for my $line (@lines) {
		my @vcpus = map { @{$_->{vcpus}} } @{$line->{vms}};
		my %sum;
		for my $thief (map { @{$_->{thieves}} } @vcpus) {
			$sum{"CPU $thief->{cpu}"} += $thief->{ns} if $line->{by} eq 'cpu' && defined $thief->{cpu};
			$sum{$thief->{cgroup}} += $thief->{ns} if $line->{by} eq 'cgroup' && defined $thief->{cgroup};
		}
		push @open, grep { sum0(values %{$_->{causes_ns}}) != $_->{stolen_ns} } @{$line->{parts}};
		push @open, grep { ($sum{$_->{name}} // $_->{stolen_ns}) != $_->{stolen_ns} } @{$line->{parts}};
		push @open, $line if sum0(map { $_->{stolen_ns} } @{$line->{parts}}) != sum0(map { $_->{stolen_ns} } @vcpus);
	}
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return is_deeply(\@open, [], "in each line, the parts by $lines[0]{by} add up to the stolen time");
}

# attributed VCPU...: check that at most 1 % of all that was stolen is unattributed.
sub attributed
{
	my (@vcpus) = @_;
	my ($stolen, $unattributed) = (sum0(map { $_->{stolen_ns} } @vcpus), sum0(map { $_->{causes_ns}{unattributed} } @vcpus));
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	note "of $stolen ns that were stolen, $unattributed ns are unattributed";
	cmp_ok($stolen, '>', 0, 'time was stolen');
	return cmp_ok($unattributed, '<=', $stolen / 100, 'at most 1 % of it is unattributed');
}

# grown FROM, TO, THREAD, I: by how much a thread's schedstat has grown: 0, its run time; 1, its
# run_delay.
sub grown
{
	my ($from, $to, $thread, $i) = @_;
	return ($seen->{stat}{$to}{$thread}[$i] // 'nan') - ($seen->{stat}{$from}{$thread}[$i] // 'nan');
}

# What the lines say of a vCPU's thread between two still periods. `thieves` is by cause, name and
# cgroup, and `threads` by thread.
sub shown
{
	my ($from, $to, $thread) = @_;
	my ($begin, $end) = @{$seen->{still}}{$from, $to};
	my %sum = (run_ns => 0, stolen_ns => 0, interrupts_ns => 0, causes => {}, thieves => {}, threads => {});
	for my $v (grep { $_->{thread} == $thread } map { @{$_->{vcpus}} } map { @{$_->{vms}} } @{$seen->{lines}}[$begin .. $end - 1]) {
		$sum{$_} += $v->{$_} for qw(run_ns stolen_ns interrupts_ns);
		$sum{causes}{$_} += $v->{causes_ns}{$_} for keys %{$v->{causes_ns}};
		$sum{thieves}{join ' ', map { $_ // '-' } @{$_}{qw(cause name cgroup)}} += $_->{ns} for @{$v->{thieves}};
		$sum{threads}{"$_->{cause} $_->{thread}"} += $_->{ns} for @{$v->{thieves}};
	}
	return \%sum;
}

# row SHOWN, TRUTH, NAME: a row of the table that table() prints.
my @rows;
sub row
{
	my ($shown, $truth, $name) = @_;
	push @rows, [$name, $truth, $shown // 0];
	return;
}

# Whether what is shown is right within one tick of the scheduler, or 1 % of the stolen time.
sub near
{
	my ($shown, $truth, $stolen, $name) = @_;
	my $may = $stolen / 100 > 4_000_000 ? $stolen / 100 : 4_000_000;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	row($shown, $truth, $name);
	return cmp_ok(abs(($shown // 0) - $truth), '<=', $may, $name);
}

# Check a vCPU between two still periods: the stolen time, and that at most 1 % is unattributed.
sub exact
{
	my ($from, $to, $thread, $name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $s = shown($from, $to, $thread);
	is($s->{stolen_ns}, grown($from, $to, $thread, 1), "$name: the stolen time is what run_delay has grown by, to the nanosecond");
	cmp_ok(abs($s->{run_ns} - grown($from, $to, $thread, 0)), '<=', 4_000_000, "$name: the run time is that of schedstat");
	cmp_ok($s->{causes}{unattributed} // 0, '<=', $s->{stolen_ns} / 100, "$name: at most 1 % is unattributed");
	note explain $s;
	return $s;
}

# took WORD: the threads that have said how long they computed, in order: [TID, NS].
sub took
{
	my ($word) = @_;
	my @found;
	push @found, [$1, $2] while $seen->{out} =~ /^$word (\d+) (\d+)$/mg;
	return @found;
}

# Print all rows, in ms, for tests/kvm/top_truth. RELEASE is that of the
# host's kernel, if not top_run() has run the script.
sub table
{
	my ($release) = @_;
	note sprintf '| %-74s | %12s | %12s | %12s |', 'Linux ' . ($release // $seen->{release}), 'truth, ms', 'shown, ms', 'difference';
	note sprintf '| %-74s | %12.3f | %12.3f | %+12.3f |', $_->[0], $_->[1] / 1e6, $_->[2] / 1e6, ($_->[2] - $_->[1]) / 1e6 for @rows;
	return;
}

1;
