// The one table of what this executable can be.
#pragma once

#include <span>
#include <string_view>

namespace vif::cmd {

using Args = std::span<const std::string_view>;

struct Role {
  std::string_view name;
  std::string_view summary;
  // Takes the arguments after the role's name; returns the exit status. Null: not built yet.
  int (*main)(Args args);
};

// Every role, in the order that `vif --help` shows.
std::span<const Role> roles();

// Picks the role by the executable's name (a link such as `vtgate`) or by the first argument and
// runs it. Exit status 2: no such role, or one that is not built yet.
int run_role(std::string_view executable, Args args);

}  // namespace vif::cmd
