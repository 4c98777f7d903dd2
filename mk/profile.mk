# What the hot paths execute at EL2, counted (bench/PROFILE.md). With P nothing is written.

.PHONY: profile
profile: $(BUILD)/pvtime $(BUILD)/hypervisor.elf $(BENCH_IMAGE) ## count what each hot path executes at EL2; P=... for some paths
	bench/profile --build $(BUILD) $(or $(P),--json $(BENCH)/profile.json)
