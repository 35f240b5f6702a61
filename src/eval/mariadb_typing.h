// Types of results before there are values, as MariaDB 10.11's metadata says: of literals,
// operators, choices among several values and casts. Functions are in mariadb_types.cc.
#pragma once

#include <optional>
#include <span>

#include "eval/node.h"
#include "eval/static_type.h"

namespace vif::eval {

// Of its DECIMAL; columns have 38 too, though MySQL's have 30.
inline constexpr int kMariadbScaleMax = 38;

// The collation of numbers and dates where they become text, unless something says otherwise.
uint32_t mariadb_connection_collation();
// What it tells of numbers that a function of JSON takes for a document.
uint32_t mariadb_numeric_collation();

// Digits of a value of this type as an exact number; at least 1 of a text.
int mariadb_precision(const StaticType& t);
// Digits after the point; nullopt for as many as it takes.
std::optional<int> mariadb_decimals(const StaticType& t);
// Characters of it as a text.
int64_t mariadb_characters(const StaticType& t);
// Bytes, as its own column would say.
int64_t mariadb_bytes(const StaticType& t);
bool mariadb_is_unsigned(const StaticType& t);
// A double to arithmetic: a text too, but no ENUM or SET.
bool mariadb_is_double(const StaticType& t);
// Of nine characters and less they are INTs.
StaticType mariadb_integer_type(int64_t size, bool is_unsigned, bool nullable);
// A double of so many decimals, or of as many as it takes.
StaticType mariadb_double_type(std::optional<int> decimals, bool nullable);
// A fraction's digits where a time is made of it.
int mariadb_seconds_digits(const StaticType& t);

StaticType mariadb_literal_type(StaticType type, const Datum& value);
StaticType mariadb_arithmetic_type(Operator::Arithmetic op, const StaticType& a,
                                   const StaticType& b);
// `leaves_integers`: a constant whose opposite is none.
StaticType mariadb_negated_type(const StaticType& operand, bool leaves_integers);
// Of CASE, COALESCE and IFNULL; nullable where one of them is.
StaticType mariadb_common_type(std::span<const StaticType> types);
StaticType mariadb_if_type(const StaticType& yes, const StaticType& no);
StaticType mariadb_nullif_type(StaticType first);
// Of GREATEST and LEAST among what is no date or time.
StaticType mariadb_extreme_type(std::span<const StaticType> types);
// Throws SqlError errno 4078 for JSON where that operation takes none.
void check_mariadb_no_json(const StaticType& t, std::string_view operation);
// CAST AS SIGNED and UNSIGNED.
StaticType mariadb_integer_cast_type(const Node& operand, bool is_unsigned, Context& context);

}  // namespace vif::eval
