/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tools/exec/options.c: pvtime's own options end at --. tests/tools/exec.t has the messages about
 * wrong ones.
 */
#include <string.h>
#include "tests/tap.h"
#include "tools/exec/options.h"

static struct exec_options options;

static bool parse(int argc, const char *const *argv)
{
	static char words[16][32];
	static char *now[17];

	for (int i = 0; i < argc; i++) {
		strncpy(words[i], argv[i], sizeof(words[i]) - 1);
		now[i] = words[i];
	}
	now[argc] = NULL;
	return exec_options_parse(&options, argc, now);
}

#define PARSE(...)                                                                   \
	parse((int)(sizeof((const char *[]){"exec", __VA_ARGS__}) / sizeof(char *)), \
	      (const char *[]){"exec", __VA_ARGS__})

int main(void)
{
	tap_ok(PARSE("--", "vmm") && strcmp(options.command[0], "vmm") == 0 &&
		       options.command[1] == NULL && !options.ipa_given && !options.verbose &&
		       !options.dry_run,
	       "a VMM alone is accepted");
	tap_ok(PARSE("--ipa", "0x90a0000", "--verbose", "--dry-run", "--", "vmm", "--ipa", "--",
		     "x") &&
		       options.ipa_given && options.ipa == 0x90a0000 && options.verbose &&
		       options.dry_run && strcmp(options.command[1], "--ipa") == 0 &&
		       strcmp(options.command[2], "--") == 0 &&
		       strcmp(options.command[3], "x") == 0 && options.command[4] == NULL,
	       "options end at --, and the VMM's words may look like them");
	tap_ok(PARSE("--ipa=65536", "--", "vmm") && options.ipa == 0x10000, "--ipa may be decimal");
	tap_ok(PARSE("--help") && options.help, "--help needs no VMM");
	tap_ok(!PARSE("--ipa", "0x90a0001", "--", "vmm"),
	       "--ipa that is not a multiple of 64 KiB is refused");
	tap_ok(!PARSE("--ipa", "0", "--", "vmm"), "--ipa 0 is refused");
	tap_ok(!PARSE("--ipa", "", "--", "vmm"), "an empty --ipa is refused");
	tap_ok(!PARSE("--ipa", "-65536", "--", "vmm"), "a negative --ipa is refused");
	tap_ok(!PARSE("--ipa", "0x10000k", "--", "vmm"), "--ipa with a unit is refused");
	tap_ok(!PARSE("--ipa", "0x10000000000000000", "--", "vmm"),
	       "--ipa of more than 64 bits is refused");
	tap_ok(!PARSE("--ipa", "--", "vmm"), "--ipa without an address is refused");
	tap_ok(!PARSE("vmm"), "a command line without -- is refused");
	tap_ok(!PARSE("vmm", "--", "vmm"), "a word before -- is refused");
	tap_ok(!PARSE("--"), "a command line without a VMM is refused");
	tap_ok(!PARSE("--verbose"), "a command line with neither -- nor a VMM is refused");
	tap_ok(PARSE("--again", "--stolen", "5,18446744073709551615,0", "--", "vmm") &&
		       options.again && options.stolen_count == 3 && options.stolen[0] == 5 &&
		       options.stolen[1] == UINT64_MAX && options.stolen[2] == 0,
	       "--again and --stolen with numbers for three vCPUs are read");
	tap_ok(PARSE("--", "vmm") && !options.again && options.stolen_count == 0,
	       "without --again and --stolen there are none");
	tap_ok(!PARSE("--stolen", "", "--", "vmm"), "--stolen with nothing is refused");
	tap_ok(!PARSE("--stolen", "1,", "--", "vmm"),
	       "--stolen with nothing behind a comma is refused");
	tap_ok(!PARSE("--stolen", ",1", "--", "vmm"),
	       "--stolen with nothing before a comma is refused");
	tap_ok(!PARSE("--stolen", "-1", "--", "vmm"), "--stolen with a negative number is refused");
	tap_ok(!PARSE("--stolen", "1s", "--", "vmm"), "--stolen with a unit is refused");
	tap_ok(!PARSE("--stolen", "18446744073709551616", "--", "vmm"),
	       "--stolen with a number of more than 64 bits is refused");
	tap_ok(!PARSE("-v", "--", "vmm"), "an unknown option is refused");
	tap_ok(!PARSE("-v", "vmm"), "an unknown option without -- is refused");
	tap_ok(PARSE("--verbose", "--help") && options.help,
	       "--help beside other options needs no VMM");
	return tap_done();
}
