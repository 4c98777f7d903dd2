#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: no commit of this repository has too long a subject, and scripts/subjects finds those that do
# in a repository that the test makes.

set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
if ! command -v git >/dev/null; then
	echo "1..0 # SKIP there is no git"
	exit 0
fi
subjects=$(cd "$(dirname "$0")/../.." && pwd)/scripts/subjects
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_CEILING_DIRECTORIES="$work"
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org

if [ -e .git ] && git rev-parse -q --verify HEAD >/dev/null 2>&1; then
	"$subjects" >"$work/long"
	report $? "no commit of this repository has too long a subject"
	sed 's/^/# /' "$work/long"
	since=$(sed -n "s/.*--since='\([^']*\)'.*/\1/p" "$subjects")
	at_least "commits since $since, whose subjects scripts/subjects measures" 1 \
		"$(git rev-list --count --no-merges --since="${since:?}" HEAD)"
else
	report 0 "no commit of this repository has too long a subject # SKIP this tree is no git repository"
fi

cd "$work" || exit 1
! "$subjects" >/dev/null 2>&1
report $? "a folder without a repository is an error"
git init -q . || exit 1

# commit DATE SUBJECT
commit() {
	GIT_AUTHOR_DATE=$1 GIT_COMMITTER_DATE=$1 git commit -q --allow-empty -m "$2"
}
long=$(printf '%073d' 0)
commit 2026-11-28T20:39:59Z "$long"
report_of "a long subject from before the limit is accepted" "$subjects"
commit 2026-11-28T20:40:01Z "${long%0}"
report_of "72 characters are accepted" "$subjects"
commit 2026-11-30T12:00:00Z "$(printf '%071d' 0)é"
report_of "a character of two bytes counts as one" "$subjects"
commit 2026-11-30T12:00:01Z "$long"
! "$subjects" >said
report $? "73 characters are too many"
grep -q "^$(git rev-parse --short HEAD): .* 73 characters" said
report $? "the message names the commit and the length"
report_of "commits outside of the range are ignored" "$subjects" HEAD..HEAD

report_done
