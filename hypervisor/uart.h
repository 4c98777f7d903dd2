/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UART_H
#define UART_H

/*
 * The board's PL011 (DDI 0183), the cable to the host: polled for sending, by interrupt for
 * receiving.
 */
#include "types.h"

/* Set up the UART of board.uart, which is mapped. */
void uart_init(void);
void uart_put(uint8_t byte);
/* The next byte from the host; false: none. */
bool uart_get(uint8_t *byte);
/* From here on the UART raises its interrupt when it has received something. */
void uart_start_receiving(void);

#endif
