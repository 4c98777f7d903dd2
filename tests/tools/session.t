#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: `pvtime lab` from start to end, on a fake board.

use strict;
use warnings;
use File::Basename qw(dirname);
use lib dirname(__FILE__);
use Lab;
use Test::More;

my $final = <<'END';
sub final { record('final 10000', vcpu(0, 0, running => 6000, ready => 4000),
	vcpu(0, 1, off => 10000), vcpu(1, 0, running => 1000, ready => 1500, blocked => 7500, refused => 3),
	'life 0 0 9000 4000 0 0 0', 'life 0 1 0 0 0 10000 0', 'life 1 0 1000 1500 7500 500 0', 'cpu 0 10000 250 2000 12250', 'end') }
sub begin { record('start 1000') }
sub good { begin(); final(); record('done 0 all VMs are off') }
END

my $table = <<'END';
VM   vCPU    running s     stolen s    blocked s        off s      exits   switches
busy    0        6.000        4.000        0.000        0.000          1          2
busy    1        0.000        0.000        0.000       10.000          1          2
idle    0        1.000        1.500        7.500        0.000          1          2  3 writes to its structure refused

Since the lab was made, over all resets, loading included:
busy    0        9.000        4.000        0.000        0.000
busy    1        0.000        0.000        0.000       10.000
idle    0        1.000        1.500        7.500        0.500

      CPU      vCPUs s hypervisor s       idle s
        0       10.000        0.250        2.000

END

my $running = "${table}Ended: asked. busy: running; idle: running\n";

# A good end.
{
	my ($status, $out, $err) = lab($final . q{
		begin();
		put(0, "hello\r\nwor"); put(1, "I am idle\n"); message('guests run'); put(0, "ld\n\xff\n");
		put(1, 'login: ');
		record('vm 1 reset', 'vm 1 off'); final(); record('vm 0 off', 'done 0 all VMs are off')});
	is($status, 0, 'a lab whose VMs power off has status 0');
	is($out, "busy| hello\nidle| I am idle\nbusy| world\nbusy| \xff\nidle| login: \n${table}Ended: powered off. busy: powered off; idle: powered off, 1 reset\n",
		'standard output has the consoles line by line, and then the ledger');
	is($err, "pvtime: guests run\n", 'standard error has the messages');
}

