// What every peer is asked: see ../answers.lua for the form of the answer and
// ../workspace.lua for the same question as plumbline's rules.
//   node PEER.js EXPORTS OUT THREADS
const { createRequire } = require("module");
const path = require("path");

const day = 86400;
const [exports_, out, threads] = process.argv.slice(2);

module.exports = {
  exports: path.resolve(exports_),
  out,
  threads: Number(threads),
  asOf: 1735689599, // 2024-12-31T23:59:59Z, the anchor of deals that are open
  within: 180 * day,
  contentWithin: 548 * day,
  rates: { USD: 10000, EUR: 10837, GBP: 12715 }, // in 1/10,000
  // Where `npm install` put the engines.
  require: createRequire(path.resolve(process.env.BENCH_MODULES || "build/bench", "peer.js")),
};
