/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The programs that bench/top/run runs on a Linux host whose counter counts instructions.
 *
 *   load turns THIEVES [vcpu]       threads take turns on one CPU: turns.c
 *   load messages N [vcpu]          two threads send each other messages: messages.c
 *   load vms VMS VCPUS BUNCH WORK   many VMs: vms.c
 *   load screen COMMAND...          run a command on a terminal that nobody sees: screen.c
 *   load maps                       print the maps of BPF programs: maps.c
 *   load empty                      attach a BPF program that does nothing: empty.c
 */
#include <stdlib.h>
#include <string.h>
#include "bench/top/load.h"

unsigned number(const char *word, unsigned most)
{
	char *end;
	unsigned long value = word == NULL ? 0 : strtoul(word, &end, 10);

	if (word == NULL || *word == '\0' || *end != '\0' || value > most)
		errx(2, "'%s' is wrong; expected a number from 0 to %u", word == NULL ? "" : word,
		     most);
	return (unsigned)value;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*function)(char **words);
	} commands[] = {{"turns", measure_turns}, {"messages", measure_messages},
			{"vms", run_vms},	  {"screen", run_on_screen},
			{"maps", tell_maps},	  {"empty", attach_empty}};

	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(argv[1], commands[i].name) == 0) {
			commands[i].function(argv + 2);
			return 0;
		}
	errx(2, "expected turns, messages, vms, screen, maps or empty");
}
