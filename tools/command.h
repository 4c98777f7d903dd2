/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_COMMAND_H
#define TOOLS_COMMAND_H

/*
 * Exit statuses of every subcommand; each subcommand's manual lists what each of them stands for.
 */
enum command_status {
	STATUS_OK = 0,
	STATUS_FAILED = 1, /* it ran, and the result is bad */
	STATUS_USAGE = 2,  /* a file or an option is wrong; nothing was started */
};

/*
 * The subcommands. argv[0] is the subcommand's name; the result is the exit status. --help prints
 * the options, and is what `pvtime help COMMAND` calls.
 */
int lab_command(int argc, char **argv);
int conform_command(int argc, char **argv);
int bench_command(int argc, char **argv);
int exec_command(int argc, char **argv);
int probe_command(int argc, char **argv);

#endif
