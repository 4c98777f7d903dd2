/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux KVM: Debian's arm64 kernel as the host at EL2 in QEMU, and in it Debian's QEMU as the VMM of the suite, or the
 * suite's program for KVM's user space. The host's first process is conformance/host/init; what it says is
 * told from what the guest says by two lines.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tools/run/board.h"
#include "tools/run/debian.h"
#include "tools/run/initramfs.h"
#include "tools/run/kit.h"
#include "tools/run/qemu.h"

#define BEGIN  "@guest begin\n"
#define END    "@guest end "
#define HOST_S 30  /* guest time for the host itself: it boots in 1 s */
#define KILLED 137 /* status of what timeout(1) has killed */

#define A57 "cortex-a57"  /* without VHE: the host is at EL1, its hypervisor at EL2 */
#define N1  "neoverse-n1" /* with VHE: the host is at EL2 */

#define ALONE	  false
#define CONTENDED true

/* What takes minutes where a wait takes 300 ms. Other runs have it. */
#define SLOW_CASES                                                                              \
	"contended,competitor,woken,at_switch_in,adds_up,nanoseconds,rounds,observers,library," \
	"st_repeat,off_on,off_keeps,write_refused,write_harmless,forged,kexec,kexec_goes_on"

/* The host has one CPU, as instructions are its time: the vCPUs of a guest contend with each other in any case. */
static const struct conform_plan plans[] = {
	/* name, build, form, CPU, CPUs, vCPUs, dialect, conduit, who, cap, timeslice, words, limit, user, without */
	{"plain", "4k-le", "img", N1, 1, 1, "1.0", "hvc", ALONE, 0, 0, "rounds=100", 60, false,
	 NULL},
	{"contended", "4k-le", "img", N1, 1, 2, "1.0", "hvc", CONTENDED, 0, 100, NULL, 60, false,
	 NULL},
	{"contended-nvhe", "4k-le", "img", A57, 1, 2, "1.0", "hvc", CONTENDED, 0, 1000,
	 "rounds=1000", 60, false, NULL},
	{"four", "4k-le", "elf", N1, 1, 4, "1.0", "hvc", CONTENDED, 0, 1000, "rounds=1000", 60,
	 false, NULL},
	{"slow", "4k-le", "img", N1, 1, 4, "1.0", "hvc", ALONE, 0, 100000, NULL, 60, false,
	 SLOW_CASES},
	{"big-endian", "4k-be", "img", N1, 1, 2, "1.0", "hvc", ALONE, 0, 1000, "rounds=1000", 60,
	 false, NULL},
	{"granule-16k", "16k-le", "img", N1, 1, 1, "1.0", "hvc", CONTENDED, 0, 1000, "rounds=1000",
	 60, false, NULL},
	{"granule-64k", "64k-le", "img", A57, 1, 2, "1.0", "hvc", ALONE, 0, 1000, "rounds=1000", 60,
	 false, NULL},
	{"granule-64k-be", "64k-be", "img", A57, 1, 1, "1.0", "hvc", CONTENDED, 0, 1000,
	 "rounds=1000", 60, false, NULL},
	{"off", "4k-le", "img", N1, 1, 2, "off", "hvc", ALONE, 0, 0, NULL, 60, false, NULL},
	{"reset", "4k-le", "img", N1, 1, 1, "1.0", "hvc", CONTENDED, 0, 0, "reset_ms=500", 60,
	 false, NULL},
	{"user", "4k-le", "img", N1, 1, 1, "1.0", "hvc", CONTENDED, 0, 0, NULL, 60, true, NULL},
	{"user-nvhe", "4k-le", "img", A57, 1, 1, "1.0", "hvc", CONTENDED, 0, 0, NULL, 60, true,
	 NULL},
};

static bool is_off(const struct conform_plan *plan)
{
	return strcmp(plan->dialect, "off") == 0;
}

/* The files of a run. */
struct parts {
	char kernel[PATH_MAX], host[PATH_MAX], guest[PATH_MAX];
};

static bool find_parts(struct parts *parts, const struct conform_kit *kit,
		       const struct conform_plan *plan, char *why)
{
	static const char fetched[] =
		"expected Debian's kernel for arm64, which 'make debian' fetches";
	static const char built[] = "expected a part that 'make conform-all' builds";
	bool elf;

	return conform_need_part(kit->debian, "Image", fetched, parts->kernel, why) &&
	       conform_need_image(parts->kernel, fetched, NULL, why) &&
	       conform_need_part(kit->suite, "kvm-host.cpio", built, parts->host, why) &&
	       (plan->user ? conform_need_part(kit->suite, "user", built, parts->guest, why)
			   : conform_need_suite(kit, plan, parts->guest, &elf, why));
}

static bool ready(const struct conform_kit *kit, const struct conform_plan *plan, char *why)
{
	struct parts parts;

	return debian_need_qemu(why) && find_parts(&parts, kit, plan, why);
}

