/* SPDX-License-Identifier: BSD-2-Clause */
/* The order of a run: the heading, each chosen path, the last line. */
#include "guest/board.h"
#include "guest/console.h"
#include "guest/pvtime.h"
#include "guest/start.h"
#include "guest/timer.h"
#include "hypervisor/string.h"
#include "paths.h"

#define N_MAX 1000000u

static const struct {
	const char *name;
	void (*run)(struct series *series);
	uint64_t n, batches;
} paths[] = {
	{"empty", path_empty, 1000, 100},
	{"features_hvc", path_features_hvc, 1000, 100},
	{"features_smc", path_features_smc, 1000, 100},
	{"smccc_version_hvc", path_version_hvc, 1000, 100},
	{"smccc_version_smc", path_version_smc, 1000, 100},
	{"st_hvc", path_st_hvc, 1000, 100},
	{"st_smc", path_st_smc, 1000, 100},
	{"unknown_hvc", path_unknown_hvc, 1000, 100},
	{"unknown_smc", path_unknown_smc, 1000, 100},
	{"idreg", path_idreg, 1000, 100},
	{"gicd", path_gicd, 1000, 100},
	{"publish", path_publish, 1000, 100},
	{"guest_read", path_guest_read, 1000, 100},
	{"guest_stolen", path_guest_stolen, 1000, 100},
	{"switch", path_switch, 200, 20},
	{"switch_steal", path_switch_steal, 16, 10},
	{"wfi_timer", path_wfi_timer, 10, 20},
	{"timer_idle", path_timer_idle, 10, 20},
	{"ipi", path_ipi, 10, 100},
	{"ipi_one_cpu", path_ipi_one_cpu, 100, 100},
};

#define PATHS (sizeof paths / sizeof paths[0])

/* A number from the command line, limited to 1 to `most`. */
static uint64_t word_number(const char *name, uint64_t otherwise, uint64_t most)
{
	uint64_t value = board_arg(name, otherwise);

	return value < 1 ? 1 : value > most ? most : value;
}

static void run(size_t i)
{
	static struct series series;

	memset(&series, 0, sizeof series);
	series.name = paths[i].name;
	series.n = word_number("n", paths[i].n, N_MAX);
	series.batches = word_number("batches", paths[i].batches, BATCHES_MAX);
	paths[i].run(&series);
}

static void run_named(const char *name)
{
	const struct series unknown = {.name = name};

	for (size_t i = 0; i < PATHS; i++) {
		if (strcmp(paths[i].name, name) == 0) {
			run(i);
			return;
		}
	}
	series_skip(&unknown, "the benchmark has no such path");
}

/* Run the paths of a list with commas. Overwrites the commas. */
static void run_list(char *list)
{
	char *comma;

	for (; list; list = comma ? comma + 1 : NULL) {
		comma = strchr(list, ',');
		if (comma)
			*comma = '\0';
		run_named(list);
	}
}

static void print_heading(void)
{
	bool present = pvtime_register() == PVTIME_GUEST_OK;

	console_print("# bench cpus=%u conduit=%s stolen_time=%s cntfrq=%u\n", board.cpus,
		      board.smc ? "smc" : "hvc", present ? "present" : "absent", timer_frequency());
}

int main(void)
{
	static char list[1024];

	print_heading();
	if (!measure_calibrate()) {
		console_print(
			"Bail out! the clock does not count instructions: expected an emulator that executes one instruction in each nanosecond\n");
		return 1;
	}
	if (board_arg_text("paths", list, sizeof list)) {
		run_list(list);
	} else {
		for (size_t i = 0; i < PATHS; i++)
			run(i);
	}
	console_print("# bench done\n");
	return 0;
}
