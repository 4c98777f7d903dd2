#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime top` on a Linux KVM host: the stolen time of each vCPU equals the kernel's run_delay,
# the causes add up to it, and each thief is charged with the time that it really ran, by the
# thief's own schedstat, and each quota with the time for which it throttled, by cpu.stat or by a
# trace.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use JSON::PP;
use List::Util qw(max);
use Test::More;

# The VMs alpha and beta, and a process named hog in the cgroup /pen, share CPU 1; all other
# processes use CPU 0. pvtime top prints a line each half second.
#
# still NAME PID...: stop these processes, wait until an interval has begun after that, and print
# the schedstat of all threads concerned. So the lines between two still periods contain all that
# the threads have done between them, and nothing else. The thief is stopped first and continued
# last, so that its victim waits whenever it runs. With the schedstat, it prints for how long the
# quota of each cgroup has throttled.
my $script = <<'END';
vm()
{
	name=$1
	taskset 2 qemu-system-aarch64 -M virt,gic-version=3 -accel kvm -cpu host -m 32M -no-user-config -nodefaults \
		-display none -monitor none -serial null -kernel /spin.img -append until_ms=1000000 -name "guest=$name,debug-threads=on" &
	eval "$name=$!"
}
vcpu() { for t in /proc/$1/task/*; do grep -q KVM "$t/comm" && echo "${t##*/}"; done; }
# ran_ms PID TID MS: whether the thread has run that much longer than at `mark`.
mark() { from=$(cut -d' ' -f1 "/proc/$1/task/$2/schedstat"); }
ran_ms() { [ $(($(cut -d' ' -f1 "/proc/$1/task/$2/schedstat") - from)) -ge "${3}000000" ]; }
has_vcpu() { [ -n "$(vcpu "$1")" ]; }
stopped() { for t in /proc/$1/task/*; do grep -q ') T ' "$t/stat" || return 1; done; }
lines() { wc -l </tmp/lines; }
has_lines() { [ "$(lines)" -ge "$1" ]; }
still()
{
	name=$1
	shift
	kill -STOP "$@"
	for p; do wait_for stopped "$p"; done
	wait_for has_lines $(($(lines) + 2))
	echo "STILL $name $(lines)"
	tracing && echo "STILL $name" >$trace/trace_marker
	for p; do
		for t in /proc/$p/task/*; do echo "THREAD $name ${t##*/} $(cat "$t/schedstat")"; done
	done
	for g in $outer $inner; do echo "CGROUP $name ${g#$cgroups} $(sed -n 's/^throttled_usec //p' $g/cpu.stat)"; done
}
# period_ends CGROUP: whether a period ends now in which its quota throttled. If the vCPU is stopped
# then, it stops with quota left: a cgroup can be throttled when its last task leaves the CPU, and
# the vCPU does not wait for that. Nothing forks here, as that would take too long.
throttles() { while read -r key value; do [ "$key" = nr_throttled ] && count=$value; done <"$1/cpu.stat"; }
period_ends()
{
	throttles "$1"
	was=$count i=0
	while [ $i -lt 2000 ] && [ "$count" = "$was" ]; do throttles "$1"; i=$((i + 1)); done
	[ "$count" != "$was" ]
}
taskset -p 1 $$ >/dev/null
# From 6.18 on, throttled_usec does not begin before a thread of the throttled cgroup leaves the
# queue. So the kernel traces the throttling and the vCPU there.
trace=/sys/kernel/tracing
[ "$(uname -r | awk -F. '{ print $1 * 1000 + $2 }')" -lt 6018 ] || mount -t tracefs tracefs $trace
tracing() { [ -e $trace/trace ]; }
if tracing; then
	echo mono >$trace/trace_clock
	printf 'p:down tg_throttle_down %%x0 %%x1\np:up tg_unthrottle_up %%x0 %%x1\n' >$trace/kprobe_events
	echo 1 >$trace/events/kprobes/enable
