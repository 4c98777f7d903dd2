# SPDX-License-Identifier: BSD-2-Clause
package Host;

# A Linux host with a /dev/kvm of its own: Debian's arm64 kernel at EL2 in QEMU, busybox,
# build/a64-linux/pvtime as `pvtime`, and, where it is asked for, Debian's QEMU for arm64 as a VMM
# in it. It runs one script, and that is all.
#
#   my $run = host_run(script => 'pvtime probe', cpus => 2);
#   is($run->{status}, 0, 'it probes') or diag $run->{console};
#   like($run->{out}, qr/.../);
#
# A test that cannot be sure of something waits for it in the script, with wait_for (below), and not
# for a time.

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

our @EXPORT = qw($build $tmp host_run host_initramfs run_command limited at_least read_json slurp spew);

# What every script begins with. wait_for COMMAND...: until the command succeeds. There is no limit
# in the host's time, which goes on while other processes of this machine keep the host from its
# CPUs: host_run() has the limit. What takes long is said.
my $prelude = <<'END';
wait_for()
{
	wait_long=$(($(cut -d. -f1 /proc/uptime) + 60))
	until "$@" >/tmp/wait.out 2>&1; do
		if [ "$(cut -d. -f1 /proc/uptime)" -ge "$wait_long" ]; then
			echo "waits for: $*"
			cat /tmp/wait.out
			wait_long=$((wait_long + 60))
		fi
		sleep 0.05
	done
}
END

# An archive in Linux's format of what is below a directory.
sub archive
{
	my ($root, $path) = @_;
	system('sh', '-c', 'cd "$1" && find . -mindepth 1 | LC_ALL=C sort | cpio --quiet -o -H newc -R +0:+0 >"$2"', 'sh', $root, $path) == 0
		or die 'cpio failed';
	return $path;
}

# The host's files: a base that make has built, and behind it, which Linux takes as well, what this
# run adds. Its path: of script, files and qemu as below. A guest of the host can have such a one,
# too.
my $runs = 0;
sub host_initramfs
{
	my (%given) = @_;
	my $how = \%given;
	my $root = "$tmp/root" . $runs++;
	my %files = ('bin/pvtime' => "$build/a64-linux/pvtime", %{$how->{files} // {}}, 'script' => \"$prelude$how->{script}\n");
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
	my $base = "$build/kvm-host/" . ($how->{qemu} ? 'host-qemu.cpio' : 'host.cpio');
	system('sh', '-c', 'cat "$1" "$2" >"$3"', 'sh', $base, $more, "$root.cpio") == 0 or die 'cat failed';
	system 'rm', '-rf', $root, $more;
	return "$root.cpio";
}

# host_run(script => TEXT, ...): run the text by busybox's sh, as root. Further:
#
#   files => {'path/in/host' => 'file' or \'content', ...}   executable all of them
#   qemu => 1            qemu-system-aarch64 (Debian's) is there, too
#   cpus => 2            CPUs of the host, each a thread of QEMU's
#   cpu => 'neoverse-n1' which has VHE; 'cortex-a57' has not. Where a test says none, KVM_HOST_CPU
#   of the environment does memory => '1G'
#   icount => 1          time is instructions, and repeats (with one CPU): a CPU that executes 250
#                        million in a second. The slower it is, the fewer QEMU has to emulate while
#                        a script lets time pass
#   append => 'words'    of the kernel's command line
#   machine => 'virt,virtualization=on,gic-version=3'   without EL2 there is no KVM
#   limit_s => 150       of a machine that does nothing else; then it is ended
#
# The result: status (of the script; undef if it has not ended), out (what it printed, standard
# error as well), console (all of it), why (of what has gone wrong, in words, or ''). Linux is not
# to change its page tables at each entry (kpti): it does so where its addresses are random and the
# CPU is not known to be safe, and that takes QEMU a fifth of its time. Nor is it to test its
# ciphers, which is more than half of its boot.
sub host_run
{
	my (%how) = @_;
	my $initrd = host_initramfs(%how);
	my $console = "$initrd.console";
	my @time = $how{icount} ? ('-icount', 'shift=2,sleep=off', '-rtc', 'base=2026-01-01T00:00:00,clock=vm', '-seed', 1)
		: ('-accel', 'tcg,thread=multi');
	my @qemu = limited($how{limit_s} // 150, 'qemu-system-aarch64',
		'-M', $how{machine} // 'virt,virtualization=on,gic-version=3', '-cpu', $how{cpu} // $ENV{KVM_HOST_CPU} // 'neoverse-n1',
		'-smp', $how{cpus} // 2, '-m', $how{memory} // '1G', @time, '-no-user-config', '-nodefaults', '-nic', 'none',
		'-display', 'none', '-monitor', 'none', '-serial', "file:$console", '-no-reboot',
		'-kernel', "$build/debian/Image", '-initrd', $initrd,
		'-append', 'console=ttyAMA0 quiet panic=-1 kpti=off cryptomgr.notests ' . ($how{append} // ''));
	my $begin = time;
	my $ended = system(@qemu) >> 8;
	note sprintf '%.1f s on this machine', time - $begin;
	my $text = -e $console ? slurp($console) : '';
	unlink $initrd, $console;
	my %run = (console => $text, out => '', why => '');
	if ($text =~ /^\@host begin\r?\n(.*)\n\@host end (\d+)\n/ms) {
		@run{qw(out status)} = ($1, $2);
	} else {
		$run{why} = $ended == 124 ? 'the host has not ended in time' : "QEMU ended with status $ended before the script";
		diag $run{why}, "\n", substr $text, -3000;
	}
	return \%run;
}

1;
