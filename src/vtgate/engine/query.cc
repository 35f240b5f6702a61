#include "vtgate/engine/query.h"

#include <algorithm>

namespace vif::vtgate::engine {

namespace {

// As a constant of the value's own type, where the plain text would be one of another type.
void append_typed(const types::Value& value, std::string& out) {
  std::string_view before;
  std::string after;
  const std::string& text = value.bytes;
  switch (value.type) {
    case types::Type::kUint64: before = "cast(", after = " as unsigned)"; break;
    case types::Type::kDecimal:
      if (text.find('.') != std::string::npos) break;
      before = "cast(",
      after = fmt::format(" as decimal({}, 0))", std::min<size_t>(text.size(), 65));
      break;
    case types::Type::kFloat64:
      if (text.find_first_of("eE") == std::string::npos) after = "e0";
      break;
    case types::Type::kDate: before = "date "; break;
    case types::Type::kTime: before = "time "; break;
    case types::Type::kDatetime:
    case types::Type::kTimestamp: before = "timestamp "; break;
    default: break;
  }
  // Strict servers take no literal of a date that is none.
  if (text.starts_with("0000") || text.find("-00") != std::string::npos) before = "";
  out += before;
  value.append_sql(out);
  out += after;
}

Status append_slot(const Slot& slot, const Bindings& bindings, std::string& out) {
  const types::BindVariable* variable = bindings.find(slot.name);
  if (!variable)
    return Error(Code::kInvalidArgument, fmt::format("missing bind var {}", slot.name));
  if (!slot.is_list) {
    if (variable->type == types::Type::kTuple) {
      return Error(Code::kInvalidArgument, fmt::format("unexpected list arg name {}", slot.name));
    }
    if (slot.typed)
      append_typed(variable->value(), out);
    else
      variable->value().append_sql(out);
    return {};
  }
  if (variable->type != types::Type::kTuple) {
    return Error(Code::kInvalidArgument, fmt::format("unexpected arg type ({}) for list {}",
                                                     types::type_name(variable->type), slot.name));
  }
  out += '(';
  // `in ()` is no SQL; a list with nothing in it matches nothing, as NULL does.
  if (variable->values.empty()) out += "null";
  for (size_t i = 0; i < variable->values.size(); ++i) {
    if (i != 0) out += ", ";
    variable->values[i].append_sql(out);
  }
  out += ')';
  return {};
}

}  // namespace

std::string Query::to_string() const {
  std::string out = head;
  for (const Part& part : parts) {
    out += part.slot.is_list ? "::" : ":";
    out += part.slot.name + part.text;
  }
  return out;
}

Status append_filled(const Query& query, const Bindings& bindings, std::string& out) {
  out += query.head;
  for (const Query::Part& part : query.parts) {
    VIF_TRY(append_slot(part.slot, bindings, out));
    out += part.text;
  }
  return {};
}

Result<std::string> fill(const Query& query, const Bindings& bindings) {
  if (query.verbatim && !bindings.client_text().empty()) return std::string(bindings.client_text());
  std::string out;
  out.reserve(query.head.size() + query.parts.size() * 16);
  VIF_TRY(append_filled(query, bindings, out));
  return out;
}

}  // namespace vif::vtgate::engine
