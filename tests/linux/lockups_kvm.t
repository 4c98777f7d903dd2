#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: Linux's lockup detectors in a guest beside 24 processes that compute, on a KVM host with
# ports/linux: see Lockups.pm. All are on one CPU, whose time is the number of instructions.
#
# The vCPU that locks up and the processes are in the class SCHED_RR, as its slices are 100 ms on
# every kernel; CFS and EEVDF choose theirs by the number of threads, and by settings that differ.
# All else has a higher priority, so that it is served at once: the vCPU that watches, too.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../kvm";
use Host;
use Lab;
use Lockups;
use Test::More;

sub lab
{
	my (%how) = @_;
	my $on = labs_run(kernel => "$build/linux/$release/Image", cpus => 1, icount => 1, limit_s => 600,
		labs => {g => "[vm g]\nkernel = ../guest\ninitrd = ../initramfs.cpio\nmemory = 96M\nvcpus = $how{vcpus}\nappend = console=ttyAMA0 quiet kpti=off " .
			"watchdog_thresh=1 role=lockup until=$how{until} provoke=$how{kind}\n"},
		files => {guest => $how{kernel}, 'initramfs.cpio' => "$build/guest/initramfs.cpio",
			'bin/rivals' => "$build/linux/rivals"}, script => <<"END");
rivals rank 50 \$\$
start_lab g --seconds $how{seconds}
wait_for has_console g '^BUSY'
find_vmm || exit 1
locks_up=\$(vcpus | tail -n 1)
rivals rank 1 \$locks_up
rivals compute $how{competitors} &
rivals=\$!
{ rivals stamp /tmp/c/g.log \$locks_up PROVOKE '$how{says}'; kill -TERM \$lab; } >/tmp/stamped &
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
