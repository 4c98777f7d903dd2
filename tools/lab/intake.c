/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "tools/lab/intake.h"
#include "tools/report.h"

void intake_say(struct intake *in, const char *format, ...)
{
	char line[LINES_MAX + 64];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (in->live != NULL)
		live_erase(in->live);
	report("%s", line);
	if (in->live != NULL)
		live_redraw(in->live);
}

void intake_fail(struct intake *in, const char *format, ...)
{
	va_list args;

	if (in->failed)
		return;
	in->failed = true;
	va_start(args, format);
	vsnprintf(in->why, sizeof(in->why), format, args);
	va_end(args);
}

/*
 * A guest that writes to its own structure does not make the lab fail. It is reported once for each
 * vCPU.
 */
static void tell_forged(struct intake *in, const struct ledger *ledger)
{
	for (uint32_t i = 0; i < in->shape->vm_count; i++) {
		const struct ledger_vm *vm = &in->shape->vms[i];

		for (uint32_t id = 0; id < vm->vcpus; id++) {
			const struct ledger_vcpu *vcpu = &ledger->vcpus[vm->first + id];

			if (in->forged[vm->first + id] || !ledger_forged(in->shape, vm, vcpu))
				continue;
			in->forged[vm->first + id] = true;
			intake_say(
				in,
				"VM %s wrote to the structure of its vCPU %u, which KVM allows: the structure says %ju ns, but %ju ns were stolen",
				vm->name, id, (uintmax_t)vcpu->published_ns,
				(uintmax_t)vcpu->stolen_ns);
		}
	}
}

static void take_ledger(struct intake *in)
{
	const struct ledger *ledger = &in->records.ledger;
	char why[512];

	if (ledger->final) {
		in->ledger = *ledger;
		in->have_ledger = true;
	}
	if (!ledger_holds(ledger, in->shape, why, sizeof(why)))
		intake_fail(in, "the ledger does not add up: %s", why);
	tell_forged(in, ledger);
	if (in->live != NULL)
		live_show(in->live, ledger);
}

static void take_record(void *ctx, const char *line, size_t len, bool whole)
{
	struct intake *in = ctx;

	switch (record_line(&in->records, line, len, whole)) {
	case RECORD_START:
		in->started = true;
		break;
	case RECORD_LEDGER:
		take_ledger(in);
		break;
	case RECORD_LINE:
		consoles_stamp(in->consoles, in->records.vm,
			       pvtime_ticks_to_ns(in->records.line_at, in->records.ledger.cntfrq),
			       in->records.line_stolen_ns, in->shape->vms[in->records.vm].vcpus);
		break;
	case RECORD_BAD:
		intake_fail(in, "malformed stream from %s: %s", in->maker, in->records.text);
		break;
	case RECORD_PAUSED:
		in->paused = true;
		break;
	case RECORD_DONE:
		in->done = true;
		break;
	case RECORD_VM: /* the hypervisor's log and the final ledger report it */
	case RECORD_NOTHING:
		break;
	}
}

static void take_log(void *ctx, const char *line, size_t len, bool whole)
{
	(void)whole;
	while (len > 0 && line[len - 1] == '\r')
		len--;
	intake_say(ctx, "%.*s", (int)len, line);
}

/*
 * With icount, QEMU may print this warning when every CPU sleeps and no timer is set, as in the
 * moment in which the hypervisor powers the board off. Whether it does depends on the timing of
 * QEMU's threads. It is dropped, so that equal runs print equal messages.
 */
#define ICOUNT_IDLE "icount sleep disabled and no active timers"

/* Keep the last line back: if QEMU fails, it is the reason, and is reported with the failure. */
static void take_qemu_line(void *ctx, const char *line, size_t len, bool whole)
{
	struct intake *in = ctx;

	(void)len;
	(void)whole;
	if (strstr(line, ICOUNT_IDLE))
		return;
	if (in->qemu_said[0] != '\0')
		intake_say(in, "%s", in->qemu_said);
	snprintf(in->qemu_said, sizeof(in->qemu_said), "%.*s", (int)sizeof(in->qemu_said) - 1,
		 line);
}

static void take_bytes(void *ctx, uint8_t channel, const uint8_t *bytes, size_t n)
{
	struct intake *in = ctx;

	if (channel < in->shape->vm_count)
		consoles_write(in->consoles, channel, bytes, n);
	else if (channel == LINK_RECORD)
		lines_feed(&in->record_lines, bytes, n, take_record, in);
	else if (channel == LINK_LOG)
		lines_feed(&in->log_lines, bytes, n, take_log, in);
	else if (channel == LINK_NOWHERE)
		intake_fail(in, "malformed stream from %s: '%.*s' on no channel", in->maker,
			    n > 60 ? 60 : (int)n, (const char *)bytes);
	else
		intake_fail(in, "malformed stream from %s: channel %u does not exist", in->maker,
			    channel);
}

void intake_init(struct intake *in, const struct ledger_shape *shape, struct consoles *consoles,
		 struct live *live)
{
	memset(in, 0, sizeof(*in));
	in->maker = "the hypervisor";
	in->shape = shape;
	in->consoles = consoles;
	in->live = live;
	link_rx_init(&in->rx);
	record_init(&in->records, shape);
}

void intake_board(struct intake *in, const uint8_t *bytes, size_t n)
{
	link_rx_feed(&in->rx, bytes, n, take_bytes, in);
}

void intake_qemu(struct intake *in, const uint8_t *bytes, size_t n)
{
	lines_feed(&in->qemu_lines, bytes, n, take_qemu_line, in);
}

void intake_end(struct intake *in)
{
	lines_flush(&in->log_lines, take_log, in);
	lines_flush(&in->qemu_lines, take_qemu_line, in);
}
