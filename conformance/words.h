/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFORMANCE_WORDS_H
#define CONFORMANCE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The words of the command line (suite.h). NULL: the word is absent. Each text ends at the next
 * blank, or at the end of the line.
 */
struct words {
	const char *dialect, *expect, *rounds, *calls, *seed, *cases, *reset_ms;
};

/*
 * Read them. A wrong word is a Bail out, which names the word and what was expected. If `tell`,
 * unknown words, which a loader may have added, are printed in a comment.
 */
struct words words_read(bool tell);

/* The first `length` bytes of the word, or as many as fit: for messages. */
struct word_text {
	char s[96];
};
struct word_text word_text(const char *word, size_t length);

/* Whether the word's text is `text`. False for NULL. */
bool word_is(const char *word, const char *text);

/*
 * The next part of a list with commas, and its length; NULL after the last part. *rest is initially
 * the list. A part may be empty.
 */
const char *word_part(const char **rest, size_t *length);

#endif
