// The small tables of Vitess's parser tests, each asked in its own way, or listed with the reason
// why not.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>

#include "sql/ast.h"
#include "sql/classify.h"
#include "sql/comments.h"
#include "sql/corpus_test.h"
#include "sql/lexer.h"
#include "sql/parser.h"
#include "sql/printer.h"
#include "sql/redact.h"
#include "sql/split.h"
#include "sql/tables.h"
#include "sql/tree.h"

namespace vif::sql {
namespace {

using corpus::compare;
using corpus::json;
using corpus::run;
using corpus::text_of;

Comments comments_from(Arena& arena, const json& list) {
  Comments comments;
  if (list.is_array()) {
    for (const json& item : list) comments.push_back(arena, arena.copy(item.get<std::string>()));
  }
  return comments;
}

using Pair = std::pair<std::string, std::string>;  // want, got

std::optional<Pair> ask_texts(const std::string& test, const json& row) {
  if (test == "TestCanonicalOutput") {
    const Result<Parsed> parsed = parse(text_of(row, "input"));
    return Pair{text_of(row, "canonical"), parsed.ok()
                                               ? print(parsed->statement, PrintStyle::kUpperQuoted)
                                               : parsed.error().message()};
  }
  if (test == "TestParens") {
    const Result<ParsedExpr> parsed = parse_expr(text_of(row, "in"));
    return Pair{text_of(row, "expected"),
                parsed.ok() ? print(parsed->expr) : parsed.error().message()};
  }
  if (test == "TestPreview") {
    const std::string want = text_of(row["want"], "$ref");  // StmtSelect
    std::string got = "Stmt" + lowered(to_string(preview(text_of(row, "sql"))));
    std::string low = lowered(want);
    return Pair{low.substr(4), got.substr(4)};
  }
  if (test == "TestSplitComments") {
    const MarginComments margins =
        split_margin_comments(row["input"].get_ref<const std::string&>());
    return Pair{text_of(row, "outLeadingComments") + "|" + text_of(row, "outSQL") + "|" +
                    text_of(row, "outTrailingComments"),
                std::string(margins.leading) + "|" + std::string(margins.query) + "|" +
                    std::string(margins.trailing)};
  }
  if (test == "TestStripLeadingComments") {
    return Pair{text_of(row, "outSQL"),
                std::string(strip_leading_comments(row["input"].get_ref<const std::string&>()))};
  }
  return std::nullopt;
}

std::optional<Pair> ask_trees(const std::string& test, const json& row) {
  Arena arena;
  if (test == "TestExtractCommentDirectives") {
    Comments comments;
    comments.push_back(arena, arena.copy(text_of(row, "input")));
    return Pair{row["vals"].dump(), json(directives_of(comments)).dump()};
  }
  if (test == "TestGetMySQLSetVarValue") {
    const std::string name =
        row["valToFind"].is_string() ? text_of(row, "valToFind") : "foreign_key_checks";
    return Pair{text_of(row, "want"), set_var_value(comments_from(arena, row["comments"]), name)};
  }
  if (test == "TestSetMySQLSetVarValue") {
    const std::string name = row["key"].is_string() ? text_of(row, "key") : "foreign_key_checks";
    json got = json::array();
    for (std::string_view comment :
         with_set_var(arena, comments_from(arena, row["comments"]), name, text_of(row, "value"))) {
      got.push_back(comment);
    }
    return Pair{row["commentsWanted"].dump(), got.dump()};
  }
  if (test == "TestTruncateQuery") {
    return Pair{text_of(row, "want"),
                truncate_query(text_of(row, "query"), row["max"].get<size_t>())};
  }
  if (test == "TestExtractTables") {
    const Result<Parsed> parsed = parse(text_of(row, "sql"));
    if (!parsed.ok()) return Pair{"", parsed.error().message()};
    json got = json::array();
    for (const TableName& table : tables_of(*parsed->statement)) {
      got.push_back((table.qualifier.empty() ? "" : std::string(table.qualifier) + ".") +
                    std::string(table.name));
    }
    return Pair{row["expected"].dump(), got.dump()};
  }
  return std::nullopt;
}

// A text's first tokens, as Vitess names their kinds.
std::string token_name(Tok tok) {
  switch (tok) {
    case Tok::kEnd: return "0";
    case Tok::kId: return "ID";
    case Tok::kError: return "LEX_ERROR";
    case Tok::kAtId: return "AT_ID";
    case Tok::kAtAtId: return "AT_AT_ID";
    case Tok::kString: return "STRING";
    case Tok::kDecimal: return "DECIMAL";
    case Tok::kFloat: return "FLOAT";
    case Tok::kInt: return "INTEGRAL";
    default: {
      std::string name(is_keyword(tok) ? keyword_text(tok) : "?");
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return std::toupper(c); });
      return name;
    }
  }
}

