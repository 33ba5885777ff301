-- What the names of columns and files say, in words: never proof, always beside
-- what the values say.
local names = {}

-- "Website Visitor IDs" -> " website visitor ids ", so that whole words are found.
function names.spaced(name)
  local plain = name:gsub("(%l)(%u)", "%1 %2"):gsub("E%-[Mm]ail", "email"):lower():gsub("[^%w\128-\255]+", " ")
  return " " .. plain:gsub("^ +", ""):gsub(" +$", "") .. " "
end

-- Does the name hold one of these words? A word may be several: "landing page".
function names.has(name, list)
  local spaced = names.spaced(name)
  for _, word in ipairs(list) do
    if spaced:find(" " .. word .. " ", 1, true) then return true end
  end
  return false
end

-- The points of the first entry {points, word, …} that fits, and those of every
-- entry below zero.
function names.score(name, entries)
  local best, minus = 0, 0
  for _, entry in ipairs(entries) do
    if names.has(name, table.move(entry, 2, #entry, 1, {})) then
      if entry[1] < 0 then minus = minus + entry[1] else best = math.max(best, entry[1]) end
    end
  end
  return best + minus
end

local ids = { "id", "ids", "uuid", "guid", "key", "code", "number", "nr", "email", "emails", "mail", "reference",
  "ref", "sku", "login", "username", "ticket", "link", "url", "leid", "euid", "gclid" }

-- "Customer No", "Kundennummer", "Kunden-Nr.", "Vorgangsnr."
function names.is_id(name)
  local spaced = names.spaced(name)
  return names.has(name, ids) or spaced:find("%S nos? $") ~= nil or spaced:find("nummer ", 1, true) ~= nil
    or spaced:find("%Snr $") ~= nil
end

-- "Associated Contact IDs" names the table "contacts", "seller_id" seller_performance.
function names.of_table(header, name)
  local spaced = names.spaced(header)
  for word in name:gsub("_", " "):gmatch "%S+" do
    word = word:gsub("ies$", "y"):gsub("s$", "")
    if #word > 3 and (spaced:find(" " .. word .. " ", 1, true) or spaced:find(" " .. word .. "s ", 1, true)
      or spaced:find(" " .. word:gsub("y$", "ies") .. " ", 1, true)) then
      return true
    end
  end
  return false
end

-- What joins nothing, however often its values occur on both sides.
local common = { "city", "state", "country", "region", "zip", "postcode", "plz", "name", "first name", "last name",
  "title", "day", "month", "year", "week", "weekday", "date", "time", "owner", "currency", "type", "category",
  "ort", "stadt", "land", "postleitzahl", "vorname", "nachname", "ville", "pays", "ciudad", "país",
  "status", "stage", "language", "segment", "department", "channel", "source", "medium", "browser", "device",
  "os", "price", "amount", "count", "score", "rating", "revenue", "salesperson", "rep", "agent" }

function names.is_common(name) return names.has(name, common) and not names.is_id(name) end

local channels = {
  { 9, "channel", "origin", "utm source", "original source", "lead source", "traffic source", "kanal", "herkunft",
    "leadquelle" }, { 8, "source", "quelle", "bron", "fuente", "fonte" }, { 7, "medium", "utm medium" },
  { 7, "campaign", "utm campaign", "campaign name", "kampagne", "campagne", "campaña", "campagna" },
  { 6, "landing page", "first page", "page", "path" }, { 5, "referrer", "keyword", "topic", "asset", "content type" },
  { 4, "category", "event type", "type", "format", "plan", "region" },
  { -9, "id of", "count", "number", "date", "time", "email", "name of", "owner", "currency" },
}

-- How much a column says where a record came from; 0: nothing.
function names.channel(name) return math.max(0, names.score(name, channels)) end

names.times = {
  { 6, "created", "create", "create date", "created at" }, { 6, "timestamp", "event time", "occurred" },
  { 5, "first contact", "first seen", "session start", "submitted", "requested", "sent", "viewed", "visited",
    "scanned", "joined", "downloaded", "attended", "registered", "subscribed", "optin", "optin time", "called", "heard",
    "watched", "referred", "started", "start", "event date", "end date" },
  { 4, "date", "time", "day", "datetime", "on", "at" }, { 3, "week", "month" },
  { 6, "erstellt", "erstellt am", "erstelldatum", "erstellungsdatum", "angelegt", "creado", "creada", "fecha de creación",
    "créé le", "date de création", "creatiedatum", "aangemaakt", "gemaakt", "data di creazione", "data de criação" },
  { 4, "datum", "fecha", "data", "tag", "zeitpunkt", "uhrzeit", "eingang", "besucht", "le", "am", "op" },
  { -3, "last", "modified", "updated", "changed", "latest", "recent", "geändert", "aktualisiert", "bearbeitet",
    "letzte", "letzter", "modifié", "modification", "dernière", "dernier", "última", "último", "modificación",
    "gewijzigd", "laatste" },
  { -6, "close", "closed", "closing", "due", "birth", "birthday", "expected", "planned", "renewal", "expires", "end of",
    "geburtsdatum", "fällig", "voraussichtlich", "erwartet" },
}
-- The words of the CRMs in their own languages: Salesforce says "Schlusstermin", HubSpot
-- "Abschlussdatum", Pipedrive "Gewonnen am", and so on. What is only planned or expected is
-- no closing, in any of them.
local expected = { "expected", "forecast", "planned", "estimated", "target", "voraussichtlich", "voraussichtliches",
  "voraussichtlicher", "erwartet", "erwartetes", "erwarteter", "geplant", "geplantes", "geplanter", "prognose",
  "prévu", "prévue", "prévisionnelle", "estimée", "prevista", "previsto", "estimada", "esperada", "stimata",
  "verwacht", "verwachte", "geschatte", "geplande" }
names.closed = {
  { 7, "won", "won date", "date won", "gewonnen", "gewonnen am", "gewonnen um", "gewinndatum", "gagné", "gagnée",
    "date de gain", "ganado", "ganada", "fecha de ganado", "ganho", "vinto", "vinta" },
  { 6, "close", "closed", "closing", "close date", "closing date", "closedate", "closed at", "abschlussdatum",
    "abschlusstermin", "abschlusstag", "abgeschlossen", "abgeschlossen am", "geschlossen", "geschlossen am",
    "schlusstermin", "schlussdatum", "schließdatum", "schliessdatum", "vertragsabschluss", "abschluss", "abschluß",
    "clôture", "cloture", "clôturé", "fermeture", "fermé", "conclusion", "cierre", "cerrado", "cerrada",
    "sluitingsdatum", "sluitdatum", "afsluitdatum", "afsluitingsdatum", "gesloten", "afgesloten", "chiusura",
    "fechamento", "fechado" },
  { 5, "signed", "contract date", "order date", "purchase", "vertragsdatum", "unterschrieben", "unterzeichnet",
    "auftragsdatum", "bestelldatum", "kaufdatum", "signé", "signature", "firmado", "firma", "ondertekend", "getekend",
    "besteldatum" },
  table.move(expected, 1, #expected, 2, { -9 }),
  { -9, "original", "lost", "created", "modified", "last", "days", "probability", "verloren", "erstellt", "geändert",
    "letzte", "perdu", "perdue", "perdido", "perdida", "reason", "grund", "verlustgrund" },
}
names.created = {
  { 7, "created", "create", "create date", "created at", "created date" },
  { 6, "erstelldatum", "erstellt", "erstellungsdatum", "angelegt", "eröffnet", "opened", "open date", "créé", "créée",
    "création", "creado", "creada", "creación", "aangemaakt", "gemaakt", "creatiedatum", "aanmaakdatum", "creazione",
    "criado", "criação" }, { 3, "start", "first", "added" },
  { -9, "close", "closed", "closing", "won", "modified", "last", "updated", "changed", "entered", "stage", "geändert",
    "letzte", "modifié", "gewijzigd", "laatste" },
}
names.changed = { "modified", "updated", "changed", "last modified", "last activity", "geändert", "aktualisiert", "modifié",
  "gewijzigd", "modificado" }
-- What says that a date is neither the closing nor the opening of a deal.
names.not_deal_days = { "modified", "updated", "changed", "last", "birth", "birthday", "geändert", "aktualisiert", "letzte",
  "letzter", "geburtsdatum", "modifié", "gewijzigd", "laatste", "lost", "verloren", "perdu", "perdido" }
names.amounts = {
  { 8, "deal amount", "deal value", "contract value", "opportunity amount", "auftragswert", "dealwert", "vertragswert",
    "angebotswert", "angebotssumme" },
  { 7, "amount" }, { 6, "value", "tcv", "acv", "wert" },
  { 5, "betrag", "summe", "montant", "importe", "bedrag", "importo", "valor", "waarde", "valeur", "volumen",
    "auftragssumme" }, { 4, "price", "revenue", "total", "umsatz", "preis", "prix", "precio", "prijs", "omzet" },
  { -9, "monthly", "annual", "declared", "expected", "forecast", "weighted", "probability", "tax", "discount",
    "average", "avg", "count", "days", "number", "year", "target", "renew", "billed", "cost", "spent", "rate", "id", "score",
    "catalog", "size", "gewichtet", "gewichteter", "erwartet", "erwarteter", "wahrscheinlichkeit", "rabatt", "steuer",
    "pondéré", "ponderado", "gewogen", "anzahl", "nummer" },
}
names.revenues = {
  { 8, "product revenue", "total revenue" }, { 7, "revenue", "turnover", "gmv" }, { 5, "amount", "sales", "value" },
  { -9, "average", "avg", "rate", "count", "score", "orders", "items", "per", "cost", "monthly", "annual", "expected",
    "forecast", "id", "number" },
}
names.statuses = {
  { 8, "deal stage", "stage", "opportunity stage", "dealphase", "verkaufsphase" }, { 7, "status", "deal status", "statut" },
  { 6, "outcome", "result", "phase", "étape", "Étape", "etapa", "fase", "ergebnis" },
  { 5, "is won", "won", "state", "pipeline stage", "estado", "stato", "stadium" },
  { -9, "date", "time", "country", "region", "email", "owner", "campaign", "reasons", "datum", "fecha" },
}
names.deals = { { 8, "deal", "deals", "opportunity", "opportunities", "closed deals", "verkaufschancen",
    "geschäfte", "abschlüsse", "opportunités", "oportunidades", "negocios", "offertes" },
  { 5, "won", "orders", "contracts", "sales", "aufträge", "verträge", "ventes", "ventas" },
  { -4, "content", "calls", "leads", "contacts" } }

-- ---- what a status says ----------------------------------------------------------------

local won = { "closed won", "won", "closedwon", "closed won deal", "deal won", "gewonnen", "abgeschlossen und gewonnen",
  "abgeschlossen gewonnen", "gagné", "gagne", "fermé gagné", "fermée gagnée", "ganado", "ganada", "cerrado ganado",
  "cerrada ganada", "ganho", "fechado ganho", "vinto", "chiusa vinta", "gewonnen deal" }
local lost = { "closed lost", "lost", "closedlost", "deal lost", "verloren", "abgeschlossen und verloren",
  "abgeschlossen verloren", "perdu", "perdue", "fermé perdu", "perdido", "perdida", "cerrado perdido",
  "cerrada perdida", "fechado perdido", "perso", "chiusa persa" }
local ignored = { "duplicate", "test", "spam", "deleted", "junk", "dublette" }

local function one_of(spaced, list)
  for _, word in ipairs(list) do
    if spaced == " " .. word .. " " then return true end
  end
  return false
end

-- "won", "lost", "ignore" or nil, and whether that is certain.
function names.meaning(value)
  local spaced = names.spaced(value)
  if one_of(spaced, won) then return "won", true end
  if one_of(spaced, lost) then return "lost", true end
  if one_of(spaced, ignored) then return "ignore", true end
  local says_won, says_lost = spaced:find(" won ", 1, true), spaced:find(" lost ", 1, true)
  if says_lost and not says_won then return "lost", spaced:find("^ closed lost ") ~= nil end
  if says_won and not says_lost and not names.has(spaced, { "not", "almost", "nearly", "to be", "if" }) then
    return "won", spaced:find("^ closed won ") ~= nil
  end
  return nil
end

-- ---- departments ------------------------------------------------------------------------

local departments = {
  { "Marketing", "marketing", "web", "website", "email", "emails", "mail", "newsletter", "social", "ads", "ad",
    "campaign", "campaigns", "lead", "leads", "traffic", "sessions", "session", "page", "pages", "landing", "seo",
    "search", "linkedin", "google", "mailchimp", "ga4", "gsc", "subscribers", "clicks", "views", "posts", "queries" },
  { "Events", "events", "event", "webinar", "webinars", "attendees", "booth", "badge", "fair", "fairs" },
  { "Editorial", "content", "editorial", "articles", "blog", "downloads" },
  { "Customer Success", "support", "tickets", "ticket", "survey", "surveys", "nps", "csat", "customers", "customer",
    "service", "success", "onboarding", "product", "trial", "surveymonkey" },
  { "Finance", "finance", "invoices", "invoice", "rates", "billing" },
  { "Sales", "crm", "sales", "deals", "deal", "opportunities", "opportunity", "pipeline", "calls", "demos", "quotes",
    "sellers", "seller", "contacts", "companies", "accounts", "hubspot", "salesforce", "pipedrive", "zoho", "referrals" },
}

-- By the folder, then by the file's name.
function names.department(path)
  local folder, file = path:match("^(.*)/([^/]*)$")
  for _, part in ipairs { folder and folder:match("[^/]*$") or "", file or path } do
    for _, entry in ipairs(departments) do
      if part ~= "exports" and names.has(part:gsub("%.%w+$", ""), table.move(entry, 2, #entry, 1, {})) then
        return entry[1]
      end
    end
  end
  return "Company"
end

return names
