"""The README's session: one command to a sharded cluster, and what a learner types first."""
import concurrent.futures
import json
import os
import unittest

import pymysql
import pymysql.constants.CLIENT

import harness
from harness import query


class Learner(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = harness.Cluster()
        cls.addClassCleanup(cls.cluster.close)
        cls.output = cls.cluster.up()
        cls.db = cls.cluster.connect("commerce")

    def plan(self, sql):
        ((text,),) = query(self.db, "vexplain plan " + sql)
        return json.loads(text)

    def test_up_says_where_to_connect(self):
        self.assertIn("ready in", self.output)
        self.assertIn(f"-P {self.cluster.port}", self.output)

    def test_up_again_is_quick_and_says_so(self):
        self.assertIn("up already", self.cluster.up())

    def test_rows_by_key_come_from_one_shard(self):
        query(self.db, "insert into users (user_id, name) values (1, 'Ida'), (2, 'Jon'), (100, 'Kim'), (200, 'Lea')")
        self.assertEqual(query(self.db, "select name from users where user_id = 100"), (("Kim",),))
        plan = self.plan("select name from users where user_id = 100")
        self.assertEqual((plan["OperatorType"], plan["Variant"]), ("Route", "EqualUnique"))
        self.assertEqual(self.plan("select count(*) from users")["OperatorType"], "Aggregate")
        before = query(self.db, "select count(*) from users")[0][0]
        parts = [query(self.cluster.connect(f"commerce:{shard}"), "select count(*) from users")[0][0] for shard in ("-80", "80-")]
        self.assertEqual(sum(parts), before)
        self.assertGreater(min(parts), 0)

    def test_newest_orders_of_all_shards(self):
        rows = query(self.db, "select order_id, created_at from orders order by created_at desc limit 10")
        self.assertEqual([row[1] for row in rows], sorted((row[1] for row in rows), reverse=True))
        self.assertGreaterEqual(len(rows), 7)

    def test_join_of_users_orders_and_products(self):
        rows = query(self.db, "select u.name, p.name, o.amount from users u join orders o on o.user_id = u.user_id "
                              "join products p on p.id = o.product_id order by o.created_at desc limit 3")
        self.assertEqual([row[:2] for row in rows][0], ("Edda", "monitor"))

    def test_sequences_give_ids(self):
        with self.db.cursor() as cursor:
            cursor.execute("insert into orders (user_id, product_id, amount) values (11, 1, 5)")
            self.assertGreaterEqual(cursor.lastrowid, 1000)

    def test_a_table_of_ones_own_is_sharded_by_statements(self):
        query(self.db, "create table visits (id bigint primary key, page varchar(64))")
        self.addCleanup(query, self.db, "drop table visits")
        with self.assertRaisesRegex(pymysql.Error, "VT09001"):
            query(self.db, "insert into visits values (1, 'a')")
        query(self.db, "alter vschema on visits add vindex hash(id)")
        query(self.db, "alter vschema on visits add auto_increment id using unsharded.orders_seq")
        self.addCleanup(query, self.db, "alter vschema on visits drop vindex hash")
        query(self.db, "insert into visits (page) values ('a'), ('b'), ('c'), ('d'), ('e'), ('f'), ('g'), ('h')")
        self.assertEqual(query(self.db, "select count(*), count(distinct id), min(id) >= 1000 from visits"), ((8, 8, 1),))
        self.assertEqual(self.plan("select page from visits where id = 1000")["Variant"], "EqualUnique")

    def test_changes_of_the_vschema_at_one_time_are_all_made(self):
        names = [f"v{i}" for i in range(8)]

        def create(name):
            query(self.cluster.connect("commerce"), f"alter vschema create vindex {name} using xxhash")

        with concurrent.futures.ThreadPoolExecutor(len(names)) as pool:
            list(pool.map(create, names))
        known = {row[1] for row in query(self.db, "show vschema vindexes")}
        for name in names:
            query(self.db, f"alter vschema drop vindex {name}")
        self.assertEqual(known & set(names), set(names))
        self.assertFalse({row[1] for row in query(self.db, "show vschema vindexes")} & set(names))

    def test_show(self):
        shards = [row[0] for row in query(self.db, "show vitess_shards")]
        self.assertIn("commerce/-80", shards)
        self.assertIn("commerce/80-", shards)
        tables = [row[0] for row in query(self.db, "show tables")]
        self.assertEqual(sorted(tables), ["orders", "products", "users"])
        self.assertIn("commerce", [row[0] for row in query(self.db, "show databases")])
        tablets = query(self.db, "show vitess_tablets")
        self.assertEqual(sorted({row[3] for row in tablets}), ["PRIMARY", "REPLICA"])

    def test_the_version_is_the_servers(self):
        flavor = "MariaDB" in query(self.cluster.direct(100), "select version()")[0][0]
        self.assertEqual("MariaDB" in query(self.db, "select version()")[0][0], flavor)

    def test_temporary_tables_live_on_their_own_connection(self):
        db, other = self.cluster.connect("unsharded"), self.cluster.connect("unsharded")
        query(db, "create temporary table mine (id int primary key)")
        query(db, "insert into mine values (1), (2)")
        db.begin()
        query(db, "create temporary table doubled as select id * 2 as two from mine")
        self.assertEqual(query(db, "select row_count()"), ((2,),))
        query(db, "insert into mine values (3)")
        db.rollback()
        self.assertEqual(query(db, "select id from mine order by id"), ((1,), (2,)))
        with self.assertRaises(pymysql.err.ProgrammingError):
            query(other, "select * from mine")
        query(db, "unlock tables")
        query(db, "alter table mine add column v int not null default 7")
        self.assertEqual(query(db, "select sum(v) from mine"), ((14,),))
        query(db, "drop table mine")
        query(db, "drop temporary table doubled")
        with self.assertRaises(pymysql.err.ProgrammingError):
            query(db, "select * from mine")
        with self.assertRaisesRegex(pymysql.Error, "Temporary table not supported in sharded database commerce"):
            query(self.db, "create temporary table mine (id int)")

    def test_a_routines_body_is_one_statement_of_several(self):
        db = self.cluster.connect("unsharded", client_flag=pymysql.constants.CLIENT.MULTI_STATEMENTS)
        with db.cursor() as cursor:
            cursor.execute("create procedure counted () begin declare n int; set n = 1; end; select 5; drop procedure counted;")
            cursor.nextset()
            self.assertEqual(cursor.fetchall(), ((5,),))
            self.assertTrue(cursor.nextset())
            self.assertFalse(cursor.nextset())

    def test_replicas_answer_and_refuse_writes(self):
        replica = self.cluster.connect("commerce@replica")
        harness.wait_for(lambda: query(replica, "select count(*) from users")[0][0] > 0, what="rows on the replica")
        with self.assertRaises(pymysql.Error):
            query(replica, "insert into users (user_id, name) values (900, 'x')")

    def test_semi_sync_replication_runs(self):
        primary = self.cluster.direct(100)
        status = dict(query(primary, "show status like 'rpl_semi_sync_%_status'"))
        self.assertIn("ON", status.values())

    def test_what_is_unsupported_says_so(self):
        with self.assertRaisesRegex(pymysql.Error, "VT12001: unsupported"):
            query(self.db, "update users set user_id = 7 where user_id = 1")

    def test_status_lists_the_processes(self):
        done = self.cluster.run("status")
        self.assertEqual(done.returncode, 0)
        for name in ("vtgate", "vttablet zone1-0000000100", "mysqld zone1-0000000201"):
            self.assertIn(name, done.stdout)


class DownAndUp(unittest.TestCase):
    def test_data_stays_until_wiped(self):
        with harness.Cluster() as cluster:
            query(cluster.connect("commerce"), "insert into users (user_id, name) values (77, 'stays')")
            self.assertEqual(cluster.run("down").returncode, 0)
            cluster.up()
            self.assertEqual(query(cluster.connect("commerce"), "select name from users where user_id = 77"), (("stays",),))
            self.assertEqual(cluster.run("down", "--wipe").returncode, 0)
            self.assertFalse(os.path.exists(cluster.data_dir))

    def test_one_clear_line_when_it_cannot_start(self):
        cluster = harness.Cluster(server="/nonexistent/mysqld")
        self.addCleanup(cluster.close)
        with self.assertRaisesRegex(AssertionError, "no mysqld or mariadbd at /nonexistent/mysqld"):
            cluster.up()


if __name__ == "__main__":
    unittest.main()
