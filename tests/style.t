#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: every C file has the layout of .clang-format, no comment line has more than 100 columns,
# every shell script passes shellcheck, every message is one string literal, so that grep
# finds it, and every source names its licence in the first lines. .editorconfig agrees with
# .clang-format.

set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"
build=${BUILD:-build}

# sources FIND-EXPRESSION: print our files, in an order that does not depend on the file system.
sources() {
	find . \( -path "./$build" -o -path ./.git \) -prune -o -type f \( "$@" \) -print | LC_ALL=C sort
}

diagnose() {
	sed 's/^/# /' >&2
}

log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT

# Check first that the checkers reject something.
! printf 'int  x ;\n' | clang-format --dry-run -Werror >/dev/null 2>&1
report $? "clang-format rejects a bad layout"
# shellcheck disable=SC2016
! printf '#!/bin/sh\nrm $1\n' | shellcheck - >/dev/null 2>&1
report $? "shellcheck rejects a bad script"

# Editors lay out C as clang-format does. setting FILE KEY: print the key's value in a file of `key:
# value` or `key = value`.
setting() {
	sed -n "s/^$2 *[:=] *//p" "$1" | sort -u
}
for pair in max_line_length=ColumnLimit tab_width=TabWidth indent_size=IndentWidth; do
	sed -n '/^\[\*\.{c,h}\]/,/^$/p' .editorconfig >"$log"
	[ "$(setting "$log" "${pair%=*}")" = "$(setting .clang-format "${pair#*=}")" ] && grep -q "^${pair%=*}" "$log"
	report $? "${pair%=*} of .editorconfig equals ${pair#*=} of .clang-format"
done

# verdicts WHAT STATUS FILE...: report one test for each file that the checker was given. It fails
# if a line FILE:LINE:... in $log names the file. STATUS is the checker's status. A last test fails
# if the checker failed or complained about another file without any of these tests failing.
newline='
'
verdicts() {
	what=$1 status=$2
	shift 2
	named=$newline$(sed -n 's/^\([^ :]*\):[0-9][0-9]*:.*/\1/p' "$log" | sort -u)$newline
	failed=0
	for f; do
		case $named in
		*"$newline$f$newline"*)
			failed=$((failed + 1))
			report 1 "$f: $what"
			grep -F "$f:" "$log" | head -n 6 | diagnose
			;;
		*) report 0 "$f: $what" ;;
		esac
	done
	[ "$failed" -eq "$(echo "$named" | grep -c .)" ] && { [ "$status" -eq 0 ] || [ "$failed" -gt 0 ]; }
	report $? "the checker runs to its end and complains about no other file: $what"
	[ "$failed" -gt 0 ] || diagnose <"$log"
}

files=$(sources -name '*.[ch]')
# shellcheck disable=SC2086
at_least "C files" 572 "$(printf '%s\n' $files | grep -c .)"
# shellcheck disable=SC2086
clang-format --dry-run -Werror $files >"$log" 2>&1
# shellcheck disable=SC2086
verdicts "the layout is that of .clang-format" $? $files

