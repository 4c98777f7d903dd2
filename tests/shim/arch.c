/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_REGISTERS  512u
#define MAX_OPERATIONS 32u

static struct {
	char name[24];
	uint64_t value;
} registers[MAX_REGISTERS];

static struct {
	char name[24];
	unsigned times;
} operations[MAX_OPERATIONS];

uint64_t *fake_sysreg(const char *name)
{
	unsigned i = 0;

	while (i < MAX_REGISTERS && registers[i].name[0] && strcmp(registers[i].name, name))
		i++;
	if (i == MAX_REGISTERS || strlen(name) >= sizeof(registers[i].name))
		abort();
	strcpy(registers[i].name, name);
	return &registers[i].value;
}

static unsigned *times(const char *name)
{
	unsigned i = 0;

	while (i < MAX_OPERATIONS && operations[i].name[0] && strcmp(operations[i].name, name))
		i++;
	if (i == MAX_OPERATIONS || strlen(name) >= sizeof(operations[i].name))
		abort();
	strcpy(operations[i].name, name);
	return &operations[i].times;
}

unsigned fake_operations(const char *name)
{
	return *times(name);
}

void fake_operation(const char *name)
{
	++*times(name);
}

void fake_reset(void)
{
	memset(registers, 0, sizeof(registers));
	memset(operations, 0, sizeof(operations));
}
