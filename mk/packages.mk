# The packages of Debian 12, 13 and unstable that the project needs; all three have them under these
# names. Goals that run something (make demo, make check) install those that are missing (apt-get,
# through sudo where it is not run by root), and so does make packages. Every other goal installs
# nothing: it says what is missing and how to get it, and stops.
#
# How: make remakes the makefiles it includes before anything else, and starts over when it did. So
# no rule has to name the packages. Whenever a package was installed or removed, dpkg's status is
# newer than the stamp, and it is looked again (50 ms). INSTALL=yes and INSTALL=no choose for any
# goal; INSTALL=warn goes on without what is missing, for tools that did not come from a package.

# To build what runs, and to run it.
PACKAGES_BUILD := \
	binutils \
	binutils-aarch64-linux-gnu \
	bpftool \
	clang \
	cpio \
	device-tree-compiler \
	gcc \
	gcc-aarch64-linux-gnu \
	libc6-dev \
	libc6-dev-arm64-cross \
	libbpf-dev \
	libfdt-dev \
	libini-config-dev \
	libjansson-dev \
	libncurses-dev \
	libzstd-dev \
	make \
	perl \
	qemu-system-arm \
	xz-utils \
	zlib1g-dev

# On top of that, to build the library by both compilers, and to test all of it.
PACKAGES_CHECK := \
	clang-format \
	clang-tidy \
	cppcheck \
	groff-base \
	libclang-rt-dev \
	mandoc \
	pkgconf \
	qemu-user \
	shellcheck

# To draw what the benchmark has measured; to make a Debian that is fresh.
PACKAGES_BENCH := gnuplot-nox
PACKAGES_FRESH := mmdebstrap uidmap

# To see what the unit tests cover; to take the sources from the repository (make dist, make fresh).
PACKAGES_COVERAGE := llvm
PACKAGES_DIST     := git

# To build Xen and Linux from their sources.
PACKAGES_XEN   := bison dpkg-dev flex
PACKAGES_LINUX := bc bison dpkg-dev flex

# To check Linux's annotations of addresses, byte orders and locks, which the compiler does not.
PACKAGES_LINUX_CHECK := sparse

# To build Xen for other architectures as well, which the port must leave as they are; and U-Boot.
PACKAGES_XEN_CHECK := bc gcc-arm-linux-gnueabihf libssl-dev python3-minimal

# To run VMs on the KVM of an x86-64 machine, its own or an emulated one.
MACHINE := $(shell uname -m)
PACKAGES_X86 := qemu-system-x86

# Goals that need none; those that need no more than the first list; and those that set up what they
# need.
GOALS := $(or $(MAKECMDGOALS),$(.DEFAULT_GOAL))
GOALS_BARE  := help clean dist fresh uninstall
GOALS_BUILD := all conform conform-all conformance debian debian-hosts debian-releases demo demo-top tools-a64 guests hypervisor install \
	install-a64 install-command install-command-a64 install-libpvtime-kvm install-libpvtime-kvm-a64 \
	install-manuals libpvtime-kvm matrix tools bench bench-quick bench-figures bench-guest bench-top profile slow xen check-xen port-xen linux check-linux port-linux $(BUILD)/%
GOALS_SETUP := bench bench-quick bench-figures bench-top check check-kvm check-qemu check-unit check-x86 conform conform-all coverage demo demo-top fresh lint matrix mutants packages repro slow soak \
	profile xen check-xen linux check-linux

NEEDED := \
	$(if $(filter-out $(GOALS_BARE),$(GOALS)),BUILD) \
	$(if $(filter-out $(GOALS_BARE) $(GOALS_BUILD),$(GOALS)),CHECK) \
	$(if $(filter bench packages,$(GOALS)),BENCH) \
	$(if $(filter fresh packages,$(GOALS)),FRESH) \
	$(if $(filter coverage packages,$(GOALS)),COVERAGE) \
	$(if $(and $(filter x86_64,$(MACHINE)),$(filter check-x86 packages $(if $(wildcard /dev/kvm),check check-kvm check-qemu),$(GOALS))),X86) \
	$(if $(filter dist fresh packages,$(GOALS)),DIST) \
	$(if $(filter bench conform-all matrix xen check-xen packages,$(GOALS)),XEN) \
	$(if $(filter check-xen packages,$(GOALS)),XEN_CHECK) \
	$(if $(filter bench conform-all matrix linux check-linux packages,$(GOALS)),LINUX) \
	$(if $(filter check-linux packages,$(GOALS)),LINUX_CHECK)
INSTALL ?= $(if $(filter $(GOALS_SETUP),$(GOALS)),yes,no)

# DPKG_STATUS does not exist on systems that are not Debian's: there the script only says what is
# needed.
DPKG_STATUS := $(wildcard /var/lib/dpkg/status)
EMPTY :=
COMMA := ,
PACKAGE_STAMP := $(BUILD)/packages$(subst $(EMPTY) ,,$(addprefix -,$(NEEDED))).mk
$(PACKAGE_STAMP): mk/packages.mk scripts/install-packages $(DPKG_STATUS)
	@INSTALL=$(INSTALL) scripts/install-packages $@ $(foreach n,$(NEEDED),$(PACKAGES_$(n)))

# make -n remakes makefiles too, and must not install.
ifneq ($(strip $(NEEDED)),)
ifeq ($(findstring n,$(filter-out --%,$(firstword -$(MAKEFLAGS)))),)
include $(PACKAGE_STAMP)
endif
endif

.PHONY: packages
##@ developers
packages: ## install the Debian packages that any target needs and that are missing
	@:
