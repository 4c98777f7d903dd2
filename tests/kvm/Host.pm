# SPDX-License-Identifier: BSD-2-Clause
package Host;

# A Linux host with a real /dev/kvm: Debian's arm64 kernel at EL2 in QEMU, with busybox,
# build/a64-linux/pvtime as `pvtime` and, on request, Debian's QEMU for arm64 as a VMM; or Debian's
# amd64 kernel on a CPU with SVM, with the pvtime command and the QEMU of this machine. The host
# runs one script and powers off. The same script can also run on this machine (own_run).
#
#   my $run = host_run(script => 'pvtime probe', cpus => 2);
#   is($run->{status}, 0, 'pvtime probe has status 0') or diag $run->{console};
#   like($run->{out}, qr/.../);
#
# If a script depends on an event, it waits for that event with wait_for (below), not for a fixed
# time.

use strict;
use warnings;
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Copy qw(copy);
use File::Path qw(make_path);
use FindBin;
use lib "$FindBin::Bin/..";
use Shared;
use Test::More;
use Time::HiRes qw(time);

our @EXPORT = qw($build $tmp host_run own_run host_initramfs run_command limited at_least read_json slurp spew);

# QEMU reads the kernel and the initramfs into large pages, which takes less time.
$ENV{GLIBC_TUNABLES} = 'glibc.malloc.hugetlb=1';

# The beginning of every script. wait_for COMMAND...: wait until the command succeeds. It has no
# limit of its own, as the host's clock also advances while other processes of this machine keep the
# host from its CPUs; host_run() has the limit. wait_for prints a line for each minute that it
# waits.
#
# mended: whether this host's KVM keeps the totals itself, as with ports/linux. A function says so.
my $prelude = <<'END';
mended() { grep -q ' kvm_pvtime_reset$' /proc/kallsyms; }
wait_for()
{
	wait_long=$(($(cut -d. -f1 /proc/uptime) + 60))
	until "$@" >"${TMPDIR:-/tmp}/wait.out" 2>&1; do
		if [ "$(cut -d. -f1 /proc/uptime)" -ge "$wait_long" ]; then
			echo "waits for: $*"
			cat "${TMPDIR:-/tmp}/wait.out"
			wait_long=$((wait_long + 60))
		fi
		sleep 0.05
	done
}
END

# archive ROOT, PATH: pack the files below ROOT in the format of an initramfs.
sub archive
{
	my ($root, $path) = @_;
	system('sh', '-c', 'cd "$1" && find . -mindepth 1 | LC_ALL=C sort | cpio --quiet -o -H newc -R +0:+0 >"$2"', 'sh', $root, $path) == 0
		or die 'cpio failed';
	return $path;
}

