/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/lab/text.h"
#include "tools/visible.h"
#include <ctype.h>
#include <errno.h>
#include <ini_configobj.h>
#include <ini_valueobj.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* libini_config's error numbers for a line. */
enum {
	INI_NO_BRACKET = 2,
	INI_NO_SECTION_NAME = 3,
	INI_NO_EQUAL = 5,
	INI_NO_KEY = 6,
	INI_KEY_TWICE = 10,
	INI_SECTION_TWICE = 12,
};

int labtext_error(const struct labtext *t, unsigned line, const char *section, const char *key,
		  const char *format, ...)
{
	va_list args;
	char *text = NULL;
	size_t size = 0;

	if (t->errors == NULL)
		return -1;
	FILE *out = open_memstream(&text, &size);
	if (out == NULL)
		return -1;
	fprintf(out, "%s:", t->path);
	if (line != 0)
		fprintf(out, "%u:", line);
	if (section != NULL)
		fprintf(out, key != NULL ? " [%s]" : " [%s]:", section);
	if (key != NULL)
		fprintf(out, " %s:", key);
	fputc(' ', out);
	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
	/* The message quotes text from the file, which may contain anything. */
	if (fclose(out) == 0)
		visible_write(t->errors, text, size);
	fputc('\n', t->errors);
	free(text);
	return -1;
}

static int read_text(struct labtext *t)
{
	struct stat st;
	FILE *f = fopen(t->path, "rb");
	const char *expected = "expected a lab file";

	if (f == NULL)
		return labtext_error(t, 0, NULL, NULL, "%s; %s", strerror(errno), expected);
	if (fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode)) {
		fclose(f);
		return labtext_error(t, 0, NULL, NULL, "is a directory; %s", expected);
	}
	t->text = calloc(1, LABTEXT_MAX + 2);
	if (t->text == NULL) {
		fclose(f);
		return labtext_error(t, 0, NULL, NULL, "out of memory");
	}
	t->size = fread(t->text, 1, LABTEXT_MAX + 1, f);
	if (ferror(f)) {
		int error = errno;

		fclose(f);
		return labtext_error(t, 0, NULL, NULL, "%s; %s", strerror(error), expected);
	}
	fclose(f);
	if (t->size > LABTEXT_MAX)
		return labtext_error(t, 0, NULL, NULL, "is too long; %s of at most %u bytes",
				     expected, LABTEXT_MAX);
	return 0;
}

/* Reject characters that would be lost, or would end a value invisibly. */
static int check_characters(const struct labtext *t)
{
	unsigned line = 1;

	for (size_t i = 0; i < t->size; i++) {
		unsigned char c = (unsigned char)t->text[i];

		if (c == '\n')
			line++;
		else if ((c < ' ' && c != '\t' && c != '\r') || c == 0x7f ||
			 (c == '\r' && t->text[i + 1] != '\n'))
			return labtext_error(t, line, NULL, NULL,
					     "control character 0x%02x; expected UTF-8 text", c);
	}
	return 0;
}

/* The start of line `wanted`, or NULL. */
static const char *find_line(const struct labtext *t, unsigned wanted)
{
	const char *p = t->text;

	for (unsigned line = 1; line < wanted && p != NULL; line++) {
		p = strchr(p, '\n');
		if (p != NULL)
			p++;
	}
	return p;
}

/* Copy the text between brackets at the start of a line. */
static bool section_name(const char *line, char *name, size_t size)
{
	size_t length;

	if (*line != '[')
		return false;
	length = strcspn(++line, "]\n");
	if (line[length] != ']' || length >= size)
		return false;
	memcpy(name, line, length);
	name[length] = '\0';
	return true;
}

/*
 * The line that opens a section. The library has found the section, but keeps line numbers only for
 * values.
 */
