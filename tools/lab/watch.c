/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <string.h>
#include "tools/lab/watch.h"

/* A vCPU's time in the displayed interval, in ticks. */
struct share {
	uint64_t part[WATCH_PARTS];
	uint64_t elapsed;
};

static const enum pvtime_state state_of[WATCH_PARTS] = {
	[WATCH_RUNNING] = PVTIME_RUNNING,
	[WATCH_STOLEN] = PVTIME_READY,
	[WATCH_BLOCKED] = PVTIME_BLOCKED,
};

static const char *const part_names[WATCH_PARTS] = {"running", "stolen", "blocked"};

/*
 * If the VM was reset in the interval, its ledger began again at 0: then all of it belongs to the
 * interval.
 */
static struct share share_of(const struct watch_view *view, uint32_t index)
{
	static const struct ledger_vcpu nothing;
	const struct ledger_vcpu *now = &view->now->vcpus[index];
	const struct ledger_vcpu *before =
		view->before != NULL ? &view->before->vcpus[index] : &nothing;
	struct share share;

	for (int state = 0; state < PVTIME_STATES; state++)
		if (now->ticks[state] < before->ticks[state] || now->elapsed < before->elapsed)
			before = &nothing;
	share.elapsed = now->elapsed - before->elapsed;
	for (int p = 0; p < WATCH_PARTS; p++)
		share.part[p] = now->ticks[state_of[p]] - before->ticks[state_of[p]];
	return share;
}

static double percent(const struct share *share, int part)
{
	if (share->elapsed == 0)
		return 0.0;
	return 100.0 * (double)share->part[part] / (double)share->elapsed;
}

/* The columns of the table; optional columns are left out if the terminal is too narrow. */
struct columns {
	int name; /* of "VM/vCPU" */
	int bar;  /* its width; 0: no room, a line is only a name and a percentage */
	bool percents;
	bool state;
};

#define PERCENT_WIDTH 9 /* " running%": as wide as the longest heading */
#define STOLEN_WIDTH  12
#define STATE_WIDTH   9
#define BAR_MIN	      12

static int name_width(const struct ledger_shape *shape)
{
	size_t width = strlen("vCPU");

	for (uint32_t i = 0; i < shape->vm_count; i++)
		if (strlen(shape->vms[i].name) + 2 > width)
			width = strlen(shape->vms[i].name) + 2;
	return (int)width;
}

/*
 * The bar gets the width that the other columns leave. If that is less than BAR_MIN, optional
 * columns are left out.
 */
static struct columns columns_for(const struct watch_view *view, unsigned int width)
{
	struct columns c = {name_width(view->shape), 0, true, true};
	int room = (int)width - c.name - 1 - STOLEN_WIDTH - 2; /* a space, two brackets */

	if (room - WATCH_PARTS * PERCENT_WIDTH - STATE_WIDTH < BAR_MIN)
		c.state = false;
	if (room - WATCH_PARTS * PERCENT_WIDTH < BAR_MIN)
		c.percents = false;
	c.bar = room - (c.percents ? WATCH_PARTS * PERCENT_WIDTH : 0) - (c.state ? STATE_WIDTH : 0);
	if (c.bar < 1)
		c.bar = 0;
	return c;
}

/*
 * Draw the parts one after the other. Each ends at the rounded sum of the parts so far; the empty
 * rest is off or paused.
 */
static void draw_bar(const struct share *share, const struct watch_look *look, int width, FILE *out)
{
	double sum = 0;
	int at = 0;

	fputc('[', out);
	for (int p = 0; p < WATCH_PARTS; p++) {
		sum += percent(share, p);
		int end = (int)(sum * width / 100.0 + 0.5);
		if (end > width)
			end = width;
		if (end > at)
			fputs(look->colour[p], out);
		bool any = end > at;
		for (; at < end; at++)
			fputs(look->glyph[p], out);
		if (any)
			fputs(look->plain, out);
	}
	fprintf(out, "%*s]", width - at, "");
}

static void draw_vcpu(const struct watch_view *view, const struct watch_look *look,
		      const struct columns *c, const struct ledger_vm *vm, uint32_t id, FILE *out)
{
	const struct ledger_vcpu *vcpu = &view->now->vcpus[vm->first + id];
	struct share share = share_of(view, vm->first + id);
	uint64_t ms = vcpu->stolen_ns / 1000000;

	if (c->bar == 0) {
		char line[64];

		snprintf(line, sizeof(line), "%s/%" PRIu32 " %.1f", vm->name, id,
			 percent(&share, WATCH_STOLEN));
		fprintf(out, "%.*s\n", (int)look->width, line);
		return;
	}
	fprintf(out, "%s/%" PRIu32 "%*s ", vm->name, id, c->name - (int)strlen(vm->name) - 2, "");
	draw_bar(&share, look, c->bar, out);
	for (int p = 0; p < WATCH_PARTS && c->percents; p++)
		fprintf(out, "%s%*.1f%s", look->colour[p], PERCENT_WIDTH, percent(&share, p),
			look->plain);
	fprintf(out, "%*" PRIu64 ".%03" PRIu64, STOLEN_WIDTH - 4, ms / 1000, ms % 1000);
	if (c->state)
		fprintf(out, "  %s", ledger_states[vcpu->state]);
	fputc('\n', out);
}

