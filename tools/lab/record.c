/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "tools/lab/record.h"

/* The rest of a line. */
struct cursor {
	const char *at;
};

/* Consume `word`, if it is the next field: a space or the end must follow. */
static bool take_word(struct cursor *c, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(c->at, word, n) != 0 || (c->at[n] != ' ' && c->at[n] != '\0'))
		return false;
	c->at += n;
	return true;
}

/* Consume a space and a decimal number of 64 bits, without a sign or leading zeros. */
static bool take_u64(struct cursor *c, uint64_t *value)
{
	const char *p = c->at;

	if (*p++ != ' ' || *p < '0' || *p > '9')
		return false;
	if (*p == '0' && p[1] >= '0' && p[1] <= '9')
		return false;
	for (*value = 0; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(*value, 10u, value) ||
		    __builtin_add_overflow(*value, (uint64_t)(*p - '0'), value))
			return false;
	c->at = p;
	return true;
}

static bool at_end(const struct cursor *c)
{
	return *c->at == '\0';
}

static enum record_event bad(struct record_reader *r, const char *what, const char *line)
{
	r->phase = RECORD_BROKEN;
	snprintf(r->text, sizeof(r->text), "%s: '%.100s'", what, line);
	return RECORD_BAD;
}

static bool read_start(struct record_reader *r, struct cursor c)
{
	uint64_t cntfrq;

	if (r->phase != RECORD_BEFORE || !take_u64(&c, &cntfrq) || !at_end(&c))
		return false;
	if (cntfrq == 0 || cntfrq > UINT32_MAX)
		return false;
	r->ledger.cntfrq = (uint32_t)cntfrq;
	r->phase = RECORD_BETWEEN;
	return true;
}

/* "sample" and "final": their times never decrease. */
static bool open_ledger(struct record_reader *r, struct cursor c, bool final)
{
	uint64_t at;

	if (r->phase != RECORD_BETWEEN || !take_u64(&c, &at) || !at_end(&c) || at < r->ledger.at)
		return false;
	r->ledger.at = at;
	r->ledger.final = final;
	memset(r->seen, 0, sizeof(r->seen));
	memset(r->seen_life, 0, sizeof(r->seen_life));
	memset(r->seen_cpu, 0, sizeof(r->seen_cpu));
	r->phase = RECORD_INSIDE;
	return true;
}

static bool take_state(struct cursor *c, enum pvtime_state *state)
{
	static const char letters[] = {[PVTIME_OFF] = 'O',
				       [PVTIME_BLOCKED] = 'B',
				       [PVTIME_READY] = 'Y',
				       [PVTIME_RUNNING] = 'R',
				       [PVTIME_PAUSED] = 'P'};

	if (c->at[0] != ' ' || c->at[1] == '\0')
		return false;
	const char *letter = memchr(letters, c->at[1], sizeof(letters));
	if (letter == NULL)
		return false;
	*state = (enum pvtime_state)(letter - letters);
	c->at += 2;
	return true;
}

/*
 * Whether this ledger has books of the physical CPUs: only the final ledger of our hypervisor has.
 */
static bool has_books(const struct record_reader *r)
{
	return r->ledger.final && r->shape->cpu_count > 0;
}

/* Consume VM and ID of a ledger's line. *index becomes the vCPU's index in ledger.vcpus. */
static bool take_vcpu(const struct record_reader *r, struct cursor *c, uint32_t *index)
{
	uint64_t vm, id;

	if (r->phase != RECORD_INSIDE || !take_u64(c, &vm) || !take_u64(c, &id))
		return false;
	if (vm >= r->shape->vm_count || id >= r->shape->vms[vm].vcpus)
		return false;
	*index = r->shape->vms[vm].first + (uint32_t)id;
	return true;
}

