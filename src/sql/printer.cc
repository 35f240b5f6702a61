#include "sql/printer.h"

#include "sql/keywords.h"
#include "sql/print_core.h"

namespace vif::sql {

namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool plain_name(std::string_view name) {
  if (name.empty() || !is_letter(name[0])) return false;
  for (char c : name) {
    if (!is_letter(c) && !is_digit(c)) return false;
  }
  return true;
}

// Words that Vitess does not know and MySQL reserves (but DUAL, which is a table's name only where
// it means it).
bool is_word_of_mysql(std::string_view name) {
  switch (name.size()) {
    case 4: return equal_ci(name, "cube");
    case 6: return equal_ci(name, "except");
    case 7: return equal_ci(name, "library");
    case 8: return equal_ci(name, "external");
    case 9: return equal_ci(name, "intersect");
    case 15: return equal_ci(name, "io_before_gtids");
    default: return false;
  }
}

}  // namespace

void append_quoted_name(std::string& out, std::string_view name) {
  out += '`';
  for (char c : name) {
    out += c;
    if (c == '`') out += '`';
  }
  out += '`';
}

void append_name(std::string& out, std::string_view name) {
  if (plain_name(name) && !is_keyword(find_keyword(name)) && !is_word_of_mysql(name)) {
    out += name;
  } else {
    append_quoted_name(out, name);
  }
}

void append_string_literal(std::string& out, std::string_view text) {
  out += '\'';
  size_t from = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    char escape = 0;
    switch (text[i]) {
      case '\0': escape = '0'; break;
      case '\'': escape = '\''; break;
      case '\b': escape = 'b'; break;
      case '\n': escape = 'n'; break;
      case '\r': escape = 'r'; break;
      case '\t': escape = 't'; break;
      case '\x1a': escape = 'Z'; break;
      case '\\':
        // \% and \_ are LIKE's: the parser kept their backslash.
        if (i + 1 < text.size() && (text[i + 1] == '%' || text[i + 1] == '_')) continue;
        escape = '\\';
        break;
      default: continue;
    }
    out += text.substr(from, i - from);
    out += '\\';
    out += escape;
    from = i + 1;
  }
  out += text.substr(from);
  out += '\'';
}

std::string print(const Node* node, PrintStyle style) {
  std::string out;
  print_to(out, node, style);
  return out;
}

void print_to(std::string& out, const Node* node, PrintStyle style) {
  Printer(out, style).node(node);
}

SqlTemplate print_template(const Node* node, PrintStyle style) {
  SqlTemplate result;
  std::string out;
  Printer(out, style, &result).node(node);
  result.pieces.push_back(std::move(out));
  return result;
}

std::string SqlTemplate::to_string() const {
  std::string text = pieces.empty() ? std::string() : pieces[0];
  for (size_t i = 0; i < slots.size(); ++i) {
    text += slots[i].is_list ? "::" : ":";
    text += slots[i].name;
    text += pieces[i + 1];
  }
  return text;
}

void Printer::lit(std::string_view words) {
  if (style_ != PrintStyle::kUpperQuoted) {
    out_ += words;
    return;
  }
  for (char c : words) out_ += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

void Printer::name(std::string_view text) {
  if (style_ == PrintStyle::kUpperQuoted) {
    append_quoted_name(out_, text);
  } else {
    append_name(out_, text);
  }
}

void Printer::table(const TableName& table) {
  if (table.empty()) return;
  if (!table.qualifier.empty()) {
    name(table.qualifier);
    raw('.');
  }
  name(table.name);
}

void Printer::slot(std::string_view slot_name, bool is_list) {
  if (pieces_ == nullptr) {
    raw(is_list ? "::" : ":");
    raw(slot_name);
    return;
  }
  pieces_->pieces.push_back(std::move(out_));
  pieces_->slots.push_back({std::string(slot_name), is_list});
  out_.clear();
}

void Printer::names(const Columns& columns) {
  list(columns, ", ", [&](std::string_view column) { name(column); });
}

void Printer::tables(const List<TableName>& list_of) {
  list(list_of, ", ", [&](const TableName& one) { table(one); });
}

void Printer::comments(const Comments& notes) {
  for (std::string_view note : notes) {
    raw(note);
    raw(' ');
  }
}

void Printer::node(const Node* node) {
  if (node == nullptr) return;
  expr(*node) || func(*node) || query(*node) || dml(*node) || session(*node) || ddl(*node) ||
      routine(*node) || admin(*node);
}

}  // namespace vif::sql
