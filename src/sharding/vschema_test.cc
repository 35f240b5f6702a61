#include "sharding/vschema.h"

#include <gtest/gtest.h>

namespace vif::sharding {
namespace {

std::shared_ptr<const VSchema> built(std::string_view json, const TrackedSchema& tracked = {}) {
  const Result<SrvVSchemaSpec> spec = parse_srv_vschema_json(json);
  EXPECT_TRUE(spec.ok()) << spec.error().message();
  return build_vschema(*spec, tracked);
}

constexpr std::string_view kCommerce = R"({"keyspaces": {
  "commerce": {"sharded": true,
    "vindexes": {"hash": {"type": "hash"},
                 "by_name": {"type": "consistent_lookup", "owner": "users",
                             "params": {"table": "main.by_name", "from": "name", "to": "id"}},
                 "region": {"type": "region_experimental", "params": {"region_bytes": "1"}}},
    "tables": {
      "users": {"column_vindexes": [{"column": "user_id", "name": "hash"}, {"column": "name", "name": "by_name"}],
                "auto_increment": {"column": "user_id", "sequence": "main.users_seq"}},
      "places": {"column_vindexes": [{"columns": ["region", "id"], "name": "region"}]},
      "products": {"type": "reference", "source": "main.products"}}},
  "main": {"tables": {"users_seq": {"type": "sequence"}, "products": {}}}},
  "routing_rules": {"rules": [{"from_table": "old", "to_tables": ["commerce.users"]},
                              {"from_table": "old@replica", "to_tables": ["main.products"]},
                              {"from_table": "gone", "to_tables": []}]},
  "shardRoutingRules": {"rules": [{"from_keyspace": "commerce", "shard": "-80", "to_keyspace": "main"}]},
  "keyspace_routing_rules": {"rules": [{"from_keyspace": "k2", "to_keyspace": "main"}]},
  "mirror_rules": {"rules": [{"from_table": "main.products", "to_table": "commerce.users", "percent": 10}]}})";

TEST(VSchema, BuildsTables) {
  const auto vschema = built(kCommerce);
  ASSERT_FALSE(vschema->keyspace("commerce")->error)
      << vschema->keyspace("commerce")->error->message();
  const TablePtr users = *vschema->find_table("", "users");
  EXPECT_EQ(users->keyspace->name, "commerce");
  ASSERT_NE(users->primary_vindex(), nullptr);
  EXPECT_EQ(users->primary_vindex()->type, "hash");
  EXPECT_EQ(users->owned, std::vector<size_t>{1});
  EXPECT_EQ(users->ordered, (std::vector<size_t>{0, 1}));
  ASSERT_TRUE(users->auto_increment);
  EXPECT_EQ(users->auto_increment->sequence->name, "users_seq");
  // A multi-column vindex also stands for its leading columns, dearer and not unique.
  const TablePtr places = *vschema->find_table("commerce", "places");
  ASSERT_EQ(places->column_vindexes.size(), 2u);
  EXPECT_TRUE(places->column_vindexes[1].partial);
  EXPECT_FALSE(places->column_vindexes[1].is_unique);
  EXPECT_EQ(places->column_vindexes[1].columns, std::vector<std::string>{"region"});
  EXPECT_EQ(places->column_vindexes[1].cost, 2);
  // A reference table is found at its source, which knows it.
  const TablePtr products = *vschema->find_table("", "products");
  EXPECT_EQ(products->keyspace->name, "main");
  EXPECT_EQ(products->referenced_by.at("commerce").lock()->keyspace->name, "commerce");
}