std::optional<Pair> ask_tokens(const std::string& test, const json& row) {
  const std::string text = text_of(row, "in");
  if (test == "TestVersion") {
    Lexer lexer(text, SqlMode{}, text_of(row, "version") == "5.7.9" ? 50709 : 80040);
    std::string want, got;
    for (const json& id : row["id"]) {
      want += (id.is_object() ? text_of(id, "$ref") : "0") + " ";
      got += token_name(lexer.next().tok) + " ";
    }
    return Pair{want, got};
  }
  if (test != "TestLiteralID" && test != "TestString" && test != "TestIntegerAndID")
    return std::nullopt;
  const Token token = Lexer(text, SqlMode{}, 80040).next();
  const std::string want = text_of(row["id"], "$ref");
  const char* key = test == "TestString" ? "want" : "out";
  if (token.tok == Tok::kError || !row.contains(key)) return Pair{want, token_name(token.tok)};
  std::string value(token.text);
  if (token.escaped) {
    value.clear();
    unescape(token.text, text[token.end - 1], text[token.end - 1] == '`', value);
  }
  return Pair{want + " " + text_of(row, key), token_name(token.tok) + " " + value};
}

std::optional<Pair> ask_directives(const std::string& test, const json& row) {
  const bool payload = test == "TestIgnoreMaxPayloadSizeDirective";
  const bool priority = test == "TestGetPriorityFromStatement";
  const bool timeout = test == "TestQueryTimeout";
  if (!payload && !priority && !timeout && test != "TestIgnoreMaxMaxMemoryRowsDirective")
    return std::nullopt;
  const Result<Parsed> parsed = parse(text_of(row, "query"));
  if (!parsed.ok()) return Pair{"", parsed.error().message()};
  const Directives directives = directives_of(*parsed->statement);
  const auto value = [&](std::string_view name) {
    const auto found = directives.find(name);
    return found == directives.end() ? std::string() : found->second;
  };
  if (timeout) return Pair{std::to_string(row["expTimeout"].get<int>()), value("query_timeout_ms")};
  if (priority) {
    // A priority that is none is refused where it is used.
    const bool refused = row["expectedError"].is_object();
    return Pair{refused ? "-1" : text_of(row, "expectedPriority"), value("priority")};
  }
  const bool set =
      directive_is_set(directives, payload ? "IGNORE_MAX_PAYLOAD_SIZE" : "IGNORE_MAX_MEMORY_ROWS");
  return Pair{row["expected"].get<bool>() ? "set" : "not", set ? "set" : "not"};
}

// Parentheses around every operation.
std::string with_parens(const Expr* expr) {
  if (const auto* both = as<AndExpr>(expr))
    return "(" + with_parens(both->left) + " and " + with_parens(both->right) + ")";
  if (const auto* binary = as<BinaryExpr>(expr)) {
    Arena arena;
    const auto* copy = clone(arena, binary);
    const std::string whole = print(copy);
    const std::string left = print(binary->left), right = print(binary->right);
    const std::string op = whole.substr(left.size(), whole.size() - left.size() - right.size());
    return "(" + with_parens(binary->left) + op + with_parens(binary->right) + ")";
  }
  if (const auto* test = as<IsExpr>(expr)) {
    const std::string whole = print(test), inner = print(test->left);
    return "(" + with_parens(test->left) + whole.substr(whole.rfind(" is ")) + ")";
  }
  return print(expr);
}

std::string qualified_anew(std::string_view sql, std::string_view from, std::string_view to) {
  const auto pieces = split_statements(sql);
  if (!pieces.ok()) return {};
  std::string joined;
  for (std::string_view piece : *pieces) {
    Result<Parsed> parsed = parse(piece);
    if (!parsed.ok()) return {};
    bool changed = false;
    for_each_table_name(parsed->statement, [&](TableName& table, const Node&) {
      if (table.qualifier != from) return;
      table.qualifier = to;
      changed = true;
    });
    if (!joined.empty()) joined += ';';
    joined += changed ? print(parsed->statement) : std::string(piece);
  }
  return joined;
}

