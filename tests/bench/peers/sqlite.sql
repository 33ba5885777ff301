-- SQLite. Before this the tables touches, contacts and deals hold the exports, every column as
-- text (sqlite.sh, ../../bench_test.lua). What each statement from "answers" on gives is a
-- line of the form in ../answers.lua.

-- Cents times 1/10,000 are millionths: half-even to 1/10,000.
CREATE TABLE deal AS
SELECT n, company, stage, anchor,
  micro / 100 + (micro % 100 > 50 OR (micro % 100 = 50 AND micro / 100 % 2 = 1)) AS usd
FROM (SELECT rowid AS n, company, stage,
    CASE stage WHEN 'open' THEN 1735689599 ELSE unixepoch(closed) END AS anchor,
    CAST(replace(amount, '.', '') AS INTEGER) *
      CASE currency WHEN 'USD' THEN 10000 WHEN 'EUR' THEN 10837 WHEN 'GBP' THEN 12715 END AS micro
  FROM deals);
CREATE UNIQUE INDEX deal_n ON deal (n);
CREATE INDEX deal_company ON deal (company, anchor, n);
CREATE TABLE known (contact TEXT PRIMARY KEY, company TEXT, follows INTEGER) WITHOUT ROWID;
INSERT INTO known SELECT id, company, company IN (SELECT company FROM deal) FROM contacts ORDER BY id;

-- Each touch whose contact's company has a deal, with its distance in seconds from each of them.
CREATE VIEW gap AS
SELECT t.metric, t.asset, d.n, d.anchor - unixepoch(t.time) AS gap
FROM touches t CROSS JOIN known k ON k.contact = t.contact CROSS JOIN deal d ON d.company = k.company;

CREATE TABLE soon AS SELECT DISTINCT metric, n FROM gap WHERE gap BETWEEN 0 AND 180 * 86400;
CREATE TABLE later AS SELECT DISTINCT asset, n FROM gap WHERE gap BETWEEN 0 AND 548 * 86400;

CREATE TABLE counted AS
SELECT metric, count(*) AS touches, sum(t.contact <> '') AS with_key, count(k.contact) AS known,
  coalesce(sum(k.follows), 0) AS followed
FROM touches t LEFT JOIN known k ON k.contact = t.contact GROUP BY metric;
CREATE TABLE counted_assets AS SELECT asset, count(*) AS touches FROM touches GROUP BY asset;

CREATE VIEW sums AS
SELECT 'metric' AS kind, metric AS name, n FROM soon
UNION ALL SELECT 'asset', asset, n FROM later
UNION ALL SELECT 'content', '', n FROM (SELECT DISTINCT n FROM later);
CREATE TABLE reached AS
SELECT kind, name,
  coalesce(sum(stage = 'won'), 0) AS won, coalesce(sum(iif(stage = 'won', usd, 0)), 0) AS won_usd,
  coalesce(sum(stage = 'lost'), 0) AS lost, coalesce(sum(iif(stage = 'lost', usd, 0)), 0) AS lost_usd,
  coalesce(sum(stage = 'open'), 0) AS open, coalesce(sum(iif(stage = 'open', usd, 0)), 0) AS open_usd
FROM sums JOIN deal USING (n) GROUP BY kind, name;

-- answers
SELECT 'metric', metric, touches, with_key, known, followed, ifnull(won, 0), ifnull(won_usd, 0),
  ifnull(lost, 0), ifnull(lost_usd, 0), ifnull(open, 0), ifnull(open_usd, 0)
FROM counted LEFT JOIN reached ON kind = 'metric' AND name = metric;
SELECT 'metric', 'content', sum(touches), sum(with_key), sum(known), sum(followed), won, won_usd,
  lost, lost_usd, open, open_usd
FROM counted JOIN reached ON kind = 'content';
SELECT 'asset', 'content', asset, touches, ifnull(won, 0), ifnull(won_usd, 0),
  ifnull(lost, 0), ifnull(lost_usd, 0), ifnull(open, 0), ifnull(open_usd, 0)
FROM counted_assets LEFT JOIN reached ON kind = 'asset' AND name = asset;
