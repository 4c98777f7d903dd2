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

static json_t *thread_json(const struct top_thread *thread, const struct top_sample *sample,
			   int root)
{
	json_t *thieves = json_array();

	for (size_t i = 0; i < thread->thief_count; i++)
		json_array_append_new(thieves, thief_json(&thread->thieves[i], sample, root));
	return json_pack("{s:o, s:i, s:i, s:o, s:I, s:I, s:o, s:I, s:o}", "vcpu",
			 thread->numbered ? json_integer(thread->number) : json_null(), "thread",
			 (int)thread->thread, "cpu", (int)thread->cpu, "guest_stolen_time",
			 text_or_null(top_guest_word(thread->guest)), "run_ns",
			 (json_int_t)thread->run_ns, "stolen_ns", (json_int_t)thread->stolen_ns,
			 "causes_ns", causes_json(thread), "excess_ns",
			 (json_int_t)top_excess(thread), "thieves", thieves);
}

/* `first` is the first of its threads. */
static json_t *vm_json(const struct top_sample *sample, size_t first)
{
	const struct top_thread *thread = &sample->threads[first];

	return json_pack("{s:o, s:i, s:o, s:o}", "name", json_text(thread->vm), "process",
			 (int)thread->process, "guest_stolen_time",
			 text_or_null(top_guest_word(top_guest_of_vm(sample, first))), "vcpus",
			 json_array());
}

bool top_json(const struct top_sample *sample, int root, FILE *out)
{
	json_t *vms = json_array(), *vm = NULL;

	for (size_t i = 0; i < sample->count; i++) {
		const struct top_thread *thread = &sample->threads[i];

		if (i == 0 || thread->process != thread[-1].process) {
			vm = vm_json(sample, i);
			json_array_append_new(vms, vm);
		}
		json_array_append_new(json_object_get(vm, "vcpus"),
				      thread_json(thread, sample, root));
	}
	json_t *all = json_pack("{s:s, s:i, s:I, s:o}", "format", JSON_TOP_FORMAT, "version",
				JSON_TOP_VERSION, "interval_ns", (json_int_t)sample->interval_ns,
				"vms", vms);
	bool good = all != NULL;

	/* A write error stays in the stream; main() reports it after its fflush(). */
	if (good && json_dumpf(all, out, JSON_COMPACT | JSON_ENSURE_ASCII) == 0)
		fputc('\n', out);
	json_decref(all);
	return good;
}
