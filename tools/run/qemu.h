/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_QEMU_H
#define TOOLS_RUN_QEMU_H

/* Looked up in PATH. */
#define QEMU_PROGRAM "qemu-system-aarch64"

#endif
