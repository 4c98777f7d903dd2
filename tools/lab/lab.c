/* SPDX-License-Identifier: BSD-2-Clause */
/* `pvtime lab`: check everything first, then run the board, then print the result. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tools/command.h"
#include "tools/lab/bundle.h"
#include "tools/lab/ended.h"
#include "tools/lab/kvm_board.h"
#include "tools/lab/options.h"
#include "tools/lab/qemu_board.h"
#include "tools/lab/session.h"
#include "tools/lab/terminal.h"
#include "tools/report.h"
#include "tools/run/outputs.h"
#include "tools/run/qemu.h"
#include "tools/run/signals.h"
#include "tools/visible.h"

#define SAMPLE_NS	    UINT64_C(500000000) /* the period of --watch */
#define DETERMINISTIC_EPOCH 1767225600u		/* 2026-01-01 00:00:00 UTC */

/* Everything that a run needs, in the order in which it is prepared. */
struct lab_command {
	struct options options;
	char hypervisor[PATH_MAX];
	struct lab *lab;
	struct ledger_shape shape;
	struct lab_run run;
	int bundle;
	FILE *json;	/* NULL: none */
	FILE *out;	/* the stream for standard output */
	FILE *json_out; /* the stream for `json` */
	struct outputs outputs;
	char json_name[300];
	struct consoles consoles;
	struct live live;
	struct intake intake;
	struct process process;
	struct kvm_board kvm;
};

/*
 * Find the VM that an option names. *index becomes BUNDLE_NOBODY if the option is not given. false:
 * the lab has no such VM; that was reported.
 */
static bool find_vm(const struct lab_command *c, const char *option, const char *name,
		    uint32_t *index)
{
	*index = BUNDLE_NOBODY;
	if (name == NULL)
		return true;
	int found = lab_find_vm(c->lab, name);
	if (found < 0) {
		report("%s: %s has no [vm %s]; expected the name of one of its VMs, such as %s",
		       option, c->options.file, name, c->lab->vms[0].name);
		return false;
	}
	*index = (uint32_t)found;
	return true;
}

static bool load_lab(struct lab_command *c)
{
	c->lab = c->options.kvm ? lab_load_kvm(c->options.file, stderr)
				: lab_load(c->options.file, stderr);
	if (c->lab == NULL)
		return false;
	c->shape.kvm = c->options.kvm;
	c->shape.cpu_count = c->options.kvm ? 0 : c->lab->pcpus;
	for (uint32_t i = 0; i < c->lab->vm_count; i++) {
		const struct lab_vm *vm = &c->lab->vms[i];
		if (!ledger_shape_add(&c->shape, vm->name, vm->vcpus,
				      vm->stolen_time != PVTIME_DIALECT_OFF)) {
			report("%s: more VMs or vCPUs than a lab can have", c->options.file);
			return false;
		}
	}
	c->run.run_ns = c->options.run_ns;
	c->run.stamp_lines = c->options.stamp;
	c->run.epoch = c->options.deterministic ? DETERMINISTIC_EPOCH : (uint64_t)time(NULL);
	c->run.sample_ns = c->options.watch ? SAMPLE_NS : 0;
	return find_vm(c, "--attach", c->options.attach, &c->run.attached) &&
	       find_vm(c, "--until", c->options.until, &c->run.until);
}

/*
 * The bundle is a file in memory that QEMU inherits. It vanishes with the processes, however the
 * command ends.
 */
static bool make_bundle(struct lab_command *c)
{
	int error = 0;

	c->bundle = memfd_create("pvtime-bundle", 0);
	int copy = c->bundle >= 0 ? dup(c->bundle) : -1;
	FILE *out = copy >= 0 ? fdopen(copy, "wb") : NULL;
	if (out == NULL) {
		error = errno;
		if (copy >= 0)
			close(copy);
	} else {
		error = -bundle_write(c->lab, &c->run, out);
		if (fclose(out) != 0 && error == 0)
			error = errno;
	}
	if (error != 0)
		report("%s: cannot bundle the lab: %s", c->options.file, strerror(error));
	return error == 0;
}

