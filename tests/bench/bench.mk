# The benchmark of plumbline against its peers. Installs nodejs, npm and sqlite3 from Debian
# for the peers; a peer that cannot be installed is named in the results.
#
#   make bench BENCH=M ROUNDS=3    all engines on S, M or L; writes tests/bench/RESULTS.md
#   make bench-quick               the same on S, printed only, within two minutes
#   make bench-parts BENCH=S       what metrics, threads and start-up cost
#   make bench-data BENCH=M        only the exports, in build/bench

BENCH ?= M
ROUNDS ?= 3
BENCH_DIR := $(B)/bench
BENCH_TOOLS := $(BENCH_DIR)/generate $(BENCH_DIR)/measure
BENCH_RUN = lua5.4 tests/bench/bench.lua --binary $(B)/plumbline --bench $(BENCH_DIR)

$(BENCH_DIR)/%: tests/bench/%.c tests/bench/names.h
	@mkdir -p $(@D)
	@echo "  CC  $<"
	@$(CC) -std=gnu11 -O2 $(WARN) -o $@ $<

bench-peers:
	@bash .ci/setup build bench
	@bash tests/bench/peers/install.sh $(BENCH_DIR)

bench: $(B)/plumbline $(BENCH_TOOLS) bench-peers
	@$(BENCH_RUN) --size $(BENCH) --rounds $(ROUNDS)

bench-quick: $(B)/plumbline $(BENCH_TOOLS) bench-peers
	@$(BENCH_RUN) --size S --rounds 2 --write no

bench-parts: $(B)/plumbline $(BENCH_TOOLS)
	@lua5.4 tests/bench/parts.lua --binary $(B)/plumbline --bench $(BENCH_DIR) --size $(BENCH) --rounds $(ROUNDS)

bench-data: $(BENCH_TOOLS)
	@lua5.4 tests/bench/parts.lua --bench $(BENCH_DIR) --size $(BENCH) --only data

.PHONY: bench bench-quick bench-parts bench-peers bench-data
