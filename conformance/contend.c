/* SPDX-License-Identifier: BSD-2-Clause */
/* Many rounds of contention: stolen time never goes back. */
#include "gaps.h"
#include "guest/board.h"
#include "guest/gic.h"
#include "suite.h"

#define ROUNDS	  10000u
#define ROUNDS_MS 3000u
#define NONE_MS	  200u /* end of the case if no round has happened by then */
#define LOOKS	  2u   /* looks per wanted round: the case ends after so many looks */
#define END_MS	  20000u
#define SGI	  1u

/* What each of the two CPUs that take turns has seen. */
static struct turns {
	uint64_t rounds; /* looks in which stolen time had grown */
	uint64_t looks, backwards, over;
	struct reading last;
} turns[2];

static struct {
	uint64_t wanted, deadline, none;
	uint32_t turn;
	bool ended;
} game;

static void look(struct turns *t)
{
	struct reading now = gaps_read();
	uint64_t grown = now.stolen_ns - t->last.stolen_ns;

	t->looks++;
	if (now.stolen_ns < t->last.stolen_ns) {
		t->backwards++;
	} else if (grown) {
		uint64_t ticks = now.counter - t->last.counter;

		t->rounds++;
		t->over += grown > ns_of(ticks) + gaps_rounding_ns(ticks);
	}
	t->last = now;
}

static bool game_ended(void)
{
	return __atomic_load_n(&game.ended, __ATOMIC_RELAXED);
}

static void game_check_end(void)
{
	uint64_t now = counter_virtual(), rounds = turns[0].rounds + turns[1].rounds;

	bool few = turns[0].looks > LOOKS * game.wanted || (!rounds && now > game.none);

	if (rounds >= game.wanted || now > game.deadline || few)
		__atomic_store_n(&game.ended, true, __ATOMIC_RELAXED);
}

/*
 * Each CPU wakes the other one and goes to sleep. If both share a physical CPU, the woken CPU is
 * READY until the other one sleeps.
 */
static void take_turns(void *arg)
{
	unsigned self = cpu_self()->index;

	(void)arg;
	turns[self] = (struct turns){.last = gaps_read()};
	gic_enable(board.vtimer);
	timer_set(TIMER_VIRTUAL, game.deadline);
	while (!game_ended()) {
		while (__atomic_load_n(&game.turn, __ATOMIC_ACQUIRE) != self && !game_ended()) {
			__asm__ volatile("dsb sy\n\twfi" : : : "memory");
			irq_enable();
			isb();
			irq_disable();
			if (counter_virtual() > game.deadline)
				game_check_end();
		}
		look(&turns[self]);
		game_check_end();
		__atomic_store_n(&game.turn, !self, __ATOMIC_RELEASE);
		gic_send_sgi(SGI, cpus[!self].mpidr);
	}
	timer_stop(TIMER_VIRTUAL);
}

/* With one vCPU, rounds need a competitor outside this VM. */
static void watch_rounds(struct turns *t)
{
	struct gaps g, sum = {0};

	while (sum.count < game.wanted && counter_virtual() < game.deadline) {
		gaps_watch(&g, ticks_of_us(NONE_MS * 1000), game.wanted - sum.count, NULL);
		gaps_add(&sum, &g);
		if (!g.count)
			break;
	}
	*t = (struct turns){
		.rounds = sum.count, .backwards = sum.backwards, .over = sum.over || sum.outside};
}

void case_rounds(void)
{
	uint64_t rounds;

	game.wanted = board_arg("rounds", ROUNDS);
	game.deadline = counter_virtual() + ticks_of_us(ROUNDS_MS * 1000);
	game.none = counter_virtual() + ticks_of_us(NONE_MS * 1000);
	game.turn = 0;
	game.ended = false;
	__builtin_memset(turns, 0, sizeof turns);
	if (cpu_count() == 1) {
		watch_rounds(&turns[0]);
	} else {
		if (!cpu_begin(1, take_turns, NULL))
			return;
		take_turns(NULL);
		cpu_end(1, END_MS);
	}
	rounds = turns[0].rounds + turns[1].rounds;
	for (unsigned cpu = 0; cpu < 2 && cpu < cpu_count(); cpu++) {
		check(!turns[cpu].backwards,
		      "CPU %u: stolen time went back %lu times in %lu rounds", cpu,
		      turns[cpu].backwards, turns[cpu].rounds);
		check(!turns[cpu].over,
		      "CPU %u: stolen time grew by more than elapsed %lu times in %lu rounds", cpu,
		      turns[cpu].over, turns[cpu].rounds);
	}
	if (!rounds)
		skip("stolen time did not grow: nothing competed for the CPU");
	else
		observe("%lu rounds of contention", rounds);
}