/* Truncate the JSON file and the consoles' files, so that they contain only output of this run. */
static bool open_outputs(struct lab_command *c)
{
	const struct options *o = &c->options;

	if (o->json != NULL) {
		c->json = strcmp(o->json, "-") == 0 ? stdout : fopen(o->json, "we");
		if (c->json == NULL) {
			report("--json: %s: %m; expected a file to write to", o->json);
			return false;
		}
	}
	if (!consoles_open(&c->consoles, &c->shape, o->console_dir))
		return false;
	c->consoles.attached = c->run.attached == BUNDLE_NOBODY ? CONSOLE_NOBODY : c->run.attached;
	c->consoles.prefixed = o->console_dir == NULL && !o->watch && o->attach == NULL;
	c->consoles.stamped = o->stamp;
	/* Then only the ledger goes to standard output. */
	if (c->json == stdout)
		c->consoles.out = stderr;
	bool terminal = isatty(fileno(c->consoles.out));
	c->consoles.visible = terminal && c->shape.vm_count > 1;
	c->consoles.terminal = fileno(c->consoles.out);
	c->consoles.ascii = terminal && !visible_utf8();
	return true;
}

/* Returns 0 or an errno. */
static int start_board(struct lab_command *c)
{
	const struct qemu_board board = {
		.lab = c->lab,
		.hypervisor = c->hypervisor,
		.bundle = c->bundle,
		.deterministic = c->options.deterministic,
	};

	return c->options.kvm ? kvm_board_start(&c->process, &c->kvm)
			      : qemu_start(&c->process, &board);
}

static void report_start(const struct lab_command *c, int error)
{
	if (c->options.kvm)
		report("cannot start the VMM: %s", strerror(error));
	else
		report("cannot start %s: %s%s", QEMU_PROGRAM, strerror(error),
		       error == ENOENT ? "; Debian has it in qemu-system-arm" : "");
}

/*
 * Set *to to the stream to use in place of `file`. A regular file that we have opened has no reader
 * that could be slow, so it is used directly.
 */
static bool print_through(struct lab_command *c, FILE *file, const char *name, FILE **to)
{
	struct stat st;
	bool inherited = file == stdout || file == stderr;

	*to = file;
	if (file == NULL || (!inherited && fstat(fileno(file), &st) == 0 && S_ISREG(st.st_mode)))
		return true;
	*to = outputs_stream(&c->outputs, file, name);
	return *to != NULL;
}

static bool print_logs_through(struct lab_command *c)
{
	for (uint32_t i = 0; i < c->consoles.count; i++) {
		struct console *console = &c->consoles.vm[i];
		FILE *file = console->log;

		if (!print_through(c, file, console->name, &console->log))
			return false;
		/* The writer's thread may use the file until the process exits, which closes it. */
		console->lent = console->log != file;
	}
	return true;
}

/*
 * From here on a slow reader cannot keep the command from handling signals. This starts threads, so
 * it must come after the board's start: threads do not survive a fork().
 */
static bool open_streams(struct lab_command *c)
{
	bool to_errors = c->consoles.out == stderr;
	FILE *errors;

	snprintf(c->json_name, sizeof(c->json_name), "--json: %s",
		 c->json != NULL ? c->options.json : "");
	if (!outputs_open(&c->outputs) || !print_through(c, stdout, "standard output", &c->out) ||
	    !print_through(c, stderr, to_errors ? "standard error" : NULL, &errors) ||
	    !print_through(c, c->json, c->json_name, &c->json_out) || !print_logs_through(c))
		return false;
	c->consoles.out = to_errors ? errors : c->out;
	report_to(errors);
	return true;
}

