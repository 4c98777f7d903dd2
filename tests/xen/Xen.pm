# SPDX-License-Identifier: BSD-2-Clause
package Xen;

# A machine with Xen at EL2 in QEMU, with a dom0, with domains that Xen makes from the device tree
# (dom0less), or with both. The kernels lie in memory, where a boot loader would have put them.
#
#   my $run = xen_run(
#       domains => [linux_domain('a', cpus => 2, append => 'role=spin until=20 then=stay')],
#       until => sub { reported($_[0], 'a', 2) }, dump => 1);
#   is($run->{ended}, 'until', '...') or diag $run->{console};

use strict;
use warnings;
use Exporter qw(import);
use FindBin;
use lib "$FindBin::Bin/..", "$FindBin::Bin/../../guest/linux";
use Shared;
use Test::More;
use Reports ();
use Time::HiRes qw(time);

our @EXPORT = qw($build $tmp $xen $before xen_run linux_domain bare_domain xl_dom0 lines_of reports_of reported TICK_NS totals limited run_command at_least slurp spew);

our $release = $ENV{XEN_RELEASE} // 'bookworm';
our $xen = "$build/xen/$release/xen";
our $before = "$build/xen/$release/before";

# The address of the region in Xen's guest layout; a tick of /proc/stat.
use constant {GUEST_PVTIME_BASE => '0x3a000000', TICK_NS => 10_000_000};

