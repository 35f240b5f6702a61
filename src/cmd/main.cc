// The one executable. What it does is in roles.cc.
#include "cmd/roles.h"

int main(int argc, char** argv) {
  const std::vector<std::string_view> args(argv + 1, argv + argc);
  return vif::cmd::run_role(argc > 0 ? argv[0] : "vif", args);
}
