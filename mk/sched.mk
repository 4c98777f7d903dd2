# The scheduler's tests: the hypervisor's own files, against a seam of one function.

SCHED_SRCS := $(wildcard hypervisor/sched*.c) hypervisor/queue.c lib/account.c lib/publish.c lib/convert.c
SCHED_SIM  := tests/unit/sched_sim.c $(SCHED_SRCS)

# -iquote, as <sched.h> is also the C library's.
UNIT_NAMES += queue
queue_SRCS   := tests/unit/queue.c hypervisor/queue.c
queue_CFLAGS := -iquote hypervisor -DQUEUE_COUNT_VISITS

UNIT_NAMES += sched_share
sched_share_SRCS   := tests/unit/sched_share.c $(SCHED_SIM)
sched_share_CFLAGS := -iquote hypervisor
sched_share_LIBS   := -lm

UNIT_NAMES += sched_states
sched_states_SRCS   := tests/unit/sched_states.c $(SCHED_SIM)
sched_states_CFLAGS := -iquote hypervisor

UNIT_NAMES += sched_fuzz
sched_fuzz_SRCS   := tests/unit/sched_fuzz.c $(SCHED_SIM)
sched_fuzz_CFLAGS := -iquote hypervisor -DQUEUE_COUNT_VISITS
# It counts what each of these costs.
sched_fuzz_LIBS   := -Wl,--wrap=sched_next,--wrap=sched_wake,--wrap=sched_block,--wrap=sched_timer_due,--wrap=sched_level

UNIT_NAMES += sched_race
sched_race_SRCS   := tests/unit/sched_race.c $(SCHED_SRCS)
sched_race_CFLAGS := -iquote hypervisor
sched_race_LIBS   := -pthread
