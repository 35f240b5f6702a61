// JSON paths: $.a[0], $."a b".*, $[1 to last], $**.b, as MySQL reads and follows them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "types/json.h"

namespace vif::types {

class JsonPath {
 public:
  // A cell's number, from the front or from `last` backwards.
  struct Index {
    uint32_t number = 0;
    bool from_end = false;
    // The place in an array of that size, and whether it is within it; clamped when it is not.
    size_t place(size_t size, bool& within) const;
  };
  enum class Kind : uint8_t { kMember, kAnyMember, kCell, kRange, kAnyCell, kEllipsis };
  struct Leg {
    Kind kind = Kind::kMember;
    std::string name;
    Index from;
    Index to;  // kRange: inclusive
    // It matches a value that is no array as if it stood alone in one.
    bool wraps() const;
  };

  // nullopt: no path; `bad_at` is the place that the server names, in bytes.
  static std::optional<JsonPath> parse(std::string_view text, size_t& bad_at);

  const std::vector<Leg>& legs() const { return legs_; }
  // It may match more than one value.
  bool can_match_many() const;
  // In the order of the document, each value once. With `wrap` an index 0 or last of what is no
  // array is the value itself. The pointers live as long as `document` is not changed.
  std::vector<const Json*> seek(const Json& document, bool wrap = true) const;
  void append(Leg leg) { legs_.push_back(std::move(leg)); }
  // "$.a[0]"; members that are no identifiers in quotes.
  std::string to_string() const;

 private:
  friend class JsonPathParser;
  std::vector<Leg> legs_;
};

}  // namespace vif::types
