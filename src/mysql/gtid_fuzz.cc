// GTID sets from anywhere: what parses prints to a text that parses to the same set, and the set
// operations keep their laws.
#include "base/assert.h"
#include "mysql/gtid.h"

namespace vif::mysql {
namespace {

void check(GtidForm form, std::string_view first, std::string_view second) {
  const auto a = GtidSet::parse(form, first);
  if (!a.ok()) return;
  const auto again = GtidSet::parse(form, a->to_string());
  VIF_ASSERT(again.ok() && again->to_string() == a->to_string());
  VIF_ASSERT(a->contains(*again) && again->contains(*a));
  const auto b = GtidSet::parse(form, second);
  if (!b.ok()) return;
  GtidSet both = *a;
  both.add(*b);
  VIF_ASSERT(both.contains(*a) && both.contains(*b));
  const GtidSet rest = a->minus(*b);
  VIF_ASSERT(a->contains(rest) && rest.empty() == b->contains(*a));
}

}  // namespace
}  // namespace vif::mysql

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const size_t half = std::min(text.find('\0'), text.size());
  const std::string_view second = half < text.size() ? text.substr(half + 1) : std::string_view();
  vif::mysql::check(vif::mysql::GtidForm::kMysql, text.substr(0, half), second);
  vif::mysql::check(vif::mysql::GtidForm::kMariaDb, text.substr(0, half), second);
  (void)vif::mysql::decode_position(text).ok();
  return 0;
}
