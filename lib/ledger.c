/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ledger of a vCPU: its state, since when, and the time that it spent in each state (R-24,
 * The ledger is kept in counter ticks, which pvtime_totals() and snapshots give as they are.
 * Only the published number is converted to ns.
 */
#include "internal.h"

#define DOUBT_SHIFT 12u

/* Beyond the states: the entry of ticks[] for doubtful time, and further values of jump_state. */
enum {
	DOUBTFUL = PVTIME_STATES,
	FAR_BEHIND, /* a reading, jump_to, was far behind jump_from, the last charge */
	NO_JUMP,
};
_Static_assert(1u << DOUBT_SHIFT == PVTIME_DOUBT_S, "a shift divides by PVTIME_DOUBT_S");

/*
 * Whether so many ticks between two readings are PVTIME_DOUBT_S or more. They are as well if the
 * clock went back, and the difference wrapped.
 */
static inline bool is_far(const struct pvtime_vcpu *v, uint64_t ticks)
{
	return ticks >> DOUBT_SHIFT >= v->rate.freq;
}

/* The entry that doubtful ticks of an entry are charged to. */
static unsigned int doubted(unsigned int entry)
{
	return entry == PVTIME_READY ? DOUBTFUL : entry;
}

/* What a charge at a reading does to the ledger. */
struct step {
	uint64_t back;	    /* take so much back: what the last jump was charged */
	unsigned int from;  /* from this entry of ticks[] */
	uint64_t ticks;	    /* then charge so much */
	unsigned int entry; /* to this entry */
	unsigned int state; /* the state in which that time was spent; DOUBTFUL: not known */
	bool jumps;	    /* the ticks are a jump */
	bool behind;	    /* the reading is far behind all that it could follow */
};

/* Whether the last reading was a jump, so that this one may show that it was wrong. */
static bool after_jump(const struct pvtime_vcpu *v)
{
	return v->jump_state <= DOUBTFUL && v->since == v->jump_to;
}

/*
 * A reading that is a little behind the last charge charges nothing. A second is not a little after
 * a jump: the counters of CPUs differ by less. A reading that is behind a jump, but not far behind
 * the place from which the clock jumped, shows that the jump was a wrong reading. Any other that is
 * far behind may itself be wrong.
 */
__attribute__((__noinline__)) static struct step step_to(const struct pvtime_vcpu *v, uint64_t now)
{
	struct step step = {.from = doubted(v->jump_state), .entry = v->state, .state = v->state};
	uint64_t since = v->since;

	if (now < since) {
		bool jumped = after_jump(v);

		if (jumped ? since - now < v->rate.freq : !is_far(v, since - now))
			return step;
		step.behind = !jumped || (now < v->jump_from && is_far(v, v->jump_from - now));
		if (step.behind)
			return step;
		step.back = since - v->jump_from;
		since = v->jump_from;
		/* A little behind the reading before the jump counts as that reading. */
		if (now < since)
			now = since;
		if (v->state != v->jump_state)
			step.entry = step.state = DOUBTFUL;
	}
	step.ticks = now - since;
	step.jumps = is_far(v, step.ticks);
	if (step.jumps)
		step.entry = doubted(step.state);
	return step;
}

/*
 * Show the READY total, as it was last charged. It needs no comparison with what was shown before
 * the total only grows, and the conversion is monotonic.
 */
__attribute__((__always_inline__)) static inline bool publish(struct pvtime_vcpu *v)
{
	if (!v->view.counter)
		return false;
	store_total(&v->view, ns_of_ticks(v->ticks[PVTIME_READY], v->rate));
	return true;
}

/*
 * Charge the time until `now`, and change the state, if the step is neither a jump nor
 * backwards: one comparison tells. Otherwise return false.
 */
__attribute__((__always_inline__)) static inline bool
charge_near(struct pvtime_vcpu *v, enum pvtime_state next, uint64_t now)
{
	uint64_t ticks = now - v->since;

	if (__builtin_expect(is_far(v, ticks), false))
		return false;
	v->ticks[v->state] += ticks;
	v->since = now;
	v->state = (uint8_t)next;
	return true;
}

/*
 * A reading that is far behind: if the one before was as well, and this one follows it, the clock
 * has gone back for good. The ledger continues from here, with what has elapsed so far.
 */
static bool go_back(struct pvtime_vcpu *v, uint64_t now)
{
	bool follows = v->jump_state == FAR_BEHIND && v->jump_from == v->since &&
		       now > v->jump_to && !is_far(v, now - v->jump_to);

	v->jump_from = v->since;
	v->jump_to = now;
	v->jump_state = FAR_BEHIND;
	if (follows) {
		v->origin += now - v->since;
		v->since = now;
		v->jump_state = NO_JUMP;
	}
	return follows;
}

/* Make a step, and remember a jump. */
static void make_step(struct pvtime_vcpu *v, const struct step *step, uint64_t now)
{
	if (step->back) {
		v->ticks[step->from] -= step->back;
		v->since = v->jump_from;
		v->jump_state = NO_JUMP;
	}
	if (step->jumps) {
		v->jump_from = v->since;
		v->jump_to = now;
		v->jump_state = (uint8_t)step->state;
	}
	v->ticks[step->entry] += step->ticks;
	v->since += step->ticks;
}

/*
 * The same as charge_near() for any step, and publish(). Not inline, and called last, so that the
 * hot path needs no stack frame.
 */
__attribute__((__noinline__, __cold__)) static bool
charge_far(struct pvtime_vcpu *v, enum pvtime_state next, uint64_t now, bool publishes)
{
	struct step step = step_to(v, now);

	make_step(v, &step, now);
	if (!step.behind || go_back(v, now)) {
		v->state = (uint8_t)next;
	} else if (next != v->state) {
		/*
		 * The time until the next reading belongs partly to the state before: it is
		 * doubtful.
		 */
		v->entered = (uint8_t)next;
		/* In this order: pvtime_get_state() needs no lock. */
		__atomic_store_n(&v->state, DOUBTFUL, __ATOMIC_RELEASE);
	}
	return !publishes ||
	       pvtime_show(&v->view, pvtime_ticks_to_ns(v->ticks[PVTIME_READY], v->rate.freq));
}

void pvtime_start(struct pvtime_vcpu *v, uint64_t now)
{
	for (unsigned int s = 0; s <= DOUBTFUL; s++)
		v->ticks[s] = 0;
	v->since = now;
	v->origin = now;
	v->jump_from = now;
	v->jump_to = now;
	v->state = PVTIME_OFF;
	v->entered = PVTIME_OFF;
	v->jump_state = NO_JUMP;
}

int pvtime_vcpu_init(struct pvtime_vcpu *v, enum pvtime_dialect dialect, uint32_t freq_hz,
		     uint64_t now)
{
	int err = pvtime_view_init(&v->view, dialect);

	if (!freq_hz)
		v->view.dialect = PVTIME_DIALECT_OFF;
	v->rate = rate_of(freq_hz ? freq_hz : 1);
	pvtime_start(v, now);
	return err;
}

void pvtime_vcpu_reset(struct pvtime_vcpu *v, uint64_t now)
{
	pvtime_start(v, now);
	pvtime_restart(&v->view, 0);
}

bool pvtime_account(struct pvtime_vcpu *v, enum pvtime_state next, uint64_t now)
{
	if ((unsigned int)next >= PVTIME_STATES)
		return false;
	return charge_near(v, next, now) || charge_far(v, next, now, false);
}

bool pvtime_publish(struct pvtime_vcpu *v, uint64_t now)
{
	enum pvtime_state state = pvtime_get_state(v);

	/* Charge even without a page: a clock that goes back later must not take this time back. */
	return charge_near(v, state, now) ? publish(v) : charge_far(v, state, now, true);
}

bool pvtime_switch_in(struct pvtime_vcpu *v, uint64_t now)
{
	return charge_near(v, PVTIME_RUNNING, now) ? publish(v)
						   : charge_far(v, PVTIME_RUNNING, now, true);
}

/* An entry of ticks[] after the step. */
static uint64_t ticks_after(const struct pvtime_vcpu *v, const struct step *step,
			    unsigned int entry)
{
	uint64_t ticks = v->ticks[entry];

	if (entry == step->from)
		ticks -= step->back;
	return entry == step->entry ? ticks + step->ticks : ticks;
}

void pvtime_totals(const struct pvtime_vcpu *v, uint64_t now, struct pvtime_totals *totals)
{
	struct step step = step_to(v, now);

	for (unsigned int s = 0; s < PVTIME_STATES; s++)
		totals->ticks[s] = ticks_after(v, &step, s);
	totals->doubtful = ticks_after(v, &step, DOUBTFUL);
	totals->elapsed = v->since - v->origin - step.back + step.ticks;
}
