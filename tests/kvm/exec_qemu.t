#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: pvtime exec with Debian's QEMU and Linux guests on Debian's kernel at EL2. The guest uses
# stolen time, which equals the time that the vCPU's thread waited for a CPU, to the nanosecond.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use ExecQemu;
use Host;
use Test::More;

my %run = on_host(<<'END');
run sandbox role=report pvtime exec -- $qemu $off -smp 1 -sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny
contend 1 4 spin
END

is($run{sandbox}{status}, 0, 'a QEMU in its sandbox has status 0');
like((steal($run{sandbox}))[1], qr/^\d+$/, 'a guest of a QEMU in its sandbox has stolen time');
unlike($run{sandbox}{err}, qr/pvtime/, 'a QEMU in its sandbox causes no message');

contended($run{contended_1}, 1);

done_testing;
