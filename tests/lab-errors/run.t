#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: what `pvtime lab` says about wrong lab files. Each *.lab here starts with a comment that holds the
# message it is to get behind the file's name; TMP in it is the folder, SIZE and END are any number. Lab
# files that no editor writes are made below. Every one is to end with status 2 and one line on standard
# error, with nothing on standard output and no QEMU started.

use strict;
use warnings;
use File::Basename qw(basename);
use File::Copy qw(copy);
use FindBin;
use lib "$FindBin::Bin/..";
use Shared;
use Test::More;

sub put {
	my ($name, @bytes) = @_;
	spew("$tmp/$name", @bytes);
}

# The images.
put('tiny.bin', pack('V', 0x14000000), "\0" x 4092);
put('empty.bin');
put('secret.bin', 'secret');
put('20m.bin', "\0" x (20 << 20));
put('300m.bin', "\0");
truncate "$tmp/300m.bin", 300 << 20;
put('x86.elf', "\x7fELF\2\1\1", "\0" x 9, pack('vv', 2, 62), "\0" x 100);
put('short.elf', "\x7fELF\2\1\1");
put('uimage.bin', "\x27\x05\x19\x56", "\0" x 100);
put('nothing.gz', pack('H*', '1f8b08000000000000030300000000000000 0000' =~ s/ //gr));
put('damaged.gz', pack('H*', '1f8b0800000000000003030000000000'), 'x');
mkdir "$tmp/folder";
system('mkfifo', "$tmp/fifo") == 0 or die 'mkfifo';
chmod 0, "$tmp/secret.bin";
put('hypervisor.img', "\0" x 56 . "ARM\x64 and never started");

# A QEMU that leaves a trace.
mkdir "$tmp/bin";
put('bin/qemu-system-aarch64', "#!/bin/sh\ntouch '$tmp/started'\n");
chmod 0755, "$tmp/bin/qemu-system-aarch64";
$ENV{PATH} = "$tmp/bin:$ENV{PATH}";

sub run_lab {
	my ($path) = @_;
	return run_command("$build/pvtime", 'lab', '--hypervisor', "$tmp/hypervisor.img", $path);
}

# refused NAME, FILE, MESSAGE: the message is what follows the file's path.
sub refused {
	my ($name, $file, $message) = @_;
	my $path = "$tmp/$file";
	my ($status, $out, $err) = run_lab($path);
	my $want = quotemeta($message);
	$want =~ s/TMP/quotemeta($tmp)/ge;
	$want =~ s/SIZE/[0-9]+/g;
	$want =~ s/END/0x[0-9a-f]+/g;
	unlink "$tmp/started" and fail("$name: no QEMU is started");
	is($status, 2, "$name: status 2");
	is($out, '', "$name: nothing on standard output");
	like($err, qr/\A\Q$path\E$want\n\z/, "$name: the message");
}

# The check sees that a lab was started.
put('good.lab', "[vm a]\nkernel = tiny.bin\n");
run_lab("$tmp/good.lab");
ok(unlink("$tmp/started"), 'a good lab starts QEMU');

my @labs = sort glob "$FindBin::Bin/*.lab";
at_least('wrong lab files', 95, scalar @labs);
for my $lab (@labs) {
	my $name = basename($lab, '.lab');
	my ($message) = slurp($lab) =~ /\A; (.*)/ or die "$lab: says nothing about its message";
	# Root may read everything.
	next if $name eq 'kernel-unreadable' && $> == 0;
	copy($lab, "$tmp/$name.lab");
	refused($name, "$name.lab", $message =~ s/^(?!:)/: /r);
}

sub made {
	my ($name, $text, $message) = @_;
	put("$name.lab", $text);
	refused($name, "$name.lab", $message);
}

my $vm = "[vm a]\nkernel = tiny.bin\n";
my $utf8 = 'expected UTF-8 text';
refused('no lab file', 'absent.lab', ': No such file or directory; expected a lab file');
refused('a folder', 'folder', ': is a directory; expected a lab file');
made('empty', '', ': has no VM; expected a section [vm NAME]');
made('only-comments', "# nothing\n\n; here\n", ': has no VM; expected a section [vm NAME]');
made('append-2048', $vm . 'append = ' . 'x' x 2048 . "\n",
	':3: [vm a] append: is 2048 bytes long; expected at most 2047');
made('append-64k', $vm . 'append = ' . 'x' x 65536 . "\n",
	':3: [vm a] append: is 65536 bytes long; expected at most 2047');
made('nul', "${vm}vcpus = 2\0\nvcpus = 3\n", ":3: control character 0x00; $utf8");
made('escape', "${vm}append = \e[2J\n", ":3: control character 0x1b; $utf8");
made('old-mac', "[vm a]\rkernel = tiny.bin\r", ":1: control character 0x0d; $utf8");
made('utf-16', pack('v*', 0xfeff, map { ord } split //, $vm), ":1: control character 0x00; $utf8");
made('latin-1', "${vm}append = caf\xe9\n", ": Invalid or incomplete multibyte or wide character; $utf8");
made('too-long', $vm . "# comment\n" x 110000, ': is too long; expected a lab file of at most 1048576 bytes');
made('65-vms', join('', map { "[vm v$_]\nkernel = tiny.bin\n" } 1 .. 65),
	':129: [vm v65]: one VM too many; expected at most 64');
made('crlf', "[vm a]\r\nkernel = tiny.bin\r\n\r\nvcpus = 0\r\n", ':4: [vm a] vcpus: "0" is wrong; expected 1 to 8');
made('binary', join('', map { chr($_ * 37 % 256) } 1 .. 4096), ":1: control character 0x03; $utf8");

# What a lab file says is quoted so that it drives no terminal, and hides nothing.
made('c1', "${vm}vcpus = 2\xc4\x9b\xe2\x80\x8b3\n", ':3: [vm a] vcpus: "2\xc4\x9b\xe2\x80\x8b3" is wrong; expected 1 to 8');
{
	local $ENV{LC_ALL} = 'C.UTF-8';
	made('c1-utf-8', "${vm}vcpus = \xc2\x9b2\xc4\x9b\xe2\x80\x8b3\n",
		":3: [vm a] vcpus: \"\\xc2\\x9b2\xc4\x9b\\xe2\\x80\\x8b3\" is wrong; expected 1 to 8");
}

done_testing();
