#include "vtgate/engine/lookup.h"

#include <gtest/gtest.h>

#include <map>

#include "sharding/vindex.h"
#include "vtgate/engine/exec_context.h"

namespace vif::vtgate::engine {
namespace {

using types::Value;

// A lookup table with a unique key, and the rows of its owner.
class Tables final : public ExecContext {
 public:
  std::map<std::string, std::string> entries;  // mail to keyspace id
  std::map<std::string, int> rows;             // mails of rows that are there

  Result<std::span<const sharding::ShardReference>> shards(std::string_view) override {
    return std::span<const sharding::ShardReference>();
  }
  Status execute(const ShardBatch&, std::span<mysql::ResultSink* const>) override {
    return Error(Code::kInternal, "not asked");
  }
  void warn(int, std::string) override {}
  uint32_t collation() const override { return 255; }

  Result<Collected> query(std::string_view sql, const types::BindVariables& variables,
                          bool) override {
    Collected answer;
    const auto value = [&](const std::string& name) { return variables.at(name).bytes; };
    if (sql.starts_with("insert into mails")) {
      std::map<std::string, std::string> added = entries;
      for (size_t i = 0; variables.contains(fmt::format("mail_{}", i)); ++i) {
        const bool is_new =
            added.emplace(value(fmt::format("mail_{}", i)), value(fmt::format("kid_{}", i))).second;
        if (!is_new)
          return Error(Code::kAlreadyExists, 1062, "23000", "target: l.0.primary: Duplicate entry");
      }
      entries = added;
    } else if (sql.starts_with("select kid from mails")) {
      if (entries.contains(value("mail")))
        answer.all_rows = {{Value::varbinary(entries[value("mail")])}};
    } else if (sql.starts_with("update mails")) {
      entries[value("mail")] = value("kid");
    } else if (sql == "select 1 from ks.people where mail = :value0 for update") {
      if (rows.contains(value("value0"))) answer.all_rows = {{Value::int64(1)}};
    } else {
      return Error(Code::kInternal, "unexpected: " + std::string(sql));
    }
    return answer;
  }
};

TEST(ConsistentLookup, TakesOverEntriesWhoseRowIsGone) {
  const auto vindex = sharding::create_vindex(
      "consistent_lookup_unique", "by_mail", {{"table", "mails"}, {"from", "mail"}, {"to", "kid"}});
  ASSERT_TRUE(vindex.ok()) << vindex.error().message();
  const sharding::Lookup& lookup = *(*vindex)->lookup();
  const std::vector<std::string> columns = {"mail"};
  const Owner owner{"ks", "people", columns};
  const auto create = [&](Tables& tables, std::vector<std::string> mails, const Owner* whose) {
    std::vector<sharding::RowValues> rows;
    std::vector<std::string> ids;
    for (const std::string& mail : mails) {
      rows.push_back({Value::varchar(mail)});
      ids.push_back("new" + std::to_string(ids.size()));
    }
    return create_entries(tables, lookup, rows, ids, false, whose);
  };
  const auto duplicate = [](const Status& status) {
    return !status.ok() && status.error().mysql_errno() == 1062 &&
           status.error().message() == "lookup.Create: target: l.0.primary: Duplicate entry";
  };
  Tables tables;
  tables.entries = {{"a", "old"}, {"b", "old"}};
  tables.rows = {{"b", 1}};
  EXPECT_TRUE(create(tables, {"c", "a"}, &owner).ok());
  EXPECT_EQ(tables.entries["a"], "new1");
  EXPECT_EQ(tables.entries["c"], "new0");
  EXPECT_TRUE(duplicate(create(tables, {"b"}, &owner)));
  EXPECT_EQ(tables.entries["b"], "old");
  // Rows of one statement are not there yet, and must not take from each other.
  EXPECT_TRUE(duplicate(create(tables, {"d", "d"}, &owner)));
  // Nobody says whose the entries are: what is there stays.
  EXPECT_TRUE(duplicate(create(tables, {"a"}, nullptr)));
}

TEST(Lookup, HasNoEntryForNull) {
  Tables tables;
  const std::vector<sharding::RowValues> rows = {{Value::varchar("a")}, {Value::null()}};
  const std::vector<std::string> ids = {"1", "2"};
  for (const bool ignores : {true, false}) {
    const auto vindex = sharding::create_vindex("lookup_unique", "by_mail",
                                                {{"table", "mails"},
                                                 {"from", "mail"},
                                                 {"to", "kid"},
                                                 {"ignore_nulls", ignores ? "true" : "false"}});
    ASSERT_TRUE(vindex.ok()) << vindex.error().message();
    const Status created = create_entries(tables, *(*vindex)->lookup(), rows, ids, false);
    EXPECT_EQ(tables.entries.size(), ignores ? 1u : 0u);
    if (ignores) {
      EXPECT_TRUE(created.ok());
      tables.entries.clear();
      continue;
    }
    ASSERT_FALSE(created.ok());
    EXPECT_EQ(created.error().mysql_errno(), 1048);
    EXPECT_EQ(created.error().message(), "VT03028: Column 'mail' cannot be null on row 1, col 0");
  }
}

}  // namespace
}  // namespace vif::vtgate::engine
