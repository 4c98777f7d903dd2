/* SPDX-License-Identifier: BSD-2-Clause */
#include "uart.h"
#include "arch.h"
#include "board.h"

#define UARTDR	  0x00u
#define UARTFR	  0x18u
#define UARTLCR_H 0x2cu
#define UARTCR	  0x30u
#define UARTIMSC  0x38u
#define UARTICR	  0x44u

#define FR_RXFE	   BIT(4)
#define FR_TXFF	   BIT(5)
#define LCR_8_FIFO 0x70u
#define CR_ON	   0x301u
#define INT_RX	   BIT(4)
#define INT_RT	   BIT(6)

void uart_init(void)
{
	mmio_write32(board.uart.base + UARTIMSC, 0);
	mmio_write32(board.uart.base + UARTICR, 0x7ff);
	mmio_write32(board.uart.base + UARTLCR_H, LCR_8_FIFO);
	mmio_write32(board.uart.base + UARTCR, CR_ON);
}

void uart_put(uint8_t byte)
{
	if (!board.uart.size)
		return;
	while (mmio_read32(board.uart.base + UARTFR) & FR_TXFF)
		;
	mmio_write32(board.uart.base + UARTDR, byte);
}

bool uart_get(uint8_t *byte)
{
	if (!board.uart.size || mmio_read32(board.uart.base + UARTFR) & FR_RXFE)
		return false;
	*byte = (uint8_t)mmio_read32(board.uart.base + UARTDR);
	return true;
}

void uart_start_receiving(void)
{
	mmio_write32(board.uart.base + UARTIMSC, INT_RX | INT_RT);
}
