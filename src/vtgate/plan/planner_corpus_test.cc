// Vitess's planner cases: where queries go (which shards, by which vindex and values) and which
// errors they get must be Vitess's. How the gate puts results together is ours, and is not
// compared.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "sharding/vschema.h"
#include "sql/parser.h"
#include "vtgate/engine/description.h"
#include "vtgate/plan/planner.h"

namespace vif::vtgate::plan {
namespace {

using nlohmann::json;

std::string corpora() {
  const char* env = std::getenv("VIF_CORPORA");
  return env ? env : "../shared/corpora";
}

std::string slurp(const std::string& path) {
  std::ifstream in(path);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

std::shared_ptr<const sharding::VSchema> load_vschema(const std::string& name) {
  auto spec = sharding::parse_srv_vschema_json(slurp(corpora() + "/context/planner/" + name));
  EXPECT_TRUE(spec.ok()) << spec.error().message();
  sharding::VindexTypes types = sharding::vindex_types();
  types["lookup_cost"] = types["lookup"];
  return sharding::build_vschema(*spec, {}, types);
}

bool is_compared(const std::string& type) {
  for (const char* one :
       {"Route", "Update", "Delete", "Insert", "Send", "DDL", "VindexLookup", "VindexFunc"}) {
    if (type == one) return true;
  }
  return false;
}

// One line an operator that talks to shards.
void routing_of(const json& node, std::vector<std::string>& out) {
  if (node.is_array()) {
    for (const json& item : node) routing_of(item, out);
    return;
  }
  if (!node.is_object()) return;
  if (node.contains("OperatorType") && is_compared(node["OperatorType"])) {
    const std::string type = node["OperatorType"];
    std::string line = type + " " + node.value("Variant", "");
    if (node.contains("Keyspace")) line += " " + node["Keyspace"]["Name"].get<std::string>();
    if (type != "Insert" && node.contains("Values")) {
      line += " " + node.value("Vindex", "") + node["Values"].dump();
    }
    if (node.contains("TargetDestination"))
      line += " " + node["TargetDestination"].get<std::string>();
    out.push_back(line);
  }
  for (const auto& [key, value] : node.items()) routing_of(value, out);
}

void routing_of(const engine::Description& node, std::vector<std::string>& out) {
  if (is_compared(node.operator_type)) {
    std::string line = node.operator_type + " " + node.variant;
    if (!node.keyspace.empty()) line += " " + node.keyspace;
    auto values = node.other.find("Values");
    if (node.operator_type != "Insert" && values != node.other.end()) {
      auto vindex = node.other.find("Vindex");
      if (vindex != node.other.end()) line += " " + std::get<std::string>(vindex->second);
      line += json(std::get<std::vector<std::string>>(values->second)).dump();
    }
    if (!node.target_destination.empty()) line += " " + node.target_destination;
    out.push_back(line);
  }
  for (const engine::Description& input : node.inputs) routing_of(input, out);
}

template <typename Node>
std::string routing_text(const Node& node) {
  std::vector<std::string> lines;
  routing_of(node, lines);
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& line : lines) text += line + "; ";
  return text;
}

struct Outcome {
  bool same = false;
  bool beyond = false;  // planned, though Vitess refuses it as unsupported
  std::string why;
};

Outcome run_case(const json& one, const json& setup, const sharding::VSchema& vschema) {
  PlanContext context;
  context.vschema = &vschema;
  sharding::Destination destination;
  if (setup["default_keyspace"].is_object()) context.keyspace = setup["default_keyspace"]["name"];
  if (setup["shard_destination"].is_object()) {
    const json& to = setup["shard_destination"];
    destination = to.contains("shard")
                      ? sharding::Destination::shard(to["shard"])
                      : sharding::Destination::exact_key_range(sharding::KeyRange{});
    context.destination = &destination;
    if (context.keyspace.empty()) context.keyspace = "main";
  }
  std::string error;
  std::shared_ptr<const Plan> plan;
  auto parsed = sql::parse(one["query"].get<std::string>());
  if (parsed.ok()) {
    auto built = build(*parsed, context);
    if (built.ok()) {
      plan = *built;
    } else {
      error = built.error().message();
    }
  } else {
    error = parsed.error().message();
  }
  if (one.contains("error")) {
    const std::string expected = one["error"];
    const bool beyond = plan && expected.starts_with("VT12001");
    return {error == expected, beyond,
            fmt::format("error: {}\n  ours: {}", expected, plan ? "a plan" : error)};
  }
  if (!plan) return {false, false, "refused: " + error};
  const std::string expected = routing_text(one["plan"]["Instructions"]);
  const std::string actual = routing_text(plan->root->describe());
  if (expected != actual)
    return {false, false, fmt::format("theirs: {}\n  ours:   {}", expected, actual)};
  std::vector<std::string> tables;
  if (one["tables_used"].is_array()) tables = one["tables_used"].get<std::vector<std::string>>();
  std::sort(tables.begin(), tables.end());
  if (tables != plan->tables_used) {
    return {
        false, false,
        fmt::format("tables {} but {}", fmt::join(tables, ","), fmt::join(plan->tables_used, ","))};
  }
  return {true, false, ""};
}

// May only rise: plans as Vitess's, and plans where Vitess has none.
constexpr int kPassedMin = 828;

TEST(PlannerCorpus, RoutingAndErrors) {
  const std::string path = corpora() + "/open/planner_cases.jsonl";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no corpora";
  const json setups = json::parse(slurp(corpora() + "/context/planner/setups.json"))["files"];
  std::map<std::string, std::shared_ptr<const sharding::VSchema>> vschemas;
  std::map<std::string, std::pair<int, int>> counts;
  const char* verbose = std::getenv("PLANNER_VERBOSE");
  int passed = 0;
  int beyond = 0;
  int total = 0;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    const json one = json::parse(line);
    const std::string file = one["file"];
    const std::string vschema = one["vschema"];
    if (!vschemas[vschema]) vschemas[vschema] = load_vschema(vschema);
    const Outcome outcome = run_case(one, setups[file], *vschemas[vschema]);
    auto& [good, all] = counts[file];
    good += outcome.same || outcome.beyond;
    ++all;
    passed += outcome.same;
    beyond += outcome.beyond;
    ++total;
    if (verbose && !outcome.same && file.starts_with(verbose)) {
      fmt::print("{} {}: {}\n  {}\n", file, one["i"].dump(), one["query"].get<std::string>(),
                 outcome.why);
    }
  }
  for (const auto& [file, count] : counts)
    fmt::print("{:44} {:4}/{}\n", file, count.first, count.second);
  fmt::print("planner cases: {} of {} as Vitess plans them, {} that it refuses\n", passed, total,
             beyond);
  EXPECT_GE(passed + beyond, kPassedMin);
}

}  // namespace
}  // namespace vif::vtgate::plan
