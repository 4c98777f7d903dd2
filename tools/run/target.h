/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_TARGET_H
#define TOOLS_RUN_TARGET_H

/*
 * A target is something that guests are run on: our own hypervisor, one of its peers, or whatever a
 * command wants to have run beside others. It makes a run by a plan, with the files of a kit, and
 * leaves the text of a console.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RUN_WHY 512 /* room for one line that says what went wrong */

/*
 * Where everything that is run lies; absolute or relative paths of files that need not exist yet.
 */
struct run_kit {
	const char *program;	/* this pvtime, to run `pvtime lab` by */
	const char *suite;	/* directory: suite-BUILD.FORM, competitor.img, user */
	const char *hypervisor; /* our hypervisor's image */
	const char *debian;	/* directory of what scripts/debian-fetch has fetched */
	const char *
		release; /* Debian's, in `debian`: whose Linux or Xen it is; NULL: this machine's */
	const char *image;  /* this image instead of the suite's own, or NULL */
	const char *initrd; /* what that one is given with it: an absolute path, or NULL */
	const char *keep;   /* directory for what each run used and printed */
};

/*
 * One run of the suite: a row of a target's table. What a target cannot vary it has to be given as
 * 0 or NULL.
 */
struct run_plan {
	const char *name;  /* unique within the target, of a-z, 0-9 and '-' */
	const char *build; /* of suite-BUILD.FORM: "4k-le", ... */
	const char *form;  /* "img", "elf" or "raw" */
	const char *cpu;   /* QEMU's name */
	unsigned pcpus, vcpus;
	const char *dialect;   /* "1.0", "beta-2" or "off" */
	const char *conduit;   /* "hvc" or "smc" */
	bool contended;	       /* by somebody who is not of this VM */
	unsigned cap;	       /* per cent of a CPU for each vCPU; 0: none */
	unsigned timeslice_us; /* 0: as it is by default */
	const char *append;    /* further words for the suite's command line, or NULL */
	unsigned limit_s;      /* in guest time: the run has failed when it has not ended by then */
	bool user;	       /* the user-space program, not the guest */
	const char *without;   /* cases that it cannot judge, with commas between; NULL: none */
};

enum run_outcome {
	RUN_ENDED, /* the text is all that was printed, and the target has powered off by itself */
	RUN_LIMIT, /* the limit was reached; `why` says which */
	RUN_STOPPED, /* the target stopped without the suite's doing: a bug of it */
	RUN_UNABLE,  /* it could not be started, or QEMU died under it: status 2, and no report */
};

/*
 * What a run left. `text` is malloc()ed, ends with a NUL, and may be NULL only for RUN_UNABLE.
 */
struct run_output {
	char *text;
	size_t length;
	char why[RUN_WHY];
};

struct run_target {
	const char *name; /* as on the command line */

	/*
	 * Whether all files and programs of a plan are there and of the right kind; if not, `why`.
	 * Starts nothing.
	 */
	bool (*ready)(const struct run_kit *kit, const struct run_plan *plan, char *why);

	/* Run it to its end. */
	enum run_outcome (*run)(const struct run_kit *kit, const struct run_plan *plan,
				struct run_output *output);

	/*
	 * The version of the hypervisor by which reports tell it from others of its name, such as
	 * "6.12": read from what is run; "" where nothing is found. NULL: the target has no others.
	 */
	void (*release)(const struct run_kit *kit, char *text, size_t room);

	/*
	 * What was run, for a report, such as "Linux 6.1.192-2, QEMU 1:7.2+dfsg-7": at most `room`
	 * bytes with NUL. NULL: the target is in no report.
	 */
	void (*versions)(const struct run_kit *kit, char *text, size_t room);
};

/* Hypervisors under a guest that is a suite of ours, for conformance or for the benchmark. */
extern const struct run_target target_pvtime, target_kvm, target_xen;

#endif
