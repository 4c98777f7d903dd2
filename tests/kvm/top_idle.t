#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime top` and a CPU that is idle while a vCPU is queued on it: it wakes up late. The vCPU
# is alone on its CPU, so that all that it waits for is the idle CPU, or a thread of the kernel. The
# kernel's trace says how long. The host's time is the number of instructions, so that a run does
# not depend on this machine's load.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use List::Util qw(sum0);
use Test::More;
use Top;

# The vCPU is stopped and continued at once, again and again; the other threads of the VM are on CPU
# 0. QEMU executes one CPU of the host for up to 4 ms, and then the other one: so long, CPU 1 may
# not see that it has a thread to run. Without TTWU_QUEUE, CPU 0 puts the vCPU into the queue of CPU
# 1, and it waits there from then on; otherwise CPU 1 would do that itself, when it wakes up.
my $script = <<'END';
trace=/sys/kernel/tracing
mount -t tracefs tracefs $trace
mount -t debugfs debugfs /sys/kernel/debug
echo mono >$trace/trace_clock
echo 16384 >$trace/buffer_size_kb
echo NO_TTWU_QUEUE >/sys/kernel/debug/sched/features
watch 0.5
fast_vm alpha 1 0; a=$(vcpu $alpha)
for t in /proc/$alpha/task/*; do [ "${t##*/}" = "$a" ] || taskset -p 1 "${t##*/}" >/dev/null; done
echo "VCPUS $a"
still begin $alpha
for e in sched_switch sched_wakeup; do echo 1 >$trace/events/sched/$e/enable; done
i=0
while [ $i -lt 1000 ]; do
	kill -CONT $alpha
	kill -STOP $alpha
	i=$((i + 1))
done
wait_for stopped $alpha
echo 0 >$trace/tracing_on
still end $alpha
kill $top
for cpu in 0 1; do echo "LOST $(sed -n 's/^overrun: //p' $trace/per_cpu/cpu$cpu/stats)"; done
sed -n '/: sched_\(wakeup\|switch\): /s/^/TRACE /p' $trace/trace
END

my $seen = top_run(script => $script, truths => ['top_vm'], icount => 1, cpus => 2, limit_s => 250, least => 4);
my $out = $seen->{out};
my ($a) = $out =~ /^VCPUS (\d+)$/m or BAIL_OUT('no vCPUs');
is_deeply([$out =~ /^LOST (\d+)$/mg], [0, 0], 'the trace has lost nothing');

# How long each thread ran on CPU 1 while the vCPU was in its queue.
my ($since, $waits, %ran) = (undef, 0);
for ($out =~ /^TRACE (.*)$/mg) {
	my ($cpu, $now, $event) = / \[(\d+)\] .*? (\d+\.\d+): (.*)$/ or next;
	if ($event =~ /^sched_wakeup: .* pid=$a /) {
		$since = $now;
	} elsif ($cpu == 1 && $event =~ /^sched_switch: .*prev_pid=(\d+) .*prev_state=(\S+) .*next_pid=(\d+) /) {
		my ($prev, $state, $next) = ($1, $2, $3);
		if (defined $since && $prev != $a) {
			$ran{$prev} += ($now - $since) * 1e9;
			$waits += $prev == 0;
		}
		my $queued = $prev == $a ? $state =~ /^R/ : defined $since && $next != $a;
		$since = $queued ? $now : undef;
	}
}
my $s = exact('begin', 'end', $a, 'a CPU that wakes up late');
my $what = 'a CPU that wakes up late';
note "it woke up in $waits waits";
cmp_ok($waits, '>=', 10, "$what: the vCPU is queued while its CPU is idle, ten times or more");
cmp_ok($s->{causes}{idle}, '>', 20_000_000, "$what: more than 20 ms of that are stolen");
is($s->{causes}{idle} + $s->{causes}{kernel}, $s->{stolen_ns}, "$what: all that is stolen is due to the idle CPU or to threads of the kernel");
my $threads = sum0(map { $ran{$_} } grep { $_ != 0 } keys %ran);
near($s->{causes}{kernel}, $threads, $s->{stolen_ns}, "$what: how long threads of the kernel ran before the vCPU");
near($s->{causes}{idle}, grown('begin', 'end', $a, 1) - $threads, $s->{stolen_ns}, "$what: how long it was idle, which is the rest of run_delay");

# Linux does not always look at the clock again when an idle CPU begins to run a thread. Then the
# thread's run_delay lacks the end of the wait.
my $part = $s->{causes}{idle} / ($ran{0} || 1);
note sprintf 'by the trace, it was idle for %.3f ms', $ran{0} / 1e6;
ok($part > 0.8 && $part < 1.01, "$what: how long it was idle is not more than by the trace, and not much less") or diag $part;
table();

done_testing;
