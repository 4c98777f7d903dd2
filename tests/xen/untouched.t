#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the port leaves Xen for other architectures as it is: without debugging information, of which
# Xen contains a hash (the build ID), the hypervisor for x86 is the same byte for byte. So is that
# for arm32 if every line of the source has the number 0 as well: BUG() records its line, and the
# port adds lines to files that arm64 and arm32 share.

set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
build=${BUILD:-build}
source=$build/debian/xen-source/${XEN_RELEASE:-bookworm}/tree
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# tools PREFIX OPTION...: another prefix for these tools, under which gcc gets the options as well.
# gcc's warning of a __LINE__ that is defined has no name, so that no warning is an error.
mkdir "$work/bin"
tools() {
	prefix=$1
	shift
	for tool in as ar ld nm objcopy objdump readelf strip ranlib cpp; do
		ln -sf "$(command -v "$prefix$tool")" "$work/bin/plain-$tool"
	done
	printf '#!/bin/sh\nexec %sgcc %s "$@" -Wno-error -g0\n' "$prefix" "$*" >"$work/bin/plain-gcc"
	chmod +x "$work/bin/plain-gcc"
}
CROSS_COMPILE=$work/bin/plain-
export CROSS_COMPILE

for architecture in x86_64 arm32; do
	case $architecture in
	arm32) tools arm-linux-gnueabihf- -D__LINE__=0 ;;
	*) tools '' ;;
	esac
	# In one folder, because the hypervisor may contain its name.
	rm -rf "$work/tree"
	cp -a "$source" "$work/tree"
	report_of "$architecture: Xen without the port is built" ports/xen/build "$work/tree" "$architecture" "$work/$architecture.before"
	ports/port ports/xen "$work/tree" "$work/series" >"$work/changes"
	report_of "$architecture: Xen with the port is built" ports/xen/build "$work/tree" "$architecture" "$work/$architecture.after"
	report_of "$architecture: both are the same, byte for byte" cmp "$work/$architecture.before" "$work/$architecture.after"
	grep -q 'CONFIG_PVTIME' "$work/tree/xen/.config"
	[ $? = 1 ]
	report $? "$architecture: its configuration has no option for the port"
done

report_done
