#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: which goals install packages, on a Debian of the test's own, where dpkg-query and apt-get are
# scripts: all packages are missing there until apt-get has installed them.

set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
unset MAKEFLAGS MAKELEVEL MFLAGS INSTALL

# stub NAME: a program of that name, from standard input, that is found before the machine's.
mkdir "$work/bin" || exit 1
stub() {
	sed "s|@WORK@|$work|g" >"$work/bin/$1"
	chmod +x "$work/bin/$1"
}
stub dpkg-query <<'END'
#!/bin/sh
[ -e "@WORK@/installed" ] || exit 1
shift 3
printf 'installed %s\n' "$@"
END
stub apt-get <<'END'
#!/bin/sh
echo "$*" >>"@WORK@/asked"
case " $* " in
*" install "*) [ ! -e "@WORK@/broken" ] && : >"@WORK@/installed" ;;
esac
END
stub sudo <<'END'
#!/bin/sh
exec "$@"
END

# made GOAL...: where nothing is installed, with what it printed in $work/out, and apt-get's
# arguments in $work/asked.
made() {
	rm -rf "$work/build" "$work/installed"
	: >"$work/asked"
	PATH=$work/bin:$PATH make BUILD="$work/build" "$@" >"$work/out" 2>&1
}

for goal in all lib tools install format debian "$work/build/pvtime"; do
	name=${goal#"$work/"}
	! made "$goal"
	report $? "make $name fails where packages are missing"
	report_of "make $name installs nothing" [ ! -s "$work/asked" ]
	report_of "make $name builds nothing" [ -z "$(find "$work/build" -type f)" ]
	grep -q "^    apt-get install --no-install-recommends .*\bgcc-aarch64-linux-gnu\b" "$work/out" &&
		grep -q "'make packages'" "$work/out"
	report $? "make $name says how to get what is missing"
done
made lib
grep -q '^    apt-get install .*\bclang\b' "$work/out"
report $? "make lib names the second compiler's package"
made
[ "$(grep -c '^    apt-get install' "$work/out")" -eq 1 ] && ! grep -q '^    apt-get install .*\bclang\b' "$work/out"
report $? "make names in one line what it needs itself"

# Goals that install stop here, where apt-get does not.
: >"$work/broken"
for goal in demo check check-unit check-qemu check-kvm conform bench mutants profile; do
	! made "$goal"
	report $? "make $goal fails where apt-get does"
	grep -q "install -y --no-install-recommends .*\bqemu-system-arm\b" "$work/asked"
	report $? "make $goal installs what is missing"
done
! made check INSTALL=no && [ ! -s "$work/asked" ]
report $? "make check INSTALL=no installs nothing and fails"
rm "$work/broken"

made packages
report $? "make packages succeeds where apt-get does"
for package in gcc clang gnuplot-nox mmdebstrap; do
	grep -q "install -y .*\b$package\b" "$work/asked"
	report $? "make packages installs $package"
done
: >"$work/asked"
PATH=$work/bin:$PATH make BUILD="$work/build" packages >"$work/out" 2>&1 && [ ! -s "$work/asked" ]
report $? "make packages asks for nothing where nothing is missing"

made help && [ ! -s "$work/asked" ] && grep -q '^  make packages' "$work/out"
report $? "make help needs no package"
made "$work/build/nothing" INSTALL=warn
grep -q 'these Debian packages are missing' "$work/out" && grep -q 'No rule to make target' "$work/out"
report $? "make INSTALL=warn goes on without the packages"
report_done
