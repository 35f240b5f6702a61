// MariaDB's JSON functions: documents are texts, and so are results.
#include <algorithm>

#include "eval/charsets.h"
#include "eval/compare.h"
#include "eval/compared_side.h"
#include "eval/function.h"
#include "eval/mariadb.h"
#include "eval/mariadb_json.h"
#include "eval/mariadb_json_types.h"
#include "eval/static_type.h"

namespace vif::eval {
namespace {

using Kind = JsonText::Kind;

constexpr std::string_view kFormattedJson = "formatted json";

std::string_view own_name(const Call& call) {
  const std::string_view name = call.name.substr(kMariadbPrefix.size());
  return name == "json_merge" ? "json_merge_preserve" : name;
}

void warn_text(const Call& call, size_t arg, const JsonTextFault& fault) {
  const std::string where = fmt::format("in argument {} to function '{}'", arg + 1, own_name(call));
  switch (fault.kind) {
    case JsonTextFault::Kind::kNone: break;
    case JsonTextFault::Kind::kEnd:
      call.context.warn(4037, fmt::format("Unexpected end of JSON text {}", where));
      break;
    case JsonTextFault::Kind::kSyntax:
      call.context.warn(
          4038, fmt::format("Syntax error in JSON text {} at position {}", where, fault.position));
      break;
    case JsonTextFault::Kind::kCharacter:
      call.context.warn(4036, fmt::format("Character disallowed in JSON {} at position {}", where,
                                          fault.position));
      break;
  }
}

struct Document {
  std::optional<JsonText> json;  // what stands before a fault
  JsonTextFault fault;
  bool null = false;
  bool whole() const { return json && fault.kind == JsonTextFault::Kind::kNone; }
};

Document document(const Call& call, size_t arg) {
  Document out;
  const Datum d = call.arg(arg);
  out.null = d.is_null();
  if (!out.null) out.json = read_json_text(to_text(d), out.fault);
  return out;
}

// Warns of faults; nullopt for them and for NULL.
std::optional<JsonText> whole_document(const Call& call, size_t arg) {
  Document out = document(call, arg);
  if (!out.whole()) warn_text(call, arg, out.fault);
  return out.whole() ? std::move(out.json) : std::nullopt;
}

void warn_wildcards(const Call& call, size_t arg) {
  call.context.warn(
      4044,
      fmt::format("Wildcards or range in JSON path not allowed in argument {} to function '{}'",
                  arg + 1, own_name(call)));
}

// Warns of faults; nullopt for them and for NULL.
std::optional<JsonTextPath> path_of(const Call& call, size_t arg, bool wildcards) {
  const Datum d = call.arg(arg);
  if (d.is_null()) return std::nullopt;
  JsonTextFault fault;
  JsonTextPath path = read_json_text_path(to_text(d), fault);
  const std::string where = fmt::format("in argument {} to function '{}'", arg + 1, own_name(call));
  if (fault.kind == JsonTextFault::Kind::kEnd)
    call.context.warn(4041, fmt::format("Unexpected end of JSON path {}", where));
  else if (fault.kind != JsonTextFault::Kind::kNone)
    call.context.warn(
        4042, fmt::format("Syntax error in JSON path {} at position {}", where, fault.position));
  if (fault.kind != JsonTextFault::Kind::kNone) return std::nullopt;
  if (!wildcards && !path.is_single()) {
    warn_wildcards(call, arg);
    return std::nullopt;
  }
  return path;
}

// A number or a truth value has the flag where it is true or false in a document.
bool is_json(const StaticType& t) { return t.json && !types::is_number(t.type); }

uint32_t collation_of(const Call& call, size_t until) {
  return json_text_type(call, 0, until).collation;
}

Datum json_text(std::string text, uint32_t collation) {
  Datum out = collation == kBinaryCollation ? Datum::of_bytes(std::move(text))
                                            : Datum::of_text(std::move(text), collation);
  out.source = kJsonText;
  return out;
}

// The characters of a string in a document. `all`: the document is made of all the arguments; bytes
// beside a text are text then. Else they are characters of one byte, as characters are bytes in a
// document of bytes.
std::string string_of(const Call& call, const Datum& d, bool all) {
  const std::string text = to_text(d);
  const bool plain = std::all_of(text.begin(), text.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (plain) return escaped_json(text);
  const bool binary = collation_of(call, all ? call.size() : 1) == kBinaryCollation;
  if (d.form == Form::kBytes) return escaped_json(binary || all ? text : text_of_codes(text));
  return binary ? bytes_of_codes(escaped_json(text)) : escaped_json(text);
}

// As a value of a document: texts are strings there, JSON is what it is.
JsonText value_of(const Call& call, size_t arg, bool all = false) {
  const Datum d = call.arg(arg);
  JsonText out;
  if (d.is_null()) {
    out.raw = "null";
    return out;
  }
  const StaticType t = call.arg_type(arg);
  const bool maybe_json = t.type == Type::kText && d.origin == Origin::kColumn &&
                          d.collation == kJsonCollation && !t.json;
  if (maybe_json)
    refuse("a text column that may be JSON within a JSON text of MariaDB in the gate");
  if (is_json(t)) {
    JsonTextFault fault;
    std::optional<JsonText> json = read_json_text(d.bytes, fault);
    if (!json || fault.kind != JsonTextFault::Kind::kNone)
      refuse("a JSON text with a fault within another of MariaDB in the gate");
    return *std::move(json);
  }
  out.kind = Kind::kNumber;
  if (d.boolean || (t.json && types::is_number(t.type)))
    out.raw = to_bool(d) ? "true" : "false";
  else if (d.is_number())
    out.raw = to_text(d);
  else if (d.type == Type::kBit)
    out.raw = string_of(call, d, all);
  else
    out.raw = "\"" + string_of(call, d, all) + "\"";
  return out;
}

// Constructors keep the blanks of JSON that is put into them.
std::string written(const Call& call, size_t arg) {
  const StaticType t = call.arg_type(arg);
  if (!is_json(t)) return value_of(call, arg, true).raw;
  const Datum d = call.arg(arg);
  // There it writes the JSON that it was before.
  if (d.source == kFormattedJson)
    refuse("JSON_COMPACT and its like within a JSON text of MariaDB in the gate");
  return d.is_null() ? "null" : d.bytes;
}

// What was put into a document is read again: the bits of a BIT column may be no value there.
Datum reread(const Call& call, std::string text) {
  bool bits = false;
  for (size_t i = 2; i < call.size(); i += 2) bits = bits || call.arg_type(i).type == Type::kBit;
  JsonTextFault fault;
  if (bits) (void)read_json_text(text, fault);
  if (fault.kind == JsonTextFault::Kind::kNone)
    return json_text(std::move(text), collation_of(call, 1));
  warn_text(call, 0, fault);
  return {};
}

Datum json_array(const Call& call) {
  std::string out = "[";
  for (size_t i = 0; i < call.size(); ++i) out += (i > 0 ? ", " : "") + written(call, i);
  out += "]";
  return json_text(std::move(out),
                   call.size() == 0 ? call.collation : collation_of(call, call.size()));
}

Datum json_object(const Call& call) {
  if (call.size() % 2 != 0) {
    throw SqlError{Error(Code::kInvalidArgument, 1582, "42000",
                         "Incorrect parameter count in the call to native function 'json_object'")};
  }
  std::string out = "{";
  for (size_t i = 0; i + 1 < call.size(); i += 2) {
    const Datum key = call.arg(i);
    out.append(i > 0 ? ", " : "")
        .append("\"")
        .append(key.is_null() ? "" : string_of(call, key, true))
        .append("\": ");
    out += written(call, i + 1);
  }
  out += "}";
  return json_text(std::move(out),
                   call.size() == 0 ? call.collation : collation_of(call, call.size()));
}

Datum json_extract(const Call& call) {
  Document doc = document(call, 0);
  std::vector<JsonTextPath> paths;
  bool several = call.size() > 2;
  for (size_t i = 1; i < call.size() && !doc.null; ++i) {
    std::optional<JsonTextPath> path = path_of(call, i, true);
    if (!path) return {};
    several = several || !path->is_single();
    paths.push_back(*std::move(path));
  }
  if (!doc.whole()) warn_text(call, 0, doc.fault);
  if (!doc.whole()) return {};
  JsonText found;
  found.kind = Kind::kArray;
  std::vector<JsonPlace> place;
  each_json(*doc.json, place, [&](const JsonText& value, const std::vector<JsonPlace>& at) {
    for (const JsonTextPath& path : paths) {
      if (match_json_path(path, at, value) == JsonMatch::kHere) found.items.push_back(value);
    }
    return several || found.items.empty();
  });
  if (found.items.empty()) return {};
  Datum out = json_text(loose_json(several ? found : found.items[0]), collation_of(call, 1));
  out.source = kJsonExtract;
  const JsonText& one = several ? found : found.items[0];
  if (one.kind == Kind::kString)
    out.made_of =
        std::make_shared<const Datum>(Datum::of_text(unescaped_json(one.raw), out.collation));
  else if (one.kind != Kind::kNumber)
    out.made_of = std::make_shared<const Datum>(Datum::of_int(one.kind == Kind::kTrue));
  return out;
}

using Change = JsonChange;

void check_pairs(const Call& call) {
  if (call.size() % 2 != 0) return;
  throw SqlError{Error(Code::kInvalidArgument, 1582, "42000",
                       fmt::format("Incorrect parameter count in the call to native function '{}'",
                                   own_name(call)))};
}

// A document after what `apply` did for each path and the argument after it; NULL where that says
// so.
// A first path that is none is told of, and not what is wrong with the document.
std::optional<JsonText> document_after_path(const Call& call, std::optional<JsonTextPath>& path) {
  Document doc = document(call, 0);
  if (!doc.null && call.size() > 1) path = path_of(call, 1, false);
  if (doc.null || !path) return std::nullopt;
  const bool silent = own_name(call) == "json_keys" && doc.json && doc.json->is_scalar();
  if (!doc.whole() && !silent) warn_text(call, 0, doc.fault);
  return doc.whole() ? std::move(doc.json) : std::nullopt;
}

template <typename Apply>
Datum changed_by_pairs(const Call& call, const Apply& apply) {
  check_pairs(call);
  std::optional<JsonTextPath> path;
  std::optional<JsonText> json = document_after_path(call, path);
  if (!json) return {};
  for (size_t i = 1; i + 1 < call.size(); i += 2) {
    if (i > 1) path = path_of(call, i, false);
    if (!path || !apply(*json, *path, i + 1)) return {};
  }
  return reread(call, loose_json(*json));
}

template <Change change>
Datum json_change(const Call& call) {
  return changed_by_pairs(call, [&](JsonText& json, const JsonTextPath& path, size_t arg) {
    if (path.legs.empty()) {
      JsonText whole = value_of(call, arg);
      if (change != Change::kInsert) json = std::move(whole);
      return true;
    }
    JsonText* parent = find_json(json, path, path.legs.size() - 1);
    const JsonTextPath::Leg& last = path.legs.back();
    if (!parent || (!last.array && parent->kind != Kind::kObject)) return true;
    JsonText value = value_of(call, arg);
    if (last.array)
      change_json_cell(*parent, last.from, std::move(value), change);
    else
      change_json_member(*parent, last.key, std::move(value), change);
    return true;
  });
}

Datum json_remove(const Call& call) {
  std::optional<JsonTextPath> path;
  std::optional<JsonText> json = document_after_path(call, path);
  if (!json) return {};
  for (size_t i = 1; i < call.size(); ++i) {
    if (i > 1) path = path_of(call, i, false);
    if (!path) return {};
    if (path->legs.empty()) {
      call.context.warn(
          4051, fmt::format(
                    "Path expression '$' is not allowed in argument {} to function 'json_remove'.",
                    i + 1));
      return {};
    }
    JsonText* parent = find_json(*json, *path, path->legs.size() - 1);
    const JsonTextPath::Leg& last = path->legs.back();
    if (!parent || parent->kind != (last.array ? Kind::kArray : Kind::kObject)) continue;
    if (last.array) {
      if (const std::optional<size_t> at = json_index(*parent, last.from))
        parent->items.erase(parent->items.begin() + static_cast<ptrdiff_t>(*at));
      continue;
    }
    const auto found = std::find(parent->keys.begin(), parent->keys.end(), last.key);
    if (found == parent->keys.end()) continue;
    parent->items.erase(parent->items.begin() + (found - parent->keys.begin()));
    parent->keys.erase(found);
  }
  return json_text(loose_json(*json), collation_of(call, 1));
}

Datum json_array_append(const Call& call) {
  return changed_by_pairs(call, [&](JsonText& json, const JsonTextPath& path, size_t arg) {
    JsonText* at = find_json(json, path, path.legs.size());
    if (!at) return false;
    if (at->kind != Kind::kArray) {
      JsonText list;
      list.kind = Kind::kArray;
      list.items.push_back(std::move(*at));
      *at = std::move(list);
    }
    at->items.push_back(value_of(call, arg));
    return true;
  });
}

Datum json_array_insert(const Call& call) {
  // A path that names no cell is looked at before the document.
  if (call.size() > 1 && !call.arg(0).is_null() && !call.arg(1).is_null()) {
    const std::optional<JsonTextPath> first = path_of(call, 1, false);
    if (!first || first->legs.empty() || !first->legs.back().array) return {};
  }
  return changed_by_pairs(call, [&](JsonText& json, const JsonTextPath& path, size_t arg) {
    if (path.legs.empty() || !path.legs.back().array) return false;
    JsonText* parent = find_json(json, path, path.legs.size() - 1);
    if (!parent || parent->kind != Kind::kArray) return true;
    const int count = static_cast<int>(parent->items.size());
    const int from = path.legs.back().from;
    const int at = from < 0 ? from + count + 1 : from;
    if (at < 0) refuse("inserting before the first of a JSON array of MariaDB in the gate");
    parent->items.insert(parent->items.begin() + std::min(at, count), value_of(call, arg));
    return true;
  });
}

// What begins an object and ends there is an empty one to what meets nothing in it.
bool is_begun_object(const Document& doc) {
  return doc.json && !doc.whole() && doc.fault.kind == JsonTextFault::Kind::kEnd &&
         doc.json->kind == Kind::kObject && doc.json->items.empty() && doc.json->keys.empty();
}
bool is_empty_object(const Document& doc) {
  return doc.whole() && doc.json->kind == Kind::kObject && doc.json->items.empty();
}

Datum json_merge_preserve(const Call& call) {
  std::vector<Document> docs;
  bool empty = true;
  for (size_t i = 0; i < call.size(); ++i) {
    docs.push_back(document(call, i));
    empty = empty && (is_begun_object(docs.back()) || is_empty_object(docs.back()));
  }
  if (empty) return json_text("{}", collation_of(call, call.size()));
  if (docs.size() > 1 && !docs[0].null && docs[1].null) return {};
  std::optional<JsonText> out = whole_document(call, 0);
  for (size_t i = 1; i < call.size() && out; ++i) {
    const std::optional<JsonText> other = whole_document(call, i);
    if (!other) return {};
    out = merge_json(*out, *other);
  }
  return out ? json_text(loose_json(*out), collation_of(call, call.size())) : Datum();
}

// What is patched after a NULL is NULL, until something comes that is no object.
Datum json_merge_patch(const Call& call) {
  std::optional<JsonText> out;
  for (size_t i = 0; i < call.size(); ++i) {
    Document next = document(call, i);
    const bool first = i == 0 && call.size() > 1;
    const Document after = first ? document(call, 1) : Document();
    const bool empty = first ? is_begun_object(after) || is_empty_object(after)
                             : out && (out->kind != Kind::kObject || out->items.empty());
    if (!next.null && !next.whole() && !(is_begun_object(next) && empty)) {
      warn_text(call, i, next.fault);
      return {};
    }
    if (next.null)
      out.reset();
    else if (i == 0)
      out = std::move(next.json);
    else if (out)
      out = patch_json(*out, *next.json);
    else if (next.json->kind != Kind::kObject)
      out = std::move(next.json);
  }
  return out ? json_text(loose_json(*out), collation_of(call, call.size())) : Datum();
}

Datum json_type(const Call& call) {
  const std::optional<JsonText> json = whole_document(call, 0);
  if (!json) return {};
  const auto name = [&]() -> std::string_view {
    switch (json->kind) {
      case Kind::kObject: return "OBJECT";
      case Kind::kArray: return "ARRAY";
      case Kind::kString: return "STRING";
      case Kind::kNumber: return json->raw.find('.') == std::string::npos ? "INTEGER" : "DOUBLE";
      case Kind::kTrue:
      case Kind::kFalse: return "BOOLEAN";
      case Kind::kNull: return "NULL";
    }
    return {};
  };
  return Datum::of_text(std::string(name()), collation_id("utf8mb3_general_ci"));
}

Datum json_depth(const Call& call) {
  const std::optional<JsonText> json = whole_document(call, 0);
  return json ? Datum::of_int(json_levels(*json)) : Datum();
}

Datum json_valid(const Call& call) {
  const Document doc = document(call, 0);
  if (doc.null) return {};
  if (!doc.whole()) warn_text(call, 0, doc.fault);
  return Datum::of_bool(doc.whole());
}

Datum json_length(const Call& call) {
  Document doc = document(call, 0);
  if (doc.null) return {};
  std::optional<JsonTextPath> path = JsonTextPath();
  if (call.size() > 1) path = path_of(call, 1, false);
  if (!path) return {};
  const JsonText* at = doc.json ? find_json(*doc.json, *path, path->legs.size()) : nullptr;
  const bool known = at && at->complete && (doc.whole() || call.size() > 1);
  if (!known && !doc.whole()) warn_text(call, 0, doc.fault);
  if (!known) return {};
  return Datum::of_int(at->is_scalar() ? 1 : static_cast<int64_t>(at->items.size()));
}

Datum json_keys(const Call& call) {
  std::optional<JsonTextPath> path = JsonTextPath();
  std::optional<JsonText> json = document_after_path(call, path);
  if (!json) return {};
  if (path) {
    // What is no array is the only item of itself.
    const JsonText* above = nullptr;
    while (!path->legs.empty() && path->legs.back().is_first() &&
           (above = find_json(*json, *path, path->legs.size() - 1)) && above->kind == Kind::kObject)
      path->legs.pop_back();
  }
  const JsonText* at = path ? find_json(*json, *path, path->legs.size()) : nullptr;
  if (!at || at->kind != Kind::kObject) return {};
  std::vector<std::string> keys;
  std::string out = "[";
  for (const std::string& key : at->keys) {
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    out.append(keys.empty() ? "\"" : ", \"").append(key).append("\"");
    keys.push_back(key);
  }
  return Datum::of_text(out + "]", collation_of(call, 1));
}

Datum json_contains(const Call& call) {
  Document doc = document(call, 0);
  Document candidate = document(call, 1);
  if (doc.null || candidate.null) return {};
  std::optional<JsonTextPath> path = JsonTextPath();
  if (call.size() > 2) path = path_of(call, 2, false);
  if (!path) return {};
  const bool known = doc.whole() || doc.fault.trailing;
  const bool asked = candidate.whole() || candidate.fault.trailing;
  const auto is_self = [](const JsonTextPath::Leg& leg) { return leg.is_first() && !leg.range; };
  const bool itself =
      path->legs.empty() || std::all_of(path->legs.begin(), path->legs.end(), is_self);
  const JsonText* at =
      doc.json && (known || itself) ? find_json(*doc.json, *path, path->legs.size()) : nullptr;
  if (known && !at) return Datum::of_bool(false);
  if (at && candidate.json && at->kind != Kind::kArray) {
    // Of two kinds it looks at no more than where they begin.
    const bool scalars = at->is_scalar() && candidate.json->is_scalar();
    if (!scalars && at->kind != candidate.json->kind) return Datum::of_bool(false);
  }
  if (!asked) {
    const bool looked_for =
        at && at->kind == Kind::kArray && candidate.json && candidate.json->kind == Kind::kObject;
    const bool met =
        looked_for && std::any_of(at->items.begin(), at->items.end(),
                                  [](const JsonText& item) { return item.kind == Kind::kObject; });
    if (looked_for && !met && known) return Datum::of_bool(false);
    warn_text(call, 1, candidate.fault);
    return {};
  }
  if (!known) {
    warn_text(call, 0, doc.fault);
    return {};
  }
  return Datum::of_bool(contains_json(*at, *candidate.json));
}

// Whether the argument says "all" (true) or "one". nullopt for NULL, and for anything else, of
// which it warns.
std::optional<bool> wants_all(const Call& call) {
  const Datum d = call.arg(1);
  if (d.is_null()) return std::nullopt;
  std::string text = to_text(d);
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (text == "all" || text == "one") return text == "all";
  call.context.warn(
      4046, fmt::format("Argument 2 to function '{}' must be \"one\" or \"all\".", own_name(call)));
  return std::nullopt;
}

Datum json_contains_path(const Call& call) {
  Document doc = document(call, 0);
  if (doc.null) return {};
  const std::optional<bool> all = wants_all(call);
  if (!all) return {};
  std::vector<JsonTextPath> paths;
  for (size_t i = 2; i < call.size(); ++i) {
    std::optional<JsonTextPath> path = path_of(call, i, true);
    if (!path) return {};
    paths.push_back(*std::move(path));
  }
  if (!doc.whole()) {
    warn_text(call, 0, doc.fault);
    return {};
  }
  std::vector<bool> found(paths.size());
  std::vector<JsonPlace> place;
  each_json(*doc.json, place, [&](const JsonText& value, const std::vector<JsonPlace>& at) {
    for (size_t i = 0; i < paths.size(); ++i)
      found[i] = found[i] || match_json_path(paths[i], at, value) == JsonMatch::kHere;
    return true;
  });
  const auto count = std::count(found.begin(), found.end(), true);
  return Datum::of_bool(*all ? count == static_cast<ptrdiff_t>(paths.size()) : count > 0);
}

std::string place_text(const std::vector<JsonPlace>& place) {
  std::string out = "\"$";
  for (const JsonPlace& step : place)
    out += step.array ? fmt::format("[{}]", step.index) : fmt::format(".{}", step.key);
  return out + "\"";
}

Datum json_search(const Call& call) {
  Document doc = document(call, 0);
  const Datum pattern = call.arg(2);
  if (doc.null || pattern.is_null()) return {};
  const std::optional<bool> all = wants_all(call);
  if (!all) return {};
  uint32_t escape = '\\';
  if (call.size() > 3) {
    if (!call.args[3]->is_constant()) refuse("JSON_SEARCH with an escape that varies in the gate");
    const Datum given = call.arg(3);
    if (!given.is_null()) {
      const std::string letter = to_text(given);
      if (letter.size() > 1)
        throw SqlError{
            Error(Code::kInvalidArgument, 1210, "HY000", "Incorrect arguments to ESCAPE")};
      escape = letter.empty() ? 0 : static_cast<unsigned char>(letter[0]);
    }
  }
  std::vector<JsonTextPath> paths;
  for (size_t i = 4; i < call.size(); ++i) {
    std::optional<JsonTextPath> path = path_of(call, i, true);
    if (!path) return {};
    paths.push_back(*std::move(path));
  }
  if (!doc.whole() && (*all || !doc.json)) {
    warn_text(call, 0, doc.fault);
    return {};
  }
  const uint32_t collation = collation_of(call, 1);
  const std::string wanted = to_text(pattern);
  std::vector<std::string> places;
  std::vector<JsonPlace> place;
  each_json(*doc.json, place, [&](const JsonText& value, const std::vector<JsonPlace>& at) {
    const bool within =
        paths.empty() || std::any_of(paths.begin(), paths.end(), [&](const JsonTextPath& path) {
          return match_json_path(path, at, value) != JsonMatch::kNone;
        });
    if (!value.is_scalar() || !value.complete || !within) return true;
    const Result<bool> matches =
        text_matches(value.kind == Kind::kString ? unescaped_json(value.raw) : value.raw, wanted,
                     collation, escape);
    if (!matches.ok()) throw SqlError{matches.error()};
    if (*matches) places.push_back(place_text(at));
    return *all || places.empty();
  });
  if (places.empty() && !doc.whole()) warn_text(call, 0, doc.fault);
  if (places.empty()) return {};
  std::string out = places[0];
  for (size_t i = 1; i < places.size(); ++i) out += ", " + places[i];
  return json_text(places.size() == 1 ? out : "[" + out + "]", collation);
}

Datum json_unquote(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const std::string text = to_text(d);
  JsonTextFault fault;
  const std::optional<JsonText> json = read_json_text(text, fault);
  const bool quoted = text.find_first_not_of(" \t\n\r") != std::string::npos &&
                      text[text.find_first_not_of(" \t\n\r")] == '"';
  if (json && json->kind == Kind::kString && json->complete)
    return Datum::of_text(unescaped_json(json->raw), kJsonCollation);
  if (quoted) warn_text(call, 0, fault);
  return Datum::of_text(text, kJsonCollation);
}

Datum json_quote(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null() || d.is_number() || d.type == Type::kBit) return {};
  const std::string text = d.form == Form::kBytes ? text_of_codes(d.bytes) : to_text(d);
  return Datum::of_text("\"" + escaped_json(text) + "\"", kJsonCollation);
}

// The first value there for which `wanted` holds.
template <typename Wanted>
std::optional<JsonText> first_at(const Call& call, const Document& doc, const JsonTextPath& path,
                                 Wanted wanted) {
  (void)call;
  std::optional<JsonText> out;
  std::vector<JsonPlace> place;
  if (!doc.json) return out;
  each_json(*doc.json, place, [&](const JsonText& value, const std::vector<JsonPlace>& at) {
    if (value.complete && wanted(value) && match_json_path(path, at, value) == JsonMatch::kHere)
      out = value;
    return !out;
  });
  return out;
}

Datum json_value(const Call& call) {
  const Document doc = document(call, 0);
  const std::optional<JsonTextPath> path = path_of(call, 1, false);
  if (!path || doc.null) return {};
  const std::optional<JsonText> found =
      first_at(call, doc, *path, [](const JsonText& json) { return json.is_scalar(); });
  if (!found || found->kind == Kind::kNull) return {};
  const uint32_t collation = collation_of(call, 1);
  if (found->kind == Kind::kTrue || found->kind == Kind::kFalse)
    return Datum::of_text(found->kind == Kind::kTrue ? "1" : "0", collation);
  return Datum::of_text(found->kind == Kind::kString ? unescaped_json(found->raw) : found->raw,
                        collation);
}
Datum json_query(const Call& call) {
  const Document doc = document(call, 0);
  if (doc.null) return {};
  const std::optional<JsonTextPath> path = path_of(call, 1, true);
  if (!path) return {};
  const std::optional<JsonText> found =
      first_at(call, doc, *path, [](const JsonText& json) { return !json.is_scalar(); });
  return found ? json_text(found->raw, collation_of(call, 1)) : Datum();
}
Datum json_exists(const Call& call) {
  const Document doc = document(call, 0);
  if (doc.null) return {};
  Quiet quiet(call.context);
  const auto path = path_of({call.args, quiet.context(), call.collation, call.name}, 1, true);
  if (!path) return {};
  // It sees what begins, and after ** no more than the first level.
  bool found = false;
  std::vector<JsonPlace> place;
  const bool deep = std::any_of(path->legs.begin(), path->legs.end(),
                                [](const JsonTextPath::Leg& leg) { return leg.deep; });
  if (doc.json) {
    each_json(*doc.json, place, [&](const JsonText& value, const std::vector<JsonPlace>& where) {
      const bool within = !deep || where.size() <= path->legs.size();
      found = within && match_json_path(*path, where, value) == JsonMatch::kHere;
      return !found;
    });
  }
  if (found) return Datum::of_bool(true);
  if (doc.whole()) return Datum::of_bool(false);
  warn_text(call, 0, doc.fault);
  return {};
}

Datum json_overlaps(const Call& call) {
  const Document a = document(call, 0);
  const Document b = document(call, 1);
  if (a.null || b.null) return {};
  if (!a.whole() || !b.whole()) {
    const bool kinds = a.json && b.json && a.json->kind != b.json->kind;
    const bool array =
        (a.json && a.json->kind == Kind::kArray) || (b.json && b.json->kind == Kind::kArray);
    const bool objects =
        (a.json && a.json->kind == Kind::kObject) || (b.json && b.json->kind == Kind::kObject);
    const auto begun_array = [](const Document& d) {
      return !d.whole() && d.json && d.json->kind == Kind::kArray;
    };
    if (begun_array(a) || begun_array(b))
      refuse("a JSON text with a fault in JSON_OVERLAPS of MariaDB in the gate");
    if (kinds && (array || objects)) return Datum::of_bool(false);
    if (!a.whole()) warn_text(call, 0, a.fault);
    if (!b.whole()) warn_text(call, 1, b.fault);
    return Datum::of_bool(false);
  }
  return Datum::of_bool(overlaps_json(*a.json, *b.json));
}

Datum formatted(std::string text, const Call& call) {
  Datum out = json_text(std::move(text), collation_of(call, 1));
  out.source = kFormattedJson;
  return out;
}
Datum json_compact(const Call& call) {
  const std::optional<JsonText> json = whole_document(call, 0);
  return json ? formatted(compact_json(*json), call) : Datum();
}
Datum json_loose(const Call& call) {
  const std::optional<JsonText> json = whole_document(call, 0);
  return json ? formatted(loose_json(*json), call) : Datum();
}
Datum json_detailed(const Call& call) {
  constexpr int kIndent = 4;
  constexpr int kIndentMost = 16;
  const std::optional<JsonText> json = whole_document(call, 0);
  if (!json) return {};
  int indent = kIndent;
  if (call.size() > 1) {
    const Datum d = call.arg(1);
    if (d.is_null()) refuse("JSON_DETAILED with NULL blanks in the gate");
    indent = static_cast<int>(std::clamp<int64_t>(to_int(d, call.context), 0, kIndentMost));
  }
  return formatted(detailed_json(*json, indent), call);
}

constexpr Function kFunctions[] = {
    {"mariadb json_array", 0, kAnyNumber, json_array, json_built_type},
    {"mariadb json_array_append", 3, kAnyNumber, json_array_append, json_append_type},
    {"mariadb json_array_insert", 3, kAnyNumber, json_array_insert, json_append_type},
    {"mariadb json_compact", 1, 1, json_compact, json_compact_type},
    {"mariadb json_contains", 2, 3, json_contains, json_truth_type},
    {"mariadb json_contains_path", 3, kAnyNumber, json_contains_path, json_truth_type},
    {"mariadb json_depth", 1, 1, json_depth, json_count_type},
    {"mariadb json_detailed", 1, 2, json_detailed, json_detailed_type},
    {"mariadb json_exists", 2, 2, json_exists, json_truth_type},
    {"mariadb json_extract", 2, kAnyNumber, json_extract, json_extract_type},
    {"mariadb json_insert", 3, kAnyNumber, json_change<Change::kInsert>, json_change_type},
    {"mariadb json_keys", 1, 2, json_keys, json_scalar_type},
    {"mariadb json_length", 1, 2, json_length, json_count_type},
    {"mariadb json_loose", 1, 1, json_loose, json_loose_type},
    {"mariadb json_merge", 2, kAnyNumber, json_merge_preserve, json_built_type},
    {"mariadb json_merge_patch", 2, kAnyNumber, json_merge_patch, json_built_type},
    {"mariadb json_merge_preserve", 2, kAnyNumber, json_merge_preserve, json_built_type},
    {"mariadb json_object", 0, kAnyNumber, json_object, json_built_type},
    {"mariadb json_overlaps", 2, 2, json_overlaps, json_truth_type},
    {"mariadb json_pretty", 1, 2, json_detailed, json_detailed_type},
    {"mariadb json_query", 2, 2, json_query, json_part_type},
    {"mariadb json_quote", 1, 1, json_quote, json_quote_type},
    {"mariadb json_remove", 2, kAnyNumber, json_remove, json_part_type},
    {"mariadb json_replace", 3, kAnyNumber, json_change<Change::kReplace>, json_change_type},
    {"mariadb json_search", 3, kAnyNumber, json_search, json_search_type},
    {"mariadb json_set", 3, kAnyNumber, json_change<Change::kSet>, json_change_type},
    {"mariadb json_type", 1, 1, json_type, json_kind_type},
    {"mariadb json_unquote", 1, 1, json_unquote, json_unquote_type},
    {"mariadb json_valid", 1, 1, json_valid, json_truth_type},
    {"mariadb json_value", 2, 2, json_value, json_scalar_type},
};

}  // namespace

std::span<const Function> mariadb_json_functions() { return kFunctions; }

}  // namespace vif::eval
