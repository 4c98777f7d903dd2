/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <string.h>
#include "tools/probe/vm_name.h"
#include "tools/top/tell.h"
#include "tools/visible.h"

/* Anyone may choose a process's name, so control characters are made visible on the terminal. */
static void print_name(const char *name, FILE *out)
{
	visible_write(out, name, strlen(name));
}

static void print_thief(const struct top_thief *thief, int root, FILE *out)
{
	char text[TOP_QUOTA_TEXT];

	if (thief->cause == TOP_QUOTA) {
		top_quota_text(text, sizeof(text), thief->cgroup, root);
		fprintf(out, "%20" PRIu64 "  ", thief->ns);
		print_name(text, out);
		fputc('\n', out);
		return;
	}
	top_thief_name(text, sizeof(text), thief, root);
	fprintf(out, "%20" PRIu64 "  %s", thief->ns, top_cause_word(thief->cause));
	if (thief->cause != TOP_IDLE) {
		fputc(' ', out);
		print_name(text, out);
		fprintf(out, ", thread %u", thief->thread);
	}
	if (thief->cause == TOP_PROCESS && top_cgroup_path(text, sizeof(text), thief->cgroup)) {
		fputs(" (", out);
		print_name(text, out);
		fputc(')', out);
	}
	fputc('\n', out);
}

static void print_time(const char *what, uint64_t ns, uint64_t interval_ns, FILE *out)
{
	double percent = interval_ns > 0 ? 100.0 * (double)ns / (double)interval_ns : 0.0;

	fprintf(out, "%s %" PRIu64 " ns (%.1f %%)", what, ns, percent);
}

static void print_thread(const struct top_thread *thread, uint64_t interval_ns, int root, FILE *out)
{
	int64_t excess = top_excess(thread);
	unsigned number;

	fputs("  vCPU ", out);
	if (top_vcpu_number(&number, root, thread->process, thread->thread))
		fprintf(out, "%u", number);
	else
		fputc('?', out);
	fprintf(out, ", thread %u, CPU %u: ", thread->thread, thread->cpu);
	print_time("ran", thread->run_ns, interval_ns, out);
	print_time(", stolen", thread->stolen_ns, interval_ns, out);
	fputc('\n', out);
	for (size_t i = 0; i < thread->thief_count; i++)
		print_thief(&thread->thieves[i], root, out);
	fprintf(out, "%20" PRIu64 "  unattributed\n", thread->unattributed);
	if (excess != 0)
		fprintf(out, "%20" PRId64 "  more than was stolen: a bug of pvtime\n", excess);
}

void top_print(const struct top_sample *sample, int root, FILE *out)
{
	char name[TOP_TEXT];

	if (sample->count == 0)
		fputs("No VM is running.\n", out);
	for (size_t i = 0; i < sample->count; i++) {
		const struct top_thread *thread = &sample->threads[i];

		if (i == 0 || thread->process != thread[-1].process) {
			probe_vm_name(name, sizeof(name), root, thread->process);
			fputs("VM ", out);
			print_name(name, out);
			fprintf(out, " (process %u), in %" PRIu64 " ns\n", thread->process,
				sample->interval_ns);
		}
		print_thread(thread, sample->interval_ns, root, out);
	}
}
