#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: what `pvtime lab --on kvm` refuses, on any machine: what KVM cannot do, in options and in lab
# files, is said before it is looked for a /dev/kvm. tests/kvm/lab_refused.t and lab_shares.t have
# what depends on the host.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Lab;
use Test::More;

# The message is all of it.
sub refused
{
	my ($name, $message, $text, @options) = @_;
	my $file = spew("$dir/refused.lab", $text);
	my ($status, $out, $err) = finish(start('/dev/null', 'lab', '--on', 'kvm', @options, $file));
	is($status, 2, "$name: status 2");
	is($out, '', "$name: nothing on standard output");
	is($err, 'pvtime: ' . ($message =~ s/FILE/$file/r) . "\n", "$name: the message");
}

# A line of a lab file says its file first.
sub refused_key
{
	my ($name, $line, $where, $why, $expected, $text) = @_;
	my $file = spew("$dir/refused.lab", $text);
	my ($status, $out, $err) = finish(start('/dev/null', 'lab', $file, '--on', 'kvm'));
	is($status, 2, "$name: status 2");
	is($out, '', "$name: nothing on standard output");
	is($err, "$file:$line: $where: KVM cannot do that: $why; expected $expected with --on kvm\n", "$name: the message");
	# What is refused is right for our own hypervisor.
	($status, $out, $err) = finish(start('/dev/null', 'lab', $file, '--hypervisor', board("finish();")));
	unlike($err, qr/\Q$file\E:/, "$name: and not without --on kvm");
}

my $vm = "[vm a]\nkernel = Image\n";
refused('--deterministic', "--deterministic and --on kvm: time on KVM is the host's, so no run repeats exactly", $vm, '--deterministic');
refused('--stamp', '--stamp and --on kvm: Linux counts a wait when it ends, so the time stolen up to an instant is not known',
	$vm, '--stamp');
refused('--hypervisor', "--hypervisor and --on kvm: the hypervisor is the host's KVM", $vm, '--hypervisor', "$dir/Image");

my ($status, $out, $err) = finish(start('/dev/null', 'lab', '--on', 'xen', $two));
is("$status $err", "2 pvtime: --on: 'xen' is wrong; expected pvtime or kvm\n", '--on knows two hosts');

refused_key('pcpus', 2, '[lab] pcpus', "its CPUs are the host's", 'no such key', "[lab]\npcpus = 1\n$vm");
refused_key('cpu', 2, '[lab] cpu', "its CPUs are the host's", 'no such key', "[lab]\ncpu = max\n$vm");
refused_key('memory', 2, '[lab] memory', "its memory is the host's", 'no such key', "[lab]\nmemory = 1G\n$vm");
refused_key('timeslice_us', 2, '[lab] timeslice_us', "time slices are those of the host's scheduler", 'no such key',
	"[lab]\ntimeslice_us = 4000\n$vm");
refused_key('beta-2', 3, '[vm a] stolen_time', 'it has only version 1.0', '1.0 or off', "${vm}stolen_time = beta-2\n");
refused_key('smc', 3, '[vm a] conduit', 'it handles only HVC calls', 'hvc', "${vm}conduit = smc\n");

# pin is about this host's CPUs, which are not 32.
SKIP: {
	my $cpus = `getconf _NPROCESSORS_CONF` + 0;
	skip 'this host has 32 CPUs or more', 2 if $cpus >= 32;
	my $file = spew("$dir/refused.lab", "${vm}pin = 31\n");
	($status, $out, $err) = finish(start('/dev/null', 'lab', $file, '--on', 'kvm'));
	is($status, 2, 'pin: status 2');
	is($err, qq{$file:3: [vm a] pin: "31" names a physical CPU that does not exist; expected 0 to } . ($cpus - 1) .
		", as the number of CPUs of this host is $cpus\n", 'pin: the message');
}

# What both can do passes, and then it is the host that cannot.
SKIP: {
	skip 'this machine may have a KVM for arm64', 2 if `uname -m` =~ /aarch64|arm64/;
	refused('no arm64 machine', '--on kvm: this is not an arm64 machine; expected an arm64 host with KVM',
		"[lab]\nseed = 3\n${vm}vcpus = 8\nmemory = 64M\nweight = 7\ncap = 50\npin = 0\nstolen_time = off\nconduit = hvc\n" .
		"load = 0x40200000\ndtb = 0x40100000\n", '--watch', '--seconds', 1);
}

done_testing;
