// What MySQL evaluates before there are rows: constants that meet a column, a date or a text of
// another charset. Here it is done for its errors, which come then whether a row needs the constant
// or not. Nothing is said of what is not known yet: the types of bind variables.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "eval/node.h"

namespace vif::eval {

// The constant's value; nullopt for what is none. Throws SqlError, its own error; not what the gate
// refuses, which comes when the value is asked for.
std::optional<Datum> evaluated_constant(const Node& node, std::string_view sql_mode);

// A row: its constants, up to the first column that is none, are asked whether they are NULL.
void ask_constants(std::span<const NodePtr> columns, std::string_view sql_mode);

// Of operands that become texts of one charset, or are compared as such: constants of another
// charset are converted. Throws SqlError errno 3854 for characters that it has not; and what their
// evaluation throws.
void convert_constants(std::span<const Node* const> nodes, std::string_view sql_mode);
// Likewise, beside one that stays as it is.
void convert_to_charset_of(const Node& text, std::span<const Node* const> others,
                           std::string_view sql_mode);

// A constant beside a column that is compared as an integer, which a date is but beside a text, is
// stored there.
void store_constants(const Node& left, const Node& right, std::string_view sql_mode);

// A constant date or time beside a text of a charset in which digits are other bytes is a text.
void write_out_date(const Node& text, NodePtr& date);

// A constant text beside a date must be one: errno 1525.
void check_date_constants(const Node& left, const Node& right, std::string_view sql_mode);

// All of it, of two that are compared by an operator; of rows, column by column.
void resolve_comparison(const Node& left, const Node& right, std::string_view sql_mode);

// Of BETWEEN, of IN with several values, of CASE and of calls.
void resolve_between(const Node& value, const Node& low, const Node& high, bool negated,
                     std::string_view sql_mode);
void resolve_in(std::span<const Node* const> all, std::string_view sql_mode);
void resolve_case(std::span<const Node* const> compared, std::span<const Node* const> values,
                  std::string_view sql_mode);
void resolve_arguments(std::string_view name, std::span<const NodePtr> args,
                       std::string_view sql_mode);

}  // namespace vif::eval
