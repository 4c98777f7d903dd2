# The conformance suite, run: `pvtime conform`. Its images are mk/conformance.mk's, what kvm and xen need is
# mk/hosts.mk's; all targets together are mk/matrix.mk's.

.PHONY: conform
conform: $(BUILD)/pvtime $(BUILD)/hypervisor.img conformance ## hold our hypervisor to every rule, by the conformance suite
	$(BUILD)/pvtime conform

CONFORM_TABLES := tools/conform/rules.c tools/conform/result.c

UNIT_NAMES += conform/tap conform/report conform/grades conform/options
conform/tap_SRCS     := tests/unit/conform/tap.c tools/conform/tap.c $(CONFORM_TABLES)
conform/report_SRCS  := tests/unit/conform/report.c $(CONFORM_TABLES) $(wildcard tools/conform/report*.c tools/conform/markdown*.c)
conform/grades_SRCS  := tests/unit/conform/grades.c $(filter-out tests/%,$(conform/report_SRCS))
conform/options_SRCS := tests/unit/conform/options.c tools/conform/options.c tools/conform/rules.c tools/arguments.c \
	tools/run/jobs.c tools/run/heeded.c tools/report.c tools/visible.c