static bool read_vcpu(struct record_reader *r, struct cursor c)
{
	struct ledger_vcpu v = {0};
	uint64_t *const fields[] = {&v.ticks[PVTIME_RUNNING],
				    &v.ticks[PVTIME_READY],
				    &v.ticks[PVTIME_BLOCKED],
				    &v.ticks[PVTIME_OFF],
				    &v.ticks[PVTIME_PAUSED],
				    &v.elapsed,
				    &v.stolen_ns,
				    &v.published_ns,
				    &v.exits,
				    &v.switches,
				    &v.refused};
	uint32_t index;

	if (!take_vcpu(r, &c, &index))
		return false;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (!take_u64(&c, fields[i]))
			return false;
	if (!take_state(&c, &v.state) || !at_end(&c))
		return false;
	if (r->seen[index])
		return false;
	r->seen[index] = true;
	r->ledger.vcpus[index] = v;
	return true;
}

static bool read_life(struct record_reader *r, struct cursor c)
{
	static const enum pvtime_state order[] = {PVTIME_RUNNING, PVTIME_READY, PVTIME_BLOCKED,
						  PVTIME_OFF, PVTIME_PAUSED};
	uint32_t index;

	if (!r->ledger.final || !take_vcpu(r, &c, &index) || !r->seen[index] || r->seen_life[index])
		return false;
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (!take_u64(&c, &r->ledger.vcpus[index].life[order[i]]))
			return false;
	r->seen_life[index] = true;
	return at_end(&c);
}

static bool read_cpu(struct record_reader *r, struct cursor c)
{
	struct ledger_cpu cpu;
	uint64_t id;

	if (r->phase != RECORD_INSIDE || !r->ledger.final || !take_u64(&c, &id) ||
	    id >= r->shape->cpu_count || r->seen_cpu[id])
		return false;
	if (!take_u64(&c, &cpu.vcpus) || !take_u64(&c, &cpu.own) || !take_u64(&c, &cpu.idle) ||
	    !take_u64(&c, &cpu.elapsed) || !at_end(&c))
		return false;
	r->seen_cpu[id] = true;
	r->ledger.cpus[id] = cpu;
	return true;
}

/*
 * "end": the ledger must have a "vcpu" line for every vCPU. If it has books, it must also have a
 * "life" line for every vCPU, and a "cpu" line for every physical CPU.
 */
static bool close_ledger(struct record_reader *r, struct cursor c)
{
	if (r->phase != RECORD_INSIDE || !at_end(&c))
		return false;
	for (uint32_t i = 0; i < r->shape->vcpu_count; i++)
		if (!r->seen[i] || (has_books(r) && !r->seen_life[i]))
			return false;
	for (uint32_t i = 0; has_books(r) && i < r->shape->cpu_count; i++)
		if (!r->seen_cpu[i])
			return false;
	r->phase = r->ledger.final ? RECORD_AFTER : RECORD_BETWEEN;
	return true;
}

static bool read_line(struct record_reader *r, struct cursor c)
{
	uint64_t vm;

	if (r->phase != RECORD_BETWEEN || !take_u64(&c, &vm) || vm >= r->shape->vm_count ||
	    !take_u64(&c, &r->line_at))
		return false;
	for (uint32_t id = 0; id < r->shape->vms[vm].vcpus; id++)
		if (!take_u64(&c, &r->line_stolen_ns[id]))
			return false;
	r->vm = (uint32_t)vm;
	return at_end(&c);
}

static bool read_took(struct record_reader *r, struct cursor c)
{
	uint64_t before = r->taken;

	return (r->phase == RECORD_BETWEEN || r->phase == RECORD_AFTER) &&
	       take_u64(&c, &r->taken) && r->taken > before && at_end(&c);
}

static void live_on(struct ledger_vm_life *vm, enum record_vm_event event)
{
	static const enum ledger_end ends[] = {[RECORD_VM_OFF] = LEDGER_OFF,
					       [RECORD_VM_RESET] = LEDGER_RUNNING,
					       [RECORD_VM_STUCK] = LEDGER_STUCK};

	vm->end = ends[event];
	vm->resets += event == RECORD_VM_RESET;
}

