# SPDX-License-Identifier: BSD-2-Clause
package Lab;

# Labs on a host with KVM (Host.pm): what the scripts of several tests begin with, and what they print, read.

use strict;
use warnings;
use Exporter qw(import);
use Host;
use JSON::PP qw(decode_json);

our @EXPORT = qw(lab_run vcpu ms);

# start_lab OPTION...: the lab /x.lab, in the background; its consoles are in /tmp/c, its ledger in /tmp/json, what it says
# in /tmp/said. end_lab: waits for it, and prints all of that.
#
# $lab is its process, find_vmm sets $vmm, that of the VMM; vcpus lists the vCPUs' threads in the order of the lab.
my $prelude = <<'END';
start_lab()
{
	pvtime lab --on kvm --console-dir /tmp/c --json /tmp/json "$@" /x.lab >/tmp/printed 2>/tmp/said &
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
# delay TID: ns that the thread has waited; ran TID: that it has run.
delay() { cut -d' ' -f2 "/proc/$vmm/task/$1/schedstat"; }
ran() { cut -d' ' -f1 "/proc/$vmm/task/$1/schedstat"; }
# has_console NAME PATTERN
has_console() { grep -q "$2" "/tmp/c/$1.log"; }
end_lab()
{
	wait "$lab"
	echo "LAB status $?"
	for f in /tmp/c/*.log; do
		sed "s|^|CONSOLE ${f##*/}: |" "$f"
		echo
	done
	sed 's/^/SAID /' /tmp/said
	echo "JSON $(cat /tmp/json)"
	rm -rf /tmp/c /tmp/json /tmp/said
}
END

# lab_run(lab => TEXT, script => TEXT, and what host_run() takes). `guests` names those of build/guest that are there, and
# linux => 1 adds Debian's kernel and the initramfs. The result has what host_run() says, and status, console by VM, said and
# ledger of the last lab.
sub lab_run
{
	my (%how) = @_;
	my %files = (%{$how{files} // {}}, 'x.lab' => \$how{lab});
	$files{"$_.img"} = "$build/guest/$_.img" for @{$how{guests} // []};
	@files{qw(Image initramfs.cpio)} = ("$build/debian/Image", "$build/guest/initramfs.cpio") if $how{linux};
	my $run = host_run(%how, files => \%files, script => $prelude . $how{script});
	my %lab = (%$run, host_status => $run->{status}, status => undef, consoles => {}, said => '', ledger => undef);
	for (split /\n/, $run->{out}) {
		s/\r//g;
		$lab{status} = $1 if /^LAB status (\d+)/;
		$lab{consoles}{$1} .= "$2\n" if /^CONSOLE (\S+)\.log: (.*)/;
		$lab{said} .= "$1\n" if /^SAID (.*)/;
		$lab{ledger} = eval { decode_json($1) } if /^JSON (\{.*)/;
	}
	return \%lab;
}

# The ledger of one vCPU.
sub vcpu
{
	my ($run, $vm, $id) = @_;
	my ($found) = grep { $_->{name} eq $vm } @{($run->{ledger} // {})->{vms} // []};
	return $found ? $found->{vcpus}[$id] : {ticks => {}};
}

sub ms { return ($_[0] // 'nan') / 1e6 }

1;