TEST(VSchema, Rules) {
  const auto vschema = built(kCommerce);
  const auto table = [&](std::string_view keyspace, std::string_view name, std::string_view type) {
    const Result<TablePtr> found = vschema->find_routed_table(keyspace, name, type);
    if (!found.ok()) return found.error().message();
    return *found ? (*found)->keyspace->name + "." + (*found)->name : std::string("none");
  };
  EXPECT_EQ(table("", "old", "primary"), "commerce.users");
  EXPECT_EQ(table("", "old", "replica"), "main.products");
  EXPECT_EQ(table("", "gone", "primary"), "table gone has been disabled");
  EXPECT_EQ(table("k2", "anything", "replica"), "main.anything");
  EXPECT_EQ(table("commerce", "nothing", "primary"), "none");
  EXPECT_EQ(table("nowhere", "t", "primary"), "VT05003: unknown database 'nowhere' in vschema");
  EXPECT_EQ(vschema->find_routed_shard("commerce", "-80"), "main");
  EXPECT_EQ(vschema->find_routed_shard("commerce", "80-"), "commerce");
  const auto mirror = vschema->find_mirror_rule("main", "products", "primary");
  ASSERT_TRUE(mirror.ok());
  EXPECT_EQ((*mirror)->percent, 10);
  EXPECT_EQ(*vschema->find_mirror_rule("main", "other", "primary"), nullptr);
}

TEST(VSchema, TablesAreVindexesToo) {
  const auto vschema = built(kCommerce);
  const auto found = vschema->find_table_or_vindex("commerce", "hash", "primary");
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->table, nullptr);
  EXPECT_EQ(found->vindex->name(), "hash");
  EXPECT_EQ(vschema->find_table_or_vindex("", "nothing", "primary").error().mysql_errno(), 1146);
}

TEST(VSchema, Errors) {
  struct Case {
    std::string_view keyspace;
    std::string_view error;
  };
  const Case cases[] = {
      {R"({"vindexes": {"v": {"type": "nonsense"}}})", "vindexType \"nonsense\" not found"},
      {R"({"sharded": true, "tables": {"t": {}}})", "missing primary col vindex for table: t"},
      {R"({"sharded": true, "tables": {"t": {"type": "sequence"}}})",
       "sequence table has to be in an unsharded keyspace or must be pinned: t"},
      {R"({"tables": {"t": {"type": "view"}}})", "unidentified table type view"},
      {R"({"tables": {"t": {"pinned": "8"}}})",
       "could not decode the keyspace id for pin: encoding/hex: odd length hex string"},
      {R"({"tables": {"t": {"columns": [{"name": "a"}, {"name": "A"}]}}})",
       "duplicate column name 'A' for table: t"},
      {R"({"tables": {"t": {"column_vindexes": [{"column": "a", "name": "v"}]}}})",
       "vindex v not found for table t"},
      {R"({"vindexes": {"v": {"type": "hash"}}, "tables": {"t": {"column_vindexes": [{"name": "v"}]}}})",
       "must specify at least one column for vindex (v) and table (t)"},
      {R"({"vindexes": {"v": {"type": "hash"}}, "tables": {"t": {"column_vindexes": [{"name": "v", "column": "a", "columns": ["b"]}]}}})",
       "can't use column and columns at the same time in vindex (v) and table (t)"},
      {R"({"vindexes": {"v": {"type": "lookup"}}, "tables": {"t": {"column_vindexes": [{"name": "v", "column": "a"}]}}})",
       "primary vindex v is not Unique for table t"},
      {R"({"vindexes": {"v": {"type": "lookup_unique", "owner": "t"}}, "tables": {"t": {"column_vindexes": [{"name": "v", "column": "a"}]}}})",
       "primary vindex v cannot be owned for table t"},
      {R"({"vindexes": {"h": {"type": "hash"}, "m": {"type": "multicol", "params": {"column_count": "2"}}},
           "tables": {"t": {"column_vindexes": [{"name": "h", "column": "a"}, {"name": "m", "columns": ["a", "b"]}]}}})",
       "multi-column vindex m should be a primary vindex for table t"},
  };
  for (const Case& c : cases) {
    const Result<KeyspaceSpec> spec = parse_keyspace_json(c.keyspace);
    ASSERT_TRUE(spec.ok()) << spec.error().message();
    const Result<KeyspaceSchema> schema = build_keyspace_schema(*spec);
    ASSERT_FALSE(schema.ok()) << c.keyspace;
    EXPECT_EQ(schema.error().message(), c.error);
  }
}

