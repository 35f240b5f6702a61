#include "cmd/vindex_door.h"

#include <cstdio>
#include <iostream>
#include <string>

#include "sharding/vindex_requests.h"

namespace vif::cmd {

int vindex_main(std::span<const std::string_view> args) {
  for (const std::string_view arg : args) {
    const bool help = arg == "--help" || arg == "-h";
    fmt::print(help ? stdout : stderr, "{}usage: vif vindex < requests.jsonl > answers.jsonl\n",
               help ? std::string() : fmt::format("vif vindex takes no argument \"{}\"\n", arg));
    return help ? 0 : 2;
  }
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    if (line.empty()) continue;
    std::cout << sharding::answer_vindex_request(line) << '\n';
    // A script that waits for each answer must get it.
    if (std::cin.rdbuf()->in_avail() <= 0) std::cout.flush();
  }
  return 0;
}

}  // namespace vif::cmd
