/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/probe/tell.h"

const char *probe_kvm_word(enum probe_kvm_state state)
{
	static const char *const words[] = {
		[PROBE_KVM_THERE] = "there",
		[PROBE_KVM_NONE] = "none",
		[PROBE_KVM_DENIED] = "denied",
		[PROBE_KVM_BROKEN] = "broken",
	};
	return words[state];
}

const char *probe_accounting_word(enum probe_accounting accounting)
{
	static const char *const words[] = {
		[PROBE_ACCOUNTED] = "on",
		[PROBE_ACCOUNT_OFF] = "off",
		[PROBE_ACCOUNT_ABSENT] = "absent",
	};
	return words[accounting];
}

const char *probe_mode_word(enum probe_mode mode)
{
	static const char *const words[] = {
		[PROBE_MODE_UNKNOWN] = "unknown",
		[PROBE_NVHE] = "nvhe",
		[PROBE_VHE] = "vhe",
		[PROBE_PROTECTED] = "protected",
	};
	return words[mode];
}

const char *probe_by_word(enum probe_by by)
{
	static const char *const words[] = {
		[PROBE_BY_IOCTL] = "ioctl",
		[PROBE_BY_NAME] = "name",
		[PROBE_BY_ORDER] = "order",
		[PROBE_BY_TIME] = "time",
	};
	return words[by];
}

const char *probe_answer_word(enum probe_answer answer)
{
	static const char *const words[] = {
		[PROBE_NO] = "no",
		[PROBE_YES] = "yes",
		[PROBE_UNKNOWN] = "unknown",
	};
	return words[answer];
}

const char *probe_none_word(bool hidden)
{
	return hidden ? "No VM is visible." : "No VM is running.";
}
