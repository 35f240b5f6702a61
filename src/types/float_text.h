// Doubles as MySQL writes them.
#pragma once

#include <string>
#include <string_view>

namespace vif::types {

// The shortest text that reads back the same; with an exponent ("1e15", "1.5e-20") of whole numbers
// from 1e15 and below 1e-15.
std::string double_text(double value);
// A FLOAT column's: six significant digits are what the server sends; this is for values computed
// here.
std::string float_text(float value);
// As double_text(), with an exponent when it were longer than `width` without one: how the server
// makes text of it.
std::string double_text_within(double value, size_t width);

// The longest prefix that is a number, as MySQL reads strings; 0 when there is none. `rest` is what
// was not used.
double parse_double_prefix(std::string_view text, std::string_view* rest = nullptr);

}  // namespace vif::types
