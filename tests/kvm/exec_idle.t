#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: Debian's QEMU and Linux guests where pvtime exec changes nothing: without pvtime exec and
# in a dry run, the guest has no stolen time; and a QEMU that gives stolen time itself goes on doing
# so. tests/kvm/exec_qemu.t has the guests that get stolen time.

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

done_testing;
