#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: pvtime exec with Debian's QEMU and a Linux guest on Debian's kernel at EL2. The guest's four
# vCPUs compete for one CPU. The stolen time of each equals the time that its thread waited for the
# CPU, to the nanosecond.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use ExecQemu;
use Host;
use Test::More;

my %run = on_host('contend 4 4 "sleep 1000"');
contended($run{contended_4}, 4);

done_testing;
