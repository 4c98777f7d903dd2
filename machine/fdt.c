/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/fdt.h"
#include "machine/map.h"
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

/* Cells of an interrupt specifier: Linux, bindings/interrupt-controller/arm,gic-v3.yaml. */
#define GIC_SPI	       0u
#define GIC_PPI	       1u
#define GIC_LEVEL_HIGH 4u
#define PPI(intid)     GIC_PPI, intid - 16u, GIC_LEVEL_HIGH
#define SPI(intid)     GIC_SPI, intid - 32u, GIC_LEVEL_HIGH

#define PHANDLE_CLOCK 0x8000u
#define PHANDLE_GIC   0x8001u
#define PHANDLE_CPU0  0x8010u

#define HI(address) (uint32_t)((uint64_t)(address) >> 32)
#define LO(address) (uint32_t)(address)
#define PAIR(v)	    HI(v), LO(v)

/*
 * The FDT of QEMU gives redistributors the room up to the UART, whatever the number of CPUs.
 * GICR_TYPER of the last one marks it as the last.
 */
#define GICR_ROOM (MAP_UART_BASE - MAP_GICR_BASE)

#define PSCI_CPU_SUSPEND64 0xc4000001u
#define PSCI_CPU_OFF	   0x84000002u
#define PSCI_CPU_ON64	   0xc4000003u

/* A tree being written. After the first error, which is kept, all functions do nothing. */
struct tree {
	void *buffer;
	int error;
};

static void begin(struct tree *t, const char *name)
{
	if (t->error == 0)
		t->error = fdt_begin_node(t->buffer, name);
}

static void end(struct tree *t)
{
	if (t->error == 0)
		t->error = fdt_end_node(t->buffer);
}

static void bytes(struct tree *t, const char *name, const void *value, size_t size)
{
	if (t->error == 0)
		t->error = fdt_property(t->buffer, name, value, (int)size);
}

static void string(struct tree *t, const char *name, const char *value)
{
	bytes(t, name, value, strlen(value) + 1);
}

static void cells(struct tree *t, const char *name, const uint32_t *value, size_t count)
{
	void *place = NULL;

	if (t->error != 0)
		return;
	t->error = fdt_property_placeholder(t->buffer, name, (int)(count * 4), &place);
	for (size_t i = 0; t->error == 0 && i < count; i++)
		fdt32_st((uint8_t *)place + 4 * i, value[i]);
}

#define CELLS(t, name, ...) \
	cells(t, name, (const uint32_t[]){__VA_ARGS__}, sizeof((uint32_t[]){__VA_ARGS__}) / 4)
#define FLAG(t, name) bytes(t, name, "", 0)

static const struct {
	const char *name, *compatible;
} cpus[] = {
	{"cortex-a57", "arm,cortex-a57"},
	{"cortex-a72", "arm,cortex-a72"},
	{"neoverse-n1", "arm,neoverse-n1"},
	{"max", "arm,cortex-a57"}, /* as in QEMU, whose max is derived from it */
	{"host", "arm,arm-v8"},	   /* KVM's: the host's CPU, of any model */
};

const char *machine_cpu_compatible(const char *cpu)
{
	for (size_t i = 0; i < sizeof(cpus) / sizeof(cpus[0]); i++) {
		if (strcmp(cpu, cpus[i].name) == 0)
			return cpus[i].compatible;
	}
	return NULL;
}

static void chosen(struct tree *t, const struct machine_fdt *c)
{
	uint64_t initrd_end = c->initrd + c->initrd_size;

	begin(t, "chosen");
	CELLS(t, "kaslr-seed", PAIR(c->kaslr_seed));
	bytes(t, "rng-seed", c->rng_seed, sizeof(c->rng_seed));
	string(t, "stdout-path", "/pl011@9000000");
	if (c->bootargs != NULL)
		string(t, "bootargs", c->bootargs);
	/* One cell each, as in QEMU's FDT. Readers take the width from the length. */
	if (c->initrd_size != 0 && HI(initrd_end) == 0) {
		CELLS(t, "linux,initrd-start", LO(c->initrd));
		CELLS(t, "linux,initrd-end", LO(initrd_end));
	} else if (c->initrd_size != 0) {
		CELLS(t, "linux,initrd-start", PAIR(c->initrd));
		CELLS(t, "linux,initrd-end", PAIR(initrd_end));
	}
	end(t);
}

