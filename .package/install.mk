# Installing, and packages made of what is installed. `make install` puts files
# below DESTDIR/PREFIX and nowhere else; `make uninstall` takes the same away.
PREFIX ?= /usr/local
DESTDIR ?=
VERSION = $(shell sed -n 's/^.define PL_VERSION "\(.*\)"/\1/p' core/plumbline.h)
# Debian keeps libraries of /usr by architecture.
ARCH_DIR = $(if $(filter /usr,$(PREFIX)),/$(shell $(CC) -print-multiarch))
LIBDIR ?= $(PREFIX)/lib$(ARCH_DIR)
LUA_CDIR ?= $(LIBDIR)/lua/5.4
LUA_DIR ?= $(PREFIX)/share/lua/5.4
MANDIR := $(PREFIX)/share/man
DOCDIR := $(PREFIX)/share/doc/plumbline
BASH_DIR := $(PREFIX)/share/bash-completion/completions
ZSH_DIR := $(PREFIX)/share/zsh/$(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)
FISH_DIR := $(PREFIX)/share/fish/vendor_completions.d

MODULE := $(if $(wildcard core/module.c),$(B)/plumbline.so)
PAGES := $(B)/man/plumbline.1 $(B)/man/plumbline-rules.5 $(B)/man/plumbline-audit.5 $(B)/man/plumbline.3
SHELLS := bash zsh fish
COMPLETIONS := $(SHELLS:%=$(B)/completions/%)
META = $(wildcard lua/plumbline/_meta/*.lua)
DOCUMENTS = $(wildcard README.md)
COOKBOOK = $(wildcard rules/*.lua)

# The program prints its own manual and completions, from the tables it runs on.
$(B)/man/plumbline.1: TOPIC :=
$(B)/man/plumbline-rules.5: TOPIC := rules
$(B)/man/plumbline-audit.5: TOPIC := audit
$(B)/man/plumbline.3: TOPIC := library
$(PAGES): $(B)/plumbline
	@mkdir -p $(@D)
	@$(B)/plumbline help $(TOPIC) --man > $@
$(COMPLETIONS): $(B)/plumbline
	@mkdir -p $(@D)
	@$(B)/plumbline help --completion $(@F) > $@

man: $(PAGES)
completions: $(COMPLETIONS)

# What a program that links libplumbline.a needs beside it.
PRIVATE_LIBS = $(filter -l%,$(PKG_LIBS)) -lpthread -lm
define PC_TEXT
prefix=$(PREFIX)
exec_prefix=$${prefix}
libdir=$(patsubst $(PREFIX)/%,$${prefix}/%,$(LIBDIR))
includedir=$${prefix}/include
worker=$${exec_prefix}/bin/plumbline

Name: plumbline
Description: follows every tracked metric to closed-won deals
Version: $(VERSION)
Cflags: -I$${includedir}
Libs: -L$${libdir} -lplumbline
Libs.private: $(PRIVATE_LIBS)
endef
install: export PC_FILE = $(PC_TEXT)

built: all libraries man completions $(MODULE)

# FILES, MODE, DIRECTORY: copies each file into the directory below DESTDIR.
put = $(if $(strip $(1)),install -d "$(DESTDIR)$(3)" && install -m $(2) $(1) "$(DESTDIR)$(3)/")

install: built
	@$(call put,$(B)/plumbline,755,$(PREFIX)/bin)
	@$(call put,core/plumbline.h,644,$(PREFIX)/include)
	@$(call put,$(B)/$(SONAME) $(B)/libplumbline.a,644,$(LIBDIR))
	@ln -sf $(SONAME) "$(DESTDIR)$(LIBDIR)/libplumbline.so"
	@install -d "$(DESTDIR)$(LIBDIR)/pkgconfig"
	@printf '%s\n' "$$PC_FILE" > "$(DESTDIR)$(LIBDIR)/pkgconfig/plumbline.pc"
	@$(call put,$(MODULE),644,$(LUA_CDIR))
	@$(call put,$(META),644,$(LUA_DIR)/plumbline/_meta)
	@$(call put,$(filter %.1,$(PAGES)),644,$(MANDIR)/man1)
	@$(call put,$(filter %.3,$(PAGES)),644,$(MANDIR)/man3)
	@$(call put,$(filter %.5,$(PAGES)),644,$(MANDIR)/man5)
	@install -d "$(DESTDIR)$(BASH_DIR)" "$(DESTDIR)$(ZSH_DIR)" "$(DESTDIR)$(FISH_DIR)"
	@install -m 644 $(B)/completions/bash "$(DESTDIR)$(BASH_DIR)/plumbline"
	@install -m 644 $(B)/completions/zsh "$(DESTDIR)$(ZSH_DIR)/_plumbline"
	@install -m 644 $(B)/completions/fish "$(DESTDIR)$(FISH_DIR)/plumbline.fish"
	@$(call put,$(DOCUMENTS),644,$(DOCDIR))
	@$(call put,$(COOKBOOK),644,$(DOCDIR)/rules)
	@sh .package/loader.sh "$(DESTDIR)" "$(PREFIX)"

# Folders that are then empty go as well, those of the system stay.
uninstall:
	@rm -f "$(DESTDIR)$(PREFIX)/bin/plumbline" "$(DESTDIR)$(PREFIX)/include/plumbline.h" \
	  "$(DESTDIR)$(LIBDIR)/$(SONAME)" "$(DESTDIR)$(LIBDIR)/libplumbline.so" \
	  "$(DESTDIR)$(LIBDIR)/libplumbline.a" "$(DESTDIR)$(LIBDIR)/pkgconfig/plumbline.pc" \
	  "$(DESTDIR)$(LUA_CDIR)/plumbline.so" "$(DESTDIR)$(BASH_DIR)/plumbline" \
	  "$(DESTDIR)$(ZSH_DIR)/_plumbline" "$(DESTDIR)$(FISH_DIR)/plumbline.fish" \
	  $(foreach page,$(PAGES),"$(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $(page)))/$(notdir $(page))")
	@rm -rf "$(DESTDIR)$(LUA_DIR)/plumbline" "$(DESTDIR)$(DOCDIR)"
	@cd "$(DESTDIR)$(PREFIX)" 2>/dev/null && for folder in bin include $(patsubst $(PREFIX)/%,%,$(LIBDIR)/pkgconfig \
	  $(LUA_CDIR) $(LUA_DIR) $(MANDIR)/man1 $(MANDIR)/man3 $(MANDIR)/man5 $(BASH_DIR) $(ZSH_DIR) $(FISH_DIR) \
	  $(dir $(DOCDIR))); do rmdir -p "$$folder" 2>/dev/null; done; true
	@sh .package/loader.sh "$(DESTDIR)" "$(PREFIX)"

# What `luarocks make` installs: the program, which runs the workers, and the module.
rock: built
	@$(call put,$(B)/plumbline,755,$(ROCK_BIN))
	@$(call put,$(MODULE),755,$(ROCK_LIB))
	@$(call put,$(META),644,$(ROCK_LUA)/plumbline/_meta)

deb: built
	+@bash .package/deb/build.sh "$(VERSION)" "$(B)"

.PHONY: built man completions install uninstall rock deb
