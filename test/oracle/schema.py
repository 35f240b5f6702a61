"""The tables of the scripts: sharded by hash(user id), with sequences and a reference table."""

PLAIN = """
create table users (id bigint not null, name varchar(64) not null, email varchar(64), age int, balance decimal(12,2) not null default 0, score double, born date, created datetime, bio text, primary key (id), key name (name));
create table orders (id bigint not null auto_increment, user_id bigint not null, product_id bigint, amount decimal(10,2) not null, qty int unsigned not null default 1, created_at datetime, note varchar(50), primary key (id), key user_id (user_id));
create table tags (user_id bigint not null, tag varchar(32) not null, weight float, primary key (user_id, tag));
create table products (id bigint not null, name varchar(64) not null, price decimal(10,2), primary key (id));
create table kinds (id bigint not null, t tinyint, s smallint unsigned, m mediumint, i int unsigned, b bigint unsigned, f float, d double, n decimal(20,6), da date, ti time, dt datetime(3), ye year, c char(5), v varchar(20), bi binary(3), vb varbinary(10), bl blob, tx text, e enum('red','green','blue'), st set('a','b','c'), bt bit(9), j json, primary key (id));
create table members (id bigint not null, email varchar(64), city varchar(64), primary key (id), unique key email (email));
create table words (id bigint not null, exact varchar(20) collate utf8mb4_bin, loose varchar(20) collate utf8mb4_general_ci, west varchar(20) character set latin1, n int, primary key (id));
"""
SHARDED = PLAIN.replace(" auto_increment", "")
PRODUCTS = "insert into products (id, name, price) values (1, 'pen', 1.50), (2, 'book', 12.00), (3, 'lamp', 33.30), (4, 'desk', 140.00), (5, 'free', NULL);"

SHARDED_VSCHEMA = """{
  "sharded": true,
  "vindexes": {
    "hash": {"type": "hash"},
    "members_email": {"type": "consistent_lookup_unique", "owner": "members",
                      "params": {"table": "main.members_email", "from": "email", "to": "keyspace_id", "ignore_nulls": "true"}},
    "members_city": {"type": "lookup", "owner": "members",
                     "params": {"table": "main.members_city", "from": "city,id", "to": "keyspace_id", "ignore_nulls": "true"}}
  },
  "tables": {
    "users": {"column_vindexes": [{"column": "id", "name": "hash"}]},
    "orders": {"column_vindexes": [{"column": "user_id", "name": "hash"}],
               "auto_increment": {"column": "id", "sequence": "main.orders_seq"}},
    "tags": {"column_vindexes": [{"column": "user_id", "name": "hash"}]},
    "kinds": {"column_vindexes": [{"column": "id", "name": "hash"}]},
    "words": {"column_vindexes": [{"column": "id", "name": "hash"}]},
    "members": {"column_vindexes": [{"column": "id", "name": "hash"}, {"column": "email", "name": "members_email"},
                                    {"columns": ["city", "id"], "name": "members_city"}]},
    "products": {"type": "reference"}
  }
}"""
UNSHARDED = """
create table orders_seq (id bigint not null, next_id bigint, cache bigint, primary key (id)) comment 'vitess_sequence';
create table members_email (email varchar(64) not null, keyspace_id varbinary(16), primary key (email));
create table members_city (city varchar(64) not null, id bigint not null, keyspace_id varbinary(16), primary key (city, id));
insert into orders_seq (id, next_id, cache) values (0, 1, 1);
"""
UNSHARDED_VSCHEMA = '{"sharded": false, "tables": {"orders_seq": {"type": "sequence"}, "members_email": {}, "members_city": {}}}'
