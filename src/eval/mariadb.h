// MariaDB 10.11 where it differs from MySQL: functions of its own, bits and dates.
#pragma once

#include <optional>
#include <string_view>

#include "eval/node.h"

namespace vif::sql {
struct Expr;
struct Literal;
}  // namespace vif::sql

namespace vif::eval {

// Before the names of functions that MariaDB computes in its own way.
inline constexpr std::string_view kMariadbPrefix = "mariadb ";
// Datum::source of a text that is JSON.
inline constexpr std::string_view kJsonText = "json text";

// It has no function of that name, though MySQL has.
bool is_missing_in_mariadb(std::string_view name);
// The bits that its bit operators see: every value is a number, rounded. REQUIRES: not null.
uint64_t mariadb_bits(const Datum& d, const Context& context);
// A text or a double as the decimal that its bits are of; all else, and NULL, as it is. Warns.
Datum mariadb_bit_operand(const Datum& d, const Context& context);
// The date that it reads in a value; `zeros`: zero dates, months and days are some, where sql_mode
// has no other wish. Warns.
std::optional<types::ParsedTemporal> mariadb_datetime(const Datum& d, const Context& context,
                                                      bool zeros, bool by_mode);
std::optional<types::ParsedTemporal> mariadb_time(const Datum& d, const Context& context);
// time_digits() there: also of a text that is one only in its beginning.
int mariadb_time_digits(const Node& node, Context& context, bool dated);
// As comparisons see it: what is none is zero, and the 31st is one of any month. REQUIRES: not
// null.
Temporal mariadb_date_or_zero(const Datum& d, const Context& context);
Temporal mariadb_time_or_zero(const Datum& d, const Context& context);
// What a direct CAST to a date or a time is where it is compared: zero instead of NULL. `target`:
// kDate, kDatetime or kTime.
Datum mariadb_compared(const Datum& d, Type target, int digits, const Context& context);
// A time, or a date with one: what ADDTIME and its like add to, with the time that INTERVAL DAY TO
// SECOND allows.
struct MariadbMoment {
  bool dated = false;
  int64_t us = 0;  // of the time, or since 1970
  int precision = 0;
  bool date_only = false;
};
// Warns; nullopt for what is none.
std::optional<MariadbMoment> mariadb_moment(const Datum& d, const Context& context);
// As its messages show a text of a date: what is no ASCII by its bytes; and an argument.
std::string mariadb_bytes_shown(std::string_view text);
std::string mariadb_argument_shown(const Datum& d);
// Of what a cast cuts.
std::string mariadb_text_shown(const Datum& d);
// INTERVAL DAY TO SECOND, of as many hours as are wanted; and the digits of its fraction. Warns.
std::optional<MariadbMoment> mariadb_interval(const Datum& d, const Context& context);
int mariadb_interval_digits(const Node& node, Context& context);
// EXTRACT's: a time's hours beyond a day are days. `days`: they are asked for, and then digits
// alone are no time. Warns.
std::optional<Temporal> mariadb_day_time(const Datum& d, const Context& context, bool days);
// date'2024-00-00', which is an error where sql_mode says so; null for a date without zeros.
NodePtr mariadb_zero_date(const Datum& date, const std::string& text);

// What values are compared as.
enum class MariadbKind : uint8_t { kOther, kDoubles, kDecimals, kDates, kTimes };
MariadbKind mariadb_kind(std::span<const StaticType> types);
// The value as one of that kind. Warns.
Datum mariadb_as(MariadbKind kind, const Datum& d, const Context& context);
// What a list is searched for, or CASE's operand: it is evaluated and converted once as each kind
// that it meets.
class MariadbOperand {
 public:
  // `node` outlives this, and has given `value`, which is not NULL.
  MariadbOperand(const Node& node, Datum value, const StaticType& type)
      : node_(node), value_(std::move(value)), type_(type) {}
  // nullopt: they are compared as what they are. Warns.
  std::optional<bool> equals(const Datum& item, const StaticType& type, Context& context);

