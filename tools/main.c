/* SPDX-License-Identifier: BSD-2-Clause */
/* The pvtime command: one binary, a table of subcommands. */
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "tools/command.h"
#include "tools/report.h"
#include "pvtime/version.h"

static int help_command(int argc, char **argv);

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help; /* one line */
} commands[] = {
	{"lab", lab_command, "run guests on shared CPUs and report the time stolen from each"},
	{"conform", conform_command, "test hypervisors against the rules of stolen time"},
	{"bench", bench_command, "measure what the paths of a hypervisor cost"},
	{"exec", exec_command, "start a VMM on Linux KVM and give its guest stolen time"},
	{"probe", probe_command, "report whether this machine supports stolen time"},
	{"top", top_command,
	 "report which vCPUs of this KVM host wait for a CPU, and what runs meanwhile"},
	{"help", help_command, "print the commands, or the options of one command"},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static void usage(FILE *out)
{
	fputs("usage: pvtime COMMAND [ARGUMENT...]\n"
	      "       pvtime --version\n\n",
	      out);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].help);
	fputs("\n'pvtime help COMMAND' prints the options of a command. The manual is pvtime(1).\n",
	      out);
}

static int unknown(const char *name)
{
	report("'%s' is not a command; 'pvtime help' lists them", name);
	return STATUS_USAGE;
}

static int help_command(int argc, char **argv)
{
	if (argc > 2) {
		report("help: expected at most one command");
		return STATUS_USAGE;
	}
	if (argc < 2) {
		usage(stdout);
		return STATUS_OK;
	}
	const struct command *command = find(argv[1]);
	if (command == NULL)
		return unknown(argv[1]);
	if (command->run == help_command) {
		printf("usage: pvtime help [COMMAND]\n\nPrint the commands, or the options of COMMAND.\n");
		return STATUS_OK;
	}
	static char option[] = "--help";
	return command->run(2, (char *[]){argv[1], option, NULL});
}

/*
 * If a standard stream is closed, the next pipe or file would get its descriptor number, and output
 * would go there. So open /dev/null in its place, read-only: reading finds the end of the file, and
 * writing still fails, because lost output is not a success.
 */
static void open_standard_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

static int finish(int status)
{
	/* A failed command has already reported why. */
	if ((fflush(stdout) != 0 || ferror(stdout)) && status == STATUS_OK) {
		report("standard output: %m");
		return STATUS_FAILED;
	}
	return status;
}

int main(int argc, char **argv)
{
	open_standard_streams();
	setlocale(LC_CTYPE, "");
	if (argc < 2) {
		usage(stderr);
		return STATUS_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		puts("pvtime " PVTIME_VERSION_STRING);
		return finish(STATUS_OK);
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		usage(stdout);
		return finish(STATUS_OK);
	}
	const struct command *command = find(argv[1]);
	if (command == NULL)
		return unknown(argv[1]);
	return finish(command->run(argc - 1, argv + 1));
}
