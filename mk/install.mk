# make install and make uninstall. scripts/install records what it installs, and that is what
# scripts/uninstall deletes.

# Install directories, with the names that GNU and Debian use. The command's own place and that of
# its data have no variables: it finds them from where it is itself (tools/data.c).
PREFIX     ?= /usr/local
LIBDIR     ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR     ?= $(PREFIX)/share/man
BINDIR     := $(PREFIX)/bin
DATADIR    := $(PREFIX)/share/pvtime
BASHDIR    := $(PREFIX)/share/bash-completion/completions

# install_part PART: scripts/install, to be followed by MODE SOURCE PATH for each file. Each PART is
# recorded by itself.
install_part = scripts/install $(1) '$(DESTDIR)' '$(PREFIX)'
# install_data FILES: the files of the build folder, in a folder of the same layout.
install_data = $(foreach f,$(1),644 $(f) '$(DATADIR)/$(f:$(BUILD)/%=%)')

# install_library FOLDER
define install_library
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' \
		-e 's|@VERSION@|$(LIBKVM_VERSION)|' libpvtime-kvm/pvtime-kvm.pc.in | \
		$(call install_part,libpvtime-kvm) 644 - '$(LIBDIR)/pkgconfig/pvtime-kvm.pc' \
		644 $(1)/libpvtime-kvm.a '$(LIBDIR)/libpvtime-kvm.a' \
		644 $(1)/$(LIBKVM_SONAME) '$(LIBDIR)/libpvtime-kvm.so.$(LIBKVM_VERSION)' \
		link libpvtime-kvm.so.$(LIBKVM_VERSION) '$(LIBDIR)/$(LIBKVM_SONAME)' \
		link $(LIBKVM_SONAME) '$(LIBDIR)/libpvtime-kvm.so' \
		$(foreach h,$(LIBKVM_HEADERS),644 $(h) '$(INCLUDEDIR)/$(h:include/%=%)')
endef
# install_command EXECUTABLE
install_command = $(call install_part,pvtime) 755 $(1) '$(BINDIR)/pvtime' \
	644 tools/completion.bash '$(BASHDIR)/pvtime' $(call install_data,$(INSTALL_DATA))

# `make` builds all that `make install` installs, which may then be run by root.
all: $(INSTALL_DATA)

.PHONY: install install-a64 uninstall
##@ users
install: install-libpvtime-kvm install-manuals install-command ## install the command with its images and manuals, and the library, below DESTDIR and PREFIX
install-a64: install-libpvtime-kvm-a64 install-manuals install-command-a64 ## install the same for an arm64 host, from any machine
uninstall: ## delete what was installed below DESTDIR and PREFIX
	scripts/uninstall '$(DESTDIR)' '$(PREFIX)'

.PHONY: install-libpvtime-kvm install-libpvtime-kvm-a64 install-manuals install-command install-command-a64
install-libpvtime-kvm: $(LIBKVM_STATIC) $(LIBKVM_SHARED)
	$(call install_library,$(LIBKVM))
install-libpvtime-kvm-a64: $(LIBKVM_STATIC:$(LIBKVM)/%=$(LIBKVM_A64)/%) $(LIBKVM_SHARED:$(LIBKVM)/%=$(LIBKVM_A64)/%)
	$(call install_library,$(LIBKVM_A64))
install-manuals: $(MANUALS)
	$(call install_part,manuals) $(foreach m,$(MANUALS),644 $(m) '$(MANDIR)/man$(subst .,,$(suffix $(m)))/$(notdir $(m))')
install-command: $(BUILD)/pvtime $(INSTALL_DATA)
	$(call install_command,$(BUILD)/pvtime)
install-command-a64: $(A64_PVTIME) $(INSTALL_DATA)
	$(call install_command,$(A64_PVTIME))

TAP_SCRIPTS += $(call at_least,6,tests/install/*.t)
TAP_DEPS    += $(BUILD)/pvtime $(A64_PVTIME) $(INSTALL_DATA) $(LIBKVM_STATIC) $(LIBKVM_SHARED) \
	$(addprefix $(LIBKVM_A64)/,libpvtime-kvm.a $(LIBKVM_SONAME))
