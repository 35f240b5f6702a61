// Plans as indented trees: testdata/*.test.
#include <gtest/gtest.h>

#include "sharding/vschema.h"
#include "sql/parser.h"
#include "testing/datadriven.h"
#include "vtgate/engine/description.h"
#include "vtgate/plan/planner.h"

namespace vif::vtgate::plan {
namespace {

// The commerce example: users and orders by user_id, products everywhere, sequences apart.
constexpr std::string_view kVSchema = R"({"keyspaces": {
  "commerce": {"sharded": true,
    "vindexes": {"hash": {"type": "hash"}, "md5": {"type": "unicode_loose_md5"}, "region": {"type": "multicol", "params": {"column_count": "2"}}},
    "tables": {
      "users": {"column_vindexes": [{"column": "user_id", "name": "hash"}],
                "auto_increment": {"column": "user_id", "sequence": "main.users_seq"},
                "columns": [{"name": "user_id", "type": "INT64"}, {"name": "name", "type": "VARCHAR"},
                            {"name": "email", "type": "VARCHAR"},
                            {"name": "city", "type": "VARCHAR", "collation_name": "utf8mb4_0900_as_cs"}],
                "column_list_authoritative": true},
      "orders": {"column_vindexes": [{"column": "user_id", "name": "hash"}],
                 "auto_increment": {"column": "order_id", "sequence": "main.orders_seq"},
                 "columns": [{"name": "order_id", "type": "INT64"}, {"name": "user_id", "type": "INT64"},
                             {"name": "product_id", "type": "INT64"}, {"name": "amount", "type": "DECIMAL"},
                             {"name": "created_at", "type": "DATETIME"}],
                 "column_list_authoritative": true},
      "notes": {"column_vindexes": [{"column": "id", "name": "hash"}]},
      "places": {"column_vindexes": [{"columns": ["region", "id"], "name": "region"}]},
      "products": {"type": "reference", "source": "main.products"}}},
  "main": {"tables": {"users_seq": {"type": "sequence"}, "orders_seq": {"type": "sequence"}, "products": {},
                      "settings": {}}}}})";

std::string plan_text(const ::vif::testing::DataCase& data) {
  auto spec = sharding::parse_srv_vschema_json(kVSchema);
  if (!spec.ok()) return spec.error().message();
  const auto vschema = sharding::build_vschema(*spec);
  auto parsed = sql::parse(data.input);
  if (!parsed.ok()) return "error: " + parsed.error().message();
  PlanContext context;
  context.vschema = vschema.get();
  context.keyspace = data.argument("keyspace", "commerce");
  auto plan = build(*parsed, context);
  if (!plan.ok()) return "error: " + plan.error().message();
  if (data.command == "json") return instructions_json(**plan);
  return engine::to_text((*plan)->root->describe());
}

[[maybe_unused]] const int kRegistered =
    ::vif::testing::register_data_tests("Plan", "src/vtgate/plan/testdata", plan_text);

}  // namespace
}  // namespace vif::vtgate::plan
