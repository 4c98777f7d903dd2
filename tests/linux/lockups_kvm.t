#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: Linux's lockup detectors in a guest on a KVM host with ports/linux, whose last vCPU has one
# of the host's two CPUs together with 24 processes that compute: see Lockups.pm. All else is on the
# other CPU. The time is the number of instructions.
#
# This vCPU and the processes are in the class SCHED_RR, as its slices are 100 ms on every kernel;
# CFS and EEVDF choose theirs by the number of threads, and by settings that differ.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../kvm";
use Host;
use Kernels;
use Lab;
use Lockups;
use Test::More;

sub lab
{
	my (%how) = @_;
	my $on = labs_run(kernel => $ported, cpus => 2, icount => 1, limit_s => 600,
		labs => {g => "[vm g]\nkernel = ../guest\ninitrd = ../initramfs.cpio\nmemory = 96M\nvcpus = $how{vcpus}\nappend = console=ttyAMA0 quiet kpti=off $how{append}\n"},
		files => {guest => $how{kernel}, 'initramfs.cpio' => "$build/guest/initramfs.cpio",
			'bin/rivals' => "$build/linux/rivals"}, script => <<"END");
taskset -p 1 \$\$ >/dev/null
start_lab g --seconds $how{seconds}
wait_for has_console g '^BUSY'
find_vmm || exit 1
locks_up=\$(vcpus | tail -n 1)
rivals beside \$locks_up $how{competitors} &
rivals=\$!
{ rivals stamp /tmp/c/g.log \$locks_up lkdtm: '$how{says}'; kill -TERM \$lab; } >/tmp/stamped &
end_lab
kill \$rivals
sed 's/^/STAMPED /' /tmp/stamped
dmesg | sed 's/^/DMESG /'
END
	my $out = $on->{host}{out};
	is($on->{host}{status}, 0, "$how{name}: the KVM host's script ends with status 0") or diag $out;
	my @said = grep { /WARNING|BUG|stall|hung|lockup|Oops/ } $out =~ /^DMESG (.*)$/mg;
	is_deeply(\@said, [], "$how{name}: the host's kernel reports nothing");
	return map { /^STAMPED (\S+) (\S+) (.*)/ ? {at => $1, own => $2, text => $3} : () } split /\r?\n/, $out;
}

lockups_ok(\&lab);
done_testing();
