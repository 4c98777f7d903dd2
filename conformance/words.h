/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFORMANCE_WORDS_H
#define CONFORMANCE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The words of the command line (suite.h). NULL: not there. Each text ends at the next blank or at
 * the end.
 */
struct words {
	const char *dialect, *expect, *rounds, *calls, *seed, *cases, *reset_ms;
};

/*
 * Read them, and bail out where one is wrong, with the word and what was expected. Words of others,
 * which a loader may have added, are named in a comment if `tell`.
 */
struct words words_read(bool tell);

/* `length` bytes of it as they were written, or as many as fit: for messages. */
struct word_text {
	char s[96];
};
struct word_text word_text(const char *word, size_t length);

/* Whether the word's text is `text`. False for NULL. */
bool word_is(const char *word, const char *text);

/*
 * The next part of a list with commas, and its length; NULL after the last. *rest is the list at
 * first. Parts may be empty.
 */
const char *word_part(const char **rest, size_t *length);

#endif
