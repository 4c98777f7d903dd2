# SPDX-License-Identifier: BSD-2-Clause
package Lab;

# Labs on a host with KVM (Host.pm): shell functions for the scripts of several tests, and functions
# that read the output of these scripts.

use strict;
use warnings;
use Exporter qw(import);
use Host;

our @EXPORT = qw(labs_run vcpu ended ms $steal_lab);

# start_lab NAME OPTION...: start the lab of that name in the background. Its consoles go to /tmp/c,
# its ledger to /tmp/json, its standard output to /tmp/printed, its standard error to /tmp/said; its
# standard input is /tmp/input, if that exists. end_lab: wait for the lab to end, and print all
# these files. lab NAME OPTION...: both.
#
# $lab is the process of `pvtime lab`; find_vmm sets $vmm to the process of the VMM. vcpus lists the
# threads of the vCPUs in the lab's order; has_vcpus succeeds once there are any.
#
# begin_steal: start $busy on CPU 1, a competitor that computes, and stop it; and start the lab
# `steal` ($steal_lab), whose vCPU spins there, in thread $tid. All other processes use CPU 0. The
# VMM has the structures at address $region. end_steal: the guest ends, and the lab with it.
my $prelude = <<'END';
start_lab()
{
	lab_name=$1
	shift
	[ -e /tmp/input ] || : >/tmp/input
	pvtime lab --on kvm --console-dir /tmp/c --json /tmp/json "$@" "/labs/$lab_name" </tmp/input >/tmp/printed 2>/tmp/said &
	lab=$!
}
find_vmm()
{
	for p in /proc/[0-9]*; do
		if grep -q "^PPid:[[:space:]]*$lab$" "$p/status" 2>/dev/null; then
			vmm=${p#/proc/}
			return 0
		fi
	done
	return 1
}
vcpus()
{
	for t in /proc/$vmm/task/*; do
		[ "${t##*/}" = "$vmm" ] || echo "${t##*/}"
	done | sort -n
}
has_vcpus() { [ -n "$(vcpus)" ]; }
# delay TID: how long the thread has waited for a CPU, in ns.
delay() { cut -d' ' -f2 "/proc/$vmm/task/$1/schedstat"; }
# has_console NAME PATTERN
has_console() { grep -q "$2" "/tmp/c/$1.log"; }
end_lab()
{
	wait "$lab"
	echo "LAB $lab_name $?"
	for f in /tmp/c/*.log; do
		sed "s|^|CONSOLE ${f##*/}: |" "$f"
		echo
	done
	sed 's/^/PRINTED /' /tmp/printed
	sed 's/^/SAID /' /tmp/said
	echo "JSON $(cat /tmp/json)"
	rm -rf /tmp/c /tmp/json /tmp/said /tmp/printed /tmp/input
}
lab() { start_lab "$@"; end_lab; }
begin_steal()
{
	taskset -p 1 $$ >/dev/null
	taskset -c 1 sh -c 'while :; do :; done' &
	busy=$!
	kill -STOP $busy
	busybox mkfifo /tmp/input
	start_lab steal --attach a
	exec 3<>/tmp/input
	wait_for has_console a BOOT
	find_vmm || exit 1
	tid=$(vcpus)
	region=$(sed -n 's/^\([0-9a-f]*\)-.* .*memfd:pvtime .*/\1/p' /proc/$vmm/maps)
}
end_steal()
{
	echo >&3
	end_lab
	exec 3>&-
}
END

our $steal_lab = "[vm a]\nkernel = ../Image\ninitrd = ../initramfs.cpio\n" .
	"append = console=ttyAMA0 quiet kpti=off cryptomgr.notests role=spin until=line\npin = 1\n";

# labs_run(labs => {NAME => TEXT, ...}, script => TEXT, and the options of host_run()). `guests`
# names the guests of build/guest to add (a lab finds each as ../NAME.img), and linux => 1 adds
# Debian's kernel and the initramfs. Returns the result of host_run() in {host}, and for each lab in
# {NAME}: status, console by VM, printed, said, ledger. The status of a lab that has not ended is
# 'none'.
sub labs_run
{
	my (%how) = @_;
	my %files = (%{$how{files} // {}}, map { ("labs/$_" => \$how{labs}{$_}) } keys %{$how{labs}});
	$files{"$_.img"} = "$build/guest/$_.img" for @{$how{guests} // []};
	@files{qw(Image initramfs.cpio)} = ("$build/debian/Image", "$build/guest/initramfs.cpio") if $how{linux};
	my $run = host_run(%how, files => \%files, script => $prelude . $how{script});
	my %runs = (host => $run);
	my $lab = {};
	for (split /\r?\n/, $run->{out}) {
		$lab = $runs{$1} = {status => $2, console => {}, printed => '', said => ''} if /^LAB (\S+) (\d+)/;
		$lab->{console}{$1} .= "$2\n" if /^CONSOLE (\S+)\.log: (.*)/;
		$lab->{printed} .= "$1\n" if /^PRINTED (.*)/;
		$lab->{said} .= "$1\n" if /^SAID (.*)/;
		$lab->{ledger} = eval { read_json('ledger', $1) } if /^JSON (\{.*)/;
	}
	$runs{$_} //= {status => 'none', console => {}, printed => '', said => ''} for keys %{$how{labs}};
	return \%runs;
}

# vcpu LAB, VM, ID: the ledger of one vCPU.
sub vcpu
{
	my ($lab, $vm, $id) = @_;
	my ($found) = grep { $_->{name} eq $vm } @{($lab->{ledger} // {})->{vms} // []};
	return $found ? $found->{vcpus}[$id] : {ticks => {}};
}

# How a lab and each of its VMs ended, from the JSON, in the words of the table's last line.
sub ended
{
	my ($lab) = @_;
	my $ledger = $lab->{ledger} // {};
	my @vms = map { my $n = $_->{resets}; "$_->{name}: $_->{end}" . ($n ? ", $n reset" . ($n > 1 ? 's' : '') : '') } @{$ledger->{vms} // []};
	return 'Ended: ' . ($ledger->{ended} // 'nothing is said') . '. ' . join '; ', @vms;
}

sub ms { return ($_[0] // 'nan') / 1e6 }

1;
