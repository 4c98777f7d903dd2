#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the options and keys that `pvtime lab --on kvm` rejects on any machine because KVM cannot
# implement them, before it opens /dev/kvm. tests/kvm/lab_refused.t and lab_shares.t test the errors
# that depend on the host.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Lab;
use Test::More;

# The command has status 2, and prints only this message.
sub refused
{
	my ($name, $message, $text, @options) = @_;
	my $file = spew("$dir/refused.lab", $text);
	my ($status, $out, $err) = finish(start('/dev/null', 'lab', '--on', 'kvm', @options, $file));
	is($status, 2, "$name with --on kvm: the status is 2");
	is($out, '', "$name with --on kvm: standard output is empty");
	is($err, 'pvtime: ' . ($message =~ s/FILE/$file/r) . "\n", "$name with --on kvm: the message is as expected");
}

# The message about a key begins with the file and the line. Our own hypervisor accepts the key.
sub refused_key
{
	my ($name, $line, $where, $why, $expected, $text) = @_;
	my $file = spew("$dir/refused.lab", $text);
	my ($status, $out, $err) = finish(start('/dev/null', 'lab', $file, '--on', 'kvm'));
	is($status, 2, "$name with --on kvm: the status is 2");
	is($out, '', "$name with --on kvm: standard output is empty");
	is($err, "$file:$line: $where: not supported with --on kvm: $why; expected $expected\n", "$name with --on kvm: the message is as expected");
	($status, $out, $err) = finish(start('/dev/null', 'lab', $file, '--hypervisor', board("finish();")));
	unlike($err, qr/\Q$file\E:/, "$name without --on kvm is accepted");
}

my $vm = "[vm a]\nkernel = Image\n";
refused('--deterministic', "--deterministic and --on kvm: time on KVM is the host's, so no run repeats exactly", $vm, '--deterministic');
refused('--stamp', '--stamp and --on kvm: Linux counts a wait when it ends, so the time stolen up to an instant is not known',
	$vm, '--stamp');
refused('--hypervisor', "--hypervisor and --on kvm: the hypervisor is the host's KVM", $vm, '--hypervisor', "$dir/Image");

my ($status, $out, $err) = finish(start('/dev/null', 'lab', '--on', 'xen', $two));
is("$status $err", "2 pvtime: --on: 'xen' is wrong; expected pvtime or kvm\n", '--on accepts only pvtime and kvm');

refused_key('pcpus', 2, '[lab] pcpus', "the CPUs are the host's", 'no such key', "[lab]\npcpus = 1\n$vm");
refused_key('cpu', 2, '[lab] cpu', "the CPUs are the host's", 'no such key', "[lab]\ncpu = max\n$vm");
refused_key('memory', 2, '[lab] memory', "the memory is the host's", 'no such key', "[lab]\nmemory = 1G\n$vm");
refused_key('timeslice_us', 2, '[lab] timeslice_us', "time slices are those of the host's scheduler", 'no such key',
	"[lab]\ntimeslice_us = 4000\n$vm");
refused_key('beta-2', 3, '[vm a] stolen_time', 'KVM has only version 1.0', '1.0 or off', "${vm}stolen_time = beta-2\n");
refused_key('smc', 3, '[vm a] conduit', 'KVM in Linux 6.1 answers only HVC', 'hvc', "${vm}conduit = smc\n");

# pin names CPUs of this host, which has fewer than 32.
SKIP: {
	my $cpus = `getconf _NPROCESSORS_CONF` + 0;
	skip 'this host has 32 CPUs or more', 2 if $cpus >= 32;
	my $file = spew("$dir/refused.lab", "${vm}pin = 31\n");
	($status, $out, $err) = finish(start('/dev/null', 'lab', $file, '--on', 'kvm'));
	is($status, 2, 'a pin of a CPU that this host does not have: the status is 2');
	is($err, qq{$file:3: [vm a] pin: "31" names a physical CPU that does not exist; expected 0 to } . ($cpus - 1) .
		", as the number of CPUs of this host is $cpus\n", 'a pin of a CPU that this host does not have: the message is as expected');
}

# Keys that KVM can implement are accepted; the error is then that the host is not an arm64 machine.
SKIP: {
	skip 'this machine may have a KVM for arm64', 2 if `uname -m` =~ /aarch64|arm64/;
	refused('a lab on another machine', '--on kvm: this is not an arm64 machine; expected an arm64 host with KVM',
		"[lab]\nseed = 3\n${vm}vcpus = 8\nmemory = 64M\nweight = 7\ncap = 50\npin = 0\nstolen_time = off\nconduit = hvc\n" .
		"load = 0x40200000\ndtb = 0x40100000\n", '--watch', '--seconds', 1);
}

done_testing;