static void memory(struct tree *t, const struct machine_fdt *c)
{
	begin(t, "memory@40000000");
	string(t, "device_type", "memory");
	CELLS(t, "reg", PAIR(MAP_RAM_BASE), PAIR(c->memory));
	end(t);
	if (!c->stolen_time)
		return;
	begin(t, "reserved-memory");
	CELLS(t, "#address-cells", 2);
	CELLS(t, "#size-cells", 2);
	FLAG(t, "ranges");
	begin(t, "pvtime@90a0000");
	CELLS(t, "reg", PAIR(MAP_PVTIME_BASE), PAIR(MAP_PVTIME_SIZE));
	FLAG(t, "no-map");
	end(t);
	end(t);
}

static void cpu_nodes(struct tree *t, const struct machine_fdt *c)
{
	char name[16];

	begin(t, "cpus");
	CELLS(t, "#address-cells", 1);
	CELLS(t, "#size-cells", 0);
	begin(t, "cpu-map");
	begin(t, "socket0");
	begin(t, "cluster0");
	for (uint32_t i = 0; i < c->vcpus; i++) {
		snprintf(name, sizeof(name), "core%u", i);
		begin(t, name);
		CELLS(t, "cpu", PHANDLE_CPU0 + i);
		end(t);
	}
	end(t);
	end(t);
	end(t);
	for (uint32_t i = 0; i < c->vcpus; i++) {
		snprintf(name, sizeof(name), "cpu@%u", i);
		begin(t, name);
		string(t, "device_type", "cpu");
		string(t, "compatible", machine_cpu_compatible(c->cpu));
		string(t, "enable-method", "psci");
		CELLS(t, "reg", i); /* MPIDR_EL1.Aff0 */
		CELLS(t, "phandle", PHANDLE_CPU0 + i);
		end(t);
	}
	end(t);
}

static void psci(struct tree *t, const struct machine_fdt *c)
{
	static const char compatible[] = "arm,psci-1.0\0arm,psci-0.2\0arm,psci";

	begin(t, "psci");
	bytes(t, "compatible", compatible, sizeof(compatible));
	string(t, "method", c->smc ? "smc" : "hvc");
	CELLS(t, "cpu_suspend", PSCI_CPU_SUSPEND64);
	CELLS(t, "cpu_off", PSCI_CPU_OFF);
	CELLS(t, "cpu_on", PSCI_CPU_ON64);
	end(t);
}

static void interrupts(struct tree *t)
{
	static const char timer[] = "arm,armv8-timer\0arm,armv7-timer";

	begin(t, "intc@8000000");
	string(t, "compatible", "arm,gic-v3");
	FLAG(t, "interrupt-controller");
	CELLS(t, "#interrupt-cells", 3);
	CELLS(t, "#redistributor-regions", 1);
	CELLS(t, "reg", PAIR(MAP_GICD_BASE), PAIR(MAP_GICD_SIZE), PAIR(MAP_GICR_BASE),
	      PAIR(GICR_ROOM));
	CELLS(t, "#address-cells", 2);
	CELLS(t, "#size-cells", 2);
	FLAG(t, "ranges");
	CELLS(t, "phandle", PHANDLE_GIC);
	end(t);

	begin(t, "timer");
	bytes(t, "compatible", timer, sizeof(timer));
	FLAG(t, "always-on");
	CELLS(t, "interrupts", PPI(MAP_PPI_SEC_TIMER), PPI(MAP_PPI_PTIMER), PPI(MAP_PPI_VTIMER),
	      PPI(MAP_PPI_HYP_TIMER));
	end(t);
}

