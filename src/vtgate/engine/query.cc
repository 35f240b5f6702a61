#include "vtgate/engine/query.h"

namespace vif::vtgate::engine {

namespace {

Status append_slot(const Slot& slot, const Bindings& bindings, std::string& out) {
  const types::BindVariable* variable = bindings.find(slot.name);
  if (!variable)
    return Error(Code::kInvalidArgument, fmt::format("missing bind var {}", slot.name));
  if (!slot.is_list) {
    if (variable->type == types::Type::kTuple) {
      return Error(Code::kInvalidArgument, fmt::format("unexpected list arg name {}", slot.name));
    }
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
