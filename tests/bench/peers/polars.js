// Polars, tuned: the touches are scanned once in batches, joined as they come, and kept as
// narrow columns; two groupings of those answer everything.
const q = require("./question.js");
process.env.POLARS_MAX_THREADS = String(q.threads);
const pl = q.require("nodejs-polars");
const { col, lit, when } = pl;

const csv = (name, columns) => pl.scanCSV(`${q.exports}/${name}.csv`, { parseDates: true, inferSchemaLength: 1000 })
  .select(...columns);
const millis = (name) => col(name).cast(pl.Datetime("ms")).cast(pl.Int64);
const whole = (number, divisor) => number.sub(number.modulo(lit(divisor))).div(lit(divisor)).cast(pl.Int64);

// Cents times 1/10,000 are millionths: half-even to 1/10,000.
function readDeals() {
  const rate = when(col("currency").eq(lit("USD"))).then(lit(q.rates.USD))
    .when(col("currency").eq(lit("EUR"))).then(lit(q.rates.EUR)).otherwise(lit(q.rates.GBP)).cast(pl.Int64);
  const micro = col("amount").mul(lit(100)).round(0).cast(pl.Int64).mul(rate);
  const rest = col("micro").modulo(lit(100)), cut = whole(col("micro"), 100);
  const up = rest.gt(lit(50)).or(rest.eq(lit(50)).and(cut.modulo(lit(2)).eq(lit(1))));
  return csv("deals", ["company", "amount", "currency", "stage", "closed"])
    .withRowIndex("n")
    .withColumns(micro.alias("micro"),
      when(col("stage").eq(lit("open"))).then(lit(q.asOf * 1000)).otherwise(millis("closed")).cast(pl.Int64).alias("anchor"),
      col("n").eq(col("n").min().over("company")).alias("first"))
    .withColumns(cut.plus(up.cast(pl.Int64)).alias("usd"))
    .select("n", "company", "stage", "anchor", "first", "usd")
    .collectSync();
}

function readTouches(deals) {
  const known = csv("contacts", ["id", "company"])
    .join(deals.lazy().select("company", "n", "anchor", "first"), { on: "company", how: "left" })
    .select(col("id").alias("contact"), col("n"), col("anchor"), col("first").fillNull(lit(true)),
      lit(true).alias("known"));
  return csv("touches", ["contact", "metric", "asset", "time"])
    .join(known, { on: "contact", how: "left" })
    .select(col("metric").cast(pl.Categorical), col("asset").cast(pl.Categorical), col("n"),
      col("contact").isNotNull().and(col("contact").neq(lit(""))).alias("with_key"),
      col("known").fillNull(lit(false)), col("first").fillNull(lit(true)),
      col("anchor").sub(millis("time")).alias("gap"))
    .collectSync({ streaming: true });
}

const inTime = (within) => col("gap").gtEq(lit(0)).and(col("gap").ltEq(lit(within * 1000))).fillNull(lit(false));
const touchCounts = [
  col("first").sum().alias("touches"),
  col("first").and(col("with_key")).sum().alias("with_key"),
  col("first").and(col("known")).sum().alias("known"),
];
const stages = ["won", "lost", "open"].flatMap((name) => {
  const here = col("reached").and(col("stage").eq(lit(name))).fillNull(lit(false));
  return [here.sum().alias(name), when(here).then(col("usd")).otherwise(lit(0)).sum().alias(`${name}_usd`)];
});
const together = [col("touches").sum(), col("with_key").sum(), col("known").sum(),
  when(col("n").isNotNull()).then(col("touches")).otherwise(lit(0)).sum().alias("followed"), ...stages];

function main() {
  const deals = readDeals();
  const touches = readTouches(deals);
  const value = deals.lazy().select("n", "stage", "usd");
  const grouped = (by, within) => touches.lazy().withColumns(inTime(within).alias("in_time")).groupBy([by, "n"])
    .agg(...touchCounts, col("in_time").max().alias("reached")).join(value, { on: "n", how: "left" });
  const metrics = grouped("metric", q.within).groupBy("metric").agg(...together).collectSync({ streaming: true });
  const byAsset = grouped("asset", q.contentWithin).collectSync({ streaming: true });
  const assets = byAsset.lazy().groupBy("asset").agg(...together).collectSync();
  const content = byAsset.lazy().groupBy(["n", "stage", "usd"])
    .agg(col("touches").sum(), col("with_key").sum(), col("known").sum(), col("reached").max())
    .select(...together).collectSync();

  const lines = [];
  for (const row of metrics.rows()) lines.push(["metric", ...row]);
  for (const row of content.rows()) lines.push(["metric", "content", ...row]);
  for (const [asset, count, , , , ...deal] of assets.rows()) lines.push(["asset", "content", asset, count, ...deal]);
  require("fs").writeFileSync(q.out, lines.map((line) => line.join("\t")).join("\n") + "\n");
}

main();
