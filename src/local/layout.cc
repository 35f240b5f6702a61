#include "local/layout.h"

#include <cstdlib>

namespace vif::local {

std::string default_data_dir() {
  if (const char* root = std::getenv("VTDATAROOT"); root && *root) return root;
  const char* home = std::getenv("HOME");
  return fmt::format("{}/.vif", home && *home ? home : "/tmp");
}

}  // namespace vif::local