 private:
  const Node& node_;
  Datum value_;
  StaticType type_;
  unsigned seen_ = 0;           // a bit for each kind
  std::optional<Datum> as_[6];  // by the kind, days last
};
// Whether IN's left columns, which are of their kinds already, are those of a row; nullopt where a
// NULL leaves it open. What stands beside a NULL is converted too.
std::optional<bool> mariadb_row_is(std::span<const Datum> left, const Datum& row,
                                   std::span<const MariadbKind> kinds, const Context& context);
// REQUIRES: neither is null.
int compare_mariadb(const Datum& a, const Datum& b, MariadbKind kind, const Context& context);
// Exact numbers that operators compare have the decimals that they show; a string that JSON_EXTRACT
// found is its characters.
void round_mariadb_pair(Datum& a, Datum& b);
// The strings among these are compared as bytes: some are, and no text is firmer.
bool mariadb_compares_bytes(const std::vector<NodePtr>& nodes, Context& context);
void as_mariadb_bytes(Datum& text);
// A constant text beside a decimal that varies is one. Warns.
void as_mariadb_decimal(Datum& constant, const Datum& other, const Context& context);
// Of what is no such value as what it is beside, which is NULL.
void warn_beside_mariadb_null(const Datum& d, const StaticType& other, const Context& context);
// A text beside a number that is looked at after it. Warns.
Datum mariadb_number_beside(const Datum& text, const Node& number, const Context& context);
// Beside a date or a time that is computed the left side is one before that. Warns.
void date_mariadb_left(Datum& left, const std::vector<NodePtr>& nodes, Context& context);
// What operators compare: exact numbers with the decimals that they show, a constant as what the
// column beside it is; what stands beside NULL warns where it is no such value.
void settle_mariadb_pair(Datum& left, Datum& right, const std::vector<NodePtr>& nodes,
                         Context& context);
// Whether IN or BETWEEN store their constants in the column of years that the first node is: where
// none is a date or a time.
bool stores_mariadb_years(const std::vector<NodePtr>& nodes, Context& context);
// The constant as what that column has: 1 is 2001. False: it stays what it is.
bool store_mariadb_year(const Node& constant, Datum& stored);
// REQUIRES: the first is not null.
Datum between_mariadb(std::span<const Datum> values, std::span<const StaticType> types,
                      const Context& context);
// Constant bytes among texts that are firmer must be text before there are rows. Throws SqlError
// errno 1300.
// `compares`: beside numbers and dates they are none. `operation`: where a constant text must be
// one of the firmest's charset; throws SqlError errno 1267, 1270 or 1271 where it is none.
void check_mariadb_bytes(std::span<const Node* const> nodes, uint32_t connection,
                         bool compares = false, std::string_view operation = {});
// The same, of IN's, of two that are compared, and of CASE. `operand` and `otherwise` may be null.
// Throws SqlError errno 1267, 1270 or 1271 for texts of two collations that the statement names.
void check_mariadb_collations(std::span<const Node* const> nodes, std::string_view operation);
void check_mariadb_list(const std::vector<const Node*>& nodes, uint32_t connection);
void check_mariadb_between(const Node& value, const Node& low, const Node& high,
                           uint32_t connection);
void check_mariadb_pair(const Node& left, const Node& right, uint32_t connection);
void check_mariadb_case(const Node* operand, const std::vector<CaseBranch>& branches,
                        const Node* otherwise, uint32_t connection);
// Its own function of that name, which takes the arguments; null where it computes as MySQL does.
// Throws SqlError for what it has not, or what is refused.
NodePtr make_mariadb_function(std::string_view name, std::vector<NodePtr>& args,
                              uint32_t collation);
// x'41': a text in every place, whose type tells that it was written so.
NodePtr mariadb_hexadecimal(const std::string& digits);
// TRUE, FALSE and their opposites by NOT are literals.
std::optional<bool> mariadb_literal_truth(const sql::Expr& e);
// "- -TRUE", of which `e` has no first minus, is TRUE.
std::optional<bool> mariadb_twice_negated_truth(const sql::Expr& e);
// A number and the minuses before it, of which `e` has no first one, are a literal. False for all
// else. `text` has to outlive `out`.
bool mariadb_negated_literal(const sql::Expr& e, sql::Literal& out, std::string& text);
// Constant counts and positions are read before there are rows, and again with each. Warns.
void warn_of_mariadb_counts(std::string_view name, const std::vector<NodePtr>& args,
                            Context& context);
// A function of counts or places of which one argument is NULL, so that it is NULL: it reads the
// counts nevertheless. False where nobody asks for warnings.
bool is_null_to_mariadb(std::string_view name, const std::vector<NodePtr>& args, Context& context);
// What its messages show of a long value.
std::string cut_mariadb_value(std::string shown);
// Throws SqlError errno 1064.
[[noreturn]] void syntax_of_mysql(std::string_view what);
// For a type that only its CAST has.
[[noreturn]] void syntax_of_mariadb(std::string_view type);
// What its metadata says of a function's result, where that is not what MySQL's says.
StaticType mariadb_function_type(std::string_view name, StaticType type,
                                 const std::vector<NodePtr>& args,
                                 std::span<const StaticType> types, Context& context);
// Of a double whose type has decimals, these are shown.
void show_decimals(Datum& number, const StaticType& type);
// Its own number for "as many decimals as it takes"; of a bare column of text it says 0.
void as_mariadb(types::Field& field, bool is_column);

// A temporal is cut to seconds, a number beyond the integers to the last of them. REQUIRES: not
// null, no text.
Datum mariadb_integer(const Datum& d, bool is_unsigned, const Context& context);
// A date beside anything else, or a time beside what is no date: what is none is zero. nullopt
// where both servers agree. REQUIRES: neither is null.
std::optional<int> compare_mariadb_dates(const Datum& a, const Datum& b, const Context& context);

}  // namespace vif::eval
