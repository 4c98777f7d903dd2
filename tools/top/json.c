/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/json_format.h"
#include "tools/top/guest.h"
#include "tools/top/part.h"
#include "tools/top/tell.h"
#include "tools/top/text.h"

/* A field whose value is a number, with what precedes it, a literal. */
static inline void write_number(struct top_text *text, const char *before, uint64_t number)
{
	top_text_add(text, before);
	top_text_number(text, number, 0);
}

/* A string, or null. */
static inline void write_string(struct top_text *text, const char *before, const char *bytes)
{
	top_text_add(text, before);
	top_text_json(text, bytes);
}

/* The same; an empty text is null. */
static void write_some(struct top_text *text, const char *before, const char *bytes)
{
	write_string(text, before, bytes != NULL && bytes[0] != '\0' ? bytes : NULL);
}

static void write_quota(struct top_text *text, const struct top_quota *quota)
{
	write_some(text, ",\"cgroup\":", quota != NULL ? quota->path : NULL);
	write_some(text, ",\"cpu_max\":", quota != NULL ? quota->now : NULL);
	write_some(text, ",\"cpu_max_least\":", quota != NULL ? quota->least : NULL);
}

static void write_cpu(struct top_text *text, uint32_t cpu)
{
	if (cpu == TOP_NO_CPU)
		top_text_add(text, ",\"cpu\":null");
	else
		write_number(text, ",\"cpu\":", cpu);
}

static void write_thief(struct top_text *text, const struct top_thief *thief,
			struct top_cgroups *cgroups)
{
	top_text_add(text, "{\"cause\":\"");
	top_text_add(text, top_cause_word(thief->cause));
	write_string(text, "\",\"name\":", top_thief_name(thief));
	write_number(text, ",\"thread\":", thief->thread);
	write_number(text, ",\"process\":", thief->process);
	write_cpu(text, thief->cpu);
	if (thief->cause == TOP_QUOTA) {
		write_quota(text, top_cgroups_quota(cgroups, thief->cgroup));
	} else {
		write_string(text, ",\"cgroup\":", top_cgroups_path(cgroups, thief->cgroup));
		top_text_add(text, ",\"cpu_max\":null,\"cpu_max_least\":null");
	}
	write_number(text, ",\"ns\":", thief->ns);
	top_text_add(text, "}");
}

static void write_causes(struct top_text *text, const struct top_thread *thread)
{
	top_text_add(text, ",\"causes_ns\":{");
	for (int i = 0; i < TOP_CAUSES; i++) {
		top_text_add(text, "\"");
		top_text_add(text, top_cause_word((enum top_cause)i));
		write_number(text, "\":", thread->by_cause[i]);
		top_text_add(text, ",");
	}
	write_number(text, "\"unattributed\":", thread->unattributed);
	top_text_add(text, "}");
}

static void write_stolen(struct top_text *text, const struct top_thread *thread,
			 struct top_cgroups *cgroups)
{
	write_causes(text, thread);
	top_text_add(text, ",\"excess_ns\":");
	top_text_signed(text, top_excess(thread));
	top_text_add(text, ",\"thieves\":[");
	for (size_t i = 0; i < thread->thief_count; i++) {
		top_text_add(text, i > 0 ? "," : "");
		write_thief(text, &thread->thieves[i], cgroups);
	}
	top_text_add(text, "]}");
}

static void write_thread(struct top_text *text, const struct top_thread *thread, bool causes,
			 struct top_cgroups *cgroups)
{
	top_text_add(text, "{\"vcpu\":");
	if (thread->numbered)
		top_text_number(text, thread->number, 0);
	else
		top_text_add(text, "null");
	write_number(text, ",\"thread\":", thread->thread);
	write_number(text, ",\"cpu\":", thread->cpu);
	write_string(text, ",\"guest_stolen_time\":", top_guest_word(thread->guest));
	write_number(text, ",\"run_ns\":", thread->run_ns);
	write_number(text, ",\"stolen_ns\":", thread->stolen_ns);
	if (causes) {
		write_number(text, ",\"interrupts_ns\":", thread->interrupts_ns);
		write_stolen(text, thread, cgroups);
	} else {
		top_text_add(
			text,
			",\"interrupts_ns\":null,\"causes_ns\":null,\"excess_ns\":null,\"thieves\":null}");
	}
}