# The files of each kind of host; scripts/kvm-host has what QEMU needs besides.
my %hosts = (
	arm64 => {
		kernel => $ENV{KVM_HOST_KERNEL} // "$build/debian/Image", pvtime => "$build/a64-linux/pvtime", base => 'host', cpu => $ENV{KVM_HOST_CPU}},
	x86 => {kernel => "$build/debian/x86/Image", pvtime => "$build/pvtime", base => 'host-x86'},
);

# Make the host's initramfs from script, files and qemu (see below), and return its path. It
# consists of a base that make has built and, appended to it, an archive with the files of this run;
# Linux unpacks both. A guest on the host can use such an initramfs, too.
my $runs = 0;
sub host_initramfs
{
	my (%given) = @_;
	my $how = \%given;
	my $kind = $hosts{$how->{host} // 'arm64'};
	my $root = "$tmp/root" . $runs++;
	my %files = ('bin/pvtime' => $kind->{pvtime}, %{$how->{files} // {}}, 'script' => \"$prelude$how->{script}\n");
	for my $path (sort keys %files) {
		my $from = $files{$path};
		make_path(dirname("$root/$path"));
		if (ref $from) {
			spew("$root/$path", $$from);
		} else {
			copy($from, "$root/$path") or die "$from: $!";
		}
		chmod 0755, "$root/$path";
	}
	my $more = archive($root, "$root.more");
	my $base = "$build/kvm-host/$kind->{base}" . ($how->{qemu} ? '-qemu.cpio' : '.cpio');
	system('sh', '-c', 'cat "$1" "$2" >"$3"', 'sh', $base, $more, "$root.cpio") == 0 or die 'cat failed';
	system 'rm', '-rf', $root, $more;
	return "$root.cpio";
}

# host_run(script => TEXT, ...): run the text in busybox's sh, as root. Options:
#
#   host => 'x86'        an x86-64 host; the default is arm64
#   files => {'path/in/host' => 'file' or \'content', ...}   additional files, all executable
#   qemu => 1            add Debian's qemu-system-aarch64, or this machine's qemu-system-x86_64
#   cpus => 2            the number of the host's CPUs; each is a thread of QEMU
#   cpu => 'neoverse-n1' the CPU model: neoverse-n1 has VHE, cortex-a57 does not. The default is
#                        KVM_HOST_CPU of the environment
#   kernel => 'file'     the host's kernel; the default is KVM_HOST_KERNEL of the environment, or
#                        that of this machine's Debian
#   memory => '1G'       the host's RAM
#   icount => 1          the host's time is the number of executed instructions, 250 million a
#                        second. With one CPU, runs then repeat exactly. A faster CPU would only
#                        make QEMU emulate more instructions while a script lets time pass
#   append => 'words'    more words for the kernel's command line
#   machine => 'virt,virtualization=on,gic-version=3'   without EL2, the host has no KVM
#   limit_s => 150       end the host after this time, measured as if this machine did nothing else
#
# Returns {status, out, console, why}: the script's status (undef if it has not ended), its standard
# output and error, all that the console printed, and the reason of a failure or ''. A report of the
# host's kernel about itself (a WARNING, lockdep's or KASAN's) is a failed test.
sub host_run
{
	my (%how) = @_;
	my $kind = $hosts{$how{host} // 'arm64'};
	my $initrd = host_initramfs(%how);
	my $console = "$initrd.console";
	my @time = $how{icount} ? ('-icount', 'shift=2,sleep=off', '-rtc', 'base=2026-01-01T00:00:00,clock=vm', '-seed', 1)
		: ('-accel', 'tcg,thread=multi');
	local @ENV{qw(MACHINE CPU)} = ($how{machine} // '', $how{cpu} // $kind->{cpu} // '');
	my @qemu = limited($how{limit_s} // 150, dirname(__FILE__) . '/../../scripts/kvm-host', $how{host} // 'arm64', $how{kernel} // $kind->{kernel}, $initrd,
		$how{append} // '', '-smp', $how{cpus} // 2, '-m', $how{memory} // '1G', @time, '-serial', "file:$console");
	my $begin = time;
	my $ended = system(@qemu) >> 8;
	note sprintf '%.1f s on this machine', time - $begin;
	my $text = -e $console ? slurp($console) : '';
	unlink $initrd, $console;
	my @reports = $text =~ /^\@kernel (.*)$/mg;
	if (@reports) {
		fail("the host's kernel reports nothing");
		diag join "\n", @reports;
	}
	my %run = (console => $text, out => '', why => '');
	if ($text =~ /^\@host begin\r?\n(.*)\n\@host end (\d+)\n/ms) {
		@run{qw(out status)} = ($1, $2);
	} else {
		$run{why} = $ended == 124 ? 'the host has not ended in time' : "QEMU ended with status $ended before the script";
		diag $run{why}, "\n", substr $text, -3000;
	}
	return \%run;
}

# own_run(script => TEXT, limit_s => 150): run the text on this machine, with the commands in build/
# first in its PATH, and TMPDIR as its folder. Returns what host_run() returns.
sub own_run
{
	my (%how) = @_;
	local $ENV{PATH} = "$build:$ENV{PATH}";
	local $ENV{TMPDIR} = $tmp;
	my ($status, $out, $err) = run_command(limited($how{limit_s} // 150, 'sh', spew("$tmp/script", "$prelude$how{script}\n")));
	return {status => $status, out => $out, console => $out . $err, why => ''};
}

1;