/* How many bytes of a name fit in `room` bytes without cutting a UTF-8 character. */
static int fitting(const char *name, int room)
{
	int n = (int)strlen(name);

	if (n <= room)
		return n;
	n = room > 0 ? room : 0;
	while (n > 0 && ((unsigned char)name[n] & 0xc0) == 0x80)
		n--;
	return n;
}

/*
 * The lab's name on the left, then the legend of the glyphs if there is room, the time on the
 * right.
 */
static void draw_title(const struct watch_view *view, const struct watch_look *look, FILE *out)
{
	uint64_t ms = pvtime_ticks_to_ns(view->now->at, view->now->cntfrq) / 1000000;
	char time[64];
	int legend = 0;

	for (int p = 0; p < WATCH_PARTS; p++)
		legend += 2 + 1 + (int)strlen(part_names[p]) + 1;
	int time_width =
		snprintf(time, sizeof(time), "%s%" PRIu64 ".%" PRIu64 " s",
			 view->before == NULL ? "all of " : "", ms / 1000, ms % 1000 / 100);
	int room = (int)look->width - time_width - 1;
	int name = fitting(view->name, room);
	bool with_legend = room - name >= legend;

	fprintf(out, "%s%.*s%s", look->title, name, view->name, look->plain);
	for (int p = 0; p < WATCH_PARTS && with_legend; p++)
		fprintf(out, "  %s%s%s %s", look->colour[p], look->glyph[p], look->plain,
			part_names[p]);
	fprintf(out, "%*s%.*s\n",
		room - name - (with_legend ? legend : 0) + 1 > 0
			? room - name - (with_legend ? legend : 0) + 1
			: 0,
		"", (int)look->width, time);
}

static void draw_heading(const struct watch_look *look, const struct columns *c, FILE *out)
{
	if (c->bar == 0) {
		fprintf(out, "%.*s\n", (int)look->width, "vCPU stolen%");
		return;
	}
	fprintf(out, "%s%-*s %-*s", look->title, c->name, "vCPU", c->bar + 2, "");
	for (int p = 0; p < WATCH_PARTS && c->percents; p++)
		fprintf(out, "%*s%%", PERCENT_WIDTH - 1, part_names[p]);
	fprintf(out, "%*s", STOLEN_WIDTH, "stolen s");
	if (c->state)
		fprintf(out, "  %s", "state");
	fprintf(out, "%s\n", look->plain);
}

void watch_draw(const struct watch_view *view, const struct watch_look *look, FILE *out)
{
	const struct ledger_shape *shape = view->shape;
	struct columns c = columns_for(view, look->width);
	uint32_t shown = shape->vcpu_count;
	uint32_t index = 0;

	/*
	 * Three rows are for the title, the heading, and the line with the number of missing vCPUs.
	 */
	if (look->rows > 0 && shown + 2 > look->rows)
		shown = look->rows > 3 ? look->rows - 3 : 1;
	draw_title(view, look, out);
	draw_heading(look, &c, out);
	for (uint32_t i = 0; i < shape->vm_count; i++)
		for (uint32_t id = 0; id < shape->vms[i].vcpus; id++, index++)
			if (index < shown)
				draw_vcpu(view, look, &c, &shape->vms[i], id, out);
	if (shown < shape->vcpu_count)
		fprintf(out, "%" PRIu32 " more\n", shape->vcpu_count - shown);
}

void watch_lines(const struct watch_view *view, FILE *out)
{
	uint64_t ms = pvtime_ticks_to_ns(view->now->at, view->now->cntfrq) / 1000000;

	for (uint32_t i = 0; i < view->shape->vm_count; i++) {
		const struct ledger_vm *vm = &view->shape->vms[i];

		for (uint32_t id = 0; id < vm->vcpus; id++) {
			const struct ledger_vcpu *vcpu = &view->now->vcpus[vm->first + id];
			struct share share = share_of(view, vm->first + id);

			fprintf(out, "t=%" PRIu64 ".%03" PRIu64 " vm=%s vcpu=%" PRIu32, ms / 1000,
				ms % 1000, vm->name, id);
			for (int p = 0; p < WATCH_PARTS; p++)
				fprintf(out, " %s=%.1f", part_names[p], percent(&share, p));
			fprintf(out, " stolen_ns=%" PRIu64 " state=%s\n", vcpu->stolen_ns,
				ledger_states[vcpu->state]);
		}
	}
}
