/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include "tools/lab/console.h"
#include "tools/report.h"

/* Like mkdir -p. Returns 0 or an errno. */
static int make_directory(const char *dir)
{
	char path[4096];
	struct stat st;

	if (snprintf(path, sizeof(path), "%s", dir) >= (int)sizeof(path))
		return ENAMETOOLONG;
	for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0777) != 0 && errno != EEXIST)
			return errno;
		*slash = '/';
	}
	if (mkdir(path, 0777) != 0 && errno != EEXIST)
		return errno;
	if (stat(path, &st) != 0)
		return errno;
	return S_ISDIR(st.st_mode) ? 0 : ENOTDIR;
}

static void keep_error(struct consoles *consoles, const char *name)
{
	if (consoles->error != 0)
		return;
	consoles->error = errno != 0 ? errno : EIO;
	consoles->error_name = name;
}

bool consoles_open(struct consoles *consoles, const struct ledger_shape *shape, const char *dir)
{
	int error = 0;

	memset(consoles, 0, sizeof(*consoles));
	consoles->count = shape->vm_count;
	consoles->attached = CONSOLE_NOBODY;
	consoles->out = stdout;
	for (uint32_t i = 0; i < shape->vm_count; i++)
		consoles->vm[i].name = shape->vms[i].name;
	if (dir == NULL)
		return true;
	error = make_directory(dir);
	if (error != 0) {
		report("--console-dir: %s: %s; expected a directory to write to", dir,
		       strerror(error));
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
	const char *name;
};

static void put_line(void *ctx, const char *text, size_t len, bool whole)
{
	const struct line_target *target = ctx;
	FILE *out = target->consoles->out;

	(void)whole;
	/* Guests end lines with CR LF. */
	while (len > 0 && text[len - 1] == '\r')
		len--;
	errno = 0;
	fprintf(out, "%s| ", target->name);
	fwrite(text, 1, len, out);
	fputc('\n', out);
	if (ferror(out))
		keep_error(target->consoles, "standard output");
}

void consoles_write(struct consoles *consoles, uint32_t vm, const uint8_t *bytes, size_t n)
{
	struct console *console = &consoles->vm[vm];
	struct line_target target = {consoles, console->name};

	if (n == 0)
		return;
	errno = 0;
	if (console->log != NULL && fwrite(bytes, 1, n, console->log) != n)
		keep_error(consoles, console->name);
	if (vm == consoles->attached) {
		errno = 0;
		consoles->midline = bytes[n - 1] != '\n';
		if (fwrite(bytes, 1, n, consoles->out) != n)
			keep_error(consoles, "standard output");
	} else if (consoles->prefixed) {
		lines_feed(&console->lines, bytes, n, put_line, &target);
	}
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
		struct line_target target = {consoles, console->name};

		if (consoles->prefixed)
			lines_flush(&console->lines, put_line, &target);
		errno = 0;
		if (console->log != NULL && fclose(console->log) != 0)
			keep_error(consoles, console->name);
		console->log = NULL;
	}
	if (consoles->midline)
		fputc('\n', consoles->out);
	consoles->midline = false;
	return consoles_flush(consoles);
}
