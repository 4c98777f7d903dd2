/* SPDX-License-Identifier: BSD-2-Clause */
/* What the board reports, from the bytes of the link to the verdict, without a board. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "tests/tap.h"
#include "tools/lab/intake.h"

static struct ledger_shape shape;
static struct consoles consoles;
static struct intake in;
static char *shown; /* what went to standard output */
static size_t shown_size;

static void begin(void)
{
	consoles_open(&consoles, &shape, NULL);
	consoles.prefixed = true;
	consoles.out = open_memstream(&shown, &shown_size);
	intake_init(&in, &shape, &consoles, NULL);
}

static void end(void)
{
	intake_end(&in);
	consoles_close(&consoles);
	fclose(consoles.out);
	free(shown);
}

#define FEED(literal) intake_board(&in, (const uint8_t *)("" literal), sizeof(literal) - 1)
#define RECORDS	      "\xff\x41"
#define VCPU	      "vcpu 0 0 6 3 1 0 0 10 3000000000 3000000000 0 0 0 P\n"

static void test_good(void)
{
	begin();
	FEED("\xff\x00"
	     "boot\n" RECORDS "sta\xff\x00more" RECORDS "rt 1\n");
	tap_ok(in.started && !in.failed, "a record may be interrupted by a console's bytes");
	FEED("final 10\n" VCPU "end\n");
	tap_ok(in.have_ledger && in.ledger.vcpus[0].stolen_ns == 3000000000 && !in.done,
	       "the final ledger is kept");
	FEED("done 0 all VMs are off\n");
	tap_ok(in.done && in.records.status == 0 && !in.failed,
	       "`done 0` ends a run without a failure");
	consoles_flush(&consoles);
	tap_ok(strcmp(shown, "vm| boot\n") == 0, "the console's line is shown");
	end();
}

static void test_ledger(void)
{
	begin();
	FEED(RECORDS "start 1\nfinal 10\nvcpu 0 0 6 3 2 0 0 10 3000000000 3000000000 0 0 0 P\nend\n"
		     "done 0 fine\n");
	tap_ok(in.failed && strstr(in.why, "vCPU vm/0: running 6 + ready 3 + blocked 2") != NULL,
	       "a ledger that does not add up fails: %s", in.why);
	tap_ok(in.have_ledger, "a ledger that does not add up can still be written");
	end();
	begin();
	FEED(RECORDS "start 1\nsample 10\nvcpu 0 0 6 3 2 0 0 10 3000000000 0 0 0 0 R\nend\n");
	tap_ok(in.failed && !in.have_ledger,
	       "a sample that does not add up fails, and is not kept as the ledger");
	end();
}

/* Returns what goes to standard error while `text` arrives. */
static char *said(const char *text)
{
	static char heard[1024];
	int before = dup(STDERR_FILENO), file = memfd_create("said", MFD_CLOEXEC);

	dup2(file, STDERR_FILENO);
	intake_board(&in, (const uint8_t *)text, strlen(text));
	dup2(before, STDERR_FILENO);
	ssize_t n = pread(file, heard, sizeof(heard) - 1, 0);
	heard[n > 0 ? n : 0] = '\0';
	close(before);
	close(file);
	return heard;
}

/* On KVM a guest's structure may hold anything: pvtime reports that once, and the lab continues. */
static void test_forged(void)
{
	shape.kvm = true;
	begin();
	FEED(RECORDS "start 1\n");
	const char *text = said("sample 9\nvcpu 0 0 6 3 0 0 0 9 3000000000 1 0 0 0 R\nend\n");
	tap_ok(strcmp(text, "") == 0,
	       "on KVM a structure with less than was stolen is not reported");
	text = said(
		"sample 10\nvcpu 0 0 6 3 1 0 0 10 3000000000 1152921504606846976 0 0 0 R\nend\n");
	if (!tap_ok(strcmp(text,
			   "pvtime: VM vm wrote to the structure of its vCPU 0, which KVM allows: the structure says 1152921504606846976 ns, but 3000000000 ns were stolen\n") ==
			    0,
		    "a structure that the guest has written is reported"))
		tap_print("# got %s\n", text);
	text = said("final 10\nvcpu 0 0 6 3 1 0 0 10 3000000000 3000000001 0 0 0 P\nend\n");
	tap_ok(strcmp(text, "") == 0, "a structure that the guest has written is reported once");
	tap_ok(in.have_ledger && !in.failed,
	       "a structure that the guest has written is not a failure");
	end();
	shape.kvm = false;
}

static void test_garbage(void)
{
	begin();
	FEED("Synchronous abort");
	tap_ok(in.failed && strstr(in.why, "'Synchronous abort' on no channel") != NULL,
	       "bytes on no channel are a failure: %s", in.why);
	end();
	begin();
	FEED("\xff\x01hello");
	tap_ok(in.failed && strstr(in.why, "channel 1 does not exist") != NULL,
	       "bytes of a VM that the lab does not have are a failure: %s", in.why);
	end();
	begin();
	FEED("\xff\x42q");
	tap_ok(in.failed && strstr(in.why, "channel 66") != NULL,
	       "bytes on the host's own channel are a failure: %s", in.why);
	end();
	begin();
	FEED(RECORDS "what is this\n");
	tap_ok(in.failed && strstr(in.why, "'what is this'") != NULL,
	       "an unknown record is a failure: %s", in.why);
	FEED("\xff\x42q");
	tap_ok(strstr(in.why, "'what is this'") != NULL, "the first reason of a failure is kept");
	FEED(RECORDS "done 1 a bug\n");
	tap_ok(in.done && in.records.status == 1 && strcmp(in.records.text, "a bug") == 0,
	       "the hypervisor's own reason is read after a failure");
	end();
}

int main(void)
{
	ledger_shape_add(&shape, "vm", 1, true);
	test_good();
	test_ledger();
	test_forged();
	test_garbage();
	return tap_done();
}
