# plumbline. A newcomer needs two commands: `make demo` and `make test`.
#
#   make            the program, build/plumbline
#   make demo       install what is missing, build, audit a demo workspace
#   make test       install what is missing, then every test
#   make check      formatter, linters, dependency arrows
#   make fuzz-trace SEED=1 N=5000   more differential workspaces against SQLite
#   make fuzz SECONDS=60            the libFuzzer targets
#   make fuzz-scan SEED=1 SECONDS=60   more CSV texts, the fast scan against libcsv
#   make bench BENCH=S|M|L          against DuckDB, ClickHouse, Polars and SQLite
#   make install PREFIX=/usr/local DESTDIR=   and make uninstall; make deb
#   make clean

VARIANT ?= release
B := build$(if $(filter-out release,$(VARIANT)),/$(VARIANT))
CC = gcc
PKGS := lua5.4 lua5.4-cjson libpcre2-8 libseccomp icu-i18n icu-uc zlib libzstd

# Asked for lazily: `make setup` must work before pkg-config exists.
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(PKGS)))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $$(shell pkg-config --libs lua5.4 libpcre2-8 libseccomp icu-i18n icu-uc zlib libzstd))$(PKG_LIBS)
# lua-cjson and libcsv are small and linked in.
STATIC_LIBS := -l:liblua5.4-cjson.a -l:libcsv.a

# Sanitizers make the compiler see ghosts, so only the plain build stops at a warning.
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla $(if $(filter release,$(VARIANT)),-Werror)
CFLAGS_release := -O2 -g
CFLAGS_asan := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
CFLAGS_tsan := -O1 -g -fsanitize=thread
CFLAGS_coverage := -O0 -g --coverage
CFLAGS ?= $(CFLAGS_$(VARIANT))
HARDEN := -fstack-protector-strong -fPIC
ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE -Icore -fvisibility=hidden $(WARN) $(HARDEN) $(CFLAGS) $(PKG_CFLAGS)
LIBS = $(STATIC_LIBS) $(PKG_LIBS) -lpthread -lm

LIB_SRC := $(wildcard core/base/*.c core/read/*.c core/trace/*.c core/rule/*.c core/store/*.c core/plumbline*.c)
CLI_SRC := $(wildcard core/cli/*.c)
LIB_OBJ := $(LIB_SRC:%.c=$(B)/%.o) $(B)/embedded.o
CLI_OBJ := $(CLI_SRC:%.c=$(B)/%.o)
LUA_SRC := $(shell find lua/plumbline rules -name '*.lua' 2>/dev/null | LC_ALL=C sort)
UNIT_SRC := $(wildcard tests/core/test_*.c)
UNIT_BIN := $(UNIT_SRC:tests/core/%.c=$(B)/tests/%)

all: $(B)/plumbline $(B)/plumbline.so

$(B)/plumbline: $(CLI_OBJ) $(LIB_OBJ)
	@echo "  LD  $@"
	@$(CC) $(ALL_CFLAGS) -o $@ $^ $(LIBS)

$(B)/core/%.o: core/%.c
	@mkdir -p $(@D)
	@echo "  CC  $<"
	@$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# The Lua sources live in the binary, so that one file runs anywhere.
$(B)/embedded.c: $(LUA_SRC) core/plumbline.h tests/build/embed.sh
	@mkdir -p $(@D)
	@sh tests/build/embed.sh $(LUA_SRC) core/plumbline.h > $@.tmp && mv $@.tmp $@
$(B)/embedded.o: $(B)/embedded.c
	@$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(B)/tests/%: tests/core/%.c $(LIB_OBJ)
	@mkdir -p $(@D)
	@echo "  CC  $<"
	@$(CC) $(ALL_CFLAGS) -MMD -MP -MT $@ -MF $@.d -o $@ $< $(LIB_OBJ) $(LIBS) -lcmocka

# The library for other programs; only pl_* can be seen from outside. Debian's
# static lua-cjson cannot go into a shared library, so this one loads it.
SHARED_LIBS = -l:liblua5.4-cjson.so.0 -l:libcsv.a $(PKG_LIBS) -lpthread -lm
SONAME := libplumbline.so.0
libraries: $(B)/$(SONAME) $(B)/libplumbline.a

$(B)/$(SONAME): $(LIB_OBJ) .package/exports.map
	@echo "  LD  $@"
	@$(CC) $(ALL_CFLAGS) -shared -Wl,-soname,$(SONAME) -Wl,--version-script=.package/exports.map \
	  -Wl,-z,defs -Wl,--as-needed -o $@ $(LIB_OBJ) $(SHARED_LIBS)

# One object, so that names of our own, of lua-cjson and of libcsv stay inside it.
$(B)/libplumbline.a: $(LIB_OBJ)
	@echo "  AR  $@"
	@ld -r -o $(B)/libplumbline.o $^ -L$$(dirname $$($(CC) -print-file-name=libcsv.a)) $(STATIC_LIBS)
	@objcopy --localize-hidden -w --keep-global-symbol='pl_*' $(B)/libplumbline.o
	@rm -f $@ && ar rcs $@ $(B)/libplumbline.o

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(patsubst %.c,$(B)/%.d,$(wildcard core/module*.c)) $(UNIT_BIN:=.d)

# require "plumbline": Lua's own symbols are the host's, so liblua is not linked.
MODULE_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard core/module*.c))
MODULE_LIBS = -l:liblua5.4-cjson.so.0 -l:libcsv.a $(filter-out -llua5.4,$(PKG_LIBS)) -lpthread -lm
module: $(B)/plumbline.so
$(B)/plumbline.so: $(MODULE_OBJ) $(LIB_OBJ)
	@echo "  LD  $@"
	@echo '{ global: luaopen_plumbline; local: *; };' > $(B)/module.map
	@$(CC) $(ALL_CFLAGS) -shared -Wl,--version-script=$(B)/module.map -Wl,--as-needed -o $@ $^ $(MODULE_LIBS)

setup:
	@bash .ci/setup build
setup-test:
	@bash .ci/setup build test

# Recursive, because what to build is known only once the packages are there.
demo: setup
	@$(MAKE) --no-print-directory all
	@bash tests/build/demo.sh build/plumbline

test: setup-test
	@bash .ci/test

units: $(UNIT_BIN)

check:
	@bash .ci/check

format:
	clang-format -i $$(git ls-files -co --exclude-standard '*.c' '*.h')

fuzz-trace: all
	lua5.4 tests/trace_diff.lua --seed $(or $(SEED),1) --count $(or $(N),5000) --binary build/plumbline

fuzz:
	@bash tests/fuzz/run.sh $(or $(SECONDS),60)

$(B)/fuzz/scan_many: tests/fuzz/scan_many.c tests/fuzz/fuzz_scan.h tests/fuzz/fuzz_read.h $(LIB_OBJ)
	@mkdir -p $(@D)
	@echo "  CC  $<"
	@$(CC) $(ALL_CFLAGS) -o $@ $< $(LIB_OBJ) $(LIBS)

fuzz-scan: $(B)/fuzz/scan_many
	@$< $(or $(SEED),1) $(or $(SECONDS),60)

# Hours: every product test under valgrind.
valgrind: all
	@bash tests/build/valgrind.sh --all

include .package/install.mk
include tests/bench/bench.mk

clean:
	rm -rf build

.PHONY: all module libraries setup setup-test demo test units check format fuzz-trace fuzz fuzz-scan valgrind clean
.DELETE_ON_ERROR:
