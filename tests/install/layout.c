/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints the layout of all types that programs share with libpvtime-kvm or with a guest, one line
 * each, as tests/install/libpvtime-kvm.abi lists them.
 */
#include <stdio.h>
#include <pvtime/abi.h>
#include <pvtime/kvm.h>

#define TYPE(type) printf(#type ": %zu bytes, aligned to %zu\n", sizeof(type), _Alignof(type))
#define FIELD(type, field)                                                          \
	printf(#type "." #field ": %zu bytes at %zu\n", sizeof(((type *)0)->field), \
	       offsetof(type, field))
#define NUMBER(name) printf(#name ": 0x%llx\n", (unsigned long long)(name))

int main(void)
{
	TYPE(struct pvtime_range);
	FIELD(struct pvtime_range, base);
	FIELD(struct pvtime_range, size);
	TYPE(struct pvtime_stolen);
	FIELD(struct pvtime_stolen, revision);
	FIELD(struct pvtime_stolen, attributes);
	FIELD(struct pvtime_stolen, stolen_ns);
	FIELD(struct pvtime_stolen, reserved);
	NUMBER(PVTIME_GRANULE);
	NUMBER(PVTIME_STRUCT_SIZE);
	NUMBER(PVTIME_KVM_IPA_NONE);
	return 0;
}
