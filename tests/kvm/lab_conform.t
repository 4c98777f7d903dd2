#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the conformance suite on the VMM of `pvtime lab --on kvm`, and its program for user space,
# which is on libpvtime-kvm. What fails is the kernel's doing: just the cases that fail under
# Debian's QEMU as well (docs/conformance.md, docs/kvm.md). A case that fails besides would be the
# VMM's or the library's; one that fails no more, a list that is out of date.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Lab;
use Test::More;

my @kernel_guest = qw(immediates results_kept workarounds st_repeat off_on write_refused write_harmless forged kexec_goes_on);
my @kernel_off = qw(immediates results_kept workarounds);
my @kernel_user = sort qw(attr_overlap page_gone restore);

my $suite = "[vm suite]\nkernel = ../suite.img\nmemory = 128M\nvcpus = 2\nappend = expect=%s rounds=100\npin = 0\n";
my $on = labs_run(
	labs => {
		alone => sprintf($suite, 'on'),
		off => sprintf($suite, 'off') . "stolen_time = off\n",
		big => "[vm suite]\nkernel = ../suite-be.elf\nmemory = 128M\nappend = expect=on case=header,byte_order\n",
	},
	files => {'suite.img' => "$build/conformance/suite-4k-le.img", 'suite-be.elf' => "$build/conformance/suite-4k-be.elf", user => "$build/conformance/user"},
	cpus => 1, icount => 1, limit_s => 280, script => <<'END');
echo "KERNEL $(uname -r)"
lab alone --seconds 60
lab off --seconds 60
lab big --seconds 60
/user 2>&1 | sed 's/^/USER /'
END

is($on->{host}{status}, 0, 'the script ends well') or diag $on->{host}{out};

# Linux 6.1 answers HVC alone, 6.12 and 7.2 answer SMC as well (docs/conformance.md).
my ($major, $minor) = $on->{host}{out} =~ /^KERNEL (\d+)\.(\d+)/m or BAIL_OUT('the host does not say what its kernel is');
if ($major * 1000 + $minor < 6012) {
	push @kernel_guest, 'conduits';
	push @kernel_off, 'conduits';
}

# The cases of a TAP stream that fail, in order. Among the random calls is PV_TIME_ST: whether it
# takes anything back, which is why that case would fail, is what st_repeat asks.
sub failing
{
	my ($tap) = @_;
	return sort grep { $_ ne 'random_calls' } $tap =~ /^not ok \d+ - R-\d\d (\w+):/mg;
}

sub whole
{
	my ($name, $tap) = @_;
	my $lines = () = $tap =~ /^(?:not )?ok \d+ - R-\d\d \w+:/mg;
	like($tap, qr/^1\.\.$lines\r?$/m, "$name: $lines cases, as planned") or diag $tap;
	cmp_ok(scalar(() = $tap =~ /^ok \d+ - R-\d\d \w+:(?!.*# SKIP)/mg), '>', $lines / 8, "$name: and not by skipping them");
}

for my $run (['alone', @kernel_guest], ['off', @kernel_off]) {
	my ($name, @expected) = @$run;
	my $tap = $on->{$name}{console}{suite} // '';
	is($on->{$name}{status}, 0, "$name: the lab ends well") or diag $on->{$name}{said};
	whole($name, $tap);
	is_deeply([failing($tap)], [sort @expected], "$name: what is not ok is what the kernel does not have") or diag $tap;
	like($tap, qr/^# 0 FAIL, [1-9]\d* weaker\r?$/m, "$name: none of it is a breach of a document");
}
my $big = $on->{big}{console}{suite} // '';
is($on->{big}{status}, 0, 'a big-endian guest, which an ELF file begins') or diag $on->{big}{said};
like($big, qr/^ok 1 - R-05 header.*^ok 2 - R-05 byte_order.*^1\.\.2\r?$/ms, 'reads its structure') or diag $big;
my $user = join '', map { "$_\n" } $on->{host}{out} =~ /^USER (.*?)\r?$/mg;
whole('user space', $user);
is_deeply([failing($user)], \@kernel_user, 'user space: what is not ok is what the kernel does not have') or diag $user;
like($user, qr/^# 0 FAIL, 3 weaker$/m, 'user space: none of it is a breach of a document');
note "the kernel's: @kernel_guest; without stolen time @kernel_off; of user space @kernel_user";

done_testing;
