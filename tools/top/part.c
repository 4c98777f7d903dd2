/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include "tools/top/line.h"
#include "tools/top/order.h"
#include "tools/top/part.h"
#include "tools/top/tell.h"

/*
 * The types of parts, in the high half of a key. The low half, a number, tells parts of a type
 * apart. The low half of a cgroup's ID is enough: no two cgroups have the same at a time.
 */
enum {
	TYPE_CPU = 1,
	TYPE_CGROUP,
	TYPE_PROCESS,
	TYPE_THREAD, /* of the kernel */
	TYPE_IDLE,
	TYPE_QUOTA,  /* of a cgroup */
	TYPE_LIMIT,  /* of the real-time or the deadline class */
	TYPE_OTHERS, /* of one cause */
	TYPE_NONE,
};

static uint64_t key_of(uint32_t type, uint64_t number)
{
	return (uint64_t)type << 32 | (uint32_t)number;
}

/* A limit has TOP_REALTIME or TOP_DEADLINE in place of a cgroup's ID. */
static uint64_t key_of_cgroup(uint32_t type, uint64_t cgroup)
{
	if (top_class_of(cgroup) != NULL)
		return key_of(TYPE_LIMIT, cgroup == TOP_DEADLINE);
	return key_of(type, cgroup);
}

static uint64_t key_of_thief(const struct top_thief *thief)
{
	if (thief->cpu == TOP_NO_CPU)
		return key_of(TYPE_OTHERS, thief->cause);
	if (thief->cause == TOP_QUOTA)
		return key_of_cgroup(TYPE_QUOTA, thief->cgroup);
	if (thief->cause == TOP_IDLE)
		return key_of(TYPE_IDLE, 0);
	return thief->process != 0 ? key_of(TYPE_PROCESS, thief->process)
				   : key_of(TYPE_THREAD, thief->thread);
}

/* Others have neither a CPU nor a cgroup. Of some threads that have exited, no cgroup is known. */
static uint64_t key_of_share(enum top_kind kind, const struct top_thief *thief)
{
	if (kind == TOP_ROW_THIEF)
		return key_of_thief(thief);
	if (thief->cpu == TOP_NO_CPU || (kind == TOP_ROW_CGROUP && thief->cgroup == 0))
		return key_of(TYPE_NONE, 0);
	return kind == TOP_ROW_CPU ? key_of(TYPE_CPU, thief->cpu)
				   : key_of_cgroup(TYPE_CGROUP, thief->cgroup);
}

/* A process is a VM's if it has a vCPU among the thieves, or is a victim's own. */
static const char *name_of_thief(const struct top_row *row)
{
	const struct top_thief *worst = row->shares[0].thief;

	for (size_t i = 0; i < row->share_count; i++) {
		const struct top_thief *thief = row->shares[i].thief;

		if (thief->vm != NULL && thief->vm[0] != '\0')
			return thief->vm;
		if (thief->process != 0 && thief->process == row->shares[i].victim->process)
			return row->shares[i].victim->vm;
		if (thief->ns > worst->ns)
			worst = thief;
	}
	return worst->name;
}

static void name_of_cgroup(char name[TOP_TEXT], const char *before, struct top_cgroups *cgroups,
			   uint64_t id)
{
	const struct top_class *class = top_class_of(id);
	const char *path = class != NULL ? NULL : top_cgroups_path(cgroups, id);

	if (class != NULL || path != NULL)
		snprintf(name, TOP_TEXT, "%s%s", before, class != NULL ? class->whose : path);
	else
		snprintf(name, TOP_TEXT, "%scgroup %llu", before, (unsigned long long)id);
}

/* `name` is room for a name that is made. */
static const char *name_of(const struct top_rows *rows, const struct top_row *row,
			   char name[TOP_TEXT])
{
	const struct top_thief *first = row->shares[0].thief;
	uint32_t type = row->sum.thread;

	if (type == TYPE_NONE)
		return "?";
	if (type == TYPE_IDLE)
		return "idle";
	if (type == TYPE_OTHERS)
		snprintf(name, TOP_TEXT, "%s %s", top_cause_word(first->cause), TOP_OTHERS);
	else if (row->kind == TOP_ROW_CPU)
		snprintf(name, TOP_TEXT, "CPU %u", first->cpu);
	else if (row->kind == TOP_ROW_CGROUP)
		name_of_cgroup(name, "", rows->cgroups, first->cgroup);
	else if (type == TYPE_QUOTA || type == TYPE_LIMIT)
		name_of_cgroup(name, "quota of ", rows->cgroups, first->cgroup);
	else if (name_of_thief(row)[0] != '\0')
		return name_of_thief(row);
	else
		snprintf(name, TOP_TEXT, "%s %u", type == TYPE_PROCESS ? "process" : "thread",
			 row->sum.process - 1);
	return name;
}

/* Add a share, which comes after those of the same row, in the order of their victims. */
static void add(struct top_row *row, const struct top_share *share)
{
	const struct top_thief *thief = share->thief;

	if (row->share_count == 0)
		row->sum.cpu = thief->cpu;
	row->many_cpus |= row->sum.cpu != thief->cpu;
	row->vcpus += row->share_count == 0 || share[-1].victim != share->victim;
	row->share_count++;
	row->sum.stolen_ns += thief->ns;
	row->sum.by_cause[thief->cause] += thief->ns;
}

