/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <string.h>
#include "tools/probe/tell.h"
#include "tools/visible.h"

#define NS_PER_S 1e9

/*
 * Anyone may choose a process's or a VM's name, so control characters are made visible on the
 * terminal.
 */
static void print_name(const char *name, FILE *out)
{
	visible_write(out, name, strlen(name));
}

static void print_vcpu(const struct probe_vcpu *vcpu, FILE *out)
{
	if (vcpu->known)
		fprintf(out, "%6u", vcpu->id);
	else
		fprintf(out, "%6s", "?");
	fprintf(out, " %9u %-8s %12.2f", vcpu->tid, probe_by_word(vcpu->by),
		(double)vcpu->age_ns / NS_PER_S);
	if (!vcpu->accounted)
		fprintf(out, " %14s %14s\n", "-", "-");
	else
		fprintf(out, " %14.6f %14.6f\n", (double)vcpu->ran_ns / NS_PER_S,
			(double)vcpu->waited_ns / NS_PER_S);
}

/*
 * A wait for the cgroup's own quota is not caused by other VMs, and would be the same on another
 * host.
 */
static void print_quota(const struct probe_quota *quota, FILE *out)
{
	if (quota->throttled_ns == 0)
		return;
	fprintf(out, "%6s of which up to %.6f s for a CPU quota: cgroup ", "",
		(double)quota->throttled_ns / NS_PER_S);
	print_name(quota->cgroup, out);
	if (quota->max[0] != '\0')
		fprintf(out, ", cpu.max = %s", quota->max);
	fputc('\n', out);
}

static void print_vm(const struct probe_vm *vm, FILE *out)
{
	fputs("\nVM", out);
	if (vm->name[0] != '\0') {
		fputc(' ', out);
		print_name(vm->name, out);
	}
	fprintf(out, ": process %u (", vm->pid);
	print_name(vm->command, out);
	fputc(')', out);
	if (vm->readable)
		fprintf(out, ", %u vCPU%s", vm->files, vm->files == 1 ? "" : "s");
	if (vm->vms > 1)
		fprintf(out, " of %u VMs", vm->vms);
	if (vm->libpvtime_kvm == PROBE_YES)
		fputs(", with structures of libpvtime-kvm", out);
	fprintf(out, "\n%6s %9s %-8s %12s %14s %14s\n", "vCPU", "thread", "by", "for s", "ran s",
		"waited s");
	for (size_t i = 0; i < vm->count; i++)
		print_vcpu(&vm->vcpu[i], out);
	print_quota(&vm->quota, out);
}

static void print_host(const struct probe_facts *facts, FILE *out)
{
	fprintf(out, "As a host:  /dev/kvm: %s; stolen time offered: %s; wait accounting: %s",
		probe_kvm_word(facts->kvm.state),
		facts->kvm.state != PROBE_KVM_THERE || (!facts->arm64 && !facts->x86_64) ? "unknown"
		: facts->kvm.steal_time							 ? "yes"
											 : "no",
		probe_accounting_word(facts->accounting));
	if (facts->arm64)
		fprintf(out, "; mode: %s", probe_mode_word(facts->log.mode));
	fputc('\n', out);
	for (size_t i = 0; i < facts->vms.count; i++)
		print_vm(&facts->vms.vm[i], out);
	if (facts->vms.count == 0)
		fprintf(out, "%s\n", probe_none_word(facts->in_namespace));
}

static void print_guest(const struct probe_facts *facts, FILE *out)
{
	const struct probe_guest *guest = &facts->guest;

	fprintf(out, "As a guest: %s; stolen time discovered: %s; counted: ", guest->because,
		probe_answer_word(guest->discovered));
	fputs(guest->ticks > 0 ? "yes\n" : "nothing so far\n", out);
	for (size_t i = 0; i < guest->count; i++)
		fprintf(out, "    cpu%-3u %12.2f s stolen\n", guest->cpu[i].cpu,
			(double)guest->cpu[i].steal_ticks / facts->tick_hz);
}

static void print_findings(const char *head, const struct probe_finding *finding, size_t count,
			   FILE *out)
{
	for (size_t i = 0; i < count; i++) {
		fprintf(out, "%s: %s\n", head, finding[i].what);
		if (finding[i].todo[0] != '\0')
			fprintf(out, "    to do: %s\n", finding[i].todo);
	}
}

void probe_print(const struct probe_facts *facts, const struct probe_findings *findings, FILE *out)
{
	fprintf(out, "Machine:    %s, Linux %s\n", facts->machine, facts->release);
	if (facts->guest.is)
		print_guest(facts, out);
	if (probe_is_host(facts))
		print_host(facts, out);
	if (findings->missing_count + findings->note_count > 0)
		fputc('\n', out);
	print_findings("missing", findings->missing, findings->missing_count, out);
	print_findings("note", findings->note, findings->note_count, out);
}
