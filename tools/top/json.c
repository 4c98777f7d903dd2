/* SPDX-License-Identifier: BSD-2-Clause */
#include <jansson.h>
#include "tools/json_format.h"
#include "tools/json_text.h"
#include "tools/probe/vm_name.h"
#include "tools/top/tell.h"

static json_t *thief_json(const struct top_thief *thief, int root)
{
	char name[TOP_TEXT], cgroup[TOP_TEXT], quota[64];
	bool found = top_cgroup_path(cgroup, sizeof(cgroup), thief->cgroup);
	bool raise = found && thief->cause == TOP_QUOTA &&
		     top_cgroup_quota(quota, sizeof(quota), root, cgroup);

	top_thief_name(name, sizeof(name), thief, root);
	return json_pack("{s:s, s:o, s:i, s:i, s:o, s:o, s:I}", "cause",
			 top_cause_word(thief->cause), "name", json_text(name), "thread",
			 (int)thief->thread, "process", (int)thief->process, "cgroup",
			 found ? json_text(cgroup) : json_null(), "cpu_max",
			 raise ? json_text(quota) : json_null(), "ns", (json_int_t)thief->ns);
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

static json_t *thread_json(const struct top_thread *thread, int root)
{
	json_t *thieves = json_array();
	unsigned number;
	bool known = top_vcpu_number(&number, root, thread->process, thread->thread);

	for (size_t i = 0; i < thread->thief_count; i++)
		json_array_append_new(thieves, thief_json(&thread->thieves[i], root));
	return json_pack("{s:o, s:i, s:i, s:I, s:I, s:o, s:I, s:o}", "vcpu",
			 known ? json_integer(number) : json_null(), "thread", (int)thread->thread,
			 "cpu", (int)thread->cpu, "run_ns", (json_int_t)thread->run_ns, "stolen_ns",
			 (json_int_t)thread->stolen_ns, "causes_ns", causes_json(thread),
			 "excess_ns", (json_int_t)top_excess(thread), "thieves", thieves);
}

static json_t *vm_json(const struct top_thread *first, int root)
{
	char name[TOP_TEXT];

	probe_vm_name(name, sizeof(name), root, first->process);
	return json_pack("{s:o, s:i, s:o}", "name", json_text(name), "process", (int)first->process,
			 "vcpus", json_array());
}

bool top_json(const struct top_sample *sample, int root, FILE *out)
{
	json_t *vms = json_array(), *vm = NULL;

	for (size_t i = 0; i < sample->count; i++) {
		const struct top_thread *thread = &sample->threads[i];

		if (i == 0 || thread->process != thread[-1].process) {
			vm = vm_json(thread, root);
			json_array_append_new(vms, vm);
		}
		json_array_append_new(json_object_get(vm, "vcpus"), thread_json(thread, root));
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
