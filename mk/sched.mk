# The scheduler's tests: the hypervisor's own files, against a seam of one function.

SCHED_SRCS := $(wildcard hypervisor/sched/*.c) lib/account.c lib/publish.c lib/convert.c
SCHED_SIM  := tests/unit/sched/sim.c tests/unit/sched/check.c $(SCHED_SRCS)

# mk/hyptests.mk has the flags `logic`; these count besides how far the queue's functions walk.
visits_CFLAGS := $(logic_CFLAGS) -DQUEUE_COUNT_VISITS

UNIT_NAMES += sched/queue
sched/queue_SRCS   := tests/unit/sched/queue.c hypervisor/sched/queue.c
sched/queue_WITH   := visits

UNIT_NAMES += sched/share
sched/share_SRCS   := tests/unit/sched/share.c $(SCHED_SIM)
sched/share_WITH   := logic
sched/share_LIBS   := -lm

UNIT_NAMES += sched/stays sched/wakes
sched/stays_SRCS   := tests/unit/sched/stays.c $(SCHED_SIM)
sched/stays_WITH   := logic
sched/stays_LIBS   := -lm
sched/wakes_SRCS   := tests/unit/sched/wakes.c $(SCHED_SIM)
sched/wakes_WITH   := logic

UNIT_NAMES += sched/states
sched/states_SRCS   := tests/unit/sched/states.c $(SCHED_SIM)
sched/states_WITH   := logic

UNIT_NAMES += sched/fuzz
sched/fuzz_SRCS   := tests/unit/sched/fuzz.c $(SCHED_SIM)
sched/fuzz_WITH   := visits
# It counts what each of these costs.
sched/fuzz_LIBS   := -Wl,--wrap=sched_next,--wrap=sched_wake,--wrap=sched_block,--wrap=sched_timer_due,--wrap=sched_level

UNIT_NAMES += sched/race
sched/race_SRCS   := tests/unit/sched/race.c $(SCHED_SRCS)
sched/race_WITH   := logic
sched/race_LIBS   := -pthread
