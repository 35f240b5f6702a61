// How comparisons, IN and BETWEEN of MySQL read two values that are compared. The inside of
// comparison.cc, membership.cc and between.cc.
#pragma once

#include <optional>

#include "eval/node.h"

namespace vif::eval {

enum class Equal : uint8_t { kNo, kYes, kUnknown };

// As = does; of rows, column by column.
Equal equal(const Datum& a, const Datum& b, const Context& context);

// What IN gives.
inline Datum in_result(bool found, bool unknown, bool negated) {
  if (!found && unknown) return {};
  return Datum::of_bool(found != negated);
}

// left = right, without what it warns of. Both must outlive the result.
class PairComparison {
 public:
  PairComparison(Operator::Comparison op, const Node& left, const Node& right);
  Datum value(Context& context) const;

 private:
  NodePtr node_;
};

// Each of these reads in silence what is not NULL.

// The order of texts under the collation, of bytes in binary. Throws SqlError errno 3854 for bytes
// that are no text of it.
int order_as_texts(const Datum& a, const Datum& b, uint32_t collation);
// The instant, the zero date for what is none; a time is on the current day.
Temporal instant_of(const Datum& d, const Context& context);
// The integer, whatever its sign says; doubles that an operation gave must be within it. Throws
// SqlError errno 1690.
using Whole = __int128;
Whole whole_of(const Datum& d, const Context& context);

}  // namespace vif::eval
