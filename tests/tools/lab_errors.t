#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the messages of `pvtime lab` about wrong lab files. Each lab file of the table at the end
# starts with a comment that has the expected message after the file's name. In it, TMP is the
# temporary folder, and SIZE and END are any number. Lab files that cannot be in this table are made
# below. For each lab file, the status must be 2, standard error one line and standard output empty,
# and no QEMU may be started.

use strict;
use warnings;
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

# A fake QEMU that only records that it was started.
mkdir "$tmp/bin";
put('bin/qemu-system-aarch64', "#!/bin/sh\ntouch '$tmp/started'\n");
chmod 0755, "$tmp/bin/qemu-system-aarch64";
$ENV{PATH} = "$tmp/bin:$ENV{PATH}";

sub run_lab {
	my ($path) = @_;
	return run_command("$build/pvtime", 'lab', '--hypervisor', "$tmp/hypervisor.img", $path);
}

# refused NAME, FILE, MESSAGE: MESSAGE is the text after the file's path.
sub refused {
	my ($name, $file, $message) = @_;
	my $path = "$tmp/$file";
	my ($status, $out, $err) = run_lab($path);
	my $want = quotemeta($message);
	$want =~ s/TMP/quotemeta($tmp)/ge;
	$want =~ s/SIZE/[0-9]+/g;
	$want =~ s/END/0x[0-9a-f]+/g;
	unlink "$tmp/started" and fail("$name: no QEMU is started");
	is($status, 2, "$name: the status is 2");
	is($out, '', "$name: standard output is empty");
	like($err, qr/\A\Q$path\E$want\n\z/, "$name: the message is as expected");
}

# A good lab file shows that the fake QEMU records its start.
put('good.lab', "[vm a]\nkernel = tiny.bin\n");
run_lab("$tmp/good.lab");
ok(unlink("$tmp/started"), 'a good lab starts QEMU');

