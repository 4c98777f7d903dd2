#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: pvtime exec with Debian's QEMU and Linux guests on Debian's kernel at EL2, with four vCPUs,
# which compete with each other for one CPU: the stolen time of each is what its thread waited for
# it, to the nanosecond.

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
