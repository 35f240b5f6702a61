#include "vtgate/vschema_editor.h"

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "proto/vschema.pb.h"
#include "sharding/vschema_spec.h"
#include "sql/parser.h"

namespace vif::vtgate {
namespace {

Status change(::vschema::Keyspace& record, std::string_view sql) {
  const Result<sql::Parsed> parsed = sql::parse(sql);
  if (!parsed.ok()) return parsed.error();
  return change_vschema(record, "ks", sql::to<sql::AlterVschema>(*parsed->statement));
}

std::string json(const ::vschema::Keyspace& record) {
  std::string out;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(record, &out).ok());
  return sharding::keyspace_json(*sharding::parse_keyspace_json(out), -1);  // sorted
}

// Each statement with its error, or "".
void run(::vschema::Keyspace& record,
         const std::vector<std::pair<std::string_view, std::string_view>>& statements) {
  for (const auto& [sql, error] : statements) {
    const Status changed = change(record, sql);
    EXPECT_EQ(changed.ok() ? "" : changed.error().message(), error) << sql;
  }
}

TEST(ChangeVSchema, Sharded) {
  ::vschema::Keyspace record;
  run(record,
      {{"alter vschema on t add vindex xx(id) using xxhash", ""},
       {"alter vschema on t add vindex xx(id)", "vindex xx already defined on table t"},
       {"alter vschema on u add vindex hash(id)", "vindex hash does not exist in keyspace ks"},
       {"alter vschema on u add vindex xx(id) using hash",
        "vindex xx defined with type xxhash not hash"},
       {"alter vschema on u add vindex xx(id) using xxhash with owner=t",
        "vindex xx defined with owner  not t"},
       {"alter vschema on u add vindex xx(id) using xxhash with a=b",
        "vindex xx defined with different parameters"},
       {"alter vschema on u add vindex lk(a, b) using lookup with owner=u, from=`a,b`, "
        "table='ks.lk'",
        ""},
       {"alter vschema on u add vindex xx(id)", ""},
       {"alter vschema create vindex xx using hash", "vindex xx already exists in keyspace ks"},
       {"alter vschema create vindex unused using hash", ""},
       {"alter vschema drop vindex unused", ""},
       {"alter vschema drop vindex unused", "vindex unused does not exists in keyspace ks"},
       {"alter vschema drop vindex xx", "can not drop vindex cause xx still defined on table t"},
       {"alter vschema on nope drop vindex xx", "table ks.nope not defined in vschema"},
       {"alter vschema on t drop vindex lk", "vindex lk not defined in table ks.t"},
       {"alter vschema on t drop vindex xx", ""},
       {"alter vschema on u add auto_increment id using main.seq", ""},
       {"alter vschema on u add auto_increment id using main.seq",
        "vschema already contains auto inc column:\"id\" sequence:\"main.seq\" on table u in "
        "keyspace ks"},
       {"alter vschema on t add auto_increment id using seq",
        "vschema does not contain table t in keyspace ks"},
       {"alter vschema add table x", "add vschema table: unsupported on sharded keyspace ks"},
       {"alter vschema add sequence x", "add sequence table: unsupported on sharded keyspace ks"},
       {"alter vschema drop sequence x",
        "drop sequence table: unsupported on sharded keyspace ks"}});
  EXPECT_EQ(json(record),
            R"({"sharded":true,"vindexes":{)"
            R"("lk":{"type":"lookup","params":{"from":"a,b","table":"ks.lk"},"owner":"u"},)"
            R"("xx":{"type":"xxhash"}},"tables":{"u":{"column_vindexes":[)"
            R"({"name":"lk","columns":["a","b"]},{"name":"xx","columns":["id"]}],)"
            R"("auto_increment":{"column":"id","sequence":"main.seq"}}}})");
  run(record, {{"alter vschema on u drop auto_increment", ""},
               {"alter vschema on u drop auto_increment",
                "vschema does not contain auto increment <nil> on table u in keyspace ks"}});
}

TEST(ChangeVSchema, Unsharded) {
  ::vschema::Keyspace record;
  run(record,
      {{"alter vschema add table t", ""},
       {"alter vschema add table t", "vschema already contains table t in keyspace ks"},
       {"alter vschema add sequence s", ""},
       {"alter vschema add sequence s", "vschema already contains sequence s in keyspace ks"},
       {"alter vschema drop table u", "vschema does not contain table u in keyspace ks"},
       {"alter vschema drop sequence u", "vschema does not contain sequence u in keyspace ks"}});
  EXPECT_EQ(json(record), R"({"tables":{"s":{"type":"sequence"},"t":{}}})");
  run(record, {{"alter vschema drop table t", ""}, {"alter vschema drop sequence s", ""}});
  EXPECT_EQ(json(record), "{}");
}

TEST(ChangeVSchema, Users) {
  EXPECT_TRUE(check_vschema_user("%", "anybody").ok());
  EXPECT_TRUE(check_vschema_user("one, two", "two").ok());
  const Status refused = check_vschema_user("one,two", "three");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().mysql_errno(), 1045);
  EXPECT_EQ(refused.error().message(),
            "User 'three' is not authorized to perform vschema operations");
  EXPECT_FALSE(check_vschema_user("", "").ok());
}

}  // namespace
}  // namespace vif::vtgate
