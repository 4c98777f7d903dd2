/* SPDX-License-Identifier: BSD-2-Clause */
/* QMP from QEMU's side: what it is asked, and how answers in pieces, events and errors are read. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "tests/tap.h"
#include "tools/run/qmp.h"

#define GREETING "{\"QMP\": {\"version\": {}}}\r\n"
#define DONE	 "{\"return\": {}}\r\n"
#define EVENT	 "{\"timestamp\": {\"seconds\": 1}, \"event\": \"STOP\"}\r\n"
#define SHUTDOWN "{\"timestamp\": {\"seconds\": 2}, \"event\": \"SHUTDOWN\", \"data\": {}}\r\n"
#define ICOUNT	 "{\"return\": {\"icount\": 123456789012, \"mode\": \"none\"}}\r\n"
#define CLOCK	 "{\"return\": \"0000000009010000: 0x6955b900\\r\\n\"}\r\n"

static struct qmp qmp;
static int peer;

static void begin(void)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0)
		return;
	peer = ends[1];
	qmp_init(&qmp, ends[0]);
}

static void end(void)
{
	close(peer);
	close(qmp.fd);
}

static bool say(const char *text)
{
	return write(peer, text, strlen(text)) == (ssize_t)strlen(text) && qmp_receive(&qmp);
}

/* Whether there was one request with `part` since the last call; NULL: none. */
static bool asked(const char *part)
{
	char text[512];
	ssize_t n = read(peer, text, sizeof(text) - 1);

	if (part == NULL || n < 0)
		return part == NULL && n < 0;
	text[n] = '\0';
	return strstr(text, part) != NULL && strchr(text, '\n') == text + n - 1;
}

static void test_poll(void)
{
	begin();
	qmp_poll(&qmp);
	tap_ok(asked(NULL), "nothing is asked before the greeting");
	tap_ok(say(GREETING) && asked("qmp_capabilities"), "the greeting is answered");
	qmp_poll(&qmp);
	tap_ok(asked(NULL), "nothing is asked before the capabilities are accepted");
	tap_ok(say(DONE) && asked("cont"),
	       "the machine is started once the capabilities are accepted");
	qmp_poll(&qmp);
	tap_ok(asked(NULL), "nothing is asked before the machine has started");
	tap_ok(say(DONE) && qmp.polls == 0, "the start of the machine does not count as a poll");
	qmp_poll(&qmp);
	tap_ok(asked("query-replay"), "a poll asks for the instructions");
	qmp_poll(&qmp);
	tap_ok(asked(NULL), "a poll that waits for its answer asks nothing more");
	tap_ok(say(EVENT) && say("{\"return\": {\"ic") && qmp.polls == 0,
	       "half an answer does not end a poll");
	tap_ok(say(strstr(ICOUNT, "ount")) && asked("xp /1wx"),
	       "the whole answer is followed by a request for the clock");
	tap_ok(say(CLOCK) && qmp.polls == 1 && qmp.icount == 123456789012 &&
		       qmp.clock == 0x6955b900,
	       "a poll that is over has the instructions and the clock");
	qmp_poll(&qmp);
	tap_ok(asked("query-replay") && qmp.why[0] == '\0',
	       "the next poll asks for the instructions again");
	tap_ok(!qmp.shut_down && say(SHUTDOWN) && qmp.shut_down,
	       "a SHUTDOWN event shuts the machine down");
	end();
}

/* Messages in one piece, answers to a poll that are invalid, and the end of QEMU. */
static void test_bad(void)
{
	begin();
	tap_ok(say(GREETING DONE DONE), "three messages in one piece are read");
	qmp_poll(&qmp);
	tap_ok(say("{\"error\": {\"class\": \"CommandNotFound\"}}\r\n") &&
		       strcmp(qmp.why, "QEMU's monitor says {\"error\": {\"class\": "
				       "\"CommandNotFound\"}}") == 0,
	       "an error is reported: %s", qmp.why);
	end();

	begin();
	say(GREETING DONE DONE);
	qmp_poll(&qmp);
	say("{\"return\": {\"mode\": \"none\"}}\r\n");
	tap_ok(qmp.why[0] != '\0', "an answer without icount is reported: %s", qmp.why);
	end();

	begin();
	say(GREETING DONE DONE);
	qmp_poll(&qmp);
	say(ICOUNT "{\"return\": \"Cannot access memory\"}\r\n");
	tap_ok(qmp.why[0] != '\0', "an answer without a clock is reported: %s", qmp.why);
	end();

	begin();
	close(peer);
	tap_ok(!qmp_receive(&qmp), "the end of QEMU is noticed");
	qmp.state = QMP_IDLE;
	qmp_poll(&qmp);
	tap_ok(qmp.why[0] == '\0',
	       "a poll after the end of QEMU is not an error, and raises no signal");
	close(qmp.fd);
}

int main(void)
{
	test_poll();
	test_bad();
	return tap_done();
}
