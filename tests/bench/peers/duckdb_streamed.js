// DuckDB, tuned in another way: the touches are not kept but aggregated as they stream out of
// the join. Less work where it fits, more memory where there are many pairs.
const { q, deals, contacts, touches, answer } = require("./duckdb.js");

// Cents times 1/10,000 are millionths: half-even to 1/10,000.
const statements = [
  `CREATE TEMP TABLE deals AS
   SELECT n, company, stage, anchor, first,
     micro // 100 + CASE WHEN micro % 100 > 50 OR micro % 100 = 50 AND micro // 100 % 2 = 1 THEN 1 ELSE 0 END AS usd
   FROM (SELECT row_number() OVER ()::INTEGER AS n, company, stage,
     CASE stage WHEN 'open' THEN ${q.asOf} ELSE epoch(closed)::BIGINT END AS anchor,
     row_number() OVER (PARTITION BY company) = 1 AS first,
     (amount * 100)::BIGINT * CASE currency WHEN 'USD' THEN ${q.rates.USD}
       WHEN 'EUR' THEN ${q.rates.EUR} WHEN 'GBP' THEN ${q.rates.GBP} END AS micro
   FROM ${deals})`,
  `CREATE TEMP TABLE known AS
   SELECT c.id AS contact, d.n, d.anchor, coalesce(d.first, true) AS first
   FROM ${contacts} c LEFT JOIN deals d USING (company)`,
  `CREATE TEMP TABLE reached AS
   SELECT metric, asset, n,
     count(*) FILTER (first) AS touches, count(contact) FILTER (first) AS with_key,
     count(known) FILTER (first) AS known,
     bool_or(gap BETWEEN 0 AND ${q.within}) AS soon, bool_or(gap BETWEEN 0 AND ${q.contentWithin}) AS later
   FROM (SELECT t.metric, t.asset, t.contact, k.contact AS known, k.n, coalesce(k.first, true) AS first,
       k.anchor - epoch(t.time)::BIGINT AS gap
     FROM ${touches} t LEFT JOIN known k USING (contact))
   GROUP BY GROUPING SETS ((metric, n), (asset, n))`,
];

const stage = (when, name) => `count(*) FILTER (${when} AND stage = '${name}'),
  coalesce(sum(usd) FILTER (${when} AND stage = '${name}'), 0)`;
const stages = (when) => ["won", "lost", "open"].map((name) => stage(when, name)).join(", ");
const counts = `sum(touches), sum(with_key), sum(known), coalesce(sum(touches) FILTER (n IS NOT NULL), 0)`;
const questions = [
  `SELECT 'metric', metric, ${counts}, ${stages("soon")}
   FROM reached LEFT JOIN deals USING (n) WHERE metric IS NOT NULL GROUP BY metric`,
  `SELECT 'metric', 'content', ${counts}, ${stages("later")}
   FROM (SELECT n, sum(touches) AS touches, sum(with_key) AS with_key, sum(known) AS known, bool_or(later) AS later
     FROM reached WHERE asset IS NOT NULL GROUP BY n) LEFT JOIN deals USING (n)`,
  `SELECT 'asset', 'content', asset, sum(touches), ${stages("later")}
   FROM reached LEFT JOIN deals USING (n) WHERE asset IS NOT NULL GROUP BY asset`,
];

answer(statements, questions);
