#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: libpvtime-kvm as a VMM's author finds it: `make install` into a folder, with the manual
# pages, and a program built by what pkg-config says, against the static and the shared library, for
# this machine and for arm64. Only pvtime_kvm_ names are exported.

set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
build=${BUILD:-build}
cross=${CROSS:-aarch64-linux-gnu-}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
unset MAKEFLAGS MAKELEVEL MFLAGS

# Every page, below $PREFIX.
manuals=$(printf '%s\n' docs/*.[1-8] | sed 's|^docs/\(.*\)\.\(.\)$|share/man/man\2/\1.\2|')
report_of "there are eight manual pages" [ "$(printf '%s\n' "$manuals" | grep -c '/pvtime')" -eq 8 ]

# installed NAME MAKE-ARGUMENTS...: into $work/NAME, and all that there is to find.
installed() {
	name=$1
	shift
	make INSTALL=no DESTDIR="$work/$name" PREFIX=/usr LIBDIR=/usr/lib/vmm "$@" install >"$work/out" 2>&1
	report $? "$name: make install"
	for file in lib/vmm/libpvtime-kvm.a lib/vmm/libpvtime-kvm.so lib/vmm/libpvtime-kvm.so.0 \
		lib/vmm/pkgconfig/pvtime-kvm.pc include/pvtime/kvm.h $manuals; do
		[ -s "$work/$name/usr/$file" ]
		report $? "$name: $file"
	done
}

# What pkg-config says of the one that was installed as NAME.
flags() {
	name=$1
	shift
	PKG_CONFIG_SYSROOT_DIR=$work/$name PKG_CONFIG_LIBDIR=$work/$name/usr/lib/vmm/pkgconfig pkg-config "$@" pvtime-kvm
}

# consumed NAME COMPILER RUNNER...: the program, both ways. It sees the headers that are installed,
# and tap.h.
consumed() {
	name=$1 cc=$2
	shift 2
	for how in '' -static; do
		# shellcheck disable=SC2046
		"$cc" -std=c11 -pedantic -Wall -Wextra -Werror $how -idirafter tests -o "$work/consumer" tests/install/consumer.c \
			$(flags "$name" --cflags --libs $how) 2>&1
		report $? "$name: a program is built${how:+, $how}"
		LD_LIBRARY_PATH=$work/$name/usr/lib/vmm "$@" "$work/consumer" >"$work/out" 2>&1
		report $? "$name: and runs${how:+, $how}"
		sed 's/^/# /' "$work/out"
	done
}

# What else than pvtime_kvm_ names a shared library exports, but for the version's own.
others() {
	nm -D --defined-only "$1" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | grep -v '^pvtime_kvm_'
}

report_of "make help has install once" [ "$(make --no-print-directory help | grep -c '^  make install ')" -eq 1 ]

installed host BUILD="$build"
consumed host cc env
nm -D --defined-only "$work/host/usr/lib/vmm/libpvtime-kvm.so" | grep -q ' T pvtime_kvm_create@@PVTIME_KVM_0$'
report $? "its names are versioned"
report_of "the library has no other names" [ -z "$(others "$work/host/usr/lib/vmm/libpvtime-kvm.so")" ]
report_of "other names of a library are found" [ -n "$(others "$(cc -print-file-name=libc.so.6)")" ]
objdump -p "$work/host/usr/lib/vmm/libpvtime-kvm.so" | grep -q 'SONAME *libpvtime-kvm.so.0$'
report $? "its soname"
[ "$(flags host --modversion)" = "$(sed -n 's/.*PVTIME_VERSION "\(.*\)"/\1/p' tools/version.h)" ]
report $? "its version"
nm --defined-only "$work/host/usr/lib/vmm/libpvtime-kvm.a" | awk '$2 ~ /[BDC]/' | grep -q .
[ $? -eq 1 ]
report $? "it has no variables"

installed arm64 BUILD="$work/build" HOST_CC="${cross}gcc"
consumed arm64 "${cross}gcc" qemu-aarch64 -L "/usr/${cross%-}" -E "LD_LIBRARY_PATH=$work/arm64/usr/lib/vmm"

report_done