/* What the host is told: the kernel hands these words to its init. */
static void host_words(char *text, size_t room, const struct conform_plan *plan)
{
	char words[DEBIAN_WORDS];

	debian_words(words, plan);
	snprintf(text, room,
		 "console=ttyAMA0 quiet loglevel=0 panic=-1 run=%s pcpus=%u vcpus=%u steal=%s "
		 "contended=%u "
		 "slice_us=%u seconds=%u words=\"%s\"",
		 plan->user ? "user" : "guest", plan->pcpus, plan->vcpus,
		 is_off(plan) ? "off" : "on", plan->contended, plan->timeslice_us, plan->limit_s,
		 words);
}

static enum conform_outcome run_host(const struct parts *parts, int initramfs,
				     const struct conform_plan *plan, struct conform_output *output)
{
	char initrd[32], pcpus[16], words[DEBIAN_WORDS + 256];
	const char *const argv[] = {
		QEMU_PROGRAM, "-M",	     "virt,virtualization=on,gic-version=3",
		"-cpu",	      plan->cpu,     "-smp",
		pcpus,	      "-m",	     "1G",
		"-kernel",    parts->kernel, "-initrd",
		initrd,	      "-append",     words,
		NULL,
	};

	snprintf(initrd, sizeof(initrd), "/proc/self/fd/%d", initramfs);
	snprintf(pcpus, sizeof(pcpus), "%u", plan->pcpus);
	host_words(words, sizeof(words), plan);
	return board_run(argv, plan->limit_s + HOST_S, NULL, output);
}

/* The last place of `what` at the start of a line, or NULL: a guest may print such a line, too. */
static char *last_line(char *text, const char *what)
{
	char *found = NULL;

	for (char *at = text; (at = strstr(at, what)) != NULL; at++)
		if (at == text || at[-1] == '\n')
			found = at;
	return found;
}

/* Leave what the guest printed in `output`, and judge how it ended by what the host says of it. */
static enum conform_outcome take_guest(struct conform_output *output, unsigned limit_s,
				       enum conform_outcome host)
{
	char *text = output->text;
	char *begin = strstr(text, BEGIN);

	if (begin == NULL) {
		if (host == CONFORM_ENDED)
			snprintf(output->why, CONFORM_WHY, "the Linux host has not come up");
		return host == CONFORM_UNABLE ? CONFORM_UNABLE : CONFORM_STOPPED;
	}
	begin += strlen(BEGIN);
	char *end = last_line(begin, END);
	/* The newline before its last line is the host's. */
	char *guest_end = end == NULL ? text + output->length : end > begin ? end - 1 : begin;
	output->length = (size_t)(guest_end - begin);
	if (end == NULL) {
		if (host == CONFORM_ENDED)
			snprintf(output->why, CONFORM_WHY, "the Linux host ended before its guest");
		host = host == CONFORM_ENDED ? CONFORM_STOPPED : host;
	} else {
		char *message;
		long status = strtol(end + strlen(END), &message, 10);

		message[strcspn(message, "\r\n")] = '\0';
		if (status == KILLED)
			snprintf(output->why, CONFORM_WHY,
				 "not done within %u s of the host's time", limit_s);
		else if (status != 0)
			snprintf(output->why, CONFORM_WHY, "the VMM ended with status %ld:%.300s",
				 status, message);
		host = status == 0	  ? CONFORM_ENDED
		       : status == KILLED ? CONFORM_LIMIT
					  : CONFORM_STOPPED;
	}
	memmove(text, begin, output->length);
	text[output->length] = '\0';
	return host;
}

/* The host's, with what its guest needs. */
static int make_initramfs(const struct parts *parts, const struct conform_kit *kit,
			  const struct conform_plan *plan, char *why)
{
	char half[32];
	int fd = initramfs_add(parts->host, plan->user ? "user" : "suite", parts->guest, why,
			       CONFORM_WHY);

	if (fd < 0 || kit->initrd == NULL)
		return fd;
	snprintf(half, sizeof(half), "/proc/self/fd/%d", fd);
	int all = initramfs_add(half, "initrd", kit->initrd, why, CONFORM_WHY);
	close(fd);
	return all;
}

static enum conform_outcome run(const struct conform_kit *kit, const struct conform_plan *plan,
				struct conform_output *output)
{
	struct parts parts;

	*output = (struct conform_output){.text = NULL};
	if (!find_parts(&parts, kit, plan, output->why))
		return CONFORM_UNABLE;
	int initramfs = make_initramfs(&parts, kit, plan, output->why);
	if (initramfs < 0)
		return CONFORM_UNABLE;
	enum conform_outcome outcome = run_host(&parts, initramfs, plan, output);
	close(initramfs);
	return output->text != NULL ? take_guest(output, plan->limit_s, outcome) : outcome;
}

static void versions(const struct conform_kit *kit, char *text, size_t room)
{
	char linux_version[96], qemu_version[96];

	debian_version(linux_version, sizeof(linux_version), kit, "versions", "linux-image-");
	debian_version(qemu_version, sizeof(qemu_version), kit, "versions-hosts",
		       "qemu-system-arm ");
	snprintf(text, room, "Linux %s, QEMU %s", linux_version, qemu_version);
}

const struct conform_target conform_kvm = {
	.name = "kvm",
	.title = "Linux KVM",
	.plans = plans,
	.plan_count = sizeof(plans) / sizeof(plans[0]),
	.ready = ready,
	.run = run,
	.versions = versions,
};
