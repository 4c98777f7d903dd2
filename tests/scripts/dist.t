#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: make dist makes the same tarball of the same commit, wherever and whenever; it holds every
# file of the commit, and the makefiles in it need no git. In a tree that is no git repository there
# is nothing to make it of.

use strict;
use warnings;
use Cwd qw(abs_path);
use FindBin;
use lib "$FindBin::Bin/..";
use Shared;
use Test::More;

delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS)};
plan skip_all => 'this tree is no git repository' if !-e '.git' || system('git rev-parse -q --verify HEAD >/dev/null 2>&1') != 0;

my $script = abs_path('scripts/dist');

# A tarball of a repository's HEAD: its path.
sub dist
{
	my ($repository, $into, @umask) = @_;
	my ($status, $out, $err) = run_command('sh', '-c', 'umask "$3"; cd "$1" && "$4" "$2"', 'sh', $repository, $into, $umask[0] // '022', $script);
	is($status, 0, "a tarball is made in $into") or diag($err);
	return $out =~ s/\n\z//r;
}

my $one = dist('.', "$tmp/one");
my ($version) = slurp('include/pvtime/version.h') =~ /PVTIME_VERSION_STRING "(.*)"/;
like($one, qr{/pvtime-\Q$version\E\.tar\.gz\z}, 'the name of the tarball has the version of include/pvtime/version.h');

# By another user's settings, a second later, from a clone.
system('git', 'clone', '-q', '.', "$tmp/clone") == 0 or die 'git clone failed';
is(system('git', '-C', "$tmp/clone", 'config', 'tar.umask', '0077'), 0, 'the clone has a setting of its own');
utime 1, 1, "$tmp/clone/README.md";
sleep 1;
my $two = dist("$tmp/clone", "$tmp/two", '077');
ok(slurp($one) eq slurp($two), 'two tarballs of one commit are the same bytes');

mkdir "$tmp/unpacked" or die $!;
is(system('tar', '-xzf', $one, '-C', "$tmp/unpacked"), 0, 'tar unpacks the tarball');
my $tree = "$tmp/unpacked/pvtime-$version";
my @files = split /\0/, `git ls-tree -r -z --name-only HEAD`;
at_least('files of the commit', 900, scalar @files);
is_deeply([grep { !-e "$tree/$_" } @files], [], 'every file of the commit is in it');
is_deeply([grep { -e && (-x _ ? 1 : 0) != (-x "$tree/$_" ? 1 : 0) } @files], [], 'each file is executable where it is here');
is(scalar(my @found = split /\0/, `cd '$tree' && find . -type f -print0`), scalar @files, 'the tarball holds nothing else');

# Without git: a git that is found first fails.
mkdir "$tmp/bin" or die $!;
spew("$tmp/bin/git", "#!/bin/sh\necho 'git is called' >&2\nexit 1\n");
chmod 0755, "$tmp/bin/git";
my ($status, $out, $err) = run_command('env', "PATH=$tmp/bin:$ENV{PATH}", 'make', '-C', $tree, 'INSTALL=warn', 'help', 'build/limit',
	'build/host/lib/libpvtime.a');
is($status, 0, 'the unpacked tree builds without git') or diag($err);
unlike($out . $err, qr/git is called/, 'the unpacked tree does not call git');
($status, $out, $err) = run_command('env', "PATH=$tmp/bin:$ENV{PATH}", $script, "$tmp/three");
isnt($status, 0, 'make dist fails without a repository');
ok(!glob("$tmp/three/*"), 'make dist without a repository leaves no tarball');

done_testing();
