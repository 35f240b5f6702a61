#include "vtgate/vschema_page.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

namespace vif::vtgate {
namespace {

using google::protobuf::Struct;

const Struct& at(const Struct& object, const std::string& name) {
  return object.fields().at(name).struct_value();
}

TEST(VSchemaPage, TellsWhatWasTrackedBesideWhatWasWritten) {
  auto spec = sharding::parse_srv_vschema_json(R"({
    "keyspaces": {
      "shop": {"sharded": true, "vindexes": {"hash": {"type": "hash"}, "by_mail": {"type": "consistent_lookup_unique", "owner": "people",
                 "params": {"table": "shop.mail", "from": "mail", "to": "kid"}}},
               "tables": {"people": {"column_vindexes": [{"column": "id", "name": "hash"}, {"column": "mail", "name": "by_mail"}]},
                          "mail": {"column_vindexes": [{"column": "mail", "name": "hash"}]}}},
      "bad": {"sharded": true, "tables": {"t": {"column_vindexes": [{"column": "id", "name": "none"}]}}},
      "main": {}},
    "routing_rules": {"rules": [{"from_table": "old", "to_tables": ["main.fresh"]}]}})");
  ASSERT_TRUE(spec.ok()) << spec.error().message();
  sharding::TrackedSchema tracked;
  sharding::TrackedTable& people = tracked["shop"].tables["people"];
  people.columns.resize(2);
  people.columns[0].name = "id";
  people.columns[0].type = types::Type::kInt64;
  people.columns[0].nullable = false;
  people.columns[1].name = "mail";
  people.columns[1].type = types::Type::kVarchar;
  people.columns[1].default_expr = "'a\"b'";
  people.columns[1].size = 20;
  people.primary_key = {"id"};
  people.unique_keys = {{"mail", "lower(mail)"}};
  tracked["main"].views["v"] = "select 1 from dual";

  Struct page;
  const std::string json = vschema_json(*sharding::build_vschema(*spec, tracked));
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, &page).ok()) << json;
  const Struct& keyspaces = at(page, "keyspaces");
  const Struct& table = at(at(at(keyspaces, "shop"), "tables"), "people");
  EXPECT_TRUE(table.fields().at("column_list_authoritative").bool_value());
  const auto& columns = table.fields().at("columns").list_value();
  ASSERT_EQ(columns.values_size(), 2);
  EXPECT_EQ(columns.values(0).struct_value().fields().at("type").string_value(), "INT64");
  EXPECT_FALSE(columns.values(0).struct_value().fields().contains("nullable"));
  EXPECT_EQ(columns.values(1).struct_value().fields().at("default").string_value(), "'a\"b'");
  EXPECT_EQ(columns.values(1).struct_value().fields().at("size").number_value(), 20);
  EXPECT_EQ(
      table.fields().at("unique_keys").list_value().values(0).list_value().values(1).string_value(),
      "lower(mail)");
  EXPECT_EQ(table.fields().at("owned").list_value().values_size(), 1);
  EXPECT_EQ(
      at(at(at(keyspaces, "shop"), "vindexes"), "by_mail").fields().at("table").string_value(),
      "shop.mail");
  EXPECT_EQ(at(at(keyspaces, "main"), "views").fields().at("v").string_value(),
            "select 1 from dual");
  EXPECT_NE(at(keyspaces, "bad").fields().at("error").string_value().find("none"),
            std::string::npos);
  EXPECT_EQ(at(page, "routing_rules").fields().at("old").list_value().values(0).string_value(),
            "main.fresh");
}

}  // namespace
}  // namespace vif::vtgate
