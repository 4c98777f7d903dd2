/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads what the runtime needs from the FDT. */
#include "../hypervisor/string.h"
#include "board.h"
#include "cpu.h"
#include "psci.h"
#include "start.h"
#include "sysreg.h"

#define VIRT_RAM	 0x40000000u
#define MPIDR_AFFINITY	 0xff00ffffffull
#define VTIMER_OTHERWISE 27u
#define PTIMER_OTHERWISE 30u

struct board board;

uint64_t board_find_fdt(uint64_t x0)
{
	uint64_t fdt = x0 ? x0 : VIRT_RAM;

	return dt_bytes((const void *)(uintptr_t)fdt) ? fdt : 0;
}

static bool read_reg(const struct dt_node *node, unsigned index, struct board_range *range)
{
	struct dt_range r;

	if (!dt_reg(&board.fdt, node, index, &r))
		return false;
	*range = (struct board_range){r.base, r.size};
	return true;
}

static enum board_console uart_kind(const struct dt_node *node)
{
	static const char *const kinds_8250[] = {"ns16550a", "ns16550", "ns8250",
						 "snps,dw-apb-uart"};

	if (!dt_is_enabled(&board.fdt, node))
		return BOARD_CONSOLE_NONE;
	if (dt_is_compatible(&board.fdt, node, "arm,pl011"))
		return BOARD_CONSOLE_PL011;
	if (dt_is_compatible(&board.fdt, node, "arm,sbsa-uart"))
		return BOARD_CONSOLE_SBSA;
	for (size_t i = 0; i < sizeof kinds_8250 / sizeof kinds_8250[0]; i++) {
		if (dt_is_compatible(&board.fdt, node, kinds_8250[i]))
			return BOARD_CONSOLE_8250;
	}
	return BOARD_CONSOLE_NONE;
}

static bool use_uart(const struct dt_node *node)
{
	enum board_console kind = uart_kind(node);

	if (kind == BOARD_CONSOLE_NONE || !read_reg(node, 0, &board.uart))
		return false;
	board.console = kind;
	board.uart_shift = dt_number(&board.fdt, node, "reg-shift", 0);
	board.uart_width = dt_number(&board.fdt, node, "reg-io-width", 1);
	return true;
}

static void find_console(const char *stdout_path)
{
	const char *options = strchr(stdout_path, ':');
	size_t length = options ? (size_t)(options - stdout_path) : strlen(stdout_path);
	struct dt_node node;

	if (dt_find_path(&board.fdt, stdout_path, length, &node) && use_uart(&node))
		return;
	for (bool more = dt_root(&board.fdt, &node); more; more = dt_next(&board.fdt, &node)) {
		if (use_uart(&node))
			return;
	}
	if (dt_find(&board.fdt, "xen,xen", &node))
		board.console = BOARD_CONSOLE_XEN;
}

static void read_chosen(void)
{
	struct dt_node chosen;
	const char *stdout_path = "", *bootargs = "";

	if (dt_find_path(&board.fdt, "/chosen", 7, &chosen)) {
		stdout_path = dt_text(&board.fdt, &chosen, "stdout-path");
		bootargs = dt_text(&board.fdt, &chosen, "bootargs");
	}
	find_console(stdout_path);
	if (strlen(bootargs) < sizeof board.bootargs)
		memcpy(board.bootargs, bootargs, strlen(bootargs));
}

static void add_bank(const struct board_range *bank)
{
	uint64_t image = (uint64_t)(uintptr_t)_start;

	if (!bank->size || board.bank_count == BOARD_BANKS)
		return;
	board.banks[board.bank_count++] = *bank;
	if (image >= bank->base && image - bank->base < bank->size)
		board.ram = *bank;
}

static void read_memory(void)
{
	struct dt_node node;
	struct board_range bank;

	for (bool more = dt_root(&board.fdt, &node); more; more = dt_next(&board.fdt, &node)) {
		if (strcmp(dt_text(&board.fdt, &node, "device_type"), "memory") != 0 ||
		    !dt_is_enabled(&board.fdt, &node))
			continue;
		for (unsigned i = 0; read_reg(&node, i, &bank); i++)
			add_bank(&bank);
	}
	if (dt_find_path(&board.fdt, "/reserved-memory/pvtime", 23, &node))
		read_reg(&node, 0, &board.stolen_time);
}

