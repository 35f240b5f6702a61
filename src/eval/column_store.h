// What MySQL makes of a constant beside a column: it stores it in the column, and compares what
// came of that.
#pragma once

#include <optional>

#include "eval/node.h"

namespace vif::eval {

// The constant `d`, which `constant` is, as the column of dates, times, years or 64-bit integers
// has it: rounded to its decimals, a date without its time. nullopt for what it does not take, and
// for any other column. `column` is its value, of its type. REQUIRES: the flavor is MySQL's;
// neither is NULL. Warns of nothing.
std::optional<Datum> stored_in(const Datum& column, const Node& constant, const Datum& d,
                               const Context& context);

// Whether a column of timestamps takes what was read from `d`: a moment that there is, since 1970
// and until 2038 in the session's time zone, and no day that is a number with a fraction. REQUIRES:
// it is not the zero date.
bool takes_timestamp(const types::ParsedTemporal& read, const Datum& d, const Context& context);

// Stands for the value of a column of that type, where there is no row yet.
Datum column_before_rows(const StaticType& type);

// A text, or a hexadecimal literal, as a column of dates takes it: the zero date among them, and a
// day that its month has not, though no column of timestamps takes that.
std::optional<types::ParsedTemporal> date_for_column(const Datum& text, Type column,
                                                     const Context& context);

// Beside a comparison's operator: a column of dates does not take what is no number. What is not
// stored stays as it is.
Datum as_column(const Datum& column, const Node& constant, const Datum& d, const Context& context);

}  // namespace vif::eval
