/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include "tools/top/cgroups.h"

#define KEPT 4096u		/* from one interval to the next */
#define ROOM (KEPT + TOP_CELLS) /* with those of an interval: each is in a cell of the program */

/* Room for all is reserved at once; Linux provides it when it is used. */
static bool reserve(struct top_cgroups *cgroups)
{
	if (cgroups->cgroups != NULL)
		return true;
	cgroups->cgroups = malloc(ROOM * sizeof(*cgroups->cgroups));
	if (cgroups->cgroups != NULL && top_index_make(&cgroups->by_id, ROOM))
		return true;
	free(cgroups->cgroups);
	cgroups->cgroups = NULL;
	return false;
}

/* NULL: it is not known, and there is no room for it. */
static struct top_cgroup *keep(struct top_cgroups *cgroups, uint64_t id)
{
	if (!reserve(cgroups))
		return NULL;
	size_t place = top_index_find(&cgroups->by_id, id);
	if (place != TOP_NOWHERE)
		return &cgroups->cgroups[place];
	if (cgroups->count == ROOM)
		return NULL;
	top_index_put(&cgroups->by_id, id, cgroups->count);
	struct top_cgroup *cgroup = &cgroups->cgroups[cgroups->count++];
	cgroup->asked = false;
	cgroup->waited_ns = 0;
	cgroup->found = top_cgroup_path(cgroup->quota.path, sizeof(cgroup->quota.path), id);
	return cgroup;
}

/* When there are many, those that are gone may be among them. */
static void forget(struct top_cgroups *cgroups)
{
	if (cgroups->count >= KEPT)
		top_cgroups_free(cgroups);
	for (size_t i = 0; i < cgroups->count; i++) {
		cgroups->cgroups[i].asked = false;
		cgroups->cgroups[i].waited_ns = 0;
	}
}

void top_cgroups_begin(struct top_cgroups *cgroups, const struct top_sample *sample)
{
	forget(cgroups);
	cgroups->sample = sample;
	for (size_t i = 0; i < sample->thief_count; i++) {
		const struct top_thief *thief = &sample->thieves[i];
		struct top_cgroup *cgroup =
			thief->cause == TOP_QUOTA ? keep(cgroups, thief->cgroup) : NULL;

		if (cgroup != NULL)
			cgroup->waited_ns += thief->ns;
	}
}

const char *top_cgroups_path(struct top_cgroups *cgroups, uint64_t id)
{
	struct top_cgroup *cgroup = keep(cgroups, id);

	return cgroup != NULL && cgroup->found ? cgroup->quota.path : NULL;
}

const char *top_cgroups_whose(struct top_cgroups *cgroups, uint64_t id)
{
	const struct top_class *class = top_class_of(id);

	if (class != NULL)
		return class->whose;
	if (id == 0)
		return "other cgroups";
	const char *path = top_cgroups_path(cgroups, id);
	return path != NULL ? path : "a cgroup that cannot be found";
}

const struct top_quota *top_cgroups_quota(struct top_cgroups *cgroups, uint64_t id)
{
	struct top_cgroup *cgroup = keep(cgroups, id);

	if (cgroup == NULL || !cgroup->found)
		return NULL;
	if (!cgroup->asked) {
		top_quota_compute(&cgroup->quota, cgroup->waited_ns, cgroups->sample->interval_ns,
				  cgroups->root);
		cgroup->asked = true;
	}
	return &cgroup->quota;
}

void top_cgroups_free(struct top_cgroups *cgroups)
{
	if (cgroups->cgroups != NULL)
		top_index_free(&cgroups->by_id);
	free(cgroups->cgroups);
	cgroups->cgroups = NULL;
	cgroups->count = 0;
}
