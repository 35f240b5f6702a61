// What the gate makes of each of MySQL's system variables, as Vitess sorts them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace vif::vtgate {

enum class VariableClass : uint8_t {
  kGate,  // the gate itself acts on it
  kReadOnly,
  kIgnored,  // SET is accepted and has no effect
  kRefused,  // SET is an error
  kServer,   // the servers' connections of this session must have it
  kChecked,  // accepted, and of no effect where it differs from the servers'
};

struct SystemVariable {
  std::string_view name;  // lower case
  VariableClass variable_class;
  bool is_boolean;
};

std::span<const SystemVariable> system_variables();
// Null when unknown. `name` is lower case.
const SystemVariable* find_system_variable(std::string_view name);

}  // namespace vif::vtgate
