/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/lab/keys.h"
#include "machine/map.h"
#include "tools/lab/value.h"
#include <stdlib.h>
#include <string.h>

#define KIB 1024ull
#define MIB (1024 * KIB)

#define VM_MEMORY_MIN	(16 * MIB)
#define VM_MEMORY_ALIGN (64 * KIB)

_Static_assert(LAB_MEMORY_MAX == 255 * 1024 * MIB, "messages say 255G");

/*
 * The context in which a key is read. The functions below store the key's value in the lab and
 * return 0, or print an error and return -1.
 */
struct reader {
	const struct labtext *text;
	const struct labtext_section *section;
	const struct labtext_entry *entry;
	struct lab *lab;
	struct lab_vm *vm; /* NULL in [lab] */
};

struct key {
	const char *name;
	int (*read)(const struct reader *r);
	const char *not_kvm; /* why KVM does not support it; NULL: it does */
};

static int bad_value(const struct reader *r, const char *expected)
{
	return labtext_error(r->text, r->entry->line, r->section->name, r->entry->key,
			     "\"%s\" is wrong; expected %s", r->entry->value, expected);
}

/* Print the error for a key or value that our hypervisor supports and KVM does not. */
static int not_on_kvm(const struct reader *r, const char *why, const char *expected)
{
	return labtext_error(r->text, r->entry->line, r->section->name, r->entry->key,
			     "not supported with --on kvm: %s; expected %s", why, expected);
}

static int read_u32(const struct reader *r, uint32_t min, uint32_t max, uint32_t *value,
		    const char *expected)
{
	uint64_t n;

	if (!labvalue_number(r->entry->value, &n) || n < min || n > max)
		return bad_value(r, expected);
	*value = (uint32_t)n;
	return 0;
}

static int lab_pcpus(const struct reader *r)
{
	return read_u32(r, 1, MAP_MAX_PCPUS, &r->lab->pcpus, "1 to 8");
}

static int lab_cpu(const struct reader *r)
{
	static const char *const names[] = {"cortex-a57", "cortex-a72", "neoverse-n1", "max"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(r->entry->value, names[i]) == 0) {
			r->lab->cpu = names[i];
			return 0;
		}
	}
	return bad_value(r, "cortex-a57, cortex-a72, neoverse-n1 or max");
}

static int lab_memory(const struct reader *r)
{
	if (!labvalue_size(r->entry->value, &r->lab->memory) || r->lab->memory == 0 ||
	    r->lab->memory % MIB != 0 || r->lab->memory > LAB_MEMORY_MAX)
		return bad_value(r, "a size like 2G or 512M, from 1M to 255G, in whole MiB");
	return 0;
}

static int lab_timeslice(const struct reader *r)
{
	return read_u32(r, 100, 100000, &r->lab->timeslice_us, "100 to 100000 (microseconds)");
}

static int lab_seed(const struct reader *r)
{
	if (!labvalue_number(r->entry->value, &r->lab->seed))
		return bad_value(r, "a number of 64 bits, decimal or with 0x");
	return 0;
}

static const struct key lab_keys[] = {
	{"pcpus", lab_pcpus, "the CPUs are the host's"},
	{"cpu", lab_cpu, "the CPUs are the host's"},
	{"memory", lab_memory, "the memory is the host's"},
	{"timeslice_us", lab_timeslice, "time slices are those of the host's scheduler"},
	{"seed", lab_seed, NULL},
	{NULL, NULL, NULL},
};

/* A path relative to the folder of the lab file. The caller frees it. */
static char *resolve(const char *lab, const char *path)
{
	const char *slash = strrchr(lab, '/');
	char *whole = NULL;

	if (path[0] == '/' || slash == NULL)
		return strdup(path);
	if (asprintf(&whole, "%.*s/%s", (int)(slash - lab), lab, path) < 0)
		return NULL;
	return whole;
}

static int read_blob(const struct reader *r, bool kernel, const struct lab_blob **blob)
{
	const char *expected = kernel ? UNPACK_EXPECTED : "an initrd";
	char why[LAB_BLOB_WHY] = "does not fit in memory";
	char *path;

	if (r->entry->value[0] == '\0')
		return bad_value(r, kernel ? "the path of a kernel" : "the path of an initrd");
	path = resolve(r->text->path, r->entry->value);
	*blob = path == NULL ? NULL : lab_blob_get(&r->lab->blobs, path, kernel, why);
	if (*blob == NULL)
		labtext_error(r->text, r->entry->line, r->section->name, r->entry->key,
			      "%s: %s; expected %s", path != NULL ? path : r->entry->value, why,
			      expected);
	else if (!kernel && image_is_uimage((*blob)->data, (*blob)->size))
		labtext_error(r->text, r->entry->line, r->section->name, r->entry->key,
			      "%s: is in U-Boot's legacy format; expected the initrd itself", path);
	else {
		free(path);
		return 0;
	}
	free(path);
	return -1;
}

static int vm_kernel(const struct reader *r)
{
	return read_blob(r, true, &r->vm->kernel);
}

static int vm_initrd(const struct reader *r)
{
	return read_blob(r, false, &r->vm->initrd);
}

static int vm_append(const struct reader *r)
{
	size_t length = strlen(r->entry->value);

	if (length > LAB_APPEND_MAX)
		return labtext_error(r->text, r->entry->line, r->section->name, r->entry->key,
				     "is %zu bytes long; expected at most %u", length,
				     LAB_APPEND_MAX);
	r->vm->append = strdup(r->entry->value);
	return r->vm->append != NULL ? 0 : bad_value(r, "memory for it");
}