my ($before, %lab) = do { local $/; split /^== (.*)\n/m, <DATA> };
at_least('wrong lab files', 95, scalar keys %lab);
for my $name (sort keys %lab) {
	my ($message) = $lab{$name} =~ /\A; (.*)/ or die "$name: expected a first line with the message";
	# Root may read any file.
	next if $name eq 'kernel-unreadable' && $> == 0;
	put("$name.lab", $lab{$name} =~ s/\n\n\z/\n/r);
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

# Messages quote a lab file's text so that it cannot control a terminal or hide characters.
made('c1', "${vm}vcpus = 2\xc4\x9b\xe2\x80\x8b3\n", ':3: [vm a] vcpus: "2\xc4\x9b\xe2\x80\x8b3" is wrong; expected 1 to 8');
{
	local $ENV{LC_ALL} = 'C.UTF-8';
	made('c1-utf-8', "${vm}vcpus = \xc2\x9b2\xc4\x9b\xe2\x80\x8b3\n",
		":3: [vm a] vcpus: \"\\xc2\\x9b2\xc4\x9b\\xe2\\x80\\x8b3\" is wrong; expected 1 to 8");
}

done_testing();

# == NAME, and the lab file.
__DATA__
== cap-0
; :4: [vm a] cap: "0" is wrong; expected 1 to 100 (percent of a CPU)
[vm a]
kernel = tiny.bin
cap = 0

== cap-101
; :4: [vm a] cap: "101" is wrong; expected 1 to 100 (percent of a CPU)
[vm a]
kernel = tiny.bin
cap = 101

== cap-percent
; :4: [vm a] cap: "50%" is wrong; expected 1 to 100 (percent of a CPU)
[vm a]
kernel = tiny.bin
cap = 50%

== conduit-svc
; :4: [vm a] conduit: "svc" is wrong; expected hvc or smc
[vm a]
kernel = tiny.bin
conduit = svc

== cpu-unknown
; :3: [lab] cpu: "cortex-a53" is wrong; expected cortex-a57, cortex-a72, neoverse-n1 or max
[lab]
cpu = cortex-a53
[vm a]
kernel = tiny.bin

== dtb-outside
; :4: [vm a] dtb: the FDT of SIZE bytes at 0x9000000 does not fit in the RAM, 0x40000000 to 0x4fffffff; expected a place inside the RAM
[vm a]
kernel = tiny.bin
dtb = 0x09000000

== dtb-overlaps-initrd
; :5: [vm a] dtb: the FDT, 0x48000008 to END, overlaps the initrd, 0x48000000 to 0x493fffff; expected a place of its own
[vm a]
kernel = tiny.bin
initrd = 20m.bin
dtb = 0x48000008

== dtb-overlaps-kernel
; :4: [vm a] dtb: the FDT, 0x40080000 to END, overlaps the kernel, 0x40080000 to 0x40080fff; expected a place of its own
[vm a]
kernel = tiny.bin
dtb = 0x40080000

== dtb-unaligned
; :4: [vm a] dtb: "0x48000004" is wrong; expected an address of 64 bits like 0x48000000, a multiple of 8
[vm a]
kernel = tiny.bin
dtb = 0x48000004

== fit-dtb
; :5: [vm a] memory: the FDT of SIZE bytes at 0x42800000 does not fit in the RAM, 0x40000000 to 0x427fffff; expected memory = 43M or more
[vm a]
kernel = tiny.bin
initrd = 20m.bin
memory = 40M

== fit-initrd
; :5: [vm a] memory: the initrd of 20971520 bytes at 0x41000000 does not fit in the RAM, 0x40000000 to 0x41ffffff; expected memory = 43M or more
[vm a]
kernel = tiny.bin
initrd = 20m.bin
memory = 32M

== fit-kernel-default-memory
; :2: [vm a] memory: the kernel of 314572800 bytes at 0x40080000 does not fit in the RAM, 0x40000000 to 0x4fffffff; expected memory = 303M or more
[vm a]
kernel = 300m.bin

== fit-kernel
; :4: [vm a] memory: the kernel of 20971520 bytes at 0x40080000 does not fit in the RAM, 0x40000000 to 0x40ffffff; expected memory = 23M or more
[vm a]
kernel = 20m.bin
memory = 16M

== initrd-empty
; :4: [vm a] initrd: TMP/empty.bin: is empty; expected an initrd
[vm a]
kernel = tiny.bin
initrd = empty.bin

== initrd-missing
; :4: [vm a] initrd: TMP/missing.img: No such file or directory; expected an initrd
[vm a]
kernel = tiny.bin
initrd = missing.img

== initrd-no-path
; :4: [vm a] initrd: "" is wrong; expected the path of an initrd
[vm a]
kernel = tiny.bin
initrd =

== initrd-uimage
; :4: [vm a] initrd: TMP/uimage.bin: is in U-Boot's legacy format; expected the initrd itself
[vm a]
kernel = tiny.bin
initrd = uimage.bin

== kernel-directory
; :3: [vm a] kernel: TMP/folder: is a directory; expected a kernel: an arm64 Image, gzip of one, an EFI zboot image of one (gzip or zstd), an ELF for AArch64 or a raw binary
[vm a]
kernel = folder

== kernel-elf-short
; :3: [vm a] kernel: TMP/short.elf: is an ELF that ends too early; expected a kernel: an arm64 Image, gzip of one, an EFI zboot image of one (gzip or zstd), an ELF for AArch64 or a raw binary
[vm a]
kernel = short.elf

== kernel-elf-x86
; :3: [vm a] kernel: TMP/x86.elf: is an ELF for x86-64; expected a kernel: an arm64 Image, gzip of one, an EFI zboot image of one (gzip or zstd), an ELF for AArch64 or a raw binary
[vm a]
kernel = x86.elf

== kernel-empty
; :3: [vm a] kernel: TMP/empty.bin: is empty; expected a kernel: an arm64 Image, gzip of one, an EFI zboot image of one (gzip or zstd), an ELF for AArch64 or a raw binary
[vm a]
kernel = empty.bin

== kernel-fifo
; :3: [vm a] kernel: TMP/fifo: is not a regular file; expected a kernel: an arm64 Image, gzip of one, an EFI zboot image of one (gzip or zstd), an ELF for AArch64 or a raw binary
[vm a]
kernel = fifo

== kernel-gzip-damaged
; :3: [vm a] kernel: TMP/damaged.gz: is gzip that is damaged or not complete; expected a kernel: an arm64 Image, gzip of one, an EFI zboot image of one (gzip or zstd), an ELF for AArch64 or a raw binary
[vm a]
kernel = damaged.gz

== kernel-gzip-empty
; :3: [vm a] kernel: TMP/nothing.gz: is empty; expected a kernel: an arm64 Image, gzip of one, an EFI zboot image of one (gzip or zstd), an ELF for AArch64 or a raw binary
[vm a]
kernel = nothing.gz

== kernel-missing
; :3: [vm a] kernel: TMP/missing.bin: No such file or directory; expected a kernel: an arm64 Image, gzip of one, an EFI zboot image of one (gzip or zstd), an ELF for AArch64 or a raw binary
[vm a]
kernel = missing.bin

== kernel-no-path
; :3: [vm a] kernel: "" is wrong; expected the path of a kernel
[vm a]
kernel =

== kernel-none
; :2: [vm a] kernel: is missing; expected the path of a kernel
[vm a]
vcpus = 2

== kernel-uimage
; :3: [vm a] kernel: TMP/uimage.bin: is a U-Boot legacy image (uImage); expected a kernel: an arm64 Image, gzip of one, an EFI zboot image of one (gzip or zstd), an ELF for AArch64 or a raw binary
[vm a]
kernel = uimage.bin

== kernel-unreadable
; :3: [vm a] kernel: TMP/secret.bin: Permission denied; expected a kernel: an arm64 Image, gzip of one, an EFI zboot image of one (gzip or zstd), an ELF for AArch64 or a raw binary
[vm a]
kernel = secret.bin

== key-case
; :3: [vm a] Kernel: unknown key; expected kernel, initrd, append, vcpus, memory, weight, cap, pin, stolen_time, conduit, load or dtb
[vm a]
Kernel = tiny.bin

== key-nameless
; :3: [vm a]: not a setting; expected key = value, [section] or # comment
[vm a]
= tiny.bin

== key-of-other-section
; :4: [vm a] pcpus: unknown key; expected kernel, initrd, append, vcpus, memory, weight, cap, pin, stolen_time, conduit, load or dtb
[vm a]
kernel = tiny.bin
pcpus = 2

== key-outside
; :2: key outside of the sections; expected [lab] or [vm NAME] before it
pcpus = 1
[vm a]
kernel = tiny.bin

== key-twice-lab
; :4: [lab] seed: occurs twice; expected once
[lab]
seed = 1
seed=1
[vm a]
kernel = tiny.bin

== key-twice
; :5: [vm a] vcpus: occurs twice; expected once
[vm a]
vcpus = 1
kernel = tiny.bin
vcpus = 2

== key-unknown-lab
; :3: [lab] cpus: unknown key; expected pcpus, cpu, memory, timeslice_us or seed
[lab]
cpus = 2
[vm a]
kernel = tiny.bin

== key-unknown
; :4: [vm a] vcpu: unknown key; expected kernel, initrd, append, vcpus, memory, weight, cap, pin, stolen_time, conduit, load or dtb
[vm a]
kernel = tiny.bin
vcpu = 2

== key-without-value
; :3: [vm a]: not a setting; expected key = value, [section] or # comment
[vm a]
kernel

== lab-memory-0
; :3: [lab] memory: "0" is wrong; expected a size like 2G or 512M, from 1M to 255G, in whole MiB
[lab]
memory = 0
[vm a]
kernel = tiny.bin

== lab-memory-beyond-board
; :5: the VMs have 307200M of memory in all; expected the VMs, the hypervisor and the images to fit in 255G, the board's maximum
[vm a]
kernel = tiny.bin
memory = 200G
[vm b]
kernel = tiny.bin
memory = 100G

== lab-memory-large
; :3: [lab] memory: "256G" is wrong; expected a size like 2G or 512M, from 1M to 255G, in whole MiB
[lab]
memory = 256G
[vm a]
kernel = tiny.bin

== lab-memory-needs
; :3: [lab] memory: 384M is less than the VMs and the hypervisor need; expected 388M or more
[lab]
memory = 384M
[vm a]
kernel = tiny.bin
[vm b]
kernel = tiny.bin
memory = 100M

== lab-memory-unaligned
; :3: [lab] memory: "1025K" is wrong; expected a size like 2G or 512M, from 1M to 255G, in whole MiB
[lab]
memory = 1025K
[vm a]
kernel = tiny.bin

== load-all-ones
; :4: [vm a] load: "0xffffffffffffffff" is wrong; expected an address of 64 bits like 0x40200000, a multiple of 4
[vm a]
kernel = tiny.bin
load = 0xffffffffffffffff

== load-beyond
; :4: [vm a] load: the kernel of 4096 bytes at 0x50000000 does not fit in the RAM, 0x40000000 to 0x4fffffff; expected memory = 259M or more
[vm a]
kernel = tiny.bin
load = 0x50000000

== load-outside
; :4: [vm a] load: the kernel of 4096 bytes at 0x3ffff000 does not fit in the RAM, 0x40000000 to 0x4fffffff; expected a place inside the RAM
[vm a]
kernel = tiny.bin
load = 0x3ffff000

== load-overflow
; :4: [vm a] load: "0x10000000000000000" is wrong; expected an address of 64 bits like 0x40200000, a multiple of 4
[vm a]
kernel = tiny.bin
load = 0x10000000000000000

== load-unaligned
; :4: [vm a] load: "0x40200002" is wrong; expected an address of 64 bits like 0x40200000, a multiple of 4
[vm a]
kernel = tiny.bin
load = 0x40200002

== load-word
; :4: [vm a] load: "high" is wrong; expected an address of 64 bits like 0x40200000, a multiple of 4
[vm a]
kernel = tiny.bin
load = high

== memory-750g
; :4: [vm a] memory: "750G" is wrong; expected a size like 256M or 1G, from 16M to 255G, in steps of 64K
[vm a]
kernel = tiny.bin
memory = 750G

== memory-beyond-board
; :4: [vm a] memory: "256G" is wrong; expected a size like 256M or 1G, from 16M to 255G, in steps of 64K
[vm a]
kernel = tiny.bin
memory = 256G

== memory-max
; :2: the VMs have 261120M of memory in all; expected the VMs, the hypervisor and the images to fit in 255G, the board's maximum
[vm a]
kernel = tiny.bin
memory = 255G

== memory-negative
; :4: [vm a] memory: "-256M" is wrong; expected a size like 256M or 1G, from 16M to 255G, in steps of 64K
[vm a]
kernel = tiny.bin
memory = -256M

== memory-overflow
; :4: [vm a] memory: "99999999999999999999G" is wrong; expected a size like 256M or 1G, from 16M to 255G, in steps of 64K
[vm a]
kernel = tiny.bin
memory = 99999999999999999999G

== memory-small
; :4: [vm a] memory: "15M" is wrong; expected a size like 256M or 1G, from 16M to 255G, in steps of 64K
[vm a]
kernel = tiny.bin
memory = 15M

== memory-suffix
; :4: [vm a] memory: "256MB" is wrong; expected a size like 256M or 1G, from 16M to 255G, in steps of 64K
[vm a]
kernel = tiny.bin
memory = 256MB

== memory-unaligned
; :4: [vm a] memory: "16777217" is wrong; expected a size like 256M or 1G, from 16M to 255G, in steps of 64K
[vm a]
kernel = tiny.bin
memory = 16777217

== memory-word
; :4: [vm a] memory: "lots" is wrong; expected a size like 256M or 1G, from 16M to 255G, in steps of 64K
[vm a]
kernel = tiny.bin
memory = lots

== name-0123456789abcdef
; :2: [vm 0123456789abcdef]: wrong name of a VM; expected 1 to 15 of a-z, 0-9 and '-'
[vm 0123456789abcdef]
kernel = tiny.bin

== name-X
; :2: [vm A]: wrong name of a VM; expected 1 to 15 of a-z, 0-9 and '-'
[vm A]
kernel = tiny.bin

== name-aYb
; :2: [vm a b]: wrong name of a VM; expected 1 to 15 of a-z, 0-9 and '-'
[vm a b]
kernel = tiny.bin

== name-aZb
; :2: [vm a_b]: wrong name of a VM; expected 1 to 15 of a-z, 0-9 and '-'
[vm a_b]
kernel = tiny.bin

== no-vm
; has no VM; expected a section [vm NAME]
[lab]
pcpus = 2

== pcpus-0
; :3: [lab] pcpus: "0" is wrong; expected 1 to 8
[lab]
pcpus = 0
[vm a]
kernel = tiny.bin

== pcpus-9
; :3: [lab] pcpus: "9" is wrong; expected 1 to 8
[lab]
pcpus = 9
[vm a]
kernel = tiny.bin

== pin-beyond
; :4: [vm a] pin: "32" is wrong; expected numbers of physical CPUs, 0 to 31, like 0 or 0,2 or 1-3
[vm a]
kernel = tiny.bin
pin = 32

== pin-comma
; :4: [vm a] pin: "0," is wrong; expected numbers of physical CPUs, 0 to 31, like 0 or 0,2 or 1-3
[vm a]
kernel = tiny.bin
pin = 0,

== pin-empty
; :4: [vm a] pin: "" is wrong; expected numbers of physical CPUs, 0 to 31, like 0 or 0,2 or 1-3
[vm a]
kernel = tiny.bin
pin = 

== pin-not-there-default
; :4: [vm a] pin: "1" names a physical CPU that does not exist; expected 0 to 0, as [lab] pcpus is 1
[vm a]
kernel = tiny.bin
pin = 1

== pin-not-there
; :5: [vm a] pin: "1-2" names a physical CPU that does not exist; expected 0 to 1, as [lab] pcpus is 2
[vm a]
kernel = tiny.bin

pin = 1-2
[lab]
pcpus = 2

== pin-word
; :4: [vm a] pin: "all" is wrong; expected numbers of physical CPUs, 0 to 31, like 0 or 0,2 or 1-3
[vm a]
kernel = tiny.bin
pin = all

== section-case
; :4: [LAB]: unknown section; expected [lab] or [vm NAME]
[vm a]
kernel = tiny.bin
[LAB]

== section-comment
; :2: section without a name in brackets; expected [lab] or [vm NAME] alone on its line
[vm a] # the first one
kernel = tiny.bin

== section-lab-twice
; :6: [lab]: section occurs twice; expected once
[lab]
pcpus = 2
[vm a]
kernel = tiny.bin
[lab]

== section-nameless
; :2: section without a name in brackets; expected [lab] or [vm NAME] alone on its line
[]
kernel = tiny.bin

== section-open
; :2: section without a name in brackets; expected [lab] or [vm NAME] alone on its line
[vm a
kernel = tiny.bin

== section-twice-by-blanks
; :4: [vm  a]: section occurs twice; expected once
[vm a]
kernel = tiny.bin
[vm  a]
kernel = tiny.bin

== section-twice
; :5: [vm a]: section occurs twice; expected once
[vm a]
kernel = tiny.bin

[vm a]
vcpus = 2

== section-unknown
; :2: [vms]: unknown section; expected [lab] or [vm NAME]
[vms]
kernel = tiny.bin

== seed-overflow
; :3: [lab] seed: "18446744073709551616" is wrong; expected a number of 64 bits, decimal or with 0x
[lab]
seed = 18446744073709551616
[vm a]
kernel = tiny.bin

== seed-word
; :3: [lab] seed: "random" is wrong; expected a number of 64 bits, decimal or with 0x
[lab]
seed = random
[vm a]
kernel = tiny.bin

== stolen_time-2.0
; :4: [vm a] stolen_time: "2.0" is wrong; expected 1.0, beta-2 or off
[vm a]
kernel = tiny.bin
stolen_time = 2.0

== stolen_time-case
; :4: [vm a] stolen_time: "OFF" is wrong; expected 1.0, beta-2 or off
[vm a]
kernel = tiny.bin
stolen_time = OFF

== timeslice-100001
; :3: [lab] timeslice_us: "100001" is wrong; expected 100 to 100000 (microseconds)
[lab]
timeslice_us = 100001
[vm a]
kernel = tiny.bin

== timeslice-99
; :3: [lab] timeslice_us: "99" is wrong; expected 100 to 100000 (microseconds)
[lab]
timeslice_us = 99
[vm a]
kernel = tiny.bin

== value-comment
; :4: [vm a] vcpus: "2 ; two" is wrong; expected 1 to 8
[vm a]
kernel = tiny.bin
vcpus = 2 ; two

== value-empty
; :4: [vm a] vcpus: "" is wrong; expected 1 to 8
[vm a]
kernel = tiny.bin
vcpus =

== vcpus-0
; :4: [vm a] vcpus: "0" is wrong; expected 1 to 8
[vm a]
kernel = tiny.bin
vcpus = 0

== vcpus-65-in-all
; :33: [vm i] vcpus: the VMs have 65 vCPUs up to here; expected at most 64 in all
[vm a]
kernel = tiny.bin
vcpus = 8

[vm b]
kernel = tiny.bin
vcpus = 8

[vm c]
kernel = tiny.bin
vcpus = 8

[vm d]
kernel = tiny.bin
vcpus = 8

[vm e]
kernel = tiny.bin
vcpus = 8

[vm f]
kernel = tiny.bin
vcpus = 8

[vm g]
kernel = tiny.bin
vcpus = 8

[vm h]
kernel = tiny.bin
vcpus = 8
[vm i]
kernel = tiny.bin

== vcpus-9
; :4: [vm a] vcpus: "9" is wrong; expected 1 to 8
[vm a]
kernel = tiny.bin
vcpus = 9

== vcpus-huge
; :4: [vm a] vcpus: "4294967297" is wrong; expected 1 to 8
[vm a]
kernel = tiny.bin
vcpus = 4294967297

== vcpus-negative
; :4: [vm a] vcpus: "-1" is wrong; expected 1 to 8
[vm a]
kernel = tiny.bin
vcpus = -1

== vcpus-word
; :4: [vm a] vcpus: "two" is wrong; expected 1 to 8
[vm a]
kernel = tiny.bin
vcpus = two

== weight-0
; :4: [vm a] weight: "0" is wrong; expected 1 to 10000
[vm a]
kernel = tiny.bin
weight = 0

== weight-10001
; :4: [vm a] weight: "10001" is wrong; expected 1 to 10000
[vm a]
kernel = tiny.bin
weight = 10001

