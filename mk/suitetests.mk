# Unit tests of the conformance guest's own logic: its command line and its verdicts, on the host.

UNIT_NAMES += conformance/words conformance/report
conformance/words_SRCS  := tests/unit/conformance/words.c conformance/words.c
conformance/report_SRCS := tests/unit/conformance/report.c conformance/report.c hypervisor/format.c
