#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: pvtime exec with a VMM that tries to make a system call that its own seccomp filter forbids
# (tests/kvm/exec_attack.c). pvtime exec suspends the filter for its own calls. Meanwhile another
# thread overwrites the instruction that makes them; each try does so after another delay, from
# before these calls to after them. The attack needs two CPUs. When pvtime exec did not check each
# call at its entry, 7 to 12 of the tries below made the directory.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Test::More;

my @us = map { 20 * 2 ** ($_ / 2) } 0 .. 15;
my $run = host_run(cpus => 2, files => {'bin/vmm' => "$build/tests-exec/exec_vmm"}, script => <<"END");
for us in @{[map { int } @us]}; do
	pvtime exec --ipa 0x50000000 -- vmm vcpus=4 attack=\$us confine >/tmp/out 2>&1
	echo "try \$us: \$?"
	rmdir /tmp/escaped 2>/dev/null && echo "escaped"
done
true
END
is($run->{status}, 0, "the KVM host's script ends with status 0");
my @status = $run->{out} =~ /^try \d+: (\d+)\r?$/mg;
is(@status, @us, 'the script has made every try');
is(grep({ $_ != 0 && $_ != 159 } @status), 0, 'each VMM ends with status 0, or its own filter kills it') or diag $run->{out};
note scalar grep({ $_ == 159 } @status), ' of ', scalar @us, ' VMMs have changed the instruction in time for a call';
unlike($run->{out}, qr/escaped/, 'no VMM makes the directory that its filter forbids');
done_testing;
