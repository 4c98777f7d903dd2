# The files that we take from Debian arm64: the guests' kernel and user space, and libfdt for bare
# AArch64. make clean keeps them; they are fetched again only if a file is missing.

DEBIAN         := $(BUILD)/debian
DEBIAN_IMAGE   := $(DEBIAN)/Image
DEBIAN_BUSYBOX := $(DEBIAN)/busybox
DEBIAN_KEXEC   := $(DEBIAN)/kexec
DEBIAN_QEMU    := $(DEBIAN)/qemu/bin/qemu-system-aarch64
DEBIAN_XEN     := $(DEBIAN)/xen
DEBIAN_LINUX   := $(DEBIAN)/linux
DEBIAN_X86     := $(DEBIAN)/x86
DEBIAN_LINUX_LIBS := $(addprefix $(DEBIAN_LINUX)/lib/,libbpf.a libini_config.a libzstd.a)
A64_LIBFDT     := $(DEBIAN)/libfdt/libfdt.a
A64_LIBFDT_INC := $(DEBIAN)/libfdt/include

.PHONY: debian
##@ maintainers
debian: $(DEBIAN)/versions ## fetch the arm64 kernel, busybox and libfdt from Debian (cached)

.PHONY: debian-hosts
debian-hosts: $(DEBIAN)/versions-hosts ## fetch Xen, and the files of an arm64 Linux host, from Debian (cached)

# Only make check-x86 needs these.
$(DEBIAN_X86)/Image $(DEBIAN_X86)/busybox $(DEBIAN_X86)/versions &:
	scripts/debian-fetch $(DEBIAN_X86) x86

# debian-fetch puts the file versions in place last.
$(DEBIAN_IMAGE) $(DEBIAN_BUSYBOX) $(DEBIAN_KEXEC)/sbin/kexec $(A64_LIBFDT) $(DEBIAN)/versions &:
	scripts/debian-fetch $(DEBIAN)
# One fetch at a time: the second would only wait for the first one's lock.
$(DEBIAN)/versions-hosts: | $(DEBIAN)/versions
$(DEBIAN_QEMU) $(DEBIAN_XEN) $(DEBIAN_LINUX_LIBS) $(DEBIAN)/versions-hosts &:
	scripts/debian-fetch $(DEBIAN) hosts

# Only make bench needs these.
$(DEBIAN)/versions-tracers:
	scripts/debian-fetch $(DEBIAN) tracers