# wide FILE...: print the comment lines of more than 100 columns, with tabs to multiples of 8. In C,
# and in other files with C comments, any line with a part of a comment counts; elsewhere, only
# lines with nothing but a comment. A mutant has comments of both kinds.
# shellcheck disable=SC2016
wide() {
	perl -CSD -ne '
		chomp(my $line = $_);
		1 while $line =~ s/\t/" " x (8 - length($`) % 8)/e;
		my $is_comment = $ARGV =~ /\.(?:[chS]|def|ld|map|mutant)$/ && $line =~ m{/\*|\*/|^\s*\*\s}
			|| $ARGV !~ /\.(?:[chS]|def|ld|map)$/ && $line =~ /^\s*#(?!!)/;
		print "$ARGV:$.: a comment line of " . length($line) . " columns\n" if $is_comment && length($line) > 100;
		close ARGV if eof' "$@"
}
for kind in c h S def ld map mutant; do
	printf '\t/* %086d */\n\t/* %087d */\n' 0 0 >"$log.$kind"
	report_of "the check of comments reports a C comment of 101 columns in a file .$kind, and none of 100" \
		[ "$(wide "$log.$kind" | cut -d: -f2)" = 2 ]
	rm -f "$log.$kind"
done
for kind in t pm mk mutant sh txt; do
	printf '\t# %090d\n\t# %091d\n' 0 0 >"$log.$kind"
	report_of "the check of comments reports a comment of 101 columns after # in a file .$kind, and none of 100" \
		[ "$(wide "$log.$kind" | cut -d: -f2)" = 2 ]
	rm -f "$log.$kind"
done
files=$(sources -name '*.[chSt]' -o -name '*.pm' -o -name '*.mk' -o -name '*.ld' -o -name '*.lab' -o -name '*.mutant' -o -name '*.def' \
	-o -name '*.map' -o -name '*.sh' -o -name '*.bash' -o -name '*.txt' -o -name '*.gp' -o -name '*.in' -o -name '.clang*' -o ! -name '*.*')
# shellcheck disable=SC2086
at_least "files whose comments are measured" 904 "$(printf '%s\n' $files | grep -c .)"
# shellcheck disable=SC2086
wide $files >"$log"
! grep -q . "$log"
report $? "no comment line has more than 100 columns"
diagnose <"$log"

# split FILE...: print where a string literal ends within a line of a message and another literal
# continues that line, with or without a conversion of <inttypes.h> between them.
# shellcheck disable=SC2016
split() {
	perl -0777 -ne 'while (/(?<!\\n)"[ \t]*(?:PRI\w+[ \t]*)?\n\s*(?:PRI\w+\s*)?"/g) { my $line = 1 + (substr($_, 0, $-[0]) =~ tr/\n//); print "$ARGV:$line: a message is split\n" }' "$@"
}
printf 'report("one "\n       "two");\n' >"$log.c"
report_of "the check of messages reports a split message" [ -n "$(split "$log.c")" ]
printf 'report("one %%" PRIu64\n       " two");\n' >"$log.c"
report_of "the check of messages reports a message that is split after a conversion" [ -n "$(split "$log.c")" ]
printf 'report("one %%"\n       PRIu64 " two");\n' >"$log.c"
report_of "the check of messages reports a message that is split before a conversion" [ -n "$(split "$log.c")" ]
printf 'report("one %%" PRIu64 " two",\n       "three");\n' >"$log.c"
report_of "the check of messages accepts a conversion within a line" [ -z "$(split "$log.c")" ]
printf 'report("one\\n"\n       "two");\n' >"$log.c"
report_of "the check of messages accepts a literal for each line of a text" [ -z "$(split "$log.c")" ]
rm -f "$log.c"
files=$(sources -name '*.[ch]' ! -path './tests/*')
# shellcheck disable=SC2086
at_least "files whose messages are one literal each" 490 "$(printf '%s\n' $files | grep -c .)"
# shellcheck disable=SC2086
split $files >"$log"
! grep -q . "$log"
# shellcheck disable=SC2086
verdicts "each message is one literal" $? $files

files=$(sources -name '*.[chSt]' -o -name '*.bash' -o -type f -path './scripts/*')
# shellcheck disable=SC2086
at_least "files that say their licence" 653 "$(printf '%s\n' $files | grep -c .)"
# shellcheck disable=SC2086
awk 'FNR == 1 { said[FILENAME] = 0 }
	FNR <= 3 && /SPDX-License-Identifier: BSD-2-Clause/ { said[FILENAME] = / OR GPL-2.0-only/ == (FILENAME ~ /\/bpf\//) }
	END { for (i = 1; i < ARGC; i++) if (!said[ARGV[i]]) print ARGV[i] ":1: no licence" }' $files >"$log" 2>&1
# shellcheck disable=SC2086
verdicts "the first lines name the licence" $? $files

# The kernel reads the licence of a BPF program from a string of its own, and gives some helper
# functions only to programs that the GPL covers. unlicensed FILE...: print the files that have not
# exactly one such string.
# shellcheck disable=SC2016
unlicensed() {
	perl -0777 -ne 'my $found = () = /^char \w+\[\] SEC\("license"\) = "Dual BSD\/GPL";$/mg;
		print "$ARGV:1: no BPF licence\n" if $found != 1' "$@"
}
printf 'char licence[] SEC("license") = "GPL";\n' >"$log.c"
report_of "the check of BPF sources reports another licence" [ -n "$(unlicensed "$log.c")" ]
printf 'char licence[] SEC("license") = "Dual BSD/GPL";\n' >"$log.c"
report_of "the check of BPF sources accepts Dual BSD/GPL" [ -z "$(unlicensed "$log.c")" ]
rm -f "$log.c"
files=$(sources -name '*.bpf.c')
# shellcheck disable=SC2086
at_least "BPF sources" 2 "$(printf '%s\n' $files | grep -c .)"
# shellcheck disable=SC2086
unlicensed $files >"$log"
! grep -q . "$log"
# shellcheck disable=SC2086
verdicts "the BPF program says Dual BSD/GPL" $? $files

files=$(sources -name '*.t')
# shellcheck disable=SC2086
at_least "test scripts" 64 "$(printf '%s\n' $files | grep -c .)"
# shellcheck disable=SC2086
find $files ! -perm -u+x -printf '%p:1: not executable\n' >"$log"
! grep -q . "$log"
# shellcheck disable=SC2086
verdicts "the script is executable" $? $files

# shellcheck disable=SC2046
files="$(awk 'FNR == 1 && /^#! ?\/(usr\/)?bin\/(env )?(ba)?sh/ { print FILENAME }' $(sources -perm -u+x)) $(sources -name '*.bash')"
# shellcheck disable=SC2086
at_least "shell scripts" 15 "$(printf '%s\n' $files | grep -c .)"
# shellcheck disable=SC2086
shellcheck -x -f gcc $files >"$log" 2>&1
# shellcheck disable=SC2086
verdicts "shellcheck accepts the script" $? $files

# A failing line must be understandable alone. names FILE...: print FILE:LINE: NAME for each test
# name that begins with a word that only continues a sentence. In C, a literal that continues
# another literal does not count; in Perl and sh, the name is the last argument.
# shellcheck disable=SC2016
names() {
	perl -ne '
		BEGIN { $words = qr/(?:and|then|nor|but|so|or|which)(?=[ ,:"\x27])/ }
		$inside = $last && $last =~ /"\s*$/;
		$found = $ARGV =~ /\.[ch]$/
			? /(?:[,?:(]|^)\s*("$words[^"]*)/ && !($inside && /^\s*"/)
			: /(?:[,?:(]|^|subtest|report(?:_of)?(?: \$\?)?)\s*((["\x27])$words(?:(?!\2).)*\2)\s*(?:\)|=>|$)/;
		print "$ARGV:$.: $1\n" if $found;
		$last = $_;
		close ARGV, $last = "" if eof' "$@"
}

bad=$(mktemp -d) || exit 1
trap 'rm -rf "$log" "$bad"' EXIT
printf '\ttap_ok(a && b,\n\t       "and b");\n\ttap_ok(a, "the %%s "\n\t\t"or b, so", c);\n\tputs(x ? "none" : "so");\n' >"$bad/a.c"
printf '%s\n' "is(\$a, 1, 'nor is a');" "is(\$a, 'or not', 'a is not');" "report \$? \"then a\"" "subtest 'but a' => sub {" >"$bad/a.t"
report_of "the check of names reports those that begin like the rest of a sentence" \
	[ "$(names "$bad/a.c" "$bad/a.t" | sed 's/.*\(a\.[ct]:[0-9]*\):.*/\1/' | paste -sd ' ')" = 'a.c:2 a.c:5 a.t:1 a.t:3 a.t:4' ]

files=$(find tests conformance ! -path tests/style.t -type f \( -name '*.[cht]' -o -name '*.pm' \) | LC_ALL=C sort)
# shellcheck disable=SC2086
at_least "files with test names" 288 "$(printf '%s\n' $files | grep -c .)"
# shellcheck disable=SC2086
names $files >"$log"
! grep -q . "$log"
report $? "no test name begins with and, then, nor, but, so, or, which"
diagnose <"$log"

report_done
