// SPDX-License-Identifier: BSD-2-Clause
/*
 * The calls of stolen time, PV_TIME_FEATURES and PV_TIME_ST. The library has
 * the answers.
 */
#include <linux/kvm_host.h>

#include <kvm/arm_hypercalls.h>
#include <pvtime/smccc.h>

static long answer(struct kvm_vcpu *vcpu, u32 fid)
{
	s64 result = PVTIME_SMCCC_NOT_SUPPORTED;

	pvtime_service(&vcpu->arch.steal.view, fid, smccc_get_arg1(vcpu),
		       &result);
	return result;
}

long kvm_hypercall_pv_features(struct kvm_vcpu *vcpu)
{
	return answer(vcpu, PVTIME_FID_FEATURES);
}

/*
 * A call of PV_TIME_ST changes nothing: the counter goes on, whoever asks for
 * its address again.
 */
gpa_t kvm_init_stolen_time(struct kvm_vcpu *vcpu)
{
	return answer(vcpu, PVTIME_FID_ST);
}