static int vm_vcpus(const struct reader *r)
{
	return read_u32(r, 1, MAP_MAX_VCPUS_PER_VM, &r->vm->vcpus, "1 to 8");
}

static int vm_memory(const struct reader *r)
{
	if (!labvalue_size(r->entry->value, &r->vm->memory) || r->vm->memory < VM_MEMORY_MIN ||
	    r->vm->memory % VM_MEMORY_ALIGN != 0 || r->vm->memory > LAB_MEMORY_MAX)
		return bad_value(r, "a size like 256M or 1G, from 16M to 255G, in steps of 64K");
	return 0;
}

static int vm_weight(const struct reader *r)
{
	return read_u32(r, 1, 10000, &r->vm->weight, "1 to 10000");
}

static int vm_cap(const struct reader *r)
{
	return read_u32(r, 1, 100, &r->vm->cap, "1 to 100 (percent of a CPU)");
}

static int vm_pin(const struct reader *r)
{
	if (!labvalue_cpus(r->entry->value, &r->vm->pin))
		return bad_value(r, "numbers of physical CPUs, 0 to 31, like 0 or 0,2 or 1-3");
	if ((r->vm->pin & ~lab_every_cpu(r->lab)) != 0)
		return labtext_error(
			r->text, r->entry->line, r->section->name, r->entry->key,
			"\"%s\" names a physical CPU that does not exist; expected 0 to %u, as %s %u",
			r->entry->value, r->lab->pcpus - 1,
			r->lab->kvm ? "the number of CPUs of this host is" : "[lab] pcpus is",
			r->lab->pcpus);
	return 0;
}

static int vm_stolen_time(const struct reader *r)
{
	const char *value = r->entry->value;

	if (strcmp(value, "1.0") == 0)
		r->vm->stolen_time = PVTIME_DIALECT_1_0;
	else if (strcmp(value, "beta-2") == 0)
		r->vm->stolen_time = PVTIME_DIALECT_BETA2;
	else if (strcmp(value, "off") == 0)
		r->vm->stolen_time = PVTIME_DIALECT_OFF;
	else
		return bad_value(r, "1.0, beta-2 or off");
	if (r->lab->kvm && r->vm->stolen_time == PVTIME_DIALECT_BETA2)
		return not_on_kvm(r, "KVM has only version 1.0", "1.0 or off");
	return 0;
}

static int vm_conduit(const struct reader *r)
{
	r->vm->smc = strcmp(r->entry->value, "smc") == 0;
	if (!r->vm->smc && strcmp(r->entry->value, "hvc") != 0)
		return bad_value(r, "hvc or smc");
	return r->lab->kvm && r->vm->smc ? not_on_kvm(r, "KVM in Linux 6.1 answers only HVC", "hvc")
					 : 0;
}

static int read_address(const struct reader *r, uint64_t align, uint64_t *address,
			const char *expected)
{
	if (!labvalue_number(r->entry->value, address) || *address == IMAGE_DEFAULT ||
	    *address % align != 0)
		return bad_value(r, expected);
	return 0;
}

static int vm_load(const struct reader *r)
{
	return read_address(r, 4, &r->vm->load,
			    "an address of 64 bits like 0x40200000, a multiple of 4");
}

static int vm_dtb(const struct reader *r)
{
	return read_address(r, 8, &r->vm->dtb,
			    "an address of 64 bits like 0x48000000, a multiple of 8");
}

static const struct key vm_keys[] = {
	{"kernel", vm_kernel, NULL},
	{"initrd", vm_initrd, NULL},
	{"append", vm_append, NULL},
	{"vcpus", vm_vcpus, NULL},
	{"memory", vm_memory, NULL},
	{"weight", vm_weight, NULL},
	{"cap", vm_cap, NULL},
	{"pin", vm_pin, NULL},
	{"stolen_time", vm_stolen_time, NULL},
	{"conduit", vm_conduit, NULL},
	{"load", vm_load, NULL},
	{"dtb", vm_dtb, NULL},
	{NULL, NULL, NULL},
};

static int unknown_key(const struct reader *r, const struct key *keys)
{
	char expected[256] = "";

	for (const struct key *k = keys; k->name != NULL; k++) {
		if (k != keys)
			strcat(expected, k[1].name == NULL ? " or " : ", ");
		strcat(expected, k->name);
	}
	return labtext_error(r->text, r->entry->line, r->section->name, r->entry->key,
			     "unknown key; expected %s", expected);
}

static int read_section(struct reader *r, const struct key *keys)
{
	for (size_t i = 0; i < r->section->count; i++) {
		const struct key *k = keys;

		r->entry = &r->section->entry[i];
		while (k->name != NULL && strcmp(k->name, r->entry->key) != 0)
			k++;
		if (k->name == NULL)
			return unknown_key(r, keys);
		if (r->lab->kvm && k->not_kvm != NULL)
			return not_on_kvm(r, k->not_kvm, "no such key");
		if (k->read(r) != 0)
			return -1;
	}
	return 0;
}

int labkeys_lab(const struct labtext *t, const struct labtext_section *s, struct lab *lab)
{
	struct reader r = {.text = t, .section = s, .lab = lab};

	return read_section(&r, lab_keys);
}

int labkeys_vm(const struct labtext *t, const struct labtext_section *s, struct lab *lab,
	       struct lab_vm *vm)
{
	struct reader r = {.text = t, .section = s, .lab = lab, .vm = vm};

	if (read_section(&r, vm_keys) != 0)
		return -1;
	if (vm->kernel == NULL)
		return labtext_error(t, s->line, s->name, "kernel",
				     "is missing; expected the path of a kernel");
	return 0;
}
