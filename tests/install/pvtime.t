#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the installed command. `make install` installs into a folder, which is moved; the command
# then runs from there, in another folder than this one, with the files that were installed with it.
# `make uninstall` takes all of it away.

set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
tree=$(pwd)
build=${BUILD:-build}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
unset MAKEFLAGS MAKELEVEL MFLAGS MANPATH

# made NAME GOAL VARIABLE...: run make on this tree.
made() {
	name=$1
	shift
	make -C "$tree" --no-print-directory INSTALL=no BUILD="$build" "$@" >"$work/out" 2>&1
	report $? "$name succeeds"
}

made "make install" install DESTDIR="$work/root" PREFIX=/opt/pvtime
mkdir "$work/moved"
mv "$work/root/opt/pvtime" "$work/moved/pv"
[ -z "$(find "$work/root" ! -type d)" ]
report $? "make install installs nothing outside of PREFIX"
pv=$work/moved/pv
cd "$work" || exit 1

# run NAME COMMAND...: the command succeeds; its output is in $work/out.
run() {
	name=$1
	shift
	"$@" >"$work/out" 2>&1
	status=$?
	report $status "$name"
	[ $status -eq 0 ] || tail -n 20 "$work/out" | sed 's/^/# /'
}

PATH=$pv/bin:$PATH
report_of "the installed command is found on PATH" [ "$(command -v pvtime)" = "$pv/bin/pvtime" ]
run "the installed command prints its help" pvtime --help
report_of "the installed command has the version of this tree" [ "$(pvtime --version)" = \
	"pvtime $(sed -n 's/.*PVTIME_VERSION_STRING "\(.*\)"/\1/p' "$tree/include/pvtime/version.h")" ]
report_of "the installed command does not contain this tree's path" [ "$(grep -c "$tree" "$pv/bin/pvtime")" -eq 0 ]

# pvtime top is a part of the executable, its program for the kernel included. Where the kernel
# permits that program, or not, one interval is printed.
run "the installed pvtime top prints its help" pvtime top --help
grep -q '^usage: pvtime top' "$work/out"
report $? "that is the help of pvtime top"
"$pv/bin/pvtime" top --once --json --interval 0.1 >"$work/out" 2>"$work/err"
report_of "the installed pvtime top prints one line of JSON, with or without causes" [ "$(grep -c '^{"format":"pvtime-top","version":1,"interval_ns":.*}$' "$work/out")" -eq 1 ]

# A lab whose guest is an installed image, and one run of the suite for each form of an image.
printf '[vm one]\nkernel = %s\n' "$pv/share/pvtime/conformance/suite-4k-le.img" >one.lab
run "pvtime lab runs with the installed hypervisor" pvtime lab --deterministic --seconds 0.2 one.lab
run "pvtime conform runs with the installed images" pvtime conform --case features_st,results --run plain --run big-endian --run granule-64k
grep -q 'R-04.*ok' "$work/out"
report $? "pvtime conform prints its verdicts"
run "pvtime bench runs with the installed images" pvtime bench --run exits pvtime

# What is not installed is looked for in the same place.
pvtime conform kvm >"$work/out" 2>&1
grep -q "$pv/share/pvtime/debian/Image: No such file" "$work/out"
report $? "pvtime looks for the files that it lacks in the installed folder"

# Beside the executable, hypervisor.img marks a build folder.
mkdir "$pv/build"
cp "$pv/bin/pvtime" "$pv/build"
run "a copy of the command in another folder of PREFIX finds the installed files" "$pv/build/pvtime" lab --deterministic --seconds 0.1 one.lab
echo none >"$pv/build/hypervisor.img"
"$pv/build/pvtime" lab one.lab >"$work/out" 2>&1
grep -q "$pv/build/hypervisor.img is not an arm64 Image" "$work/out"
report $? "a hypervisor.img beside the executable goes before the installed one"
rm -r "$pv/build"

# The manuals, as the man(1) of mandoc finds them; it complains that the folder has no index.
at_least "installed manuals" 9 "$(find "$pv/share/man" -type f | grep -c .)"
for page in "$pv"/share/man/man?/*; do
	name=${page##*/}
	report_of "man finds $name" \
		[ "$(mman -M "$pv/share/man" -w "${name##*.}" "${name%.*}" 2>"$work/err")" = "$page" ]
done

# The completion, where the package bash-completion looks for it.
# shellcheck disable=SC2016
run "the installed completion completes pvtime" bash --norc -c \
	'. "$1/share/bash-completion/completions/pvtime" && complete -p pvtime && COMP_WORDS=(pvtime lab --unt) COMP_CWORD=2 && _pvtime && [ "${COMPREPLY[*]}" = --until ]' \
	bash "$pv"

echo mine >"$pv/share/pvtime/conformance/mine.img"
made "make uninstall" uninstall DESTDIR="$work" PREFIX=/moved/pv
report_of "make uninstall leaves the file of somebody else, and no other" \
	[ "$(find "$pv" ! -type d)" = "$pv/share/pvtime/conformance/mine.img" ]
report_of "make uninstall leaves only the directories of that file" [ "$(find "$pv" -type d | grep -c .)" -eq 4 ]

# For an arm64 host, from any machine.
made "make install-a64" install-a64 DESTDIR="$work/a64" PREFIX=/usr
run "the command that is installed for arm64 runs" qemu-aarch64 "$work/a64/usr/bin/pvtime" --version
run "pvtime top of the command that is installed for arm64 prints its help" qemu-aarch64 "$work/a64/usr/bin/pvtime" top --help
cp "$work/a64/usr/share/pvtime/conformance/suite-4k-le.img" .
printf '[vm one]\nkernel = suite-4k-le.img\n' >one.lab
run "the command that is installed for arm64 finds the installed hypervisor" \
	qemu-aarch64 "$work/a64/usr/bin/pvtime" lab --deterministic --seconds 0.1 one.lab
made "make uninstall of it" uninstall DESTDIR="$work/a64" PREFIX=/usr
report_of "make uninstall leaves nothing of it" [ -z "$(find "$work/a64" -mindepth 1)" ]

report_done
