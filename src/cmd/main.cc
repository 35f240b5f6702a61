// The one executable. What it does is in roles.cc.
#include "cmd/roles.h"

#include <sys/resource.h>

namespace {

// A gate holds a descriptor a client: take as many as this user may, a million when that is up to
// us.
void raise_file_limit() {
  rlimit limit{1 << 20, 1 << 20};
  if (::setrlimit(RLIMIT_NOFILE, &limit) == 0) return;
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  raise_file_limit();
  const std::vector<std::string_view> args(argv + 1, argv + argc);
  return vif::cmd::run_role(argc > 0 ? argv[0] : "vif", args);
}
