#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: scripts/debian-fetch and debian-releases on a fake mirror, whose packages this test makes.
# They find packages whose names have a version, and skip a release that they cannot fetch with a
# message, as scripts/conform-all does.

use strict;
use warnings;
use Cwd qw(abs_path);
use File::Path qw(make_path);
use FindBin;
use lib "$FindBin::Bin/..";
use Shared;
use Test::More;

my $scripts = abs_path("$FindBin::Bin/../../scripts");
my $mirror = "$tmp/mirror";
my $etc = $ENV{APT_ETC} = "$tmp/etc";
make_path($etc);

# release NAME, PACKAGE...: make a release of the mirror. A package is [name, version, depends,
# {path => text}], for any architecture.
sub release
{
	my ($name, @packages) = @_;
	my $index = '';
	make_path("$mirror/pool/$name");
	for (@packages) {
		my ($package, $version, $depends, $files) = @$_;
		my $root = "$tmp/package";
		make_path("$root/DEBIAN");
		my $control = "Package: $package\nVersion: $version\nArchitecture: all\nMaintainer: a test <test\@example.org>\n"
			. ($depends ? "Depends: $depends\n" : '') . "Description: a package\n";
		spew("$root/DEBIAN/control", $control);
		for my $path (sort keys %{$files // {}}) {
			make_path("$root/$path" =~ s{/[^/]*$}{}r);
			spew("$root/$path", $files->{$path});
		}
		my $deb = "pool/$name/${package}_${version}_all.deb";
		my ($status, $out, $err) = run_command('dpkg-deb', '--root-owner-group', '-Znone', '-b', $root, "$mirror/$deb");
		die $err if $status;
		run_command('rm', '-rf', $root);
		my ($sum) = (run_command('sha256sum', "$mirror/$deb"))[1] =~ /^(\w+)/;
		$index .= "${control}Filename: $deb\nSize: @{[-s \"$mirror/$deb\"]}\nSHA256: $sum\n\n";
	}
	my $sums = '';
	for my $architecture (qw(amd64 arm64)) {
		make_path("$mirror/dists/$name/main/binary-$architecture");
		my $packages = spew("$mirror/dists/$name/main/binary-$architecture/Packages", $index);
		my ($sum) = (run_command('sha256sum', $packages))[1] =~ /^(\w+)/;
		$sums .= " $sum @{[-s $packages]} main/binary-$architecture/Packages\n";
	}
	spew("$mirror/dists/$name/Release", "Origin: test\nSuite: $name\nCodename: $name\nArchitectures: amd64 arm64\nComponents: main\n"
		. "Date: Thu, 01 Jan 2026 00:00:00 UTC\nSHA256:\n$sums");
}

# sources OPTIONS: make the unsigned mirror the machine's only source, with these options.
sub sources { spew("$etc/sources.list", "deb [$_[0]] file:$mirror stable main\n") }
sub fetch { return run_command("$scripts/debian-fetch", @_) }

my $xen = ['xen-system-arm64', '4.50.1-1', 'xen-hypervisor-4.50-arm64'];
my @xen = ($xen, ['xen-hypervisor-4.50-arm64', '4.50.1-1', undef, {'boot/xen-4.50-arm64' => 'a hypervisor'}]);
release('older', ['linux-image-cloud-arm64', '8.1-1', 'linux-image-8.1.7-cloud-arm64'],
	['linux-image-8.1.7-cloud-arm64', '8.1.7-2', undef, {'boot/vmlinuz-8.1.7-cloud-arm64' => 'a kernel'}], @xen);
release('newer', ['linux-image-cloud-arm64', '9.2-1', 'linux-image-9.2.3-cloud-arm64'],
	['linux-image-9.2.3-cloud-arm64', '9.2.3-1', 'linux-binary-9.2.3-cloud-arm64'],
	['linux-binary-9.2.3-cloud-arm64', '9.2.3-1', undef, {'usr/lib/modules/9.2.3/vmlinuz' => 'a newer kernel'}],
	['linux-image-arm64-16k', '9.2-1', 'linux-image-9.2.3-arm64-16k'],
	['linux-image-9.2.3-arm64-16k', '9.2.3-1', undef, {'boot/vmlinuz-9.2.3-arm64-16k' => 'large pages'}], @xen);
sources('trusted=yes');

# The command line.
for my $case ([], [''], ["$tmp/d", 'nothing'], ["$tmp/d", 'release'], ["$tmp/d", 'hosts', 'older'], ["$tmp/d", 'release', 'older', 'newer']) {
	my ($status, $out, $err) = fetch(@$case);
	is("$status$out$err", "1debian-fetch: usage: debian-fetch DIR [hosts | tracers | xl | x86 | release RELEASE]\n", "debian-fetch rejects the arguments '@$case'");
}
for my $name ('', '../x', 'Trixie', 'a b') {
	my ($status, $out, $err) = fetch("$tmp/d", 'release', $name);
	is("$status$out$err", "1debian-fetch: '$name' is not a release of Debian; expected one like trixie\n", "debian-fetch rejects the release '$name'");
}
ok(!-e "$tmp/d", 'a wrong command line of debian-fetch makes no folder');

# One release.
{
	my ($status, $out, $err) = fetch("$tmp/older", 'release', 'older');
	is($status, 0, 'debian-fetch of a release has status 0') or diag $err;
	is(slurp("$tmp/older/Image"), 'a kernel', "Image is the release's kernel");
	is(slurp("$tmp/older/xen"), 'a hypervisor', "xen is the release's Xen");
	ok(!-e "$tmp/older/Image-16k", 'there is no Image-16k if the release has no such kernel');
	is(slurp("$tmp/older/versions"), "linux-image-8.1.7-cloud-arm64 8.1.7-2\n", "versions names the kernel's package");
	is(slurp("$tmp/older/versions-hosts"), "xen-hypervisor-4.50-arm64 4.50.1-1\n", "versions-hosts names Xen's package");
	is(join(' ', grep { !/apt$/ } glob "$tmp/older/*"), join(' ', map { "$tmp/older/$_" } qw(Image versions versions-hosts xen)),
		'debian-fetch of a release leaves no other files');
}

# The files of an x86-64 host: compressed modules and others; ccp exists on some kernels only.
sub x86
{
	my ($version, %modules) = @_;
	my %kernel = ("boot/vmlinuz-$version" => 'an amd64 kernel');
	%modules = map { ("usr/lib/modules/$version/kernel/$_" => $modules{$_}) } keys %modules;
	my ($image, $own) = ("linux-image-$version-cloud-amd64", "linux-modules-$version-cloud-amd64");
	release('stable', ['linux-image-cloud-amd64', $version, $image],
		$version >= 7 ? ([$image, $version, $own, \%kernel], [$own, $version, undef, \%modules]) : [$image, $version, undef, {%kernel, %modules}],
		['busybox-static', '1.2', undef, {'usr/bin/busybox' => 'a shell'}]);
	return fetch("$tmp/x86", 'x86');
}
{
	my $xz = (run_command('sh', '-c', 'echo compressed | xz'))[1];
	my ($status, $out, $err) = x86('5.1', map { ("$_.ko" => "$_ of 5.1") } qw(irqbypass kvm kvm-amd));
	is($status, 0, 'debian-fetch of an x86-64 host has status 0') or diag $err;
	is(join(' ', map { slurp("$tmp/x86/$_") } qw(Image busybox modules/kvm.ko modules/kvm-amd.ko)), 'an amd64 kernel a shell kvm of 5.1 kvm-amd of 5.1',
		'the kernel, busybox and the modules are found');
	is(slurp("$tmp/x86/versions"), "linux-image-5.1-cloud-amd64 5.1\nbusybox-static 1.2\n", "versions names the packages of an x86-64 host");
	($status, $out, $err) = x86('7.2', map { ("$_.ko.xz" => $xz) } qw(irqbypass ccp kvm kvm-amd));
	is($status, 0, 'debian-fetch of an x86-64 host with compressed modules has status 0') or diag $err;
	is_deeply({map { s{.*/}{}r => slurp($_) } glob "$tmp/x86/modules/*"}, {map { ("$_.ko" => "compressed\n") } qw(irqbypass ccp kvm kvm-amd)},
		'the modules are uncompressed, and replace those of an earlier run');
	($status, $out, $err) = x86('5.3', 'kvm.ko' => 'x');
	like("$status$err", qr/\A1.*^debian-fetch: the kernel's packages have no module irqbypass$/ms, 'a kernel without a module of KVM is an error');
}

# Several releases, of which one does not exist.
my $debian = "$tmp/build/debian";
sub releases { return run_command("$scripts/debian-releases", $debian, @_) }
{
	my ($status, $out, $err) = releases(qw(newer nowhere older));
	is($status, 0, 'debian-releases has status 0 if one release cannot be reached') or diag $err;
	like($out, qr/\A# SKIP nowhere: cannot be reached: E: .*nowhere.*\n\z/, 'a message names the release that is skipped and the reason');
	is('# SKIP nowhere: ' . slurp("$debian/nowhere/skipped"), $out, 'the file skipped has the reason of the message');
	is(slurp("$debian/newer/Image"), 'a newer kernel', 'debian-releases finds a kernel in a dependency of the linux-image package');
	is(slurp("$debian/newer/Image-16k"), 'large pages', 'debian-releases finds the kernel with pages of 16 KiB');
	is(slurp("$debian/newer/versions"), "linux-binary-9.2.3-cloud-arm64 9.2.3-1\nlinux-image-9.2.3-arm64-16k 9.2.3-1\n",
		'versions names the package of Image first');
	is(slurp("$debian/older/Image"), 'a kernel', 'debian-releases fetches the releases after one that is skipped');

	release('nowhere', ['linux-image-cloud-arm64', '1-1', 'linux-image-1-cloud-arm64'],
		['linux-image-1-cloud-arm64', '1-1', undef, {'boot/vmlinuz-1' => 'at last'}], @xen);
	is((releases('nowhere'))[1], '', 'a release that can be reached is not skipped');
	ok(!-e "$debian/nowhere/skipped", 'a release that can be reached leaves no reason for skipping');
	run_command('rm', '-rf', "$mirror/dists/nowhere");
	($status, $out) = releases('nowhere');
	like($out, qr/\A# nowhere: cannot be reached: E: .*; using the files that were fetched before\n\z/, 'a message says that the files of an earlier run are used');
	is(slurp("$debian/nowhere/Image"), 'at last', 'the files of an earlier run are kept');
	run_command('rm', '-rf', "$debian/nowhere");
	releases('nowhere');
}

# A mirror that does not answer: by itself, apt would continue with its old lists.
{
	spew("$etc/sources.list", "deb [trusted=yes] http://127.0.0.1:1/debian stable main\n");
	my ($status, $out, $err) = releases('older');
	like($out, qr/\A# older: cannot be reached: .*; using the files that were fetched before\n\z/, 'a message says that the mirror does not answer');
	sources('trusted=yes');
}

# scripts/conform-all with a fake pvtime, which prints its arguments.
{
	my ($document, $results) = ("$tmp/document.md", "$tmp/build/conformance.md");
	my $ends = sub {
		spew("$tmp/build/pvtime", "#!/bin/sh\necho \"pvtime \$*\" | tee \"\$3\"\n$_[0]\n");
		chmod 0755, "$tmp/build/pvtime" or die;
		spew($document, "old\n");
	};
	my @all = ("$scripts/conform-all", "$tmp/build", $document, 'pvtime', 'kvm/older');
	for my $status (0, 1) {
		$ends->("exit $status");
		is((run_command(@all, 'xen/newer'))[0], $status, "conform-all has the status of pvtime conform, $status");
		is(slurp($document), "pvtime conform --markdown $results pvtime kvm/older xen/newer\n",
			"conform-all writes the document if every release was fetched and the status is $status");
	}
	for my $end ('exit 2', 'kill -KILL $PPID') {
		$ends->($end);
		run_command(@all, 'xen/newer');
		is(slurp($document), "old\n", "the document is unchanged after a run that comes to '$end'");
	}
	$ends->('exit 0');
	my ($status, $out) = run_command(@all, 'kvm/nowhere', 'xen/newer', 'xen/nowhere');
	like($out, qr{\A# SKIP kvm/nowhere: cannot be reached: .*\n# SKIP xen/nowhere: cannot be reached: .*\n},
		'messages name the skipped targets and the reason');
	like($out, qr{^# \Q$document\E is unchanged, as targets were skipped: .*\n\z}m, 'a message says that the document is unchanged');
	is(slurp($document), "old\n", 'the document is unchanged if a target was skipped');
	is((run_command("$scripts/conform-all", "$tmp/build"))[0], 1, 'conform-all without targets has status 1');
	is((run_command("$scripts/debian-releases", $debian))[0], 1, 'debian-releases without releases has status 1');
}

# A mirror must be signed.
{
	sources('arch=arm64');
	my ($status, $out, $err) = fetch("$tmp/unsigned", 'release', 'older');
	isnt($status, 0, 'debian-fetch fails if the mirror is not signed');
	like($err, qr/^debian-fetch: older cannot be reached: E: .*not signed/m, 'a message says that the mirror is not signed');
	ok(!-e "$tmp/unsigned/Image", 'debian-fetch fetches no kernel from an unsigned mirror');
}
done_testing();
