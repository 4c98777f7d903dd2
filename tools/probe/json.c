/* SPDX-License-Identifier: BSD-2-Clause */
#include <jansson.h>
#include "tools/json_format.h"
#include "tools/json_text.h"
#include "tools/probe/tell.h"

static json_t *ns(bool known, uint64_t value)
{
	return known ? json_integer((json_int_t)value) : json_null();
}

static json_t *yes_or_no(enum probe_answer answer)
{
	return answer == PROBE_UNKNOWN ? json_null() : json_boolean(answer == PROBE_YES);
}

static json_t *vcpu_json(const struct probe_vcpu *vcpu)
{
	return json_pack("{s:o, s:i, s:s, s:I, s:o, s:o}", "vcpu", ns(vcpu->known, vcpu->id),
			 "thread", (int)vcpu->tid, "by", probe_by_word(vcpu->by), "age_ns",
			 (json_int_t)vcpu->age_ns, "ran_ns", ns(vcpu->accounted, vcpu->ran_ns),
			 "waited_ns", ns(vcpu->accounted, vcpu->waited_ns));
}

static json_t *vm_json(const struct probe_vm *vm)
{
	json_t *vcpus = json_array();

	for (size_t i = 0; i < vm->count; i++)
		json_array_append_new(vcpus, vcpu_json(&vm->vcpu[i]));
	return json_pack("{s:o, s:i, s:o, s:b, s:i, s:i, s:o, s:o, s:I, s:o}", "name",
			 vm->name[0] != '\0' ? json_text(vm->name) : json_null(), "pid",
			 (int)vm->pid, "command", json_text(vm->command), "readable", vm->readable,
			 "vms", (int)vm->vms, "open_vcpus", (int)vm->files, "libpvtime_kvm",
			 yes_or_no(vm->libpvtime_kvm), "vcpus", vcpus, "throttled_ns",
			 (json_int_t)vm->quota.throttled_ns, "quota_of",
			 vm->quota.throttled_ns != 0 ? json_text(vm->quota.cgroup) : json_null());
}

static json_t *host_json(const struct probe_facts *facts)
{
	json_t *vms = json_array();

	for (size_t i = 0; i < facts->vms.count; i++)
		json_array_append_new(vms, vm_json(&facts->vms.vm[i]));
	return json_pack("{s:s, s:b, s:s, s:s, s:b, s:i, s:o}", "kvm",
			 probe_kvm_word(facts->kvm.state), "steal_time", facts->kvm.steal_time,
			 "accounting", probe_accounting_word(facts->accounting), "mode",
			 probe_mode_word(facts->log.mode), "protected_asked",
			 facts->asked_protected, "unreadable", (int)facts->vms.unreadable, "vms",
			 vms);
}

static json_t *guest_json(const struct probe_facts *facts)
{
	const struct probe_guest *guest = &facts->guest;
	json_t *cpus = json_array();

	for (size_t i = 0; i < guest->count; i++)
		json_array_append_new(
			cpus,
			json_pack("{s:i, s:I}", "cpu", (int)guest->cpu[i].cpu, "steal_ms",
				  (json_int_t)(guest->cpu[i].steal_ticks * 1000 / facts->tick_hz)));
	return json_pack("{s:s, s:s, s:b, s:o}", "because", guest->because, "discovered",
			 probe_answer_word(guest->discovered), "counted", guest->ticks > 0, "cpus",
			 cpus);
}

static json_t *findings_json(const struct probe_finding *finding, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list,
				      json_pack("{s:o, s:s}", "what", json_text(finding[i].what),
						"todo", finding[i].todo));
	return list;
}

bool probe_json(const struct probe_facts *facts, const struct probe_findings *findings, FILE *out)
{
	json_t *root = json_pack("{s:s, s:i, s:s, s:s, s:o, s:o, s:o, s:o}", "format",
				 JSON_PROBE_FORMAT, "version", JSON_PROBE_VERSION, "machine",
				 facts->machine, "kernel", facts->release, "host",
				 probe_is_host(facts) ? host_json(facts) : json_null(), "guest",
				 facts->guest.is ? guest_json(facts) : json_null(), "missing",
				 findings_json(findings->missing, findings->missing_count), "notes",
				 findings_json(findings->note, findings->note_count));
	bool good = root != NULL;

	/* A write error stays in the stream; main() reports it after its fflush(). */
	if (good && json_dumpf(root, out, JSON_COMPACT | JSON_ENSURE_ASCII) == 0)
		fputc('\n', out);
	json_decref(root);
	return good;
}
