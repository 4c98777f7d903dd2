#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: pvtime exec with a VMM that is after what its own seccomp filter keeps from it
# (tests/kvm/exec_attack.c): while the filter is suspended for our calls, another thread changes the
# instruction that makes them, at any time from before to after. That takes two CPUs, and some
# tries: where a call was not looked at when it began, 7 to 12 of those below made the directory.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Test::More;

my @us = map { 20 * 2 ** ($_ / 2) } 0 .. 15;
my $run = host_run(cpus => 2, files => {'bin/vmm' => "$build/libpvtime-kvm/tests/exec_vmm"}, script => <<"END");
for us in @{[map { int } @us]}; do
	pvtime exec --ipa 0x50000000 -- vmm vcpus=4 attack=\$us confine >/tmp/out 2>&1
	echo "try \$us: \$?"
	rmdir /tmp/escaped 2>/dev/null && echo "escaped"
done
true
END
is($run->{status}, 0, 'the script has ended');
my @status = $run->{out} =~ /^try \d+: (\d+)\r?$/mg;
is(@status, @us, 'every try was made');
is(grep({ $_ != 0 && $_ != 159 } @status), 0, 'each VMM has ended well, or was killed by its own filter') or diag $run->{out};
note scalar grep({ $_ == 159 } @status), ' of ', scalar @us, ' have changed the instruction in time for a call';
unlike($run->{out}, qr/escaped/, 'no VMM has made a call that its filter forbids');
done_testing;
