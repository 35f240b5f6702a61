// Vitess's cases as data (VIF_CORPORA, default ../shared/corpora): each file's number of passes may
// only rise.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sharding/destination.h"
#include "sharding/vindex_requests.h"
#include "sharding/vindexes/cfc.h"
#include "sharding/vindexes/functions.h"
#include "sharding/vschema.h"

namespace vif::sharding {
namespace {

using Json = nlohmann::ordered_json;

std::filesystem::path corpora() {
  const char* set = std::getenv("VIF_CORPORA");
  return set ? set : "../shared/corpora";
}

// Runs `passes` over every case of a file and checks the count against what held before.
template <typename Passes>
void run_corpus(const std::string& file, int floor, Passes passes) {
  const std::filesystem::path path = corpora() / "open" / (file + ".jsonl");
  std::ifstream in(path);
  if (!in) GTEST_SKIP() << path << " is not here";
  int passed = 0;
  int total = 0;
  for (std::string line; std::getline(in, line);) {
    ++total;
    std::string why;
    if (passes(Json::parse(line), why)) {
      ++passed;
    } else {
      std::cout << file << ": " << line.substr(0, 300) << "\n    " << why << "\n";
    }
  }
  std::cout << file << ": " << passed << " of " << total << " pass\n";
  EXPECT_GE(passed, floor);
}

std::string bytes(const Json& json) {
  if (json.is_null()) return {};
  if (json.is_object()) return *from_hex(json["$hex"].get<std::string>());
  return json.get<std::string>();
}

KeyRange range(const Json& json) {
  if (json.is_null()) return {};
  if (json.is_object() && json.contains("key_range_spec"))
    return *parse_key_range(json["key_range_spec"].get<std::string>());
  if (json.is_object()) {
    const auto hex = [&](const char* end) {
      return json[end].is_null() ? "" : json[end].get<std::string>();
    };
    return *parse_key_range_parts(hex("start"), hex("end"));
  }
  const auto text = json.get<std::string>();
  return text.empty() ? KeyRange{} : *parse_key_range(text);
}

std::vector<ShardReference> shards_of(const std::string& spec) {
  std::vector<ShardReference> shards;
  if (spec.empty()) return {{"0", {}}};
  if (spec == "custom") return {{"0", {}}, {"1", {}}};
  const Result<std::vector<KeyRange>> ranges = parse_sharding_spec(spec);
  for (const KeyRange& r : *ranges) shards.push_back({key_range_string(r), r});
  return shards;
}

Json as_json(const std::vector<std::string>& list) {
  Json out = Json::array();
  for (const std::string& item : list) out.push_back(item);
  return out;
}

bool same(const Json& got, const Json& want, std::string& why) {
  if (got == want) return true;
  why = "got " + got.dump(-1, ' ', false, Json::error_handler_t::replace);
  return false;
}

bool check_resolve(const Json& c, const Destination& destination, std::string& why) {
  const auto spec = c.value("keyspace", "");
  const Result<std::vector<std::string>> got = resolve(destination, shards_of(spec));
  const auto err = c.value("err", "");
  if (!got.ok()) {
    why = got.error().message();
    return !err.empty() && why.find(err) != std::string::npos;
  }
  return same(as_json(*got), c["shards"], why);
}

bool check_key_range_comparisons(const Json& c, std::string& why) {
  const KeyRange a = range(c["args"]["a"]);
  const KeyRange b = range(c["args"]["b"]);
  const Json got = {{"wantStartCompare", key_range_start_compare(a, b)},
                    {"wantStartEqual", key_range_start_compare(a, b) == 0},
                    {"wantEndCompare", key_range_end_compare(a, b)},
                    {"wantEndEqual", key_range_end_compare(a, b) == 0},
                    {"wantCompare", key_range_compare(a, b)},
                    {"wantEqual", key_range_equal(a, b)}};
  return same(got, c["wants"], why);
}

bool check_add(const Json& c, std::string& why) {
  KeyRange sum;
  const bool ok = key_range_add(range(c["first"]), range(c["second"]), sum);
  if (ok != c["ok"].get<bool>()) return false;
  return !ok || same(key_range_string(sum), c["out"], why);
}

bool check_destination_string(const Json& test, std::string& why) {
  using Kind = Destination::Kind;
  const KeyRange r = *parse_key_range("20-40");
  const std::vector<Destination> all = {Destination::shard("2"),
                                        {Kind::kShards, {"2", "3"}, {}},
                                        Destination::exact_key_range(r),
                                        Destination::key_range(r),
                                        Destination::keyspace_id("\x01\x02"),
                                        Destination::keyspace_ids({"\x01\x02", "\x02\x03"}),
                                        Destination::all_shards(),
                                        Destination::none(),
                                        Destination::any_shard()};
  std::string text = "Destinations:";
  for (const Destination& d : all) text += (&d == &all[0] ? "" : ",") + d.to_string();
  return same(text, test["checks"][0]["want"], why);
}

bool check_sharding_spec(const Json& test, std::string& why) {
  if (test["table"] == "badTable")
    return !parse_sharding_spec(test["case"].get<std::string>()).ok();
  const Result<std::vector<KeyRange>> got = parse_sharding_spec(test["key"].get<std::string>());
  if (!got.ok()) return false;
  std::vector<KeyRange> want;
  for (const Json& item : test["case"]) want.push_back(range(item));
  why = "ranges differ";
  return *got == want;
}

bool check_pair(const std::string& name, const Json& c, std::string& why) {
  const KeyRange a = range(c.contains("args") ? c["args"]["a"] : c["first"]);
  const KeyRange b = range(c.contains("args") ? c["args"]["b"] : c["second"]);
  const Json& want = c.contains("want") ? c["want"] : c["out"];
  if (name == "TestKeyRangeEndEqual") return same(key_range_end_compare(a, b) == 0, want, why);
  if (name == "TestKeyRangeStartEqual") return same(key_range_start_compare(a, b) == 0, want, why);
  if (name == "TestKeyRangeEqual") return same(key_range_equal(a, b), want, why);
  if (name == "TestKeyRangeContiguous") return same(key_range_contiguous(a, b), want, why);
  if (name == "TestKeyRangeIntersect") return same(key_range_intersect(a, b), want, why);
  if (name == "TestKeyRangeContainsKeyRange")
    return same(key_range_contains_range(a, b), want, why);
  why = "no check for " + name;
  return false;
}

bool check_ids(const std::string& name, const Json& c, std::string& why) {
  const Json& args = c["args"];
  if (name == "TestNormalize")
    return same(to_hex(normalize_id(bytes(args["id"]))), to_hex(bytes(c["want"])), why);
  const int order = compare_ids(bytes(args["a"]), bytes(args["b"]));
  if (name == "TestCompare") return same(order, c["want"], why);
  if (name == "TestLess") return same(order < 0, c["want"], why);
  return same(order == 0, c["want"], why);
}

bool check_even_shards(const Json& c, std::string& why) {
  const Result<KeyRange> got = even_shards_key_range(c["i"].get<int>(), c["n"].get<int>());
  if (!got.ok()) {
    why = got.error().message();
    return c.contains("wantError") && why.find(c["wantError"].get<std::string>()) == 0;
  }
  return *got == range(c["want"]) && same(key_range_string(*got), c["wantSpec"], why);
}

bool check_key_case(const Json& test, std::string& why) {
  const auto name = test["test"].get<std::string>();
  if (name == "TestDestinationsString") return check_destination_string(test, why);
  if (name == "TestParseShardingSpec") return check_sharding_spec(test, why);
  if (name == "TestUint64Key") {
    return same(to_hex(big_endian_bytes(test["recv"].get<uint64_t>())), test["checks"][0]["want"],
                why);
  }
  const Json& c = test["case"];
  if (name == "TestDestinationExactKeyRange")
    return check_resolve(
        c, Destination::exact_key_range(range(c["keyRange"] == "nil" ? Json() : c["keyRange"])),
        why);
  if (name == "TestDestinationKeyRange")
    return check_resolve(
        c, Destination::key_range(range(c["keyRange"] == "nil" ? Json() : c["keyRange"])), why);
  if (name == "TestDestinationKeyspaceIDResolve") {
    const Result<std::string> got =
        shard_for_keyspace_id(shards_of("60-80-90"), *from_hex(c["keyspaceID"].get<std::string>()));
    const auto err = c["err"].get<std::string>();
    return got.ok() ? same(*got, c["want"], why)
                    : !err.empty() && got.error().message().find(err) == 0;
  }
  if (name == "TestDestinationAllShardsResolve" || name == "TestDestinationNoneResolve") {
    const Destination d =
        name == "TestDestinationNoneResolve" ? Destination::none() : Destination::all_shards();
    return same(as_json(*resolve(d, shards_of(c["sharding_spec"].get<std::string>()))), c["shards"],
                why);
  }
  if (name == "TestDestinationShardResolve") {
    return same(
        as_json(*resolve(Destination::shard(c["destination"]["shard"].get<std::string>()), {})),
        c["shards"], why);
  }
  if (name == "TestEvenShardsKeyRange" || name == "TestEvenShardsKeyRange_Error")
    return check_even_shards(c, why);
  if (name == "TestKeyRangeAdd") return check_add(c, why);
  if (name == "TestKeyRangeComparisons") return check_key_range_comparisons(c, why);
  if (name == "TestKeyRangeContains") {
    return same(key_range_contains(range(c), *from_hex(c["kid"].get<std::string>())),
                c["contained"], why);
  }
  if (name == "TestIsValidKeyRange")
    return same(is_valid_key_range(c["arg"].get<std::string>()), c["want"], why);
  if (name == "TestKeyRangeIsPartial")
    return same(!key_range_is_complete(range(c["keyRange"])), c["want"], why);
  if (name == "TestGenerateShardRanges") {
    const Result<std::vector<std::string>> got =
        generate_shard_ranges(c["args"]["shards"].get<int>());
    return got.ok() ? same(as_json(*got), c["want"], why) : c["wantErr"].get<bool>();
  }
  if (name == "TestNormalize" || name == "TestCompare" || name == "TestLess" ||
      name == "TestEqual") {
    return check_ids(name, c, why);
  }
  return check_pair(name, c, why);
}

bool check_vindex_case(const Json& test, std::string& why) {
  Json request = test;
  if (request["op"] == "String") request["name"] = request["want"];
  if (request["params"].is_object() && request["params"].contains("json_path")) {
    request["params"]["json_path"] =
        (corpora() / "context/vindexes/numeric_static_map_test.json").string();
  }
  const Json answer = Json::parse(answer_vindex_request(request.dump()));
  why = answer.dump();
  if (!test.contains("error")) return answer["ok"] == true && answer["result"] == test["want"];
  if (answer["ok"] == true) return false;
  return test["error"] == true || answer["error"] == test["error"];
}

bool check_unicode_case(const Json& test, std::string& why) {
  for (const char* vindex : {"unicode_loose_xxhash", "unicode_loose_md5"}) {
    const Json request = {
        {"vindex", vindex}, {"op", "map"}, {"in", {{"type", "VARCHAR"}, {"value", test["input"]}}}};
    const Json answer = Json::parse(answer_vindex_request(request.dump()));
    why = answer.dump();
    if (answer["ok"] != true || answer["result"]["keyspace_id"] != test[vindex]) return false;
  }
  return true;
}

bool check_created(const std::string& type, const Json& params, const Json& want,
                   std::string& why) {
  VindexParams given;
  for (const auto& [name, value] : params.items()) given[name] = value.get<std::string>();
  const Result<std::unique_ptr<Vindex>> made = create_vindex(type, type, given);
  if (!made.ok()) return same(made.error().message(), want["error"], why);
  const Vindex& vindex = **made;
  const Json got = {{"error", nullptr},
                    {"cost", vindex.cost()},
                    {"unique", vindex.is_unique()},
                    {"needs_vcursor", vindex.needs_vcursor()},
                    {"string", vindex.name()},
                    {"unknown_params", vindex.unknown_params()}};
  return same(got, want, why);
}

bool check_vindex_create(const Json& test, std::string& why) {
  Json want;
  for (const char* name : {"error", "cost", "unique", "needs_vcursor", "string", "unknown_params"})
    want[name] = test[name];
  return check_created(test["vindex"].get<std::string>(), test["params"], want, why);
}

bool check_lookup_create(const Json& c, std::string& why) {
  Json want = {{"error", c["expectErr"]},
               {"cost", c["expectCost"]},
               {"unique", c["expectIsUnique"]},
               {"needs_vcursor", c["expectNeedsVCursor"]},
               {"string", c["expectString"]},
               {"unknown_params",
                c["expectUnknownParams"].is_null() ? Json::array() : c["expectUnknownParams"]}};
  return check_created(c["vindexType"].get<std::string>(), c["vindexParams"], want, why);
}

bool check_key_range_from_prefix(const Json& c, std::string& why) {
  if (c.contains("input")) {
    const Destination d = key_range_from_prefix(bytes(c["input"]));
    return same(to_hex(d.ranges.at(0).end), to_hex(bytes(c["expected"])), why);
  }
  const Destination got = key_range_from_prefix(bytes(c["start"]));
  if (c["dest"].contains("all_shards")) return got == Destination::all_shards();
  return got == Destination::key_range(range(c["dest"]["key_range"]));
}

// Tables that the named Go test builds around its cases.
KeyspaceSpec keyspace_spec(const Json& ks) {
  KeyspaceSpec spec;
  spec.sharded = ks.value("Sharded", false);
  if (spec.sharded) spec.vindexes["xxhash"].type = "xxhash";
  for (const auto& [name, table] : ks["Tables"].items()) {
    spec.tables[name];
    if (spec.sharded) spec.tables[name].column_vindexes = {{"c1", "xxhash", {}}};
  }
  return spec;
}

bool check_global_routing(const Json& c, std::string& why) {
  SrvVSchemaSpec spec;
  std::set<std::string> names;
  if (!c.contains("keyspaces")) return true;  // a row of the set-up, not a case
  for (const Json& ks : c["keyspaces"]) {
    spec.keyspaces[ks["name"].get<std::string>()] = keyspace_spec(ks["ks"]);
    for (const auto& [name, table] : ks["ks"]["Tables"].items()) names.insert(name);
  }
  if (c.contains("explicit")) {
    for (const Json& name : c["explicit"])
      spec.keyspaces.find(name.get<std::string>())->second.require_explicit_routing = true;
  }
  const auto vschema = build_vschema(spec);
  std::set<std::string> global;
  std::set<std::string> ambiguous;
  for (const std::string& name : names) {
    const Result<TablePtr> table = vschema->find_table("", name);
    if (table.ok()) global.insert(name);
    if (!table.ok() && table.error().message().find("ambiguous") != std::string::npos)
      ambiguous.insert(name);
  }
  const auto wanted = [&](const char* field) {
    std::set<std::string> out;
    if (c.contains(field) && c[field].is_array()) {
      for (const Json& name : c[field]) out.insert(name.get<std::string>());
    }
    return out;
  };
  why = fmt::format("global {}; ambiguous {}", fmt::join(global, ","), fmt::join(ambiguous, ","));
  return global == wanted("expGlobalTables") && ambiguous == wanted("expAmbiguousTables");
}

bool check_foreign_key_mode(const Json& c, std::string& why) {
  std::string json = "{}";
  if (c.contains("fkMode")) {
    const auto mode = c["fkMode"]["$ref"].get<std::string>().substr(19);
    json = fmt::format("{{\"foreign_key_mode\": \"{}\"}}", mode);
  }
  const Result<KeyspaceSpec> spec = parse_keyspace_json(json);
  const Result<KeyspaceSchema> schema = build_keyspace_schema(*spec);
  const bool managed = schema->foreign_key_mode == ForeignKeyMode::kManaged;
  const bool unmanaged = schema->foreign_key_mode == ForeignKeyMode::kUnmanaged;
  const std::string got = managed ? "managed" : unmanaged ? "unmanaged" : "other";
  return same("vschemapb.Keyspace_" + got, c["wantedFkMode"]["$ref"], why);
}

bool check_multi_tenant(const Json& c) {
  KeyspaceSpec spec;
  if (c.contains("multiTenantSpec")) {
    spec = *parse_keyspace_json(
        R"({"multiTenantSpec":{"tenantIdColumnName":"tenant_id","tenantIdColumnType":"VARCHAR"}})");
    if (spec.multi_tenant_spec->tenant_id_column_type != types::Type::kVarchar) return false;
  }
  const Result<KeyspaceSchema> schema = build_keyspace_schema(spec);
  return schema.ok() && schema->multi_tenant_spec.has_value() == c.contains("wanted");
}

bool check_sequences(const Json& c, std::string& why) {
  const auto vschema = build_vschema(*parse_srv_vschema_json(R"({
    "keyspaces": {
      "ksa": {"vindexes": {"v": {"type": "hash"}}, "tables": {
        "t1": {"column_vindexes": [{"column": "c1", "name": "v"}], "auto_increment": {"column": "c1", "sequence": "seq1"}},
        "t2": {"column_vindexes": [{"column": "c2", "name": "v"}], "auto_increment": {"column": "c2", "sequence": "seq2"}},
        "t3": {"column_vindexes": [{"column": "c3", "name": "v"}], "auto_increment": {"column": "c3", "sequence": "seq3"}},
        "t4": {"column_vindexes": [{"column": "c4", "name": "v"}], "auto_increment": {"column": "c4", "sequence": "ksa.seq4"}},
        "seq1": {"type": "sequence"}, "seq2": {"type": "sequence"}, "seq3": {"type": "sequence"}, "seq4": {"type": "sequence"}}},
      "ksb": {"tables": {"seq2": {"type": "sequence"}, "seq3": {"type": "sequence"}}}},
    "routing_rules": {"rules": [{"from_table": "seq3", "to_tables": ["ksa.seq3"]}]}})"));
  const auto found = vschema->find_table_or_vindex(c["keyspace"].get<std::string>(),
                                                   c["table"].get<std::string>(), "primary");
  if (found.ok()) return !c["mustError"].get<bool>();
  why = found.error().message();
  return c["mustError"].get<bool>() &&
         why.find(c["errorContains"].get<std::string>()) != std::string::npos;
}

bool check_best_vindex(const Json& c, std::string& why) {
  const auto vschema =
      build_vschema(*parse_srv_vschema_json(R"({"keyspaces": {"ks1": {"sharded": true,
    "vindexes": {"stfu": {"type": "hash"}, "stlu": {"type": "lookup_unique", "params": {"table": "t", "from": "a", "to": "b"}}},
    "tables": {"thirdvindexgood": {"column_vindexes": [{"name": "stlu", "columns": ["id"]}, {"name": "stfu", "columns": ["id"]}]}}}}})"));
  const Result<TablePtr> table = vschema->find_table("", c["tablename"].get<std::string>());
  const Result<const ColumnVindex*> best = find_best_vindex(**table);
  return best.ok() && same((*best)->name, c["vindexname"], why);
}

