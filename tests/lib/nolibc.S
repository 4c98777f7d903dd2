/* SPDX-License-Identifier: BSD-2-Clause */
/* Start, write and exit of an AArch64 Linux program without a libc, for either byte order. */
#define SYS_write 64
#define SYS_exit  93

	.text
	.global	_start
_start:
	mov	x29, xzr
	mov	x30, xzr
	bl	main
	mov	x8, #SYS_exit
	svc	#0
	brk	#0

	/* void sys_write(int fd, const void *buf, size_t len) */
	.global	sys_write
sys_write:
	mov	x8, #SYS_write
	svc	#0
	ret

	.section .note.GNU-stack, "", %progbits
