/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <libfdt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "tools/run/child.h"
#include "tools/run/file.h"
#include "tools/run/process.h"
#include "tools/run/xen_domain.h"

#define TREE_MAX     (2u << 20) /* Linux's boot protocol */
#define ROOM	     4096u	/* for the nodes of the domains */
#define ARGUMENTS    64u
#define DUMP_SECONDS 60u

/* Let QEMU write the device tree of a machine, without starting it. */
static bool dump(const char *const *machine, const char *path, char *why)
{
	const char *argv[ARGUMENTS];
	char option[PATH_MAX + 16], end[64] = "late";
	const char *const more[] = {"-machine",	   option,     "-seed", "1",
				    "-nodefaults", "-display", "none",	"-serial",
				    "none",	   "-nic",     "none",	NULL};
	size_t n = 0;
	int status = 0;

	for (; machine[n] != NULL && n < ARGUMENTS; n++)
		argv[n] = machine[n];
	if (n + sizeof(more) / sizeof(more[0]) > ARGUMENTS) {
		snprintf(why, RUN_WHY, "%zu arguments of QEMU are too many", n);
		return false;
	}
	memcpy(argv + n, more, sizeof(more));
	snprintf(option, sizeof(option), "dumpdtb=%s", path);
	enum child_end ended = child_run(argv, NULL, NULL, DUMP_SECONDS, &status);
	if (ended == CHILD_ENDED && status == 0)
		return true;
	if (ended == CHILD_ENDED)
		process_describe(status, end, sizeof(end));
	snprintf(why, RUN_WHY, "QEMU ended %s; expected the machine's device tree in %.300s",
		 ended == CHILD_NONE ? strerror(errno) : end, path);
	return false;
}

/* Properties that several calls add; the first error of libfdt stays in `error`. */
struct tree {
	void *fdt;
	int error;
};

static int add_node(struct tree *t, int parent, const char *name)
{
	int node = t->error == 0 ? fdt_add_subnode(t->fdt, parent, name) : t->error;

	if (node < 0)
		t->error = node;
	return node;
}

static void add(struct tree *t, int node, const char *name, const void *value, size_t size)
{
	if (t->error == 0)
		t->error = fdt_setprop(t->fdt, node, name, value, (int)size);
}

static void add_u32(struct tree *t, int node, const char *name, uint32_t value)
{
	if (t->error == 0)
		t->error = fdt_setprop_u32(t->fdt, node, name, value);
}

static void add_domain(struct tree *t, int chosen, const struct xen_domain *d, uint64_t kernel_size)
{
	static const char kind[] = "multiboot,kernel\0multiboot,module";
	uint64_t reg[2] = {cpu_to_fdt64(d->kernel_at), cpu_to_fdt64(kernel_size)};
	uint64_t kib = cpu_to_fdt64(XEN_DOMAIN_MIB * 1024);
	char name[64];
	int node = add_node(t, chosen, d->name);

	add(t, node, "compatible", "xen,domain", sizeof("xen,domain"));
	add_u32(t, node, "#address-cells", 2);
	add_u32(t, node, "#size-cells", 2);
	add(t, node, "memory", &kib, sizeof(kib));
	add_u32(t, node, "cpus", d->vcpus);
	if (d->console)
		add(t, node, "vpl011", NULL, 0);
	snprintf(name, sizeof(name), "module@%llx", (unsigned long long)d->kernel_at);
	node = add_node(t, node, name);
	add(t, node, "compatible", kind, sizeof(kind));
	add(t, node, "reg", reg, sizeof(reg));
	if (d->bootargs != NULL)
		add(t, node, "bootargs", d->bootargs, strlen(d->bootargs) + 1);
}

/*
 * Without dom0, Xen does not take its command line from the property bootargs, where QEMU puts it.
 * So copy it to Xen's own.
 */
static void copy_command_line(struct tree *t, int chosen)
{
	char words[1024];
	const char *value = fdt_getprop(t->fdt, chosen, "bootargs", NULL);

	/* Adding a property moves the value. */
	snprintf(words, sizeof(words), "%s", value != NULL ? value : "");
	add(t, chosen, "xen,xen-bootargs", words, strlen(words) + 1);
}

/* Add the domains to the tree in `fdt`, which has ROOM more bytes than it needs. */
static bool add_domains(void *fdt, const struct xen_domain *domains, unsigned count, char *why)
{
	struct tree tree = {.fdt = fdt};
	int chosen = fdt_path_offset(fdt, "/chosen");

	if (chosen < 0)
		tree.error = chosen;
	else
		copy_command_line(&tree, chosen);
	/* libfdt puts a new node before its siblings, and Xen makes the domains in their order. */
	for (unsigned i = count; i-- > 0 && tree.error == 0;) {
		struct stat file;

		if (stat(domains[i].kernel, &file) != 0) {
			snprintf(why, RUN_WHY, "%.300s: %s", domains[i].kernel, strerror(errno));
			return false;
		}
		add_domain(&tree, chosen, &domains[i], (uint64_t)file.st_size);
	}
	if (tree.error != 0)
		snprintf(why, RUN_WHY, "the domains' device tree: %s", fdt_strerror(tree.error));
	return tree.error == 0;
}

bool xen_domain_tree(const char *const *argv, const struct xen_domain *domains, unsigned count,
		     const char *path, char *why)
{
	size_t length = 0;

	if (!dump(argv, path, why))
		return false;
	char *old = file_read(path, TREE_MAX, &length);
	void *fdt = malloc(TREE_MAX + ROOM);
	int error = old == NULL || fdt == NULL ? -FDT_ERR_NOSPACE
					       : fdt_open_into(old, fdt, TREE_MAX + ROOM);
	bool good = error == 0 && add_domains(fdt, domains, count, why);

	if (error != 0)
		snprintf(why, RUN_WHY, "%.300s: %s", path,
			 old == NULL ? strerror(errno) : fdt_strerror(error));
	if (good && (fdt_pack(fdt) != 0 || !file_write(path, fdt, fdt_totalsize(fdt)))) {
		snprintf(why, RUN_WHY, "%.300s: %s", path, strerror(errno));
		good = false;
	}
	free(old);
	free(fdt);
	return good;
}
