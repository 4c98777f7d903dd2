/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's side against a conduit that refuses at any step of R-03, and pages of every kind
 * (R-35).
 */
#include <pvtime/guest.h>
#include <pvtime/ledger.h>
#include <pvtime/smccc.h>
#include "tests/tap.h"

/* The simulated hypervisor's answers, and how often it was called. */
static struct {
	int64_t psci_version, psci_features, smccc_version, arch_features, features, st;
	uint32_t st_fid;
	unsigned int calls, wrong;
} hyp;

static int64_t conduit(uint32_t fid, uint64_t arg1)
{
	hyp.calls++;
	switch (fid) {
	case PVTIME_PSCI_FID_VERSION:
		return hyp.psci_version;
	case PVTIME_PSCI_FID_FEATURES:
		hyp.wrong += arg1 != PVTIME_SMCCC_FID_VERSION;
		return hyp.psci_features;
	case PVTIME_SMCCC_FID_VERSION:
		return hyp.smccc_version;
	case PVTIME_SMCCC_FID_ARCH_FEATURES:
		hyp.wrong += arg1 != PVTIME_FID_FEATURES;
		return hyp.arch_features;
	case PVTIME_FID_FEATURES:
		hyp.wrong += arg1 != hyp.st_fid;
		return hyp.features;
	default:
		hyp.wrong += fid != hyp.st_fid;
		return hyp.st;
	}
}

static void answers_all(uint32_t st_fid)
{
	hyp.psci_version = 0x10001;
	hyp.psci_features = 0;
	hyp.smccc_version = PVTIME_SMCCC_VERSION_1_3;
	hyp.arch_features = 0;
	hyp.features = 0;
	hyp.st = 0x090a0040;
	hyp.st_fid = st_fid;
	hyp.calls = 0;
	hyp.wrong = 0;
}

/*
 * With one answer changed, discovery returns `want` after `calls` calls; g is set on success only.
 */
static void step(int64_t *answer, int64_t value, int want, unsigned int calls, const char *what)
{
	struct pvtime_guest g = {0};
	enum pvtime_dialect dialect =
		hyp.st_fid == PVTIME_FID_ST_BETA2 ? PVTIME_DIALECT_BETA2 : PVTIME_DIALECT_1_0;

	answers_all(hyp.st_fid);
	*answer = value;
	tap_is_i64(pvtime_guest_discover(&g, conduit, dialect), want,
		   "discovery returns the right status: %s", what);
	tap_ok(hyp.calls == calls && !hyp.wrong && (want ? !g.call : g.call == conduit),
	       "discovery makes %u calls with the right arguments", calls);
}

static void check_discovery(void)
{
	struct pvtime_guest g = {0};

	hyp.st_fid = PVTIME_FID_ST;
	step(&hyp.st, 0, PVTIME_GUEST_OK, 5, "all steps agree");
	step(&hyp.psci_version, -1, PVTIME_GUEST_NO_PSCI, 1, "no PSCI");
	step(&hyp.psci_version, 2, PVTIME_GUEST_NO_PSCI, 1, "PSCI 0.2");
	step(&hyp.psci_version, UINT32_MAX, PVTIME_GUEST_NO_PSCI, 1, "no PSCI, -1 in w0 only");
	step(&hyp.psci_version, 0x10000, PVTIME_GUEST_OK, 5, "PSCI 1.0");
	step(&hyp.psci_version, 0x0BADBEEF00010001, PVTIME_GUEST_OK, 5,
	     "PSCI 1.1, and rubbish above w0");
	step(&hyp.psci_features, -1, PVTIME_GUEST_NO_SMCCC, 2, "PSCI_FEATURES refuses");
	step(&hyp.psci_features, UINT32_MAX, PVTIME_GUEST_NO_SMCCC, 2,
	     "PSCI_FEATURES refuses in w0 only");
	step(&hyp.smccc_version, -1, PVTIME_GUEST_OLD_SMCCC, 3, "SMCCC_VERSION refuses");
	step(&hyp.smccc_version, 0x10000, PVTIME_GUEST_OLD_SMCCC, 3, "SMCCC 1.0");
	step(&hyp.smccc_version, 0x10001, PVTIME_GUEST_OK, 5, "SMCCC 1.1");
	step(&hyp.arch_features, -1, PVTIME_GUEST_NO_FEATURES, 4, "ARCH_FEATURES refuses");
	step(&hyp.arch_features, UINT32_MAX, PVTIME_GUEST_NO_FEATURES, 4,
	     "ARCH_FEATURES refuses in w0 only");
	step(&hyp.arch_features, 1, PVTIME_GUEST_NO_FEATURES, 4, "ARCH_FEATURES answers neither");
	step(&hyp.features, -1, PVTIME_GUEST_NO_ST, 5, "PV_TIME_FEATURES refuses");
	step(&hyp.features, UINT32_MAX, PVTIME_GUEST_NO_ST, 5, "PV_TIME_FEATURES answers neither");
	step(&hyp.features, 1ll << 32, PVTIME_GUEST_NO_ST, 5, "1.0: 0 in w0 only is not SUCCESS");
	hyp.st_fid = PVTIME_FID_ST_BETA2;
	step(&hyp.st, 0, PVTIME_GUEST_OK, 5, "beta-2: all steps agree");
	step(&hyp.features, UINT32_MAX, PVTIME_GUEST_NO_ST, 5, "beta-2: refused in w0 only");
	step(&hyp.features, 0x0BADBEEF00000000, PVTIME_GUEST_OK, 5,
	     "beta-2: 0 in w0, and rubbish above");
	answers_all(PVTIME_FID_ST);
	tap_is_i64(pvtime_guest_discover(&g, conduit, PVTIME_DIALECT_OFF), PVTIME_GUEST_NO_FEATURES,
		   "a guest that does not want stolen time discovers none");
	tap_is_i64(pvtime_guest_discover(&g, conduit, (enum pvtime_dialect)3),
		   PVTIME_GUEST_NO_FEATURES, "a dialect that does not exist is refused");
	tap_is_u64(hyp.calls, 0, "a guest that wants neither dialect makes no call");
}

