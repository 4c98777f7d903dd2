#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: pvtime exec on Debian's kernel at EL2, with tests/kvm/exec_vmm.c, a VMM whose arguments say
# what it does: which guests get stolen time and at which address, which VMMs are left alone, and
# that the VMM is not affected. tests/kvm/exec_qemu.t has a real VMM and real guests.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Test::More;

# A devicetree like a VMM's, for 4 MiB of RAM at 0x40000000. Devices in different kinds of nodes
# occupy the lowest 64 KiB granules.
my $dts = spew("$tmp/guest.dts", <<'END');
/dts-v1/;
/memreserve/ 0x40000 0x1000;
/ {
	#address-cells = <2>;
	#size-cells = <2>;
	memory@40000000 { device_type = "memory"; reg = <0 0x40000000 0 0x400000>; };
	serial@10000 { reg = <0 0x10000 0 0x1000>; };
	bus { #address-cells = <1>; #size-cells = <1>; ranges = <0 0 0x20000 0x10000>; };
	flat { #address-cells = <1>; #size-cells = <1>; ranges; rtc@3f000 { reg = <0x3f000 0x10>; }; };
};
END
system('dtc', '-q', '-I', 'dts', '-O', 'dtb', '-o', "$tmp/guest.dtb", $dts) == 0 or die 'dtc failed';

# run NAME COMMAND...: run the command, and print its status and output. A separate process writes
# the reports of pvtime exec; the pipe to cat makes the script wait until that process has ended,
# too.
my $script = <<'END';
run()
{
	name=$1
	shift
	{ "$@" >/tmp/out; echo $? >/tmp/status; } 2>&1 | cat >/tmp/err
	echo "[$name] $(cat /tmp/status)"
	sed 's/^/out: /' /tmp/out
	sed 's/^/err: /' /tmp/err
}
traced() { [ "$(sed -n 's/^TracerPid:\t//p' "/proc/$1/status")" != 0 ]; }
is_ready() { grep -q ready /tmp/out; }
is_stopped() { grep -q '^State:	[tT]' "/proc/$1/status"; }
is_asked() { grep -q x0= /tmp/out; }
are_asked() { [ "$(grep -c x0= /tmp/out)" = 2 ]; }

run plain vmm vcpus=2 maps
run given pvtime exec --ipa 0x50000000 -- vmm vcpus=2 maps
run verbose pvtime exec --verbose --ipa 0x50000000 -- vmm vcpus=4
run dry pvtime exec --dry-run --ipa 0x50000000 -- vmm vcpus=2 maps
run fdt pvtime exec -- vmm vcpus=2 fdt=/guest.dtb
run ipa_taken pvtime exec --ipa 0x40000 -- vmm fdt=/guest.dtb
run ipa_ram pvtime exec --ipa 0x40010000 -- vmm
run ipa_far pvtime exec --ipa 0x10000000000 -- vmm
run nothing pvtime exec -- vmm
run off pvtime exec -- vmm vcpus=2 off fdt=/guest.dtb
run scratch pvtime exec --ipa 0x50000000 -- vmm scratch
run dup pvtime exec --ipa 0x50000000 -- vmm dup
run own pvtime exec --ipa 0x60010000 -- vmm own
run deny pvtime exec --ipa 0x50000000 -- vmm deny
run slots pvtime exec --verbose --ipa 0x50000000 -- vmm slots
run child pvtime exec --ipa 0x50000000 -- vmm child
run wrapped pvtime exec --ipa 0x50000000 -- sh -c 'true; vmm exit=5; echo "then $?"; exit 6'
run both pvtime exec --ipa 0x50000000 -- sh -c 'vmm; vmm'
run twin pvtime exec --ipa 0x50000000 -- vmm twin
run helper pvtime exec --ipa 0x50000000 -- vmm helper
run thread pvtime exec --ipa 0x50000000 -- vmm thread vmm vcpus=2
run late pvtime exec --ipa 0x50000000 -- vmm vcpus=2 late
run parked pvtime exec --ipa 0x50000000 -- vmm vcpus=2 parked
run watched pvtime exec --ipa 0x50000000 -- vmm tracer
run unoffered vmm unoffered pvtime exec --ipa 0x50000000 -- vmm tracer exit=7
run unoffered_verbose vmm unoffered pvtime exec --verbose --dry-run -- vmm
run unoffered_missing vmm unoffered pvtime exec -- /no/such/vmm
run masked pvtime exec --ipa 0x50000000 -- vmm masked
run status pvtime exec --ipa 0x50000000 -- vmm exit=7
run abort pvtime exec --ipa 0x50000000 -- vmm abort
run missing pvtime exec -- /no/such/vmm
run directory pvtime exec -- /tmp
run no_vm pvtime exec -- sh -c 'exit 9'

run reboot pvtime exec --ipa 0x50000000 -- vmm vcpus=2 reboot
run reboot_again pvtime exec --again --ipa 0x50000000 -- vmm vcpus=2 reboot tracer
run twin_again pvtime exec --again --ipa 0x50000000 -- vmm twin
run both_again pvtime exec --again --ipa 0x50000000 -- sh -c 'vmm; vmm'
run parked_again pvtime exec --again --ipa 0x50000000 -- vmm vcpus=2 parked
run off_again pvtime exec --again -- vmm vcpus=2 off fdt=/guest.dtb
run scratch_again pvtime exec --again --ipa 0x50000000 -- vmm scratch
run confined_again pvtime exec --again --ipa 0x50000000 -- vmm vcpus=2 confine
run no_cap_again vmm drop pvtime exec --again --ipa 0x50000000 -- vmm reboot
run no_cap_confined_again vmm drop pvtime exec --again --ipa 0x50000000 -- vmm confine

run restored pvtime exec --ipa 0x50000000 -- vmm vcpus=2 ran
while :; do :; done &
competitor=$!
run goes_on pvtime exec --stolen 5000000000,70000000 --ipa 0x50000000 -- vmm vcpus=2 ran burn stolen tracer
run goes_on_again pvtime exec --again --stolen 5000000000,70000000 --ipa 0x50000000 -- vmm vcpus=2 ran burn stolen
kill $competitor
run too_few pvtime exec --stolen 5000000000 --ipa 0x50000000 -- vmm vcpus=2 ran

run confined vmm confine
run extra vmm confine extra
run confined_exec pvtime exec --ipa 0x50000000 -- vmm vcpus=2 confine
run confined_extra pvtime exec --ipa 0x50000000 -- vmm vcpus=2 confine extra
run no_cap vmm drop pvtime exec --ipa 0x50000000 -- vmm vcpus=2 confine
run no_cap_free vmm drop pvtime exec --ipa 0x50000000 -- vmm vcpus=2
run no_cap_dry vmm drop pvtime exec --dry-run --ipa 0x50000000 -- vmm confine

run sigchld vmm ignore pvtime exec --ipa 0x50000000 -- vmm child
chmod 666 /dev/kvm
yama=/proc/sys/kernel/yama/ptrace_scope
echo 1 >$yama
run yama_1 vmm nobody pvtime exec --ipa 0x50000000 -- vmm
run yama_1_confined vmm nobody pvtime exec --ipa 0x50000000 -- vmm confine
echo 2 >$yama
run yama_2 vmm nobody pvtime exec --ipa 0x50000000 -- vmm
run yama_2_root pvtime exec --ipa 0x50000000 -- vmm
echo 1 >$yama
mkdir /tmp/rights
mount -t tmpfs rights /tmp/rights
cp /bin/vmm /tmp/rights/capable
vmm capable /tmp/rights/capable
cp /bin/vmm /tmp/rights/setuid
chmod u+s /tmp/rights/setuid
run capable_plain vmm nobody /tmp/rights/capable rights
run capable vmm nobody pvtime exec --ipa 0x50000000 -- /tmp/rights/capable rights
run capable_root pvtime exec --ipa 0x50000000 -- /tmp/rights/capable rights
run capable_again vmm nobody pvtime exec --again --ipa 0x50000000 -- /tmp/rights/capable rights
run found_again vmm nobody env PATH=/none:/tmp/rights /bin/pvtime exec --again --ipa 0x50000000 -- capable rights
run nobody_again vmm nobody pvtime exec --again --ipa 0x50000000 -- vmm reboot
run setuid vmm nobody pvtime exec --ipa 0x50000000 -- /tmp/rights/setuid rights
run setuid_first vmm nobody pvtime exec --ipa 0x50000000 -- sh -c '/tmp/rights/setuid rights; vmm rights'
mount -o remount,nosuid /tmp/rights
run nosuid vmm nobody pvtime exec --ipa 0x50000000 -- /tmp/rights/setuid rights
chmod 600 /dev/kvm
run no_access vmm nobody pvtime exec -- vmm

begin()
{
	begin_with "" "$@"
}
begin_with()
{
	options=$1
	shift
	>/tmp/out
	rm -f /tmp/fifo
	mkfifo /tmp/fifo
	cat /tmp/fifo >/tmp/err &
	cat=$!
	pvtime exec $options --ipa 0x50000000 -- vmm vcpus=2 "$@" >/tmp/out 2>/tmp/fifo &
	pid=$!
}
end()
{
	wait $pid
	status=$?
	[ $# = 1 ] || wait_for "$2"
	wait $cat
	echo "[$1] $status"
	sed 's/^/out: /' /tmp/out
	sed 's/^/err: /' /tmp/err
}

begin daemon tracer
end daemon are_asked

# Standard error is a full pipe when pvtime exec reports.
mkfifo /tmp/full
exec 3<>/tmp/full
dd if=/dev/zero of=/tmp/full bs=4096 count=16 2>/dev/null
pvtime exec --verbose --ipa 0x50000000 -- vmm 2>/tmp/full | sed 's/^/beside a full pipe: /'
head -c 65536 <&3 >/dev/null
read -r line <&3 && echo "afterwards: $line"
exec 3<&-

begin pause
wait_for is_ready
grep -q "ready $pid" /tmp/out && echo "the VMM has the PID of pvtime exec"
tracer=$(sed -n 's/^TracerPid:\t//p' /proc/$pid/status)
echo "tracer $(awk '{ print $4, $6 == $1 }' "/proc/$tracer/stat") $(ls /proc/$tracer/fd | tr '\n' ' ')"
kill -STOP $pid
wait_for is_stopped $pid
kill -USR1 $pid
is_stopped $pid && ! grep -q got /tmp/out && echo "the VMM stays stopped"
kill -CONT $pid
end signals

begin pause
wait_for is_ready
kill -TERM $pid
end term

begin pause
wait_for is_ready
tracer=$(sed -n 's/^TracerPid:\t//p' /proc/$pid/status)
kill -KILL "$tracer"
gone() { ! [ -e "/proc/$1" ]; }
wait_for gone "$tracer"
kill -USR1 $pid
end killed_before

begin pause
wait_for is_ready
tracer=$(sed -n 's/^TracerPid:\t//p' /proc/$pid/status)
kill -STOP $pid
wait_for is_stopped $pid
kill -KILL "$tracer"
wait_for gone "$tracer"
is_stopped $pid && echo "the VMM is still stopped after its tracer's end"
kill -CONT $pid
kill -USR1 $pid
end killed_stopped

begin_with --again pause reboot
wait_for is_ready
tracer=$(sed -n 's/^TracerPid:\t//p' /proc/$pid/status)
kill -KILL "$tracer"
wait_for gone "$tracer"
kill -USR1 $pid
end killed_again

switches() { sed -n 's/.*ctxt_switches:\t//p' "/proc/$1/status" | tr '\n' ' '; }
begin_with --again loop
wait_for are_asked
tracer=$(sed -n 's/^TracerPid:\t//p' /proc/$pid/status)
before=$(switches $tracer)
vmm_before=$(switches $pid)
has_run() { [ "$(switches $pid)" != "$vmm_before" ]; }
wait_for has_run
sleep 1
[ "$(switches $tracer)" = "$before" ] && echo "the tracer does not run"
kill -KILL $pid
end after_again

begin loop
wait_for is_asked
tracers() { ps | grep -v grep | grep -c 'pvtime exec'; }
is_free() { ! traced $pid && [ "$(tracers)" = 0 ]; }
wait_for is_free && echo "the VMM is not traced, and no tracer is left"
kill -KILL $pid
end after

mv /dev/kvm /dev/none
run no_kvm pvtime exec -- vmm
END

my $run = host_run(script => $script, cpus => 1, icount => 1, limit_s => 280,
	files => {'bin/vmm' => "$build/tests-exec/exec_vmm", 'guest.dtb' => "$tmp/guest.dtb"});
is($run->{status}, 0, "the KVM host's script ends with status 0") or BAIL_OUT($run->{console});
my $text = $run->{out} =~ s/\r//gr;
my %run;
while ($text =~ /^\[(\w+)\] (\d+)\n((?:(?:out|err): .*\n)*)/mg) {
	my ($name, $status, $lines) = ($1, $2, $3);
	$run{$name} = {status => $status, all => $lines,
		out => join('', map { "$_\n" } $lines =~ /^out: (.*)/mg),
		err => join('', map { "$_\n" } $lines =~ /^err: (.*)/mg)};
}

# ran NAME, STATUS, OUT, ERR: the run has exactly this status and output. OUT and ERR are texts, or
# patterns for the whole output.
sub ran
{
	my ($name, $status, $out, $err) = @_;
	my $r = $run{$name};
	return fail("$name: the script has run it") if !$r;
	is($r->{status}, $status, "$name: the status is $status") or diag $r->{all};
	for (['out', $out], ['err', $err]) {
		my ($which, $want) = @$_;
		if (ref $want) {
			like($r->{$which}, qr/\A$want\z/, "$name: std$which matches in full");
		} else {
			is($r->{$which}, $want, "$name: std$which is as expected");
		}
	}
}

my $none = '0x' . 'f' x 16; # NOT_SUPPORTED
sub answers { my $n = 0; return join '', map { 'vcpu ' . $n++ . " x0=$_\n" } @_ }
my $no = qr/pvtime: exec: the guest gets no stolen time: /;

ran('plain', 0, answers($none, $none) . "maps $1 $1\n", '') if ($run{plain}{out} // '') =~ /maps (\d+)/;
my ($maps) = ($run{plain}{out} // '') =~ /maps (\d+) \1\n/;
ok($maps, 'plain: running the vCPUs adds no mapping');

ran('given', 0, answers('0x50000000', '0x50000040') . "maps $maps " . ($maps + 1) . "\n", '');
ran('verbose', 0, answers('0x50000000', '0x50000040', '0x50000080', '0x500000c0'),
	qr/pvtime: exec: gives stolen time to 4 vCPUs at IPA 0x50000000, memory slot \d+: as --ipa says\n/);
ran('dry', 0, answers($none, $none) . "maps $maps $maps\n",
	qr/pvtime: exec: would give stolen time to 2 vCPUs at IPA 0x50000000, memory slot \d+: as --ipa says\n/);
ran('fdt', 0, answers('0x50000', '0x50040'),
	qr/pvtime: exec: gives stolen time to 2 vCPUs at IPA 0x50000, .*: the lowest 64 KiB outside every memory slot and FDT node\n/);
ran('ipa_taken', 0, answers($none), qr/$no--ipa: 0x40000 is taken by .*FDT names\n/);
ran('ipa_ram', 0, answers($none), qr/$no--ipa: 0x40010000 is taken by a memory slot.*\n/);
ran('ipa_far', 0, answers($none), qr/$no--ipa: 0x10000000000 is beyond the VM's address space\n/);
ran('nothing', 0, answers($none), qr/$no.*x0 of vCPU 0 does not point to an FDT.*expected --ipa ADDR\n/);
ran('off', 0, answers('0x50000'), qr/pvtime: exec: gives stolen time to 2 vCPUs at IPA 0x50000, .*\n/);
ran('scratch', 0, answers('0x50000000'), '');
ran('dup', 0, answers('0x50000000'), '');
ran('own', 0, answers('0x50000000'), "pvtime: exec: the VMM gives its guest stolen time itself; pvtime changes nothing\n");
ran('deny', 0, answers($none), qr/pvtime: exec: the VMM denies its guest the calls .*; pvtime changes nothing\n/);
my ($slot) = ($run{verbose}{err} // '') =~ /slot (\d+)/;
my ($other) = ($run{slots}{err} // '') =~ /slot (\d+)/;
is($other, $slot - 1, 'slots: pvtime exec uses the highest free memory slot');
ran('child', 0, "children 0\n" . answers('0x50000000'), '');
ran('wrapped', 6, answers('0x50000000') . "then 5\n", '');

# Of several VMs, the first that runs gets stolen time, whichever process has made it.
ran('both', 0, answers('0x50000000') . answers($none), '');
ran('twin', 0, answers('0x50000000') . "twin 0\n" . answers($none),
	"pvtime: exec: 2 VMs found; only the first to run gets stolen time; --again gives it to each\n");
ran('helper', 0, answers('0x50000000'), '');
ran('daemon', 0, "traced\n" . answers('0x50000000', '0x50000040'), '');
ran('thread', 0, answers('0x50000000', '0x50000040'), '');
ran('late', 0, answers('0x50000000', $none), '');
ran('parked', 0, answers('0x50000000', '0x50000040'), '');

# With --again, each VM gets stolen time.
my $two = answers('0x50000000', '0x50000040');
ran('reboot', 0, $two . answers($none, $none) x 2, '');
ran('reboot_again', 0, "traced\n" . $two x 3, '');
ran('twin_again', 0, answers('0x50000000') . "twin 0\n" . answers('0x50000000'), '');
ran('both_again', 0, answers('0x50000000') x 2, '');
ran('parked_again', 0, $two, '');
ran('off_again', 0, answers('0x50000'), qr/pvtime: exec: gives stolen time to 2 vCPUs at IPA 0x50000, .*\n/);
ran('scratch_again', 0, answers('0x50000000'), '');
ran('confined_again', 0, $two, '');
ran('no_cap_again', 0, answers('0x50000000') x 3, '');
ran('no_cap_confined_again', 0, answers($none), qr/$no.*a seccomp filter confines the VMM.*CAP_SYS_ADMIN.*\n/);
my $loses = '--again would remove them, because it sets no_new_privs; expected CAP_SYS_ADMIN and CAP_SYS_PTRACE';
ran('capable_again', 2, '', qr!pvtime: exec: --again: /tmp/rights/capable has file capabilities; $loses\n!);
ran('found_again', 2, '', qr!pvtime: exec: --again: capable has file capabilities; $loses\n!);
ran('nobody_again', 0, answers('0x50000000') x 3, '');
ran('killed_again', 3, qr/ready \d+\ngot SIGUSR1\n\Q${\answers($none, $none)}\E/, qr/.*KVM_CREATE_VM: Function not implemented\n/);
like($text, qr/^the tracer does not run$/m, 'again: after the VM has got stolen time, its vCPUs run without stopping for the tracer');
ran('after_again', 137, $two, qr/(?:Killed\n)?/);

# A guest that was restored. KVM adds all the time that the vCPU's thread has waited for a CPU since
# its creation, 200 ms here.
my $ones = answers('0x1', '0x1');
ran('restored', 0, $ones, qr/pvtime: exec: the guest has run before: .*that restarts at 0 here; --stolen NS\[,NS\.\.\.\] continues it\n/);
for my $name ('goes_on', 'goes_on_again') {
	my $traced = $name eq 'goes_on' ? "traced\n" : '';
	ran($name, 0, qr/$traced${ones}stolen \d+\nstolen \d+\n/, '');
	my @ns = ($run{$name}{out} // '') =~ /^stolen (\d+)/mg;
	for (0, 1) {
		my $more = ($ns[$_] // 0) - (5_000_000_000, 70_000_000)[$_];
		ok($more >= 0 && $more < 100_000_000, "$name: vCPU ${_}'s stolen time continues from the number of --stolen") or diag "it is $more ns more";
	}
}
ran('too_few', 0, $ones, qr/$no--stolen has 1 number, and the VM a vCPU 1; expected one for each\n/);

# A host whose KVM does not offer stolen time.
my $unoffered = "pvtime: exec: the guest gets no stolen time: this host's KVM does not offer it (KVM_CAP_STEAL_TIME)\n";
ran('watched', 0, "traced\n" . answers('0x50000000'), '');
ran('unoffered', 7, "untraced\n" . answers($none), $unoffered);
ran('unoffered_verbose', 0, answers($none), $unoffered);
ran('unoffered_missing', 127, '', "${unoffered}pvtime: exec: /no/such/vmm: No such file or directory\n");

ran('masked', 0, answers('0x50000000') . "pending USR2\n", '');
ran('status', 7, answers('0x50000000'), '');
ran('abort', 134, answers('0x50000000'), qr/(?:Aborted\n)?/);
ran('missing', 127, '', "pvtime: exec: /no/such/vmm: No such file or directory\n");
ran('directory', 126, '', "pvtime: exec: /tmp: Permission denied\n");
ran('no_vm', 9, '', '');
ran('no_kvm', 2, '', "pvtime: exec: needs an arm64 host with KVM: /dev/kvm: No such file or directory\n");

# The VMM's seccomp filter kills, and is in force before and after pvtime exec gives stolen time.
ran('confined', 0, answers($none), '');
ran('extra', 159, '', qr/(?:Bad system call\n)?/);
ran('confined_exec', 0, answers('0x50000000', '0x50000040'), '');
ran('confined_extra', 159, '', qr/(?:Bad system call\n)?/);
ran('no_cap', 0, answers($none, $none), qr/$no.*a seccomp filter confines the VMM.*CAP_SYS_ADMIN.*\n/);
ran('no_cap_free', 0, answers('0x50000000', '0x50000040'), '');
ran('no_cap_dry', 0, answers($none), qr/$no.*a seccomp filter confines the VMM.*CAP_SYS_ADMIN.*\n/);

# The caller may ignore SIGCHLD, and need not be root.
ran('sigchld', 0, "children 0\n" . answers('0x50000000'), '');
ran('yama_1', 0, answers('0x50000000'), '');
ran('yama_1_confined', 0, answers($none), qr/$no.*a seccomp filter confines the VMM.*\n/);
ran('yama_2', 2, '', qr/pvtime: exec: cannot trace the VMM: \S+ptrace_scope is 2; expected 0 or 1, or CAP_SYS_PTRACE\n/);
ran('yama_2_root', 0, answers('0x50000000'), '');
ran('no_access', 2, '', "pvtime: exec: needs an arm64 host with KVM: /dev/kvm: Permission denied\n");

# File capabilities and set-user-ID bits, which Linux ignores if an unprivileged user traces the
# program.
my $alone = qr/, which Linux ignores in a process traced without CAP_SYS_PTRACE: tracing stops, and what it runs gets no stolen time\n/;
ran('capable_plain', 0, "euid 65534, CAP_NET_ADMIN 1\n" . answers($none), '');
ran('capable', 0, "euid 65534, CAP_NET_ADMIN 1\n" . answers($none), qr!pvtime: exec: /tmp/rights/capable has file capabilities$alone!);
ran('capable_root', 0, "euid 0, CAP_NET_ADMIN 1\n" . answers('0x50000000'), '');
ran('setuid', 0, "euid 0, CAP_NET_ADMIN 1\n" . answers($none), qr!pvtime: exec: /tmp/rights/setuid has the set-user-ID bit$alone!);
ran('setuid_first', 0, "euid 0, CAP_NET_ADMIN 1\n" . answers($none) . "euid 65534, CAP_NET_ADMIN 0\n" . answers('0x50000000'),
	qr!pvtime: exec: /tmp/rights/setuid has the set-user-ID bit$alone!);
ran('nosuid', 0, "euid 65534, CAP_NET_ADMIN 0\n" . answers('0x50000000'), '');

like($text, qr/^beside a full pipe: vcpu 0 x0=0x50000000$/m, 'the guest runs although standard error is a full pipe');
like($text, qr/^afterwards: pvtime: exec: gives stolen time to 1 vCPU at /m, 'pvtime exec writes its report when the full pipe has room');
my $answers = answers('0x50000000', '0x50000040');
like($text, qr/^the VMM has the PID of pvtime exec$/m, 'the VMM has the PID of pvtime exec');
like($text, qr/^tracer 1 1 0 1 2 $/m, "the tracer is a child of init, has its own session, and keeps only files 0 to 2 open");
like($text, qr/^the VMM stays stopped$/m, 'a VMM that SIGSTOP has stopped stays stopped when SIGUSR1 comes');
ran('signals', 0, qr/ready \d+\ngot SIGUSR1\n$answers/, '');
ran('term', 143, qr/ready \d+\n/, qr/(?:Terminated\n)?/);
ran('killed_before', 0, qr/ready \d+\ngot SIGUSR1\n\Q${\answers($none, $none)}\E/, '');
like($text, qr/^the VMM is still stopped after its tracer's end$/m, 'a stopped VMM whose tracer is killed stays stopped');
ran('killed_stopped', 0, qr/ready \d+\ngot SIGUSR1\n\Q${\answers($none, $none)}\E/, '');
like($text, qr/^the VMM is not traced, and no tracer is left$/m, 'once the guest runs, the VMM is not traced and no tracer is left');
ran('after', 137, $answers, qr/(?:Killed\n)?/);

# The comparison above can fail.
unlike(answers($none), qr/\A\Q${\answers('0x50000000')}\E\z/, 'the output of a guest without stolen time does not match that of a guest with it');

done_testing;
