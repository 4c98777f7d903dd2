# The documents. Tests check their statements about the tree.

TAP_SCRIPTS += tests/docs.t tests/drawings.t tests/manuals.t tests/porting.t
TAP_DEPS    += $(BUILD)/pvtime

MANUALS := $(call at_least,9,docs/*.[1-8])
