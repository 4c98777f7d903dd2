/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "tools/run/qmp.h"

#define RETURN	   "{\"return\": "
#define ICOUNT_KEY "\"icount\": "
#define SHUTDOWN   "\"event\": \"SHUTDOWN\""

/*
 * xp reads physical memory, w: 4 bytes; 0x09010000 is RTCDR (DDI 0224, 3.3.1) on QEMU's virt board.
 */
#define ASK_CLOCK                                   \
	"{\"execute\": \"human-monitor-command\", " \
	"\"arguments\": {\"command-line\": \"xp /1wx 0x09010000\"}}\n"
#define CLOCK_AT "0000000009010000: 0x"

void qmp_init(struct qmp *qmp, int fd)
{
	*qmp = (struct qmp){.fd = fd};
}

static void complain(struct qmp *qmp, const char *line)
{
	if (qmp->why[0] == '\0')
		snprintf(qmp->why, sizeof(qmp->why), "QEMU's monitor says %.*s",
			 (int)strcspn(line, "\r"), line);
}

/*
 * The lines are short and sent one at a time, so they always fit the socket's buffer. A closed
 * socket is not an error here: qmp_receive() detects it.
 */
static void send_line(struct qmp *qmp, const char *line)
{
	if (send(qmp->fd, line, strlen(line), MSG_NOSIGNAL) < 0 && errno != EPIPE &&
	    errno != ECONNRESET)
		complain(qmp, strerror(errno));
}

void qmp_poll(struct qmp *qmp)
{
	if (qmp->state != QMP_IDLE)
		return;
	qmp->state = QMP_ICOUNT;
	send_line(qmp, "{\"execute\": \"query-replay\"}\n");
}

/* Parse the number that follows `key` on the line. */
static bool number_after(const char *line, const char *key, int base, uint64_t *value)
{
	const char *at = strstr(line, key);
	char *end;

	if (at == NULL)
		return false;
	at += strlen(key);
	*value = strtoull(at, &end, base);
	return end != at;
}

static void take_answer(struct qmp *qmp, const char *line)
{
	switch (qmp->state) {
	case QMP_ACCEPTED:
		qmp->state = QMP_STARTED;
		send_line(qmp, "{\"execute\": \"cont\"}\n");
		break;
	case QMP_STARTED:
		qmp->state = QMP_IDLE;
		break;
	case QMP_ICOUNT:
		if (!number_after(line, ICOUNT_KEY, 10, &qmp->icount))
			complain(qmp, line);
		qmp->state = QMP_CLOCK;
		send_line(qmp, ASK_CLOCK);
		break;
	case QMP_CLOCK:
		if (!number_after(line, CLOCK_AT, 16, &qmp->clock))
			complain(qmp, line);
		qmp->state = QMP_IDLE;
		qmp->polls++;
		break;
	case QMP_GREETING:
	case QMP_IDLE:
		complain(qmp, line);
	}
}

/* Each message is one line. Events may come between answers; all but SHUTDOWN are ignored. */
static void take_line(void *ctx, const char *line, size_t len, bool whole)
{
	struct qmp *qmp = ctx;

	(void)len;
	(void)whole;
	if (qmp->state == QMP_GREETING) {
		qmp->state = QMP_ACCEPTED;
		send_line(qmp, "{\"execute\": \"qmp_capabilities\"}\n");
	} else if (strncmp(line, RETURN, strlen(RETURN)) == 0) {
		take_answer(qmp, line);
	} else if (strncmp(line, "{\"error\"", 8) == 0) {
		complain(qmp, line);
	} else if (strstr(line, SHUTDOWN) != NULL) {
		qmp->shut_down = true;
	}
}

bool qmp_receive(struct qmp *qmp)
{
	uint8_t bytes[1024];
	ssize_t n;

	while ((n = recv(qmp->fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
		lines_feed(&qmp->lines, bytes, (size_t)n, take_line, qmp);
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}
