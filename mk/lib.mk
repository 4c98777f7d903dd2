# The library, for the host and for bare AArch64, by gcc and by clang. Its unit tests run on the
# host (mk/tests.mk builds them) and on AArch64 of both byte orders under qemu-user.

LIB_SRCS := $(call at_least,9,lib/*.c)
LIB_HDRS := $(wildcard include/pvtime/*.h lib/*.h)
LIB_HOST := $(BUILD)/host/lib/libpvtime.a
LIB_A64  := $(BUILD)/a64/lib/libpvtime.a
LIB_ALL  := $(LIB_HOST) $(LIB_A64) $(BUILD)/host-clang/lib/libpvtime.a $(BUILD)/a64-clang/lib/libpvtime.a

# lib_variant NAME,COMPILER,FLAGS,AR: build/NAME/lib/libpvtime.a
define lib_variant
$(BUILD)/$(1)/lib/%.o: lib/%.c
	$$(begin)
	$(2) $(3) -c -o $$@ $$<
$(BUILD)/$(1)/lib/libpvtime.a: $(LIB_SRCS:%.c=$(BUILD)/$(1)/%.o)
	@rm -f $$@
	$(4) rcsD $$@ $$^
endef

CLANG_A64 := --target=aarch64-linux-gnu
A64_CLANG := $(CLANG) $(CLANG_A64)
LIB_HOST_CFLAGS := $(filter-out -D_GNU_SOURCE,$(HOST_CFLAGS)) -ffreestanding -fno-stack-protector
$(eval $(call lib_variant,host,$(HOST_CC),$(LIB_HOST_CFLAGS),ar))
$(eval $(call lib_variant,host-clang,$(CLANG),$(LIB_HOST_CFLAGS),ar))
$(eval $(call lib_variant,a64,$(A64_CC),$(A64_CFLAGS),$(A64_AR)))
$(eval $(call lib_variant,a64-clang,$(A64_CLANG),$(A64_CFLAGS),$(A64_AR)))
$(eval $(call lib_variant,a64be,$(A64_CC),$(A64_CFLAGS) -mbig-endian,$(A64_AR)))

.PHONY: lib lib-size abi
##@ adopters
lib: $(LIB_ALL) ## build the library, for the host and AArch64, by gcc and clang
all: $(LIB_HOST) $(LIB_A64)

lib-size: $(LIB_A64) ## print the size of the library on AArch64
	$(A64_SIZE) -t $<

##@ developers
abi: $(LIB_A64) $(BUILD)/a64be/lib/libpvtime.a ## record the ABI of lib/ in tests/lib/abi.txt, after a change that is meant
	ABI_UPDATE=1 BUILD=$(BUILD) prove tests/lib/abi.t

# Unit tests, one program for each file of tests/unit/lib/. Those that need threads or processes run
# on the host only.
LIB_HOST_TESTS := lib/race lib/steps
LIB_TESTS := $(filter-out $(LIB_HOST_TESTS),$(patsubst tests/unit/%.c,%,$(call at_least,10,tests/unit/lib/*.c)))
UNIT_NAMES += $(LIB_TESTS) $(LIB_HOST_TESTS)
$(foreach t,$(LIB_TESTS) $(LIB_HOST_TESTS),$(eval $(t)_SRCS := tests/unit/$(t).c $(LIB_SRCS)))
lib/race_LIBS := -pthread

# The same tests against the AArch64 library that is shipped, and against a big-endian build of it.
# There is no big-endian libc, so neither uses one: tests/lib/nolibc.* starts them.
NOLIBC := tests/lib/nolibc.S tests/lib/nolibc.c
define lib_user_test
$(BUILD)/$(1)/tests/%: tests/unit/%.c $(NOLIBC) tests/tap.h $(LIB_HDRS) $(BUILD)/$(1)/lib/libpvtime.a
	$$(begin)
	$(A64_CC) $(filter-out -MMD -MP,$(A64_CFLAGS)) $(2) -nostdlib -static -o $$@ \
		$$(filter-out $(NOLIBC),$$(filter %.c,$$^)) $(NOLIBC) $(BUILD)/$(1)/lib/libpvtime.a
$(BUILD)/$(1)/tests/%.t: $(BUILD)/$(1)/tests/%
	printf '#!/bin/sh\nexec %s "$$$${0%%.t}"\n' $(3) >$$@
	chmod +x $$@
endef
$(eval $(call lib_user_test,a64,,qemu-aarch64))
$(eval $(call lib_user_test,a64be,-mbig-endian,qemu-aarch64_be))
LIB_USER_TESTS := $(foreach a,a64 a64be,$(patsubst %,$(BUILD)/$(a)/tests/%.t,$(LIB_TESTS) examples/guest))
.SECONDARY: $(LIB_USER_TESTS:%.t=%)

TAP_SCRIPTS += $(LIB_USER_TESTS) $(addprefix tests/lib/,size.t headers.t names.t regimes.t abi.t)
TAP_DEPS    += $(LIB_USER_TESTS) $(LIB_ALL)