fi
cgroups=/sys/fs/cgroup outer=$cgroups/outer inner=$cgroups/outer/inner
echo +cpu >$cgroups/cgroup.subtree_control
mkdir -p $inner
echo +cpu >$outer/cgroup.subtree_control
mkdir -p /etc
echo 'user:x:1000:1000::/tmp:/bin/sh' >/etc/passwd
busybox start-stop-daemon -S -c user -x /bin/pvtime -- top --once; echo "USER $?"
pvtime top --once --interval 0.1; echo "NONE $?"
vm alpha; wait_for has_vcpu $alpha; a=$(vcpu $alpha)
vm beta; wait_for has_vcpu $beta; b=$(vcpu $beta)
echo "VCPUS $alpha $a $beta $b"
if tracing; then
	echo "prev_pid == $a || next_pid == $a" >$trace/events/sched/sched_switch/filter
	echo 1 >$trace/events/sched/sched_switch/enable
fi
from=0; wait_for ran_ms $alpha $a 300; wait_for ran_ms $beta $b 300
pvtime top --json --interval 0.5 >/tmp/lines &
top=$!
wait_for has_lines 2
still two-begin $beta $alpha
kill -CONT $alpha $beta; mark $beta $b; wait_for ran_ms $beta $b 600
still two-end $beta $alpha

# named NAME COMMANDS &: a process of that name, on CPU 1.
named() { exec taskset 2 sh -c "printf $1 >/proc/\$\$/comm; $2"; }
mkdir /sys/fs/cgroup/pen
named hog 'echo $$ >/sys/fs/cgroup/pen/cgroup.procs; while :; do :; done' &
hog=$!
echo "HOG $hog"
in_pen() { grep -q "^$hog$" /sys/fs/cgroup/pen/cgroup.procs; }
wait_for in_pen
still hog-begin $hog $alpha
kill -CONT $alpha $hog; mark $hog $hog; wait_for ran_ms $hog $hog 600
# It ends before the sample, and is named nevertheless.
named brief 'i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done' &
wait $!
still hog-end $hog $alpha

# Between two CPUs, each with its own hog; the vCPU is moved while it waits and while it runs.
named second 'taskset -p 1 $$ >/dev/null; while :; do :; done' &
other=$!
kill -CONT $alpha $hog
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	taskset -p 1 $a >/dev/null
	mark $alpha $a; wait_for ran_ms $alpha $a 10
	taskset -p 2 $a >/dev/null
	mark $alpha $a; wait_for ran_ms $alpha $a 10
done
kill $other
still moves-end $alpha $hog

# alpha has 40 % of a CPU, first alone, then beside beta; then by the cgroup above its own one.
echo $alpha >$inner/cgroup.procs
echo 40000 100000 >$inner/cpu.max
still alone-begin $alpha
kill -CONT $alpha; mark $alpha $a; wait_for ran_ms $alpha $a 800; wait_for period_ends $inner
still alone-end $alpha $beta
kill -CONT $alpha $beta; mark $alpha $a; wait_for ran_ms $alpha $a 600; wait_for period_ends $inner
still both-end $alpha $beta
echo max >$inner/cpu.max
echo 40000 100000 >$outer/cpu.max
kill -CONT $alpha $beta; mark $alpha $a; wait_for ran_ms $alpha $a 600; wait_for period_ends $outer
still nested-end $alpha $beta
kill $top
kill -CONT $alpha $beta; mark $alpha $a; wait_for ran_ms $alpha $a 20
pvtime top --once; echo "ONCE $?"
tracing && sed -n '/tracing_mark_write\|tg_throttle_down\|tg_unthrottle_up\|sched_switch/s/^/TRACE /p' $trace/trace
sed 's/^/LINE /' /tmp/lines
END

my $run = host_run(script => $script, qemu => 1, cpus => 2, limit_s => 90, files => {'spin.img' => "$build/guest/spin.img"});
is($run->{status}, 0, "the KVM host's script ends with status 0") or BAIL_OUT(substr $run->{console}, -4000);
my $out = $run->{out};
note $out =~ s/^(LINE|TRACE) .*\n//mgr;
is_deeply([$out =~ /^(waits for: .*\n.*)/mg], [], 'the script has waited less than a minute for each event');
my ($alpha, $a, $beta, $b) = $out =~ /^VCPUS (\d+) (\d+) (\d+) (\d+)$/m or BAIL_OUT('no vCPUs');
my ($hog) = $out =~ /^HOG (\d+)$/m;

my @lines = map { read_json('top', $_) } $out =~ /^LINE (.*)$/mg;
at_least('lines of pvtime top', 8, scalar @lines);
my %vms = map { $_->{process} => $_->{name} } map { @{$_->{vms}} } @lines;
is_deeply(\%vms, {$alpha => 'alpha', $beta => 'beta'}, 'the VMs have the names that QEMU was given');

