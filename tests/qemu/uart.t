#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: our guests print on the UART that the FDT names, a PL011 or an 8250. The 8250 is QEMU's PCI
# card on the virt machine, with the guest at EL1. The test sets up the card's I/O region through
# QEMU's qtest socket before the first instruction, as firmware would, so that the guest finds it at
# a fixed address.

use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use IO::Socket::UNIX;
use Shared;
use Test::More;

my @machine = ('qemu-system-aarch64', '-M', 'virt,gic-version=3,highmem=off', '-cpu', 'neoverse-n1', '-m', '64M',
	'-nic', 'none', '-display', 'none', '-monitor', 'none', '-no-reboot');

# Addresses of the virt machine with highmem=off: PCI configuration space, and the window of I/O
# ports.
use constant {ECAM => 0x3f000000, PORTS => 0x3eff0000};
use constant {SLOT => 1, PORT => 0x1000, COMMAND => 4, COMMAND_IO => 1, BAR0 => 0x10};

sub listener
{
	my ($path) = @_;
	return IO::Socket::UNIX->new(Local => $path, Listen => 1) // die "$path: $!";
}

# Send one line and return the line of the answer.
sub ask
{
	my ($socket, $line) = @_;
	print $socket "$line\n" or die "$line: $!";
	$socket->flush;
	return scalar(<$socket>) // die "$line: no answer";
}

sub configure
{
	my ($qtest, $register, $size, $value) = @_;
	my $address = ECAM + (SLOT << 15) + $register;
	my $answer = ask($qtest, sprintf 'write%s 0x%x 0x%x', $size, $address, $value);
	die "qtest: $answer" if $answer !~ /^OK/;
	ask($qtest, sprintf 'read%s 0x%x', $size, $address) =~ /^OK 0x([0-9a-f]+)/ or die 'qtest';
	return hex $1;
}

# Execute a command by QMP; events may come before its answer.
sub qmp
{
	my ($socket, $command) = @_;
	my $answer = ask($socket, "{\"execute\": \"$command\"}");
	$answer = <$socket> // die "$command: no answer" while $answer =~ /"event"/;
	die "$command: $answer" if $answer !~ /"return"/;
}

# Run an image with an FDT. Returns its output on the PL011 and on the 8250.
sub guest
{
	my ($image, $words, $dtb) = @_;
	unlink "$tmp/qtest", "$tmp/qmp";
	my ($qtests, $qmps) = (listener("$tmp/qtest"), listener("$tmp/qmp"));
	my @command = (@machine, '-S', '-qtest', "unix:$tmp/qtest", '-qmp', "unix:$tmp/qmp", '-serial', "file:$tmp/pl011",
		'-chardev', "file,id=card,path=$tmp/8250", '-device', 'pci-serial,chardev=card,addr=' . SLOT,
		'-dtb', $dtb, '-kernel', $image, '-append', $words);
	my $pid = fork // die "fork: $!";
	if ($pid == 0) {
		open STDERR, '>', "$tmp/stderr" or die;
		exec limited(60, @command) or die "limit: $!";
	}
	local $SIG{PIPE} = 'IGNORE';
	my ($qtest, $qmp) = (scalar $qtests->accept, scalar $qmps->accept);
	is(configure($qtest, BAR0, 'l', PORT) & ~3, PORT, "the 8250's BAR is set to its I/O ports");
	is(configure($qtest, COMMAND, 'w', COMMAND_IO) & 1, 1, "the 8250's I/O ports are enabled");
	<$qmp>; # its greeting
	qmp($qmp, $_) for qw(qmp_capabilities cont);
	waitpid $pid, 0;
	is($?, 0, 'the guest powers off') or diag slurp("$tmp/stderr");
	return (slurp("$tmp/pl011"), slurp("$tmp/8250"));
}

# QEMU's own FDT with an 8250 added and other changes; return its path.
sub dtb
{
	my ($name, @changes) = @_;
	my $path = spew("$tmp/$name.dtb", slurp("$tmp/virt.dtb"));
	my $node = sprintf '/serial@%x', PORTS + PORT;
	for (['-c', $node], ['-t', 's', $node, 'compatible', 'ns16550a'],
		['-t', 'x', $node, 'reg', 0, sprintf('%x', PORTS + PORT), 0, 8], @changes) {
		my ($first, @rest) = @$_;
		my @command = $first eq '-r' || $first eq '-d' || $first eq '-c' ? ('fdtput', $first, $path, @rest)
			: ('fdtput', '-p', $first, $rest[0], $path, @rest[1 .. $#rest]);
		system(@command) == 0 or die "@command";
	}
	return $path;
}

system("@machine -machine dumpdtb=$tmp/virt.dtb >$tmp/stderr 2>&1") == 0 or die slurp("$tmp/stderr");
my $hello = "$build/guest/hello.img";
my $said = qr/^# hello: 1 CPUs.*^# command line: some words\r?\n.*^1\.\.3\r?$/ms;
my $node = sprintf '/serial@%x', PORTS + PORT;
my ($pl011, $card);

($pl011, $card) = guest($hello, 'some words', dtb('path', ['-t', 's', '/chosen', 'stdout-path', $node]));
like($card, $said, 'the guest prints on the 8250 if stdout-path names it');
is($pl011, '', 'the PL011 is silent if stdout-path names the 8250');

($pl011, $card) = guest($hello, 'some words', dtb('alias', ['-t', 's', '/aliases', 'serial7', $node],
		['-t', 's', '/chosen', 'stdout-path', 'serial7:115200n8']));
like($card, $said, 'the guest prints on the 8250 if stdout-path is its alias with options');
is($pl011, '', 'the PL011 is silent if stdout-path is an alias of the 8250');

($pl011, $card) = guest($hello, 'some words', dtb('first'));
like($pl011, $said, 'the guest prints on the PL011 if stdout-path names it');
is($card, '', 'the 8250 is silent if stdout-path names the PL011');

($pl011, $card) = guest($hello, 'some words', dtb('disabled', ['-t', 's', '/pl011@9000000', 'status', 'disabled']));
like($card, $said, 'the guest prints on the 8250 if the PL011 is disabled');
is($pl011, '', 'the PL011 is silent if it is disabled');

for my $suite (qw(4k-le 64k-be)) {
	($pl011, $card) = guest("$build/conformance/suite-$suite.img", 'case=psci_version',
		dtb('suite', ['-t', 's', '/chosen', 'stdout-path', $node]));
	like($card, qr/^# suite $suite .*^ok 1 - R-03 psci_version: .*^1\.\.1\r?$/ms, "the suite $suite prints on the 8250");
	is($pl011, '', "the PL011 is silent while the suite $suite prints on the 8250");
}
done_testing();
