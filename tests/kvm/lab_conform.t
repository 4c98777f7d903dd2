#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the conformance suite on the VMM of `pvtime lab --on kvm`, and its program for KVM's user
# space, which uses libpvtime-kvm. Only those cases may fail that the kernel fails, as under
# Debian's QEMU (docs/conformance.md, docs/kvm.md). Another failing case means a mistake in the VMM
# or the library; a listed case that passes means that the lists below are out of date. A kernel
# with ports/linux fails no case of stolen time; its region is read-only for the guest.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Lab;
use Test::More;

my @kernel_off = qw(immediates results_kept workarounds);
my @kernel_guest = (@kernel_off, qw(st_repeat off_on write_refused write_harmless forged kexec_goes_on));
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
! mended || echo MENDED
lab alone --seconds 60
lab off --seconds 60
lab big --seconds 60
/user 2>&1 | sed 's/^/USER /'
END

is($on->{host}{status}, 0, "the KVM host's script ends with status 0") or diag $on->{host}{out};

# Linux 6.1 answers only HVC; 6.12 and 7.2 also answer SMC (docs/conformance.md).
my ($major, $minor) = $on->{host}{out} =~ /^KERNEL (\d+)\.(\d+)/m or BAIL_OUT("the host does not report its kernel's version");
my $mended = $on->{host}{out} =~ /^MENDED$/m;
if ($mended) {
	@kernel_guest = @kernel_off;
	@kernel_user = ();
}
if ($major * 1000 + $minor < 6012) {
	push @kernel_guest, 'conduits';
	push @kernel_off, 'conduits';
}

# The failing cases of a TAP stream, sorted. random_calls is left out: it fails if one of its random
# calls is a PV_TIME_ST that takes stolen time back, which st_repeat tests.
sub failing
{
	my ($tap) = @_;
	return sort grep { $_ ne 'random_calls' } $tap =~ /^not ok \d+ - R-\d\d (\w+):/mg;
}

sub whole
{
	my ($name, $tap) = @_;
	my $lines = () = $tap =~ /^(?:not )?ok \d+ - R-\d\d \w+:/mg;
	like($tap, qr/^1\.\.$lines\r?$/m, "$name: the suite plans and prints $lines cases") or diag $tap;
	cmp_ok(scalar(() = $tap =~ /^ok \d+ - R-\d\d \w+:(?!.*# SKIP)/mg), '>', $lines / 8, "$name: more than an eighth of the cases pass and are not skipped");
}

for my $run (['alone', @kernel_guest], ['off', @kernel_off]) {
	my ($name, @expected) = @$run;
	my $tap = $on->{$name}{console}{suite} // '';
	is($on->{$name}{status}, 0, "$name: the lab ends with status 0") or diag $on->{$name}{said};
	whole($name, $tap);
	is_deeply([failing($tap)], [sort @expected], "$name: exactly the cases fail that the kernel fails") or diag $tap;
	like($tap, qr/^# 0 FAIL, [1-9]\d* weaker\r?$/m, "$name: no failing case violates a document");
}
my $big = $on->{big}{console}{suite} // '';
is($on->{big}{status}, 0, 'a lab with a big-endian guest from an ELF file ends with status 0') or diag $on->{big}{said};
like($big, qr/^ok 1 - R-05 header.*^ok 2 - R-05 byte_order.*^1\.\.2\r?$/ms, 'a big-endian guest passes the cases header and byte_order') or diag $big;
my $user = join '', map { "$_\n" } $on->{host}{out} =~ /^USER (.*?)\r?$/mg;
whole('user space', $user);
is_deeply([failing($user)], \@kernel_user, 'user space: exactly the cases fail that the kernel fails') or diag $user;
like($user, qr/^# 0 FAIL, @{[scalar @kernel_user]} weaker$/m, 'user space: no failing case violates a document');
my $refused = eval { $on->{alone}{ledger}{vms}[0]{vcpus}[0]{refused_writes} } // 0;
is($refused > 0, $mended, 'the ledger counts refused writes exactly if the kernel has ports/linux') or diag $refused;
note "the kernel fails: @kernel_guest; without stolen time: @kernel_off; in user space: @kernel_user";

done_testing;
