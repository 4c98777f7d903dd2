# SPDX-License-Identifier: BSD-2-Clause
package ExecQemu;

# For tests/kvm/exec_qemu*.t: Debian's QEMU, which is told to give no stolen time, with Linux guests
# under `pvtime exec`. The machine has one CPU, and its time is instructions: while the script
# looks, no vCPU runs.

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

# run NAME WORDS COMMAND...
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

# Of QEMU's thread for the vCPU: its ID.
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

# contend VCPUS UNTIL COMPETITOR: sample them, while they are busy until then and that competes for
# the CPU; then they report, and QEMU is told to end.
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

# What each `run NAME` and `contend` of the script printed: its status, out, err, the samples before
# it, and all of it.
sub on_host
{
	my ($script) = @_;
	my $run = host_run(script => "$prelude$script", cpus => 1, icount => 1, qemu => 1, limit_s => 280,
		files => {'bin/peek' => "$build/libpvtime-kvm/tests/peek", 'Image' => "$build/debian/Image", 'guest.cpio' => "$build/guest/initramfs.cpio"});
	is($run->{status}, 0, 'the script has ended') or BAIL_OUT($run->{console});
	my $text = $run->{out} =~ s/\r//gr;
	my %run;
	while ($text =~ /((?:^(?:sample|traced) .*\n)*)^\[(\w+)\] (\d+)\n((?:(?:out|err): .*\n)*)/mg) {
		my ($samples, $name, $status, $lines) = ($1, $2, $3, $4);
		$run{$name} = {samples => $samples, status => $status, all => "$samples$lines",
			out => join("\n", $lines =~ /^out: (.*)/mg), err => join("\n", $lines =~ /^err: (.*)/mg)};
	}
	return %run;
}

# /proc/stat's ticks and the structure's nanoseconds for each CPU. Linux says "using stolen time
# PV", and then reads its structure, or it does neither (guest/linux/init).
sub steal { return $_[0]{out} =~ /STEAL cpu=\d+ proc_ticks=(\d+) struct_ns=(\w+)/g }

# Structure minus run_delay, as often as it was seen; and what the structure grew by from the first
# sample to the last.
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
	is($r->{status}, 0, 'QEMU, ended by SIGTERM, has its status') or diag $r->{all};
	like($r->{err}, qr/^pvtime: exec: gives stolen time to $vcpus vCPUs? at IPA 0x90a0000, /m, 'it says what is done');
	is(join(' ', $r->{samples} =~ /^traced by (\d+)$/mg), '0', 'nobody traces a QEMU whose guest runs');
	for my $vcpu (0 .. $vcpus - 1) {
		my ($differences, $grown) = differences($r->{samples}, $vcpu);
		is(keys %$differences, 1, "vCPU $vcpu: structure minus run_delay is always the same") or diag $r->{samples};
		is((values %$differences)[0], 3, "vCPU $vcpu: in three samples");
		cmp_ok($grown, '>', 200_000_000, "vCPU $vcpu: meanwhile it was kept waiting");
	}
	my @steal = steal($r);
	is(@steal, 2 * $vcpus, 'every CPU reports') or diag $r->{all};
	while (my ($ticks, $ns) = splice @steal, 0, 2) {
		like($ns, qr/^\d+$/, 'the guest uses it');
		cmp_ok(abs($ticks * 10_000_000 - $ns), '<=', 20_000_000, '/proc/stat agrees within two ticks') or diag $r->{all};
	}
	is(keys %{(differences("sample 0 5 1\nsample 0 6 1\n", 0))[0]}, 2, 'a difference that changes is found out');
}

1;
