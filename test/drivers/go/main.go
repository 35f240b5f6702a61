// The scenario of README.md through go-sql-driver. Arguments: address, "true", "false" or "skip-verify" for TLS.
package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"

	"github.com/go-sql-driver/mysql"
)

func check(err error, what string) {
	if err != nil {
		fmt.Println(what, "failed:", err)
		os.Exit(1)
	}
}

func expect(ok bool, what string) {
	if !ok {
		fmt.Println("not so:", what)
		os.Exit(1)
	}
}

func main() {
	address, tls := os.Args[1], os.Args[2]
	db, err := sql.Open("mysql", "root@tcp("+address+")/commerce?maxAllowedPacket=0&parseTime=true&tls="+tls)
	check(err, "open")
	check(db.Ping(), "ping")
	_, err = db.Exec("delete from users where user_id between 5000 and 5999")
	check(err, "delete")

	// Text (no arguments) and prepared (with arguments).
	result, err := db.Exec("insert into users (user_id, name) values (5000, 'text')")
	check(err, "text insert")
	affected, _ := result.RowsAffected()
	expect(affected == 1, "one row affected")
	statement, err := db.Prepare("insert into users (user_id, name, email) values (?, ?, ?)")
	check(err, "prepare")
	for i := 5001; i <= 5003; i++ {
		_, err = statement.Exec(i, fmt.Sprintf("prepared %d", i), nil)
		check(err, "prepared insert")
	}
	check(statement.Close(), "close statement")
	rows, err := db.Query("select user_id, name, email from users where user_id >= ? and user_id < ? order by user_id", 5000, 6000)
	check(err, "prepared select")
	var ids []int64
	for rows.Next() {
		var id int64
		var name string
		var email sql.NullString
		check(rows.Scan(&id, &name, &email), "scan")
		expect(!email.Valid, "email is null")
		ids = append(ids, id)
	}
	check(rows.Err(), "rows")
	expect(len(ids) == 4 && ids[3] == 5003, "four users in order")

	// Transactions over two shards.
	tx, err := db.Begin()
	check(err, "begin")
	_, err = tx.Exec("update users set name = 'changed' where user_id in (5000, 5001, 5002)")
	check(err, "update")
	check(tx.Rollback(), "rollback")
	var changed int
	check(db.QueryRow("select count(*) from users where name = 'changed' and user_id between ? and ?", 5000, 5999).Scan(&changed), "count")
	expect(changed == 0, "rolled back")
	tx, err = db.Begin()
	check(err, "begin")
	_, err = tx.Exec("update users set name = ? where user_id in (5000, 5001, 5002)", "kept")
	check(err, "update")
	check(tx.Commit(), "commit")
	check(db.QueryRow("select count(*) from users where name = 'kept'").Scan(&changed), "count")
	expect(changed == 3, "committed")

	// 20 MB both ways.
	blob := bytes.Repeat([]byte("0123456789abcdef\x00\xff'\\"), 1<<20)
	_, err = db.Exec("replace into blobs (id, data) values (?, ?)", 50, blob)
	check(err, "big insert")
	var back []byte
	check(db.QueryRow("select data from blobs where id = ?", 50).Scan(&back), "big select")
	expect(bytes.Equal(blob, back), "the blob came back")

	// Errors carry MySQL's number; the connection goes on.
	_, err = db.Exec("insert into users (user_id, name) values (5000, 'again')")
	failure, ok := err.(*mysql.MySQLError)
	expect(ok && failure.Number == 1062, "duplicate key is 1062")
	_, err = db.Exec("select * from nosuch where id = ?", 1)
	expect(err != nil, "no such table")
	check(db.Ping(), "ping after errors")
	fmt.Println("ok")
}
