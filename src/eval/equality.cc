#include "eval/equality.h"

#include "eval/charsets.h"
#include "eval/compare.h"
#include "eval/compared_side.h"

namespace vif::eval {
namespace {

std::string text_in(const Datum& d, uint32_t collation) {
  if (collation == kBinaryCollation) return d.is_textual() ? own_bytes(d) : to_text(d);
  if (d.form == Form::kBytes) return text_of_bytes(d, collation).bytes;
  return to_text(d);
}

}  // namespace

int order_as_texts(const Datum& a, const Datum& b, uint32_t collation) {
  const std::string x = text_in(a, collation);
  const Result<int> order = compare_text(x, text_in(b, collation), collation);
  if (!order.ok()) throw SqlError{order.error()};
  return *order;
}

Temporal instant_of(const Datum& d, const Context& context) {
  Quiet quiet(context);
  if (d.form == Form::kDate || d.form == Form::kDatetime) return d.temporal;
  const bool text = d.form == Form::kJson || (d.is_textual() && d.type != Type::kBit);
  const std::optional<types::ParsedTemporal> parsed =
      to_datetime(text ? Datum::of_text(to_text(d), kUtf8mb4Collation) : d, quiet.context());
  return parsed ? parsed->value : Temporal();
}

Whole whole_of(const Datum& d, const Context& context) {
  Quiet quiet(context);
  constexpr double kLeast = -9223372036854775808.0;
  // A literal with a sign is an operation to the server.
  if (d.form == Form::kFloat && d.f < kLeast && d.origin != Origin::kColumn)
    out_of_range("BIGINT", fmt::format("-({})", to_text(Datum::of_float(-d.f))));
  if (d.is_hex_or_bit()) {
    const Datum number = to_number(d);
    return number.form == Form::kUint ? static_cast<Whole>(number.u)
                                      : static_cast<Whole>(to_int(number));
  }
  if (d.form == Form::kUint) return static_cast<Whole>(d.u);
  return static_cast<Whole>(to_int(d, quiet.context()));
}

}  // namespace vif::eval
