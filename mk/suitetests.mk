# Unit tests of the conformance guest's own logic: its command line and its verdicts, on the host.

UNIT_NAMES += suite_words suite_report
suite_words_SRCS  := tests/unit/suite_words.c conformance/words.c
suite_report_SRCS := tests/unit/suite_report.c conformance/report.c hypervisor/format.c
