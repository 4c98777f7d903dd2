#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: what is built does not depend on the folder that it is built in. A copy of the sources, built
# in another folder, gives the same bytes as $BUILD: the command, the hypervisor, the libraries, a
# guest of ours and the Linux guests' initramfs.

use strict;
use warnings;
use Cwd qw(getcwd);
use File::Basename qw(basename);
use FindBin;
use lib "$FindBin::Bin/..";
use Shared;
use Test::More;

delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS)};

# ELF files are compared as well as the images of them: they hold what the compiler says to a
# debugger.
my @built = ('pvtime', 'hypervisor.img', 'hypervisor.elf', 'host/lib/libpvtime.a', 'a64/lib/libpvtime.a', 'host-clang/lib/libpvtime.a',
	'a64-clang/lib/libpvtime.a', 'libpvtime-kvm/libpvtime-kvm.a', 'libpvtime-kvm/libpvtime-kvm.so.0', 'guest/hello.elf',
	'guest/initramfs.cpio');
my $top = getcwd();

# A copy of the sources below a folder of this name, with what the build takes from Debian; entered
# by a symbolic link where $link is set. The path of its build folder.
sub copy_built
{
	my ($name, $link) = @_;
	my $folder = "$tmp/$name";
	mkdir $_ or die "$_: $!" for $folder, "$folder/build";
	opendir my $d, $top or die "$top: $!";
	my @entries = sort grep { !/^(?:\.git|\.\.?|build)$/ && index($build, "$top/$_/") != 0 && $build ne "$top/$_" } readdir $d;
	system('cp', '-R', '--', @entries, $folder) == 0 or die 'cp failed';
	symlink "$build/debian", "$folder/build/debian" or die "debian: $!";
	my $here = $folder;
	if ($link) {
		$here = "$tmp/link-to-$name";
		symlink $folder, $here or die "$here: $!";
	}
	my ($status, $out, $err) = run_command('sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', $here, 'make', 'INSTALL=warn', 'BUILD=build',
		map { "build/$_" } @built);
	is($status, 0, "$name is built") or diag($out =~ /(.{0,2000})\z/s, $err);
	return "$folder/build";
}

# Of what was built, that which differs.
sub differing
{
	my ($one, $two) = @_;
	return grep { !-e "$one/$_" || !-e "$two/$_" || slurp("$one/$_") ne slurp("$two/$_") } @built;
}

my $copy = copy_built('a copy', 1);
my @differing = differing($build, $copy);
if (@differing) {
	# The objects in $BUILD may be older than a compiler or flag. Two copies know of no past.
	diag("differs from what $build has: @differing");
	my @still = differing($copy, copy_built('another copy, in a folder of a longer name', 0));
	diag("two copies are equal: $build has objects of other flags or of another compiler, which 'make clean' deletes") if !@still;
	@differing = @still;
}
my %differs = map { $_ => 1 } @differing;
ok(!$differs{$_}, "$_ is the same in another folder") for @built;

# A build that tells its folder is found out.
sub object
{
	my ($folder, @flags) = @_;
	mkdir $folder or $!{EEXIST} or die "$folder: $!";
	spew("$folder/x.c", "const char *f(void);\nconst char *f(void) { return __FILE__; }\n");
	my ($status, undef, $err) = run_command('sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', $folder, $ENV{HOST_CC} // 'gcc', '-g', @flags,
		'-c', '-o', 'x.o', "$folder/x.c");
	is($status, 0, 'a file compiles in ' . basename($folder)) or diag($err);
	return slurp("$folder/x.o");
}
isnt(object("$tmp/one"), object("$tmp/other"), 'without a map the folder is in the object');
is(object("$tmp/one", "-ffile-prefix-map=$tmp/one=."), object("$tmp/other", "-ffile-prefix-map=$tmp/other=."), 'with a map it is not');

done_testing();
