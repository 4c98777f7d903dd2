#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: what make builds does not depend on the folder that it builds in. A copy of the sources,
# built in another folder, gives the same bytes as $BUILD: the command, for this machine and for
# arm64 Linux, the hypervisor, the libraries, the guests, the Linux guests' initramfs, two builds of
# the conformance suite, and the benchmark's guest. make repro runs this; make check does not, for
# lack of time. gcc keeps the folder in objects for LTO, and leaves it out of what it links from
# them. The benchmark's guest is linked from such objects without LTO, so its ELF file's debug
# information names the folder; its image, which runs, is compared.

use strict;
use warnings;
use Cwd qw(getcwd);
use File::Basename qw(basename);
use FindBin;
use lib "$FindBin::Bin/..";
use Shared;
use Test::More;

delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS)};

# The ELF files hold debug information, which the images made from them do not.
my @guests = map { s{.*/}{}r =~ s/\.c$//r } sort glob 'tests/guests/*.c';
at_least('guests of our own', 23, scalar @guests);
my @built = ('pvtime', 'hypervisor.img', 'hypervisor.elf', 'host/lib/libpvtime.a', 'host-clang/lib/libpvtime.a',
	'libpvtime-kvm/libpvtime-kvm.a', 'libpvtime-kvm/libpvtime-kvm.so.0', 'guest/initramfs.cpio',
	'a64/lib/libpvtime.a', 'a64-clang/lib/libpvtime.a', 'a64-linux/pvtime', (map { ("guest/$_.elf", "guest/$_.img") } @guests),
	'conformance/competitor.img', (map { ("conformance/suite-$_.elf", "conformance/suite-$_.img") } '4k-le', '64k-be'), 'bench/bench.img');
my $top = getcwd();

# The objects of the command.
my @objects = map { s{^\Q$build/\E}{}r } sort split /\n/, `find '$build/host/tools' '$build/host/machine' -name '*.o'`;
at_least('objects of the command', 146, scalar @objects);

# All copies are of the sources as they are now, even if somebody edits them while the test runs.
my $sources = "$tmp/sources";
mkdir $sources or die "$sources: $!";
opendir my $entries, $top or die "$top: $!";
my @entries = sort grep { !/^(?:\.git|\.\.?|build)$/ && index($build, "$top/$_/") != 0 && $build ne "$top/$_" } readdir $entries;
system('cp', '-R', '--', @entries, $sources) == 0 or die 'cp failed';

# Build the files of @built in a copy of the sources, in the folder $name below $tmp, with Debian's
# files from $BUILD. With $link, make enters the copy through a symbolic link. Returns the path of
# the copy's build folder.
sub copy_built
{
	my ($name, $link) = @_;
	my $folder = "$tmp/$name";
	mkdir $_ or die "$_: $!" for $folder, "$folder/build";
	system('cp', '-R', '--', "$sources/.", $folder) == 0 or die 'cp failed';
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

# The files of @built that differ between two build folders, or are missing in one of them.
sub differing
{
	my ($one, $two) = @_;
	return grep { !-e "$one/$_" || !-e "$two/$_" || slurp("$one/$_") ne slurp("$two/$_") } @built;
}

my @differing = differing($build, copy_built('a copy', 1));
if (@differing) {
	# $BUILD may be older than the sources, a flag or the compiler. Then only two complete
	# copies can show that the folder does not matter.
	diag("differs from what $build has: @differing");
	@differing = differing(copy_built('a complete copy', 1), copy_built('another complete copy, in a longer path', 0));
	diag("two complete copies are equal: $build is older than the sources, the compiler or its flags; 'make clean' helps")
		if !@differing;
}
my %differs = map { $_ => 1 } @differing;
ok(!$differs{$_}, "$_ is the same in another folder") for @built;

# No file names this folder.
my @named = grep { slurp("$build/$_") =~ m{(?:\Q$top\E|\Q$build\E)[/\0]} } grep { -e "$build/$_" } @built, @objects;
is_deeply(\@named, [], 'no file holds the path of the folder that it was built in');

# The comparison finds a compiler that writes the folder's path into an object.
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
isnt(object("$tmp/one"), object("$tmp/other"), 'without -ffile-prefix-map, objects of one file compiled in two folders differ');
is(object("$tmp/one", "-ffile-prefix-map=$tmp/one=."), object("$tmp/other", "-ffile-prefix-map=$tmp/other=."), 'with -ffile-prefix-map, objects of one file compiled in two folders are the same');

done_testing();
