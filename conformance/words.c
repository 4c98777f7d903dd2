/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/board.h"
#include "guest/console.h"
#include "hypervisor/string.h"
#include "verdict.h"
#include "words.h"

#define NUMBER_DIGITS 18u /* as many digits as certainly fit into 64 bits */

static size_t word_length(const char *word)
{
	size_t n = 0;

	while (word[n] && word[n] != ' ')
		n++;
	return n;
}

bool word_is(const char *word, const char *text)
{
	return word && word_length(word) == strlen(text) && memcmp(word, text, strlen(text)) == 0;
}

const char *word_part(const char **rest, size_t *length)
{
	const char *part = *rest;

	if (!part)
		return NULL;
	for (*length = 0; part[*length] && part[*length] != ' ' && part[*length] != ','; ++*length)
		;
	*rest = part[*length] == ',' ? part + *length + 1 : NULL;
	return part;
}

struct word_text word_text(const char *word, size_t length)
{
	struct word_text text;
	size_t n = length < sizeof text.s - 1 ? length : sizeof text.s - 1;

	memcpy(text.s, word, n);
	text.s[n] = '\0';
	return text;
}

static _Noreturn void expected(const char *word, const char *what)
{
	verdict_bail_out("\"%s\": expected %s", word_text(word, word_length(word)).s, what);
}

static bool is_number(const char *value, bool zero)
{
	size_t n = word_length(value);
	bool positive = false;

	for (size_t i = 0; i < n; i++) {
		if (value[i] < '0' || value[i] > '9')
			return false;
		positive = positive || value[i] != '0';
	}
	return n && n <= NUMBER_DIGITS && (positive || zero);
}

static bool is_dialect(const char *value)
{
	return word_is(value, "1.0") || word_is(value, "beta-2");
}

static bool is_expect(const char *value)
{
	return word_is(value, "on") || word_is(value, "off");
}

static bool is_positive(const char *value)
{
	return is_number(value, false);
}

static bool is_any_number(const char *value)
{
	return is_number(value, true);
}

static bool is_list(const char *value)
{
	return word_length(value) > 0;
}

static const struct {
	const char *name; /* including '=' */
	size_t field;	  /* offset in struct words */
	bool (*is_right)(const char *value);
	const char *expected;
} known[] = {
	{"dialect=", offsetof(struct words, dialect), is_dialect, "1.0 or beta-2"},
	{"expect=", offsetof(struct words, expect), is_expect, "on or off"},
	{"rounds=", offsetof(struct words, rounds), is_positive, "a decimal number from 1 on"},
	{"calls=", offsetof(struct words, calls), is_positive, "a decimal number from 1 on"},
	{"seed=", offsetof(struct words, seed), is_any_number, "a decimal number"},
	{"case=", offsetof(struct words, cases), is_list, "names of cases, separated by commas"},
	{"reset_ms=", offsetof(struct words, reset_ms), is_positive, "a decimal number from 1 on"},
};

/* Records the word if it is a known one. */
static bool take(struct words *words, const char *word)
{
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		size_t n = strlen(known[i].name);
		const char **field = (const char **)((char *)words + known[i].field);

		if (strncmp(word, known[i].name, n - 1) != 0)
			continue;
		if (word_length(word) == n - 1)
			expected(word, "a value");
		if (word[n - 1] != '=')
			continue;
		if (*field)
			expected(word, "the word only once");
		if (!known[i].is_right(word + n))
			expected(word, known[i].expected);
		*field = word + n;
		return true;
	}
	return false;
}

struct words words_read(bool tell)
{
	struct words words = {0};
	const char *word = board.bootargs;

	while (*word) {
		if (word_length(word) && !take(&words, word) && tell)
			console_print("# ignored word: %s\n", word_text(word, word_length(word)).s);
		word += word_length(word);
		word += *word == ' ';
	}
	if (words.reset_ms && words.cases && !word_is(words.cases, "reset"))
		verdict_bail_out("\"%s\": expected the case `reset` alone with reset_ms=",
				 word_text(words.cases, word_length(words.cases)).s);
	return words;
}
