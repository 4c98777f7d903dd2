# SPDX-License-Identifier: BSD-2-Clause
#
# Applies edits to the files of a source tree that is not ours. An edit names a place by words of
# the tree (a function, a regular expression for a line), and adds or changes lines there: so it
# holds none of the tree's text, and it applies wherever the place exists. An edit that does not
# apply stops the program.
#
# The edits are lines of the following forms. Blanks before them do not count.
#
#   file PATH...         change the first of these files that exists and, if `in` follows, has it
#   in NAME              from here on, only inside the definition of NAME: from the first line that
#                        has the word in column 1 or after unindented text, and is no declaration,
#                        to the next line that begins with }
#   top                  from here on, in the whole file again, from its first line
#   when REGEX           skip the edits up to the next `file`, `in`, `top` or `end` unless a line matches
#   unless REGEX         ... if a line matches
#   end                  end of `when` or `unless`
#   find REGEX           go on to the next line that matches
#   last REGEX           go on to the last line that matches
#   + TEXT               add a line below the current one, which becomes the current one; TEXT is
#                        what follows one blank
#   - TEXT               add a line above the current one
#   change OLD => NEW    replace OLD, which must be in the current line exactly once
#   drop REGEX           delete from the current line to the next line that matches, which may be the
#                        current one; the line above becomes the current one. With `drop ^}` at its
#                        first line, a definition goes
#   drop-blank           delete the line above the current one, which must be blank
#
# These add whole files, or leave the step out:
#
#   copy FILE PATH       add a file of this repository as PATH
#   take PATH            add a file of the port's own
#   needs PATH [REGEX]   leave out this step unless the tree has such a file, and in it a line that
#                        matches; before all else
#
# usage: awk -v tree=DIR -v out=DIR -v library=DIR -v ours=DIR -f edit.awk STEP...
#
# Each STEP has a message, a line ----, and edits. It finds the files as the steps before left them.
# The tree stays as it is: each version of a file is written to a new file below out. stdout says,
# for each step in this order:
#
#   left NAME            the step is left out
#   step NAME NUMBER     the step is the NUMBERth of those that are not
#   file PATH OLD NEW    this step makes NEW of OLD (/dev/null: of nothing); once for each file

function fail(why) {
	printf "step %s: %s\n", step, why > "/dev/stderr"
	failed = 1
	exit 1
}

# Whether there is such a file, and in it a line that matches. Each file has a line that matches ''.
function has_line(path, regex,    line, has) {
	while (!has && (getline line < path) > 0)
		has = line ~ regex
	close(path)
	return has
}

function exists(path,    line) {
	if ((getline line < path) < 0)
		return 0
	close(path)
	return 1
}

# Whether there is such a file, of the tree or of a step before; and its newest version.
function found(path) {
	return path in version || exists(tree "/" path)
}

function newest(path) {
	return path in version ? version[path] : tree "/" path
}

function read_lines(from,    line) {
	n = 0
	while ((getline line < from) > 0)
		text[++n] = line
	close(from)
}

function load(path) {
	if (!found(path))
		return 0
	read_lines(newest(path))
	name = path
	changed = 0
	first = 1
	final = n
	at = 0
	return 1
}

# Write a version of a file, from the lines of text. A step has one version of each.
function write_version(path,    i, to) {
	if (!(path in made)) {
		was[path] = found(path) ? newest(path) : "/dev/null"
		made[path] = out "/" ++files
		order[++count] = path
	}
	to = made[path]
	printf "" > to
	for (i = 1; i <= n; i++)
		print text[i] > to
	close(to)
	version[path] = to
}

function save() {
	if (name != "" && changed)
		write_version(name)
	name = ""
	changed = 0
}

function add(from, path) {
	save()
	if (found(path))
		fail(tree " has a file " path " already")
	if (!exists(from))
		fail("there is no file " from)
	read_lines(from)
	write_version(path)
}

# The end of a step: what it has changed.
function finish(    i) {
	save()
	for (i = 1; i <= count; i++) {
		print "file", order[i], was[order[i]], made[order[i]]
		delete was[order[i]]
		delete made[order[i]]
	}
	count = 0
}

