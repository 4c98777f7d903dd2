/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_COMMAND_H
#define TOOLS_COMMAND_H

/* Exit statuses of every subcommand; its manual lists what each status means for it. */
enum command_status {
	STATUS_OK = 0,
	STATUS_FAILED = 1, /* the command ran, and its result is bad */
	STATUS_USAGE = 2,  /* a file or an option is wrong; nothing was started */
};

/*
 * The subcommands. argv[0] is the subcommand's name; the return value is the exit status. --help
 * prints the options; `pvtime help COMMAND` calls the subcommand with it.
 */
int lab_command(int argc, char **argv);
int conform_command(int argc, char **argv);
int bench_command(int argc, char **argv);
int exec_command(int argc, char **argv);
int probe_command(int argc, char **argv);
int top_command(int argc, char **argv);

#endif
