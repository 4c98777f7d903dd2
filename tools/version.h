/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VERSION_H
#define TOOLS_VERSION_H

#define PVTIME_VERSION "0.1.0"

#endif
