// DuckDB, tuned: one pass over the file of touches; what is kept of them is narrow, with a
// number for each company that has deals, and several queries answer from that.
const { q, deals, contacts, touches, answer } = require("./duckdb.js");

// Cents times 1/10,000 are millionths: half-even to 1/10,000.
const statements = [
  `CREATE TEMP TABLE deals AS
   SELECT n, company, stage, anchor,
     micro // 100 + CASE WHEN micro % 100 > 50 OR micro % 100 = 50 AND micro // 100 % 2 = 1 THEN 1 ELSE 0 END AS usd
   FROM (SELECT row_number() OVER ()::INTEGER AS n, company, stage,
     CASE stage WHEN 'open' THEN ${q.asOf} ELSE epoch(closed)::INTEGER END AS anchor,
     (amount * 100)::BIGINT * CASE currency WHEN 'USD' THEN ${q.rates.USD}
       WHEN 'EUR' THEN ${q.rates.EUR} WHEN 'GBP' THEN ${q.rates.GBP} END AS micro
   FROM ${deals})`,
  // Companies with deals by number; a contact without such a company is known all the same.
  `CREATE TEMP TABLE companies AS
   SELECT company, row_number() OVER ()::INTEGER AS c FROM (SELECT DISTINCT company FROM deals)`,
  "CREATE TEMP TABLE offers AS SELECT c, n, anchor FROM deals JOIN companies USING (company)",
  `CREATE TEMP TABLE known AS
   SELECT id AS contact, coalesce(c, 0) AS c FROM ${contacts} LEFT JOIN companies USING (company)`,
  `CREATE TEMP TABLE touched AS
   SELECT metric, asset, contact IS NOT NULL AS with_key, k.c, epoch(time)::INTEGER AS seen
   FROM ${touches} LEFT JOIN known k USING (contact)`,
  `CREATE TEMP TABLE counted AS
   SELECT metric, count(*) AS touches, count(*) FILTER (with_key) AS with_key, count(c) AS known,
     count(*) FILTER (c > 0) AS followed FROM touched GROUP BY metric`,
  "CREATE TEMP TABLE counted_assets AS SELECT asset, count(*) AS touches FROM touched GROUP BY asset",
  `CREATE TEMP TABLE soon AS SELECT DISTINCT metric, n FROM touched JOIN offers USING (c)
   WHERE anchor - seen BETWEEN 0 AND ${q.within}`,
  `CREATE TEMP TABLE later AS SELECT DISTINCT asset, n FROM touched JOIN offers USING (c)
   WHERE anchor - seen BETWEEN 0 AND ${q.contentWithin}`,
];

const stages = ["won", "lost", "open"].map((name) => `count(*) FILTER (stage = '${name}'),
  coalesce(sum(usd) FILTER (stage = '${name}'), 0)`).join(", ");
const questions = [
  `SELECT 'metric', metric, any_value(touches), any_value(with_key), any_value(known), any_value(followed), ${stages}
   FROM counted LEFT JOIN soon USING (metric) LEFT JOIN deals USING (n) GROUP BY metric`,
  `SELECT 'metric', 'content', c.*, d.* FROM
   (SELECT sum(touches), sum(with_key), sum(known), sum(followed) FROM counted) c,
   (SELECT ${stages} FROM (SELECT DISTINCT n FROM later) JOIN deals USING (n)) d`,
  `SELECT 'asset', 'content', asset, any_value(touches), ${stages}
   FROM counted_assets LEFT JOIN later USING (asset) LEFT JOIN deals USING (n) GROUP BY asset`,
];

answer(statements, questions);
