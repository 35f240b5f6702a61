// Decimals and temporals packed as the server stores them inside binary JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "types/decimal.h"
#include "types/temporal.h"

namespace vif::types {

// Words of nine digits in four bytes, big endian, the first bit turned so that bytes order as
// numbers do. nullopt for digits that are none, a scale or precision out of range, or too few
// bytes.
std::optional<Decimal> decimal_from_binary(std::string_view bytes, int precision, int scale);
// REQUIRES: `value`, rounded to `scale`, has at most `precision` digits.
std::string decimal_to_binary(const Decimal& value, int precision, int scale);

// Year*13+month, day, hour, minute, second in bits, then 24 bits of microseconds; a negative time
// is negated.
int64_t packed_datetime(const Temporal& t);
int64_t packed_time(const Temporal& t);
// nullopt for parts that no datetime has; zero dates and days are passed.
std::optional<Temporal> datetime_from_packed(int64_t packed);
std::optional<Temporal> time_from_packed(int64_t packed);

}  // namespace vif::types
