# make mutants: is the suite worth its name? It has to find each of the mistakes in conformance/mutants/, of which
# one at a time is made in the hypervisor or the library; those that no guest can see, the host's tests.

.PHONY: mutants
mutants: $(BUILD)/pvtime $(BUILD)/hypervisor.img $(CONFORMANCE_IMAGES) $(BUILD)/limit ## show that the suite finds seeded mistakes; M=... for some of them
	BUILD=$(BUILD) scripts/mutants $(M)
