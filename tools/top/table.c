/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <string.h>
#include "tools/top/guest.h"
#include "tools/top/quota.h"
#include "tools/top/tell.h"
#include "tools/visible.h"

/* Anyone may choose a process's name, so control characters are made visible on the terminal. */
static void print_name(const char *name, FILE *out)
{
	visible_write(out, name, strlen(name));
}

/* Its own quota is what an operator can raise. */
static void print_quota(const struct top_thief *thief, const struct top_sample *sample, int root,
			FILE *out)
{
	struct top_quota quota;

	if (!top_quota_find(&quota, sample, thief->cgroup, root)) {
		fputs(" of a cgroup that cannot be found\n", out);
		return;
	}
	fputs(" of ", out);
	print_name(quota.path, out);
	if (quota.least[0] != '\0')
		fprintf(out, ", %g ms in each %g ms: raise cpu.max from %s to at least %s\n",
			quota.quota_ms, quota.period_ms, quota.now, quota.least);
	else
		fputs(", which has changed\n", out);
}

static void print_thief(const struct top_thief *thief, const struct top_sample *sample, int root,
			FILE *out)
{
	char text[TOP_TEXT];

	fprintf(out, "%20" PRIu64 "  %s", thief->ns, top_cause_word(thief->cause));
	if (thief->cause == TOP_QUOTA) {
		print_quota(thief, sample, root, out);
		return;
	}
	if (thief->cause != TOP_IDLE) {
		fputc(' ', out);
		print_name(top_thief_name(thief), out);
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

static void print_causes(const struct top_thread *thread, const struct top_sample *sample, int root,
			 FILE *out)
{
	int64_t excess = top_excess(thread);

	for (size_t i = 0; i < thread->thief_count; i++)
		print_thief(&thread->thieves[i], sample, root, out);
	fprintf(out, "%20" PRIu64 "  unattributed\n", thread->unattributed);
	if (excess != 0)
		fprintf(out, "%20" PRId64 "  more than was stolen: a bug of pvtime\n", excess);
}

static void print_thread(const struct top_thread *thread, const struct top_sample *sample, int root,
			 FILE *out)
{
	fputs("  vCPU ", out);
	if (thread->numbered)
		fprintf(out, "%u", thread->number);
	else
		fputc('?', out);
	fprintf(out, ", thread %u, CPU %u: ", thread->thread, thread->cpu);
	print_time("ran", thread->run_ns, sample->interval_ns, out);
	print_time(", stolen", thread->stolen_ns, sample->interval_ns, out);
	fputc('\n', out);
	if (sample->unknown == NULL)
		print_causes(thread, sample, root, out);
}

/* What quotas took from a VM, if the causes are not known. */
static void print_throttled(const struct top_sample *sample, uint32_t process, int root, FILE *out)
{
	char text[TOP_LIMIT_TEXT];

	for (size_t i = 0; i < sample->throttled_count; i++) {
		const struct top_throttled *throttled = &sample->throttled[i];

		if (throttled->process != process || throttled->ns == 0)
			continue;
		top_limit_text(text, sizeof(text), throttled->cgroup, root);
		fprintf(out, "%20" PRIu64 "  ", throttled->ns);
		print_name(text, out);
		fputc('\n', out);
	}
}

/* `first` is the first of its threads. */
static void print_vm(const struct top_sample *sample, size_t first, int root, FILE *out)
{
	const struct top_thread *thread = &sample->threads[first];

	fputs("VM ", out);
	print_name(thread->vm, out);
	fprintf(out, " (process %u), in %" PRIu64 " ns, guest's stolen time: %s\n", thread->process,
		sample->interval_ns, top_guest_told(top_guest_of_vm(sample, first)));
	print_throttled(sample, thread->process, root, out);
}

void top_print(const struct top_sample *sample, int root, FILE *out)
{
	if (sample->count == 0)
		fputs(sample->unknown != NULL ? "No VM is visible.\n" : "No VM is running.\n", out);
	for (size_t i = 0; i < sample->count; i++) {
		if (i == 0 || sample->threads[i].process != sample->threads[i - 1].process)
			print_vm(sample, i, root, out);
		print_thread(&sample->threads[i], sample, root, out);
	}
}
