# The scheduler's tests: the hypervisor's own files, against a seam of one function.

SCHED_SRCS := $(wildcard hypervisor/sched/*.c) lib/account.c lib/publish.c lib/convert.c
SCHED_SIM  := tests/unit/sched_sim.c tests/unit/sched_check.c $(SCHED_SRCS)

# mk/hyptests.mk has the flags `logic`; these count besides how far the queue's functions walk.
visits_CFLAGS := $(logic_CFLAGS) -DQUEUE_COUNT_VISITS

UNIT_NAMES += queue
queue_SRCS   := tests/unit/queue.c hypervisor/sched/queue.c
queue_WITH   := visits

UNIT_NAMES += sched_share
sched_share_SRCS   := tests/unit/sched_share.c $(SCHED_SIM)
sched_share_WITH   := logic
sched_share_LIBS   := -lm

UNIT_NAMES += sched_stays sched_wakes
sched_stays_SRCS   := tests/unit/sched_stays.c $(SCHED_SIM)
sched_stays_WITH   := logic
sched_stays_LIBS   := -lm
sched_wakes_SRCS   := tests/unit/sched_wakes.c $(SCHED_SIM)
sched_wakes_WITH   := logic

UNIT_NAMES += sched_states
sched_states_SRCS   := tests/unit/sched_states.c $(SCHED_SIM)
sched_states_WITH   := logic

UNIT_NAMES += sched_fuzz
sched_fuzz_SRCS   := tests/unit/sched_fuzz.c $(SCHED_SIM)
sched_fuzz_WITH   := visits
# It counts what each of these costs.
sched_fuzz_LIBS   := -Wl,--wrap=sched_next,--wrap=sched_wake,--wrap=sched_block,--wrap=sched_timer_due,--wrap=sched_level

UNIT_NAMES += sched_race
sched_race_SRCS   := tests/unit/sched_race.c $(SCHED_SRCS)
sched_race_WITH   := logic
sched_race_LIBS   := -pthread
