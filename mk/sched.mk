# The scheduler's tests: the hypervisor's own files against a seam of one function.

SCHED_SRCS := hypervisor/queue.c hypervisor/sched.c hypervisor/sched_cpu.c hypervisor/sched_place.c \
              hypervisor/sched_share.c hypervisor/sched_wait.c $(wildcard lib/*.c)
