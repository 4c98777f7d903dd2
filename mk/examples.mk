# make demo: two Linux guests on one CPU, live, and then what was stolen from each by the three who should know.

.PHONY: demo
demo: $(BUILD)/pvtime $(BUILD)/hypervisor.img $(INITRAMFS) $(DEBIAN_IMAGE) ## show two Linux guests that compete for one CPU
	@mkdir -p $(BUILD)/demo
	@scripts/demo $(BUILD)/pvtime examples/demo.lab $(BUILD)/demo
