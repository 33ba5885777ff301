-- plumbline as an outsider meets it: installed, linked, packaged, taken away.
-- Usage: lua5.4 tests/package/package_test.lua [word]; in a checkout, after `make`.
-- PLUMBLINE_BUILD is the build folder (default: build). With CI set, root installs
-- the .deb with apt-get; elsewhere it is only unpacked.
local only = arg[1]
local build = os.getenv("PLUMBLINE_BUILD") or "build"

-- ---- a small shell ----------------------------------------------------------------
local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

local function capture(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("a")
  pipe:close()
  return (text:gsub("\n$", ""))
end

local scratch = capture "mktemp -d"
local prefix = scratch .. "/prefix"

local function write(name, text)
  local file = assert(io.open(scratch .. "/" .. name, "wb"))
  file:write(text)
  assert(file:close())
end

-- Runs shell lines where we are; $S is the scratch folder, $P the prefix. A line that
-- fails ends it. Gives what was printed.
local function run(lines, code)
  write(".script", ("set -e\nS=%s P=%s\n%s\n"):format(scratch, prefix, lines))
  local command = "env -u MAKEFLAGS -u MAKELEVEL -u LUA_PATH -u LUA_CPATH HOME=%s sh %s/.script >%s/.out 2>%s/.err </dev/null"
  local _, kind, got = os.execute(command:format(scratch, scratch, scratch, scratch))
  got = kind == "exit" and got or 128 + got
  local out, err = read(scratch .. "/.out"), read(scratch .. "/.err")
  if got ~= (code or 0) then
    error(("%s\nended with %d, not %d\n%s%s"):format(lines, got, code or 0, out:sub(-3000), err:sub(-3000)), 0)
  end
  return out, err
end

local function make(words) return run(("make --no-print-directory B=%s %s"):format(build, words)) end

local function equal(got, expected, what)
  if got ~= expected then error(("%s:\n%s\nnot\n%s"):format(what, tostring(got), tostring(expected)), 0) end
end

local function holds(text, part, what)
  if not text:find(part, 1, true) then error(what .. ' does not hold "' .. part .. '":\n' .. text:sub(1, 3000), 0) end
end

local passed, failed, skipped = 0, 0, 0
local skipping = {}
local function skip(why)
  skipped = skipped + 1
  print("skipped: " .. why)
  error(skipping)
end

local function test(name, body)
  if only and passed > 0 and not name:find(only, 1, true) then return end
  local ok, message = pcall(body)
  if ok then
    passed = passed + 1
  elseif message ~= skipping then
    failed = failed + 1
    print("failed: " .. name .. "\n  " .. tostring(message):gsub("\n", "\n  "))
  end
  return ok
end

local function has(tool) return (os.execute("command -v " .. tool .. " >/dev/null 2>&1")) end
local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

local has_module = exists "core/module.c"
local version = read("core/plumbline.h"):match('PL_VERSION "([%d.]+)"')

-- ---- make install ------------------------------------------------------------------
local ready = test("make install installs a program that runs", function()
  make(("install PREFIX=%s"):format(prefix))
  run "$P/bin/plumbline init -q --demo $S/demo"
end)
if not ready then
  print(passed .. " passed, " .. failed .. " failed")
  os.exit(false)
end

test("everything is where it is looked for", function()
  local files = { "bin/plumbline", "include/plumbline.h", "lib/libplumbline.so", "lib/libplumbline.so.0",
    "lib/libplumbline.a", "lib/pkgconfig/plumbline.pc", "share/man/man1/plumbline.1",
    "share/man/man3/plumbline.3", "share/man/man5/plumbline-rules.5", "share/man/man5/plumbline-audit.5",
    "share/bash-completion/completions/plumbline", "share/zsh/site-functions/_plumbline",
    "share/fish/vendor_completions.d/plumbline.fish", "share/doc/plumbline/README.md",
    "share/doc/plumbline/rules/marketing.lua" }
  if has_module then files[#files + 1] = "lib/lua/5.4/plumbline.so" end
  for _, file in ipairs(files) do assert(exists(prefix .. "/" .. file), file .. " is missing") end
  equal(run "$P/bin/plumbline --version", "plumbline " .. version .. "\n", "--version")
end)

test("the prefix /usr puts libraries by architecture, below DESTDIR only", function()
  make(("install PREFIX=/usr DESTDIR=%s/stage"):format(scratch))
  local lib = "/usr/lib/" .. capture "gcc -print-multiarch"
  assert(exists(scratch .. "/stage" .. lib .. "/libplumbline.so.0"))
  local pc = read(scratch .. "/stage" .. lib .. "/pkgconfig/plumbline.pc")
  holds(pc, "prefix=/usr\n", "plumbline.pc")
  assert(not pc:find(scratch, 1, true), "plumbline.pc tells of DESTDIR")
  make(("uninstall PREFIX=/usr DESTDIR=%s/stage"):format(scratch))
  equal(run "find $S/stage -type f -o -type l", "", "what uninstall leaves")
end)

-- ---- the library ---------------------------------------------------------------------
test("the library shows the functions of its header and nothing else", function()
  local in_header = {}
  for name in read("core/plumbline.h"):gmatch("PL_API [^;(]-(pl_[%w_]+)%(") do in_header[#in_header + 1] = name end
  table.sort(in_header)
  local expected = table.concat(in_header, "\n") .. "\n"
  local shared = "nm -D --defined-only --without-symbol-versions $P/lib/libplumbline.so.0"
  equal(run(shared .. " | awk '$2 != \"A\" { print $3 }' | LC_ALL=C sort"), expected, "libplumbline.so.0")
  equal(run "nm -g --defined-only $P/lib/libplumbline.a | awk 'NF == 3 { print $3 }' | LC_ALL=C sort", expected,
    "libplumbline.a")
  holds(run "readelf -d $P/lib/libplumbline.so.0", "[libplumbline.so.0]", "the soname")
end)

-- The program in plumbline(3), which counts the flagged metrics of a workspace.
local c_program = assert(loadfile "lua/plumbline/manual/library.lua")().example
write("outsider.c", c_program)

-- What the command line says about the same workspace.
local function flagged()
  local report = run "$P/bin/plumbline audit -q --json $S/demo || [ $? -eq 4 ]"
  local totals = report:match('"totals": (%b{})')
  return totals:match('"flagged": (%d+)') .. " of " .. totals:match('"metrics": (%d+)')
    .. " metrics are candidates to stop\n"
end

-- Exit code 4: the demo has a broken rule on purpose.
test("a C program links the shared library and audits", function()
  equal(run([[
    export PKG_CONFIG_PATH=$P/lib/pkgconfig
    gcc -Wall -Wextra -Werror -std=c11 $S/outsider.c $(pkg-config --cflags --libs plumbline) -o $S/shared
    readelf -d $S/shared | grep -q 'NEEDED.*libplumbline.so.0'
    LD_LIBRARY_PATH=$P/lib $S/shared $S/demo "$(pkg-config --variable=worker plumbline)"]], 4), flagged(), "what it printed")
end)

test("a C program links the static library and audits", function()
  equal(run([[
    cp -r $P $S/static
    rm $S/static/lib/libplumbline.so*
    export PKG_CONFIG_PATH=$S/static/lib/pkgconfig
    gcc -std=c11 $S/outsider.c $(pkg-config --define-prefix --static --cflags --libs plumbline) -o $S/alone
    readelf -d $S/alone | grep libplumbline && exit 1
    $S/alone $S/demo $P/bin/plumbline]], 4), flagged(), "what it printed")
end)

test("a C++ compiler takes the header", function()
  write("header.cc", '#include <plumbline.h>\nint main() { return pl_version()[0] == 0; }\n')
  if not has "g++" then skip "g++ is not installed" end
  run "PKG_CONFIG_PATH=$P/lib/pkgconfig g++ $S/header.cc $(PKG_CONFIG_PATH=$P/lib/pkgconfig pkg-config --cflags --libs plumbline) -o $S/cc"
end)

test("stock Lua finds the module", function()
  if not has_module then skip "there is no core/module.c" end
  run [[LUA_CPATH="$P/lib/lua/5.4/?.so" lua5.4 -e 'assert(type(require "plumbline") == "table")']]
  local needed = run "readelf -d $P/lib/lua/5.4/plumbline.so"
  assert(not needed:find("liblua5.4.so", 1, true), "the module links liblua, which its host has already")
end)

-- ---- what is installed beside it -------------------------------------------------------
test("man finds the pages", function()
  if not has "man" then skip "man is not installed" end
  for page, section in pairs { plumbline = "1", ["plumbline-rules"] = "5", ["plumbline-audit"] = "5" } do
    local out, err = run(("MANPATH=$P/share/man man --warnings %s %s"):format(section, page))
    holds(out, page:upper() .. "(" .. section .. ")", page)
    equal(err, "", "warnings of " .. page)
  end
  holds(run "MANPATH=$P/share/man man 3 plumbline", "pl_audit_open", "plumbline(3)")
end)

test("the installed completion completes with the installed program", function()
  equal(run [[PATH=$P/bin:$PATH bash -c '. $0/share/bash-completion/completions/plumbline
    COMP_WORDS=(plumbline trace -C $1 webs) COMP_CWORD=4 COMPREPLY=()
    _plumbline; echo "${COMPREPLY[@]}"' $P $S/demo]], "website_traffic\n", "what it offers")
end)

-- ---- make uninstall ----------------------------------------------------------------------
test("uninstall takes everything of its own and nothing of others", function()
  run "touch $P/bin/other $P/lib/libother.so"
  make(("uninstall PREFIX=%s"):format(prefix))
  equal(run "cd $P && find . ! -type d | LC_ALL=C sort", "./bin/other\n./lib/libother.so\n", "what is left")
  run "rm $P/bin/other $P/lib/libother.so"
  make(("install PREFIX=%s"):format(prefix))
  make(("uninstall PREFIX=%s"):format(prefix))
  equal(run "find $P -mindepth 1 2>/dev/null || true", "", "what is left in a prefix of its own")
end)

-- ---- the Debian package --------------------------------------------------------------------
local deb
test("make deb builds the same package each time", function()
  make "deb"
  deb = capture(("realpath %s/plumbline_%s-1_*.deb"):format(build, version))
  local first = run("md5sum <" .. deb)
  make "deb"
  equal(run("md5sum <" .. deb), first, "the second package")
end)

test("the package says what it is and what it needs", function()
  equal(run("dpkg-deb -f " .. deb .. " Package Version"), ("Package: plumbline\nVersion: %s-1\n"):format(version), "fields")
  local depends = run("dpkg-deb -f " .. deb .. " Depends")
  for _, library in ipairs { "libc6 ", "liblua5.4-0 ", "libpcre2-8-0 ", "libseccomp2 ", "libicu", "lua-cjson " } do
    holds(depends, library, "Depends")
  end
  run("rm -rf $S/deb; dpkg-deb -R " .. deb .. " $S/deb; cd $S/deb; md5sum --quiet -c DEBIAN/md5sums")
  equal(run "cd $S/deb && find usr -type f | wc -l", run "wc -l <$S/deb/DEBIAN/md5sums", "files with a sum")
  equal(run "find $S/deb/usr/share/man -type f ! -name '*.gz'", "", "pages that are not packed")
  run "test -s $S/deb/usr/share/doc/plumbline/copyright && gzip -t $S/deb/usr/share/doc/plumbline/changelog.Debian.gz"
end)

test("the package's program runs", function()
  equal(run "$S/deb/usr/bin/plumbline --version", "plumbline " .. version .. "\n", "--version")
  run("$S/deb/usr/bin/plumbline audit -q $S/demo", 4)
end)

test("apt-get installs the package, and takes it away", function()
  if not os.getenv("CI") or capture "id -u" ~= "0" then
    skip "apt-get installs only as root with CI set"
  end
  assert(not has "plumbline", "there is a plumbline on this machine already")
  run("export DEBIAN_FRONTEND=noninteractive; apt-get install -y -q " .. deb)
  local ok, message = pcall(function()
    equal(run "plumbline --version", "plumbline " .. version .. "\n", "--version")
    run("plumbline audit -q $S/demo", 4)
    if has_module then run [[lua5.4 -e 'assert(type(require "plumbline") == "table")']] end
    -- As the man page says, with the system's own folders.
    equal(run([[gcc $S/outsider.c $(pkg-config --cflags --libs plumbline) -o $S/system
      $S/system $S/demo "$(pkg-config --variable=worker plumbline)"]], 4):match("candidates"), "candidates", "a C program")
  end)
  run "export DEBIAN_FRONTEND=noninteractive; apt-get remove -y -q plumbline"
  if not ok then error(message, 0) end
  assert(not has "plumbline", "plumbline is still there")
end)

-- ---- the rock --------------------------------------------------------------------------------
test("luarocks make installs the program and the module", function()
  if not has "luarocks" then skip "luarocks is not installed" end
  run("MAKEFLAGS=B=" .. build .. " luarocks --lua-version 5.4 --tree $S/rocks make .package/plumbline-" .. version .. "-1.rockspec")
  equal(run "$S/rocks/bin/plumbline --version", "plumbline " .. version .. "\n", "--version")
  if has_module then
    run [[LUA_CPATH="$S/rocks/lib/lua/5.4/?.so" lua5.4 -e 'assert(type(require "plumbline") == "table")']]
  end
  run "luarocks --lua-version 5.4 --tree $S/rocks remove plumbline"
  equal(run "find $S/rocks -name 'plumbline*' ! -type d", "", "what is left")
end)

os.execute("rm -rf '" .. scratch .. "'")
print(passed .. " passed, " .. failed .. " failed" .. (skipped > 0 and ", " .. skipped .. " skipped" or ""))
os.exit(failed == 0)
