// GREATEST and LEAST of MySQL where the result is a text, and what they share with other choices.
#pragma once

#include "eval/function.h"

namespace vif::eval {

// What GREATEST and LEAST of dates have for what is none, as a number.
inline constexpr int64_t kNoDateNumber = 163831531;

// Unlike IF and CASE, COALESCE and its like show all the decimals of their common type.
Datum converted_wholly(Datum d, const StaticType& type, const Context& context);
// Two explicit collations among three values or more: the error names all. Throws SqlError errno
// 1270 or 1271.
void check_explicit_collations(const Call& call, const std::vector<Datum>& values);

// `all` is the arguments' common type: beside times a text may be longer.
StaticType text_extreme_type(const Call& call, StaticType all);
// `wanted`: 1 for the greatest, -1 for the least. `type` is the result's, a text or bytes. Beside a
// date all are dates, but as a number or a text the result may be another than as a date.
Datum text_extreme(const Call& call, const StaticType& type, int wanted);

}  // namespace vif::eval