# linux_domain NAME, KEYS: a domain with Debian's kernel and the tests' initramfs. bare_domain NAME,
# IMAGE, KEYS: one with another image. KEYS: cpus, memory (MiB), append, base => the address of the
# region, if it is not that of Xen's guest layout, and properties => text for
# the domain's node in the device tree.
sub linux_domain
{
	my ($name, %keys) = @_;
	my ($append, $base) = (delete $keys{append} // '', delete $keys{base} // GUEST_PVTIME_BASE);
	return {name => $name, cpus => 1, memory => 128, kernel => "$build/debian/Image", initrd => "$build/guest/initramfs.cpio", %keys,
		append => 'console=ttyAMA0 panic=-1 cryptomgr.notests pvtime_base=' . "$base $append"};
}

sub bare_domain
{
	my ($name, $image, %keys) = @_;
	return {name => $name, cpus => 1, memory => 64, append => '', %keys, kernel => $image};
}

# xl_dom0 SCRIPT, FILE...: a dom0 with Debian's xl and the files in its root directory; it runs the
# shell script. See dom0-init.
sub xl_dom0
{
	my ($script, @files) = @_;
	my $root = "$tmp/more";
	mkdir $root;
	spew("$root/script", $script);
	system('cp', @files, $root) == 0 or die 'cp failed' if @files;
	system('sh', '-c', 'cd "$1" && find * | cpio --quiet -o -H newc -R +0:+0 >"$1.cpio" && cat "$2" "$1.cpio" >"$1.all"', 'sh', $root, "$build/xen/dom0.cpio") == 0
		or die 'cpio failed';
	return linux_domain('dom0', cpus => 1, memory => 512, initrd => "$root.all", append => 'console=hvc0 kpti=off quiet');
}

sub words { return join ' ', map { sprintf '0x%x', $_ } @_ }

# module KIND, FILE, ADDRESS, APPEND: the node of a file in memory.
sub module
{
	my ($kind, $file, $at, $append) = @_;
	return sprintf "module\@%x { compatible = \"multiboot,%s\", \"multiboot,module\"; reg = <0x0 0x%x 0x0 0x%x>;%s };\n",
		$at, $kind, $at, -s $file, defined $append ? " bootargs = \"$append\";" : '';
}

# Give each file a place above Xen and QEMU's own device tree. Returns the nodes of the domain and
# the -device options.
sub place
{
	my ($domain, $at) = @_;
	my ($nodes, @load) = ('');
	for ([kernel => $domain->{kernel}, $domain->{append}], [ramdisk => $domain->{initrd}, undef]) {
		my ($kind, $file, $append) = @$_;
		next if !defined $file;
		$nodes .= module($kind, $file, $$at, $append);
		push @load, '-device', sprintf 'loader,addr=0x%x,force-raw=on,file=%s', $$at, $file;
		$$at += (-s $file) + 0x1fffff & ~0x1fffff;
	}
	return ($nodes, @load);
}

# The device tree of QEMU's machine, with Xen's command line and the domains in /chosen.
my $runs = 0;
sub device_tree
{
	my ($machine, $arguments, $how) = @_;
	my ($at, $chosen, @load) = (0x4a000000, "xen,xen-bootargs = \"$arguments\";\n#address-cells = <2>;\n#size-cells = <2>;\n");
	my $file = "$tmp/machine" . $runs++;
	for my $d ($how->{dom0} // (), @{$how->{domains} // []}) {
		my ($nodes, @files) = place($d, \$at);
		push @load, @files;
		$chosen .= $how->{dom0} && $d == $how->{dom0} ? $nodes
			: sprintf "%s { compatible = \"xen,domain\"; #address-cells = <2>; #size-cells = <2>;\nmemory = <0x0 0x%x>; cpus = <%d>; vpl011;\n%s\n%s};\n",
			$d->{name}, $d->{memory} * 1024, $d->{cpus}, $d->{properties} // '', $nodes;
	}
	my ($status, undef, $err) = run_command(@$machine, '-machine', "dumpdtb=$file.dtb");
	die "dumpdtb: $err" if $status;
	my ($dtc, $tree, $why) = run_command('dtc', '-q', '-I', 'dtb', '-O', 'dts', "$file.dtb");
	die "dtc: $why" if $dtc;
	spew("$file.dts", "$tree\n/ { chosen {\n$chosen}; };\n");
	($dtc, undef, $why) = run_command('dtc', '-q', '-I', 'dts', '-O', 'dtb', '-o', "$file.dtb", "$file.dts");
	die "dtc: $why" if $dtc;
	return ("$file.dtb", @load);
}

# xen_run(KEYS): run Xen until a function of the console's text returns true, or QEMU ends. Keys:
#
#   xen => path          default: the one of make xen
#   dom0 => domain       domains => [domain, ...]
#   pcpus => 1           the machine's CPUs
#   cpu => 'cortex-a57'  memory => '1G'
#   icount => 0          time is the number of executed instructions unless this is 0, as for
#                        several CPUs: then threads of QEMU
#   arguments => 'words' more words for Xen's command line
#   until => sub         called with the console's text so far
#   dump => 1            then let Xen print its domains (debug key q) before it is ended
#   limit_s => 300       end the machine after this time, as if this machine did nothing else
#
# With XEN_SHOW=1 in the environment, the console is also copied to stderr as it comes.
#
# Returns {console, dump, ended => 'until' | 'qemu' | 'limit'}.
sub xen_run
{
	my (%how) = @_;
	my $pcpus = $how{pcpus} // 1;
	my @machine = ('qemu-system-aarch64', '-M', 'virt,virtualization=on,gic-version=3', '-cpu', $how{cpu} // 'cortex-a57',
		'-smp', $pcpus, '-m', $how{memory} // '1G', '-no-user-config', '-nodefaults', '-nic', 'none', '-display', 'none');
	my @time = $how{icount} // $pcpus == 1 ? ('-icount', 'shift=2,sleep=off', '-rtc', 'base=2026-01-01T00:00:00,clock=vm', '-seed', 1)
		: ('-accel', 'tcg,thread=multi');
	my $dom0 = $how{dom0} ? "dom0_mem=$how{dom0}{memory}M dom0_max_vcpus=$how{dom0}{cpus} " : '';
	my ($dtb, @load) = device_tree(\@machine, "${dom0}console=dtuart conswitch=ax " . ($how{arguments} // ''), \%how);
	my @qemu = limited($how{limit_s} // 300, @machine, @time, '-no-user-config', '-nodefaults', '-nic', 'none', '-display', 'none',
		'-monitor', 'none', '-serial', 'stdio', '-no-reboot', '-kernel', $how{xen} // $xen, '-dtb', $dtb, @load);
	my $begin = time;
	my %run = watch(\%how, @qemu);
	note sprintf '%.1f s on this machine', time - $begin;
	return \%run;
}

# Run QEMU with its serial port on pipes.
sub watch
{
	my ($how, @qemu) = @_;
	pipe my $keys_out, my $keys or die "pipe: $!";
	pipe my $console, my $console_in or die "pipe: $!";
	my $pid = fork // die "fork: $!";
	if ($pid == 0) {
		POSIX::setpgid(0, 0);
		Shared::heed_all();
		open STDIN, '<&', $keys_out or die "stdin: $!";
		open STDOUT, '>&', $console_in or die "stdout: $!";
		close $_ for $keys, $keys_out, $console, $console_in;
		exec {$qemu[0]} @qemu or die "$qemu[0]: $!";
	}
	close $keys_out;
	close $console_in;
	my %run = (console => '', ended => 'qemu');
	my $asked_at;
	while (sysread $console, my $bytes, 65536) {
		$run{console} .= $bytes =~ s/\r//gr;
		print STDERR $bytes if $ENV{XEN_SHOW};
		if (!defined $asked_at && $how->{until} && $how->{until}->($run{console})) {
			$run{ended} = 'until';
			$asked_at = length $run{console};
			last if !$how->{dump};
			syswrite $keys, 'q';
		}
		# The last thing that q prints begins with the idle domain's CPUs.
		last if defined $asked_at && substr($run{console}, $asked_at) =~ /Notifying guest/;
	}
	$run{dump} = substr $run{console}, $asked_at if defined $asked_at;
	kill TERM => -$pid;
	waitpid $pid, 0;
	$run{ended} = 'limit' if $run{ended} eq 'qemu' && $? >> 8 == 124;
	return %run;
}

# lines_of CONSOLE, N: the lines of the Nth domain of the device tree, counted from 1, without Xen's
# prefix; Xen prints only whole lines of a domain. N = 0: the lines of dom0, which has the console.
sub lines_of
{
	my ($console, $n) = @_;
	return $console =~ s/^\(XEN\) .*\n//mgr if !$n;
	return join '', map { "$_\n" } $console =~ /^\(XEN\) DOM$n: (.*)$/mg;
}

# The reports of Linux's CPUs, in their order.
sub reports_of
{
	my ($console) = @_;
	my %by_cpu = map { $_->{cpu} => $_ } Reports::reports($console);
	return map { $by_cpu{$_} } sort { $a <=> $b } keys %by_cpu;
}

# Whether the Nth domain (0: dom0) has reported on `cpus` CPUs.
sub reported
{
	my ($console, $n, $cpus) = @_;
	my $reports = () = lines_of($console, $n) =~ /^STEAL .*\n/mg;
	return $reports >= $cpus;
}

# totals DUMP: what Xen prints for each vCPU that has stolen time: {domain}[vcpu] = {ipa, shown,
# refused, runstate (1: runnable), running, runnable,
# blocked, offline}.
sub totals
{
	my ($dump) = @_;
	my (%totals, $domain, $vcpu);
	for (split /\n/, $dump) {
		$domain = $1 if /General information for domain (\d+)/;
		$vcpu = $1 if /^\(XEN\)\s+VCPU(\d+):/;
		$totals{$domain}[$vcpu] = {ipa => $1, shown => $2, refused => $3} if /Stolen time at (0x\w+): shown (\d+) ns, refused writes (\d+)/;
		$totals{$domain}[$vcpu]{lc $1} = $2 while /Runstate \d:/ && /(\w+) (\d+)/g;
	}
	return \%totals;
}

1;
