# `make help` lists what can be done here.

PREFIX ?= /usr/local
# The capture that `make demo` analyzes.
DEMO ?= captures/ux-440/capture.pcap

PROGRAM := .build/release/tcptriage
# The same options for every release build, so that none undoes another's work.
RELEASE := swift build -c release --static-swift-stdlib
SOURCES := Package.swift Sources Tests Benchmarks $(wildcard Fuzz/Inputs Fuzz/Seeds Fuzz/Sources)

.DEFAULT_GOAL := help
.PHONY: help demo build test lint check bench instructions fuzz accuracy kernel-lab live-bench captures reports readme format install clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s%s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: build ## Build, analyze an archived capture, and say where its report is
	@mkdir -p out
	$(PROGRAM) $(DEMO) -o out/demo.html -o out/demo.md -o out/demo.json
	@echo
	@echo "The report is $(CURDIR)/out/demo.html (also demo.md and demo.json beside it)."

build: ## Build the program, .build/release/tcptriage, after installing what is missing
	@scripts/setup
	$(RELEASE) --product tcptriage

test: lint ## Everything that must pass: style, warnings, tests, archived captures
	@scripts/setup test
	swift build --build-tests
	swift test --skip-build --parallel
	python3 -B -m unittest discover -s Accuracy
	$(RELEASE) --product tcptriage
	$(PROGRAM) check captures/
	python3 -B -m unittest discover -s Browser
	$(RELEASE) --product benchgen
	python3 -B -m unittest discover -s Live

lint: ## Check the style of all Swift files
	@scripts/setup
	swift format lint --strict --parallel --recursive $(SOURCES)

check: build ## Compare every archived capture with what must be found in it
	$(PROGRAM) check captures/

bench: ## Time, memory and packets/s beside tcpdump and tcptrace (RUNS=5 PACKETS=n BASE=revision)
	@scripts/setup bench
	Benchmarks/run

instructions: ## Instructions per packet, by room (needs valgrind)
	@scripts/setup
	Benchmarks/instructions

fuzz: ## Feed mutated captures to readers and engine (FUZZ_SECONDS=1200 for each)
	@scripts/setup
	scripts/fuzz

accuracy: build ## Score every verdict against a kernel's account (JSON=FILE WRONG=FILE PEERS=1)
	@scripts/setup test
	python3 -B Accuracy --program $(PROGRAM) $(if $(JSON),--json '$(JSON)') $(if $(WRONG),--wrong '$(WRONG)') \
	  $(if $(PEERS),--peers)

kernel-lab: build ## Record real TCP of this kernel, compare its counters with predictions (needs root)
	@if [ "$$(id -u)" = 0 ]; then scripts/setup lab && Lab/test_compare.py && Lab/run; \
	else echo "kernel-lab: not run: it needs root, for network namespaces."; fi

live-bench: build ## Live mode at 300,000 packets/s beside tcpdump, and eight hours compressed (needs root)
	@scripts/setup test
	$(RELEASE) --product benchgen
	python3 -B Live/bench.py

captures: ## Make the captures of all scenarios in captures/ anew
	@scripts/setup
	swift run scenario build captures/

reports: build ## Renew reports/: HTML, Markdown and screenshots of archived cases
	@scripts/setup test
	scripts/reports

readme: accuracy ## Renew what README.md quotes: the demo's output, the table of rules, the accuracy
	scripts/readme

format: ## Format all Swift files in place
	swift format --in-place --parallel --recursive $(SOURCES)

install: build ## Install program, manual page and completions below PREFIX=/usr/local
	install -D -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/tcptriage
	@mkdir -p $(addprefix $(DESTDIR)$(PREFIX)/share/,bash-completion/completions zsh/site-functions fish/vendor_completions.d)
	$(PROGRAM) --generate-completion-script bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/tcptriage
	$(PROGRAM) --generate-completion-script zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_tcptriage
	$(PROGRAM) --generate-completion-script fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/tcptriage.fish
	@if [ -f man/tcptriage.1 ]; then install -D -m 644 man/tcptriage.1 $(DESTDIR)$(PREFIX)/share/man/man1/tcptriage.1; fi

clean: ## Remove everything that was built or generated
	rm -rf .build .build-* out benchmark-data