bool check_owner(const Json& c) {
  const auto vschema =
      build_vschema(*parse_srv_vschema_json(R"({"keyspaces": {"sharded": {"sharded": true,
    "vindexes": {"stfu": {"type": "hash"}, "stlo1": {"type": "consistent_lookup", "owner": "t1",
      "params": {"table": "l", "from": "f", "to": "t"}}},
    "tables": {"t1": {"column_vindexes": [{"column": "id", "name": "stfu"}, {"column": "c1", "name": "stlo1"}]}}}}})"));
  const Result<TablePtr> table =
      vschema->find_table(c["keyspace"].get<std::string>(), c["table"].get<std::string>());
  if (!table.ok() || (*table)->owned.size() != 1) return false;
  const ColumnVindex& owned = (*table)->column_vindexes[(*table)->owned[0]];
  return owned.name == c["name"].get<std::string>() && as_json(owned.columns) == c["cols"];
}

bool check_vindex_table(const Json& test, std::string& why) {
  const auto name = test["test"].get<std::string>();
  const Json& c = test["case"];
  if (name == "TestCFCFindPrefixEscape")
    return same(like_prefix(c["str"].get<std::string>()), c["prefix"], why);
  if (name == "TestDestinationKeyRangeFromPrefix") return check_key_range_from_prefix(c, why);
  if (name == "TestCFCHashFunction") {
    const auto source = c["src"].get<std::string>();
    return same(cfc_md5(source).size(), c["outMD5"], why) &&
           same(cfc_xxhash64(source).size(), c["outXXHash"], why);
  }
  if (name.ends_with("CreateVindex")) return check_lookup_create(c, why);
  if (name.starts_with("TestAutoGlobalRouting")) return check_global_routing(c, why);
  if (name == "TestForeignKeyMode") return check_foreign_key_mode(c, why);
  if (name == "TestMultiTenantAttribute") return check_multi_tenant(c);
  if (name == "TestChooseVindexForType") {
    const Result<std::string_view> got =
        choose_vindex_for_type(*types::type_from_name(c["in"].get<std::string>()));
    return same(got.ok() ? std::string(*got) : "", c["out"], why);
  }
  if (name == "TestFindTableWithSequences") return check_sequences(c, why);
  if (name == "TestFindBestColVindex") return check_best_vindex(c, why);
  if (name == "TestShardedVSchemaOwnerInfo") return check_owner(c);
  if (name == "TestColumnMarshal") {
    // The same column as part of a keyspace's JSON.
    KeyspaceSpec spec;
    ColumnSpec column;
    column.name = "col1";
    column.type = types::Type::kDecimal;
    column.size = 15;
    column.scale = 2;
    spec.tables["t"].columns.push_back(column);
    return same(Json(nlohmann::json(Json::parse(keyspace_json(spec))["tables"]["t"]["columns"][0])),
                Json(nlohmann::json::parse(c["wanted"].get<std::string>())), why);
  }
  if (name == "TestConsistentLookupUpdateBecauseComparableTypes") {
    why = "needs queries";
    return false;
  }
  why = "no check for " + name;
  return false;
}

TEST(Corpora, KeyCases) { run_corpus("key_cases", 133, check_key_case); }
TEST(Corpora, VindexCases) { run_corpus("vindex_cases", 144, check_vindex_case); }
TEST(Corpora, VindexDerived) { run_corpus("vindex_derived", 1097, check_vindex_case); }
TEST(Corpora, VindexUnicodeGolden) { run_corpus("vindex_unicode_golden", 17, check_unicode_case); }
TEST(Corpora, VindexCreate) { run_corpus("vindex_create", 36, check_vindex_create); }
TEST(Corpora, VindexTables) { run_corpus("vindex_tables", 152, check_vindex_table); }

}  // namespace
}  // namespace vif::sharding
