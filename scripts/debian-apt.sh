# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Functions that get packages of another architecture or release than this machine's, for scripts
# that source this file. They run apt with its own state, cache and architecture, so that dpkg's
# architectures and the machine's package lists stay unchanged and root is not needed. Mirrors,
# proxies and keys are the machine's, and apt checks signatures as always.

# Print the code name of this machine's release.
machine_release() {
	# shellcheck source=/dev/null
	(. /etc/os-release && echo "${VERSION_CODENAME:-stable}")
}

# For both kinds of sources: renamed(SUITE) is the suite of the release `wanted` that corresponds to
# this machine's suite SUITE. It is empty if SUITE is not a Debian suite of the release `own` (a
# regular expression), or if `wanted` has no such suite: unstable has neither updates nor security.
awk_renamed='
	function renamed(suite,    rest) {
		if (suite !~ "^(" own ")([-/]|$)" || wanted == "")
			return suite ~ "^(" own ")([-/]|$)" ? suite : ""
		rest = match(suite, /[-\/]/) ? substr(suite, RSTART) : ""
		if (wanted ~ /^(sid|unstable)$/ && rest != "")
			return ""
		return wanted rest
	}'

# sources_list OWN WANTED FILE...: print the one-line sources of Debian itself, for any
# architecture. Third-party archives are left out: few have arm64, and we need nothing from them.
sources_list() {
	own=$1 wanted=$2
	shift 2
	awk -v own="$own" -v wanted="$wanted" "$awk_renamed"'
	$1 == "deb" {
		line = $0
		if (match(line, /\[[^]]*\]/)) {
			head = substr(line, RSTART + 1, RLENGTH - 2)
			rest = substr(line, RSTART + RLENGTH)
			gsub(/(^|[ \t])arch(itectures)?[+-]?=[^ \t]*/, " ", head)
		} else {
			head = ""
			rest = substr(line, index(line, "deb") + 3)
		}
		sub(/#.*/, "", rest)
		n = split(rest, f)
		suite = renamed(f[2])
		has_main = 0
		for (i = 3; i <= n; i++)
			has_main += f[i] == "main"
		line = (head ~ /[^ \t]/ ? "deb [" head "]" : "deb") " " f[1] " " suite " main"
		if (suite != "" && has_main && !seen[line]++)
			print line
	}' "$@"
}

# sources_deb822 OWN WANTED FILE...: the same for the stanzas of .sources files; Signed-By may span
# lines (a key).
sources_deb822() {
	own=$1 wanted=$2
	shift 2
	awk -v own="$own" -v wanted="$wanted" "$awk_renamed"'
	function end_stanza() {
		if (types && suites != "" && has_main && enabled)
			printf "Types: deb\nSuites:%s\nComponents: main\n%s\n", suites, text
		text = suites = ""; types = has_main = 0; enabled = 1; field = ""
	}
	function left_out(field) {
		return field ~ /^(architectures|types|suites|components|enabled)/
	}
	BEGIN { enabled = 1 }
	FNR == 1 && NR > 1 { end_stanza() }
	/^[ \t]*$/ { end_stanza(); next }
	/^#/ { next }
	/^[^ \t]/ {
		field = tolower($0); sub(/[ \t]*:.*/, "", field)
		value = $0; sub(/^[^:]*:[ \t]*/, "", value)
	}
	/^[ \t]/ { value = $0 }
	field == "types" { types += value ~ /(^|[ \t])deb([ \t]|$)/ }
	field == "enabled" { enabled = tolower(value) !~ /^(no|false|0|off|without|disable)/ }
	field == "suites" {
		n = split(value, f)
		for (i = 1; i <= n; i++)
			if ((s = renamed(f[i])) != "" && index(suites " ", " " s " ") == 0)
				suites = suites " " s
	}
	field == "components" {
		n = split(value, f)
		for (i = 1; i <= n; i++)
			has_main += f[i] == "main"
	}
	!left_out(field) { text = text $0 "\n" }
	END { end_stanza() }' "$@"
}

# debian_sources FUNCTION OWN WANTED FILE...: call FUNCTION with those of the files that exist.
debian_sources() {
	function=$1 own=$2 wanted=$3
	shift 3
	for f; do
		shift
		[ -f "$f" ] && set -- "$@" "$f"
	done
	[ $# -eq 0 ] || "$function" "$own" "$wanted" "$@"
}

# machine_sources DIR [RELEASE]: write the machine's Debian sources to DIR/sources.list and
# DIR/sources.list.d/, as in /etc/apt; with RELEASE, change them to that release. On unstable, no
# suite has the code name of the machine's release, hence the second round. Tests set APT_ETC to
# replace /etc/apt.
machine_sources() {
	etc=${APT_ETC:-/etc/apt}
	mkdir -p "$1/sources.list.d"
	for own in "$(machine_release)|stable|oldstable" 'testing|unstable|sid'; do
		debian_sources sources_list "$own" "${2:-}" "$etc"/sources.list "$etc"/sources.list.d/*.list \
			>"$1/sources.list"
		debian_sources sources_deb822 "$own" "${2:-}" "$etc"/sources.list.d/*.sources \
			>"$1/sources.list.d/debian.sources"
		cat "$1/sources.list" "$1/sources.list.d/debian.sources" | grep -q . && return
	done
	echo "found no Debian archive of '$(machine_release)'; expected one in $etc/sources.list or $etc/sources.list.d" >&2
	return 1
}

# apt_setup DIR ARCHITECTURE [RELEASE]: make apt's directories and configuration below DIR. The
# machine's hooks are cleared: they are for its own apt runs. The sandbox user is root, as apt's
# usual one may not be able to read DIR (a home directory).
apt_setup() {
	apt=$1
	rm -rf "${apt:?}/etc"
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
	: >"$apt/status"
	machine_sources "$apt/etc" "${3:-}" || return
	cat >"$apt/apt.conf" <<-EOC
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		#clear APT::Architectures;
		APT::Architecture "$2";
		APT::Architectures { "$2"; };
		APT::Sandbox::User "root";
		APT::Get::AllowUnauthenticated "false";
		Acquire::Languages "none";
		Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
		Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
		Acquire::Retries "3";
		Dir::State "$apt";
		Dir::State::lists "lists";
		Dir::State::status "$apt/status";
		Dir::Cache "$apt/cache";
		Dir::Cache::archives "archives";
		Dir::Cache::pkgcache "pkgcache.bin";
		Dir::Cache::srcpkgcache "srcpkgcache.bin";
		Dir::Etc::sourcelist "$apt/etc/sources.list";
		Dir::Etc::sourceparts "$apt/etc/sources.list.d";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
	EOC
}

apt_get() {
	apt-get -q -c "$apt/apt.conf" "$@"
}

apt_cache() {
	apt-cache -c "$apt/apt.conf" "$@"
}

# depends PACKAGE REGEX: print the dependencies of PACKAGE whose names match.
depends() {
	apt_cache depends --important "$1" | sed -n 's/^ *|\{0,1\}\(Pre\)\{0,1\}Depends: //p' | grep -E "^($2)\$"
}
