#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime lab --on kvm` rejects a snapshot from a host whose counter has another frequency: a
# guest reads CNTFRQ_EL0 only once, so its clock would be fast or slow afterwards. The snapshot of a
# first host is copied to a second one.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Host;
use Lab;
use MIME::Base64 qw(decode_base64);
use Test::More;

my $given = "[vm given]\nkernel = ../steady.img\nappend = until_ms=1500\nmemory = 16M\n";
my $denied = "[vm denied]\nkernel = ../steady.img\nappend = until_ms=1500\nmemory = 16M\nstolen_time = off\n";
my %how = (guests => ['steady'], cpus => 1, limit_s => 100, labs => {given => $given, denied => $denied});
my @labs = qw(given denied);

my $first = labs_run(%how, cpu => 'neoverse-n1', script => <<'END');
for l in given denied; do
	lab $l --seconds 0.5 --snapshot /tmp/$l
	echo "SNAPSHOT $l $(gzip -c /tmp/$l | base64 | tr -d '\n')"
done
END
is($first->{host}{status}, 0, 'the script of the first host ends with status 0') or diag $first->{host}{console};
my %snapshot = $first->{host}{out} =~ /^SNAPSHOT (\w+) (\S+)\r?$/mg;
for my $lab (@labs) {
	is($first->{$lab}{status}, 0, "$lab: the lab is saved on a host of 62.5 MHz") or diag $first->{$lab}{said};
	unlike($first->{$lab}{console}{$lab} // '', qr/STEADY looks/, "$lab: the lab is saved before its guest is done");
}

my $second = labs_run(%how, cpu => 'neoverse-n1,cntfrq=100000000',
	files => {map { ("tmp/$_.gz" => \decode_base64($snapshot{$_} // '')) } @labs}, script => <<'END');
for l in given denied; do
	gunzip -c /tmp/$l.gz >/tmp/$l
	lab $l --restore /tmp/$l
done
END
is($second->{host}{status}, 0, 'the script of the second host ends with status 0') or diag $second->{host}{console};
for my $lab (@labs) {
	my $run = $second->{$lab};
	is($run->{status}, 2, "$lab: a host of 100 MHz rejects the snapshot");
	is($run->{said}, "pvtime: --restore: /tmp/$lab: was saved on a host whose counter runs at 62500000 Hz; expected 100000000 Hz, the frequency of this host's counter\n", "$lab: the message has both frequencies");
	is(join('', values %{$run->{console}}), '', "$lab: no guest prints anything on the host of 100 MHz");
}

done_testing;
