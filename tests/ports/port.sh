# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
#
# For the tests of ports/port: a miniature of a source tree, which has the places that the steps of
# a port name and nothing else. The port changes the tree or refuses it as a whole, and its patches
# do the same. Before it sources this file, a test sets $project, a folder of ports/. It
# then makes $work/whole; $work is a temporary folder.
: "${project:?}"
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# words FILE LINE...: a file of these lines.
words() {
	mkdir -p "$(dirname "$work/tree/$1")"
	file=$work/tree/$1
	shift
	printf '%s\n' "$@" >"$file"
}

# function_ NAME LINE...: a definition with these lines; structure NAME likewise.
function_() {
	name=$1
	shift
	printf 'void %s(void)\n{\n' "$name"
	printf '%s\n' "$@"
	printf '}\n\n'
}
structure() {
	printf 'struct %s\n{\n    int a;\n\n};\n\n' "$1"
}

# miniature: a new copy in tree/, and another one in was/.
miniature() {
	rm -rf "$work/tree" "$work/was"
	cp -R "$work/whole" "$work/tree"
	cp -R "$work/whole" "$work/was"
}

# port: run it on the miniature.
port() {
	ports/port "ports/$project" "$work/tree" "$work/series" >"$work/out" 2>"$work/err"
}

# refused TEXT NAME: the port fails with one line that has the text, and changes nothing.
refused() {
	! port
	report $? "$2: the port fails"
	grep -q -- "$1" "$work/err"
	report $? "$2: it says why"
	[ "$(grep -c '^port: .*nothing was changed' "$work/err")" = 1 ] && diff -r "$work/was" "$work/tree"
	report $? "$2: nothing is changed"
}

# taken NAME STEPS: a new miniature gets the port, whose STEPS steps become so many patches.
# $work/added lists the files that are new, and $work/report has what the port said.
taken() {
	miniature
	port
	report $? "$1: the port takes a tree that has all places"
	cat "$work/err" >&2
	cp "$work/out" "$work/report"
	sed -n 's/^\(changed\|added\) *\([^ :]*\):.*/\2/p' "$work/out" | sort >"$work/said"
	diff -rq "$work/was" "$work/tree" | sed "s,^Files .* and $work/tree/\(.*\) differ,\1," | grep -v '^Only' | sort >"$work/changed"
	(cd "$work/tree" && find . -type f | sed 's,^./,,') | while read -r f; do
		[ -e "$work/was/$f" ] || echo "$f"
	done | sort >"$work/added"
	sort -m "$work/changed" "$work/added" | diff - "$work/said"
	report $? "$1: it names every file that it changes or adds, and no other"

	# The patches do the same to the tree as it was.
	(
		cd "$work/was" && git init -q . && git add -A && git config user.name pvtime && git config user.email pvtime@localhost &&
			git commit -q -m was && git am -q "$work"/series/*.patch && rm -rf .git
	) >"$work/am" 2>&1 || cat "$work/am" >&2
	diff -r "$work/was" "$work/tree"
	report $? "$1: git am of the series makes the same tree"
	report_of "$1: each step is one patch" [ "$(grep -c '^Subject: ' "$work"/series/*.patch | grep -c ':1$')" = "$2" ]
	! grep -q '^Signed-off-by' "$work"/series/*.patch
	report $? "$1: signing off is left to the user"

	rm -rf "$work/was"
	cp -R "$work/tree" "$work/was"
	refused 'has this port already' "$1: a second time"
}

# needed PLACE...: a tree without one of these places (regular expressions) is refused as a whole.
needed() {
	for place; do
		miniature
		find "$work/tree" -type f -exec sed -i "s/$place/elsewhere/" {} +
		rm -rf "$work/was"
		cp -R "$work/tree" "$work/was"
		refused "^step " "a tree without '$place'"
	done
}

# steps: how many steps the port has.
steps() {
	find "ports/$project/steps" -type f | wc -l
}
