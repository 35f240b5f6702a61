// The scenario of README.md through mysql2. Arguments: port, "tls" or "plain".
const mysql = require('mysql2/promise');
const assert = require('assert');

async function main() {
  const [port, tls] = process.argv.slice(2);
  const options = { host: '127.0.0.1', port: Number(port), user: 'root', database: 'commerce', supportBigNumbers: true };
  if (tls === 'tls') options.ssl = { rejectUnauthorized: false };
  const db = await mysql.createConnection(options);
  await db.query('delete from users where user_id between 6000 and 6999');

  // Text and prepared.
  const [text] = await db.query("insert into users (user_id, name) values (6000, 'text')");
  assert.strictEqual(text.affectedRows, 1);
  for (const id of [6001, 6002, 6003]) {
    await db.execute('insert into users (user_id, name, email) values (?, ?, ?)', [id, 'prepared ' + id, null]);
  }
  const [rows, fields] = await db.execute('select user_id, name, email from users where user_id >= ? and user_id < ? order by user_id', [6000, 7000]);
  assert.deepStrictEqual(rows.map((row) => row.user_id), [6000, 6001, 6002, 6003]);
  assert.strictEqual(rows[1].email, null);
  assert.deepStrictEqual(fields.map((field) => field.name), ['user_id', 'name', 'email']);

  // Transactions over two shards.
  await db.beginTransaction();
  await db.query("update users set name = 'changed' where user_id in (6000, 6001, 6002)");
  await db.rollback();
  let [[count]] = await db.query("select count(*) as n from users where name = 'changed' and user_id between 6000 and 6999");
  assert.strictEqual(Number(count.n), 0);
  await db.beginTransaction();
  await db.execute('update users set name = ? where user_id in (6000, 6001, 6002)', ['node']);
  await db.commit();
  [[count]] = await db.query("select count(*) as n from users where name = 'node'");
  assert.strictEqual(Number(count.n), 3);

  // 20 MB both ways.
  const blob = Buffer.alloc(20 << 20, "0123456789abcdef\0'\\");
  await db.query('replace into blobs (id, data) values (?, ?)', [60, blob]);
  const [[big]] = await db.execute('select data from blobs where id = ?', [60]);
  assert.ok(blob.equals(big.data));

  // Errors carry MySQL's number; the connection goes on.
  await assert.rejects(db.query("insert into users (user_id, name) values (6000, 'again')"), (error) => error.errno === 1062);
  await assert.rejects(db.execute('select * from nosuch where id = ?', [1]));
  await db.ping();
  await db.end();
  console.log('ok');
}

main().catch((error) => { console.error(error); process.exit(1); });
