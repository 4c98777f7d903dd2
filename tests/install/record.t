#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: scripts/uninstall deletes what scripts/install has installed, and nothing else.

set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

echo one >"$work/one"
echo two >"$work/two"
prefix=/opt/pv

# fresh: begin with an empty DESTDIR, whose name has a blank.
fresh() {
	rm -rf "$work/a root"
	mkdir "$work/a root"
	root="$work/a root"
}
# put PART [MODE SOURCE PATH]...: install, and complain if that fails.
put() {
	part=$1
	shift
	scripts/install "$part" "$root" "$prefix" "$@" >"$work/out" 2>&1 || report 1 "scripts/install of $part succeeds"
}
# put_all: two parts, with files, links and a path outside PREFIX.
put_all() {
	put first 755 "$work/one" $prefix/bin/one 644 "$work/two" $prefix/share/a/two link one $prefix/bin/link
	echo text | put second 644 - $prefix/lib/text 644 "$work/two" /lib/far/two
}
# gone: uninstall, with its messages in $work/out, and print what is left.
gone() {
	scripts/uninstall "$root" "$prefix" >"$work/out" 2>&1
	status=$?
	left=$(cd "$root" && find . -mindepth 1 | LC_ALL=C sort | paste -sd ' ')
}
# left_is NAME PATHS: uninstall, and check that it succeeds and what it leaves.
left_is() {
	gone
	[ "$status" -eq 0 ] && [ "$left" = "$2" ]
	report $? "$1"
	[ "$left" = "$2" ] || echo "# left: $left"
}

fresh
(umask 077 && put_all)
report_of "files have the mode that is given, whatever the umask" \
	[ "$(cd "$root" && find . -type f ! -path '*/installed/*' -printf '%m %p\n' | LC_ALL=C sort | paste -sd ' ')" = \
		"644 ./lib/far/two 644 ./opt/pv/lib/text 644 ./opt/pv/share/a/two 755 ./opt/pv/bin/one" ]
report_of "directories can be read by everyone, whatever the umask" [ -z "$(find "$root/opt" "$root/lib" -type d ! -perm 755)" ]
report_of "a symbolic link has the text that is given" [ "$(readlink "$root$prefix/bin/link")" = one ]
report_of "standard input is installed" [ "$(cat "$root$prefix/lib/text")" = text ]
left_is "uninstall leaves nothing" ""
report_of "uninstall is silent if it deletes everything" [ ! -s "$work/out" ]

fresh
put_all
put_all
left_is "uninstall leaves nothing after two installations" ""

fresh
put first 644 "$work/one" $prefix/lib/lib.so.1
put first 644 "$work/one" $prefix/lib/lib.so.2
left_is "uninstall deletes what only an earlier version installed" ""

fresh
mkdir -p "$root$prefix/bin" "$root$prefix/share/man"
put_all
left_is "directories that were there before stay" "./opt ./opt/pv ./opt/pv/bin ./opt/pv/share ./opt/pv/share/man"

fresh
put_all
echo mine >"$root$prefix/share/a/mine"
left_is "a file of somebody else stays, and its directories with it" "./opt ./opt/pv ./opt/pv/share ./opt/pv/share/a ./opt/pv/share/a/mine"

fresh
put_all
echo three >"$root$prefix/share/a/two"
ln -sfn elsewhere "$root$prefix/bin/link"
ln -sfn "$work/one" "$root$prefix/bin/one"
left_is "what somebody else has put in the place of a file or link stays" \
	"./opt ./opt/pv ./opt/pv/bin ./opt/pv/bin/link ./opt/pv/bin/one ./opt/pv/share ./opt/pv/share/a ./opt/pv/share/a/two"
[ "$(grep -c "^pvtime: $root$prefix/.* stays: it is not the file that was installed$" "$work/out")" -eq 3 ]
report $? "uninstall names each file that stays because it has changed"

fresh
put_all
rm "$root$prefix/bin/one"
left_is "a file that is gone already is no error" ""

# A failure: the second source does not exist.
fresh
! scripts/install first "$root" "$prefix" 644 "$work/one" $prefix/bin/one 644 "$work/none" $prefix/share/none >"$work/out" 2>&1
report $? "scripts/install fails if a source does not exist"
left_is "uninstall deletes what an installation that failed has left behind" ""

# Moved, as with packages that are unpacked elsewhere.
fresh
put first 755 "$work/one" $prefix/bin/one
mkdir "$root/else"
mv "$root$prefix" "$root/else/where"
prefix=/else/where
left_is "an installation that was moved is uninstalled where it is" "./else ./else/where"

for prefix in / '' /usr/; do
	fresh
	put first 755 "$work/one" "$prefix/bin/one"
	report_of "with PREFIX=$prefix the file is below it" [ -f "$root$prefix/bin/one" ]
	left_is "with PREFIX=$prefix uninstall leaves nothing" ""
done

# bad NAME EXPECTED COMMAND...: the command fails with a message that has the text.
bad() {
	name=$1 expected=$2
	shift 2
	! "$@" >"$work/out" 2>&1 && grep -qF "$expected" "$work/out" && [ -z "$(find "$root" -mindepth 1)" ]
	report $? "$name is an error, and nothing is installed"
	grep -qF "$expected" "$work/out" || sed 's/^/# /' "$work/out"
}
fresh
bad "a relative PREFIX" "PREFIX: 'opt' is wrong; expected a path that begins with /" scripts/install first "$root" opt
bad "a PREFIX with .." "PREFIX: '/a/../b' is wrong; expected a path without . and .." scripts/install first "$root" /a/../b
bad "a relative PREFIX of uninstall" "PREFIX: 'opt' is wrong" scripts/uninstall "$root" opt
bad "uninstall where nothing is installed" "there is no $root/usr/share/pvtime/installed; expected the DESTDIR and PREFIX of make install" \
	scripts/uninstall "$root" /usr
! scripts/install first "$root" /usr 644 "$work/one" lib/one >"$work/out" 2>&1 &&
	grep -qF "the path of $work/one: 'lib/one' is wrong; expected a path that begins with /" "$work/out"
report $? "a relative path is an error"

report_done
