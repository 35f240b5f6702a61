// JSON functions that look: documents, what is in them, and whether.
#include <algorithm>

#include "eval/json_datum.h"

namespace vif::eval {
namespace {

[[noreturn]] void fail(int number, std::string_view state, std::string message) {
  throw SqlError{Error(Code::kInvalidArgument, number, state, std::move(message))};
}

Datum text_result(std::string text) { return Datum::of_text(std::move(text), kJsonCollation); }

Datum json_array(const Call& call) {
  Json out = Json::array();
  for (size_t i = 0; i < call.size(); ++i) out.items().push_back(json_argument(call, i));
  return json_result(std::move(out));
}

Datum json_object(const Call& call) {
  if (call.size() % 2 != 0) {
    fail(1582, "42000", "Incorrect parameter count in the call to native function 'json_object'");
  }
  Json out = Json::object();
  for (size_t i = 0; i < call.size(); i += 2) {
    const Datum key = call.arg(i);
    if (key.is_null()) fail(3158, "22032", "JSON documents may not contain NULL member names.");
    const bool literal =
        key.form == Form::kFloat && key.origin == Origin::kLiteral && !std::signbit(key.f);
    if (key.form == Form::kBytes || literal)
      fail(3144, "22032", "Cannot create a JSON value from a string with CHARACTER SET 'binary'.");
    Json value = json_argument(call, i + 1);
    out.set(to_text(key), std::move(value));
  }
  return json_result(std::move(out));
}

Datum json_extract(const Call& call) {
  const std::shared_ptr<const Json> document = json_document(call, 0);
  if (!document) return {};
  std::vector<const Json*> found;
  bool many = call.size() > 2;
  for (size_t i = 1; i < call.size(); ++i) {
    const std::optional<JsonPath> path = json_path(call, i, true);
    if (!path) return {};
    many = many || path->can_match_many();
    for (const Json* json : path->seek(*document)) found.push_back(json);
  }
  if (found.empty()) return {};
  if (!many) return Datum::of_json(*found[0]);
  Json out = Json::array();
  for (const Json* json : found) out.items().push_back(*json);
  return json_result(std::move(out));
}

Datum json_unquote(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  if (d.form == Form::kJson) return text_result(d.json->unquoted());
  if (d.form == Form::kBytes && d.type != Type::kBit)
    fail(3144, "22032", "Cannot create a JSON value from a string with CHARACTER SET 'binary'.");
  if (d.form != Form::kText)
    fail(3064, "HY000", "Incorrect type for argument 1 in function json_unquote.");
  const std::string& text = d.bytes;
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return text_result(text);
  return text_result(json_document_of(d, call, 0)->unquoted());
}

Datum json_quote(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  if (d.form == Form::kBytes && d.type != Type::kBit)
    fail(3144, "22032", "Cannot create a JSON value from a string with CHARACTER SET 'binary'.");
  if (d.form != Form::kText)
    fail(3064, "HY000", "Incorrect type for argument 1 in function json_quote.");
  std::string out;
  types::append_json_string(out, d.bytes);
  return text_result(std::move(out));
}

Datum json_valid(const Call& call) {
  const Type t = call.arg_type(0).type;
  const bool may_be = t == Type::kNull || t == Type::kJson || types::is_text(t);
  if (!may_be && !types::is_binary(t)) return Datum::of_bool(false);
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  if (d.form == Form::kJson) return Datum::of_bool(true);
  if (d.form != Form::kText) return Datum::of_bool(false);
  types::JsonFault fault;
  const bool valid = types::parse_json(d.bytes, fault).has_value();
  if (!valid && fault.too_deep) fail(3157, "22032", "The JSON document exceeds the maximum depth.");
  return Datum::of_bool(valid);
}

Datum json_type(const Call& call) {
  const std::shared_ptr<const Json> document = json_document(call, 0);
  return document ? text_result(std::string(document->type_text())) : Datum();
}

Datum json_depth(const Call& call) {
  const std::shared_ptr<const Json> document = json_document(call, 0);
  return document ? Datum::of_int(document->depth()) : Datum();
}

Datum json_pretty(const Call& call) {
  const std::shared_ptr<const Json> document = json_document(call, 0);
  return document ? text_result(document->to_pretty()) : Datum();
}

// The value at argument `i`'s path, or the document when there is no such argument. Null when there
// is none, or NULL was given. `wrap`: as of JsonPath::seek().
const Json* at_path(const Call& call, size_t i, const Json& document, bool wrap = true) {
  if (call.size() <= i) return &document;
  const std::optional<JsonPath> path = json_path(call, i, false);
  if (!path) return nullptr;
  const std::vector<const Json*> found = path->seek(document, wrap);
  return found.empty() ? nullptr : found[0];
}

Datum json_keys(const Call& call) {
  const std::shared_ptr<const Json> document = json_document(call, 0);
  if (!document) return {};
  const Json* json = at_path(call, 1, *document, false);
  if (!json || !json->is_object()) return {};
  Json out = Json::array();
  for (const Json::Member& member : json->members())
    out.items().push_back(Json::of_string(member.key));
  return json_result(std::move(out));
}

Datum json_length(const Call& call) {
  const std::shared_ptr<const Json> document = json_document(call, 0);
  if (!document) return {};
  if (call.size() > 1) {
    const std::optional<JsonPath> path = json_path(call, 1, true);
    if (!path) return {};
    if (path->can_match_many()) {
      const size_t found = path->seek(*document).size();
      return found == 0 ? Datum() : Datum::of_int(static_cast<int64_t>(found));
    }
  }
  const Json* json = at_path(call, 1, *document);
  if (!json) return {};
  const size_t length = json->is_array()    ? json->items().size()
                        : json->is_object() ? json->members().size()
                                            : 1;
  return Datum::of_int(static_cast<int64_t>(length));
}

// A candidate is in an array when it is in one of its elements. Bounded by the documents' depth.
bool contains(const Json& in, const Json& candidate) {
  if (in.is_array()) {
    const auto within = [&](const Json& wanted) {
      return std::any_of(in.items().begin(), in.items().end(),
                         [&](const Json& item) { return contains(item, wanted); });
    };
    if (!candidate.is_array()) return within(candidate);
    return std::all_of(candidate.items().begin(), candidate.items().end(), within);
  }
  if (in.is_object() && candidate.is_object()) {
    return std::all_of(candidate.members().begin(), candidate.members().end(),
                       [&](const Json::Member& wanted) {
                         const Json* own = in.find(wanted.key);
                         return own && contains(*own, wanted.value);
                       });
  }
  return in.is_scalar() && candidate.is_scalar() && in == candidate;
}

Datum json_contains(const Call& call) {
  const std::shared_ptr<const Json> document = json_document(call, 0);
  if (!document) return {};
  const std::shared_ptr<const Json> candidate = json_document(call, 1);
  if (!candidate) return {};
  const Json* json = at_path(call, 2, *document);
  return json ? Datum::of_bool(contains(*json, *candidate)) : Datum();
}

// Whether the argument says "all" (true) or "one". nullopt for NULL.
std::optional<bool> wants_all(const Call& call, size_t i) {
  const Datum d = call.arg(i);
  if (d.is_null()) return std::nullopt;
  std::string text = to_text(d);
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (text == "all") return true;
  if (text == "one") return false;
  fail(
      3154, "42000",
      fmt::format("The oneOrAll argument to {} may take these values: 'one' or 'all'.", call.name));
}

Datum json_contains_path(const Call& call) {
  const std::shared_ptr<const Json> document = json_document(call, 0);
  if (!document) return {};
  const std::optional<bool> all = wants_all(call, 1);
  if (!all) return {};
  for (size_t i = 2; i < call.size(); ++i) {
    const std::optional<JsonPath> path = json_path(call, i, true);
    if (!path) return {};
    const bool found = !path->seek(*document).empty();
    if (found != *all) return Datum::of_bool(found);
  }
  return Datum::of_bool(*all);
}

bool overlap(const Json& a, const Json& b) {
  if (a.is_object() && b.is_object()) {
    return std::any_of(a.members().begin(), a.members().end(), [&](const Json::Member& member) {
      const Json* other = b.find(member.key);
      return other && *other == member.value;
    });
  }
  if (!a.is_array() && !b.is_array()) return a == b;
  const Json& list = a.is_array() ? a : b;
  const Json& other = a.is_array() ? b : a;
  return std::any_of(list.items().begin(), list.items().end(), [&](const Json& item) {
    if (!other.is_array()) return item == other;
    return std::any_of(other.items().begin(), other.items().end(),
                       [&](const Json& x) { return item == x; });
  });
}

Datum json_overlaps(const Call& call) {
  const std::shared_ptr<const Json> a = json_document(call, 0);
  if (!a) return {};
  const std::shared_ptr<const Json> b = json_document(call, 1);
  return b ? Datum::of_bool(overlap(*a, *b)) : Datum();
}

Datum member_of(const Call& call) {
  const Datum value = call.arg(0);
  if (value.is_null()) return {};
  const std::shared_ptr<const Json> list = json_document(call, 1);
  if (!list) return {};
  const Json wanted = json_from(value);
  if (!list->is_array()) return Datum::of_bool(*list == wanted);
  return Datum::of_bool(std::find(list->items().begin(), list->items().end(), wanted) !=
                        list->items().end());
}

// The length of the UTF-8 character at `at`.
size_t character_length(std::string_view text, size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return std::min(length, text.size() - at);
}

// LIKE of a string in JSON: bytes decide.
bool is_like(std::string_view text, std::string_view pattern, char escape) {
  size_t t = 0;
  size_t p = 0;
  size_t star = std::string_view::npos;
  size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '%') {
      star = p++;
      star_text = t;
      continue;
    }
    if (p < pattern.size() && pattern[p] == '_') {
      ++p;
      t += character_length(text, t);
      continue;
    }
    const size_t literal = p + 1 < pattern.size() && pattern[p] == escape ? p + 1 : p;
    if (literal < pattern.size() && pattern[literal] == text[t]) {
      p = literal + 1;
      ++t;
      continue;
    }
    if (star == std::string_view::npos) return false;
    p = star + 1;
    star_text += character_length(text, star_text);
    t = star_text;
  }
  while (p < pattern.size() && pattern[p] == '%') ++p;
  return p == pattern.size();
}