# Each line by itself.
my @vcpus = map { @{$_->{vcpus}} } map { @{$_->{vms}} } @lines;
my @open = grep {
	my ($v, $sum, $thieves) = ($_, 0, 0);
	$sum += $_ for values %{$v->{causes_ns}};
	$thieves += $_->{ns} for @{$v->{thieves}};
	$sum != $v->{stolen_ns} || $v->{excess_ns} != 0 || $thieves + $v->{causes_ns}{unattributed} != $v->{stolen_ns};
} @vcpus;
is_deeply(\@open, [], 'in each line, the causes and what is unattributed add up to the stolen time');
is_deeply([grep { $_->{vcpu} // -1 } @vcpus], [], 'each vCPU has its number');

# What the lines say of a thread between two still periods, and what the kernel says.
my %still = $out =~ /^STILL (\S+) (\d+)$/mg;
my %stat;
$stat{$1}{$2} = [$3, $4] while $out =~ /^THREAD (\S+) (\d+) (\d+) (\d+) \d+$/mg;
my %throttled;
$throttled{$1}{$2} = $3 while $out =~ /^CGROUP (\S+) (\S+) (\d+)$/mg;
sub grown { my ($from, $to, $thread, $i) = @_; return $stat{$to}{$thread}[$i] - $stat{$from}{$thread}[$i] }
sub shown
{
	my ($from, $to, $thread) = @_;
	my %sum = (run_ns => 0, stolen_ns => 0, unattributed => 0, thieves => {});
	for my $v (grep { $_->{thread} == $thread } map { @{$_->{vcpus}} } map { @{$_->{vms}} } @lines[$still{$from} .. $still{$to} - 1]) {
		$sum{$_} += $v->{$_} for qw(run_ns stolen_ns);
		$sum{unattributed} += $v->{causes_ns}{unattributed};
		$sum{thieves}{join ' ', map { $_ // '-' } @{$_}{qw(cause name cgroup)}} += $_->{ns} for @{$v->{thieves}};
	}
	return \%sum;
}

# One tick of the scheduler, or 1 % of the stolen time.
sub near
{
	my ($shown, $truth, $stolen, $name) = @_;
	my $may = $stolen / 100 > 4_000_000 ? $stolen / 100 : 4_000_000;
	cmp_ok(abs(($shown // 0) - $truth), '<=', $may, $name);
	note sprintf '%-50s truth %d, shown %d, difference %d ns', $name, $truth, $shown // 0, ($shown // 0) - $truth;
}

sub exact
{
	my ($from, $to, $thread, $name) = @_;
	my $s = shown($from, $to, $thread);
	is($s->{stolen_ns}, grown($from, $to, $thread, 1), "$name: the stolen time is what run_delay has grown by, to the nanosecond");
	near($s->{run_ns}, grown($from, $to, $thread, 0), 0, "$name: the run time is that of schedstat");
	cmp_ok($s->{unattributed}, '<=', $s->{stolen_ns} / 100, "$name: at most 1 % is unattributed");
	note explain $s;
	return $s;
}

my $s = exact('two-begin', 'two-end', $a, 'alpha beside beta');
cmp_ok($s->{stolen_ns}, '>', 500_000_000, 'alpha beside beta: more than 500 ms are stolen');
near($s->{thieves}{'vm beta /'}, grown('two-begin', 'two-end', $b, 0), $s->{stolen_ns}, "alpha beside beta: the thief's time is what beta ran");
$s = exact('two-begin', 'two-end', $b, 'beta beside alpha');
cmp_ok($s->{thieves}{'vm alpha /'}, '<=', grown('two-begin', 'two-end', $a, 0), "beta beside alpha: the thief's time is no more than alpha ran");

$s = exact('hog-begin', 'hog-end', $a, 'alpha beside a hog');
near($s->{thieves}{'process hog /pen'}, grown('hog-begin', 'hog-end', $hog, 0), $s->{stolen_ns}, 'alpha beside a hog: its time is what the hog ran');
cmp_ok($s->{thieves}{'process brief /'} // 0, '>', 1_000_000, 'alpha beside a hog: a process that has ended is named');

$s = exact('hog-end', 'moves-end', $a, 'alpha between two CPUs');
cmp_ok($s->{thieves}{'process second /'} // 0, '>', 10_000_000, 'alpha between two CPUs: the hog of one CPU is named');
cmp_ok($s->{thieves}{'process hog /pen'} // 0, '>', 10_000_000, 'alpha between two CPUs: the hog of the other CPU is named');

# By the trace, if there is one: for how long the vCPU waited while a queue of a cgroup on a CPU,
# two addresses, was throttled, before each still period. The cgroups have only one CPU, and one
# above the other has the same times.
my (%traced, %times, %depth, $waits, $last);
for my $line ($out =~ /^TRACE (.*)$/mg) {
	my ($s, $us, $event) = $line =~ / (\d+)\.(\d{6}): (.*)/ or next;
	my $now = $s * 1_000_000 + $us;
	for my $queue (grep { $depth{$_} > 0 && $waits } keys %depth) {
		$times{$queue} += $now - $last;
	}
	$last = $now;
	if ($event =~ /STILL (\S+)$/) {
		$traced{$1} = max(values %times, 0);
		%times = ();
	} elsif ($event =~ /^sched_switch: .*prev_pid=(\d+) .*prev_state=(\S+) /) {
		$waits = $1 == $a && $2 =~ /^R/;
	} elsif ($event =~ /^(down|up): .*arg1=(\S+) arg2=(\S+)/) {
		$depth{"$2 $3"} += $1 eq 'down' ? 1 : -1;
	}
}

# A quota that throttles alpha's cgroup holds its vCPU, which always wants to run. If nothing else
# wants to run, the kernel looks for work on the other CPU, after it has throttled the cgroup, and
# before the vCPU leaves the CPU and waits. If this machine is busy, it takes ms: hence $percent.
sub quota
{
	my ($from, $to, $cgroup, $what, $percent) = @_;
	my $s = exact($from, $to, $a, $what);
	my ($shown, $stat) = ($s->{thieves}{"quota  $cgroup"}, ($throttled{$to}{$cgroup} - $throttled{$from}{$cgroup}) * 1000);
	if (%traced) {
		near($shown, $traced{$to} * 1000, $s->{stolen_ns}, "$what: the quota's time is that of waits while its cgroup was throttled");
		cmp_ok($shown, '>=', $stat, "$what: the quota's time is not less than that of cpu.stat");
	} else {
		near($shown, $stat, $s->{stolen_ns} * $percent, "$what: the quota's time is that for which its cgroup was throttled");
	}
	is_deeply([grep { /^quota/ } keys %{$s->{thieves}}], ["quota  $cgroup"], "$what: no other quota is named");
	return $s;
}

quota('alone-begin', 'alone-end', '/outer/inner', 'alpha with a quota', 3);
$s = quota('alone-end', 'both-end', '/outer/inner', 'alpha with a quota, beside beta', 1);
cmp_ok($s->{thieves}{'vm beta /'}, '>', 10_000_000, 'alpha with a quota, beside beta: beta takes time as well');
cmp_ok($s->{thieves}{'vm beta /'}, '<', grown('alone-end', 'both-end', $b, 0),
	'alpha with a quota, beside beta: what beta ran while the quota held alpha is not charged to beta');
quota('both-end', 'nested-end', '/outer', 'alpha with a quota above its cgroup', 1);
is_deeply([grep { ($_->{cpu_max} // '') ne ($_->{cause} eq 'quota' ? '40000 100000' : '') } map { @{$_->{thieves}} } @vcpus], [],
	'a quota, and nothing else, is shown with its cpu.max');

like($out, qr/^pvtime: top: the BPF program cannot be loaded: Operation not permitted; expected CAP_BPF and CAP_PERFMON\nUSER 1$/m,
	'a user without rights gets one line and status 1');
like($out, qr/^No VM is running\.\nNONE 0$/m, 'a host without VMs is reported as such');
like($out, qr/^VM alpha \(process $alpha\), in \d+ ns, guest's stolen time: (?:on|unknown)\n  vCPU 0, thread $a, CPU 1: ran \d+ ns \([\d.]+ %\), stolen \d+ ns \([\d.]+ %\)\n(?: +\d+  .*\n)* +0  unattributed\n/m,
	'the text has a line for each vCPU and thief') or diag $out =~ s{^(LINE|TRACE) .*\n}{}mgr;
like($out, qr{^ +\d+  quota of /outer, 40 ms in each 100 ms: raise cpu\.max from 40000 100000 to at least \d+ 100000$}m, 'the text says which cpu.max to raise');

done_testing;
