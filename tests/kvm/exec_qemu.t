#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: pvtime exec with Debian's QEMU and Linux guests on Debian's kernel at EL2. Without pvtime
# exec the guest has no stolen time. With it the guest uses stolen time, which equals the time that
# the vCPU's thread waited for a CPU, to the nanosecond.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use ExecQemu;
use Host;
use Test::More;

my %run = on_host(<<'END');
run without role=report $qemu $off -smp 1
run dry role=report pvtime exec --dry-run -- $qemu $off -smp 1
run own role=report pvtime exec -- $qemu -cpu host -smp 1
run sandbox role=report pvtime exec -- $qemu $off -smp 1 -sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny
contend 1 4 spin
END

is($run{without}{status}, 0, 'QEMU without pvtime exec has status 0');
is((steal($run{without}))[1], 'none', 'without pvtime exec, the guest has no stolen time');
is($run{dry}{status}, 0, 'QEMU in a dry run has status 0');
is((steal($run{dry}))[1], 'none', 'after a dry run, the guest has no stolen time');
like($run{dry}{err}, qr/^pvtime: exec: would give stolen time to 1 vCPU at IPA 0x90a0000, memory slot \d+: free in the map of QEMU virt$/m,
	'a dry run prints what pvtime exec would do');
is($run{own}{status}, 0, 'a QEMU that gives stolen time itself has status 0');
like((steal($run{own}))[1], qr/^\d+$/, 'a QEMU that gives stolen time itself still does');
like($run{own}{err}, qr/^pvtime: exec: the VMM gives its guest stolen time itself; pvtime changes nothing$/m,
	'pvtime exec reports that it leaves a QEMU that gives stolen time itself alone');
is($run{sandbox}{status}, 0, 'a QEMU in its sandbox has status 0');
like((steal($run{sandbox}))[1], qr/^\d+$/, 'a guest of a QEMU in its sandbox has stolen time');
unlike($run{sandbox}{err}, qr/pvtime/, 'a QEMU in its sandbox causes no message');

contended($run{contended_1}, 1);

done_testing;
