// From tree to text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/node.h"

namespace vif::sql {

enum class PrintStyle : uint8_t {
  // Vitess's: lower-case keywords, names quoted when they must be. What plans and logs show.
  kCanonical,
  // The same, but every statement is what a MySQL server understands (opaque ones as they were
  // written).
  kMysql,
  // Vitess's "canonical" form of schema tools: upper-case keywords, all names in backticks.
  kUpperQuoted,
};

std::string print(const Node* node, PrintStyle style = PrintStyle::kCanonical);
void print_to(std::string& out, const Node* node, PrintStyle style = PrintStyle::kCanonical);

// A name as the canonical style writes it: in backticks when it is a keyword or has odd characters.
void append_name(std::string& out, std::string_view name);
// Always in backticks.
void append_quoted_name(std::string& out, std::string_view name);
// 'text', escaped as Vitess escapes it; right for any server that has backslash escapes on.
void append_string_literal(std::string& out, std::string_view text);

// SQL with holes: pieces[0] slot[0] pieces[1] ... slot[n-1] pieces[n]. A plan keeps one, and a
// query's text is put together from it without printing again.
struct SqlTemplate {
  struct Slot {
    std::string name;      // of the bind variable, without colons
    bool is_list = false;  // ::name
  };
  std::vector<std::string> pieces;
  std::vector<Slot> slots;

  // The text with `name` arguments written as :name and ::name.
  std::string to_string() const;
};
// Arguments become slots (typed arguments keep their cast around the slot; their /* TYPE */ notes
// are left out).
SqlTemplate print_template(const Node* node, PrintStyle style = PrintStyle::kCanonical);

}  // namespace vif::sql
