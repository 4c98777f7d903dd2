#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: which goals of make install packages. dpkg-query, apt-get and sudo are scripts of this test:
# all packages are missing until the fake apt-get has installed them.

set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
unset MAKEFLAGS MAKELEVEL MFLAGS INSTALL

# stub NAME: make a program of that name from standard input. $PATH finds it before the machine's.
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

# made GOAL...: run make while no package is installed. Its output is in $work/out, and apt-get's
# arguments are in $work/asked.
made() {
	rm -rf "$work/build" "$work/installed"
	: >"$work/asked"
	PATH=$work/bin:$PATH make BUILD="$work/build" "$@" >"$work/out" 2>&1
}

for goal in all lib tools install format debian "$work/build/pvtime"; do
	name=${goal#"$work/"}
	! made "$goal"
	report $? "make $name fails if packages are missing"
	report_of "make $name installs nothing" [ ! -s "$work/asked" ]
	report_of "make $name builds nothing" [ -z "$(find "$work/build" -type f)" ]
	grep -q "^    apt-get install --no-install-recommends .*\bgcc-aarch64-linux-gnu\b" "$work/out" &&
		grep -q "'make packages'" "$work/out"
	report $? "make $name says how to get what is missing"
done
made lib
grep -q '^    apt-get install .*\bcppcheck\b' "$work/out"
report $? "make lib names the package of cppcheck"
made
[ "$(grep -c '^    apt-get install' "$work/out")" -eq 1 ] && ! grep -q '^    apt-get install .*\bcppcheck\b' "$work/out"
report $? "make without a goal names its packages in one line, and not that of cppcheck"

# Goals that install packages: apt-get installs nothing here, so make stops.
: >"$work/broken"
for goal in demo check check-unit check-qemu check-kvm check-x86 conform bench mutants profile; do
	! made "$goal"
	report $? "make $goal fails if apt-get does"
	grep -q "install -y --no-install-recommends .*\bqemu-system-arm\b" "$work/asked"
	report $? "make $goal runs apt-get install"
done
! made check INSTALL=no && [ ! -s "$work/asked" ]
report $? "make check INSTALL=no installs nothing and fails"
rm "$work/broken"

made packages
report $? "make packages succeeds if apt-get does"
x86=
[ "$(uname -m)" != x86_64 ] || x86=qemu-system-x86
for package in gcc clang gnuplot-nox mmdebstrap $x86; do
	grep -q "install -y .*\b$package\b" "$work/asked"
	report $? "make packages installs $package"
done
: >"$work/asked"
PATH=$work/bin:$PATH make BUILD="$work/build" packages >"$work/out" 2>&1 && [ ! -s "$work/asked" ]
report $? "make packages does not run apt-get if no package is missing"

made help && [ ! -s "$work/asked" ] && grep -q '^  make packages' "$work/out"
report $? "make help works without packages"
! made uninstall DESTDIR="$work/root" && grep -q "there is no $work/root/usr/local/" "$work/out"
report $? "make uninstall works without packages"
made "$work/build/nothing" INSTALL=warn
grep -q 'these Debian packages are missing' "$work/out" && grep -q 'No rule to make target' "$work/out"
report $? "make INSTALL=warn names the missing packages and continues"
report_done
