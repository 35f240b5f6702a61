#include "vtgate/titles.h"

#include <algorithm>
#include <functional>

#include "sql/ast.h"
#include "sql/lexer.h"
#include "sql/printer.h"
#include "sql/tree.h"

namespace vif::vtgate {

namespace {

constexpr size_t kTitleCharactersMax = 255;

// Servers name these themselves, however they are printed.
bool names_itself(const sql::Expr* expr, std::string_view source, plan::Flavor flavor) {
  switch (expr->kind) {
    case sql::Kind::kLiteral: {
      // The others are printed with what says their type; of a sign there may be more in the text.
      const auto& literal = sql::to<sql::Literal>(*expr);
      return literal.type == sql::LiteralType::kStrVal ||
             ((literal.type == sql::LiteralType::kIntVal ||
               literal.type == sql::LiteralType::kDecimalVal) &&
              literal.text == source && !literal.text.starts_with('-'));
    }
    case sql::Kind::kIntroducerExpr: {
      const auto* text = sql::as<sql::Literal>(sql::to<sql::IntroducerExpr>(*expr).expr);
      return text != nullptr && text->type == sql::LiteralType::kStrVal;
    }
    case sql::Kind::kColName:
    case sql::Kind::kNullVal:
    case sql::Kind::kArgument: return true;
    case sql::Kind::kBoolVal: return flavor == plan::Flavor::kMariaDb;
    default: return false;
  }
}

// Literals and variables become bind variables, in whose stead other texts may stand.
bool has_replaced(const sql::Expr* expr) {
  bool found = false;
  sql::walk(static_cast<const sql::Node*>(expr), [&](const sql::Node& node) {
    found |= sql::is<sql::Literal>(&node) || sql::is<sql::Variable>(&node);
    return !found;
  });
  return found;
}

bool holds(const sql::Select& select, const sql::AliasedExpr& item) {
  return std::any_of(select.exprs.begin(), select.exprs.end(),
                     [&](const sql::SelectExpr* one) { return one == &item; });
}

const sql::TableStatement* first_of(const sql::TableStatement* query) {
  while (const auto* both = sql::as<sql::Union>(query)) query = both->left;
  return query;
}

// As servers tell a title: in characters of at most three bytes, a '?' for others.
std::string title_of(std::string_view source) {
  std::string title;
  size_t characters = 0;
  for (size_t i = 0; i < source.size() && characters < kTitleCharactersMax; ++characters) {
    const auto lead = static_cast<unsigned char>(source[i]);
    const size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (length == 4)
      title += '?';
    else
      title += source.substr(i, length);
    i += length;
  }
  return title;
}

}  // namespace

TitledBy give_titles(sql::Parsed& parsed, plan::Flavor flavor) {
  if (!sql::is<sql::Select>(parsed.statement) && !sql::is<sql::Union>(parsed.statement))
    return TitledBy::kNothing;
  const auto* outermost = sql::as<sql::Select>(parsed.statement);
  TitledBy by = TitledBy::kNothing;
  // A union's columns are called as its first query's are, which the gate then prints itself.
  const auto* of_union = outermost == nullptr
                             ? sql::as<sql::Select>(first_of(
                                   static_cast<const sql::TableStatement*>(parsed.statement)))
                             : nullptr;
  // So are those of a common table expression, which has no other names.
  std::vector<const sql::Select*> of_ctes;
  sql::walk(static_cast<const sql::Node*>(parsed.statement), [&](const sql::Node& node) {
    if (const auto* cte = sql::as<sql::CommonTableExpr>(&node);
        cte != nullptr && cte->columns.empty())
      of_ctes.push_back(sql::as<sql::Select>(first_of(cte->subquery)));
    return true;
  });
  auto title = [&](sql::AliasedExpr& item, bool in_first_list) {
    if (!item.as.empty() || item.source.empty()) return;
    const auto* literal = sql::as<sql::Literal>(item.expr);
    const bool is_printed =
        (of_union != nullptr && holds(*of_union, item)) ||
        std::any_of(of_ctes.begin(), of_ctes.end(), [&](const sql::Select* select) {
          return select != nullptr && holds(*select, item);
        });
    if (literal != nullptr && is_printed) {
      by = TitledBy::kWholeText;
      item.as = parsed.arena->copy(
          title_of(literal->type == sql::LiteralType::kStrVal ? literal->text : item.source));
      return;
    }
    // A parameter is called "?", whatever it has.
    const bool parameter = sql::is<sql::Argument>(item.expr) && item.source == "?";
    if (!parameter && names_itself(item.expr, item.source, flavor)) return;
    if (by != TitledBy::kWholeText)
      by = in_first_list ? TitledBy::kSelectList : TitledBy::kWholeText;
    if (has_replaced(item.expr) || sql::print(item.expr) != item.source) {
      item.as = parsed.arena->copy(title_of(item.source));
    }
  };
  // The first list before what is inside of it: those of subqueries in expressions name nothing.
  sql::walk(static_cast<sql::Node*>(parsed.statement), [&](sql::Node& node) {
    if (sql::is<sql::Subquery>(&node) || sql::is<sql::ExistsExpr>(&node)) return false;
    auto* item = sql::as<sql::AliasedExpr>(&node);
    if (item == nullptr) return true;
    title(*item, outermost != nullptr && holds(*outermost, *item));
    return true;
  });
  return by;
}

uint64_t title_hash(std::string_view sql, const sql::SqlMode& mode, TitledBy by) {
  if (by == TitledBy::kSelectList) {
    sql::Lexer lexer(sql, mode, sql::ParseOptions{}.mysql_version);
    int depth = 0;
    for (sql::Token token = lexer.next();; token = lexer.next()) {
      if (token.tok == sql::Tok::kEnd || token.tok == sql::Tok::kError) break;
      if (token.tok == sql::Tok::kOpen) ++depth;
      if (token.tok == sql::Tok::kClose) --depth;
      if (depth == 0 && token.tok == sql::Tok::kw_from) {
        sql = sql.substr(0, token.begin);
        break;
      }
    }
  }
  return std::hash<std::string_view>()(sql);
}

}  // namespace vif::vtgate
