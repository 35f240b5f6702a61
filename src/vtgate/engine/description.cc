#include "vtgate/engine/description.h"

namespace vif::vtgate::engine {

namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      case '\r': out += "\\r"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
        } else {
          out += c;
        }
    }
  }
  return out + "\"";
}

std::string indent(int level) { return "\n" + std::string(static_cast<size_t>(level), '\t'); }

// Lists and maps go one element a line, as Go's json.MarshalIndent prints them.
template <typename Container, typename Print>
std::string block(const Container& items, char open, char close, int level, Print print) {
  if (items.empty()) return std::string{open, close};
  std::string out(1, open);
  bool first = true;
  for (const auto& item : items) {
    if (!first) out += ',';
    first = false;
    out += indent(level + 1) + print(item);
  }
  return out + indent(level) + close;
}

struct JsonValue {
  int level;
  std::string operator()(bool b) const { return b ? "true" : "false"; }
  std::string operator()(int64_t n) const { return std::to_string(n); }
  std::string operator()(const std::string& text) const { return quoted(text); }
  std::string operator()(const std::vector<std::string>& list) const {
    return block(list, '[', ']', level, [](const std::string& s) { return quoted(s); });
  }
  std::string operator()(const std::map<std::string, std::string>& map) const {
    return block(map, '{', '}', level,
                 [](const auto& kv) { return quoted(kv.first) + ": " + quoted(kv.second); });
  }
  std::string operator()(const std::map<std::string, int64_t>& map) const {
    return block(map, '{', '}', level,
                 [](const auto& kv) { return fmt::format("{}: {}", quoted(kv.first), kv.second); });
  }
};

struct TextValue {
  std::string operator()(bool b) const { return b ? "true" : "false"; }
  std::string operator()(int64_t n) const { return std::to_string(n); }
  std::string operator()(const std::string& text) const { return text; }
  std::string operator()(const std::vector<std::string>& list) const {
    return fmt::format("[{}]", fmt::join(list, ", "));
  }
  template <typename T>
  std::string operator()(const std::map<std::string, T>& map) const {
    std::string out = "{";
    for (const auto& [key, value] : map)
      out += fmt::format("{}{}: {}", out.size() > 1 ? ", " : "", key, value);
    return out + "}";
  }
};

void append_text(const Description& d, int level, std::string& out) {
  out.append(static_cast<size_t>(level) * 2, ' ');
  if (!d.input_name.empty()) out += d.input_name + ": ";
  out += d.operator_type;
  if (!d.variant.empty()) out += " " + d.variant;
  if (!d.keyspace.empty()) out += " keyspace=" + d.keyspace;
  if (!d.target_destination.empty()) out += " destination=" + d.target_destination;
  std::string query;
  for (const auto& [name, value] : d.other) {
    if (name == "FieldQuery") continue;
    if (name == "Query") {
      query = std::get<std::string>(value);
      continue;
    }
    out += fmt::format(" {}={}", name, std::visit(TextValue{}, value));
  }
  out += '\n';
  if (!query.empty()) out += std::string(static_cast<size_t>(level) * 2 + 2, ' ') + query + '\n';
  for (const Description& input : d.inputs) append_text(input, level + 1, out);
}

}  // namespace

std::string to_json(const Description& d, int level) {
  std::vector<std::string> members;
  const int inner = level + 1;
  auto add = [&](std::string_view name, std::string value) {
    members.push_back(quoted(name) + ": " + value);
  };
  if (!d.input_name.empty()) add("InputName", quoted(d.input_name));
  add("OperatorType", quoted(d.operator_type));
  if (!d.variant.empty()) add("Variant", quoted(d.variant));
  if (!d.keyspace.empty()) {
    const std::vector<std::string> keyspace = {
        "\"Name\": " + quoted(d.keyspace),
        std::string("\"Sharded\": ") + (d.sharded ? "true" : "false")};
    add("Keyspace", block(keyspace, '{', '}', inner, [](const std::string& s) { return s; }));
  }
  if (!d.target_destination.empty()) add("TargetDestination", quoted(d.target_destination));
  for (const auto& [name, value] : d.other) add(name, std::visit(JsonValue{inner}, value));
  if (!d.inputs.empty()) {
    add("Inputs", block(d.inputs, '[', ']', inner,
                        [&](const Description& i) { return to_json(i, inner + 1); }));
  }
  return block(members, '{', '}', level, [](const std::string& s) { return s; });
}

std::string to_text(const Description& description) {
  std::string out;
  append_text(description, 0, out);
  return out;
}

}  // namespace vif::vtgate::engine
