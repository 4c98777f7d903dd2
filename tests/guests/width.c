/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads and stores of every width access the UART's registers. An access of less than 32 bits
 * affects the low end of a register, and a store writes the rest as 0. An access of 64 bits affects
 * two registers. (QEMU's own PL011 rejects 64 bits.)
 */
#include <tests/tap.h>
#include "guest/board.h"
#include "guest/exception.h"
#include "guest/start.h"

/* Two adjacent registers without side effects: UARTILPR and UARTIBRD. */
#define PLAIN 0x20u
#define IDS   0xfe0u

static uint64_t get(uint32_t offset, unsigned bytes)
{
	uint64_t value = 0;
	struct fault f = fault_read(board.uart.base + offset, bytes, &value);

	if (f.taken)
		tap_ok(false, "a load of %u bytes at 0x%x takes no abort", bytes, offset);
	return value;
}

static void set(uint32_t offset, unsigned bytes, uint64_t value)
{
	if (fault_write(board.uart.base + offset, bytes, value).taken)
		tap_ok(false, "a store of %u bytes at 0x%x takes no abort", bytes, offset);
}

int main(void)
{
	set(PLAIN, 4, 0x81);
	set(PLAIN + 4, 4, 0x8765);
	tap_is_u64(get(PLAIN, 1), 0x81, "a load of 1 byte returns a register of 1 byte");
	tap_is_u64(get(PLAIN + 4, 2), 0x8765, "a load of 2 bytes returns a register of 2 bytes");
	tap_is_u64(get(PLAIN + 4, 1), 0x65,
		   "a load of 1 byte returns the low byte of a register of 2 bytes");
	tap_is_u64(get(PLAIN + 4, 4), 0x8765,
		   "a load of 4 bytes returns a register of 2 bytes and zeroes");
	tap_is_u64(get(PLAIN, 8), 0x876500000081, "a load of 8 bytes returns two registers");
	tap_is_u64(get(IDS, 8), 0x1000000011, "a load of 8 bytes returns two ID registers");
	set(PLAIN, 8, 0x123400000056);
	tap_is_u64(get(PLAIN, 4), 0x56, "a store of 8 bytes sets the first register");
	tap_is_u64(get(PLAIN + 4, 4), 0x1234, "a store of 8 bytes sets the second register");
	set(PLAIN + 4, 1, 0xffffff7e);
	tap_is_u64(get(PLAIN + 4, 4), 0x7e, "a store of 1 byte sets 1 byte and clears the rest");
	return tap_done();
}
