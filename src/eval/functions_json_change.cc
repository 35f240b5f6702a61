// JSON functions that change: each gives a new document.
#include <algorithm>

#include "eval/json_datum.h"
#include "types/json_binary.h"

namespace vif::eval {
namespace {

using Leg = JsonPath::Leg;
using LegKind = JsonPath::Kind;
using Documents = std::vector<std::shared_ptr<const Json>>;

[[noreturn]] void fail(int number, std::string_view state, std::string message) {
  throw SqlError{Error(Code::kInvalidArgument, number, state, std::move(message))};
}

// The value that `count` legs of a path without wildcards lead to; null when there is none.
Json* follow(Json& document, const std::vector<Leg>& legs, size_t count) {
  Json* at = &document;
  for (size_t i = 0; i < count; ++i) {
    const Leg& leg = legs[i];
    if (leg.kind == LegKind::kMember) {
      at = at->is_object() ? at->find(leg.name) : nullptr;
    } else if (at->is_array()) {
      bool within = false;
      const size_t place = leg.from.place(at->items().size(), within);
      at = within ? &at->items()[place] : nullptr;
    } else if (!leg.wraps()) {
      at = nullptr;
    }
    if (!at) return nullptr;
  }
  return at;
}

enum class Change : uint8_t { kSet, kInsert, kReplace };

// Makes the last leg's value in `parent`, which has none there.
void add(Json& parent, const Leg& leg, Json value) {
  if (leg.kind == LegKind::kMember) {
    if (parent.is_object()) parent.set(leg.name, std::move(value));
    return;
  }
  if (!parent.is_array()) {
    // Beside what stands alone: before it when the place counts from the end.
    Json list = Json::array();
    list.items().push_back(std::move(parent));
    parent = std::move(list);
  }
  Json::Array& items = parent.items();
  items.insert(leg.from.from_end ? items.begin() : items.end(), std::move(value));
}

Datum change(const Call& call, Change how) {
  const std::shared_ptr<const Json> document = json_document(call, 0);
  if (!document) return {};
  Json out = *document;
  for (size_t i = 1; i + 1 < call.size(); i += 2) {
    const std::optional<JsonPath> path = json_path(call, i, false);
    if (!path) return {};
    const std::vector<Leg>& legs = path->legs();
    // What is there already needs no value.
    Json* there = follow(out, legs, legs.size());
    Json* parent = legs.empty() ? nullptr : follow(out, legs, legs.size() - 1);
    if ((there || !parent) && how == Change::kInsert && !call.context.env.mariadb) continue;
    Json value = json_argument(call, i + 1);
    if (there) {
      if (how != Change::kInsert) *there = std::move(value);
    } else if (how != Change::kReplace) {
      if (parent) add(*parent, legs.back(), std::move(value));
    }
  }
  return json_result(std::move(out));
}
Datum json_set(const Call& call) { return change(call, Change::kSet); }
Datum json_insert(const Call& call) { return change(call, Change::kInsert); }
Datum json_replace(const Call& call) { return change(call, Change::kReplace); }

Datum json_remove(const Call& call) {
  const std::shared_ptr<const Json> document = json_document(call, 0);
  if (!document) return {};
  Json out = *document;
  for (size_t i = 1; i < call.size(); ++i) {
    const std::optional<JsonPath> path = json_path(call, i, false);
    if (!path) return {};
    const std::vector<Leg>& legs = path->legs();
    if (legs.empty())
      fail(3153, "42000", "The path expression '$' is not allowed in this context.");
    // The first item of what is no array is that itself.
    size_t end = legs.size();
    Json* parent = follow(out, legs, end - 1);
    while (end > 1 && parent && !parent->is_array() && legs[end - 1].wraps())
      parent = follow(out, legs, --end - 1);
    if (!parent) continue;
    const Leg& leg = legs[end - 1];
    if (leg.kind == LegKind::kMember) {
      if (parent->is_object()) parent->remove(leg.name);
    } else if (parent->is_array()) {
      bool within = false;
      const size_t place = leg.from.place(parent->items().size(), within);
      if (within) parent->items().erase(parent->items().begin() + static_cast<ptrdiff_t>(place));
    }
  }
  return json_result(std::move(out));
}

Json as_array(Json json) {
  if (json.is_array()) return json;
  Json out = Json::array();
  out.items().push_back(std::move(json));
  return out;
}

Datum json_array_append(const Call& call) {
  const std::shared_ptr<const Json> document = json_document(call, 0);
  if (!document) return {};
  Json out = *document;
  for (size_t i = 1; i + 1 < call.size(); i += 2) {
    const std::optional<JsonPath> path = json_path(call, i, false);
    if (!path) return {};
    Json* there = follow(out, path->legs(), path->legs().size());
    if (!there) continue;
    *there = as_array(std::move(*there));
    there->items().push_back(json_argument(call, i + 1));
  }
  return json_result(std::move(out));
}

Datum json_array_insert(const Call& call) {
  const std::shared_ptr<const Json> document = json_document(call, 0);
  if (!document) return {};
  Json out = *document;
  for (size_t i = 1; i + 1 < call.size(); i += 2) {
    const std::optional<JsonPath> path = json_path(call, i, false);
    if (!path) return {};
    const std::vector<Leg>& legs = path->legs();
    if (legs.empty() || legs.back().kind != LegKind::kCell) {
      fail(3165, "42000", "A path expression is not a path to a cell in an array.");
    }
    Json* parent = follow(out, legs, legs.size() - 1);
    if (!parent || !parent->is_array()) continue;
    bool within = false;
    const size_t place = legs.back().from.place(parent->items().size(), within);
    parent->items().insert(parent->items().begin() + static_cast<ptrdiff_t>(place),
                           json_argument(call, i + 1));
  }
  return json_result(std::move(out));
}

// Bounded by the documents' depth.
Json merged(Json a, Json b) {
  if (a.is_object() && b.is_object()) {
    for (Json::Member& member : b.members()) {
      Json* own = a.find(member.key);
      if (own) {
        *own = merged(std::move(*own), std::move(member.value));
      } else {
        a.set(member.key, std::move(member.value));
      }
    }
    return a;
  }
  Json out = as_array(std::move(a));
  Json more = as_array(std::move(b));
  for (Json& item : more.items()) out.items().push_back(std::move(item));
  return out;
}

Datum json_merge_preserve(const Call& call) {
  Documents documents;
  for (size_t i = 0; i < call.size(); ++i) {
    documents.push_back(json_document(call, i));
    if (!documents.back()) return {};
  }
  Json out = *documents[0];
  for (size_t i = 1; i < documents.size(); ++i) {
    out = merged(std::move(out), *documents[i]);
    if (out.depth() > Json::kDepthMax + 1) break;
  }
  return json_result(std::move(out));
}

// RFC 7396. Bounded by the patch's depth.
Json patched(Json target, const Json& patch) {
  if (!patch.is_object()) return patch;
  Json out = target.is_object() ? std::move(target) : Json::object();
  for (const Json::Member& member : patch.members()) {
    if (member.value.is_null()) {
      out.remove(member.key);
      continue;
    }
    Json* own = out.find(member.key);
    Json value = patched(own ? std::move(*own) : Json(), member.value);
    out.set(member.key, std::move(value));
  }
  return out;
}

// NULL patches to NULL, until a patch that is no object takes the place of all before it.
Datum json_merge_patch(const Call& call) {
  std::shared_ptr<const Json> first = json_document(call, 0);
  std::optional<Json> out;
  if (first) out = *first;
  for (size_t i = 1; i < call.size(); ++i) {
    const std::shared_ptr<const Json> patch = json_document(call, i);
    if (!patch) {
      out.reset();
    } else if (!patch->is_object()) {
      out = *patch;
    } else if (out) {
      out = patched(*std::move(out), *patch);
    }
  }
  return out ? json_result(*std::move(out)) : Datum();
}

Datum json_merge(const Call& call) {
  call.context.warn(
      1287,
      "'JSON_MERGE' is deprecated and will be removed in a future release. Please use "
      "JSON_MERGE_PRESERVE/JSON_MERGE_PATCH instead");
  return json_merge_preserve(call);
}

Datum json_storage_size(const Call& call) {
  const std::shared_ptr<const Json> document = json_document(call, 0);
  if (!document) return {};
  const std::optional<std::string> bytes = types::json_to_binary(*document);
  if (!bytes) refuse("so large a JSON document in the gate");
  return Datum::of_int(static_cast<int64_t>(bytes->size()));
}

StaticType json_type_of(const Call&) { return static_type(Type::kJson, kJsonCollation); }

constexpr Function kFunctions[] = {
    {"json_set", 3, kAnyNumber, json_set, json_type_of},
    {"json_insert", 3, kAnyNumber, json_insert, json_type_of},
    {"json_replace", 3, kAnyNumber, json_replace, json_type_of},
    {"json_remove", 2, kAnyNumber, json_remove, json_type_of},
    {"json_array_append", 3, kAnyNumber, json_array_append, json_type_of},
    {"json_array_insert", 3, kAnyNumber, json_array_insert, json_type_of},
    {"json_merge_preserve", 2, kAnyNumber, json_merge_preserve, json_type_of},
    {"json_merge", 2, kAnyNumber, json_merge, json_type_of},
    {"json_merge_patch", 2, kAnyNumber, json_merge_patch, json_type_of},
    {"json_storage_size", 1, 1, json_storage_size, int_type},
};

}  // namespace

std::span<const Function> json_change_functions() { return kFunctions; }

}  // namespace vif::eval