# The command line of QEMU, and the bundle.
{
	my $args = "$dir/args";
	my $script = $final . qq{
		open my \$f, '>', '$args'; print \$f join("\\n", \@arguments), "\\n"; close \$f;
		open my \$b, '<:raw', \$option{initrd} or die; read \$b, my \$magic, 4;
		message(sprintf 'bundle %s %d', unpack('H*', \$magic), -s \$option{initrd} > 4096);
		begin(); record('vm 1 reset', 'vm 0 stuck', 'vm 1 reset'); final(); record('done 0 x')};
	my ($status, $out, $err) = lab($script, '--json', "$dir/x.json", '--seconds', 10);
	is($status, 0, 'a lab with --json has status 0');
	is($err, "pvtime: bundle d00dfeed 1\n", 'the board gets the bundle, which begins with a devicetree');
	my $json = read_json('ledger', slurp("$dir/x.json"));
	is_deeply($json, {format => 'pvtime-ledger', version => 1, ended => 'seconds', cntfrq => 1000, vms => [
		{name => 'busy', end => 'stuck', resets => 0, vcpus => [
			{id => 0, ticks => {running => 6000, ready => 4000, blocked => 0, off => 0, paused => 0,
				elapsed => 10000}, life => {running => 9000, ready => 4000, blocked => 0, off => 0, paused => 0,
				elapsed => 13000}, stolen_ns => 4000000000, published_ns => 4000000000, exits => 1,
				switches => 2, refused_writes => 0},
			{id => 1, ticks => {running => 0, ready => 0, blocked => 0, off => 10000, paused => 0,
				elapsed => 10000}, life => {running => 0, ready => 0, blocked => 0, off => 10000, paused => 0,
				elapsed => 10000}, stolen_ns => 0, published_ns => 0, exits => 1, switches => 2,
				refused_writes => 0}]},
		{name => 'idle', end => 'running', resets => 2, vcpus => [
			{id => 0, ticks => {running => 1000, ready => 1500, blocked => 7500, off => 0, paused => 0,
				elapsed => 10000}, life => {running => 1000, ready => 1500, blocked => 7500, off => 500, paused => 0,
				elapsed => 10500}, stolen_ns => 1500000000, published_ns => 1500000000, exits => 1,
				switches => 2, refused_writes => 3}]}],
		pcpus => [{id => 0, vcpus => 10000, own => 250, idle => 2000, elapsed => 12250}]}, '--json writes the final ledger');
	my $words = join ' ', split /\n/, slurp($args);
	like($words, qr/-M virt,virtualization=on,gic-version=3 /, "the board is QEMU's virt with EL2 and a GICv3");
	like($words, qr/-cpu cortex-a57 -smp 1 -m \d+M -nic none/, "the board has the lab's CPUs and memory");
	like($words, qr/-nodefaults .*-display none -monitor none -serial stdio/, 'the board has no other device');
	like($words, qr/-seed 7( |$)/, "QEMU's command line has the lab's seed");
	unlike($words, qr/icount|semihosting/, "QEMU's command line has no -icount without --deterministic, and no semihosting");
	lab($script, '--deterministic');
	$words = join ' ', split /\n/, slurp($args);
	like($words, qr/-icount shift=0,sleep=off -rtc base=2026-01-01T00:00:00,clock=vm/, "QEMU's command line has -icount and a fixed clock with --deterministic");
	($status, $out, $err) = lab($script, '--json', '-');
	is(read_json('ledger', $out)->{cntfrq}, 1000, '--json - leaves nothing else on standard output');
	spew("$dir/max.ini", "[lab]\ncpu = max\npcpus = 3\n[vm a]\nkernel = Image\n");
	finish(start('/dev/null', 'lab', "$dir/max.ini", '--hypervisor', board($script)));
	like(join(' ', split /\n/, slurp($args)), qr/-cpu max,pauth-impdef=on -smp 3 /, "QEMU's command line has the CPU and the number of CPUs of the lab file");
}

# --console-dir.
{
	my ($status, $out, $err) = lab($final . q{
		begin(); put(0, "a\r\nb"); put(1, "\x00\xff\xfe\n"); put(0, "c"); final(); record('done 0 x')},
		'--console-dir', "$dir/deep/logs");
	is($status, 0, 'a lab with --console-dir has status 0');
	is(slurp("$dir/deep/logs/busy.log"), "a\r\nbc", "a console's file has exactly the bytes of its VM");
	is(slurp("$dir/deep/logs/idle.log"), "\x00\xff\xfe\n", "the other console's file has exactly the bytes of its VM");
	is($out, $running, 'with --console-dir, standard output has no consoles');
}

# Standard output that cannot be written.
for my $closed ('>&-', '>/dev/full') {
	spew("$dir/closed.ini", "[vm a]\nkernel = Image\n");
	my $board = board($final . q{record('start 1000', 'final 1', vcpu(0, 0, running => 1), 'end', 'done 0 all VMs are off')});
	my $err = `'$pvtime' lab --hypervisor '$board' '$dir/closed.ini' 2>&1 </dev/null $closed`;
	is($? >> 8, 1, "a lab with standard output $closed has status 1");
	like($err, qr/^pvtime: .*standard output: /m, "a message says that standard output $closed cannot be written");
}

# Stamps.
{
	my $script = $final . q{
		begin(); put(0, "a\r"); record('line 0 1500 2000000000 7'); put(0, "\nb"); put(1, "x");
		record('line 1 2000 1'); put(1, "\n"); final(); record('done 0 x')};
	my ($status, $out, $err) = lab($script, '--stamp');
	is($status, 0, 'a lab with --stamp has status 0');
	is($out, "busy| [1.500000000 stolen 2.000000000 0.000000007] a\nidle| [2.000000000 stolen 0.000000001] x\nbusy| b\n$running",
		'each ended line begins with its stamp');
	($status, $out, $err) = lab($script, '--stamp', '--console-dir', "$dir/stamped");
	is(slurp("$dir/stamped/busy.log"), "[1.500000000 stolen 2.000000000 0.000000007] a\r\nb\n",
		"the lines in a console's file begin with their stamps");
	($status, $out, $err) = lab($final . q{begin(); record('line 1 1 2 3'); wait_for_stop(); final(); record('done 0 x')}, '--stamp');
	is($status, 1, 'a stamp for more vCPUs than the VM has gives status 1');
}