static void locate(int64_t x0, int want, const char *what)
{
	struct pvtime_guest g = {conduit, PVTIME_FID_ST};
	struct pvtime_guest_cpu c = {0};
	uint64_t ipa = 1;

	answers_all(PVTIME_FID_ST);
	hyp.st = x0;
	tap_is_i64(pvtime_guest_locate(&g, &c, &ipa), want,
		   "pvtime_guest_locate() returns the right status: %s", what);
	tap_is_u64(ipa, want ? 1 : (uint64_t)x0, "pvtime_guest_locate(): the address is %s",
		   want ? "not set" : "returned");
}

static void check_locate(void)
{
	locate(0x090a0000, PVTIME_GUEST_OK, "a good address");
	locate(0x090a07c0, PVTIME_GUEST_OK, "another good address");
	locate(-1, PVTIME_GUEST_NO_ADDRESS, "NOT_SUPPORTED");
	locate(-2, PVTIME_GUEST_BAD_ADDRESS, "another error");
	locate(-64, PVTIME_GUEST_BAD_ADDRESS, "a negative address, though aligned");
	locate(0x090a0020, PVTIME_GUEST_BAD_ADDRESS, "an address aligned to 32 bytes");
	locate(0x090a0001, PVTIME_GUEST_BAD_ADDRESS, "an odd address");
}

/* Writes a value as little-endian, as a hypervisor does, on a guest of either byte order. */
static void write_le(struct pvtime_stolen *page, unsigned int at, unsigned int n, uint64_t x)
{
	volatile uint8_t *p = (uint8_t *)page + at;

	for (; n; n--, x >>= 8)
		*p++ = (uint8_t)x;
}

static void set_page(struct pvtime_stolen *page, uint64_t ns)
{
	write_le(page, 0, 8, 0);
	write_le(page, 8, 8, ns);
}

static void check_attach(void)
{
	struct pvtime_stolen pages[2];
	struct pvtime_guest_cpu c = {0};

	tap_is_u64(pvtime_guest_stolen_ns(&c), 0,
		   "a CPU that was never registered has lost nothing");
	set_page(&pages[0], 0x0123456789ABCDEF);
	tap_is_i64(pvtime_guest_attach(&c, &pages[0]), PVTIME_GUEST_OK,
		   "a valid structure is attached");
	tap_is_u64(pvtime_guest_stolen_ns(&c), 0x0123456789ABCDEF,
		   "the structure is read as little-endian");
	set_page(&pages[1], 0x0123456789ABCDFF);
	write_le(&pages[1], 0, 4, 1);
	tap_is_i64(pvtime_guest_attach(&c, &pages[1]), PVTIME_GUEST_BAD_REVISION,
		   "a structure of revision 1 is refused");
	write_le(&pages[1], 0, 4, 0x80000000);
	tap_is_i64(pvtime_guest_attach(&c, &pages[1]), PVTIME_GUEST_BAD_REVISION,
		   "a structure of revision 1 << 31 is refused");
	write_le(&pages[1], 0, 4, 0);
	write_le(&pages[1], 4, 4, 1);
	tap_is_i64(pvtime_guest_attach(&c, &pages[1]), PVTIME_GUEST_BAD_ATTRIBUTES,
		   "a structure with attributes 1 is refused");
	tap_is_i64(pvtime_guest_attach(&c, NULL), PVTIME_GUEST_BAD_ADDRESS,
		   "a structure that is not mapped is refused");
	tap_is_i64(pvtime_guest_attach(&c, (struct pvtime_stolen *)((uintptr_t)&pages[1] + 8)),
		   PVTIME_GUEST_BAD_ADDRESS, "a structure whose mapping is not aligned is refused");
	tap_is_u64(pvtime_guest_stolen_ns(&c), 0x0123456789ABCDEF,
		   "a refused structure does not replace the valid one");
}

static void check_registration(void)
{
	struct pvtime_guest g = {conduit, PVTIME_FID_ST};
	struct pvtime_stolen page;
	struct pvtime_guest_cpu c = {0};
	uint64_t ipa;

	answers_all(PVTIME_FID_ST);
	set_page(&page, 100);
	pvtime_guest_locate(&g, &c, &ipa);
	pvtime_guest_attach(&c, &page);
	set_page(&page, 150);
	tap_is_u64(pvtime_guest_stolen_ns(&c), 150, "an attached CPU follows its structure");
	pvtime_guest_detach(&c);
	set_page(&page, 900);
	tap_is_u64(pvtime_guest_stolen_ns(&c), 150, "an offline CPU keeps its last value");
	pvtime_guest_detach(&c);
	tap_is_u64(pvtime_guest_stolen_ns(&c), 150,
		   "a CPU that goes offline twice keeps its total");
	hyp.st = -1;
	tap_is_i64(pvtime_guest_locate(&g, &c, &ipa), PVTIME_GUEST_NO_ADDRESS,
		   "a CPU that comes back may be refused an address");
	tap_is_u64(pvtime_guest_stolen_ns(&c), 150,
		   "a CPU that is refused an address keeps its total");
	hyp.st = 0x090a0040;
	pvtime_guest_locate(&g, &c, &ipa);
	tap_is_u64(pvtime_guest_stolen_ns(&c), 150,
		   "a CPU that registers again keeps its total until it attaches");
	pvtime_guest_attach(&c, &page);
	tap_is_u64(pvtime_guest_stolen_ns(&c), 900, "a counter that continued is read as it is");
	/*
	 * A hypervisor that zeroes the structure in PV_TIME_ST, as Linux KVM does, and then counts
	 * on.
	 */
	pvtime_guest_locate(&g, &c, &ipa);
	set_page(&page, 0);
	tap_is_u64(pvtime_guest_stolen_ns(&c), 900,
		   "registering again without going offline keeps the total");
	pvtime_guest_attach(&c, &page);
	tap_is_u64(pvtime_guest_stolen_ns(&c), 900,
		   "a counter that began again at 0 continues from the total");
	set_page(&page, 40);
	tap_is_u64(pvtime_guest_stolen_ns(&c), 940,
		   "what a counter adds after it began again is added to the total");
	pvtime_guest_detach(&c);
	set_page(&page, 60);
	pvtime_guest_attach(&c, &page);
	tap_is_u64(pvtime_guest_stolen_ns(&c), 960,
		   "a counter that continued while its CPU was offline loses nothing");
	set_page(&page, 40);
	pvtime_guest_detach(&c);
	set_page(&page, 5);
	pvtime_guest_attach(&c, &page);
	tap_is_u64(pvtime_guest_stolen_ns(&c), 940,
		   "a counter that began again twice continues from the total");
	set_page(&page, 7);
	tap_is_u64(pvtime_guest_stolen_ns(&c), 942,
		   "what a counter adds after it began again twice is added to the total");
}