// Where strings match a LIKE pattern.
class Search {
 public:
  Search(std::string pattern, char escape, bool all)
      : pattern_(std::move(pattern)), escape_(escape), all_(all) {}

  void below(const Json& json, JsonPath path) {
    if (done()) return;
    if (json.kind() == Json::Kind::kString) {
      const std::string place = path.to_string();
      if (is_like(json.string(), pattern_, escape_) &&
          std::find(places_.begin(), places_.end(), place) == places_.end()) {
        places_.push_back(place);
      }
    } else if (json.is_array()) {
      for (size_t i = 0; i < json.items().size(); ++i) {
        JsonPath::Leg leg;
        leg.kind = JsonPath::Kind::kCell;
        leg.from.number = static_cast<uint32_t>(i);
        descend(json.items()[i], path, std::move(leg));
      }
    } else if (json.is_object()) {
      for (const Json::Member& member : json.members()) {
        JsonPath::Leg leg;
        leg.name = member.key;
        descend(member.value, path, std::move(leg));
      }
    }
  }
  bool done() const { return !all_ && !places_.empty(); }

  Datum result() const {
    if (places_.empty()) return {};
    if (places_.size() == 1) return Datum::of_json(Json::of_string(places_[0]));
    Json out = Json::array();
    for (const std::string& place : places_) out.items().push_back(Json::of_string(place));
    return Datum::of_json(std::move(out));
  }

