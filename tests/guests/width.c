/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registers of the UART by loads and stores of every width: less than 32 bits is the low end of a
 * register, and the rest is written as 0; 64 bits are two registers. (QEMU's own PL011 refuses 64
 * bits.)
 */
#include <tests/tap.h>
#include "guest/board.h"
#include "guest/exception.h"
#include "guest/start.h"

/* Plain registers that follow each other, and that QEMU does without: UARTILPR, UARTIBRD. */
#define PLAIN 0x20u
#define IDS   0xfe0u

static uint64_t get(uint32_t offset, unsigned bytes)
{
	uint64_t value = 0;
	struct fault f = fault_read(board.uart.base + offset, bytes, &value);

	if (f.taken)
		tap_ok(false, "%u bytes at 0x%x are an abort", bytes, offset);
	return value;
}

static void set(uint32_t offset, unsigned bytes, uint64_t value)
{
	if (fault_write(board.uart.base + offset, bytes, value).taken)
		tap_ok(false, "%u bytes to 0x%x are an abort", bytes, offset);
}

int main(void)
{
	set(PLAIN, 4, 0x81);
	set(PLAIN + 4, 4, 0x8765);
	tap_is_u64(get(PLAIN, 1), 0x81, "1 byte");
	tap_is_u64(get(PLAIN + 4, 2), 0x8765, "2 bytes");
	tap_is_u64(get(PLAIN + 4, 1), 0x65, "1 byte of 2");
	tap_is_u64(get(PLAIN + 4, 4), 0x8765, "4 bytes");
	tap_is_u64(get(PLAIN, 8), 0x876500000081, "8 bytes are two registers");
	tap_is_u64(get(IDS, 8), 0x1000000011, "8 bytes of another pair are two registers");
	set(PLAIN, 8, 0x123400000056);
	tap_is_u64(get(PLAIN, 4), 0x56, "a write of 8 bytes sets the first register");
	tap_is_u64(get(PLAIN + 4, 4), 0x1234, "a write of 8 bytes sets the second register");
	set(PLAIN + 4, 1, 0xffffff7e);
	tap_is_u64(get(PLAIN + 4, 4), 0x7e, "a write of 1 byte sets 1 byte and clears the rest");
	return tap_done();
}
