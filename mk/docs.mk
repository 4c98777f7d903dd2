# The documents: what they say of the tree is checked.

TAP_SCRIPTS += tests/docs.t tests/drawings.t tests/porting.t
TAP_DEPS    += $(BUILD)/pvtime
