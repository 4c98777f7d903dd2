/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MACHINE_LINK_H
#define MACHINE_LINK_H

/*
 * The byte stream between the hypervisor and the pvtime command, over the board's first PL011.
 *
 * Both directions carry bytes of several channels, multiplexed by an escape:
 *
 *   LINK_ESC LINK_ESC   the byte 0xff itself, on the current channel
 *   LINK_ESC n          from here on the bytes belong to channel n (n < 0xff)
 *   anything else       a byte of the current channel
 *
 * No channel is current at first: each side begins with LINK_ESC n.
 *
 * Channels 0 to 63 are the consoles of the VMs, in the order of the lab file, with their bytes
 * unchanged. The others carry lines of text that end in '\n':
 *
 * LINK_LOG, hypervisor to host: messages for people.
 *
 * LINK_RECORD, hypervisor to host: one record a line, fields separated by one space, numbers
 * decimal.
 *   start CNTFRQ                     once, when the guests start
 *   sample TICKS                     a ledger follows, taken TICKS after start; then its vcpu
 *                                    lines, then "end"
 *   final TICKS                      the last ledger, every vCPU paused; then its vcpu, life and
 *                                    cpu lines, then "end"
 *   vcpu VM ID RUNNING READY BLOCKED OFF PAUSED ELAPSED STOLEN_NS PUBLISHED_NS EXITS SWITCHES
 *        REFUSED STATE
 *                                    on one line; ticks; VM and ID are indexes; STATE is a letter
 *                                    of "OBYRP" (off, blocked, readY, Running, Paused)
 *   life VM ID RUNNING READY BLOCKED OFF PAUSED
 *                                    ticks since the lab was made, over all resets, loading
 *                                    included
 *   cpu ID VCPUS OWN IDLE ELAPSED    ticks of a physical CPU since the lab was made: for vCPUs, for
 *                                    the hypervisor, in WFI
 *   line VM TICKS STOLEN_NS...       with stamp-lines (machine/bundle.h): the VM's next byte is the
 *                                    newline that ends a line; TICKS after start, and the stolen
 *                                    time of each of its vCPUs by then
 *   took COUNT                       bytes of input, of all consoles, that their guests have taken
 *                                    since the start
 *   vm VM off|reset|stuck            a VM has powered off, was reset, or can never run again
 *   paused                           answer to LINK_PAUSE: every vCPU and every VM's counter has
 *                                    stopped
 *   done STATUS TEXT                 the last line; STATUS 0: success; 1: TEXT is what went wrong
 *
 * LINK_CONTROL, host to hypervisor, single bytes: LINK_STOP ends the lab in good order. Only for
 * the VMM on KVM: LINK_PAUSE pauses all VMs until LINK_RESUME or LINK_STOP.
 *
 * The host sends at most LINK_WINDOW bytes of console input that no guest has taken yet, and keeps
 * the rest back. So the other side can always read everything that arrives, and sees a LINK_STOP
 * even if a guest reads nothing.
 */
#define LINK_ESC	 0xffu
#define LINK_VM_CHANNELS 64u
#define LINK_LOG	 0x40u
#define LINK_RECORD	 0x41u
#define LINK_CONTROL	 0x42u

#define LINK_STOP   'q'
#define LINK_PAUSE  'p'
#define LINK_RESUME 'r'

#define LINK_WINDOW 512u

#endif
