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

// Of one of several values: aggregated_type() of them all.
StaticType common_type(std::span<const StaticType> types);
// Whether MySQL makes the constant a text of the charset of `all`, before there are rows.
bool is_recoded(const Node& node, const StaticType& own, const StaticType& all);
// As common_type(), where such constants are what they became: NULL has no length. `nodes` are of
// `types`.
StaticType common_type(std::vector<StaticType> types, std::span<const Node* const> nodes,
                       Context& context);
// Of the value that a literal or a bind variable is.
StaticType literal_type(const Datum& value);
// A double's as it was written.
StaticType literal_double_type(std::string_view text);
// As aggregated_type(), of the parts that lengths are made of.
int64_t aggregated_size(const StaticType& result, const StaticType& a, const StaticType& b);

// Characters that a value takes as text; bytes of bytes.
int64_t text_size(const StaticType& type);
// Decimals of what is a double in arithmetic; nullopt for as many as it takes.
std::optional<int> double_decimals(const StaticType& type);
// A double of so many decimals, or of as many as it takes.
StaticType double_type(std::optional<int> decimals, bool nullable);
// The text, or the bytes, that values of these types make together. `connection`: the collation of
// numbers.
StaticType merged_text(std::span<const StaticType> types, uint32_t connection);
// Digits of a second's fraction where a time is made of it; what is written in a constant text
// counts. `dated`: of a date and time.
int time_digits(const Node& node, Context& context, bool dated = false);
// The same, where a number of seconds is wanted.
int seconds_digits(const StaticType& type);
// The value of a constant, without its warnings; nullopt for what is none.
std::optional<Datum> constant_value(const Node& node, Context& context);

// The function's type with what else is known of its result: length, nullability. `types`: the
// arguments'.
StaticType function_type(std::string_view name, StaticType type, const std::vector<NodePtr>& args,
                         std::span<const StaticType> types, Context& context);

}  // namespace vif::eval
