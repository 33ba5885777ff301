-- Dialects of exports, as audit.lua may declare them: each once for a source and
-- once for deals, which are read by the same words.
return function(row, s)
  local RECORDS = "id,k,c,at\n1,a,é,2024-01-01\n2,b,x,2024-01-01\n"
  local DEALS = "did,k,stage,amt,closed,created\nD1,a,won,100,2024-03-01,\nD2,b,won,20,2024-03-01,\n"

  local function utf16(text, big)
    return (text:gsub(utf8.charpattern, function(c) return string.pack(big and ">I2" or "<I2", utf8.codepoint(c)) end))
  end
  local function latin(text) return (text:gsub("é", "\xe9")) end
  local ENCODED = { ["utf-8"] = function(text) return text end, ["utf-16le"] = utf16,
    ["utf-16be"] = function(text) return utf16(text, true) end, ["windows-1252"] = function(text)
      return (latin(text):gsub("x", "\x80")) -- the euro sign, where Latin-1 has a control
    end, ["latin-1"] = latin }

  for encoding, encode in pairs(ENCODED) do
    row('encoding = "' .. encoding .. '"', "source.encoding deals.encoding encoding." .. encoding, function()
      local declared = (', encoding = "%s"'):format(encoding)
      local got = s.audit { t = s.SOURCE .. declared, deals = s.DEAL_FIELDS .. declared, metric = 'by = "c"',
        files = { ["t.csv"] = encode(RECORDS), ["d.csv"] = encode(DEALS) } }
      s.won(got, 120)
      local values = {}
      for i, line in ipairs(s.evidence(got).by.rows) do values[i] = line.value end
      s.same(table.concat(values, " "), encoding == "windows-1252" and "é €" or "é x")
    end)
  end

  for quotes, cell in pairs { doubled = '"p ""q"", r"', backslash = '"p \\"q\\", r"' } do
    row('quotes = "' .. quotes .. '"', "source.quotes deals.quotes quotes." .. quotes, function()
      local declared = (', quotes = "%s"'):format(quotes)
      local got = s.audit { t = s.SOURCE .. declared, deals = s.DEAL_FIELDS .. declared, metric = 'by = "c"',
        trace = [[from "t" :to("deals", "k") :where { c = 'p "q", r' }]],
        files = { ["t.csv"] = "id,k,c,at\n1,a," .. cell .. ",2024-01-01\n",
          ["d.csv"] = "did,k,c,stage,amt,closed,created\nD1,a," .. cell .. ",won,100,2024-03-01,\n" } }
      s.won(got, 100)
      s.same(s.evidence(got).by.rows[1].value, 'p "q", r')
    end)
  end

  row("header: its line; what stands above is counted as skipped", "source.header deals.header", function()
    local got = s.audit { t = s.SOURCE .. ", header = 3", deals = s.DEAL_FIELDS .. ", header = 2", files = {
      ["t.csv"] = "A report,of,four,cells\nid,k,c,at\n" .. RECORDS, ["d.csv"] = "did,k,stage,amt,closed,created\n" .. DEALS } }
    s.won(got, 120)
    s.same(s.evidence(got).origins.records, 2)
    s.same(got.sources.t.skipped.preamble, 2)
  end)

  row("description: records below the header that describe the columns", "source.description deals.description", function()
    local got = s.audit { t = s.SOURCE .. ", header = 1, description = 1",
      deals = s.DEAL_FIELDS .. ", header = 1, description = 1", files = {
      ["t.csv"] = RECORDS:gsub("\n", "\nThe id,the key,the colour,the day\n", 1),
      ["d.csv"] = DEALS:gsub("\n", "\nThe id,the key,the stage,the amount,the day,\n", 1) } }
    s.won(got, 120)
    s.same(s.evidence(got).origins.records, 2)
    s.same(got.sources.t.skipped.description, 1)
    s.same(got.sources.t.rejected, 0)
  end)

  row("footer: records at the end that are no data", "source.footer deals.footer", function()
    local got = s.audit { t = s.SOURCE .. ", footer = 1", deals = s.DEAL_FIELDS .. ", footer = 2", files = {
      ["t.csv"] = RECORDS .. "9,a,x,2024-01-01\n", ["d.csv"] = DEALS .. "D8,a,won,4,2024-03-01,\nD9,b,won,8,2024-03-01,\n" } }
    s.won(got, 120)
    s.same(s.evidence(got).origins.records, 2)
    s.same(got.sources.t.skipped.footer, 1)
    s.same(got.sources.deals.skipped.footer, 2)
  end)

  row("block: one of several tables in a file, by its name", "source.block deals.block", function()
    local both = "# Records\n" .. RECORDS .. "\n# Deals\n" .. DEALS
    local got = s.audit { path = '"both.csv"', deals_path = '"both.csv"', t = s.SOURCE .. ', block = "Records"',
      deals = s.DEAL_FIELDS .. ', block = "Deals"', files = { ["both.csv"] = both } }
    s.won(got, 120)
    s.same(s.evidence(got).origins.records, 2)
  end)

  row("records: the path of the array that holds them", "source.records deals.records", function()
    local one = '{"data":{"items":[{"id":1,"k":"a","at":"2024-01-01"}],"other":[{"id":2,"k":"b","at":"2024-01-01"}]}}'
    local deals = '{"page":[1,2],"deals":[{"did":"D1","k":"a","stage":"won","amt":100,"closed":"2024-03-01","created":null}]}'
    local got = s.audit { path = '"t.json"', deals_path = '"d.json"', t = s.SOURCE .. ', records = "data.items"',
      deals = s.DEAL_FIELDS .. ', records = "deals"', files = { ["t.json"] = one, ["d.json"] = deals } }
    s.won(got, 100)
    s.same(s.evidence(got).origins.records, 1)
  end)

  row("names: another name for a column of the file", "source.names deals.names", function()
    local got = s.audit { t = 'key = "id", time = "day", names = { day = "at" }',
      deals = 'key = "did", status = "stage", amount = "worth", closed = "closed", names = { worth = "amt" }',
      files = { ["t.csv"] = RECORDS, ["d.csv"] = DEALS } }
    s.won(got, 120)
    s.same(s.evidence(got).origins.first, "2024-01-01")
  end)

  row("lists: columns of the file that hold several values", "source.lists deals.lists", function()
    local got = s.audit { t = s.SOURCE .. ', lists = { k = ";" }', deals = s.DEAL_FIELDS .. ', lists = { k = "|" }',
      files = { ["t.csv"] = "id,k,c,at\n1,a;b,x,2024-01-01\n", ["d.csv"] =
        "did,k,stage,amt,closed,created\nD1,zz|a,won,100,2024-03-01,\nD2,b,won,20,2024-03-01,\n" } }
    s.won(got, 120)
  end)

  row("profile: what a known export is", "source.profile deals.profile",
    { "tests/profiles_test.lua", "every built-in profile has a fixture here" },
    { "tests/profiles_test.lua", "explicit fields win over the profile's, and false takes a default out" },
    { "tests/profiles_test.lua", "a stage that the profile does not list is an error until audit.lua says what it means" })

  row("numbers: a style for each column", "", function()
    local got = s.audit { deals = s.DEAL_FIELDS .. ', numbers = { amt = "1.234,56", seats = "1,234.56" }',
      trace = 'from "t" :to("deals", "k") :where { seats = gt(1000) }',
      files = { ["d.csv"] = 'did,k,seats,stage,amt,closed,created\nD1,a,"1,200.5",won,"1.234,5",2024-03-01,\n'
        .. 'D2,b,"1,000.0",won,"1,5",2024-03-01,\n' } }
    s.won(got, 1234.5)
    s.same(got.report.deals.won.amount, "1236.00")
  end)
end
