// Any bytes, as text, as binary JSON and as a path: what is read is within the depth, prints as
// text that reads back, and survives the binary form.
#include <cstdint>

#include "base/assert.h"
#include "types/json_binary.h"
#include "types/json_path.h"

namespace vif::types {
namespace {

void check(const Json& json) {
  VIF_ASSERT(json.depth() <= Json::kDepthMax + 1);
  const std::string text = json.to_string();
  JsonFault fault;
  VIF_ASSERT(parse_json(text, fault).has_value());
  const std::optional<std::string> bytes = json_to_binary(json);
  if (!bytes) return;
  const std::optional<Json> again = json_from_binary(*bytes);
  VIF_ASSERT(again && again->to_string() == text);
}

int one(const uint8_t* bytes, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(bytes), size);
  JsonFault fault;
  const std::optional<Json> text = parse_json(input, fault);
  if (text) check(*text);
  if (!text) VIF_ASSERT(fault.position <= size && !fault.reason.empty());
  if (const std::optional<Json> json = json_from_binary(input)) (void)json->to_string();
  // A path, a blank line, a document.
  const size_t line = input.find('\n');
  size_t bad_at = 0;
  const std::optional<JsonPath> path = JsonPath::parse(input.substr(0, line), bad_at);
  if (!path || line == std::string_view::npos) return 0;
  if (const std::optional<Json> json = parse_json(input.substr(line + 1), fault)) {
    for (const Json* found : path->seek(*json)) (void)found->depth();
  }
  // "** **" is written without its blank, as the server writes it, and that is none.
  const std::string written = path->to_string();
  VIF_ASSERT(written.find("***") != std::string::npos ||
             JsonPath::parse(written, bad_at).has_value());
  return 0;
}

}  // namespace
}  // namespace vif::types

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  return vif::types::one(bytes, size);
}
