// How types of operands make the types of results: what the server's column definitions say.
#pragma once

#include "eval/node.h"

namespace vif::eval {

// Digits of a number of this type, those after the point included.
int digits_of(const StaticType& type);
// The display length of a number with so many digits.
int length_of_decimal(int digits, int scale, bool is_unsigned);

// What arithmetic makes of an operand of this type.
StaticType numeric_type(const StaticType& type);
StaticType arithmetic_type(Operator::Arithmetic op, const StaticType& a, const StaticType& b);
StaticType negated_type(const StaticType& operand);
StaticType bits_type(bool nullable);
// Of conditions: 0, 1 or NULL.
StaticType truth_type(bool nullable);
bool either_nullable(const std::vector<NodePtr>& args, Context& context);

// Of the value that a literal or a bind variable is.
StaticType literal_type(const Datum& value);
// As aggregated_type(), of the parts that lengths are made of.
int aggregated_size(const StaticType& result, const StaticType& a, const StaticType& b);

// The function's type with what else is known of its result: length, nullability.
StaticType function_type(std::string_view name, StaticType type, const std::vector<NodePtr>& args, Context& context);

}  // namespace vif::eval
