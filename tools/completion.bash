# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Completion of pvtime's command line in bash. It needs nothing but bash: without the package
# bash-completion, which loads it by itself, source this file. It runs no program, as the pvtime of
# a line may be anybody's file. tests/install/completion.t compares it with `pvtime help`.

_pvtime_commands='lab conform bench exec probe top help'

# _pvtime_options COMMAND: print its options. One that has a value ends with = and what completes
# the value: FILE, DIR, words that are separated by commas, or nothing.
_pvtime_options() {
	case $1 in
	lab)
		echo '--on=pvtime,kvm --seconds= --until= --deterministic --console-dir=DIR --json=FILE' \
			'--watch --stamp --attach= --hypervisor=FILE --snapshot=FILE --restore=FILE --help'
		;;
	conform)
		echo '--run= --case= --list --tap=FILE --json=FILE --markdown=FILE --strict --verbose --jobs=' \
			'--seconds= --keep=DIR --image=FILE --suite=DIR --hypervisor=FILE --debian=DIR --help'
		;;
	bench)
		echo '--quick --run= --compare=FILE --json=FILE --markdown=FILE --accuracy=FILE --data=FILE' \
			'--from=FILE --profile=FILE --seconds= --jobs= --keep=DIR --bench=DIR --suite=DIR' \
			'--hypervisor=FILE --debian=DIR --help'
		;;
	exec) echo '--ipa= --stolen= --again --dry-run --verbose --help' ;;
	probe) echo '--pid= --json --help' ;;
	top) echo '--interval= --once --count= --by= --vm= --pid= --json --help' ;;
	esac
}

# _pvtime_arguments COMMAND: print the words that its other arguments may be, or FILE.
_pvtime_arguments() {
	case $1 in
	lab) echo FILE ;;
	conform) echo pvtime kvm kvm-mended xen xen+pvtime all ;;
	bench) echo pvtime kvm xen kvm-before kvm-mended kvm-denied xen-before xen+pvtime xen-denied all ;;
	exec) echo -- ;;
	help) echo "$_pvtime_commands" ;;
	esac
}

# _pvtime_reply KIND CURRENT: complete the current word by files, by directories or from words.
# Readline itself finds files, as it knows how the word is quoted.
_pvtime_reply() {
	case $1 in
	FILE) compopt -o default ;;
	DIR) compopt -o dirnames ;;
	*) mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2") ;;
	esac
}

_pvtime() {
	local IFS=$' \t\n' at=$COMP_CWORD command=${COMP_WORDS[1]} current=${COMP_WORDS[COMP_CWORD]} option word i
	local -a options

	COMPREPLY=()
	if ((at < 2)); then
		_pvtime_reply "$_pvtime_commands --help --version" "$current"
		return
	fi
	# What follows -- is the command line of a VMM.
	for ((i = 2; i < at; i++)); do
		if [[ $command == exec && ${COMP_WORDS[i]} == -- ]]; then
			if ((i == at - 1)); then
				mapfile -t COMPREPLY < <(compgen -c -- "$current")
			fi
			((${#COMPREPLY[@]} > 0)) || compopt -o default
			return
		fi
	done
	# Readline makes a word of its own of the = in --json=FILE.
	option=${COMP_WORDS[at - 1]}
	if [[ $current == = ]]; then
		current=
	elif [[ $option == = ]]; then
		option=${COMP_WORDS[at - 2]}
	fi
	read -ra options < <(_pvtime_options "$command")
	for word in "${options[@]}"; do
		if [[ $word == "$option="* ]]; then
			word=${word#*=}
			_pvtime_reply "${word//,/ }" "$current"
			return
		fi
	done
	word=$(_pvtime_arguments "$command")
	if [[ $current == -* || -z $word ]]; then
		_pvtime_reply "${options[*]%%=*}" "$current"
	else
		_pvtime_reply "$word" "$current"
	fi
}

complete -F _pvtime pvtime
