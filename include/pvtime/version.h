/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVTIME_VERSION_H
#define PVTIME_VERSION_H

/* The version of these headers. PVTIME_VERSION is for #if: a later version has a larger number. */
#define PVTIME_VERSION_MAJOR  0
#define PVTIME_VERSION_MINOR  2
#define PVTIME_VERSION_PATCH  0
#define PVTIME_VERSION_STRING "0.2.0"
#define PVTIME_VERSION \
	(PVTIME_VERSION_MAJOR * 1000000 + PVTIME_VERSION_MINOR * 1000 + PVTIME_VERSION_PATCH)

#endif
