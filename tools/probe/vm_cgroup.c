/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names that managers of VMs give their cgroups. libvirt's have the name of the domain, though
 * shortened: it drops characters that a host name may not have, such as '_', and cuts the name at
 * 64 bytes with what precedes it. Kubernetes' have the UID of the pod, and neither its name nor its
 * namespace.
 */
#include <stdio.h>
#include <string.h>
#include "tools/probe/vm_name.h"

#define DIGITS	   "0123456789"
#define HEX_DIGITS "0123456789abcdefABCDEF"
#define UID_DIGITS "0123456789abcdef-_"
#define UID_LEAST  32u /* of a static pod; others have four dashes more */
#define UID_MOST   36u

/* If the text ends with `end`, returns how long it is without it; else 0. */
static size_t length_before(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n > m && strcmp(text + n - m, end) == 0 ? n - m : 0;
}

/* Undo systemd's escapes in the name of a unit: \xHH is a byte. */
static void unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0';) {
		unsigned byte = 0;

		if (from[0] == '\\' && from[1] == 'x' && strspn(from + 2, HEX_DIGITS) >= 2)
			sscanf(from + 2, "%2x", &byte);
		*to++ = byte != 0 ? (char)byte : *from;
		from += byte != 0 ? strlen("\\xHH") : 1;
	}
	*to = '\0';
}

/*
 * The domain in libvirt's name of a machine: "qemu-ID-DOMAIN", "qemu-USER-ID-DOMAIN" for a user's
 * own libvirt, or, before libvirt 1.3, "qemu-DOMAIN"; "ch" is Cloud Hypervisor's driver. NULL: the
 * machine is not libvirt's.
 */
static const char *domain_of(const char *machine)
{
	static const char *const drivers[] = {"qemu-", "ch-"};

	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		size_t n = strlen(drivers[i]);

		if (strncmp(machine, drivers[i], n) != 0)
			continue;
		for (const char *at = machine + n - 1; at != NULL; at = strchr(at + 1, '-')) {
			size_t id = strspn(at + 1, DIGITS);

			if (id > 0 && at[1 + id] == '-')
				return at + 1 + id + 1;
		}
		return machine + n;
	}
	return NULL;
}

/* A scope of systemd's, or a cgroup that libvirt itself made. `part` is changed. */
static bool take_domain(char *name, size_t room, char *part)
{
	static const char scope[] = "machine-";
	size_t n = length_before(part, ".scope");
	const char *domain = NULL;

	if (n > 0 && strncmp(part, scope, strlen(scope)) == 0) {
		part[n] = '\0';
		unescape(part);
		domain = domain_of(part + strlen(scope));
	} else if ((n = length_before(part, ".libvirt-qemu")) > 0 ||
		   (n = length_before(part, ".libvirt-ch")) > 0) {
		part[n] = '\0';
		domain = domain_of(part);
	}
	if (domain == NULL || *domain == '\0')
		return false;
	snprintf(name, room, "%s", domain);
	return true;
}

/* "kubepods-burstable-podUID.slice", in which UID has '_' for '-', or "podUID" without systemd. */
static bool take_pod(char *name, size_t room, const char *part)
{
	size_t n = length_before(part, ".slice");

	if (n == 0)
		n = strlen(part);
	for (const char *at = strstr(part, "pod"); at != NULL; at = strstr(at + 1, "pod")) {
		const char *uid = at + strlen("pod");
		size_t length = strspn(uid, UID_DIGITS);

		if ((at != part && at[-1] != '-') || uid + length != part + n ||
		    length < UID_LEAST || length > UID_MOST)
			continue;
		snprintf(name, room, "pod %.*s", (int)length, uid);
		for (char *c = name; *c != '\0'; c++)
			if (*c == '_')
				*c = '-';
		return true;
	}
	return false;
}

bool probe_cgroup_name(char *name, size_t room, const char *path)
{
	bool pods = strstr(path, "kubepods") != NULL, found = false;
	char part[PROBE_NAME];

	/* The innermost cgroup with a name counts: a libvirt may run in a pod. */
	while (*path != '\0') {
		size_t n = strcspn(path, "/");

		if (n < sizeof(part)) {
			memcpy(part, path, n);
			part[n] = '\0';
			found |= (pods && take_pod(name, room, part)) ||
				 take_domain(name, room, part);
		}
		path += n;
		path += *path == '/';
	}
	return found;
}
