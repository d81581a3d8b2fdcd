// Drives a server by node-postgres: texts of several statements, parameters, named statements, errors.
// Prints what it gets.
//
// Usage: node.js CONNECTION
"use strict";
const { Client } = require("pg");

async function main() {
  const client = new Client({ connectionString: process.argv[2] });
  await client.connect();
  const show = (rows) => console.log(JSON.stringify(rows));
  const both = await client.query("SELECT 1 AS one; SELECT 'zwei' AS two");
  show(both.map((result) => result.rows));
  const values = [7, "it's ü", null, 1.5, [1, null, 3], { a: [1, 2] }, Buffer.from([0, 1, 255])];
  const typed =
    "SELECT $1::int, $2::text, $3::date, $4::float8, $5::int[], $6::jsonb, $7::bytea";
  show((await client.query({ text: typed, values, rowMode: "array" })).rows);
  for (const number of [1, 2, 3]) {
    const named = { name: "next", text: "SELECT $1::int + 1 AS next", values: [number] };
    show((await client.query(named)).rows);
  }
  for (const sql of ["SELEC", "SELECT 1 / 0"]) {
    await client.query(sql).catch((error) => show(error.code));
  }
  await client.query("SELECT $1::int", ["x"]).catch((error) => show(error.code));
  await client.query("BEGIN");
  await client.query("CREATE TEMP TABLE t (a int) ON COMMIT DROP");
  show((await client.query("INSERT INTO t VALUES ($1), ($2) RETURNING a", [1, 2])).rows);
  await client.query("COMMIT");
  const many = await client.query("SELECT g, repeat('x', 1000) AS x FROM generate_series(1, 3000) AS g");
  show([many.rowCount, many.rows.reduce((sum, row) => sum + row.x.length, 0)]);
  await Promise.all([1, 2, 3].map((n) => client.query("SELECT $1::int", [n]))).then((all) =>
    show(all.map((result) => result.rows)),
  );
  await client.end();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
