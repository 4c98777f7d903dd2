# The Debian 12 packages that the project needs. Whatever is built, make first sees to it that they are
# there, and installs what is missing (apt-get, through sudo where it is not run by root).
#
# How: make remakes the makefiles it includes before anything else, and starts over when it did. So
# no rule has to name the packages. Whenever a package was installed or removed, dpkg's status is newer
# than the stamps, and it is looked again (50 ms). INSTALL=no only warns.

# To build what runs, and to run it.
PACKAGES_BUILD := \
	binutils \
	binutils-aarch64-linux-gnu \
	cpio \
	device-tree-compiler \
	gcc \
	gcc-aarch64-linux-gnu \
	libc6-dev \
	libc6-dev-arm64-cross \
	libfdt-dev \
	libini-config-dev \
	libjansson-dev \
	libncurses-dev \
	make \
	perl \
	qemu-system-arm \
	xz-utils \
	zlib1g-dev

# On top of that, to build the library by both compilers, and to test all of it.
PACKAGES_CHECK := \
	clang \
	clang-format \
	groff-base \
	libclang-rt-dev \
	pkgconf \
	qemu-user \
	shellcheck

# To draw what the benchmark has measured.
PACKAGES_BENCH := gnuplot-nox

# Goals that need none, goals that need no more than the first list, and the one that draws.
GOALS := $(or $(MAKECMDGOALS),$(.DEFAULT_GOAL))
PACKAGE_STAMPS := \
	$(if $(filter-out help clean,$(GOALS)),$(BUILD)/packages-build.mk) \
	$(if $(filter-out help clean conform conform-all conformance debian debian-hosts demo tools-a64 guests hypervisor install install-kvm kvm tools bench bench-quick bench-guest $(BUILD)/%,$(GOALS)),$(BUILD)/packages-check.mk) \
	$(if $(filter bench,$(GOALS)),$(BUILD)/packages-bench.mk)
INSTALL ?= yes

# DPKG_STATUS does not exist on systems that are not Debian's: there the script only says what is needed.
DPKG_STATUS := $(wildcard /var/lib/dpkg/status)
$(BUILD)/packages-build.mk: mk/packages.mk scripts/install-packages $(DPKG_STATUS)
	@INSTALL=$(INSTALL) scripts/install-packages $@ $(PACKAGES_BUILD)
$(BUILD)/packages-check.mk: mk/packages.mk scripts/install-packages $(DPKG_STATUS)
	@INSTALL=$(INSTALL) scripts/install-packages $@ $(PACKAGES_CHECK)
$(BUILD)/packages-bench.mk: mk/packages.mk scripts/install-packages $(DPKG_STATUS)
	@INSTALL=$(INSTALL) scripts/install-packages $@ $(PACKAGES_BENCH)

# make -n remakes makefiles too, and must not install.
ifeq ($(findstring n,$(filter-out --%,$(firstword -$(MAKEFLAGS)))),)
include $(PACKAGE_STAMPS)
endif

.PHONY: packages
packages: ## install the Debian packages that are needed and missing
	@:
