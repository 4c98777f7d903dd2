/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The structures: their addresses, which vCPU each belongs to, and their contents (R-04 to R-06,
 *
 */
#include "prepare.h"
#include "suite.h"

/* Bytes of a structure that have a meaning. R-06 keeps the padding apart, by the alignment. */
#define MEANINGFUL 16
#define START_MS   2000
#define WATCH_US   100000
#define WATCH_MAX  8 /* gaps */

void case_aligned(void)
{
	if (!every_structure())
		return;
	for (unsigned i = 0; i < cpu_count(); i++) {
		check(suite.ipa[i] % PVTIME_STRUCT_ALIGN == 0,
		      "CPU %u: the structure at 0x%lx is not aligned to 64 bytes", i, suite.ipa[i]);
		observe("CPU %u: 0x%lx", i, suite.ipa[i]);
	}
}

void case_own_structure(void)
{
	if (!every_structure())
		return;
	for (unsigned i = 1; i < cpu_count(); i++) {
		for (unsigned j = 0; j < i; j++) {
			uint64_t a = suite.ipa[i], b = suite.ipa[j];

			check((a < b ? b - a : a - b) >= MEANINGFUL,
			      "the structures of CPU %u at 0x%lx and of CPU %u at 0x%lx overlap", j,
			      b, i, a);
		}
	}
}

/*
 * own_address: one vCPU watches its own gaps, and each of them must appear in its own structure,
 * not in another vCPU's. The other vCPUs keep it waiting by bursts of work of unequal lengths, with
 * sleep in between. If all vCPUs only spun, each would wait for as long as the others run, and two
 * exchanged structures would grow alike. A gap over which no structure has grown says nothing about
 * addresses: charge.c judges that.
 */
static struct seen {
	unsigned gaps;
	unsigned fits[CPU_MAX]; /* the gaps over which that CPU's structure grew by the gap */
	uint64_t gap_ns, grown[CPU_MAX];
	uint64_t last[CPU_MAX];
} seen;

static unsigned watched;
static bool watch_over;

static void count_gap(const struct gap *gap)
{
	uint64_t ns = ns_of(gap->end - gap->begin);

	/* A short gap may be the hypervisor's own work. */
	if (ns >= 4 * suite.slack_ns) {
		seen.gaps++;
		seen.gap_ns += ns;
	}
	for (unsigned i = 0; i < cpu_count(); i++) {
		uint64_t now = stolen_ns(i), growth = now - seen.last[i];

		seen.last[i] = now;
		seen.grown[i] += growth;
		if (ns >= 4 * suite.slack_ns && growth >= ns / 2 && growth <= ns + suite.slack_ns)
			seen.fits[i]++;
	}
}

static void burst(unsigned index)
{
	uint64_t random = suite.seed + index;

	while (!__atomic_load_n(&watch_over, __ATOMIC_RELAXED)) {
		random = random * 6364136223846793005u + 1442695040888963407u;
		spin_us(100 + (random >> 33) % 3000);
		timer_sleep_until(counter_virtual() + ticks_of_us(100 + (random >> 45) % 2000));
	}
}

static void watch_one(unsigned index)
{
	struct gaps g;

	if (index != watched) {
		burst(index);
		return;
	}
	for (unsigned i = 0; i < cpu_count(); i++)
		seen.last[i] = stolen_ns(i);
	gaps_watch(&g, ticks_of_us(WATCH_US), WATCH_MAX, count_gap);
	__atomic_store_n(&watch_over, true, __ATOMIC_RELAXED);
}

/* Judges the vCPU that was watched. Returns whether that was possible. */
static bool judge_address(void)
{
	uint64_t grown = 0;
	bool wrong;

	for (unsigned i = 0; i < cpu_count(); i++) {
		grown += seen.grown[i];
		wrong = seen.fits[i] * 2 >= seen.gaps && seen.fits[i] > seen.fits[watched];
		check(!wrong,
		      "CPU %u had %u gaps: its structure at 0x%lx grew by the gap %u times, but that of CPU %u at 0x%lx %u times",
		      watched, seen.gaps, suite.ipa[watched], seen.fits[watched], i, suite.ipa[i],
		      seen.fits[i]);
	}
	if (!seen.gaps || grown < seen.gap_ns / 4)
		return false;
	check(seen.fits[watched] != 0,
	      "CPU %u had %u gaps, %lu ns together: its structure at 0x%lx grew by %lu ns, but never by a gap",
	      watched, seen.gaps, seen.gap_ns, suite.ipa[watched], seen.grown[watched]);
	return true;
}

void case_own_address(void)
{
	unsigned judged = 0;

	if (!every_structure())
		return;
	for (watched = 0; watched < cpu_count(); watched++) {
		seen = (struct seen){.gaps = 0};
		watch_over = false;
		if (!on_all_run(watch_one, cpu_count() * START_MS))
			return;
		judged += judge_address();
	}
	if (!judged)
		skip("no vCPU was kept waiting: give the VM a competitor on its CPUs");
	else
		observe("%u of %u CPUs could be judged", judged, cpu_count());
}

void case_header(void)
{
	if (!every_structure())
		return;
	for (unsigned i = 0; i < cpu_count(); i++) {
		const volatile struct pvtime_stolen *s = structure_of(i);
		uint32_t revision = le32(s->revision), attributes = le32(s->attributes);

		check(revision == PVTIME_REVISION, "CPU %u: the revision is 0x%x", i, revision);
		check(attributes == PVTIME_ATTRIBUTES, "CPU %u: the attributes are 0x%x", i,
		      attributes);
	}
}

void case_padding(void)
{
	if (!every_structure())
		return;
	for (unsigned i = 0; i < cpu_count(); i++) {
		const volatile struct pvtime_stolen *s = structure_of(i);

		for (unsigned b = 0; b < sizeof s->reserved; b++) {
			uint8_t value = s->reserved[b];

			if (!check(value == 0, "CPU %u: byte %u is 0x%02x", i, 16 + b, value))
				break;
		}
	}
}

/*
 * A counter, interpreted in one byte order, before and after some time in which the vCPU could be
 * kept waiting.
 */
struct growth {
	uint64_t before, after, ticks;
};

/*
 * No more can be stolen than time has passed. If the hypervisor zeroes the counter at PV_TIME_ST,
 * which another case judges, the later value is lower.
 */
static bool plausible(struct growth r)
{
	if (!can_be_stolen(r.before, counter_virtual()) ||
	    !can_be_stolen(r.after, counter_virtual()))
		return false;
	return r.after < r.before || can_be_stolen(r.after - r.before, r.ticks);
}

static void spin_each(unsigned index)
{
	(void)index;
	spin_us(10000);
}

void case_byte_order(void)
{
	uint64_t before[CPU_MAX], begin;
	unsigned count = cpu_count();

	if (!every_structure() || !somebody_waits())
		return;
	begin = counter_virtual();
	for (unsigned i = 0; i < count; i++)
		before[i] = stolen_ns(i);
	if (!on_all_run(spin_each, count * START_MS))
		return;
	for (unsigned i = 0; i < count; i++) {
		uint64_t after = stolen_ns(i);
		struct growth little = {before[i], after, counter_virtual() - begin};
		struct growth big = {__builtin_bswap64(before[i]), __builtin_bswap64(after),
				     little.ticks};

		check(plausible(little),
		      "CPU %u: the bytes read 0x%lx, then 0x%lx: as little-endian numbers that is %lu ns, then %lu ns, within %lu ns",
		      i, __builtin_bswap64(before[i]), __builtin_bswap64(after), before[i], after,
		      ns_of(little.ticks));
		if (after && plausible(big))
			observe("CPU %u: 0x%lx is plausible in both byte orders", i, after);
	}
}

/*
 * first_value must be the first case that starts other CPUs: it judges the value that each CPU
 * finds when it is on for the first time. Until then the CPU was off, so the whole value must have
 * come after its CPU_ON. For CPU 0 the time since power-on is not known: the counter may
 * have started long before, which makes the bound weak. So the case reports CPU 0's value and
 * counter.
 */
void case_first_value(void)
{
	struct reading first = {0, 0};

	check(can_be_stolen(suite.boot_stolen_ns, suite.boot_counter),
	      "CPU 0: %lu ns were stolen when the counter was at %lu ns", suite.boot_stolen_ns,
	      ns_of(suite.boot_counter));
	observe("CPU 0: %lu ns were stolen when the counter was at %lu ns", suite.boot_stolen_ns,
		ns_of(suite.boot_counter));
	for (unsigned i = 1; i < cpu_count(); i++) {
		uint64_t begin = counter_virtual();

		if (suite.ipa[i]) {
			observe("CPU %u was on before this case, which does not judge it", i);
			continue;
		}
		if (!first_reading(i, &first))
			return;
		check(can_be_stolen(first.stolen_ns, first.counter - begin),
		      "CPU %u: %lu ns were stolen when it ran for the first time, %lu ns after its CPU_ON",
		      i, first.stolen_ns, ns_of(first.counter - begin));
	}
}
