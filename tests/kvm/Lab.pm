# SPDX-License-Identifier: BSD-2-Clause
package Lab;

# Labs on a host with KVM (Host.pm): what the scripts of several tests begin with, and what they
# print, read.

use strict;
use warnings;
use Exporter qw(import);
use Host;

our @EXPORT = qw(labs_run vcpu ended ms);

# start_lab NAME OPTION...: the lab of that name, in the background; its consoles are in /tmp/c, its
# ledger in /tmp/json, what it prints in /tmp/printed, what it says in /tmp/said, and what it is to
# read in /tmp/input, if that is there. end_lab: waits for it, and prints all of that. lab NAME
# OPTION...: both.
#
# $lab is its process, find_vmm sets $vmm, that of the VMM; vcpus lists the vCPUs' threads in the
# order of the lab, if it has_vcpus.
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
# delay TID: ns that the thread has waited.
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
END

# labs_run(labs => {NAME => TEXT, ...}, script => TEXT, and what host_run() takes). `guests` names
# those of build/guest that are there (in a lab as ../NAME.img), and linux => 1 adds Debian's kernel
# and the initramfs. Returns what host_run() says, and in {NAME} of each lab that has ended: status,
# console by VM, printed, said, ledger.
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

# The ledger of one vCPU of a lab.
sub vcpu
{
	my ($lab, $vm, $id) = @_;
	my ($found) = grep { $_->{name} eq $vm } @{($lab->{ledger} // {})->{vms} // []};
	return $found ? $found->{vcpus}[$id] : {ticks => {}};
}

# How a lab ended and each VM did, as the last line of the table has it, from the JSON.
sub ended
{
	my ($lab) = @_;
	my $ledger = $lab->{ledger} // {};
	my @vms = map { my $n = $_->{resets}; "$_->{name}: $_->{end}" . ($n ? ", $n reset" . ($n > 1 ? 's' : '') : '') } @{$ledger->{vms} // []};
	return 'Ended: ' . ($ledger->{ended} // 'nothing is said') . '. ' . join '; ', @vms;
}

sub ms { return ($_[0] // 'nan') / 1e6 }

1;
