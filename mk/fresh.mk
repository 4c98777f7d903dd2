# make fresh: both commands of README.md, as a newcomer gives them on a Debian that has nothing yet.

.PHONY: fresh
fresh: ## make demo and make check in a bare Debian, RELEASE=bookworm, trixie or sid
	scripts/fresh $(BUILD)/fresh $(RELEASE)