static unsigned section_line(const struct labtext *t, const char *name)
{
	const char *p = t->text;
	size_t length = strlen(name);

	for (unsigned line = 1; p != NULL; line++) {
		p += line == 1 && strncmp(p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
		if (*p == '[') {
			const char *start = p + 1 + strspn(p + 1, " \t");

			if (strncmp(start, name, length) == 0 &&
			    start[length + strspn(start + length, " \t")] == ']')
				return line;
		}
		p = strchr(p, '\n');
		p = p != NULL ? p + 1 : NULL;
	}
	return 0;
}

unsigned labtext_first_line(const struct labtext *t)
{
	const char *p = t->text + (strncmp(t->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0);

	for (unsigned line = 1; p != NULL; line++) {
		if (*p != '#' && *p != ';' && p[strspn(p, " \t\r")] != '\n')
			return line;
		p = strchr(p, '\n');
		p = p != NULL ? p + 1 : NULL;
	}
	return 0;
}

/*
 * Print the library's error in our words, with the section and key, which the library leaves out.
 */
static int parse_error(const struct labtext *t, int number, unsigned line, const char *message)
{
	const char *text = find_line(t, line);
	char section[128] = "", key[64] = "";
	bool in_section = false;

	for (unsigned l = line; l > 0 && !in_section; l--)
		in_section = section_name(find_line(t, l), section, sizeof(section));
	if (text != NULL) {
		size_t length;

		text += strspn(text, " \t");
		length = strcspn(text, " \t=\r\n");
		if (length < sizeof(key))
			memcpy(key, text, length);
	}
	switch (number) {
	case INI_KEY_TWICE:
		return labtext_error(t, line, in_section ? section : NULL, key,
				     "occurs twice; expected once");
	case INI_SECTION_TWICE:
		return labtext_error(t, line, section, NULL, "section occurs twice; expected once");
	case INI_NO_BRACKET:
	case INI_NO_SECTION_NAME:
		return labtext_error(
			t, line, NULL, NULL,
			"section without a name in brackets; expected [lab] or [vm NAME] alone on its line");
	case INI_NO_EQUAL:
	case INI_NO_KEY:
		return labtext_error(t, line, in_section ? section : NULL, NULL,
				     "not a setting; expected key = value, [section] or # comment");
	default:
		return labtext_error(t, line, in_section ? section : NULL, NULL,
				     "%s; expected key = value, [section] or # comment", message);
	}
}

static int parse(struct labtext *t)
{
	struct ini_cfgfile *file = NULL;
	char **messages = NULL;
	int error, number = 0;
	unsigned line = 0;

	error = ini_config_create(&t->ini);
	if (error != 0)
		return labtext_error(t, 0, NULL, NULL, "%s", strerror(error));
	error = ini_config_file_from_mem(t->text, (uint32_t)t->size, &file);
	if (error != 0)
		return labtext_error(t, 0, NULL, NULL, "%s; expected UTF-8 text", strerror(error));
	error = ini_config_parse(file, INI_STOP_ON_ANY, INI_MV1S_ERROR | INI_MS_ERROR,
				 INI_PARSE_NOWRAP | INI_PARSE_NO_C_COMMENTS, t->ini);
	ini_config_file_destroy(file);
	if (error == 0)
		return 0;
	if (ini_config_get_errors(t->ini, &messages) == 0 && messages != NULL &&
	    messages[0] != NULL &&
	    sscanf(messages[0], "Error (%d) on line %u", &number, &line) == 2) {
		const char *text = strstr(messages[0], ": ");

		parse_error(t, number, line, text != NULL ? text + 2 : messages[0]);
	} else {
		labtext_error(t, 0, NULL, NULL, "%s; expected a lab file", strerror(error));
	}
	ini_config_free_errors(messages);
	return -1;
}

static int collect_section(struct labtext *t, struct labtext_section *s)
{
	int count = 0, error = 0;
	char **keys = ini_get_attribute_list(t->ini, s->name, &count, &error);

	s->line = section_line(t, s->name);
	s->entry = calloc((size_t)(count > 0 ? count : 1), sizeof(*s->entry));
	if (keys == NULL || s->entry == NULL) {
		ini_free_attribute_list(keys);
		return labtext_error(t, 0, NULL, NULL, "out of memory");
	}
	for (int i = 0; i < count; i++) {
		struct value_obj *value = NULL;
		struct labtext_entry *e = &s->entry[s->count];

		if (ini_get_config_valueobj(s->name, keys[i], t->ini, INI_GET_FIRST_VALUE,
					    &value) != 0 ||
		    value == NULL)
			continue;
		e->key = strdup(keys[i]);
		if (e->key == NULL)
			break;
		e->value = ini_get_const_string_config_value(value, NULL);
		if (e->value == NULL)
			e->value = "";
		value_get_line(value, &e->line);
		s->count++;
	}
	ini_free_attribute_list(keys);
	return s->count == (size_t)count ? 0 : labtext_error(t, 0, NULL, NULL, "out of memory");
}

int labtext_read(struct labtext *t, const char *path, FILE *errors)
{
	int count = 0, error = 0;
	char **names;

	*t = (struct labtext){.path = path, .errors = errors};
	if (read_text(t) != 0 || check_characters(t) != 0 || parse(t) != 0)
		return -1;
	names = ini_get_section_list(t->ini, &count, &error);
	t->section = calloc((size_t)(count > 0 ? count : 1), sizeof(*t->section));
	if (names == NULL || t->section == NULL) {
		ini_free_section_list(names);
		return labtext_error(t, 0, NULL, NULL, "out of memory");
	}
	error = 0;
	for (int i = 0; i < count && error == 0; i++) {
		struct labtext_section *s = &t->section[t->count++];

		s->name = strdup(names[i]);
		error = s->name != NULL ? collect_section(t, s)
					: labtext_error(t, 0, NULL, NULL, "out of memory");
	}
	ini_free_section_list(names);
	return error;
}

void labtext_free(struct labtext *t)
{
	for (size_t i = 0; i < t->count; i++) {
		for (size_t j = 0; j < t->section[i].count; j++)
			free((char *)(uintptr_t)t->section[i].entry[j].key);
		free(t->section[i].entry);
		free(t->section[i].name);
	}
	free(t->section);
	free(t->text);
	ini_config_destroy(t->ini);
	*t = (struct labtext){.path = NULL};
}
