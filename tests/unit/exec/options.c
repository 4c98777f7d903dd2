/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tools/exec/options.c: what is ours ends at --. What is wrong is told, which tests/tools/exec.t
 * looks at.
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
	       "a VMM");
	tap_ok(PARSE("--ipa", "0x90a0000", "--verbose", "--dry-run", "--", "vmm", "--ipa", "--",
		     "x") &&
		       options.ipa_given && options.ipa == 0x90a0000 && options.verbose &&
		       options.dry_run && strcmp(options.command[1], "--ipa") == 0 &&
		       strcmp(options.command[2], "--") == 0 &&
		       strcmp(options.command[3], "x") == 0 && options.command[4] == NULL,
	       "options, and a VMM with words that look like ours");
	tap_ok(PARSE("--ipa=65536", "--", "vmm") && options.ipa == 0x10000, "a decimal address");
	tap_ok(PARSE("--help") && options.help, "--help needs no VMM");
	tap_ok(!PARSE("--ipa", "0x90a0001", "--", "vmm"), "no multiple of 64 KiB");
	tap_ok(!PARSE("--ipa", "0", "--", "vmm"), "0");
	tap_ok(!PARSE("--ipa", "", "--", "vmm"), "nothing");
	tap_ok(!PARSE("--ipa", "-65536", "--", "vmm"), "a negative one");
	tap_ok(!PARSE("--ipa", "0x10000k", "--", "vmm"), "a unit");
	tap_ok(!PARSE("--ipa", "0x10000000000000000", "--", "vmm"), "more than 64 bits");
	tap_ok(!PARSE("--ipa", "--", "vmm"), "no address");
	tap_ok(!PARSE("vmm"), "no --");
	tap_ok(!PARSE("vmm", "--", "vmm"), "a word before --");
	tap_ok(!PARSE("--"), "no VMM");
	tap_ok(!PARSE("--verbose"), "neither");
	tap_ok(PARSE("--again", "--stolen", "5,18446744073709551615,0", "--", "vmm") &&
		       options.again && options.stolen_count == 3 && options.stolen[0] == 5 &&
		       options.stolen[1] == UINT64_MAX && options.stolen[2] == 0,
	       "numbers for three vCPUs");
	tap_ok(PARSE("--", "vmm") && !options.again && options.stolen_count == 0, "none");
	tap_ok(!PARSE("--stolen", "", "--", "vmm"), "--stolen: nothing");
	tap_ok(!PARSE("--stolen", "1,", "--", "vmm"), "--stolen: nothing behind a comma");
	tap_ok(!PARSE("--stolen", ",1", "--", "vmm"), "--stolen: nothing before a comma");
	tap_ok(!PARSE("--stolen", "-1", "--", "vmm"), "--stolen: a negative number");
	tap_ok(!PARSE("--stolen", "1s", "--", "vmm"), "--stolen: a unit");
	tap_ok(!PARSE("--stolen", "18446744073709551616", "--", "vmm"),
	       "--stolen: more than 64 bits");
	tap_ok(!PARSE("-v", "--", "vmm"), "an unknown option");
	tap_ok(!PARSE("-v", "vmm"), "an unknown option, and no --");
	tap_ok(PARSE("--verbose", "--help") && options.help, "--help beside others needs no VMM");
	return tap_done();
}
