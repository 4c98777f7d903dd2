/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_KVM_REGISTER_H
#define TESTS_KVM_REGISTER_H

/* The registers of a vCPU on arm64. */
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include "libpvtime-kvm/uapi.h"
#include "tests/kvm/must.h"

/* A field of struct kvm_regs, such as regs.pc. */
#define CORE(field) \
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(field))

static inline void set_register(int vcpu, uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)&value};

	must(ioctl(vcpu, KVM_SET_ONE_REG, &reg), "KVM_SET_ONE_REG");
}

#endif