static struct top_row *begin(struct top_parts *parts, uint64_t key, const struct top_share *share)
{
	struct top_row *row = &parts->row[parts->count++];

	*row = (struct top_row){.kind = parts->kind, .chosen = true, .shares = share};
	row->sum.process = (uint32_t)key + 1; /* view.h: 0 would be no selection */
	row->sum.thread = (uint32_t)(key >> 32);
	row->sum.cpu = TOP_NO_CPU;
	return row;
}

/* Whether something that was stolen from the vCPU is of no CPU, thief or cgroup. */
static bool has_none(const struct top_row *vcpu, enum top_kind kind)
{
	bool found = vcpu->sum.unattributed > 0;

	for (size_t i = 0; !found && i < vcpu->share_count; i++)
		found = key_of_share(kind, vcpu->shares[i].thief) == key_of(TYPE_NONE, 0);
	return found;
}

/* What is unattributed is of no CPU, thief or cgroup. */
static void add_unattributed(struct top_parts *parts, const struct top_rows *rows)
{
	struct top_row *last = parts->count > 0 ? &parts->row[parts->count - 1] : NULL;
	uint64_t ns = 0;
	size_t vcpus = 0;

	for (size_t i = 0; i < rows->vcpu_count; i++)
		ns += rows->vcpus[i].chosen ? rows->vcpus[i].sum.unattributed : 0;
	if (ns == 0)
		return;
	for (size_t i = 0; i < rows->vcpu_count; i++)
		vcpus += rows->vcpus[i].chosen && has_none(&rows->vcpus[i], parts->kind);
	if (last == NULL || last->sum.thread != TYPE_NONE)
		last = begin(parts, key_of(TYPE_NONE, 0), NULL);
	last->sum.unattributed = ns;
	last->sum.stolen_ns += ns;
	last->vcpus = vcpus;
}

/* The shares of the chosen vCPUs, by their keys. */
static size_t take_keys(struct top_order *order, const struct top_rows *rows, enum top_kind kind)
{
	size_t n = 0;

	for (size_t v = 0; v < rows->vcpu_count; v++) {
		const struct top_row *vcpu = &rows->vcpus[v];
		size_t first = (size_t)(vcpu->shares - rows->shares);

		for (size_t i = 0; vcpu->chosen && i < vcpu->share_count; i++)
			order[n++] = (struct top_order){key_of_share(kind, vcpu->shares[i].thief),
							first + i};
	}
	return n;
}

static void take_shares(struct top_parts *parts, const struct top_rows *rows,
			const struct top_order *sorted, size_t count)
{
	struct top_row *row = NULL;

	for (size_t i = 0; i < count; i++) {
		parts->shares[i] = rows->shares[sorted[i].place];
		if (i == 0 || sorted[i].key != sorted[i - 1].key)
			row = begin(parts, sorted[i].key, &parts->shares[i]);
		add(row, &parts->shares[i]);
	}
	add_unattributed(parts, rows);
	for (size_t i = 0; i < parts->count; i++) {
		row = &parts->row[i];
		row->name = row->share_count > 0 ? name_of(rows, row, parts->names[i]) : "?";
		row->name_columns = top_columns(row->name);
	}
}

bool top_rows_divide(struct top_rows *rows, enum top_kind kind)
{
	size_t room = rows->share_count + 1;

	if (kind < TOP_ROW_CPU || (rows->parts != NULL && rows->parts->kind == kind))
		return true;
	top_parts_free(rows->parts);
	rows->parts = NULL;
	if (rows->unknown != NULL)
		return true;
	struct top_order *order = malloc(2 * room * sizeof(*order));
	struct top_parts *parts = calloc(1, sizeof(*parts));
	bool good = order != NULL && parts != NULL;
	if (good) {
		parts->kind = kind;
		parts->row = malloc(room * sizeof(*parts->row));
		parts->shares = malloc(room * sizeof(*parts->shares));
		parts->names = malloc(room * sizeof(*parts->names));
		good = parts->row != NULL && parts->shares != NULL && parts->names != NULL;
	}
	if (good) {
		size_t count = take_keys(order, rows, kind);

		take_shares(parts, rows, top_order_sort(order, order + room, count), count);
		rows->parts = parts;
	} else {
		top_parts_free(parts);
	}
	free(order);
	return good;
}

void top_parts_free(struct top_parts *parts)
{
	if (parts == NULL)
		return;
	free(parts->row);
	free(parts->shares);
	free(parts->names);
	free(parts);
}

size_t top_rows_of(const struct top_rows *rows, enum top_kind kind, const struct top_row **row)
{
	bool has_parts = rows->parts != NULL && rows->parts->kind == kind;

	if (kind == TOP_ROW_VM || kind == TOP_ROW_VCPU) {
		*row = kind == TOP_ROW_VM ? rows->vms : rows->vcpus;
		return kind == TOP_ROW_VM ? rows->vm_count : rows->vcpu_count;
	}
	*row = has_parts ? rows->parts->row : NULL;
	return has_parts ? rows->parts->count : 0;
}
