/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/probe/files.h"
#include "tools/probe/vm_name.h"

/*
 * The VMMs whose option for the name is not QEMU's. A program's file often has a version or an
 * architecture in its name as well (firecracker-v1.7.0-aarch64, lkvm-static).
 */
static const struct vmm {
	const char *program; /* a part of the name of the program's file */
	const char *option;
	bool socket; /* the value is that of Cloud Hypervisor's --api-socket */
} vmms[] = {
	{"firecracker", "--id", false},
	{"crosvm", "--name", false},
	{"lkvm", "--name", false},
	{"cloud-hypervisor", "--api-socket", true},
};

/*
 * Take a value of QEMU's syntax, which ends at a comma; ",," stands for a comma. `name` is NULL if
 * the value is not wanted. Returns what follows the comma, or the end.
 */
static const char *take_value(char *name, size_t room, const char *value)
{
	size_t n = 0;

	for (; *value != '\0'; value++) {
		if (*value == ',' && *++value != ',')
			break;
		if (name != NULL && n < room - 1)
			name[n++] = *value;
	}
	if (name != NULL)
		name[n] = '\0';
	return value;
}

/* The value of QEMU's -name: [guest=]NAME[,KEY=VALUE...]. Only the first value may lack its key. */
static void take_qemu(char *name, size_t room, const char *value)
{
	bool first = true;

	while (*value != '\0') {
		size_t key = strcspn(value, "=,");
		bool guest = first;

		if (value[key] == '=') {
			guest = key == strlen("guest") && strncmp(value, "guest", key) == 0;
			value += key + 1;
		}
		value = take_value(guest ? name : NULL, room, value);
		first = false;
	}
}

/*
 * The value of Cloud Hypervisor's --api-socket: [path=]PATH, or fd=N. The whole path is the name,
 * because many VMs may have the same last part (Kata's are all DIRECTORY/clh-api.sock).
 */
static void take_socket(char *name, size_t room, const char *value)
{
	if (strncmp(value, "fd=", strlen("fd=")) == 0)
		return;
	if (strncmp(value, "path=", strlen("path=")) == 0)
		value += strlen("path=");
	snprintf(name, room, "%s", value);
}

static void take(char *name, size_t room, const struct vmm *vmm, const char *value)
{
	if (vmm == NULL)
		take_qemu(name, room, value);
	else if (vmm->socket)
		take_socket(name, room, value);
	else
		snprintf(name, room, "%s", value);
}

/* NULL: QEMU, or a program that is not known, whose options are taken for QEMU's. */
static const struct vmm *vmm_of(const char *program)
{
	const char *slash = strrchr(program, '/');

	for (size_t i = 0; i < sizeof(vmms) / sizeof(vmms[0]); i++)
		if (strstr(slash != NULL ? slash : program, vmms[i].program) != NULL)
			return &vmms[i];
	return NULL;
}

/*
 * Whether an argument is the option for the name. Sets *value if it contains the value, as
 * --OPTION=VALUE, which QEMU does not have.
 */
static bool is_option(const struct vmm *vmm, const char *argument, const char **value)
{
	*value = NULL;
	if (vmm == NULL)
		return strcmp(argument, "-name") == 0 || strcmp(argument, "--name") == 0;
	size_t n = strlen(vmm->option);
	if (strncmp(argument, vmm->option, n) != 0)
		return false;
	if (argument[n] == '=')
		*value = argument + n + 1;
	return argument[n] == '=' || argument[n] == '\0';
}

/* Each argument ends with a NUL. The last option counts, as it does for QEMU. */
static void read_arguments(char *name, size_t room, FILE *arguments)
{
	char *text = NULL;
	const char *value;
	size_t text_room = 0;
	bool is_value = false;

	if (getdelim(&text, &text_room, '\0', arguments) > 0) {
		const struct vmm *vmm = vmm_of(text);

		while (getdelim(&text, &text_room, '\0', arguments) > 0) {
			bool option = !is_value && is_option(vmm, text, &value);

			if (is_value)
				take(name, room, vmm, text);
			else if (option && value != NULL)
				take(name, room, vmm, value);
			is_value = option && value == NULL;
		}
	}
	free(text);
}

static void name_by_cgroup(char *name, size_t room, int root, unsigned process)
{
	char path[PROBE_PATH], *line = NULL;
	size_t line_room = 0;

	snprintf(path, sizeof(path), "proc/%u/cgroup", process);
	FILE *f = probe_open(root, path);
	/* "NUMBER:CONTROLLERS:PATH" */
	while (f != NULL && name[0] == '\0' && getline(&line, &line_room, f) > 0) {
		const char *at = strchr(line, '/');

		line[strcspn(line, "\n")] = '\0';
		if (at != NULL && !probe_cgroup_name(name, room, at))
			name[0] = '\0';
	}
	free(line);
	if (f != NULL)
		fclose(f);
}

/* The name of the program may contain newlines itself. */
static void name_by_program(char *name, size_t room, int root, unsigned process)
{
	char path[PROBE_PATH], program[64];

	snprintf(path, sizeof(path), "proc/%u/comm", process);
	ssize_t n = probe_read(root, path, program, sizeof(program));
	if (n > 0 && program[n - 1] == '\n')
		program[n - 1] = '\0';
	if (n > 0)
		snprintf(name, room, "%s %u", program, process);
}

bool probe_vm_name(char *name, size_t room, int root, unsigned process)
{
	char path[PROBE_PATH];

	name[0] = '\0';
	snprintf(path, sizeof(path), "proc/%u/cmdline", process);
	FILE *arguments = probe_open(root, path);
	if (arguments != NULL) {
		read_arguments(name, room, arguments);
		fclose(arguments);
	}
	if (name[0] == '\0')
		name_by_cgroup(name, room, root, process);
	if (name[0] != '\0')
		return true;
	name_by_program(name, room, root, process);
	return false;
}
