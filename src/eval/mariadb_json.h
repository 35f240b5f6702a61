// JSON as MariaDB has it: a text. What is read keeps its own spelling, and is shown with one blank
// after each ':' and ','.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vif::eval {

struct JsonText {
  enum class Kind : uint8_t { kObject, kArray, kString, kNumber, kTrue, kFalse, kNull };
  Kind kind = Kind::kNull;
  std::string raw;  // as it is written; a string with its quotes
  std::vector<std::string>
      keys;  // of an object, without quotes, escapes as they are; a key may come twice
  std::vector<JsonText> items;  // of an array, or an object's values
  bool complete = true;         // it ends before the fault

  bool is_scalar() const { return kind != Kind::kObject && kind != Kind::kArray; }
};

struct JsonTextFault {
  enum class Kind : uint8_t { kNone, kEnd, kSyntax, kCharacter };
  Kind kind = Kind::kNone;
  size_t position = 0;    // 1 is the first
  bool trailing = false;  // after a whole value
};

// What stands before a fault is there; nullopt when that is nothing.
std::optional<JsonText> read_json_text(std::string_view text, JsonTextFault& fault);
// What JSON_DEPTH says.
int json_levels(const JsonText& json);
// "[1, {\"a\": 2}]", or without blanks.
std::string loose_json(const JsonText& json);
std::string compact_json(const JsonText& json);
std::string detailed_json(const JsonText& json, int indent);
// A string's characters, without quotes and escapes; `raw` as in JsonText.
std::string unescaped_json(std::string_view raw);
std::string escaped_json(std::string_view text);
// Bytes as the characters of their codes, and back; what has no such code is an escape, as the
// server writes it.
std::string text_of_codes(std::string_view bytes);
std::string bytes_of_codes(std::string_view text);

struct JsonTextPath {
  struct Leg {
    bool array = false;
    bool wild = false;   // * or [*]
    bool deep = false;   // ** before it
    bool range = false;  // [from to until]
    int from = 0;        // less than 0: from the end, -1 is the last
    int until = 0;
    std::string key;
    bool is_first() const { return array && !wild && (range ? from == 0 : from == 0); }
  };
  std::vector<Leg> legs;
  bool is_single() const;
};

// Throws SqlError for paths of which it is not known what the server thinks. `fault` is kNone when
// there is a path.
JsonTextPath read_json_text_path(std::string_view text, JsonTextFault& fault);

// A place in a document: keys, or indexes in arrays of so many.
struct JsonPlace {
  bool array = false;
  int index = 0;
  int count = 0;
  std::string_view key;
};
enum class JsonMatch : uint8_t {
  kNone,
  kHere,
  kAbove
};  // kAbove: the path leads to something that holds this place
JsonMatch match_json_path(const JsonTextPath& path, const std::vector<JsonPlace>& place,
                          const JsonText& value);

// Every value of a document with its place, outer ones first. `visit` says whether to go on.
template <typename Visit>
bool each_json(const JsonText& json, std::vector<JsonPlace>& place, const Visit& visit) {
  if (!visit(json, place)) return false;
  for (size_t i = 0; i < json.items.size(); ++i) {
    JsonPlace step;
    step.array = json.kind == JsonText::Kind::kArray;
    step.index = static_cast<int>(i);
    step.count = static_cast<int>(json.items.size());
    if (!step.array) step.key = json.keys[i];
    place.push_back(step);
    const bool on = each_json(json.items[i], place, visit);
    place.pop_back();
    if (!on) return false;
  }
  return true;
}

// Where the first `legs` legs lead; null when nowhere. What is no array is the first item
// of itself.
JsonText* find_json(JsonText& json, const JsonTextPath& path, size_t legs);
// The item that an index means, nullopt when there is none.
std::optional<size_t> json_index(const JsonText& array, int index);

enum class JsonChange : uint8_t { kSet, kInsert, kReplace };
// What is no array becomes one with the value after it.
void change_json_cell(JsonText& parent, int index, JsonText value, JsonChange change);
// REQUIRES: it is an object.
void change_json_member(JsonText& parent, const std::string& key, JsonText value,
                        JsonChange change);
bool contains_json(const JsonText& in, const JsonText& candidate);
bool overlaps_json(const JsonText& a, const JsonText& b);
JsonText merge_json(const JsonText& a, const JsonText& b);
JsonText patch_json(const JsonText& a, const JsonText& b);

}  // namespace vif::eval
