#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: libpvtime-kvm as the author of a VMM uses it, for this machine and for arm64. `make install`
# and `make install-a64` install it and the manual pages into a folder, and a program builds with
# the flags of pkg-config, against the static and the shared library. The library exports only
# pvtime_kvm_ names.

set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
build=${BUILD:-build}
cross=${CROSS:-aarch64-linux-gnu-}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
unset MAKEFLAGS MAKELEVEL MFLAGS

# The installed path of every manual page, below $PREFIX.
manuals=$(printf '%s\n' docs/*.[1-8] | sed 's|^docs/\(.*\)\.\(.\)$|share/man/man\2/\1.\2|')
report_of "there are nine manual pages" [ "$(printf '%s\n' "$manuals" | grep -c '/pvtime')" -eq 9 ]

# installed NAME GOAL: install into $work/NAME, and check that every file is there.
installed() {
	name=$1
	make INSTALL=no BUILD="$build" DESTDIR="$work/$name" PREFIX=/usr LIBDIR=/usr/lib/vmm "$2" >"$work/out" 2>&1
	report $? "$name: make $2 succeeds"
	for file in lib/vmm/libpvtime-kvm.a lib/vmm/libpvtime-kvm.so lib/vmm/libpvtime-kvm.so.0 \
		lib/vmm/pkgconfig/pvtime-kvm.pc include/pvtime/kvm.h $manuals; do
		[ -s "$work/$name/usr/$file" ]
		report $? "$name: make $2 installs $file"
	done
}

# flags NAME OPTION...: the output of pkg-config for the library that was installed as NAME.
flags() {
	name=$1
	shift
	PKG_CONFIG_SYSROOT_DIR=$work/$name PKG_CONFIG_LIBDIR=$work/$name/usr/lib/vmm/pkgconfig pkg-config "$@" pvtime-kvm
}

# consumed NAME COMPILER RUNNER...: build the program against the shared and the static library, and
# run it. It uses the installed headers, and tap.h.
consumed() {
	name=$1 cc=$2
	shift 2
	for how in '' -static; do
		# shellcheck disable=SC2046
		"$cc" -std=c11 -pedantic -Wall -Wextra -Werror $how -idirafter tests -o "$work/consumer" tests/install/consumer.c \
			$(flags "$name" --cflags --libs $how) 2>&1
		report $? "$name: a program builds against the installed library${how:+ with $how}"
		LD_LIBRARY_PATH=$work/$name/usr/lib/vmm "$@" "$work/consumer" >"$work/out" 2>&1
		report $? "$name: the program passes${how:+ with $how}"
		sed 's/^/# /' "$work/out"
	done
}

# The names that a shared library exports, except pvtime_kvm_ names and version names.
others() {
	nm -D --defined-only "$1" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | grep -v '^pvtime_kvm_'
}

report_of "make help lists install once" [ "$(make --no-print-directory help | grep -c '^  make install ')" -eq 1 ]

installed host install
consumed host cc env
nm -D --defined-only "$work/host/usr/lib/vmm/libpvtime-kvm.so" | grep -q ' T pvtime_kvm_create@@PVTIME_KVM_0.2$'
report $? "the shared library's names are versioned"
report_of "the shared library exports only pvtime_kvm_ names" [ -z "$(others "$work/host/usr/lib/vmm/libpvtime-kvm.so")" ]
report_of "the check of exported names finds those of the C library" [ -n "$(others "$(cc -print-file-name=libc.so.6)")" ]
objdump -p "$work/host/usr/lib/vmm/libpvtime-kvm.so" | grep -q 'SONAME *libpvtime-kvm.so.0$'
report $? "the shared library's soname is libpvtime-kvm.so.0"
[ "$(flags host --modversion)" = "$(sed -n 's/.*PVTIME_VERSION_STRING "\(.*\)"/\1/p' include/pvtime/version.h)" ]
report $? "pkg-config reports the version of include/pvtime/version.h"
nm --defined-only "$work/host/usr/lib/vmm/libpvtime-kvm.a" | awk '$2 ~ /[BDC]/' | grep -q .
[ $? -eq 1 ]
report $? "the static library has no variables"

installed arm64 install-a64
consumed arm64 "${cross}gcc" qemu-aarch64 -L "/usr/${cross%-}" -E "LD_LIBRARY_PATH=$work/arm64/usr/lib/vmm"

report_done
