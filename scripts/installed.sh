# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What scripts/install and scripts/uninstall share: where an installation and its record are. The
# functions set variables and print nothing, as a process for each file would take longer than its
# installation.

# set_plain PATH: set plain to it without repeated slashes, and without one at its end.
set_plain() {
	plain=$1
	while :; do
		case $plain in
		*//*) plain=${plain%%//*}/${plain#*//} ;;
		?*/) plain=${plain%/} ;;
		*) return ;;
		esac
	done
}

# check NAME VALUE: stop unless the value is an absolute path or empty.
check() {
	case $2/ in
	*/../* | */./*) expected="a path without . and .." ;;
	/*) return ;;
	*) expected="a path that begins with /" ;;
	esac
	echo "pvtime: $1: '$2' is wrong; expected $expected" >&2
	exit 1
}

# locate DESTDIR PREFIX: set destdir, prefix (empty for the root directory) and records, the
# directory of the records.
locate() {
	destdir=$1
	check PREFIX "$2"
	set_plain "$2"
	prefix=${plain%/}
	# shellcheck disable=SC2034
	records=$destdir$prefix/share/pvtime/installed
}

# set_name PATH: set name to what a record calls the path.
set_name() {
	case $1 in
	"$prefix"/*) name=${1#"$prefix"/} ;;
	*) name=$1 ;;
	esac
}

# set_path NAME: set path to where a recorded name is.
set_path() {
	case $1 in
	/*) path=$destdir$1 ;;
	*) path=$destdir$prefix/$1 ;;
	esac
}