TEST(VSchema, SequenceNotFoundDropsTheTable) {
  const auto vschema = built(
      R"({"keyspaces": {"k": {"sharded": true, "vindexes": {"h": {"type": "hash"}}, "tables": {
      "t": {"column_vindexes": [{"name": "h", "column": "a"}], "auto_increment": {"column": "a", "sequence": "s"}}}}}})");
  EXPECT_EQ(vschema->keyspace("k")->error->message(),
            "cannot resolve sequence s: table s not found");
  EXPECT_TRUE(vschema->keyspace("k")->tables.empty());
}

TEST(VSchema, JsonErrorsNameThePlace) {
  const auto message = [](std::string_view json) {
    return parse_keyspace_json(json).error().message();
  };
  EXPECT_EQ(message(R"({"tables": {"t": {"colums": []}}})"), "tables.t: unknown field \"colums\"");
  EXPECT_EQ(message(R"({"sharded": "yes"})"), "sharded: invalid value for bool field: \"yes\"");
  EXPECT_EQ(message("{\n\"sharded\": }"), "syntax error (line 2:12): not valid JSON");
  EXPECT_EQ(message(R"({"tables": {"t": {"columns": [{"type": "INT65"}]}}})"),
            "tables.t.columns[0].type: invalid value for enum field: \"INT65\"");
}

TEST(VSchema, JsonRoundTrip) {
  const Result<SrvVSchemaSpec> spec = parse_srv_vschema_json(kCommerce);
  const Result<SrvVSchemaSpec> again = parse_srv_vschema_json(srv_vschema_json(*spec));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*again, *spec);
}

TEST(VSchema, Tracking) {
  TrackedSchema tracked;
  TrackedTable& users = tracked["commerce"].tables["users"];
  users.columns.push_back({"user_id", types::Type::kInt64, "", "", false, 0, 0, false, {}});
  users.primary_key = {"user_id"};
  tracked["main"].tables["notes"].foreign_keys.push_back({"",
                                                          "products",
                                                          {"product_id"},
                                                          {"id"},
                                                          ReferenceAction::kCascade,
                                                          ReferenceAction::kDefault});
  tracked["main"].views["v"] = "select 1 from products";
  const auto vschema = built(kCommerce, tracked);
  const TablePtr table = *vschema->find_table("", "users");
  EXPECT_TRUE(table->column_list_authoritative);
  ASSERT_NE(table->find_column("USER_ID"), nullptr);
  EXPECT_EQ(table->primary_key, std::vector<std::string>{"user_id"});
  // A table that only the tablets know is global when its keyspace is not sharded.
  const TablePtr notes = *vschema->find_table("", "notes");
  EXPECT_EQ(notes->keyspace->name, "main");
  EXPECT_EQ(notes->parent_foreign_keys.at(0).table.lock()->name, "products");
  EXPECT_EQ(vschema->find_view("", "v")->statement, "select 1 from products");
}

TEST(VSchema, CyclesOfManagedForeignKeysAreRefused) {
  const auto error = [](ReferenceAction on_update) {
    TrackedSchema tracked;
    for (const auto& [child, parent] : {std::pair("a", "b"), std::pair("b", "a")}) {
      TrackedTable& table = tracked["k"].tables[child];
      table.columns.push_back({"c", types::Type::kInt64, "", "", false, 0, 0, false, {}});
      table.foreign_keys.push_back(
          {"", parent, {"c"}, {"c"}, ReferenceAction::kDefault, on_update});
    }
    const auto vschema = built(R"({"keyspaces": {"k": {"foreign_key_mode": "managed"}}})", tracked);
    const KeyspaceSchema* schema = vschema->keyspace("k");
    return schema->error ? schema->error->message() : std::string();
  };
  EXPECT_EQ(error(ReferenceAction::kRestrict), "");
  EXPECT_EQ(
      error(ReferenceAction::kCascade),
      "VT09019: keyspace 'k' has cyclic foreign keys. Cycle exists between [k.a.c k.b.c k.a.c]");
}

}  // namespace
}  // namespace vif::sharding
