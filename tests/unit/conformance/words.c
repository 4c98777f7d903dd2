/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of the conformance guest: which words it accepts, and which are a Bail out. */
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include "conformance/verdict.h"
#include "conformance/words.h"
#include "guest/board.h"
#include "guest/console.h"
#include <tests/tap.h> /* its tap_vprint is a macro here, and a function in console.h */

struct board board;

static char bailed[256], printed[256];
static jmp_buf bail_out;

void verdict_bail_out(const char *f, ...)
{
	va_list args;

	va_start(args, f);
	vsnprintf(bailed, sizeof bailed, f, args);
	va_end(args);
	longjmp(bail_out, 1);
}

void console_print(const char *f, ...)
{
	size_t length = strlen(printed);
	va_list args;

	va_start(args, f);
	vsnprintf(printed + length, sizeof printed - length, f, args);
	va_end(args);
}

static struct words words;

/* Whether the command line is accepted. */
static bool reads(const char *bootargs, bool tell)
{
	strcpy(board.bootargs, bootargs);
	bailed[0] = printed[0] = '\0';
	if (setjmp(bail_out))
		return false;
	words = words_read(tell);
	return true;
}

static void takes(const char *bootargs)
{
	tap_ok(reads(bootargs, true), "the command line '%s' is accepted", bootargs);
}

/* The message must have the word, and what was expected. */
static void refuses(const char *bootargs, const char *word, const char *expected)
{
	bool refused = !reads(bootargs, true);

	tap_ok(refused && strstr(bailed, word) && strstr(bailed, expected),
	       "the command line '%s' is refused: %s", bootargs, bailed);
}

static void values(void)
{
	takes("");
	tap_ok(!words.dialect && !words.expect && !words.rounds && !words.calls && !words.seed &&
		       !words.cases && !words.reset_ms,
	       "an empty command line has no words");
}

static void all_at_once(void)
{
	takes("  dialect=beta-2 expect=off  rounds=5 calls=999999999999999999 seed=0 case=a,b ");
	tap_ok(word_is(words.dialect, "beta-2") && word_is(words.expect, "off") &&
		       word_is(words.rounds, "5") && word_is(words.calls, "999999999999999999") &&
		       word_is(words.seed, "0") && word_is(words.cases, "a,b"),
	       "each word has its value");
	tap_ok(!word_is(words.dialect, "beta") && !word_is(words.dialect, "beta-22"),
	       "a value is not its prefix, and not a longer text");
	tap_ok(!word_is(NULL, ""), "a word that is not there is not even empty");
	takes("case=reset reset_ms=20");
	tap_ok(!printed[0], "nothing is printed of the suite's own words");
}

static void wrong_ones(void)
{
	refuses("dialect=beta-1", "dialect=beta-1", "1.0 or beta-2");
	refuses("dialect=1.0.", "dialect=1.0.", "1.0 or beta-2");
	refuses("dialect= expect=on", "dialect=", "1.0 or beta-2");
	refuses("expect=yes", "expect=yes", "on or off");
	refuses("x rounds=0", "rounds=0", "number from 1");
	refuses("rounds=-1", "rounds=-1", "number from 1");
	refuses("rounds=1k", "rounds=1k", "number from 1");
	refuses("rounds=", "rounds=", "number from 1");
	refuses("rounds", "rounds", "a value");
	refuses("calls=0x10", "calls=0x10", "number from 1");
	refuses("seed=1000000000000000000", "seed=1000000000000000000", "number");
	refuses("seed=7 seed=7", "seed=7", "once");
	refuses("case=", "case=", "names");
	refuses("reset_ms=0", "reset_ms=0", "number from 1");
	refuses("reset_ms=20 case=idle_wfi", "idle_wfi", "reset");
}

static void words_of_others(void)
{
	takes("console=ttyAMA0 quiet seed=1 seedling cases=x");
	tap_ok(strstr(printed, "console=ttyAMA0") && strstr(printed, "quiet") &&
		       strstr(printed, "seedling") && strstr(printed, "cases=x"),
	       "words that are not the suite's are named");
	tap_ok(!strstr(printed, "seed=1"), "the suite's own words are not named");
	reads("quiet", false);
	tap_ok(!printed[0],
	       "words that are not the suite's are not named if the caller asks for silence");
}

/* The parts of the list, with '|' before each. */
static void splits(const char *list, const char *want)
{
	char got[64] = "";
	const char *part;
	size_t n;

	while ((part = word_part(&list, &n))) {
		strcat(got, "|");
		strncat(got, part, n);
	}
	tap_ok(!strcmp(got, want), "a list is split into its parts: %s", got);
}

static void lists(void)
{
	splits("one", "|one");
	splits("one,two three", "|one|two");
	splits(",one,", "||one|");
	splits("", "|");
	splits(NULL, "");
}

static void long_words(void)
{
	char line[256] = "expect=";

	memset(line + 7, 'x', 200);
	tap_ok(!reads(line, true) && strstr(bailed, "on or off"),
	       "a long word is cut in the message: %s", bailed);
}

int main(void)
{
	values();
	all_at_once();
	wrong_ones();
	words_of_others();
	lists();
	long_words();
	return tap_done();
}
