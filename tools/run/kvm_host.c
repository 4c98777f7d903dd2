/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An arm64 kernel is the host at EL2 in QEMU. In it runs Debian's QEMU as the VMM of the suite, or
 * the suite's program for KVM's user space. The host's first process is conformance/host/init. It
 * prints a line before and a line after the guest's output, which separate that from its own.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tools/run/board.h"
#include "tools/run/debian.h"
#include "tools/run/file.h"
#include "tools/run/initramfs.h"
#include "tools/run/kit.h"
#include "tools/run/kvm_host.h"
#include "tools/run/qemu.h"

#define BEGIN	   "@guest begin\n"
#define END	   "@guest end "
#define HOST_S	   30  /* guest time for the host itself: it boots in 1 s */
#define KILLED	   137 /* exit status if timeout(1) killed the VMM */
#define KERNEL_MAX (256u << 20)

static bool is_off(const struct run_plan *plan)
{
	return strcmp(plan->dialect, "off") == 0;
}

/* The files of a run, except the kernel. */
struct parts {
	char host[PATH_MAX], guest[PATH_MAX];
};

static bool find_parts(struct parts *parts, const struct run_kit *kit, const struct run_plan *plan,
		       char *why)
{
	static const char built[] = "expected a part that 'make conform-all' builds";
	bool elf;

	return need_part(kit->suite, "kvm-host.cpio", built, parts->host, why) &&
	       (plan->user ? need_part(kit->suite, "user", built, parts->guest, why)
			   : need_suite(kit, plan, parts->guest, &elf, why));
}

bool kvm_host_ready(const struct run_kit *kit, const struct run_plan *plan, char *why)
{
	struct parts parts;

	return debian_need_qemu(why) && find_parts(&parts, kit, plan, why);
}

/* The host's command line. The kernel passes its words to init. */
static void host_words(char *text, size_t room, const struct run_plan *plan)
{
	char words[DEBIAN_WORDS];

	/* The program asks KVM itself whether it supports stolen time. */
	if (plan->user)
		snprintf(words, sizeof(words), "%s", plan->append != NULL ? plan->append : "");
	else
		debian_words(words, plan);
	snprintf(
		text, room,
		"console=ttyAMA0 quiet loglevel=0 panic=-1 run=%s pcpus=%u vcpus=%u steal=%s contended=%u slice_us=%u seconds=%u words=\"%s\"",
		plan->user ? "user" : "guest", plan->pcpus, plan->vcpus,
		is_off(plan) ? "off" : "on", plan->contended, plan->timeslice_us, plan->limit_s,
		words);
}

static enum run_outcome run_host(const char *kernel, int initramfs, const struct run_plan *plan,
				 struct run_output *output)
{
	char initrd[32], pcpus[16], words[DEBIAN_WORDS + 256];
	const char *const argv[] = {
		QEMU_PROGRAM, "-M",	 "virt,virtualization=on,gic-version=3",
		"-cpu",	      plan->cpu, "-smp",
		pcpus,	      "-m",	 "1G",
		"-kernel",    kernel,	 "-initrd",
		initrd,	      "-append", words,
		NULL,
	};

	snprintf(initrd, sizeof(initrd), "/proc/self/fd/%d", initramfs);
	snprintf(pcpus, sizeof(pcpus), "%u", plan->pcpus);
	host_words(words, sizeof(words), plan);
	return board_run(argv, plan->limit_s + HOST_S, NULL, output);
}

/*
 * The last line that begins with `what`, or NULL. The last, because the guest may print such a
 * line, too.
 */
static char *last_line(char *text, const char *what)
{
	char *found = NULL;

	for (char *at = text; (at = strstr(at, what)) != NULL; at++)
		if (at == text || at[-1] == '\n')
			found = at;
	return found;
}

/* Reduce `output` to the guest's output. The host's last line gives the outcome. */
static enum run_outcome take_guest(struct run_output *output, unsigned limit_s,
				   enum run_outcome host)
{
	char *text = output->text;
	char *begin = strstr(text, BEGIN);

	if (begin == NULL) {
		if (host == RUN_ENDED)
			snprintf(output->why, RUN_WHY, "the Linux host has not come up");
		return host == RUN_UNABLE ? RUN_UNABLE : RUN_STOPPED;
	}
	begin += strlen(BEGIN);
	char *end = last_line(begin, END);
	/* The newline before the host's last line belongs to the host. */
	char *guest_end = end == NULL ? text + output->length : end > begin ? end - 1 : begin;
	output->length = (size_t)(guest_end - begin);
	if (end == NULL) {
		if (host == RUN_ENDED)
			snprintf(output->why, RUN_WHY, "the Linux host ended before its guest");
		host = host == RUN_ENDED ? RUN_STOPPED : host;
	} else {
		char *message;
		long status = strtol(end + strlen(END), &message, 10);

		message[strcspn(message, "\r\n")] = '\0';
		if (status == KILLED)
			snprintf(output->why, RUN_WHY, "not done within %u s of the host's time",
				 limit_s);
		else if (status != 0)
			snprintf(output->why, RUN_WHY, "the VMM ended with status %ld:%.300s",
				 status, message);
		host = status == 0 ? RUN_ENDED : status == KILLED ? RUN_LIMIT : RUN_STOPPED;
	}
	memmove(text, begin, output->length);
	text[output->length] = '\0';
	return host;
}

/* The host's initramfs, with the files that its guest needs. */
static int make_initramfs(const struct parts *parts, const struct run_kit *kit,
			  const struct run_plan *plan, char *why)
{
	char half[32];
	int fd = initramfs_add(parts->host, plan->user ? "user" : "suite", parts->guest, why,
			       RUN_WHY);

	if (fd < 0 || kit->initrd == NULL)
		return fd;
	snprintf(half, sizeof(half), "/proc/self/fd/%d", fd);
	int all = initramfs_add(half, "initrd", kit->initrd, why, RUN_WHY);
	close(fd);
	return all;
}

enum run_outcome kvm_host_run(const char *kernel, const struct run_kit *kit,
			      const struct run_plan *plan, struct run_output *output)
{
	struct parts parts;

	*output = (struct run_output){.text = NULL};
	if (!find_parts(&parts, kit, plan, output->why))
		return RUN_UNABLE;
	int initramfs = make_initramfs(&parts, kit, plan, output->why);
	if (initramfs < 0)
		return RUN_UNABLE;
	enum run_outcome outcome = run_host(kernel, initramfs, plan, output);
	close(initramfs);
	return output->text != NULL ? take_guest(output, plan->limit_s, outcome) : outcome;
}

/* The banner does not depend on the file's name or origin. */
void kvm_host_release(const char *kernel, char *text, size_t room)
{
	static const char banner[] = "Linux version ";
	size_t length = 0;

	text[0] = '\0';
	char *image = file_read(kernel, KERNEL_MAX, &length);
	/* file_read() adds a NUL, so a banner at the very end of the file is safe. */
	for (char *at = image; text[0] == '\0' && at != NULL;) {
		at = memmem(at, length - (size_t)(at - image), banner, sizeof(banner) - 1);
		if (at != NULL) {
			at += sizeof(banner) - 1;
			debian_release(at, text, room);
		}
	}
	free(image);
}