static void write_throttled(struct top_text *text, const struct top_throttled *throttled, int root)
{
	char quota[64];
	bool limited = top_cgroup_quota(quota, sizeof(quota), root, throttled->cgroup);

	write_string(text, "{\"cgroup\":", throttled->cgroup);
	write_string(text, ",\"cpu_max\":", limited ? quota : NULL);
	write_number(text, ",\"ns\":", throttled->ns);
	top_text_add(text, "}");
}

/* What quotas took from a VM, if the causes are not known; null if quotas are not known either. */
static void write_quotas(struct top_text *text, const struct top_sample *sample, uint32_t process,
			 int root)
{
	bool some = false;

	for (size_t i = 0; i < sample->throttled_count; i++) {
		if (sample->throttled[i].process != process)
			continue;
		top_text_add(text, some ? "," : "[");
		some = true;
		write_throttled(text, &sample->throttled[i], root);
	}
	top_text_add(text, some ? "]" : "null");
}

/* `first` is the first of its threads. */
static void begin_vm(struct top_text *text, const struct top_sample *sample, size_t first, int root)
{
	const struct top_thread *thread = &sample->threads[first];

	write_string(text, "{\"name\":", thread->vm);
	write_number(text, ",\"process\":", thread->process);
	write_string(text,
		     ",\"guest_stolen_time\":", top_guest_word(top_guest_of_vm(sample, first)));
	top_text_add(text, ",\"quotas\":");
	write_quotas(text, sample, thread->process, root);
	top_text_add(text, ",\"vcpus\":[");
}

static void write_part(struct top_text *text, const struct top_row *part)
{
	write_string(text, "{\"name\":", part->name);
	write_cpu(text, part->many_cpus ? TOP_NO_CPU : part->sum.cpu);
	write_number(text, ",\"vcpus\":", part->vcpus);
	write_number(text, ",\"stolen_ns\":", part->sum.stolen_ns);
	write_causes(text, &part->sum);
	top_text_add(text, "}");
}

/* Nothing sorts them: that is a reader's choice. */
static void write_parts(struct top_text *text, const struct top_rows *rows)
{
	const struct top_parts *parts = rows != NULL ? rows->parts : NULL;

	write_string(text, ",\"by\":", parts != NULL ? top_part_word(parts->kind) : NULL);
	top_text_add(text, ",\"parts\":[");
	for (size_t i = 0; parts != NULL && i < parts->count; i++) {
		top_text_add(text, i > 0 ? "," : "");
		write_part(text, &parts->row[i]);
	}
	top_text_add(text, "]");
}

void top_json(const struct top_sample *sample, const struct top_rows *rows,
	      struct top_cgroups *cgroups, FILE *out)
{
	struct top_text text;

	top_text_begin(&text, out);
	write_string(&text, "{\"format\":", JSON_TOP_FORMAT);
	write_number(&text, ",\"version\":", JSON_TOP_VERSION);
	write_number(&text, ",\"interval_ns\":", sample->interval_ns);
	write_string(&text, ",\"unknown\":", sample->unknown);
	write_parts(&text, rows);
	top_text_add(&text, ",\"vms\":[");
	for (size_t i = 0; i < sample->count; i++) {
		const struct top_thread *thread = &sample->threads[i];
		bool first = i == 0 || thread->process != thread[-1].process;

		if (first && i > 0)
			top_text_add(&text, "]},");
		if (first)
			begin_vm(&text, sample, i, cgroups->root);
		else
			top_text_add(&text, ",");
		write_thread(&text, thread, sample->unknown == NULL, cgroups);
	}
	top_text_add(&text, sample->count > 0 ? "]}]}\n" : "]}\n");
	top_text_end(&text);
}
