#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: the port leaves Xen for other architectures as it is: the hypervisor for x86 is the same byte
# for byte, and so is that for arm32 if every line of the source has the number 0. (BUG() records
# its line, and the port adds lines to files that arm64 and arm32 share.)

set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
build=${BUILD:-build}
source=$build/debian/xen-source/${XEN_RELEASE:-bookworm}/tree
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# Tools for arm32 under another prefix: the compiler does not count lines. Its warning of that has
# no name, so that no warning is an error.
mkdir "$work/bin"
for tool in as ar ld nm objcopy objdump readelf strip ranlib gcc cpp; do
	ln -s "$(command -v arm-linux-gnueabihf-$tool)" "$work/bin/unnumbered-$tool"
done
rm "$work/bin/unnumbered-gcc"
cat >"$work/bin/unnumbered-gcc" <<'END'
#!/bin/sh
exec arm-linux-gnueabihf-gcc -D__LINE__=0 "$@" -Wno-error
END
chmod +x "$work/bin/unnumbered-gcc"

for architecture in x86_64 arm32; do
	case $architecture in
	arm32) CROSS_COMPILE=$work/bin/unnumbered- ;;
	*) CROSS_COMPILE= ;;
	esac
	export CROSS_COMPILE
	# In one folder, because the hypervisor may contain its name.
	rm -rf "$work/tree"
	cp -a "$source" "$work/tree"
	report_of "$architecture: Xen without the port is built" ports/xen/build "$work/tree" "$architecture" "$work/$architecture.before"
	ports/xen/port "$work/tree" "$work/series" >"$work/changes"
	report_of "$architecture: Xen with the port is built" ports/xen/build "$work/tree" "$architecture" "$work/$architecture.after"
	report_of "$architecture: both are the same, byte for byte" cmp "$work/$architecture.before" "$work/$architecture.after"
	grep -q 'CONFIG_PVTIME' "$work/tree/xen/.config"
	[ $? = 1 ]
	report $? "$architecture: its configuration has no option for the port"
done

report_done
