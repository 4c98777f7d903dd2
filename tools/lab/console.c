/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/ioctl.h>
#include "tools/lab/console.h"
#include "tools/lab/fold.h"
#include "tools/run/file.h"
#include "tools/visible.h"
#include "tools/report.h"

#define NS_PER_S UINT64_C(1000000000)

static void keep_error(struct consoles *consoles, const char *name)
{
	if (consoles->error != 0)
		return;
	consoles->error = errno != 0 ? errno : EIO;
	consoles->error_name = name;
}

bool consoles_open(struct consoles *consoles, const struct ledger_shape *shape, const char *dir)
{
	memset(consoles, 0, sizeof(*consoles));
	consoles->count = shape->vm_count;
	consoles->attached = CONSOLE_NOBODY;
	consoles->out = stdout;
	consoles->terminal = -1;
	for (uint32_t i = 0; i < shape->vm_count; i++)
		consoles->vm[i].name = shape->vms[i].name;
	if (dir == NULL)
		return true;
	if (!file_mkdir(dir)) {
		report("--console-dir: %s: %m; expected a directory to write to", dir);
		return false;
	}
	for (uint32_t i = 0; i < shape->vm_count; i++) {
		char path[4096 + 32];

		snprintf(path, sizeof(path), "%s/%s.log", dir, shape->vms[i].name);
		consoles->vm[i].log = fopen(path, "we");
		if (consoles->vm[i].log == NULL) {
			report("--console-dir: %s: %m", path);
			consoles_close(consoles);
			return false;
		}
	}
	return true;
}

struct line_target {
	struct consoles *consoles;
	struct console *console;
};

static struct line_target target_of(struct consoles *consoles, uint32_t vm)
{
	return (struct line_target){consoles, &consoles->vm[vm]};
}

typedef void put_text(FILE *file, const char *text, size_t len);

static void put_all(FILE *file, const char *text, size_t len)
{
	fwrite(text, 1, len, file);
}

static put_text *put_alone(const struct consoles *consoles)
{
	return consoles->ascii ? visible_write_ascii : put_all;
}

static void write_line(struct consoles *consoles, FILE *file, const char *name, const char *before,
		       const char *stamp, const char *text, size_t len, put_text *put)
{
	errno = 0;
	fputs(before, file);
	fputs(stamp, file);
	put(file, text, len);
	fputc('\n', file);
	if (ferror(file))
		keep_error(consoles, name);
}

/* The current width of the terminal that several VMs write to; 0: unknown, or no such terminal. */
static unsigned columns_of(const struct consoles *consoles)
{
	struct winsize size = {0};

	if (consoles->visible && consoles->terminal >= 0)
		ioctl(consoles->terminal, TIOCGWINSZ, &size);
	return size.ws_col;
}

static void write_folded(struct consoles *consoles, const struct console *console, const char *text,
			 size_t len, unsigned columns)
{
	char line[CONSOLE_STAMP_MAX + 4 * LINES_MAX + 1]; /* each byte as \xNN */
	size_t n = strlen(console->stamp);

	memcpy(line, console->stamp, n);
	visible_copy(line + n, sizeof(line) - n, text, len);
	errno = 0;
	fold_write(consoles->out, console->name, line, columns);
	if (ferror(consoles->out))
		keep_error(consoles, "standard output");
}

static void put_line(void *ctx, const char *text, size_t len, bool whole)
{
	const struct line_target *target = ctx;
	struct consoles *consoles = target->consoles;
	struct console *console = target->console;
	char before[64];

	(void)whole;
	if (consoles->stamped && console->log != NULL)
		write_line(consoles, console->log, console->name, "", console->stamp, text, len,
			   put_all);
	/* Guests end lines with CR LF. */
	while (len > 0 && text[len - 1] == '\r')
		len--;
	snprintf(before, sizeof(before), "%s| ", console->name);
	unsigned columns = columns_of(consoles);
	if (consoles->prefixed && columns > 0)
		write_folded(consoles, console, text, len, columns);
	else if (consoles->prefixed)
		write_line(consoles, consoles->out, "standard output", before, console->stamp, text,
			   len, consoles->visible ? visible_write : put_alone(consoles));
	console->stamp[0] = '\0';
}

void consoles_stamp(struct consoles *consoles, uint32_t vm, uint64_t at_ns,
		    const uint64_t *stolen_ns, uint32_t vcpus)
{
	char *stamp = consoles->vm[vm].stamp;
	size_t room = sizeof(consoles->vm[vm].stamp), n;

	n = (size_t)snprintf(stamp, room, "[%" PRIu64 ".%09u stolen", at_ns / NS_PER_S,
			     (unsigned)(at_ns % NS_PER_S));
	for (uint32_t id = 0; id < vcpus; id++)
		n += (size_t)snprintf(stamp + n, room - n, " %" PRIu64 ".%09u",
				      stolen_ns[id] / NS_PER_S,
				      (unsigned)(stolen_ns[id] % NS_PER_S));
	snprintf(stamp + n, room - n, "] ");
}

void consoles_write(struct consoles *consoles, uint32_t vm, const uint8_t *bytes, size_t n)
{
	struct console *console = &consoles->vm[vm];
	struct line_target target = target_of(consoles, vm);

	if (n == 0)
		return;
	errno = 0;
	if (console->log != NULL && !consoles->stamped && fwrite(bytes, 1, n, console->log) != n)
		keep_error(consoles, console->name);
	if (vm == consoles->attached) {
		errno = 0;
		consoles->midline = bytes[n - 1] != '\n';
		put_alone(consoles)(consoles->out, (const char *)bytes, n);
		if (ferror(consoles->out))
			keep_error(consoles, "standard output");
	}
	if (consoles->prefixed || consoles->stamped)
		lines_feed(&console->lines, bytes, n, put_line, &target);
}

bool consoles_flush(struct consoles *consoles)
{
	for (uint32_t i = 0; i < consoles->count; i++) {
		errno = 0;
		if (consoles->vm[i].log != NULL && fflush(consoles->vm[i].log) != 0)
			keep_error(consoles, consoles->vm[i].name);
	}
	errno = 0;
	if (fflush(consoles->out) != 0 || ferror(consoles->out))
		keep_error(consoles, "standard output");
	return consoles->error == 0;
}

bool consoles_close(struct consoles *consoles)
{
	for (uint32_t i = 0; i < consoles->count; i++) {
		struct console *console = &consoles->vm[i];
		struct line_target target = target_of(consoles, i);

		if (consoles->prefixed || consoles->stamped)
			lines_flush(&console->lines, put_line, &target);
		errno = 0;
		if (console->log != NULL && (console->lent ? fflush : fclose)(console->log) != 0)
			keep_error(consoles, console->name);
		console->log = NULL;
	}
	if (consoles->midline)
		fputc('\n', consoles->out);
	consoles->midline = false;
	return consoles_flush(consoles);
}
