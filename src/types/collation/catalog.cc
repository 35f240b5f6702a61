// Which charsets and collations there are: the section "catalog", a line each.
#include <algorithm>
#include <deque>

#include "types/collation/collation.h"
#include "types/collation/tables.h"
#include "types/collation/weight_table.h"

namespace vif::types {
namespace {

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// Today's name of "utf8" and "utf8_general_ci".
std::string today(std::string_view name) {
  std::string out = lowered(name);
  if (out == "utf8" || out.starts_with("utf8_")) out.insert(4, "mb3");
  return out;
}

std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> out;
  for (size_t at = 0;;) {
    const size_t end = line.find('\t', at);
    out.push_back(line.substr(at, end - at));
    if (end == std::string_view::npos) return out;
    at = end + 1;
  }
}

uint32_t number(std::string_view digits) {
  uint32_t out = 0;
  for (const char c : digits) out = out * 10 + static_cast<uint32_t>(c - '0');
  return out;
}

Encoding encoding_of(std::string_view name, std::string_view map, uint32_t max_length) {
  if (name == "binary") return Encoding::kBytes;
  if (name == "utf8mb4") return Encoding::kUtf8;
  if (name == "utf8mb3") return Encoding::kUtf8Mb3;
  if (name == "ucs2") return Encoding::kUcs2;
  if (name == "utf16") return Encoding::kUtf16;
  if (name == "utf16le") return Encoding::kUtf16Le;
  if (name == "utf32") return Encoding::kUtf32;
  return map.empty() || max_length == 1 ? Encoding::kSingle : Encoding::kMulti;
}

class Catalog {
 public:
  Catalog() {
    const std::string content = read_section("catalog");
    std::string_view rest = content;
    while (!rest.empty()) {
      const size_t end = rest.find('\n');
      add(split(rest.substr(0, end)));
      rest.remove_prefix(end + 1);
    }
    for (const Collation& c : collations_) {
      list_.push_back(&c);
      by_name_[c.name].push_back(&c);
      for (const Dialect dialect : {Dialect::kMySql, Dialect::kMariaDb}) {
        std::vector<const Collation*>& numbers = by_id_[static_cast<size_t>(dialect)];
        if (numbers.size() <= c.id) numbers.resize(c.id + 1);
        if (!numbers[c.id] || (dialect == Dialect::kMySql ? c.of_mysql : c.of_mariadb))
          numbers[c.id] = &c;
      }
    }
    for (const Charset& c : charsets_) charset_list_.push_back(&c);
  }

  const Charset* charset(std::string_view name) const {
    const std::string wanted = today(name);
    for (const Charset* c : charset_list_) {
      if (c->name == wanted) return c;
    }
    return nullptr;
  }
  static const Collation* of(const std::vector<const Collation*>& candidates, Dialect dialect) {
    for (const Collation* c : candidates) {
      if (dialect == Dialect::kMySql ? c->of_mysql : c->of_mariadb) return c;
    }
    return candidates.front();
  }
  const Collation* named(std::string_view name, Dialect dialect) const {
    const auto found = by_name_.find(today(name));
    return found == by_name_.end() ? nullptr : of(found->second, dialect);
  }
  const Collation* numbered(uint32_t id, Dialect dialect) const {
    const std::vector<const Collation*>& numbers = by_id_[static_cast<size_t>(dialect)];
    return id < numbers.size() ? numbers[id] : nullptr;
  }
  const std::vector<const Collation*>& collations() const { return list_; }
  const std::vector<const Charset*>& charsets() const { return charset_list_; }

 private:
  void add(const std::vector<std::string_view>& words) {
    if (words[0] == "charset") {
      Charset& c = charsets_.emplace_back();
      c.name = words[1];
      c.of_mysql = words[2].find('m') != std::string_view::npos;
      c.of_mariadb = words[2].find('a') != std::string_view::npos;
      c.max_length = number(words[3]);
      c.default_collation = words[4];
      c.map_section = words[5];
      c.description = words[6];
      c.encoding = encoding_of(c.name, c.map_section, c.max_length);
      return;
    }
    Collation& c = collations_.emplace_back();
    c.name = words[1];
    c.id = number(words[2]);
    c.of_mysql = words[3].find('m') != std::string_view::npos;
    c.of_mariadb = words[3].find('a') != std::string_view::npos;
    const auto own = std::find_if(charsets_.begin(), charsets_.end(),
                                  [&](const Charset& s) { return s.name == words[4]; });
    c.charset = &*own;
    c.is_default = words[5] == "1";
    c.pad_space = words[6] != "0";
    c.trims_spaces = words[6] == "2";
    c.kind = words[7] == "bytes"     ? Collation::Kind::kBytes
             : words[7] == "points"  ? Collation::Kind::kPoints
             : words[7] == "weights" ? Collation::Kind::kWeights
             : words[7] == "own"     ? Collation::Kind::kOwn
                                     : Collation::Kind::kUnknown;
    if (c.kind == Collation::Kind::kWeights) {
      c.weights = &weight_slot(words[8]);
      c.strings = words[13].empty() ? c.weights : &weight_slot(words[13]);
    }
    if (c.kind == Collation::Kind::kOwn) c.own_section = words[8];
    for (const char level : words[9]) c.levels.push_back(level - '0');
    c.separated = words[10] == "1";
    c.unicode_keys = words[11] == "1";
    c.case_section = words[12];
  }

  std::deque<Charset> charsets_;
  std::deque<Collation> collations_;
  std::vector<const Collation*> list_;
  std::vector<const Charset*> charset_list_;
  std::unordered_map<std::string, std::vector<const Collation*>> by_name_;
  std::vector<const Collation*> by_id_[2];
};

const Catalog& catalog() {
  static const Catalog it;
  return it;
}

}  // namespace

const Charset* find_charset(std::string_view name) { return catalog().charset(name); }
const std::vector<const Charset*>& all_charsets() { return catalog().charsets(); }
const Collation* find_collation(std::string_view name, Dialect dialect) {
  return catalog().named(name, dialect);
}
const Collation* find_collation(uint32_t id, Dialect dialect) {
  return catalog().numbered(id, dialect);
}
const std::vector<const Collation*>& all_collations() { return catalog().collations(); }

}  // namespace vif::types
