/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include "tools/top/maps.h"

/* One element more than needed, so that an empty array is no NULL. */
static bool make_room(struct top_elements *elements, size_t count, size_t key, size_t value)
{
	elements->keys = malloc((count + 1) * key);
	elements->values = malloc((count + 1) * value);
	return elements->keys != NULL && elements->values != NULL;
}

/* A thread that the program is adding has no PID yet. */
static bool is_thread(const struct top_vcpu *vcpu)
{
	uint32_t pid = __atomic_load_n(&vcpu->pid, __ATOMIC_ACQUIRE);

	return pid != 0 && pid != TOP_TAKEN;
}

/*
 * There is room for all threads that the program may add meanwhile: were there less, the last ones
 * would be left out, whose counts are cleared. Linux provides it when it is used.
 */
static bool read_vcpus(struct top_tables *tables, const struct top_maps *maps, uint32_t epoch)
{
	size_t n = 0;

	if (!make_room(&tables->vcpus, TOP_VCPUS, sizeof(uint32_t), sizeof(struct top_vcpu)) ||
	    !make_room(&tables->totals, TOP_VCPUS, sizeof(struct top_victim),
		       sizeof(struct top_counts)))
		return false;
	uint32_t *thread = (void *)tables->vcpus.keys;
	struct top_vcpu *vcpu = (void *)tables->vcpus.values;
	struct top_victim *victim = (void *)tables->totals.keys;
	struct top_counts *counts = (void *)tables->totals.values;
	for (uint32_t place = 0; place < TOP_PLACES && n < TOP_VCPUS; place++) {
		if (!is_thread(&maps->vcpus[place]))
			continue;
		vcpu[n] = maps->vcpus[place];
		thread[n] = vcpu[n].pid & ~TOP_EXITED;
		victim[n] = (struct top_victim){.pid = thread[n], .epoch = epoch};
		counts[n++] = maps->sums[place].counts[epoch];
	}
	tables->vcpus.count = tables->totals.count = n;
	return true;
}

/* The program takes no further entries of an epoch that has ended. */
static size_t count_used(const struct top_maps *maps, uint32_t epoch)
{
	return maps->used_count[epoch] < TOP_CELLS ? maps->used_count[epoch] : TOP_CELLS;
}

static bool read_cells(struct top_elements *cells, const struct top_maps *maps, uint32_t epoch)
{
	size_t count = count_used(maps, epoch);

	if (!make_room(cells, count, sizeof(struct top_pair), sizeof(struct top_cell)))
		return false;
	struct top_pair *pair = (void *)cells->keys;
	struct top_cell *cell = (void *)cells->values;
	for (size_t i = 0; i < count; i++) {
		const struct top_entry *entry = &maps->entries[maps->used[epoch][i]];
		const struct top_vcpu *victim = &maps->vcpus[TOP_KEY_PLACE(entry->key)];

		pair[i] = (struct top_pair){
			.victim = victim->pid & ~TOP_EXITED,
			.pid = TOP_KEY_PID(entry->key),
			.tgid = entry->tgid,
			.epoch = epoch,
		};
		cell[i] = entry->cell;
	}
	cells->count = count;
	return true;
}

bool top_tables_read(struct top_tables *tables, const struct top_maps *maps, uint32_t epoch)
{
	*tables = (struct top_tables){.cells = {.count = 0}};
	return read_cells(&tables->cells, maps, epoch) && read_vcpus(tables, maps, epoch);
}

void top_tables_free(struct top_tables *tables)
{
	struct top_elements *all[] = {&tables->vcpus, &tables->totals, &tables->cells};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		free(all[i]->keys);
		free(all[i]->values);
		*all[i] = (struct top_elements){.keys = NULL};
	}
}

void top_maps_clear(const struct top_maps *maps, uint32_t epoch)
{
	for (size_t i = 0; i < count_used(maps, epoch); i++)
		maps->entries[maps->used[epoch][i]] = (struct top_entry){.key = 0};
	maps->used_count[epoch] = 0;
	for (uint32_t place = 0; place < TOP_PLACES; place++) {
		if (maps->vcpus[place].pid == 0)
			continue;
		maps->vcpus[place].run[epoch] = 0;
		maps->vcpus[place].interrupts[epoch] = 0;
		maps->sums[place].counts[epoch] = (struct top_counts){.stolen = 0};
	}
}

static bool has_counts(const struct top_maps *maps, uint32_t place)
{
	const struct top_vcpu *vcpu = &maps->vcpus[place];
	const struct top_counts *counts = maps->sums[place].counts;

	return vcpu->run[0] != 0 || vcpu->run[1] != 0 || counts[0].stolen != 0 ||
	       counts[1].stolen != 0;
}

void top_maps_forget(const struct top_maps *maps, uint32_t pid, uint32_t serial)
{
	uint32_t home = TOP_VCPU_HOME(pid);

	for (uint32_t i = 0; i < TOP_PROBES; i++) {
		uint32_t place = (home + i) % TOP_PLACES;
		struct top_vcpu *vcpu = &maps->vcpus[place];
		uint32_t exited = pid | TOP_EXITED;

		/* The program may give the place to a new thread with this PID meanwhile. */
		if (vcpu->pid != exited || vcpu->serial != serial || has_counts(maps, place))
			continue;
		if (__atomic_compare_exchange_n(&vcpu->pid, &exited, 0, false, __ATOMIC_SEQ_CST,
						__ATOMIC_RELAXED))
			__atomic_fetch_sub(maps->taken, 1, __ATOMIC_RELAXED);
		return;
	}
}