 private:
  void descend(const Json& json, JsonPath path, JsonPath::Leg leg) {
    path.append(std::move(leg));
    below(json, std::move(path));
  }

  std::string pattern_;
  char escape_;
  bool all_;
  std::vector<std::string> places_;
};

// The paths, without wildcards, of what a path with or without finds.
void each_place(const Json& json, const Json* wanted, const JsonPath& path,
                const std::function<void(const Json&, const JsonPath&)>& visit) {
  if (&json == wanted) {
    visit(json, path);
    return;
  }
  if (json.is_array()) {
    for (size_t i = 0; i < json.items().size(); ++i) {
      JsonPath below = path;
      JsonPath::Leg leg;
      leg.kind = JsonPath::Kind::kCell;
      leg.from.number = static_cast<uint32_t>(i);
      below.append(std::move(leg));
      each_place(json.items()[i], wanted, below, visit);
    }
  } else if (json.is_object()) {
    for (const Json::Member& member : json.members()) {
      JsonPath below = path;
      JsonPath::Leg leg;
      leg.name = member.key;
      below.append(std::move(leg));
      each_place(member.value, wanted, below, visit);
    }
  }
}

Datum json_search(const Call& call) {
  const std::shared_ptr<const Json> document = json_document(call, 0);
  if (!document) return {};
  const std::optional<bool> all = wants_all(call, 1);
  if (!all) return {};
  // The pattern is not evaluated until there is a string.
  Datum pattern;
  std::optional<SqlError> wrong;
  try {
    pattern = call.arg(2);
  } catch (const SqlError& e) {
    wrong = e;
  }
  if (!wrong && pattern.is_null()) return {};
  const bool none = call.size() <= 3 && has_sql_mode(call.context, "NO_BACKSLASH_ESCAPES");
  char escape = none ? '\0' : '\\';
  if (call.size() > 3) {
    const Datum given = call.arg(3);
    const std::string letter = given.is_null() ? "" : to_text(given);
    if (letter.size() > 1) fail(1210, "HY000", "Incorrect arguments to ESCAPE");
    if (!letter.empty()) escape = letter[0];
  }
  Search search(wrong ? "%" : to_text(pattern), wrong ? '\\' : escape, *all && !wrong);
  if (call.size() <= 4) search.below(*document, {});
  for (size_t i = 4; i < call.size(); ++i) {
    const std::optional<JsonPath> path = json_path(call, i, true);
    if (!path) return {};
    for (const Json* found : path->seek(*document)) {
      if (search.done()) break;
      each_place(*document, found, {},
                 [&](const Json& json, const JsonPath& place) { search.below(json, place); });
    }
  }
  Datum found = search.result();
  if (wrong && !found.is_null()) throw *wrong;
  return found;
}

