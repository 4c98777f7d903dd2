# SPDX-License-Identifier: BSD-2-Clause
package Host;

# A Linux host with a real /dev/kvm: Debian's arm64 kernel at EL2 in QEMU, with busybox,
# build/a64-linux/pvtime as `pvtime` and, on request, Debian's QEMU for arm64 as a VMM. The host
# runs one script and powers off.
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

our @EXPORT = qw($build $tmp host_run host_initramfs run_command limited at_least read_json slurp spew);

# The beginning of every script. wait_for COMMAND...: wait until the command succeeds. It has no
# limit of its own, as the host's clock also advances while other processes of this machine keep the
# host from its CPUs; host_run() has the limit. wait_for prints a line for each minute that it
# waits.
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

# archive ROOT, PATH: pack the files below ROOT in the format of an initramfs.
sub archive
{
	my ($root, $path) = @_;
	system('sh', '-c', 'cd "$1" && find . -mindepth 1 | LC_ALL=C sort | cpio --quiet -o -H newc -R +0:+0 >"$2"', 'sh', $root, $path) == 0
		or die 'cpio failed';
	return $path;
}

# Make the host's initramfs from script, files and qemu (see below), and return its path. It
# consists of a base that make has built and, appended to it, an archive with the files of this run;
# Linux unpacks both. A guest on the host can use such an initramfs, too.
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

# host_run(script => TEXT, ...): run the text in busybox's sh, as root. Options:
#
#   files => {'path/in/host' => 'file' or \'content', ...}   additional files, all executable
#   qemu => 1            add Debian's qemu-system-aarch64
#   cpus => 2            the number of the host's CPUs; each is a thread of QEMU
#   cpu => 'neoverse-n1' the CPU model: neoverse-n1 has VHE, cortex-a57 does not. The default is
#                        KVM_HOST_CPU of the environment
#   memory => '1G'       the host's RAM
#   icount => 1          the host's time is the number of executed instructions, 250 million a
#                        second. With one CPU, runs then repeat exactly. A faster CPU would only
#                        make QEMU emulate more instructions while a script lets time pass
#   append => 'words'    more words for the kernel's command line
#   machine => 'virt,virtualization=on,gic-version=3'   without EL2, the host has no KVM
#   limit_s => 150       end the host after this time, measured as if this machine did nothing else
#
# Returns {status, out, console, why}: the script's status (undef if it has not ended), its standard
# output and error, all that the console printed, and the reason of a failure or ''. The kernel's
# command line turns off kpti, the change of page tables at each entry, which takes a fifth of
# QEMU's time where addresses are random and the CPU is not known to be safe. It also turns off the
# tests of the ciphers, which take more than half of the boot.
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