static void check_sample(void)
{
	struct pvtime_stolen page;
	struct pvtime_guest_cpu c = {0};
	struct pvtime_sample s;
	unsigned int rounds = 0;

	set_page(&page, 100);
	pvtime_guest_attach(&c, &page);
	pvtime_sample_begin(&s, &c);
	tap_ok(pvtime_sample_end(&s, &c, 7), "a quiet sample takes one round");
	tap_ok(s.stolen_ns == 100 && s.counter == 7 && s.slack_ns == 0, "a quiet sample is exact");
	/* Preempted between the readings, once. */
	pvtime_sample_begin(&s, &c);
	set_page(&page, 130);
	tap_ok(!pvtime_sample_end(&s, &c, 8), "a change between the readings takes another round");
	tap_ok(pvtime_sample_end(&s, &c, 9), "the round after a change is quiet");
	tap_ok(s.stolen_ns == 130 && s.counter == 9 && s.slack_ns == 0,
	       "a sample of a quiet second round is exact");
	/* Preempted in every round. */
	pvtime_sample_begin(&s, &c);
	do {
		set_page(&page, 200 + 10 * ++rounds);
	} while (!pvtime_sample_end(&s, &c, 100 + rounds) && rounds < 100);
	tap_is_u64(rounds, PVTIME_SAMPLE_TRIES,
		   "a counter that changes in every round ends the loop after the last try");
	tap_ok(s.stolen_ns == 240 && s.slack_ns == 10 && s.counter == 104,
	       "a sample of a counter that changes in every round has the last round and its slack");
	/*
	 * The first round sees a counter that goes back: the round has no slack, and is not the
	 * last.
	 */
	pvtime_sample_begin(&s, &c);
	set_page(&page, 3);
	tap_ok(!pvtime_sample_end(&s, &c, 1) && s.slack_ns == 0,
	       "a counter that goes back is read again");
	tap_ok(pvtime_sample_end(&s, &c, 2) && s.stolen_ns == 3,
	       "a counter that went back is taken as it is");
	pvtime_guest_detach(&c);
	pvtime_sample_begin(&s, &c);
	set_page(&page, 999);
	tap_ok(pvtime_sample_end(&s, &c, 3) && s.stolen_ns == 3, "an offline CPU can be sampled");
}

/* The library's hypervisor side and guest side, directly connected. */
static struct pvtime_vcpu vcpu;

static int64_t loop_conduit(uint32_t fid, uint64_t arg1)
{
	int64_t x0 = -1;

	switch (fid) {
	case PVTIME_PSCI_FID_VERSION:
		return 0x10001;
	case PVTIME_PSCI_FID_FEATURES:
		return arg1 == PVTIME_SMCCC_FID_VERSION ? 0 : -1;
	case PVTIME_SMCCC_FID_VERSION:
		return PVTIME_SMCCC_VERSION_1_3;
	case PVTIME_SMCCC_FID_ARCH_FEATURES:
		return pvtime_arch_features(&vcpu.view, (uint32_t)arg1);
	default:
		pvtime_service(&vcpu.view, fid, (uint32_t)arg1, &x0);
		return x0;
	}
}

static void check_both_sides(enum pvtime_dialect host, enum pvtime_dialect guest, int want)
{
	struct pvtime_stolen page;
	struct pvtime_guest g;
	struct pvtime_guest_cpu c = {0};
	uint64_t ipa = 0;

	pvtime_vcpu_init(&vcpu, host, 1000000000, 0);
	pvtime_set_ipa(&vcpu.view, 0x090a0080);
	pvtime_map(&vcpu.view, &page);
	tap_is_i64(pvtime_guest_discover(&g, loop_conduit, guest), want,
		   "discovery returns the right status with host dialect %u and guest dialect %u",
		   host, guest);
	if (want)
		return;
	tap_is_i64(pvtime_guest_locate(&g, &c, &ipa), PVTIME_GUEST_OK, "the structure is located");
	tap_is_u64(ipa, 0x090a0080, "the structure is located where the hypervisor has it");
	tap_is_i64(pvtime_guest_attach(&c, &page), PVTIME_GUEST_OK,
		   "the located structure is attached");
	pvtime_account(&vcpu, PVTIME_READY, 10);
	pvtime_switch_in(&vcpu, 0x123456789A + 10);
	tap_is_u64(pvtime_guest_stolen_ns(&c), 0x123456789A,
		   "the guest reads what the hypervisor has published");
}

int main(void)
{
	check_discovery();
	check_locate();
	check_attach();
	check_registration();
	check_sample();
	check_both_sides(PVTIME_DIALECT_1_0, PVTIME_DIALECT_1_0, PVTIME_GUEST_OK);
	check_both_sides(PVTIME_DIALECT_BETA2, PVTIME_DIALECT_BETA2, PVTIME_GUEST_OK);
	check_both_sides(PVTIME_DIALECT_1_0, PVTIME_DIALECT_BETA2, PVTIME_GUEST_NO_ST);
	check_both_sides(PVTIME_DIALECT_BETA2, PVTIME_DIALECT_1_0, PVTIME_GUEST_NO_ST);
	check_both_sides(PVTIME_DIALECT_OFF, PVTIME_DIALECT_1_0, PVTIME_GUEST_NO_FEATURES);
	return tap_done();
}
