/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/pidfd.h>
#include <unistd.h>
#include "tools/run/child.h"
#include "tools/run/patience.h"
#include "tools/run/spawn.h"

static int open_end(const char *path, int flags)
{
	return open(path != NULL ? path : "/dev/null", flags | O_CLOEXEC, 0666);
}

/*
 * Whether the process ends in time. This process handles no signals, so poll() is not interrupted.
 */
static bool ends_within(pid_t pid, unsigned seconds)
{
	struct pollfd fd = {.fd = pidfd_open(pid, 0), .events = POLLIN};
	struct patience patience;
	int n = 0;

	if (fd.fd < 0)
		return false;
	patience_begin(&patience, pid, seconds);
	while (n == 0 && !patience_is_over(&patience))
		n = poll(&fd, 1, PATIENCE_LOOK_MS);
	close(fd.fd);
	return n > 0;
}

enum child_end child_run(const char *const argv[], const char *output, const char *errors,
			 unsigned seconds, int *wait_status)
{
	const int ends[3] = {
		open_end(NULL, O_RDONLY),
		open_end(output, O_WRONLY | O_CREAT | O_TRUNC),
		open_end(errors, O_WRONLY | O_CREAT | O_TRUNC),
	};
	int error = 0;
	pid_t pid;

	for (int i = 0; i < 3; i++)
		if (ends[i] < 0)
			error = errno;
	if (error == 0)
		error = spawn(argv, ends, false, &pid);
	for (int i = 0; i < 3; i++)
		if (ends[i] >= 0)
			close(ends[i]);
	if (error != 0) {
		errno = error;
		return CHILD_NONE;
	}
	bool ended = ends_within(pid, seconds);
	if (!ended)
		kill(pid, SIGKILL);
	*wait_status = spawn_wait(pid);
	return ended ? CHILD_ENDED : CHILD_LATE;
}