std::optional<Pair> ask_rewrites(const std::string& test, const json& row) {
  if (test == "TestReplaceTableQualifiers" || test == "TestReplaceTableQualifiersMultiQuery") {
    const std::string to = text_of(row, "newdb");
    const std::string got =
        to == "_vt" ? text_of(row, "in") : qualified_anew(text_of(row, "in"), "_vt", to);
    return Pair{text_of(row, "out"), got};
  }
  if (test == "TestPlusStarPrecedence" || test == "TestIsPrecedence") {
    const Result<Parsed> parsed = parse(text_of(row, "input"));
    if (!parsed.ok()) return Pair{"", parsed.error().message()};
    const auto& select = to<Select>(*parsed->statement);
    const auto* first = as<AliasedExpr>(select.exprs[0]);
    std::string got = with_parens(first != nullptr ? first->expr : select.where);
    return Pair{text_of(row, "output"), got};
  }
  if (test == "TestReplaceExpr") {
    Result<Parsed> parsed = parse(text_of(row, "in"));
    if (!parsed.ok()) return Pair{"", parsed.error().message()};
    Node* changed = rewrite(
        to<Select>(*parsed->statement).where,
        [&](Cursor& cursor) {
          if (!is<Subquery>(cursor.node)) return true;
          Argument* argument = parsed->arena->make<Argument>();
          argument->name = "a";
          cursor.replace(argument);
          return false;
        },
        [](Cursor&) {});
    return Pair{text_of(row, "out"), print(changed)};
  }
  if (test == "TestAddQueryHint") {
    Arena arena;
    const auto listed = [](const json& fields) {
      json list = json::array();
      for (int i = 0; fields.contains("_" + std::to_string(i)); ++i)
        list.push_back(fields["_" + std::to_string(i)]);
      return list;
    };
    try {
      json got = json::array();
      for (std::string_view comment : with_query_hint(
               arena, comments_from(arena, listed(row["comments"])), text_of(row, "queryHint"))) {
        got.push_back(comment);
      }
      return Pair{listed(row["expected"]).dump(), got.dump()};
    } catch (const SqlError& thrown) {
      return Pair{text_of(row, "err"), thrown.error.message()};
    }
  }
  return std::nullopt;
}

std::optional<Pair> ask_kinds(const std::string& test, const json& row) {
  if (test == "TestIsDML") {
    const StatementType type = preview(text_of(row, "sql"));
    const bool dml = type == StatementType::kInsert || type == StatementType::kReplace ||
                     type == StatementType::kUpdate || type == StatementType::kDelete;
    return Pair{row["want"].get<bool>() ? "dml" : "not", dml ? "dml" : "not"};
  }
  if (test == "TestDDL") {
    const Result<Parsed> parsed = parse(text_of(row, "query"));
    if (!parsed.ok()) return Pair{"", parsed.error().message()};
    json got = json::array();
    for (const TableName& table : tables_of(*parsed->statement)) got.push_back(table.name);
    return Pair{row["affected"].dump(), got.dump()};
  }
  return std::nullopt;
}

// Tables of which there is nothing to ask here, and why.
const std::map<std::string, std::string> kNotAsked = {
    {"TestSplitAndExpression", "the planner's: vtgate/plan"},
    {"TestAndExpressions", "the planner's: vtgate/plan"},
    {"TestRewritePredicate", "the planner's: vtgate/plan"},
    {"TestSimplifyExpression", "the planner's: vtgate/plan"},
    {"TestTableFromStatement",
     "a function of the Go library with texts of its own; tables_of answers it"},
    {"TestParseTable", "a function of the Go library"},
    {"TestGetTableName", "takes Go values"},
    {"TestIsNull", "takes Go values"},
    {"TestSQLTypeToQueryType", "takes Go values; types and schema test the mapping"},
    {"TestColumns_Indexes", "takes Go values"},
    {"TestColumns_FindColumn", "takes Go values"},
    {"TestHexDecode", "a function of the Go library; normalize decodes x'' (TestNormalize)"},
    {"TestCompliantName", "names of arguments are asked through redaction: parser_test"},
    {"TestExtractMysqlComment",
     "the lexer reads executed comments in place: TestVersion, parser_test"},
    {"TestConvertMySQLVersion", "a function of the Go library; versions are numbers here"},
    {"TestConsolidator", "the tablet's: vttablet/query"},
    {"TestEncodable", "takes Go values; SqlTemplate is filled in by those who run it"},
    {"TestGenerateQuery", "takes Go values; SqlTemplate is filled in by those who run it"},
    {"TestParseAndBind", "a formatter of the Go library"},
    {"TestCastBindVars", "takes Go values"},
    {"TestBuildParsedQuery", "a formatter of the Go library"},
    {"TestTrackedBufferMyprintf", "a formatter of the Go library"},
    {"TestNormalizeAlphabetically", "of a test harness: no statement is ordered so here"},
    {"TestQueryMatchesTemplates", "of a test harness: no statement is ordered so here"},
};

TEST(Corpus, Tables) {
  SKIP_WITHOUT_CORPORA();
  int asked = 0, failed = 0;
  run(
      "sqlparser_tables",
      [&](const json& record) -> std::string {
        const std::string test = text_of(record, "test");
        std::optional<Pair> answer;
        for (const auto ask :
             {ask_texts, ask_trees, ask_tokens, ask_directives, ask_rewrites, ask_kinds}) {
          if (!answer.has_value()) answer = ask(test, record["case"]);
        }
        if (!answer.has_value())
          return kNotAsked.contains(test) ? "" : test + " is neither asked nor listed";
        ++asked;
        if (answer->first == answer->second) return {};
        ++failed;
        return compare(test + " " + record["case"].dump(), answer->first, answer->second);
      },
      20);
  std::cout << "[corpus] tables asked: " << asked << ", failed " << failed << "\n";
  EXPECT_EQ(failed, 0);
  EXPECT_GE(asked, 220);
}

}  // namespace
}  // namespace vif::sql
