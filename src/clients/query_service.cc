#include "clients/query_service.h"

namespace vif::clients {
namespace {

constexpr std::string_view kTypeNames[] = {"unknown",      "primary", "replica", "rdonly", "spare",
                                           "experimental", "backup",  "restore", "drained"};

}  // namespace

std::string_view tablet_type_name(TabletType type) {
  const auto index = static_cast<size_t>(type);
  return index < std::size(kTypeNames) ? kTypeNames[index] : kTypeNames[0];
}

std::optional<TabletType> parse_tablet_type(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (lower == "master") return TabletType::kPrimary;
  if (lower == "batch") return TabletType::kRdonly;
  for (size_t i = 0; i < std::size(kTypeNames); ++i) {
    if (lower == kTypeNames[i]) return static_cast<TabletType>(i);
  }
  return std::nullopt;
}

std::string TabletAlias::to_string() const { return fmt::format("{}-{:010}", cell, uid); }

}  // namespace vif::clients
