#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime lab --on kvm` rejects pins to CPUs that the host does not have, before it starts
# anything. lab_shares.t tests hosts without KVM or without the cgroups for weights and caps;
# tests/tools/lab_kvm.t tests the keys that KVM cannot implement.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Lab;
use Test::More;

sub pinned
{
	my ($pin, $ms) = (@_, 50);
	my $guest = "kernel = ../spin.img\nappend = until_ms=$ms once\nmemory = 64M\n";
	return "[vm a]\n${guest}[vm b]\n${guest}pin = $pin\n";
}

my $on = labs_run(
	labs => {offline => pinned('1'), never => pinned('2'), partly => pinned('1,2'), one => pinned('0,1'),
		online => pinned('1', 100000)},
	guests => ['spin'], cpus => 2, script => <<'END');
refused()
{
	pvtime lab --on kvm --console-dir /tmp/c --json /tmp/json /labs/$1 >/tmp/printed 2>/tmp/said
	echo "REFUSED $1 $? $(wc -c </tmp/printed) $(cat /tmp/c/*) $(cat /tmp/json) $(cat /tmp/said)"
	rm -rf /tmp/c /tmp/json
}
refused never
refused partly
start_lab online
both() { [ "$(vcpus | wc -l)" = 2 ]; }
wait_for find_vmm && wait_for both
for t in $(vcpus); do
	echo "ALLOWED $(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/$vmm/task/$t/status)"
done
kill -TERM $lab
end_lab
echo 0 >/sys/devices/system/cpu/cpu1/online
grep . /sys/devices/system/cpu/online
refused offline
lab one
END

my $out = $on->{host}{out};
is($on->{host}{status}, 0, "the KVM host's script ends with status 0") or diag $out;
my %refused = $out =~ /^REFUSED (\w+) (.*)$/mg;

# The status is 2, there is no standard output, console or ledger, and the message is $said.
sub refused
{
	my ($name, $said, $what) = @_;
	like($refused{$name} // '', qr/^2 0 +\Q$said\E\r?$/, $what) or diag $out;
}

refused('never', '/labs/never:9: [vm b] pin: "2" names a physical CPU that does not exist; expected 0 to 1, as the number of CPUs of this host is 2',
	'a pin of a CPU that the host never had is rejected, with the line in the message');
refused('partly', '/labs/partly:9: [vm b] pin: "1,2" names a physical CPU that does not exist; expected 0 to 1, as the number of CPUs of this host is 2',
	'a pin of two CPUs, one of which the host never had, is rejected');
refused('offline', 'pvtime: --on kvm: [vm b] pin: names no CPU that this process may use; expected a CPU that is online, and that this process may use',
	'a pin of a CPU that is offline is rejected before anything is started');
is($on->{one}{status}, 0, 'a pin of two CPUs of which one is online is accepted') or diag $on->{one}{said};
like($on->{one}{console}{b} // '', qr/^SPIN/m, 'a guest pinned to two CPUs of which one is online runs to its end');
is($on->{online}{status}, 0, 'a pin of two CPUs is accepted while both are online') or diag $on->{online}{said};
is_deeply([$out =~ /^ALLOWED (\S+)/mg], ['0-1', '1'], 'a vCPU without a pin may run on every CPU, and a pinned vCPU only on its CPU');

done_testing;
