#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: ports/linux can be put into Linux's source of each release of Debian in LINUX_RELEASES, and
# git takes the series, and Linux's own checkpatch.pl has nothing to say of it. In that of
# LINUX_RELEASE, what the port touches compiles without a warning, and sparse, which checks Linux's
# annotations, reports no more of it than without the port. Linux 7.2 does not run the sparse of
# Debian 12.

set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
build=${BUILD:-build}
work=$(mktemp -d "$build/linux-sources.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT

# sparse_of FILE OBJECT...: what sparse reports of the objects, without the numbers of lines.
sparse_of() {
	to=$1
	shift
	ports/linux/build "$work/tree" "$work/objects" KCFLAGS=-Werror C=2 "$@" || return
	sed -n "s|^$(cd "$work/tree" && pwd)/||; s/^\([^ :]*\):[0-9:]* \(warning\|error\)/\1: \2/p" "$work/objects.log" | sort -u >"$to"
}

# What checkpatch.pl need not report: that patches are not signed off, and name commits that are not
# here; that MAINTAINERS says nothing of new files; and that one file is for several versions.
ignored=MISSING_SIGN_OFF,UNKNOWN_COMMIT_ID,FILE_PATH_CHANGES,LINUX_VERSION_CODE,CONSTANT_COMPARISON
# The library is laid out as a library for everyone, and has macros of its own.
of_library=VOLATILE,SPDX_LICENSE_TAG,PREFER_DEFINED_ATTRIBUTE_MACRO

# The tree is made of links to the source, which must stay as it is.
for release in $LINUX_RELEASES; do
	source=$build/debian/linux-source/$release
	cp -al "$source/tree" "$work/tree"
	ports/port ports/linux "$work/tree" "$work/series" >"$work/out"
	report $? "$release: the port takes Linux $(cat "$source/version")"
	sed 's/^/# /' "$work/out"

	# git am on the files concerned, as the source has them.
	sed -n 's/^changed *\([^ :]*\):.*/\1/p' "$work/out" >"$work/changed"
	mkdir "$work/was"
	(cd "$source/tree" && tar -cf - -T -) <"$work/changed" | tar -xf - -C "$work/was"
	(
		cd "$work/was" && git init -q . && git add -A && git config user.name pvtime && git config user.email pvtime@localhost &&
			git commit -q -m was && git am -q ../series/*.patch
	) >"$work/am" 2>&1 || cat "$work/am" >&2
	sed -n 's/^\(changed\|added\) *\([^ :]*\):.*/\2/p' "$work/out" | while read -r f; do
		cmp "$work/was/$f" "$work/tree/$f" || echo "$f" >>"$work/differ"
	done
	[ ! -e "$work/differ" ]
	report $? "$release: git am of the series changes the same files in the same way"
	for patch in "$work"/series/*; do
		case $patch in
		*-take-in-a-library-*) more=,$of_library ;;
		*) more= ;;
		esac
		report_of "$release: checkpatch.pl accepts ${patch##*/}" perl "$source/tree/scripts/checkpatch.pl" --no-tree --terse --show-types --ignore "$ignored$more" "$patch"
	done
	grep -qF "$(sed -n 's/^ported_word=//p' ports/linux/tree)" "$source/tree/$(sed -n 's/^ported_file=//p' ports/linux/tree)"
	[ $? = 1 ]
	report $? "$release: the source is unchanged"

	if [ "$release" = "$LINUX_RELEASE" ]; then
		# Each source of the kernel that the port adds or changes, and its selftest.
		objects=$(sed -n '/ tools\//d; s/^\(changed\|added\) *\([^ :]*\)\.c:.*/\2.o/p' "$work/out")
		# shellcheck disable=SC2086
		report_of "$release: what the port touches compiles" ports/linux/build "$work/tree" "$work/objects" KCFLAGS=-Werror $objects
		! grep -q 'warning:' "$work/objects.log"
		report $? "$release: without a warning"
		report_of "$release: the selftest compiles" ports/linux/selftests "$work/tree" "$work/objects" "$work/selftest" arm64/pvtime_total
		! grep -q 'pvtime_total.*warning:' "$work/selftest.log"
		report $? "$release: the selftest compiles without a warning"

		# shellcheck disable=SC2086
		sparse_of "$work/with" $objects
		sparse="$release: sparse reports nothing that it does not report without the port"
		if grep -q 'C=2 specified, but sparse is not .* up to date' "$work/objects.log"; then
			report 0 "$sparse # SKIP this Linux wants a newer sparse"
		else
			while read -r f; do
				rm "$work/tree/$f" && cp "$source/tree/$f" "$work/tree/$f"
			done <"$work/changed"
			# shellcheck disable=SC2046
			sparse_of "$work/without" $(sed -n 's/\.c$/.o/p' "$work/changed")
			grep -q 'virt/kvm/kvm_main.c: warning' "$work/without" && ! comm -23 "$work/with" "$work/without" | grep .
			report $? "$sparse"
		fi
	fi
	rm -rf "$work/tree" "$work/was" "$work/series" "$work/differ"
done

report_done
