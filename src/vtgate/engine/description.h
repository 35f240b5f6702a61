// A primitive as vexplain shows it: Vitess's operator names and field names.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace vif::vtgate::engine {

using DescriptionValue =
    std::variant<bool, int64_t, std::string, std::vector<std::string>,
                 std::map<std::string, std::string>, std::map<std::string, int64_t>>;

struct Description {
  std::string operator_type;
  std::string variant;   // "" when there is none
  std::string keyspace;  // "" when there is none
  bool sharded = false;
  std::string target_destination;                 // "" when there is none
  std::map<std::string, DescriptionValue> other;  // printed in name order, after the above
  std::string input_name;  // how the parent calls this one: "Outer", "SubQuery"
  std::vector<Description> inputs;
};

// Vitess's JSON (OperatorType, Variant, Keyspace{Name,Sharded}, TargetDestination, others, Inputs),
// indented by tabs as vexplain prints it. `level` is that of the opening brace.
std::string to_json(const Description& description, int level = 0);

// An indented tree, for tests and logs.
std::string to_text(const Description& description);

}  // namespace vif::vtgate::engine
