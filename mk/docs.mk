# The documents: what they say of the tree is checked.

TAP_SCRIPTS += tests/docs.t tests/drawings.t
TAP_DEPS    += $(BUILD)/pvtime
