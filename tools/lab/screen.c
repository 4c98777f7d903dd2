/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Only this file includes terminfo's header, whose macros have common names ("columns", "lines").
 */
#include <curses.h>
#include <term.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "tools/lab/screen.h"
#include "tools/lab/terminal.h"
#include "tools/visible.h"

/*
 * Convert a capability to the bytes to write; an empty string if the terminal does not have it.
 * Padding ("$<2>") is dropped: it was for terminals on serial lines, and would be written as NULs.
 */
static void expand(const char *capability, char *text, size_t room)
{
	size_t n = 0;

	if (capability == NULL || capability == (const char *)-1)
		capability = "";
	while (*capability != '\0' && n + 1 < room) {
		const char *end =
			strncmp(capability, "$<", 2) == 0 ? strchr(capability, '>') : NULL;
		if (end != NULL)
			capability = end + 1;
		else
			text[n++] = *capability++;
	}
	text[n] = '\0';
}

static void put_capability(const struct screen *screen, const char *capability)
{
	char text[64];

	expand(capability, text, sizeof(text));
	fputs(text, screen->out);
}

static void choose_colours(struct screen *screen)
{
	static const int colour[WATCH_PARTS] = {
		[WATCH_RUNNING] = COLOR_GREEN,
		[WATCH_STOLEN] = COLOR_RED,
		[WATCH_BLOCKED] = COLOR_BLUE,
	};
	/* https://no-color.org: no colours if set and not empty */
	const char *no_color = getenv("NO_COLOR");
	bool colours = max_colors >= 8 && set_a_foreground != NULL && exit_attribute_mode != NULL &&
		       (no_color == NULL || no_color[0] == '\0');

	for (int p = 0; p < WATCH_PARTS; p++) {
		expand(colours ? tparm(set_a_foreground, colour[p]) : NULL, screen->style[p],
		       sizeof(screen->style[p]));
		screen->look.colour[p] = screen->style[p];
	}
	expand(exit_attribute_mode != NULL ? enter_bold_mode : NULL, screen->style[WATCH_PARTS],
	       sizeof(screen->style[0]));
	screen->look.title = screen->style[WATCH_PARTS];
	expand(exit_attribute_mode, screen->style[WATCH_PARTS + 1], sizeof(screen->style[0]));
	screen->look.plain = screen->style[WATCH_PARTS + 1];
}

/* The parts must be distinguishable without colours, too. */
static void choose_glyphs(struct screen *screen)
{
	bool utf8 = visible_utf8();

	screen->look.glyph[WATCH_RUNNING] = utf8 ? "\u2588" : "#";
	screen->look.glyph[WATCH_STOLEN] = utf8 ? "\u2593" : "x";
	screen->look.glyph[WATCH_BLOCKED] = utf8 ? "\u2591" : ".";
}

static void measure(struct screen *screen)
{
	struct winsize size = {0};

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	if (size.ws_col == 0)
		size.ws_col = (unsigned short)(columns > 0 ? columns : 80);
	if (size.ws_row == 0)
		size.ws_row = (unsigned short)(lines > 0 ? lines : 24);
	/*
	 * One column stays free, so that text never wraps; one line stays free for the cursor below
	 * the table.
	 */
	screen->look.width = size.ws_col > 1u ? size.ws_col - 1u : 1u;
	screen->look.rows = size.ws_row > 1u ? size.ws_row - 1u : 1u;
}

bool screen_open(struct screen *screen, FILE *out)
{
	const char *term = getenv("TERM");
	int error;

	memset(screen, 0, sizeof(*screen));
	screen->out = out;
	if (!isatty(STDOUT_FILENO) || term == NULL || term[0] == '\0' || strcmp(term, "dumb") == 0)
		return false;
	if (setupterm(NULL, STDOUT_FILENO, &error) != OK)
		return false;
	if ((parm_up_cursor == NULL && cursor_up == NULL) || clr_eos == NULL ||
	    clear_screen == NULL)
		return false;
	choose_colours(screen);
	choose_glyphs(screen);
	measure(screen);
	if (cursor_normal != NULL) {
		expand(cursor_invisible, screen->hide_cursor, sizeof(screen->hide_cursor));
		expand(cursor_normal, screen->show_cursor, sizeof(screen->show_cursor));
	}
	return true;
}

void screen_resized(struct screen *screen)
{
	unsigned int width = screen->look.width;

	measure(screen);
	/* The terminal may have rewrapped the lines, so their positions are unknown. */
	if (screen->look.width != width)
		screen->clear = true;
}

static void to_start(struct screen *screen)
{
	if (screen->clear) {
		put_capability(screen, clear_screen);
	} else if (screen->drawn > 0) {
		if (parm_up_cursor != NULL)
			put_capability(screen, tparm(parm_up_cursor, (int)screen->drawn));
		else
			for (unsigned int i = 0; i < screen->drawn; i++)
				put_capability(screen, cursor_up);
		fputc('\r', screen->out);
	}
	screen->clear = false;
	screen->drawn = 0;
}

/* Overwrite the old lines one by one, so that nothing flickers. */
void screen_draw(struct screen *screen, const char *text)
{
	fputs(screen->hide_cursor, screen->out);
	terminal_undo_with(screen->show_cursor);
	to_start(screen);
	if (clr_eol == NULL)
		put_capability(screen, clr_eos);
	while (*text != '\0') {
		size_t n = strcspn(text, "\n");
		fwrite(text, 1, n, screen->out);
		if (clr_eol != NULL)
			put_capability(screen, clr_eol);
		fputc('\n', screen->out);
		screen->drawn++;
		text += n + (text[n] == '\n');
	}
	put_capability(screen, clr_eos);
	fflush(screen->out);
}

void screen_erase(struct screen *screen)
{
	to_start(screen);
	put_capability(screen, clr_eos);
	fflush(screen->out);
}

void screen_close(struct screen *screen)
{
	fputs(screen->show_cursor, screen->out);
	fflush(screen->out);
	terminal_undo_with(NULL);
	screen->drawn = 0;
}
