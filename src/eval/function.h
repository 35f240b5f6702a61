// Plain functions: a name, how many arguments, what is computed. The tables are in functions_*.cc.
#pragma once

#include <span>
#include <string_view>

#include "eval/node.h"

namespace vif::eval {

// A call under evaluation.
struct Call {
  const std::vector<NodePtr>& args;
  Context& context;
  uint32_t collation;  // the connection's
  std::string_view name;
  bool json_as_text = false;                // JSON arguments are their text
  std::string_view source = {};             // the first argument, as messages show it
  std::span<const StaticType> types = {};   // the arguments', where they are known already
  std::span<const std::string> names = {};  // as they were written
  size_t size() const { return args.size(); }
  Datum arg(size_t i) const {
    Datum d = shown_by_server(args[i]->evaluate(context), context);
    if (!json_as_text || d.form != Form::kJson) return d;
    Datum text = Datum::of_text(to_text(d), kJsonCollation, d.coercibility);
    text.json = std::move(d.json);  // what numbers are read from
    text.source = d.source;
    return text;
  }
  Datum compared_arg(size_t i) const {
    return shown_by_server(args[i]->evaluate_compared(context), context);
  }
  StaticType arg_type(size_t i) const { return types.empty() ? args[i]->type(context) : types[i]; }
};

struct Function {
  std::string_view name;  // lower case
  size_t args_min;
  size_t args_max;
  Datum (*evaluate)(const Call& call);
  StaticType (*type)(const Call& call);
  Quick (*quick)(const Call& call) = nullptr;  // where all arguments have one
};

inline constexpr size_t kAnyNumber = 1000;

std::span<const Function> control_functions();
std::span<const Function> text_functions();
std::span<const Function> math_functions();
std::span<const Function> date_functions();
std::span<const Function> regexp_functions();
// The server looks at charsets before there are rows. Throws SqlError errno 3995 when bytes and a
// text meet.
void check_regexp_charsets(std::string_view name, const std::vector<NodePtr>& args,
                           uint32_t connection);
// What REGEXP_INSTR returns is known before there are rows. Throws SqlError errno 1210.
void check_regexp_option(const std::vector<NodePtr>& args);
std::span<const Function> json_functions();
std::span<const Function> json_change_functions();
std::span<const Function> crypto_functions();
std::span<const Function> net_functions();
std::span<const Function> string_functions();
std::span<const Function> clock_functions();
std::span<const Function> time_functions();
std::span<const Function> mariadb_functions();
std::span<const Function> mariadb_regexp_functions();
// A constant pattern is read before there are rows. Throws SqlError errno 1139.
void check_mariadb_pattern(const std::vector<NodePtr>& args);
// What the function that both servers have, in one of these tables, gives for these values in the
// place of the arguments.
Datum shared_of(const Call& call, std::span<const Function> functions, std::vector<Datum> values);
std::span<const Function> mariadb_date_functions();
std::span<const Function> mariadb_json_functions();
std::span<const Function> mariadb_text_functions();

// How many digits of a fraction an argument gives to a time made of it: of a text that is not known
// before there are rows, all.
int shown_digits(const Call& call, size_t arg, int own);
// Of how many bits there is a SHA2, and what is said when there is none.
bool is_sha2(int64_t bits);
void warn_of_sha2(const Context& context);
// DATE_FORMAT of it.
Datum format_date(const Temporal& t, const Datum& format, const Call& call);

inline StaticType int_type(const Call&) { return static_type(Type::kInt64); }
inline StaticType float_type(const Call&) { return static_type(Type::kFloat64); }
inline StaticType date_type(const Call&) { return static_type(Type::kDate); }

}  // namespace vif::eval
