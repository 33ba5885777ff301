// What both ways to ask DuckDB share: the files with declared types, the settings, the output.
const q = require("./question.js");
const { DuckDBInstance } = q.require("@duckdb/node-api");

const csv = (name, columns) => {
  const types = columns.map(([column, type]) => `'${column}': '${type}'`).join(", ");
  return `read_csv('${q.exports}/${name}.csv', header = true, delim = ',', quote = '"', ` +
    `escape = '"', auto_detect = false, columns = {${types}})`;
};
const text = (names) => names.split(" ").map((name) => [name, "VARCHAR"]);

const deals = csv("deals", [...text("id company"), ["amount", "DECIMAL(18,2)"],
  ...text("currency stage"), ["created", "TIMESTAMP"], ["closed", "TIMESTAMP"]]);
const contacts = csv("contacts", text("id company created email"));
const touches = csv("touches", [...text("id contact metric asset department channel"), ["time", "TIMESTAMP"]]);

const settings = [`SET threads = ${q.threads}`, "SET preserve_insertion_order = false"];

async function run(statements, questions) {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  for (const statement of [...settings, ...statements]) await connection.run(statement);
  const lines = [];
  for (const question of questions) {
    const reader = await connection.runAndReadAll(question);
    for (const row of reader.getRows()) lines.push(row.join("\t"));
  }
  require("fs").writeFileSync(q.out, lines.join("\n") + "\n");
}

function answer(statements, questions) {
  run(statements, questions).catch((error) => {
    console.error(String(error));
    process.exit(1);
  });
}

module.exports = { q, deals, contacts, touches, answer };
