/* SPDX-License-Identifier: BSD-2-Clause */
/* The one file that reads the FDT. */
#include <libfdt.h>
#include "board.h"
#include "cpu.h"
#include "psci.h"

struct board board = {.vtimer = 27, .ptimer = 30};

/* reg[index] of a node, by its parent's #address-cells and #size-cells. */
static struct board_range read_reg(const void *fdt, int node, int index)
{
	int parent = fdt_parent_offset(fdt, node);
	int address_cells = fdt_address_cells(fdt, parent),
	    size_cells = fdt_size_cells(fdt, parent);
	uint64_t value[2] = {0, 0};
	int length;
	const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &length);

	if (!reg || address_cells < 0 || size_cells < 0 ||
	    length < (index + 1) * (address_cells + size_cells) * 4)
		return (struct board_range){0, 0};
	reg += index * (address_cells + size_cells);
	for (int i = 0; i < address_cells; i++)
		value[0] = value[0] << 32 | fdt32_ld(reg++);
	for (int i = 0; i < size_cells; i++)
		value[1] = value[1] << 32 | fdt32_ld(reg++);
	return (struct board_range){value[0], value[1]};
}

static int find(const void *fdt, const char *compatible)
{
	return fdt_node_offset_by_compatible(fdt, -1, compatible);
}

static void read_chosen(const void *fdt)
{
	int chosen = fdt_path_offset(fdt, "/chosen"), uart = -1, length;
	const char *text;

	text = fdt_getprop(fdt, chosen, "stdout-path", &length);
	if (text) {
		const char *options = memchr(text, ':', (size_t)length);

		uart = fdt_path_offset_namelen(fdt, text,
					       options ? (int)(options - text) : length - 1);
	}
	if (uart < 0)
		uart = find(fdt, "arm,pl011");
	if (uart >= 0)
		board.uart = read_reg(fdt, uart, 0);

	text = fdt_getprop(fdt, chosen, "bootargs", &length);
	if (text && length > 0 && (size_t)length <= sizeof board.bootargs)
		memcpy(board.bootargs, text, (size_t)length - 1);
}

static void read_cpus(const void *fdt)
{
	uint64_t self = board.cpus = 0;
	int node;

	__asm__("mrs %0, mpidr_el1" : "=r"(self));
	cpus[0].mpidr = self & 0xff00ffffff;
	board.cpus = 1;
	fdt_for_each_subnode(node, fdt, fdt_path_offset(fdt, "/cpus"))
	{
		const char *type = fdt_getprop(fdt, node, "device_type", NULL);
		uint64_t mpidr;

		if (!type || strcmp(type, "cpu") != 0)
			continue;
		mpidr = read_reg(fdt, node, 0).base;
		if (mpidr != cpus[0].mpidr && board.cpus < CPU_MAX)
			cpus[board.cpus++].mpidr = mpidr;
	}
}

/* INTID of interrupt `index` of the timer: three cells {0 shared or 1 private, number, flags}. */
static unsigned timer_intid(const void *fdt, int index, unsigned otherwise)
{
	int length;
	const fdt32_t *p = fdt_getprop(fdt, find(fdt, "arm,armv8-timer"), "interrupts", &length);

	if (!p || length < (index + 1) * 12)
		return otherwise;
	p += index * 3;
	return fdt32_ld(p + 1) + (fdt32_ld(p) ? 16 : 32);
}

void board_init(uint64_t address)
{
	const void *fdt = (const void *)(uintptr_t)address;
	int node = fdt_check_header(fdt) ? -1 : fdt_path_offset(fdt, "/");
	const char *method;

	if (node < 0)
		psci_system_off();
	node = fdt_node_offset_by_compatible(fdt, -1, "arm,psci-1.0");
	if (node < 0)
		node = fdt_path_offset(fdt, "/psci");
	method = fdt_getprop(fdt, node, "method", NULL);
	board.smc = method && strcmp(method, "smc") == 0;

	node = fdt_node_offset_by_prop_value(fdt, -1, "device_type", "memory", 7);
	board.ram = read_reg(fdt, node, 0);
	node = find(fdt, "arm,gic-v3");
	if (node >= 0) {
		board.gicd = read_reg(fdt, node, 0);
		board.gicr = read_reg(fdt, node, 1);
	}
	node = fdt_path_offset(fdt, "/reserved-memory/pvtime");
	if (node >= 0)
		board.stolen_time = read_reg(fdt, node, 0);
	board.ptimer = timer_intid(fdt, 1, board.ptimer);
	board.vtimer = timer_intid(fdt, 2, board.vtimer);
	read_chosen(fdt);
	read_cpus(fdt);
}

/* The text behind `name` in the command line, where it is a whole word or the part before '='. */
static const char *find_arg(const char *name)
{
	size_t n = strlen(name);

	for (const char *p = board.bootargs; *p;) {
		const char *end = strchr(p, ' ');

		if (strncmp(p, name, n) == 0 && (p[n] == '=' || p[n] == ' ' || !p[n]))
			return p + n;
		if (!end)
			break;
		p = end + 1;
	}
	return NULL;
}

bool board_has_arg(const char *name)
{
	return find_arg(name) != NULL;
}

uint64_t board_arg(const char *name, uint64_t otherwise)
{
	const char *p = find_arg(name);
	uint64_t value = 0;

	if (!p || *p++ != '=' || *p < '0' || *p > '9')
		return otherwise;
	for (; *p >= '0' && *p <= '9'; p++)
		value = value * 10 + (unsigned)(*p - '0');
	return value;
}
