/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_TARGET_H
#define TOOLS_RUN_TARGET_H

/*
 * A target runs guests: our own hypervisor, Linux KVM, Xen, or another that a command adds. It runs
 * a plan with the files of a kit, and returns the text of a console.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RUN_WHY 512 /* room for one line that says what went wrong */

/* The paths of everything that a run needs, absolute or relative; the files need not exist yet. */
struct run_kit {
	const char *program;	/* this pvtime, for running `pvtime lab` */
	const char *suite;	/* directory: suite-BUILD.FORM, competitor.img, user */
	const char *hypervisor; /* our hypervisor's image */
	const char *debian;	/* directory that scripts/debian-fetch has filled */
	const char *xen; /* directory: RELEASE/xen and RELEASE/before, which `make xen` builds */
	const char *kernels; /* directory: RELEASE/Image and RELEASE/before, by `make linux` */
	/* a directory in `debian`: the Debian release of Linux or Xen; NULL: this machine's */
	const char *release;
	const char *image;  /* run this image instead of the suite's, or NULL */
	const char *initrd; /* an initrd for that image: an absolute path, or NULL */
	const char *keep;   /* directory for the files and the output of each run */
};

/*
 * One run of the suite: a row of a target's table. A property that a target cannot vary must be 0
 * or NULL.
 */
struct run_plan {
	const char *name;  /* unique within the target, of a-z, 0-9 and '-' */
	const char *build; /* of suite-BUILD.FORM: "4k-le", ... */
	const char *form;  /* "img", "elf" or "raw" */
	const char *cpu;   /* QEMU's name */
	unsigned pcpus, vcpus;
	const char *dialect;   /* "1.0", "beta-2" or "off" */
	const char *conduit;   /* "hvc" or "smc" */
	bool contended;	       /* another VM competes for the CPUs */
	unsigned cap;	       /* per cent of a CPU for each vCPU; 0: none */
	unsigned timeslice_us; /* 0: the default */
	const char *append;    /* further words for the suite's command line, or NULL */
	unsigned limit_s;      /* in guest time: a run that has not ended by then has failed */
	bool user;	       /* run the user-space program, not the guest */
	/* cases that this run cannot judge, separated by commas; NULL: none */
	const char *without;
	const char *host; /* further words for the hypervisor's own command line, or NULL */
	/* Xen: the suite is a domain that Xen makes from the device tree, and there is no dom0 */
	bool dom0less;
};

enum run_outcome {
	RUN_ENDED, /* the target powered off by itself; the text is complete */
	RUN_LIMIT, /* a limit was reached; `why` names it */
	/* the target stopped, although the suite did not ask for it: a bug of the target */
	RUN_STOPPED,
	/*
	 * the run could not be started, or QEMU died: the command ends with status 2, without a
	 * report
	 */
	RUN_UNABLE,
};

/*
 * The result of a run. `text` is malloc()ed, ends with a NUL, and may be NULL only for RUN_UNABLE.
 */
struct run_output {
	char *text;
	size_t length;
	char why[RUN_WHY];
};

struct run_target {
	const char *name; /* as on the command line */

	/*
	 * Whether all files and programs that a plan needs exist and are of the right kind; if not,
	 * `why` says what is wrong. Starts nothing.
	 */
	bool (*ready)(const struct run_kit *kit, const struct run_plan *plan, char *why);

	/* Run it to its end. */
	enum run_outcome (*run)(const struct run_kit *kit, const struct run_plan *plan,
				struct run_output *output);

	/*
	 * The version of the hypervisor, such as "6.12", by which reports distinguish releases of
	 * one target. It is read from the files that are run; "" if it is not found. NULL: the
	 * target has only one release.
	 */
	void (*release)(const struct run_kit *kit, char *text, size_t room);

	/*
	 * The versions of the programs that were run, for a report, such as "Linux 6.1.192-2, QEMU
	 * 1:7.2+dfsg-7": at most `room` bytes including the NUL. NULL: the target appears in no
	 * report.
	 */
	void (*versions)(const struct run_kit *kit, char *text, size_t room);
};

/* Hypervisors that run our conformance suite or benchmark as their guest. */
extern const struct run_target target_pvtime, target_kvm, target_xen;

/*
 * Linux KVM as `make linux` builds it from Debian's source, with ports/linux and without. The kit's
 * release is that of the source.
 */
extern const struct run_target target_kvm_mended, target_kvm_before;

/*
 * Xen as `make xen` builds it from Debian's source, with stolen time (ports/xen) and without. The
 * kit's release is that of the source.
 */
extern const struct run_target target_xen_pvtime, target_xen_before;

#endif
