// How FORMAT of MySQL writes numbers in a locale: a table of the server's answers.
#pragma once

#include <string>
#include <string_view>

namespace vif::eval {

struct NumberLocale {
  char point = '.';
  char separator = ',';   // between groups of digits
  bool grouped = true;    // has a separator
  bool in_pairs = false;  // but for the last three digits: 12,34,567
};

// Of names without regard to case. False when the server has no such locale; it is en_US then.
bool find_number_locale(std::string_view name, NumberLocale& out);
// `number`: digits, perhaps with a sign before and a point.
std::string grouped_number(std::string_view number, const NumberLocale& locale);

}  // namespace vif::eval
