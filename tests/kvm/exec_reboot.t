#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: pvtime exec with Debian's QEMU, whose guest reboots: QEMU keeps its VM, so the guest keeps
# its stolen time.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use ExecQemu;
use Host;
use Test::More;

my %run = on_host(<<'END_SCRIPT');
pvtime exec -- $qemu $off -smp 1 -append "$words role=report then=reboot" >/tmp/out 2>/tmp/err &
pid=$!
wait_for is_told 2
kill -TERM $pid
wait $pid
echo "[reboot] $?"
sed 's/^/out: /' /tmp/out
sed 's/^/err: /' /tmp/err
END_SCRIPT

my $r = $run{reboot};
is($r->{status}, 0, 'QEMU under pvtime exec, ended by SIGTERM, has status 0') or diag $r->{all};
my @steal = steal($r);
cmp_ok(scalar(@steal), '>=', 4, 'the guest reports after two boots') or diag $r->{all};
like($steal[$_], qr/^\d+$/, 'the guest has stolen time after each boot') for 1, 3;
unlike($r->{err}, qr/pvtime/, 'the reboot causes no message');

done_testing;
