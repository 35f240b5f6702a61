// The built-in example: a shop. Its statements run on MySQL and MariaDB alike.
#include "local/cluster_spec.h"

namespace vif::local {
namespace {

constexpr std::string_view kUnshardedSchema = R"(
create table if not exists users_seq (id bigint not null, next_id bigint, cache bigint, primary key (id)) comment 'vitess_sequence';
create table if not exists orders_seq (id bigint not null, next_id bigint, cache bigint, primary key (id)) comment 'vitess_sequence';
create table if not exists products (id bigint not null, name varchar(64) not null, description varchar(255), price decimal(10,2) not null, primary key (id));
insert ignore into users_seq (id, next_id, cache) values (0, 1000, 100);
insert ignore into orders_seq (id, next_id, cache) values (0, 1000, 100);
)";

// The source of the reference table and its copy in every shard.
constexpr std::string_view kProducts = R"(
insert ignore into products (id, name, description, price) values (1, 'keyboard', 'Mechanical, 87 keys', 79.90), (2, 'mouse', 'Three buttons and a wheel', 19.50), (3, 'monitor', '27 inches', 249.00), (4, 'cable', 'USB-C, 2 m', 7.25);
)";

constexpr std::string_view kUnshardedVschema = R"({
  "sharded": false,
  "tables": {
    "users_seq": {"type": "sequence"},
    "orders_seq": {"type": "sequence"},
    "products": {}
  }
})";

constexpr std::string_view kCommerceSchema = R"(
create table if not exists users (user_id bigint not null, name varchar(64) not null, email varchar(128), primary key (user_id), key email (email));
create table if not exists orders (order_id bigint not null, user_id bigint not null, product_id bigint not null, amount decimal(10,2) not null, created_at datetime not null default current_timestamp, primary key (order_id), key user_id (user_id), key created_at (created_at));
create table if not exists products (id bigint not null, name varchar(64) not null, description varchar(255), price decimal(10,2) not null, primary key (id));
)";

constexpr std::string_view kCommerceVschema = R"({
  "sharded": true,
  "vindexes": {"hash": {"type": "hash"}},
  "tables": {
    "users": {
      "column_vindexes": [{"column": "user_id", "name": "hash"}],
      "auto_increment": {"column": "user_id", "sequence": "unsharded.users_seq"}
    },
    "orders": {
      "column_vindexes": [{"column": "user_id", "name": "hash"}],
      "auto_increment": {"column": "order_id", "sequence": "unsharded.orders_seq"}
    },
    "products": {"type": "reference", "source": "unsharded.products"}
  }
})";

constexpr std::string_view kData = R"(
insert ignore into users (user_id, name, email) values (11, 'Ada', 'ada@example.com'), (12, 'Brian', 'brian@example.com'), (13, 'Chloe', 'chloe@example.com'), (14, 'Dmitri', 'dmitri@example.com'), (15, 'Edda', 'edda@example.com'), (16, 'Farid', null);
insert ignore into orders (order_id, user_id, product_id, amount, created_at) values (101, 11, 1, 79.90, '2026-01-05 10:00:00'), (102, 11, 2, 19.50, '2026-01-06 11:30:00'), (103, 12, 3, 249.00, '2026-01-07 09:15:00'), (104, 13, 4, 7.25, '2026-01-08 16:45:00'), (105, 14, 4, 14.50, '2026-01-09 08:05:00'), (106, 15, 1, 79.90, '2026-01-10 13:00:00'), (107, 15, 3, 498.00, '2026-01-11 19:20:00');
)";

}  // namespace

ClusterSpec commerce_example() {
  ClusterSpec spec;
  spec.cells = {"zone1"};
  const auto shard = [](std::string name, uint32_t first_uid) {
    ShardSpec made;
    made.name = std::move(name);
    for (uint32_t i = 0; i < 2; ++i) {
      TabletSpec tablet;
      tablet.cell = "zone1";
      tablet.uid = first_uid + i;
      made.tablets.push_back(std::move(tablet));
    }
    return made;
  };
  KeyspaceSpec unsharded;
  unsharded.name = "unsharded";
  unsharded.schema_sql = kUnshardedSchema;
  unsharded.every_shard_sql = kProducts;
  unsharded.vschema_json = kUnshardedVschema;
  unsharded.shards = {shard("0", 300)};
  KeyspaceSpec commerce;
  commerce.name = "commerce";
  commerce.schema_sql = kCommerceSchema;
  commerce.every_shard_sql = kProducts;
  commerce.vschema_json = kCommerceVschema;
  commerce.shards = {shard("-80", 100), shard("80-", 200)};
  spec.keyspaces = {std::move(unsharded), std::move(commerce)};
  spec.data_sql = kData;
  return spec;
}

}  // namespace vif::local