# A stream that arrives one byte at a time.
{
	my ($status, $out, $err) = lab($final . q{
		open my $real, '>&', \*STDOUT; my $text = '';
		close STDOUT; open STDOUT, '>', \$text; put(0, "x\xffy\n"); good(); close STDOUT;
		for my $byte (split //, $text) { syswrite $real, $byte; select undef, undef, undef, 0.0005 }});
	is($status, 0, 'a lab whose stream arrives one byte at a time has status 0');
	is($out, "busy| x\xffy\n$running", 'a stream that arrives one byte at a time gives the full output');
}

# Each kind of failure gives status 1 and one line of message.
for my $case (
	['a bug of the hypervisor', q{begin(); record('done 1 vCPU busy/0: a bug')},
		qr/^pvtime: vCPU busy\/0: a bug\n$/],
	['a bug in the middle of a line',
		q{begin(); record('sample 5'); put(0x41, 'vcpu 0 0 1'); record('', 'done 1 panic')},
		qr/^pvtime: panic\n$/],
	['a VM that is stuck', q{begin(); final(); record('done 1 VM busy is stuck')},
		qr/^pvtime: VM busy is stuck\n$/],
	['QEMU ends', q{begin(); exit 5},
		qr/^pvtime: QEMU ended with status 5 before the hypervisor was done\n$/],
	['QEMU ends after the ledger', q{begin(); final()}, qr/^pvtime: QEMU ended with status 0 before.*\n$/],
	['QEMU crashes', q{begin(); kill 'SEGV', $$; sleep 10},
		qr/^pvtime: QEMU ended of signal 11 \(Segmentation fault\) before.*\n$/],
	['QEMU refuses', q{print STDERR "qemu: no such CPU\n"; exit 1},
		qr/^pvtime: QEMU ended with status 1 .*: qemu: no such CPU\n$/],
	['a tick is missing',
		q{begin(); record('final 1', vcpu(0, 0, running => 1, elapsed => 2), vcpu(0, 1), vcpu(1, 0), 'end', 'done 0 x')},
		qr/^pvtime: the ledger does not add up: vCPU busy\/0: running 1 \+ .* elapsed 2\n$/],
	['a nanosecond is not stolen',
		q{begin(); record('final 1', vcpu(0, 0), vcpu(0, 1, ready => 2, stolen => 1999999), vcpu(1, 0), 'end', 'done 0 x')},
		qr/^pvtime: the ledger .* vCPU busy\/1: stolen 1999999 ns, but ready 2 ticks.*2000000 ns\n$/],
	['a nanosecond is not published',
		q{begin(); record('final 1', vcpu(0, 0), vcpu(0, 1), vcpu(1, 0, ready => 2, published => 1999999), 'end', 'done 0 x')},
		qr/^pvtime: the ledger .* vCPU idle\/0: published 1999999 ns, but stolen is 2000000 ns\n$/],
	['a sample that does not add up ends the lab',
		q{begin(); record('sample 1', vcpu(0, 0, running => 1, elapsed => 2), vcpu(0, 1), vcpu(1, 0), 'end');
			wait_for_stop(); final(); record('done 0 stopped')},
		qr/^pvtime: the ledger does not add up: vCPU busy\/0: .*\n$/],
	['a channel too many', q{begin(); put(0x30, 'x'); wait_for_stop(); final(); record('done 0 x')},
		qr/^pvtime: malformed stream from the hypervisor: channel 48 does not exist\n$/],
	['an unknown record', q{begin(); record('smaple 5'); wait_for_stop(); final(); record('done 0 x')},
		qr/^pvtime: malformed stream .*'smaple 5'\n$/],
	['garbage', q{print "Hello\n"; exit 0}, qr/^pvtime: malformed stream .*'Hello\\x0a' on no channel\n$/],
	['done without a ledger', q{begin(); record('done 0 fine')}, qr/^pvtime: malformed stream .*'done 0 fine'\n$/],
	['a vCPU is missing', q{begin(); record('final 1', vcpu(0, 0), vcpu(1, 0), 'end', 'done 0 x')},
		qr/^pvtime: malformed stream .*incomplete ledger.*\n$/],
	['a record after done', q{good(); record('vm 0 off')}, qr/^pvtime: malformed stream .*after the last.*\n$/],
) {
	my ($name, $script, $want) = @$case;
	my ($status, $out, $err) = lab($final . $script);
	is($status, 1, "$name: the status is 1");
	like($err, $want, "$name: one line says what is wrong");
}

# A ledger with faults is written nevertheless.
{
	my ($status, $out, $err) = lab($final . q{begin();
		record('final 1', vcpu(0, 0, running => 1, elapsed => 2), vcpu(0, 1), vcpu(1, 0), 'end', 'done 0 x')},
		'--json', "$dir/bad.json");
	is(read_json('ledger', slurp("$dir/bad.json"))->{vms}[0]{vcpus}[0]{ticks}{elapsed}, 2, '--json writes a ledger that does not add up');
}

# Stolen time denied (R-32): a published time other than 0 is a fault.
{
	my $off = spew("$dir/off.ini", "[vm a]\nkernel = Image\nstolen_time = off\n");
	for my $published (0, 5) {
		my $script = board("record('start 1000', 'final 9', vcpu(0, 0, ready => 9, published => $published), 'end', 'done 0 x')");
		my ($status) = finish(start('/dev/null', 'lab', $off, '--hypervisor', $script));
		is($status, $published ? 1 : 0, "a lab with stolen time off and $published ns published has status " . ($published ? 1 : 0));
	}
}

# QEMU's warnings.
{
	my ($status, $out, $err) = lab($final . q{print STDERR "qemu: warning: old\n"; good()});
	is($status, 0, 'a lab in which QEMU prints a warning has status 0');
	is($err, "pvtime: qemu: warning: old\n", 'standard error has the warning of QEMU');
	(undef, undef, $err) = lab($final .
		q{print STDERR "qemu: warning: icount sleep disabled and no active timers\nqemu: warning: old\n"; good()});
	is($err, "pvtime: qemu: warning: old\n", "standard error lacks QEMU's warning about icount, which depends on chance");
}

# The text of a guest or of QEMU in a message cannot control a terminal, in any encoding.
{
	my $script = $final . q{message("a\xc4\x9bb\xe2\x80\x8b\x1b[2J"); good()};
	my ($status, $out, $err) = lab($script);
	is($err, "pvtime: a\\xc4\\x9bb\\xe2\\x80\\x8b\\x1b[2J\n", 'without UTF-8, a message has bytes from 0x80 up as hexadecimal numbers');
	local $ENV{LC_ALL} = 'C.UTF-8';
	($status, $out, $err) = lab($script);
	is($err, "pvtime: a\xc4\x9bb\\xe2\\x80\\x8b\\x1b[2J\n", 'with UTF-8, a message has letters unchanged, and invisible characters as hexadecimal numbers');
}

# A board that does not end after "done" is killed.
{
	my ($status) = lab($final . qq{open my \$f, '>', '$dir/pid'; print \$f \$\$; close \$f; good(); sleep 60});
	is($status, 0, 'a lab whose board does not end after done has status 0');
	ok(!kill(0, slurp("$dir/pid")), 'a board that does not end after done is killed');
}

# Full disks.
{
	my $script = board($final . q{begin(); put(0, "x\n"); wait_for_stop(); final(); record('done 0 x')});
	my $err = qx('$pvtime' lab '$two' --hypervisor '$script' 2>&1 >/dev/full);
	is($? >> 8, 1, 'a lab has status 1 if standard output is full');
	like($err, qr/^pvtime: cannot write standard output: No space left on device\n/, 'a message says that standard output is full');
	my ($status, $out, $said) = lab($final . 'good()', '--json', '/dev/full');
	is($status, 1, 'a lab has status 1 if there is no room for the JSON');
	like($said, qr/^pvtime: --json: \/dev\/full: No space left on device\n$/, 'a message says that there is no room for the JSON');
}

done_testing;
