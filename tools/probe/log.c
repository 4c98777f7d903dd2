/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's log, if it may be read: each read of /dev/kmsg returns one record. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tools/probe/facts.h"

#define RECORD 8192u /* above the kernel's own limit */

static enum probe_mode mode_of(const char *text)
{
	if (strstr(text, "Protected") != NULL)
		return PROBE_PROTECTED;
	return strstr(text, "nVHE") != NULL || strstr(text, "hVHE") != NULL ||
			       strstr(text, "Hyp mode") != NULL
		       ? PROBE_NVHE
		       : PROBE_VHE;
}

static void take_text(struct probe_log *log, const char *text)
{
	static const char started[] = "All CPU(s) started at EL", pv[] = "arm-pv: ";
	const char *at;

	if (strncmp(text, "kvm [", 5) == 0 && strstr(text, "mode initialized successfully") != NULL)
		log->mode = mode_of(text);
	if ((at = strstr(text, started)) != NULL && at[strlen(started)] != '\0')
		log->exception_level = (unsigned)(at[strlen(started)] - '0');
	if (strncmp(text, pv, strlen(pv)) != 0)
		return;
	if (strstr(text, "using stolen time PV") != NULL)
		log->using = true;
	else
		snprintf(log->refused, sizeof(log->refused), "%s", text + strlen(pv));
}

/*
 * A record is "PRIORITY,SEQUENCE,TIME,FLAGS;TEXT". Only the kernel's own have priorities below 8,
 * so messages that programs wrote are ignored.
 */
static void take_line(struct probe_log *log, const char *line)
{
	char *end;
	unsigned long priority = strtoul(line, &end, 10);
	const char *text = strchr(line, ';');

	if (end != line && *end == ',' && priority < 8 && text != NULL)
		take_text(log, text + 1);
}

void probe_log(struct probe_log *log, int root)
{
	char record[RECORD + 1], *rest;
	int fd = openat(root, "dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	*log = (struct probe_log){.readable = fd >= 0};
	while (fd >= 0) {
		ssize_t n = read(fd, record, RECORD);

		/*
		 * EPIPE: the record was overwritten meanwhile; the next read returns a later one.
		 */
		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n <= 0)
			break;
		record[n] = '\0';
		for (char *line = strtok_r(record, "\n", &rest); line != NULL;
		     line = strtok_r(NULL, "\n", &rest))
			take_line(log, line);
	}
	if (fd >= 0)
		close(fd);
}