# Set first and final to the definition of a name; return 0 if there is none.
function define(word,    i, j) {
	for (i = 1; i <= n; i++) {
		if (text[i] !~ /^[A-Za-z_]/ || text[i] !~ ("(^|[^A-Za-z0-9_])" word "([^A-Za-z0-9_]|$)"))
			continue
		for (j = i; j <= n && text[j] !~ /^[{}]|;[ \t]*$|{[ \t]*$/; j++)
			;
		if (text[j] !~ /^{|{[ \t]*$/)
			continue
		for (; j <= n && text[j] !~ /^}/; j++)
			;
		first = i
		at = i
		final = j
		return 1
	}
	return 0
}

function matches(regex,    i) {
	for (i = first; i <= final; i++)
		if (text[i] ~ regex)
			return i
	return 0
}

function insert(line, where,    i) {
	for (i = ++n; i > where; i--)
		text[i] = text[i - 1]
	text[where] = line
	final++
	changed = 1
}

function remove(where,    i) {
	for (i = where; i < n; i++)
		text[i] = text[i + 1]
	n--
	final--
	changed = 1
}

function need_line() {
	if (at < first || at < 1)
		fail("no current line; expected a find before this edit")
}

function occurrences(line, word,    count, i) {
	while ((i = index(line, word)) > 0) {
		count++
		line = substr(line, i + length(word))
	}
	return count
}

FNR == 1 {
	finish()
	step = FILENAME
	sub(/.*\//, "", step)
	begun = left = skip = 0
}
!begun {
	begun = $0 == "----"
	announced = 0
	next
}
left { next }
{ sub(/^[ \t]+/, "") }
/^#/ || /^$/ { next }
{
	verb = $1
	rest = $0
	sub(/^[^ ]+ ?/, "", rest)
}
verb == "needs" {
	regex = rest
	sub(/^[^ ]+ ?/, "", regex)
}
verb == "needs" && has_line(tree "/" $2, regex) { next }
verb == "needs" {
	if (announced)
		fail("expected `needs` before all else")
	print "left", step
	left = 1
	next
}
!announced {
	print "step", step, ++steps
	announced = 1
}
verb == "copy" { add(library "/" $2, $3); next }
verb == "take" { add(ours "/" rest, rest); next }
verb == "file" {
	save()
	skip = 0
	paths = rest
	m = split(paths, candidates)
	for (k = 1; k <= m && !load(candidates[k]); k++)
		;
	if (k > m)
		fail("the tree has no " paths)
	next
}
verb == "in" {
	skip = 0
	if (define(rest))
		next
	for (k = 1; k <= m; k++)
		if (!changed && load(candidates[k]) && define(rest))
			next
	fail("found no definition of " rest "; looked in " paths)
}
verb == "top" { skip = at = 0; first = 1; final = n; next }
verb == "end" { skip = 0; next }
verb == "when" { skip = !matches(rest); next }
verb == "unless" { skip = matches(rest) > 0; next }
skip { next }
name == "" { fail("expected `file` first") }
verb == "find" {
	for (i = at + 1; i <= final && text[i] !~ rest; i++)
		;
	if (i > final)
		fail(name ": no line matches " rest)
	at = i
	next
}
verb == "last" {
	for (i = final; i >= first && text[i] !~ rest; i--)
		;
	if (i < first)
		fail(name ": no line matches " rest)
	at = i
	next
}
verb == "+" { need_line(); insert(rest, ++at); next }
verb == "-" { need_line(); insert(rest, at++); next }
verb == "change" {
	need_line()
	i = index(rest, " => ")
	old = substr(rest, 1, i - 1)
	new = substr(rest, i + 4)
	if (i == 0 || old == "")
		fail("expected change OLD => NEW")
	if (occurrences(text[at], old) != 1)
		fail(name ":" at ": expected " old " once in this line; found " text[at])
	i = index(text[at], old)
	text[at] = substr(text[at], 1, i - 1) new substr(text[at], i + length(old))
	changed = 1
	next
}
verb == "drop" {
	need_line()
	for (i = at; i <= final && text[i] !~ rest; i++)
		;
	if (i > final)
		fail(name ":" at ": no line from here on matches " rest)
	for (; i >= at; i--)
		remove(i)
	at--
	next
}
verb == "drop-blank" {
	need_line()
	if (text[at - 1] !~ /^[ \t]*$/)
		fail(name ":" at - 1 ": expected a blank line; found " text[at - 1])
	remove(at - 1)
	at--
	next
}
{ fail("unknown edit " verb) }
END {
	if (!failed)
		finish()
	exit failed
}