/* Write the ledger in the requested forms. false: it cannot be written; that was reported. */
static bool tell_ledger(struct lab_command *c)
{
	struct ledger *ledger = &c->intake.ledger;
	const struct ended_by by = {
		.run_ns = c->run.run_ns,
		.until = c->run.until,
		.asked = c->intake.asked,
		.failed = c->intake.failed,
	};

	/* A VM may have ended after the final ledger. */
	memcpy(ledger->vms, c->intake.records.ledger.vms, sizeof(ledger->vms));
	ledger->ended = ended_word(ledger, &c->shape, &by);
	if (c->json_out != NULL) {
		ledger_print_json(ledger, &c->shape, c->json_out);
		if (fflush(c->json_out) != 0 || ferror(c->json_out)) {
			report("--json: %s: %m", c->options.json);
			return false;
		}
	}
	if (!c->options.watch && c->json != stdout)
		ledger_print_table(ledger, &c->shape, c->out);
	return true;
}

static int run_lab(struct lab_command *c, int signals)
{
	char why[1024];
	struct live *live = c->options.watch ? &c->live : NULL;

	int error = start_board(c);
	if (!open_streams(c)) {
		report("cannot print: %m");
		if (error == 0)
			process_end(&c->process);
		return STATUS_FAILED;
	}
	if (error != 0) {
		report_start(c, error);
		outputs_end(&c->outputs, signals, false);
		return STATUS_FAILED;
	}
	if (live != NULL)
		live_open(live, c->options.file, &c->shape, c->out);
	intake_init(&c->intake, &c->shape, &c->consoles, live);
	if (c->options.kvm)
		c->intake.maker = "the lab";
	if (c->options.attach != NULL && isatty(STDIN_FILENO))
		report("attached to %s; Ctrl-] ends the lab", c->options.attach);
	bool good = session_run(&c->intake, &c->process, &c->outputs, signals, why, sizeof(why));
	if (!consoles_close(&c->consoles) && good) {
		snprintf(why, sizeof(why), "cannot write %s: %s", c->consoles.error_name,
			 strerror(c->consoles.error));
		good = false;
	}
	/* Print even a ledger that does not add up: it shows where the error is. */
	bool told = !c->intake.have_ledger || tell_ledger(c);
	fflush(c->out);
	if (!good && told)
		report("%s", why);
	return outputs_end(&c->outputs, signals, good && told) && good && told ? STATUS_OK
									       : STATUS_FAILED;
}

static int prepare_and_run(struct lab_command *c)
{
	bool kvm = c->options.kvm;

	if ((!kvm && !qemu_find_hypervisor(c->options.hypervisor, c->hypervisor)) || !load_lab(c) ||
	    !open_outputs(c))
		return STATUS_USAGE;
	if (kvm &&
	    !kvm_board_prepare(&c->kvm, c->lab, &c->run, c->options.snapshot, c->options.restore))
		return STATUS_USAGE;
	if (!kvm && !make_bundle(c))
		return STATUS_FAILED;
	int signals = signals_block();
	if (signals < 0) {
		report("signals: %m");
		return STATUS_FAILED;
	}
	int status = run_lab(c, signals);
	close(signals);
	return status;
}

int lab_command(int argc, char **argv)
{
	struct lab_command *c = calloc(1, sizeof(*c));
	int status = STATUS_USAGE;

	if (c == NULL) {
		report("%m");
		return STATUS_FAILED;
	}
	c->bundle = -1;
	if (!options_parse(&c->options, argc, argv)) {
		status = STATUS_USAGE;
	} else if (c->options.help) {
		status = STATUS_OK;
	} else {
		status = prepare_and_run(c);
	}
	if (c->json != NULL && c->json != stdout)
		fclose(c->json);
	if (c->bundle >= 0)
		close(c->bundle);
	kvm_board_end(&c->kvm);
	lab_free(c->lab);
	free(c);
	return status;
}