static void devices(struct tree *t)
{
	static const char uart[] = "arm,pl011\0arm,primecell";
	static const char clocks[] = "uartclk\0apb_pclk";

	begin(t, "apb-pclk");
	string(t, "compatible", "fixed-clock");
	CELLS(t, "#clock-cells", 0);
	CELLS(t, "clock-frequency", MAP_UART_CLOCK_HZ);
	string(t, "clock-output-names", "clk24mhz");
	CELLS(t, "phandle", PHANDLE_CLOCK);
	end(t);

	begin(t, "pl011@9000000");
	bytes(t, "compatible", uart, sizeof(uart));
	CELLS(t, "reg", PAIR(MAP_UART_BASE), PAIR(MAP_UART_SIZE));
	CELLS(t, "interrupts", SPI(MAP_SPI_UART));
	CELLS(t, "clocks", PHANDLE_CLOCK, PHANDLE_CLOCK);
	bytes(t, "clock-names", clocks, sizeof(clocks));
	end(t);
}

/*
 * The two banks read as erased and ignore commands, so a CFI probe finds no chip in them, reports
 * that and continues. The node exists because boot loaders look for their settings in it; for
 * erased flash they have defaults.
 */
static void flash(struct tree *t)
{
	begin(t, "flash@0");
	string(t, "compatible", "cfi-flash");
	CELLS(t, "reg", PAIR(MAP_FLASH_BASE), PAIR(MAP_FLASH_SIZE / 2),
	      PAIR(MAP_FLASH_BASE + MAP_FLASH_SIZE / 2), PAIR(MAP_FLASH_SIZE / 2));
	CELLS(t, "bank-width", 4);
	end(t);
}

/* The alarm of this clock has no interrupt. */
static void clock(struct tree *t)
{
	static const char rtc[] = "arm,pl031\0arm,primecell";

	begin(t, "pl031@9010000");
	bytes(t, "compatible", rtc, sizeof(rtc));
	CELLS(t, "reg", PAIR(MAP_RTC_BASE), PAIR(MAP_RTC_SIZE));
	CELLS(t, "clocks", PHANDLE_CLOCK);
	string(t, "clock-names", "apb_pclk");
	end(t);
}

int machine_fdt_build(const struct machine_fdt *c, void *buffer, size_t size)
{
	struct tree t = {buffer, 0};

	if (c->vcpus < 1 || c->vcpus > MAP_MAX_VCPUS_PER_VM ||
	    machine_cpu_compatible(c->cpu) == NULL)
		return -FDT_ERR_BADVALUE;
	t.error = fdt_create(buffer, (int)(size < INT32_MAX ? size : INT32_MAX));
	if (t.error == 0)
		t.error = fdt_finish_reservemap(buffer);
	begin(&t, "");
	string(&t, "compatible", "linux,dummy-virt");
	string(&t, "model", "linux,dummy-virt");
	CELLS(&t, "#address-cells", 2);
	CELLS(&t, "#size-cells", 2);
	CELLS(&t, "interrupt-parent", PHANDLE_GIC);
	chosen(&t, c);
	memory(&t, c);
	cpu_nodes(&t, c);
	psci(&t, c);
	interrupts(&t);
	devices(&t);
	clock(&t);
	flash(&t);
	end(&t);
	if (t.error == 0)
		t.error = fdt_finish(buffer);
	return t.error == 0 ? (int)fdt_totalsize(buffer) : t.error;
}

/* splitmix64: every bit of the state reaches every bit of the result. */
static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

void machine_fdt_seed(struct machine_fdt *c, uint64_t seed, uint32_t vm)
{
	/*
	 * Hash the seed before adding the index: otherwise VM 1 of seed 1 would get the seeds of VM
	 * 0 of seed 2.
	 */
	uint64_t state = next(&seed) + vm;
	state = next(&state);

	c->kaslr_seed = next(&state);
	for (size_t i = 0; i < sizeof(c->rng_seed); i += 8)
		fdt64_st(c->rng_seed + i, next(&state));
}