Datum json_storage_free(const Call& call) {
  return json_document(call, 0) ? Datum::of_int(0) : Datum();
}

StaticType json_type_of(const Call&) { return static_type(Type::kJson, kJsonCollation); }
StaticType text_type_of(const Call&) { return static_type(Type::kVarchar, kJsonCollation); }

constexpr Function kFunctions[] = {
    {"json_array", 0, kAnyNumber, json_array, json_type_of},
    {"json_object", 0, kAnyNumber, json_object, json_type_of},
    {"json_extract", 2, kAnyNumber, json_extract, json_type_of},
    {"json_unquote", 1, 1, json_unquote, text_type_of},
    {"json_quote", 1, 1, json_quote, text_type_of},
    {"json_valid", 1, 1, json_valid, int_type},
    {"json_type", 1, 1, json_type, text_type_of},
    {"json_depth", 1, 1, json_depth, int_type},
    {"json_pretty", 1, 1, json_pretty, text_type_of},
    {"json_keys", 1, 2, json_keys, json_type_of},
    {"json_length", 1, 2, json_length, int_type},
    {"json_contains", 2, 3, json_contains, int_type},
    {"json_contains_path", 3, kAnyNumber, json_contains_path, int_type},
    {"json_overlaps", 2, 2, json_overlaps, int_type},
    {"member of", 2, 2, member_of, int_type},
    {"json_search", 3, kAnyNumber, json_search, json_type_of},
    {"json_storage_free", 1, 1, json_storage_free, int_type},
};

}  // namespace

std::span<const Function> json_functions() { return kFunctions; }

}  // namespace vif::eval