static bool read_vm(struct record_reader *r, struct cursor c)
{
	static const char *const events[] = {
		[RECORD_VM_OFF] = "off", [RECORD_VM_RESET] = "reset", [RECORD_VM_STUCK] = "stuck"};
	uint64_t vm;

	if ((r->phase != RECORD_BETWEEN && r->phase != RECORD_AFTER) || !take_u64(&c, &vm) ||
	    vm >= r->shape->vm_count)
		return false;
	if (*c.at++ != ' ')
		return false;
	for (unsigned int i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		if (strcmp(c.at, events[i]) == 0) {
			r->vm = (uint32_t)vm;
			r->vm_event = (enum record_vm_event)i;
			live_on(&r->ledger.vms[vm], r->vm_event);
			return true;
		}
	}
	return false;
}

/*
 * "done 1", after a bug in the hypervisor, may come at any point; "done 0" only after the final
 * ledger.
 */
static bool read_done(struct record_reader *r, struct cursor c)
{
	uint64_t status;

	if (!take_u64(&c, &status) || status > 1 || *c.at++ != ' ' || *c.at == '\0')
		return false;
	if (status == 0 && r->phase != RECORD_AFTER)
		return false;
	r->status = (uint32_t)status;
	snprintf(r->text, sizeof(r->text), "%s", c.at);
	r->phase = RECORD_OVER;
	return true;
}

enum record_event record_line(struct record_reader *r, const char *line, size_t len, bool whole)
{
	struct cursor c = {line};
	bool text = whole && strlen(line) == len;

	if (r->phase == RECORD_BROKEN)
		return text && strncmp(line, "done 1 ", 7) == 0 && take_word(&c, "done") &&
				       read_done(r, c)
			       ? RECORD_DONE
			       : RECORD_NOTHING;
	if (!text)
		return bad(r, "a record that is not a line of text", line);
	if (r->phase == RECORD_OVER)
		return bad(r, "a record after the last one", line);
	if (take_word(&c, "vcpu"))
		return read_vcpu(r, c) ? RECORD_NOTHING : bad(r, "malformed record", line);
	if (take_word(&c, "life"))
		return read_life(r, c) ? RECORD_NOTHING : bad(r, "malformed record", line);
	if (take_word(&c, "cpu"))
		return read_cpu(r, c) ? RECORD_NOTHING : bad(r, "malformed record", line);
	if (take_word(&c, "end"))
		return close_ledger(r, c) ? RECORD_LEDGER : bad(r, "incomplete ledger", line);
	if (take_word(&c, "sample"))
		return open_ledger(r, c, false) ? RECORD_NOTHING : bad(r, "malformed record", line);
	if (take_word(&c, "final"))
		return open_ledger(r, c, true) ? RECORD_NOTHING : bad(r, "malformed record", line);
	if (take_word(&c, "line"))
		return read_line(r, c) ? RECORD_LINE : bad(r, "malformed record", line);
	if (take_word(&c, "took"))
		return read_took(r, c) ? RECORD_NOTHING : bad(r, "malformed record", line);
	if (take_word(&c, "vm"))
		return read_vm(r, c) ? RECORD_VM : bad(r, "malformed record", line);
	if (take_word(&c, "paused"))
		return r->phase == RECORD_BETWEEN && at_end(&c) ? RECORD_PAUSED
								: bad(r, "malformed record", line);
	if (take_word(&c, "start"))
		return read_start(r, c) ? RECORD_START : bad(r, "malformed record", line);
	if (take_word(&c, "done"))
		return read_done(r, c) ? RECORD_DONE : bad(r, "malformed record", line);
	return bad(r, "unknown record", line);
}

void record_init(struct record_reader *r, const struct ledger_shape *shape)
{
	memset(r, 0, sizeof(*r));
	r->shape = shape;
	r->phase = RECORD_BEFORE;
}
