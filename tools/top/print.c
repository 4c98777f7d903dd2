/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/top/guest.h"
#include "tools/top/tell.h"
#include "tools/top/text.h"

/* Name the cgroup or the class whose quota it is, and say what to raise if that is known. */
static void print_quota(struct top_text *text, const struct top_thief *thief,
			struct top_cgroups *cgroups)
{
	const struct top_class *class = top_class_of(thief->cgroup);
	const struct top_quota *quota = top_cgroups_quota(cgroups, thief->cgroup);

	top_text_add(text, " of ");
	top_text_name(text, top_cgroups_whose(cgroups, thief->cgroup));
	if (class != NULL)
		top_text_print(text, ": raise %s", class->raise);
	else if (quota != NULL && quota->least[0] != '\0')
		top_text_print(text, ", %g ms in each %g ms: raise cpu.max from %s to at least %s",
			       quota->quota_ms, quota->period_ms, quota->now, quota->least);
	else if (quota != NULL)
		top_text_add(text, ", which has changed");
}

/* What ran: a thread, or the idle task; or others. */
static void print_task(struct top_text *text, const struct top_thief *thief,
		       struct top_cgroups *cgroups)
{
	const char *path = NULL;

	if (thief->cause != TOP_IDLE) {
		top_text_add(text, " ");
		top_text_name(text, top_thief_name(thief));
	}
	if (thief->thread != 0) {
		top_text_add(text, ", thread ");
		top_text_number(text, thief->thread, 0);
	}
	if (thief->cpu != TOP_NO_CPU) {
		top_text_add(text, ", on CPU ");
		top_text_number(text, thief->cpu, 0);
	}
	if (thief->cause == TOP_PROCESS)
		path = top_cgroups_path(cgroups, thief->cgroup);
	if (path != NULL) {
		top_text_add(text, " (");
		top_text_name(text, path);
		top_text_add(text, ")");
	}
}

static void print_thief(struct top_text *text, const struct top_thief *thief,
			struct top_cgroups *cgroups)
{
	top_text_ns(text, thief->ns);
	top_text_add(text, top_cause_word(thief->cause));
	if (thief->cause == TOP_QUOTA)
		print_quota(text, thief, cgroups);
	else
		print_task(text, thief, cgroups);
	top_text_add(text, "\n");
}

static void print_causes(struct top_text *text, const struct top_thread *thread,
			 struct top_cgroups *cgroups)
{
	int64_t excess = top_excess(thread);

	for (size_t i = 0; i < thread->thief_count; i++)
		print_thief(text, &thread->thieves[i], cgroups);
	top_text_ns(text, thread->unattributed);
	top_text_add(text, "unattributed\n");
	if (excess != 0)
		top_text_print(text, "%20lld  more than was stolen: a bug of pvtime\n",
			       (long long)excess);
}

static void print_thread(struct top_text *text, const struct top_thread *thread, bool causes,
			 uint64_t interval_ns)
{
	top_text_add(text, "  vCPU ");
	if (thread->numbered)
		top_text_number(text, thread->number, 0);
	else
		top_text_add(text, "?");
	top_text_add(text, ", thread ");
	top_text_number(text, thread->thread, 0);
	top_text_add(text, ", CPU ");
	top_text_number(text, thread->cpu, 0);
	top_text_share(text, ": ran ", thread->run_ns, interval_ns);
	top_text_share(text, ", stolen ", thread->stolen_ns, interval_ns);
	if (causes)
		top_text_share(text, ", interrupts ", thread->interrupts_ns, interval_ns);
	top_text_add(text, "\n");
}

/* What quotas took from a VM, if the causes are not known. */
static void print_throttled(struct top_text *text, const struct top_sample *sample,
			    uint32_t process, int root)
{
	char words[TOP_LIMIT_TEXT];

	for (size_t i = 0; i < sample->throttled_count; i++) {
		const struct top_throttled *throttled = &sample->throttled[i];

		if (throttled->process != process || throttled->ns == 0)
			continue;
		top_limit_text(words, sizeof(words), throttled->cgroup, root);
		top_text_ns(text, throttled->ns);
		top_text_name(text, words);
		top_text_add(text, "\n");
	}
}

/* `first` is the first of its threads. */
static void print_vm(struct top_text *text, const struct top_sample *sample, size_t first, int root)
{
	const struct top_thread *thread = &sample->threads[first];

	top_text_add(text, "VM ");
	top_text_name(text, thread->vm);
	top_text_add(text, " (process ");
	top_text_number(text, thread->process, 0);
	top_text_add(text, "), in ");
	top_text_number(text, sample->interval_ns, 0);
	top_text_add(text, " ns, guest's stolen time: ");
	top_text_add(text, top_guest_told(top_guest_of_vm(sample, first)));
	top_text_add(text, "\n");
	print_throttled(text, sample, thread->process, root);
}

void top_print(const struct top_sample *sample, struct top_cgroups *cgroups, FILE *out)
{
	bool causes = sample->unknown == NULL;
	struct top_text text;

	top_text_begin(&text, out);
	for (size_t i = 0; i < sample->count; i++) {
		const struct top_thread *thread = &sample->threads[i];

		if (i == 0 || thread->process != thread[-1].process)
			print_vm(&text, sample, i, cgroups->root);
		print_thread(&text, thread, causes, sample->interval_ns);
		if (causes)
			print_causes(&text, thread, cgroups);
	}
	top_text_end(&text);
}
