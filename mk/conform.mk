# The conformance suite, run: `pvtime conform`. Its images are mk/conformance.mk's, what kvm and xen need is
# mk/hosts.mk's; all targets together are mk/matrix.mk's.

.PHONY: conform
conform: $(BUILD)/pvtime $(BUILD)/hypervisor.img conformance ## hold our hypervisor to every rule, by the conformance suite
	$(BUILD)/pvtime conform

CONFORM_TABLES := tools/conform/rules.c tools/conform/result.c

UNIT_NAMES += conform_tap conform_report conform_grades conform_options
conform_tap_SRCS     := tests/unit/conform_tap.c tools/conform/tap.c $(CONFORM_TABLES)
conform_report_SRCS  := tests/unit/conform_report.c $(CONFORM_TABLES) $(wildcard tools/conform/report*.c tools/conform/markdown*.c)
conform_grades_SRCS  := tests/unit/conform_grades.c $(filter-out tests/%,$(conform_report_SRCS))
conform_options_SRCS := tests/unit/conform_options.c tools/conform/options.c tools/conform/rules.c tools/arguments.c \
	tools/run/jobs.c tools/run/heeded.c tools/report.c tools/visible.c
