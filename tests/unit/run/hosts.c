/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The targets kvm, kvm-mended, xen and xen+pvtime of `pvtime conform`: what a machine is given, and
 * what is read from its console.
 */
#include <libfdt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tests/tap.h"
#include "tools/run/target.h"

static char directory[] = "/tmp/hosts-XXXXXX";
static struct run_kit kit = {.suite = directory,
			     .debian = directory,
			     .xen = directory,
			     .kernels = directory,
			     .keep = directory};

static const char *in_directory(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static void write_file(const char *name, const char *bytes, size_t n)
{
	FILE *f = fopen(in_directory(name), "w");

	if (f != NULL) {
		fwrite(bytes, 1, n, f);
		fclose(f);
	}
}

static void write_text(const char *name, const char *text)
{
	write_file(name, text, strlen(text));
}

static bool file_has(const char *name, const char *bytes, size_t n)
{
	static char text[65536];
	FILE *f = fopen(in_directory(name), "r");
	size_t length = f != NULL ? fread(text, 1, sizeof(text), f) : 0;

	if (f != NULL)
		fclose(f);
	return length >= n && memmem(text, length, bytes, n) != NULL;
}

static bool was_told(const char *argument)
{
	return file_has("arguments", argument, strlen(argument));
}

/* Run a plan on a machine that prints `printed`, and check what the target reports of it. */
static void expect(const struct run_target *target, const struct run_plan *plan,
		   const char *printed, enum run_outcome outcome, const char *text, const char *why)
{
	static const char *const outcomes[] = {
		[RUN_ENDED] = "has ended by itself",
		[RUN_LIMIT] = "has reached a limit",
		[RUN_STOPPED] = "has stopped unasked",
		[RUN_UNABLE] = "could not start",
	};
	struct run_output o;

	write_text("print", printed);
	tap_ok(target->ready(&kit, plan, o.why), "%s has what the plan needs", target->name);
	tap_ok(target->run(&kit, plan, &o) == outcome, "%s reports that the run %s", target->name,
	       outcomes[outcome]);
	if (!tap_ok(o.text != NULL && strcmp(o.text, text) == 0 && o.length == strlen(text),
		    "the output is the expected text"))
		tap_print("# '%s'\n", o.text != NULL ? o.text : "NULL");
	if (outcome != RUN_ENDED && !tap_ok(strcmp(o.why, why) == 0, "the reason is \"%s\"", why))
		tap_print("# '%s'\n", o.why);
	free(o.text);
}

static const struct run_plan guest = {
	.build = "4k-le",
	.form = "img",
	.cpu = "neoverse-n1",
	.pcpus = 1,
	.vcpus = 3,
	.dialect = "1.0",
	.conduit = "hvc",
	.contended = true,
	.append = "case=aliases,header rounds=7",
	.limit_s = 50,
};

static void test_kvm_console(void)
{
	const struct run_target *kvm = &target_kvm;

	expect(kvm, &guest, "noise\n@guest begin\n# suite\nok 1\n1..1\n\n@guest end 0 \n",
	       RUN_ENDED, "# suite\nok 1\n1..1\n", NULL);
	expect(kvm, &guest, "@guest begin\nno newline\n@guest end 0 \n", RUN_ENDED, "no newline",
	       NULL);
	expect(kvm, &guest, "@guest begin\na\n@guest end 1 forged\nb\n\n@guest end 0 \n", RUN_ENDED,
	       "a\n@guest end 1 forged\nb\n", NULL);
	expect(kvm, &guest, "@guest begin\nok 1\n\n@guest end 137 \n", RUN_LIMIT, "ok 1\n",
	       "not done within 50 s of the host's time");
	expect(kvm, &guest, "@guest begin\n\n@guest end 1 qemu: no KVM\r\n", RUN_STOPPED, "",
	       "the VMM ended with status 1: qemu: no KVM");
	expect(kvm, &guest, "@guest begin\nok 1\nKernel panic\n", RUN_STOPPED,
	       "ok 1\nKernel panic\n", "the Linux host ended before its guest");
	expect(kvm, &guest, "Kernel panic\n", RUN_STOPPED, "Kernel panic\n",
	       "the Linux host has not come up");
}

static void test_kvm_machine(void)
{
	struct run_plan plan = guest;

	tap_ok(was_told("-cpu\nneoverse-n1\n") && was_told("virtualization=on"),
	       "the host has the plan's CPU, with EL2");
	tap_ok(was_told(" run=guest pcpus=1 vcpus=3 steal=on contended=1 slice_us=0 seconds=50 "
			"words=\"expect=on case=aliases,header rounds=7\"\n"),
	       "the host gets what the plan says");
	tap_ok(file_has("initrd", "host of kvm", 11) && file_has("initrd", "suite\0", 6) &&
		       file_has("initrd", "ARM\x64", 4),
	       "the host's initramfs has the image");
	plan.dialect = "off";
	plan.user = true;
	plan.contended = false;
	plan.append = "case=attr_set,restore";
	expect(&target_kvm, &plan, "@guest begin\n1..0\n\n@guest end 0 \n", RUN_ENDED, "1..0\n",
	       NULL);
	tap_ok(was_told(" run=user pcpus=1 vcpus=3 steal=off contended=0 slice_us=0 seconds=50 "
			"words=\"case=attr_set,restore\"\n"),
	       "a run without stolen time gets the program's words, and not a guest's");
	tap_ok(file_has("initrd", "user\0", 5) && file_has("initrd", "of user space", 13),
	       "the initrd has the program for user space");
}

static void test_xen(void)
{
	const struct run_target *xen = &target_xen;
	struct run_plan plan = guest;

	plan.dialect = "off";
	plan.contended = false;
	expect(xen, &plan,
	       "(XEN) booting\n(XEN) still\n# suite\n(XEN) d0v0: odd\nok 1\nno (XEN) line\n(XEN) "
	       "halted",
	       RUN_ENDED, "(XEN) booting\n(XEN) still\n# suite\nok 1\nno (XEN) line\n", NULL);
	expect(xen, &plan, "(XEN) panic\n", RUN_ENDED, "(XEN) panic\n", NULL);
	tap_ok(was_told(",bootargs=expect=off case=aliases,,header rounds=7\n"),
	       "a comma in a word is escaped for QEMU");
	tap_ok(was_told("dom0_max_vcpus=3 ") && was_told("/suite-4k-le.img,bootargs"),
	       "dom0 has its vCPUs and the image");
	tap_ok(was_told("-smp\n1\n") && !was_told("second-cpu.bin"),
	       "a plan of one CPU starts one");
	tap_ok(!was_told("-dtb\n"), "a plan without other domains uses the machine's device tree");
	plan.pcpus = 2;
	expect(xen, &plan, "# suite\n", RUN_ENDED, "# suite\n", NULL);
	tap_ok(was_told("-smp\n2\n") && was_told("\nloader,cpu-num=0,") &&
		       was_told("/second-cpu.bin\n"),
	       "a plan of two CPUs starts Xen on the second from the first");
}

/* The device tree of a machine that has RAM only, for the fake QEMU. */
static void make_tree(void)
{
	static char tree[4096];

	fdt_create_empty_tree(tree, sizeof(tree));
	fdt_setprop_string(tree, fdt_add_subnode(tree, 0, "chosen"), "bootargs", "words of Xen");
	fdt_add_subnode(tree, 0, "memory");
	write_file("tree", tree, sizeof(tree));
}

/* The device tree that the last machine was given. */
static char given[65536];

static bool read_given(void)
{
	FILE *f = fopen(in_directory("machine.dtb"), "r");
	size_t n = f != NULL ? fread(given, 1, sizeof(given), f) : 0;

	if (f != NULL)
		fclose(f);
	return n > 0 && was_told("-dtb\n") && fdt_check_full(given, n) == 0;
}

/* Whether that tree has a domain with so many vCPUs, a kernel at `at`, and these words for it. */
static bool domain_is(const char *name, unsigned vcpus, uint64_t at, const char *words)
{
	char path[128];
	int n, node = fdt_path_offset(given, "/chosen");
	const fdt32_t *cpus;
	const fdt64_t *reg;

	snprintf(path, sizeof(path), "/chosen/%s", name);
	node = fdt_path_offset(given, path);
	cpus = fdt_getprop(given, node, "cpus", NULL);
	if (fdt_node_check_compatible(given, node, "xen,domain") != 0 || cpus == NULL ||
	    fdt32_ld(cpus) != vcpus)
		return false;
	node = fdt_first_subnode(given, node);
	reg = fdt_getprop(given, node, "reg", &n);
	const char *bootargs = fdt_getprop(given, node, "bootargs", NULL);
	return fdt_node_check_compatible(given, node, "multiboot,kernel") == 0 && reg != NULL &&
	       n == 16 && fdt64_ld(&reg[0]) == at && fdt64_ld(&reg[1]) == 64 &&
	       (words == NULL ? bootargs == NULL
			      : bootargs != NULL && strcmp(bootargs, words) == 0);
}

/* The domains that Xen makes from the device tree. */
static void test_xen_domains(void)
{
	char chunk[512] = "(XEN) DOM1: ", joined[512];
	struct run_plan plan = guest;

	expect(&target_xen_pvtime, &plan, "(XEN) booting\n# suite\n", RUN_ENDED,
	       "(XEN) booting\n# suite\n", NULL);
	tap_ok(read_given() && domain_is("competitor", 1, 0x58000000, NULL) &&
		       was_told("/competitor.img\n") && was_told("guest-loader,addr=0x49000000,"),
	       "the competitor is a domain beside dom0");
	tap_ok(!was_told("pvtime=no"), "a plan with stolen time does not deny it");

	plan.dom0less = true;
	plan.dialect = "off";
	plan.host = "sched=credit";
	memset(chunk + strlen(chunk), 'x', 126);
	snprintf(joined, sizeof(joined), "%s long\nok 1\n", chunk + strlen("(XEN) DOM1: "));
	strcat(chunk, "\r\n(XEN) DOM1:  long\r\n(XEN) DOM2: other\r\n(XEN) DOM1: ok 1\r\nodd\n");
	expect(&target_xen_pvtime, &plan, chunk, RUN_ENDED, joined, NULL);
	tap_ok(read_given() &&
		       domain_is("suite", 3, 0x49000000,
				 "expect=off case=aliases,header rounds=7") &&
		       domain_is("competitor", 1, 0x58000000, NULL) && !was_told("guest-loader"),
	       "the suite is a domain without dom0");
	tap_ok(strcmp(fdt_get_name(given,
				   fdt_first_subnode(given, fdt_path_offset(given, "/chosen")),
				   NULL),
		      "suite") == 0,
	       "Xen makes the suite's domain first");
	const char *words =
		fdt_getprop(given, fdt_path_offset(given, "/chosen"), "xen,xen-bootargs", NULL);
	tap_ok(words != NULL && strcmp(words, "words of Xen") == 0,
	       "Xen gets its command line without dom0, too");
	tap_ok(was_told(" pvtime=no sched=credit\n"),
	       "Xen denies stolen time, and gets the plan's own words");
	plan.dialect = "off";
	struct run_output o;
	tap_ok(target_xen_before.run(&kit, &plan, &o) == RUN_ENDED && !was_told("pvtime=no"),
	       "Xen without stolen time has nothing to deny");
	free(o.text);
	write_text("tree", "no tree");
	tap_ok(target_xen_pvtime.run(&kit, &plan, &o) == RUN_UNABLE && strchr(o.why, '\n') == NULL,
	       "a device tree that QEMU did not write is reported: %s", o.why);
	free(o.text);
	make_tree();
}

static void expect_missing(const struct run_target *target, const char *name, const char *hint)
{
	struct run_plan plan = guest;
	char away[PATH_MAX], why[RUN_WHY] = "";

	snprintf(away, sizeof(away), "%s/away", directory);
	rename(in_directory(name), away);
	plan.pcpus = 2;
	tap_ok(!target->ready(&kit, &plan, why) && strstr(why, name) != NULL &&
		       strstr(why, hint) != NULL && strchr(why, '\n') == NULL,
	       "a missing file is reported, with how to make it: %s", why);
	rename(away, in_directory(name));
}

static void test_ready(void)
{
	char why[RUN_WHY], text[200];

	expect_missing(&target_kvm, "Image", "make debian");
	expect_missing(&target_kvm, "kvm-host.cpio", "make conform-all");
	expect_missing(&target_kvm, "suite-4k-le.img", "make conform");
	expect_missing(&target_xen, "xen", "make debian-hosts");
	expect_missing(&target_xen, "second-cpu.bin", "make conform-all");
	expect_missing(&target_xen, "competitor.img", "make conform-all");
	expect_missing(&target_kvm_mended, "bookworm/Image", "make linux");
	expect_missing(&target_xen_pvtime, "bookworm/xen", "make xen");
	expect_missing(&target_xen_before, "bookworm/before", "make xen");
	expect_missing(&target_kvm_before, "bookworm/before", "make linux");
	write_text("Image", "no kernel");
	tap_ok(!target_kvm.ready(&kit, &guest, why) && strstr(why, "not an arm64 image"),
	       "an Image that is not an arm64 image is reported: %s", why);
	target_kvm.versions(&kit, text, sizeof(text));
	tap_ok(strcmp(text, "Linux 6.1.192-2, QEMU 1:7.2") == 0,
	       "the versions of target kvm are \"%s\"", text);
	target_xen_pvtime.versions(&kit, text, sizeof(text));
	tap_ok(strcmp(text, "Xen 4.17.5+72-1 with ports/xen") == 0,
	       "the version of target xen+pvtime is that of its source: \"%s\"", text);
	target_kvm_mended.versions(&kit, text, sizeof(text));
	tap_ok(strcmp(text, "Linux 6.1.187-1 with ports/linux, QEMU 1:7.2") == 0,
	       "the versions of target kvm-mended are \"%s\"", text);
	target_xen.versions(&kit, text, 9);
	tap_ok(strcmp(text, "Xen 4.17") == 0,
	       "the versions of target xen are cut to the buffer: \"%s\"", text);
	setenv("PATH", "/nonexistent", 1);
	tap_ok(!target_xen.ready(&kit, &guest, why) && strstr(why, "qemu-system-aarch64"),
	       "a missing QEMU is reported: %s", why);
}

/* The files of another Debian release, whose banner and packages name different versions. */
static void make_release(void)
{
	static const char banners[] =
		"Linux version %s\0Linux version 6.12.94+deb13-cloud-arm64 (a@b)";
	char image[64 + sizeof(banners)] = {0};

	memcpy(image + 56, "ARM\x64", 4);
	memcpy(image + 64, banners, sizeof(banners));
	mkdir(in_directory("trixie"), 0700);
	write_file("trixie/Image", image, sizeof(image));
	write_file("trixie/xen", image, 64);
	write_text("trixie/versions", "linux-image-7.2-cloud-arm64 7.2.1-1\n");
	write_text("trixie/versions-hosts", "xen-hypervisor-4.20-arm64 4.20.2+37-0+deb13u1\n");
}

static void expect_release(const struct run_target *target, const char *release, const char *want)
{
	struct run_kit of = kit;
	char text[16] = "?";

	of.release = release;
	target->release(&of, text, sizeof(text));
	if (!tap_ok(strcmp(text, want) == 0, "the release of target %s for %s is '%s'",
		    target->name, release != NULL ? release : "this machine", want))
		tap_print("# '%s'\n", text);
}

static void test_releases(void)
{
	struct run_kit trixie = kit;
	char why[RUN_WHY], text[200];

	trixie.release = "trixie";
	make_release();
	expect_release(&target_kvm, "trixie", "6.12");
	expect_release(&target_xen, "trixie", "4.20");
	expect_release(&target_xen, NULL, "4.17");
	expect_release(&target_xen_pvtime, NULL, "4.17");
	expect_release(&target_xen_pvtime, "trixie", "");
	expect_release(&target_kvm, NULL, "");
	expect_release(&target_kvm_mended, "trixie", "6.12");
	expect_release(&target_kvm_mended, NULL, "");
	expect_release(&target_kvm, "nowhere", "");
	expect_release(&target_xen, "nowhere", "");
	target_kvm.versions(&trixie, text, sizeof(text));
	tap_ok(strcmp(text, "Linux 7.2.1-1, QEMU 1:7.2") == 0,
	       "the versions of target kvm have this machine's VMM with another release: %s", text);
	target_xen.versions(&trixie, text, sizeof(text));
	tap_ok(strcmp(text, "Xen 4.20.2+37-0+deb13u1") == 0,
	       "the versions of target xen have the other release's Xen: %s", text);
	tap_ok(target_kvm.ready(&trixie, &guest, why) && target_xen.ready(&trixie, &guest, why),
	       "both targets are ready with the files of another release");
	unlink(in_directory("trixie/Image"));
	tap_ok(!target_kvm.ready(&trixie, &guest, why) && strstr(why, "/trixie/Image: ") != NULL &&
		       strstr(why, "make conform-all") != NULL,
	       "a missing file of another release is reported, with how to make it: %s", why);
	expect(&target_xen, &guest, "# suite\n", RUN_ENDED, "# suite\n", NULL);
	tap_ok(!was_told("/trixie/xen\n"), "a plan without a release runs this machine's Xen");
	struct run_output o;
	tap_ok(target_xen.run(&trixie, &guest, &o) == RUN_ENDED && was_told("/trixie/xen\n"),
	       "a plan with a release runs that release's Xen");
	free(o.text);
}

/* An Image with the part of it that is read, and the other files of a kit. */
static void make_kit(void)
{
	char image[64] = {0};

	memcpy(image + 56, "ARM\x64", 4);
	write_file("Image", image, sizeof(image));
	write_file("xen", image, sizeof(image));
	write_file("suite-4k-le.img", image, sizeof(image));
	write_file("competitor.img", image, sizeof(image));
	mkdir(in_directory("bookworm"), 0700);
	write_file("bookworm/xen", image, sizeof(image));
	write_file("bookworm/before", image, sizeof(image));
	write_file("bookworm/Image", image, sizeof(image));
	mkdir(in_directory("linux-source"), 0700);
	mkdir(in_directory("linux-source/bookworm"), 0700);
	write_text("linux-source/bookworm/version", "6.1.187-1\n");
	mkdir(in_directory("xen-source"), 0700);
	mkdir(in_directory("xen-source/bookworm"), 0700);
	write_text("xen-source/bookworm/version", "4.17.5+72-1\n");
	make_tree();
	write_text("kvm-host.cpio", "host of kvm");
	write_text("user", "of user space");
	write_text("second-cpu.bin", "code");
	write_text("versions", "libfdt-dev 1\nlinux-image-6.1.0-56-cloud-arm64 6.1.192-2\n");
	write_text("versions-hosts", "qemu-system-arm 1:7.2\nxen-hypervisor-4.17-arm64 4.17\n");
}

static void remove_kit(void)
{
	static const char *const names[] = {"Image",
					    "xen",
					    "suite-4k-le.img",
					    "kvm-host.cpio",
					    "user",
					    "versions",
					    "versions-hosts",
					    "print",
					    "arguments",
					    "initrd",
					    "qemu-system-aarch64",
					    "second-cpu.bin",
					    "competitor.img",
					    "tree",
					    "machine.dtb",
					    "bookworm/xen",
					    "bookworm/before",
					    "bookworm/Image",
					    "linux-source/bookworm/version",
					    "linux-source/bookworm",
					    "linux-source",
					    "bookworm",
					    "xen-source/bookworm/version",
					    "xen-source/bookworm",
					    "xen-source",
					    "trixie/xen",
					    "trixie/versions",
					    "trixie/versions-hosts",
					    "trixie"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		remove(in_directory(names[i]));
	rmdir(directory);
}

int main(void)
{
	char fake[PATH_MAX], path[2 * PATH_MAX];

	if (mkdtemp(directory) == NULL || realpath("tests/tools/board-qemu", fake) == NULL ||
	    symlink(fake, in_directory("qemu-system-aarch64")) != 0)
		return 1;
	snprintf(path, sizeof(path), "%s:%s", directory, getenv("PATH"));
	setenv("PATH", path, 1);
	setenv("BOARD_QEMU", directory, 1);
	make_kit();
	test_kvm_console();
	test_kvm_machine();
	test_xen();
	test_xen_domains();
	test_releases();
	test_ready();
	remove_kit();
	return tap_done();
}
