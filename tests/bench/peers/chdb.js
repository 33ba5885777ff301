// ClickHouse (chdb), tuned: types declared, only the needed columns, one pass over the
// touches; the deals of a contact are an array, the deals reached are sets.
const q = require("./question.js");
const { Session } = q.require("chdb");
const fs = require("fs");

const csv = (name, columns) => `file('${q.exports}/${name}.csv', 'CSVWithNames', '${columns}')`;
const deals = csv("deals", "id String, company String, amount Decimal(18, 2), " +
  "currency LowCardinality(String), stage LowCardinality(String), created DateTime(\\'UTC\\'), " +
  "closed DateTime(\\'UTC\\')");
const contacts = csv("contacts", "id String, company String, created String, email String");
const touches = csv("touches", "id String, contact String, metric LowCardinality(String), " +
  "asset LowCardinality(String), department String, channel String, time DateTime(\\'UTC\\')");

const anchor = `if(stage = 'open', ${q.asOf}, toInt64(toUnixTimestamp(closed)))`;
const rate = `multiIf(currency = 'USD', ${q.rates.USD}, currency = 'EUR', ${q.rates.EUR}, ${q.rates.GBP})`;
const inTime = (within) => `groupUniqArrayArray(arrayMap(d -> d.1, arrayFilter(
  d -> d.2 - at BETWEEN 0 AND ${within}, deals)))`;

// Cents times 1/10,000 are millionths: half-even to 1/10,000.
const statements = [
  `CREATE TABLE deals ENGINE = Memory AS
   SELECT n, company, stage, anchor, intDiv(micro, 100) + (micro % 100 > 50 OR
     (micro % 100 = 50 AND intDiv(micro, 100) % 2 = 1)) AS usd
   FROM (SELECT toUInt32(rowNumberInAllBlocks()) AS n, company, stage, ${anchor} AS anchor,
     toInt64(amount * 100) * ${rate} AS micro FROM ${deals})`,
  `CREATE TABLE known (contact String, known UInt8, deals Array(Tuple(UInt32, Int64)))
   ENGINE = Join(ANY, LEFT, contact)`,
  `INSERT INTO known SELECT c.id, 1, d.deals FROM ${contacts} c LEFT JOIN
     (SELECT company, groupArray((n, anchor)) AS deals FROM deals GROUP BY company) d USING (company)`,
  `CREATE TABLE reached ENGINE = Memory AS
   SELECT metric, asset, grouping(metric) AS by_metric, grouping(asset) AS by_asset, count() AS touches,
     countIf(contact != '') AS with_key, countIf(known = 1) AS known, countIf(notEmpty(deals)) AS followed,
     ${inTime(q.within)} AS soon, ${inTime(q.contentWithin)} AS later
   FROM (SELECT metric, asset, contact, toInt64(toUnixTimestamp(time)) AS at, known.known AS known,
       known.deals AS deals FROM ${touches} t ANY LEFT JOIN known USING (contact))
   GROUP BY GROUPING SETS ((metric), (asset), ())`,
];

const stages = ["won", "lost", "open"].map((name) =>
  `countIf(n != 0 AND stage = '${name}'), sumIf(usd, n != 0 AND stage = '${name}')`).join(", ");
// Deals are numbered from 0: they are looked for by n + 1, so that 0 is "none".
const answer = (what, label, which, counts) =>
  `SELECT ${label}, ${counts}, ${stages}
   FROM (SELECT ${label.includes("asset") ? "asset" : "metric"}, touches, with_key, known, followed,
     arrayJoin(if(empty(${which}), [toUInt32(0)], arrayMap(x -> x + 1, ${which}))) AS n
     FROM reached WHERE ${what}) r LEFT JOIN (SELECT n + 1 AS n, stage, usd FROM deals) d USING (n)
   GROUP BY ALL`;
const counts = "touches, with_key, known, followed";
const questions = [
  answer("by_metric = 0 AND by_asset = 1", "'metric', metric", "soon", counts),
  answer("by_metric = 1 AND by_asset = 1", "'metric', 'content'", "later", counts),
  answer("by_metric = 1 AND by_asset = 0", "'asset', 'content', asset", "later", "touches"),
];

const session = new Session();
session.query(`SET max_threads = ${q.threads}`);
for (const statement of statements) session.query(statement);
// Raw: quotes in values stay as they are.
fs.writeFileSync(q.out, questions.map((question) => session.query(question, "TSVRaw")).join(""));
session.close();
