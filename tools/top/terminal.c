/* SPDX-License-Identifier: BSD-2-Clause */
#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>
#include "tools/clock.h"
#include "tools/report.h"
#include "tools/top/crash.h"
#include "tools/top/signals.h"
#include "tools/top/terminal.h"
#include <term.h> /* the last one: its macros have common names, such as columns and lines */

/* More than any window has. ncurses allocates cells for the whole size, which anyone may set. */
#define COLUMNS_MAX 1000
#define LINES_MAX   500

static bool missed; /* the last page, because the terminal took no output */
static SCREEN *screen;
/* Standard error, if that is a terminal: the real one, and the file that stands in for it. */
static int error_fd = -1, error_file = -1;

/* A message in the middle of a screen would destroy it, and be lost with it. */
static void hold_errors(void)
{
	if (!isatty(STDERR_FILENO))
		return;
	fflush(stderr);
	error_fd = dup(STDERR_FILENO);
	error_file = memfd_create("errors", MFD_CLOEXEC);
	if (error_fd >= 0 && error_file >= 0)
		dup2(error_file, STDERR_FILENO);
}

static void release_errors(void)
{
	char text[1024];
	ssize_t n;

	fflush(stderr);
	if (error_fd >= 0 && error_file >= 0) {
		dup2(error_fd, STDERR_FILENO);
		lseek(error_file, 0, SEEK_SET);
		while ((n = read(error_file, text, sizeof(text))) > 0)
			if (write(STDERR_FILENO, text, (size_t)n) < 0)
				break;
	}
	if (error_fd >= 0)
		close(error_fd);
	if (error_file >= 0)
		close(error_file);
	error_fd = error_file = -1;
}

/* Whether there is a terminal that can show a screen: its cursor can be put anywhere. */
static bool is_able(void)
{
	const char *term = getenv("TERM");
	int error;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return false;
	use_env(false);
	use_tioctl(false);
	if (setupterm(NULL, STDOUT_FILENO, &error) == OK && cursor_address != NULL &&
	    clear_screen != NULL)
		return true;
	report("top: terminfo describes no screen for TERM '%s'; lines are printed instead",
	       term != NULL ? term : "");
	return false;
}

struct top_size top_terminal_size(void)
{
	int y, x;

	getmaxyx(stdscr, y, x);
	return (struct top_size){x > 0 ? (unsigned)x : 0, y > 0 ? (unsigned)y : 0};
}

/* Adopt the window's size. One of 0 says that the size is unknown. */
static void adopt_size(void)
{
	struct winsize size = {0};

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
		size = (struct winsize){.ws_row = 24, .ws_col = 80};
	resizeterm(size.ws_row < LINES_MAX ? size.ws_row : LINES_MAX,
		   size.ws_col < COLUMNS_MAX ? size.ws_col : COLUMNS_MAX);
}

/*
 * Each key is read at once and not shown. Ctrl-S is a key as well: if it stopped the output, the
 * command would stop with it, and take no signal.
 */
static void adopt_keys(void)
{
	struct termios modes;

	set_escdelay(25);
	cbreak();
	noecho();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	if (tcgetattr(STDIN_FILENO, &modes) == 0) {
		modes.c_iflag &= ~(tcflag_t)IXON;
		tcsetattr(STDIN_FILENO, TCSANOW, &modes);
	}
	def_prog_mode();
}

/*
 * ncurses begins with the size that terminfo knows, which is small enough for it. Of some
 * terminals, such as Linux's console, terminfo knows none; then it is this one.
 */
static void begin_small(void)
{
	bool sized = lines > 0 && columns > 0;

	if (!sized) {
		setenv("LINES", "24", 1);
		setenv("COLUMNS", "80", 1);
	}
	use_env(!sized);
}

bool top_terminal_open(void)
{
	if (!is_able())
		return false;
	begin_small();
	top_signals_take();
	top_crash_prepare();
	screen = newterm(NULL, stdout, stdin);
	if (screen == NULL) {
		top_crash_forget();
		top_signals_return();
		report("top: ncurses opens no screen; lines are printed instead");
		return false;
	}
	hold_errors();
	adopt_keys();
	curs_set(0);
	adopt_size();
	return true;
}

void top_terminal_close(void)
{
	endwin();
	delscreen(screen);
	top_crash_forget();
	release_errors();
}

/* A selected line is marked in its whole width. */
static void show_line(int y, const struct top_line *line)
{
	static const attr_t styles[] = {
		[TOP_PLAIN] = A_NORMAL, [TOP_BOLD] = A_BOLD, [TOP_REVERSE] = A_REVERSE};
	attr_t style = styles[line->style];

	attrset((int)style);
	mvaddnstr(y, 0, line->text, (int)line->length);
	attrset((int)A_NORMAL);
	mvchgat(y, 0, -1, style, 0, NULL);
}

/* To wait for a terminal that takes no output now, such as one on a slow line, would stop all. */
void top_terminal_show(const struct top_page *page)
{
	struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};

	missed = poll(&out, 1, 0) == 0;
	if (missed)
		return;
	erase();
	for (size_t i = 0; i < page->count; i++)
		show_line((int)i, &page->line[i]);
	refresh();
}

static int key_of(int code)
{
	static const struct {
		int code, key;
	} keys[] = {
		{KEY_UP, TOP_KEY_UP},		{KEY_DOWN, TOP_KEY_DOWN},
		{KEY_PPAGE, TOP_KEY_PAGE_UP},	{KEY_NPAGE, TOP_KEY_PAGE_DOWN},
		{KEY_HOME, TOP_KEY_HOME},	{KEY_END, TOP_KEY_END},
		{KEY_ENTER, TOP_KEY_ENTER},	{'\r', TOP_KEY_ENTER},
		{KEY_BACKSPACE, TOP_KEY_ERASE}, {'\b', TOP_KEY_ERASE},
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].code == code)
			return keys[i].key;
	return code < 256 ? code : 0;
}

static bool take_resize(void)
{
	if (!top_signals_resized())
		return false;
	adopt_size();
	clearok(stdscr, TRUE);
	return true;
}

/*
 * Let signals arrive, and wait for input until the time comes; or for room for output, if a page
 * was missed. false: the process should end. Even if the time is over, signals are let in: it may
 * be over each time.
 */
static bool wait_for_input(uint64_t left_ns)
{
	struct pollfd files[] = {{.fd = STDIN_FILENO, .events = POLLIN},
				 {.fd = missed ? STDOUT_FILENO : -1, .events = POLLOUT}};
	int n = top_signals_wait(files, 2, left_ns);

	if (top_signals_end() || (n < 0 && errno != EINTR))
		return false;
	if (top_signals_stop()) {
		endwin();
		top_signals_suspend();
	}
	if (n > 0 && (files[1].revents & POLLOUT) != 0)
		missed = false;
	return n <= 0 || (files[0].revents & (POLLHUP | POLLERR | POLLNVAL)) == 0;
}

enum top_event top_terminal_wait(uint64_t until_ns, int *key)
{
	for (;;) {
		int code = getch();
		uint64_t now = clock_now_ns();
		bool waits = missed;

		if (code != ERR) {
			*key = key_of(code);
			return TOP_EVENT_KEY;
		}
		if (!wait_for_input(now < until_ns ? until_ns - now : 0))
			return TOP_EVENT_END;
		if (take_resize() || (waits && !missed))
			return TOP_EVENT_DRAW;
		if (clock_now_ns() >= until_ns)
			return TOP_EVENT_TIME;
	}
}
