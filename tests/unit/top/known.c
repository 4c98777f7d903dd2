/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `pvtime top` keeps of vCPUs: names are read once, from a fake /proc that then changes, and
 * facts of guests when there are some.
 */
#include <stdlib.h>
#include <string.h>
#include "tests/tap.h"
#include "tests/unit/probe/fake.h"
#include "tools/top/known.h"

static struct top_known known;

struct vcpu {
	uint32_t process, thread, serial;
};

/* A sample of these vCPUs, with names; the last one has stolen from the first one. */
static struct top_sample sample_of(const struct vcpu *vcpus, size_t count)
{
	struct top_sample sample = {.threads = calloc(count + 1, sizeof(*sample.threads)),
				    .count = count,
				    .thieves = calloc(1, sizeof(*sample.thieves)),
				    .thief_count = 1};

	fake_need(sample.threads != NULL && sample.thieves != NULL, "memory");
	for (size_t i = 0; i < count; i++)
		sample.threads[i] = (struct top_thread){.process = vcpus[i].process,
							.thread = vcpus[i].thread,
							.serial = vcpus[i].serial};
	sample.thieves[0] = (struct top_thief){.cause = TOP_VM,
					       .process = count > 0 ? vcpus[count - 1].process : 7,
					       .name = "CPU 0/KVM"};
	if (!top_known_follow(&known, &sample) || !top_known_tell(&known, &sample))
		tap_ok(false, "the sample gets its names");
	return sample;
}

static bool has(const struct top_sample *sample, size_t i, const char *vm, int number)
{
	const struct top_thread *thread = &sample->threads[i];

	return strcmp(thread->vm, vm) == 0 && thread->numbered == (number >= 0) &&
	       (number < 0 || thread->number == (unsigned)number);
}

static void vm(const char *pid, const char *name, const char *thread, const char *thread_name)
{
	char path[64], text[64] = "qemu\0-name";
	size_t n = sizeof("qemu\0-name");

	snprintf(path, sizeof(path), "proc/%s/cmdline", pid);
	snprintf(text + n, sizeof(text) - n, "%s", name);
	fake_bytes(path, text, n + strlen(name) + 1);
	snprintf(path, sizeof(path), "proc/%s/task/%s/comm", pid, thread);
	fake_file(path, thread_name);
}

static void test_facts(void)
{
	const struct vcpu vcpus[] = {{10, 11, 1}, {10, 12, 2}, {20, 15, 3}};
	const struct vcpu later[] = {{10, 11, 9}, {20, 15, 3}};
	const struct top_fact facts[] = {{.thread = 15, .kind = TOP_FACT_ON},
					 {.thread = 99, .kind = TOP_FACT_OFF},
					 {.thread = 11, .kind = TOP_FACT_NOT_OFFERED}};

	top_known_free(&known);
	struct top_sample sample = sample_of(vcpus, 3);
	tap_ok(known.fresh == 3 && known.unknown == 3, "nothing is known of new vCPUs' guests");
	top_known_take(&known, facts, 3);
	top_sample_free(&sample);
	sample = sample_of(vcpus, 3);
	tap_ok(sample.threads[0].guest == TOP_GUEST_NOT_OFFERED &&
		       sample.threads[1].guest == TOP_GUEST_UNKNOWN &&
		       sample.threads[2].guest == TOP_GUEST_ON,
	       "each vCPU has what KVM says of its thread");
	tap_ok(known.fresh == 0 && known.unknown == 1, "one vCPU is known, but not its guest");
	top_sample_free(&sample);
	sample = sample_of(later, 2);
	tap_ok(sample.threads[0].guest == TOP_GUEST_UNKNOWN &&
		       sample.threads[1].guest == TOP_GUEST_ON && known.fresh == 1,
	       "a thread that has the PID of an earlier one has not its state");
	top_sample_free(&sample);
}

int main(void)
{
	const struct vcpu one[] = {{10, 11, 1}}, two[] = {{10, 11, 1}, {10, 12, 3}, {20, 21, 2}};
	const struct vcpu reused[] = {{10, 12, 3}, {20, 21, 4}};

	fake_begin();
	known.root = fake_root;
	vm("10", "web", "11", "CPU 0/KVM\n");
	struct top_sample first = sample_of(one, 1);
	tap_ok(has(&first, 0, "web", 0), "a new VM has its name, and its vCPU its number");
	tap_ok(strcmp(first.thieves[0].vm, "web") == 0, "a thief has the name of its VM");

	vm("10", "changed", "11", "changed\n");
	vm("10", "changed", "12", "CPU 1/KVM\n");
	vm("20", "db", "21", "worker\n");
	struct top_sample second = sample_of(two, 3);
	tap_ok(has(&second, 0, "web", 0), "what is known is not read again");
	tap_ok(has(&second, 1, "web", 1), "a vCPU that is added to a known VM has its number");
	tap_ok(has(&second, 2, "db", -1), "a vCPU whose thread has no number has none");

	vm("20", "other", "21", "CPU 5/KVM\n");
	fake_remove("proc/10");
	struct top_sample third = sample_of(reused, 2);
	tap_ok(has(&third, 0, "web", 1), "a VM of which /proc has nothing any more keeps its name");
	tap_ok(has(&third, 1, "other", 5), "a thread that has the PID of an earlier one is new");
	tap_ok(has(&first, 0, "web", 0) && strcmp(first.thieves[0].vm, "web") == 0,
	       "an earlier sample keeps its names");

	struct top_sample none = sample_of(one, 0);
	tap_ok(known.vm_count == 0 && known.thread_count == 0 && known.fresh == 0 &&
		       none.thieves[0].vm == NULL,
	       "what has ended is forgotten");
	struct top_sample last = sample_of(one, 1);
	tap_ok(has(&last, 0, "", -1), "a VM that has ended before its name was read has none");
	top_sample_free(&first);
	top_sample_free(&second);
	top_sample_free(&third);
	top_sample_free(&none);
	top_sample_free(&last);
	test_facts();
	top_known_free(&known);
	fake_end();
	return tap_done();
}
