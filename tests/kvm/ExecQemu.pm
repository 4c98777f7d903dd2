# SPDX-License-Identifier: BSD-2-Clause
package ExecQemu;

# For tests/kvm/exec_{qemu,idle,smp,reboot}.t: Debian's QEMU, configured to give no stolen time,
# runs Linux guests under `pvtime exec`. The host has one CPU, and its time is the number of
# instructions, so no vCPU runs while the script reads its counters.

use strict;
use warnings;
use Exporter qw(import);
use Host;
use Test::More;

our @EXPORT = qw(on_host steal contended);

my $prelude = <<'END';
qemu='qemu-system-aarch64 -name guest,debug-threads=on -M virt,gic-version=3 -accel kvm -m 128M -no-user-config -nodefaults
	-display none -monitor none -serial stdio -kernel /Image -initrd /guest.cpio'
off='-cpu host,kvm-steal-time=off'
words='console=ttyAMA0 quiet kpti=off cryptomgr.notests'

# run NAME WORDS COMMAND...: run the command with WORDS on the guest's command line, and print its
# status and output.
run()
{
	name=$1
	append="$words $2"
	shift 2
	"$@" -append "$append" >/tmp/out 2>/tmp/err
	echo "[$name] $?"
	sed 's/^/out: /' /tmp/out
	sed 's/^/err: /' /tmp/err
}

# thread_of N: print the ID of QEMU's thread for vCPU N.
thread_of()
{
	for task in /proc/$pid/task/*; do
		[ "$(cat "$task/comm")" != "CPU $1/KVM" ] || echo "${task##*/}"
	done
}
spin() { while :; do :; done; }
sample()
{
	eval "tid=\$tid_$1"
	echo "sample $1 $(peek $pid $tid $((map + 64 * $1 + 8)))"
}
is_up() { grep -q ^BOOT /tmp/out; }
is_told() { [ "$(grep -c ^STEAL /tmp/out)" = "$1" ]; }

# contend VCPUS UNTIL COMPETITOR: run a guest whose vCPUs are busy until UNTIL, while COMPETITOR
# competes for the CPU, and sample the vCPUs meanwhile. Then the guest reports, and SIGTERM ends
# QEMU.
contend()
{
	>/tmp/out
	pvtime exec --verbose -- $qemu $off -smp "$1" -append "$words role=spin until=$2 report=$2 then=stay" >/tmp/out 2>/tmp/err &
	pid=$!
	wait_for is_up
	map=$(sed -n 's/^\([0-9a-f]*\)-.* rw-s .*dev.zero.*/0x\1/p' /proc/$pid/maps)
	grep TracerPid /proc/$pid/task/*/status | sed 's/.*\t/traced by /' | sort | uniq
	for vcpu in $(seq 0 $(($1 - 1))); do
		eval "tid_$vcpu=$(thread_of "$vcpu")"
	done
	$3 &
	busy=$!
	for round in 1 2 3; do
		for vcpu in $(seq 0 $(($1 - 1))); do
			sample "$vcpu"
		done
		sleep 0.4
	done
	kill $busy
	wait_for is_told "$1"
	kill -TERM $pid
	wait $pid
	echo "[contended_$1] $?"
	sed 's/^/out: /' /tmp/out
	sed 's/^/err: /' /tmp/err
}
END

# Run the script. Returns the status, out, err, samples, and all output of each `run NAME` and
# `contend`.
sub on_host
{
	my ($script) = @_;
	my $run = host_run(script => "$prelude$script", cpus => 1, icount => 1, qemu => 1, limit_s => 280,
		files => {'bin/peek' => "$build/tests-exec/peek", 'Image' => "$build/debian/Image", 'guest.cpio' => "$build/guest/initramfs.cpio"});
	is($run->{status}, 0, "the KVM host's script ends with status 0") or BAIL_OUT($run->{console});
	my $text = $run->{out} =~ s/\r//gr;
	my %run;
	while ($text =~ /((?:^(?:sample|traced) .*\n)*)^\[(\w+)\] (\d+)\n((?:(?:out|err): .*\n)*)/mg) {
		my ($samples, $name, $status, $lines) = ($1, $2, $3, $4);
		$run{$name} = {samples => $samples, status => $status, all => "$samples$lines",
			out => join("\n", $lines =~ /^out: (.*)/mg), err => join("\n", $lines =~ /^err: (.*)/mg)};
	}
	return %run;
}

# For each CPU, /proc/stat's ticks and the structure's nanoseconds, or `none` if Linux has not said
# "using stolen time PV" (guest/linux/init).
sub steal { return $_[0]{out} =~ /STEAL cpu=\d+ proc_ticks=(\d+) struct_ns=(\w+)/g }

# The differences of structure and run_delay, with their frequencies; and the growth of the
# structure from the first sample to the last.
sub differences
{
	my ($samples, $vcpu) = @_;
	my (%difference, @ns);
	while ($samples =~ /^sample $vcpu (\d+) (\d+)$/mg) {
		$difference{$1 - $2}++;
		push @ns, $1;
	}
	return (\%difference, @ns ? $ns[-1] - $ns[0] : 0);
}

sub contended
{
	my ($r, $vcpus) = @_;
	is($r->{status}, 0, 'QEMU under pvtime exec, ended by SIGTERM, has status 0') or diag $r->{all};
	like($r->{err}, qr/^pvtime: exec: gives stolen time to $vcpus vCPUs? at IPA 0x90a0000, /m,
		"pvtime exec reports that it gives stolen time to vCPUs: $vcpus");
	is(join(' ', $r->{samples} =~ /^traced by (\d+)$/mg), '0', 'QEMU has no tracer while its guest runs');
	for my $vcpu (0 .. $vcpus - 1) {
		my ($differences, $grown) = differences($r->{samples}, $vcpu);
		is(keys %$differences, 1, "structure minus run_delay of vCPU $vcpu is the same in all samples") or diag $r->{samples};
		is((values %$differences)[0], 3, "vCPU $vcpu has three samples");
		cmp_ok($grown, '>', 200_000_000, "the structure of vCPU $vcpu grows by more than 200 ms between the samples");
	}
	my @steal = steal($r);
	is(@steal, 2 * $vcpus, 'every CPU of the guest reports') or diag $r->{all};
	while (my ($ticks, $ns) = splice @steal, 0, 2) {
		like($ns, qr/^\d+$/, 'the guest uses stolen time');
		cmp_ok(abs($ticks * 10_000_000 - $ns), '<=', 20_000_000, '/proc/stat is within two ticks of the structure') or diag $r->{all};
	}
	is(keys %{(differences("sample 0 5 1\nsample 0 6 1\n", 0))[0]}, 2, 'samples whose differences change are told apart');
}

1;
