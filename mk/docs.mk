# The documents. Tests check their statements about the tree; make install installs the manual
# pages.

TAP_SCRIPTS += tests/docs.t tests/drawings.t tests/manuals.t tests/porting.t
TAP_DEPS    += $(BUILD)/pvtime

MANUALS := $(call at_least,8,docs/*.[1-8])
MANDIR  ?= $(PREFIX)/share/man

.PHONY: install-manuals
install: install-manuals
install-manuals: $(MANUALS)
	for page in $^; do \
		install -D -m 644 -t $(DESTDIR)$(MANDIR)/man$${page##*.} $$page || exit; \
	done
