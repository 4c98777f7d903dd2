/* SPDX-License-Identifier: BSD-2-Clause */
#include <jansson.h>
#include "tools/json_format.h"
#include "tools/json_text.h"
#include "tools/top/guest.h"
#include "tools/top/quota.h"
#include "tools/top/tell.h"

/* null if there is no text. */
static json_t *text_or_null(const char *text)
{
	return text != NULL && text[0] != '\0' ? json_text(text) : json_null();
}

static json_t *thief_json(const struct top_thief *thief, const struct top_sample *sample, int root)
{
	struct top_quota quota = {.path = ""};

	if (thief->cause == TOP_QUOTA)
		top_quota_find(&quota, sample, thief->cgroup, root);
	else if (!top_cgroup_path(quota.path, sizeof(quota.path), thief->cgroup))
		quota.path[0] = '\0';
	return json_pack("{s:s, s:o, s:i, s:i, s:o, s:o, s:o, s:I}", "cause",
			 top_cause_word(thief->cause), "name", json_text(top_thief_name(thief)),
			 "thread", (int)thief->thread, "process", (int)thief->process, "cgroup",
			 text_or_null(quota.path), "cpu_max", text_or_null(quota.now),
			 "cpu_max_least", text_or_null(quota.least), "ns", (json_int_t)thief->ns);
}

static json_t *causes_json(const struct top_thread *thread)
{
	json_t *causes = json_object();

	for (int i = 0; i < TOP_CAUSES; i++)
		json_object_set_new(causes, top_cause_word((enum top_cause)i),
				    json_integer((json_int_t)thread->by_cause[i]));
	json_object_set_new(causes, "unattributed", json_integer((json_int_t)thread->unattributed));
	return causes;
}

static json_t *thieves_json(const struct top_thread *thread, const struct top_sample *sample,
			    int root)
{
	json_t *thieves = json_array();

	for (size_t i = 0; i < thread->thief_count; i++)
		json_array_append_new(thieves, thief_json(&thread->thieves[i], sample, root));
	return thieves;
}

static json_t *thread_json(const struct top_thread *thread, const struct top_sample *sample,
			   int root)
{
	bool causes = sample->unknown == NULL;

	return json_pack("{s:o, s:i, s:i, s:o, s:I, s:I, s:o, s:o, s:o}", "vcpu",
			 thread->numbered ? json_integer(thread->number) : json_null(), "thread",
			 (int)thread->thread, "cpu", (int)thread->cpu, "guest_stolen_time",
			 text_or_null(top_guest_word(thread->guest)), "run_ns",
			 (json_int_t)thread->run_ns, "stolen_ns", (json_int_t)thread->stolen_ns,
			 "causes_ns", causes ? causes_json(thread) : json_null(), "excess_ns",
			 causes ? json_integer((json_int_t)top_excess(thread)) : json_null(),
			 "thieves", causes ? thieves_json(thread, sample, root) : json_null());
}

static json_t *throttled_json(const struct top_throttled *throttled, int root)
{
	char quota[64];
	bool known = top_cgroup_quota(quota, sizeof(quota), root, throttled->cgroup);

	return json_pack("{s:o, s:o, s:I}", "cgroup", json_text(throttled->cgroup), "cpu_max",
			 known ? json_text(quota) : json_null(), "ns", (json_int_t)throttled->ns);
}

/* What quotas took from a VM, if the causes are not known; null if quotas are not known either. */
static json_t *quotas_json(const struct top_sample *sample, uint32_t process, int root)
{
	json_t *quotas = json_null();

	for (size_t i = 0; i < sample->throttled_count; i++) {
		if (sample->throttled[i].process != process)
			continue;
		if (json_is_null(quotas))
			quotas = json_array();
		json_array_append_new(quotas, throttled_json(&sample->throttled[i], root));
	}
	return quotas;
}

/* `first` is the first of its threads. */
static json_t *vm_json(const struct top_sample *sample, size_t first, int root)
{
	const struct top_thread *thread = &sample->threads[first];

	return json_pack("{s:o, s:i, s:o, s:o, s:o}", "name", json_text(thread->vm), "process",
			 (int)thread->process, "guest_stolen_time",
			 text_or_null(top_guest_word(top_guest_of_vm(sample, first))), "quotas",
			 quotas_json(sample, thread->process, root), "vcpus", json_array());
}

bool top_json(const struct top_sample *sample, int root, FILE *out)
{
	json_t *vms = json_array(), *vm = NULL;

	for (size_t i = 0; i < sample->count; i++) {
		const struct top_thread *thread = &sample->threads[i];

		if (i == 0 || thread->process != thread[-1].process) {
			vm = vm_json(sample, i, root);
			json_array_append_new(vms, vm);
		}
		json_array_append_new(json_object_get(vm, "vcpus"),
				      thread_json(thread, sample, root));
	}
	json_t *all = json_pack("{s:s, s:i, s:I, s:s?, s:o}", "format", JSON_TOP_FORMAT, "version",
				JSON_TOP_VERSION, "interval_ns", (json_int_t)sample->interval_ns,
				"unknown", sample->unknown, "vms", vms);
	bool good = all != NULL;

	/* A write error stays in the stream; main() reports it after its fflush(). */
	if (good && json_dumpf(all, out, JSON_COMPACT | JSON_ENSURE_ASCII) == 0)
		fputc('\n', out);
	json_decref(all);
	return good;
}