static void read_cpus(void)
{
	struct dt_node list, node;
	struct dt_range id;

	cpus[0].mpidr = sysreg_read("mpidr_el1") & MPIDR_AFFINITY;
	board.cpus = 1;
	if (!dt_find_path(&board.fdt, "/cpus", 5, &list))
		return;
	for (node = list; dt_next(&board.fdt, &node) && dt_within(&node, &list);) {
		if (strcmp(dt_text(&board.fdt, &node, "device_type"), "cpu") != 0 ||
		    !dt_is_enabled(&board.fdt, &node) || !dt_reg_raw(&board.fdt, &node, 0, &id))
			continue;
		if (id.base != cpus[0].mpidr && board.cpus < CPU_MAX)
			cpus[board.cpus++].mpidr = id.base;
	}
}

static void read_gicv3(const struct dt_node *node)
{
	unsigned regions = dt_number(&board.fdt, node, "#redistributor-regions", 1);

	board.gic_version = 3;
	read_reg(node, 0, &board.gicd);
	for (unsigned i = 0; i < regions && i < BOARD_REGIONS; i++)
		read_reg(node, 1 + i, &board.gicr[i]);
	board.gicr_stride = dt_number(&board.fdt, node, "redistributor-stride", 0);
}

static void read_gic(void)
{
	struct dt_node node;

	if (dt_find(&board.fdt, "arm,gic-v3", &node)) {
		read_gicv3(&node);
	} else if (dt_find(&board.fdt, "arm,gic-400", &node) ||
		   dt_find(&board.fdt, "arm,cortex-a15-gic", &node)) {
		board.gic_version = 2;
		read_reg(&node, 0, &board.gicd);
		read_reg(&node, 1, &board.gicc);
	}
}

/*
 * INTID of the timer's interrupt `index`, of three cells {0 = shared or 1 = private, number,
 * flags}.
 */
static unsigned timer_intid(const struct dt_value *interrupts, unsigned index, unsigned otherwise)
{
	uint32_t number = dt_cell(interrupts, 3 * index + 1, 0);

	if (interrupts->size / 12 <= index)
		return otherwise;
	return number + (dt_cell(interrupts, 3 * index, 0) ? 16 : 32);
}

static void read_timer(void)
{
	struct dt_value interrupts = {NULL, 0};
	struct dt_node node;

	if (dt_find(&board.fdt, "arm,armv8-timer", &node) ||
	    dt_find(&board.fdt, "arm,armv7-timer", &node))
		dt_property(&board.fdt, &node, "interrupts", &interrupts);
	board.ptimer = timer_intid(&interrupts, 1, PTIMER_OTHERWISE);
	board.vtimer = timer_intid(&interrupts, 2, VTIMER_OTHERWISE);
}

static void read_psci(void)
{
	struct dt_node node;

	if (dt_find(&board.fdt, "arm,psci-1.0", &node) ||
	    dt_find(&board.fdt, "arm,psci-0.2", &node) || dt_find(&board.fdt, "arm,psci", &node))
		board.smc = strcmp(dt_text(&board.fdt, &node, "method"), "smc") == 0;
}

void board_init(uint64_t fdt)
{
	if (!fdt || !dt_open(&board.fdt, (const void *)(uintptr_t)fdt))
		psci_system_off();
	read_psci();
	read_memory();
	read_gic();
	read_timer();
	read_chosen();
	read_cpus();
}

/*
 * The text after `name` in the command line, if `name` is a whole word or the part before '=';
 * otherwise NULL.
 */
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

bool board_arg_text(const char *name, char *text, size_t room)
{
	const char *p = find_arg(name);
	size_t n = 0;

	if (p && *p == '=') {
		for (p++; *p && *p != ' ' && n + 1 < room; p++)
			text[n++] = *p;
	}
	if (room)
		text[n] = '\0';
	return n != 0;
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
