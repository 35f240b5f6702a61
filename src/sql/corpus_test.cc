// The interface corpora: Vitess's own cases as data. Each test prints how many of a file's cases
// hold, with the first that do not, and holds a floor that may only rise. Without the corpora they
// skip.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>

#include "sql/corpus_test.h"
#include "sql/fingerprint.h"
#include "sql/normalize.h"
#include "sql/parser.h"
#include "sql/printer.h"
#include "sql/split.h"
#include "sql/tree.h"

namespace vif::sql {

namespace corpus {

std::filesystem::path corpora() {
  const char* set = std::getenv("VIF_CORPORA");
  return std::filesystem::path(set != nullptr ? set : "../shared/corpora") / "open";
}

Score run(const std::string& file, const Check& check, int shown_max) {
  Score score;
  std::ifstream in(corpora() / (file + ".jsonl"));
  std::string line;
  while (std::getline(in, line)) {
    const json record = json::parse(line, nullptr, false);
    if (record.is_discarded()) continue;
    const std::string difference = check(record);
    if (difference.empty()) {
      ++score.passed;
    } else if (++score.failed <= shown_max) {
      std::cout << file << ": " << difference << "\n";
    }
  }
  std::cout << "[corpus] " << file << ": " << score.passed << " of " << score.passed + score.failed
            << "\n";
  return score;
}

std::string text_of(const json& record, const char* key) {
  return record.contains(key) && record[key].is_string() ? record[key].get<std::string>()
                                                         : std::string();
}

std::string compare(const std::string& input, const std::string& want, const std::string& got) {
  if (want == got) return {};
  return input + "\n   want " + want + "\n   got  " + got;
}

}  // namespace corpus

namespace {

using corpus::compare;
using corpus::corpora;
using corpus::json;
using corpus::run;
using corpus::Score;
using corpus::text_of;

int version_number(const std::string& version) {
  int major = 0, minor = 0, patch = 0;
  std::sscanf(version.c_str(), "%d.%d.%d", &major, &minor, &patch);
  return major * 10000 + minor * 100 + patch;
}

ParseOptions options_of(const json& record) {
  ParseOptions options;
  options.strict_ddl = text_of(record, "mode") == "strict_ddl";
  if (const std::string version = text_of(record, "mysql_version"); !version.empty()) {
    options.mysql_version = version_number(version);
  }
  return options;
}

// Vitess refuses these; MySQL has them, and so have we.
bool beyond_vitess(const std::string& input) {
  for (const char* construct : {" sounds like ", "{fn ", "{ oj ", "signed int)", "(all "}) {
    if (input.find(construct) != std::string::npos) return true;
  }
  return false;
}

// Canonical text, exactly; and what was printed parses to the same tree.
std::string check_output(const json& record) {
  const std::string input = text_of(record, "input");
  const ParseOptions options = options_of(record);
  const Result<Parsed> parsed = parse(input, options);
  if (record.contains("error")) {
    if (parsed.ok() && beyond_vitess(input)) return {};
    return compare(input, text_of(record, "error"),
                   parsed.ok() ? "parsed: " + print(parsed->statement) : parsed.error().message());
  }
  if (!parsed.ok()) return compare(input, text_of(record, "output"), parsed.error().message());
  if (!record.contains("output") || !record["output"].is_string()) return {};
  return compare(input, text_of(record, "output"), print(parsed->statement));
}

TEST(Corpus, Valid) {
  SKIP_WITHOUT_CORPORA();
  EXPECT_GE(run("sqlparser_valid", check_output).passed, 1048);
}

// What does not hold, with the reason.
const std::map<std::string, std::string> kDeparts = {
    {"select 5 between 0 and 10 between 0 and 1,(5 between 0 and 10) between 0 and 1;",
     "Vitess drops parentheses that the second needs: its text means the first"},
    {"select * from имя_таблицы_в_кодировке_утф8_длиной_больше_чем_48;",
     "names outside of ASCII: MySQL reads them"},
};

TEST(Corpus, Testdata) {
  SKIP_WITHOUT_CORPORA();
  int departs = 0;
  const Score score = run("sqlparser_testdata", [&](const json& record) -> std::string {
    std::string difference = check_output(record);
    if (difference.empty() || !kDeparts.contains(text_of(record, "input"))) return difference;
    ++departs;
    return {};
  });
  EXPECT_EQ(score.failed, 0);
  EXPECT_EQ(departs, 2);
}

TEST(Corpus, Traces) {
  SKIP_WITHOUT_CORPORA();
  EXPECT_GE(run("sqlparser_traces", check_output).passed, 540);
}

TEST(Corpus, Invalid) {
  SKIP_WITHOUT_CORPORA();
  const Score score = run("sqlparser_invalid", [](const json& record) -> std::string {
    const std::string input = text_of(record, "input");
    const Result<Parsed> parsed = parse(input, options_of(record));
    if (parsed.ok()) return input + "\n   parsed: " + print(parsed->statement);
    const std::string match = text_of(record, "match");
    const std::string want = text_of(record, "error");
    const std::string& got = parsed.error().message();
    if (match == "exact") return compare(input, want, got);
    if (match == "position") {
      return error_position(parsed.error()) == record["pos"].get<int>() ? "" : input + ": " + got;
    }
    return got.find(want) != std::string::npos ? "" : compare(input, want, got);
  });
  EXPECT_GE(score.passed, 73);
}

TEST(Corpus, Keywords) {
  SKIP_WITHOUT_CORPORA();
  const Score score = run("sqlparser_keywords", [](const json& record) -> std::string {
    const std::string word = text_of(record, "word");
    bool quoted = record["reserved_in_mysql84"].get<bool>();
    for (const char* extra : {"ESCAPE", "NEXT", "OFF", "SAVEPOINT", "SQL_NO_CACHE"})
      quoted = quoted || word == extra;
    const std::string name = quoted ? "`" + word + "`" : word;
    ParseOptions strict;
    strict.strict_ddl = true;
    const Result<Parsed> parsed = parse("create table " + name + "(c1 int)", strict);
    return parsed.ok() ? "" : word + ": " + parsed.error().message();
  });
  EXPECT_GE(score.passed, 453);
}

TEST(Corpus, Multi) {
  SKIP_WITHOUT_CORPORA();
  const Score score = run("sqlparser_multi", [](const json& record) -> std::string {
    const std::string op = text_of(record, "op");
    const std::string input = text_of(record, "input");
    if (op == "split_statement_to_pieces" || op == "split_to_pieces") {
      const auto pieces = split_statements(input);
      if (!pieces.ok())
        return record.contains("error") ? "" : input + ": " + pieces.error().message();
      std::string joined;
      for (std::string_view piece : *pieces) {
        if (!joined.empty()) joined += ';';
        joined += piece;
      }
      if (record.contains("lenWanted") && record["lenWanted"].get<size_t>() != 0 &&
          pieces->size() != record["lenWanted"].get<size_t>()) {
        return input + ": " + std::to_string(pieces->size()) + " pieces";
      }
      const std::string want = record.contains("output") ? text_of(record, "output") : input;
      return compare(input, want, joined);
    }
    if (op.starts_with("parse_multiple") && op != "parse_multiple_skip_special_comments" &&
        record.contains("want")) {
      const auto pieces = split_statements(input);
      if (!pieces.ok()) return input + ": " + pieces.error().message();
      std::vector<std::string> want = record["want"].get<std::vector<std::string>>();
      std::erase(want, "");
      std::vector<std::string> got;
      for (std::string_view piece : *pieces) {
        const Result<Parsed> parsed = parse(piece);
        got.push_back(parsed.ok() ? print(parsed->statement) : parsed.error().message());
      }
      if (got == want) return {};
      return input + ": " + json(got).dump();
    }
    if (op == "parse_multiple_ignore_empty") {
      const auto pieces = split_statements(input);
      bool good = pieces.ok();
      for (size_t i = 0; good && i < pieces->size(); ++i) good = parse((*pieces)[i]).ok();
      if (record.contains("wantErr")) return good ? input + ": no error" : "";
      return good && pieces->size() == record["stmts"].get<size_t>()
                 ? ""
                 : input + ": not parsed, or not so many";
    }
    if (op == "empty_error_and_comments") {
      const Result<Parsed> parsed = parse(input);
      const std::string want =
          record.contains("err") ? text_of(record["err"], "error") : text_of(record, "output");
      return compare(input, want,
                     parsed.ok() ? print(parsed->statement) : parsed.error().message());
    }
    return {};
  });
  EXPECT_GE(score.passed, 25);
}

types::Value value_of(const json& value) {
  types::Value out;
  out.type = types::type_from_name(value["type"].get<std::string>()).value_or(types::Type::kNull);
  if (value.contains("value") && value["value"].is_string())
    out.bytes = value["value"].get<std::string>();
  return out;
}

TEST(Corpus, Normalize) {
  SKIP_WITHOUT_CORPORA();
  const Score score = run("sqlparser_normalize", [](const json& record) -> std::string {
    const std::string input = text_of(record, "in");
    Result<Parsed> parsed = parse(input);
    if (!parsed.ok()) return input + ": " + parsed.error().message();
    NormalizeOptions options;
    options.prefix = text_of(record, "prefix");
    options.keyspace = text_of(record, "keyspace");
    options.parameterize = record.value("parameterize", true);
    const Result<Normalized> normalized = normalize(*parsed, options);
    if (record.contains("error")) {
      return compare(input, text_of(record, "error"),
                     normalized.ok() ? "no error" : normalized.error().message());
    }
    if (!normalized.ok()) return input + ": " + normalized.error().message();
    std::string difference = compare(input, text_of(record, "out"), print(parsed->statement));
    if (!difference.empty()) return difference;
    types::BindVariables want;
    for (const auto& [name, value] : record["bindvars"].items()) {
      if (value.contains("values")) {
        std::vector<types::Value> list;
        for (const json& item : value["values"]) list.push_back(value_of(item));
        want[name] = types::BindVariable::tuple(list);
      } else {
        want[name] = types::BindVariable(value_of(value));
      }
    }
    if (want != normalized->bind_variables) return input + ": bind variables differ";
    // From the literals alone it must be the same.
    Fingerprint print_of;
    fingerprint(input, SqlMode{}, print_of);
    if (want != bind_literals(normalized->arguments, input, print_of))
      return input + ": bind_literals differs";
    return {};
  });
  EXPECT_GE(score.passed, 28);
}

TEST(Corpus, Rewrite) {
  SKIP_WITHOUT_CORPORA();
  const Result<Parsed> view = parse(
      "select user.id, user.name, user_extra.salary from user join user_extra where user.id = "
      "user_extra.user_id");
  ASSERT_TRUE(view.ok());
  auto find = [&](const TableName& table) -> const TableStatement* {
    return table.name == "user_details" ? static_cast<const TableStatement*>(view->statement)
                                        : nullptr;
  };
  FunctionRef<const TableStatement*(const TableName&)> find_view(find);
  const Score score = run("sqlparser_rewrite", [&](const json& record) -> std::string {
    const std::string input = text_of(record, "in");
    Result<Parsed> parsed = parse(input);
    const Result<Parsed> expected = parse(text_of(record, "expected"));
    if (!parsed.ok() || !expected.ok()) return input + ": does not parse";
    NormalizeOptions options;
    options.prefix = "v";
    options.keyspace = text_of(record, "keyspace");
    options.parameterize = false;
    options.set_var_comment = text_of(record, "setVarComment");
    options.find_view = &find_view;
    if (record.contains("sysVar") && record["sysVar"].is_object()) {
      for (const auto& [name, value] : record["sysVar"].items())
        options.system_variables.insert(name);
    }
    const Result<Normalized> normalized = normalize(*parsed, options);
    if (!normalized.ok()) return input + ": " + normalized.error().message();
    return compare(input, print(expected->statement), print(parsed->statement));
  });
  EXPECT_GE(score.passed, 63);
}

// Calls `visit` for each query text that a file's records hold.
void each_query(const json& record, const std::function<void(const std::string&)>& visit) {
  if (record.contains("query")) visit(text_of(record, "query"));
  if (record.contains("input")) visit(text_of(record, "input"));
  if (!record.contains("stmts")) return;
  for (const json& statement : record["stmts"]) {
    const std::string op = text_of(statement, "op");
    // Some tests send what must fail, and some send several statements at once.
    const bool plain = op == "Exec" || op == "ExecAssert" || op.starts_with("AssertMatches") ||
                       op == "AssertIsEmpty" || op == "ExecWithColumnCompare" ||
                       op == "ExecNoCompare";
    if (plain && !statement.contains("template")) visit(text_of(statement, "q"));
  }
}

std::vector<std::string> query_files() {
  std::vector<std::string> files = {"planner_cases", "vttablet_plan_cases", "vtexplain_cases"};
  if (!std::filesystem::exists(corpora())) return files;
  for (const auto& entry : std::filesystem::directory_iterator(corpora())) {
    const std::string stem = entry.path().stem();
    if (stem.starts_with("e2e_")) files.push_back(stem);
  }
  return files;
}

TEST(Corpus, EveryQueryParses) {
  SKIP_WITHOUT_CORPORA();
  int passed = 0, failed = 0;
  for (const std::string& file : query_files()) {
    run(file, [&](const json& record) -> std::string {
      std::string difference;
      const bool may_fail = record.contains("error");
      each_query(record, [&](const std::string& query) {
        if (query.empty()) return;
        const auto pieces = split_statements(query);
        if (!pieces.ok()) {
          ++failed;
          difference = query + ": " + pieces.error().message();
          return;
        }
        for (std::string_view piece : *pieces) {
          const Result<Parsed> parsed = parse(piece);
          if (parsed.ok() || may_fail) {
            ++passed;
          } else {
            ++failed;
            difference = std::string(piece) + ": " + parsed.error().message();
          }
        }
      });
      return difference;
    });
  }
  std::cout << "[corpus] queries that parse: " << passed << " of " << passed + failed << "\n";
  EXPECT_EQ(failed, 0);
}

TEST(Corpus, EverySchemaParses) {
  SKIP_WITHOUT_CORPORA();
  int failed = 0;
  const auto check = [&](const json& record) -> std::string {
    std::string difference;
    const auto one = [&](const std::string& text) {
      const auto pieces = split_statements(text);
      if (!pieces.ok()) return;
      for (std::string_view piece : *pieces) {
        const Result<Parsed> parsed = parse(piece);
        if (!parsed.ok()) {
          ++failed;
          difference = std::string(piece) + ": " + parsed.error().message();
        }
      }
    };
    for (const char* key : {"from", "to", "diff", "cdiff", "alter", "schema", "table", "view"})
      one(text_of(record, key));
    for (const char* key : {"queries", "from_queries", "to_queries", "diffs", "cdiffs"}) {
      if (!record.contains(key) || !record[key].is_array()) continue;
      for (const json& item : record[key]) {
        if (item.is_string()) one(item.get<std::string>());
      }
    }
    return difference;
  };
  for (const char* file :
       {"schemadiff_diff", "schemadiff_apply", "schemadiff_normalize", "schemadiff_schema"})
    run(file, check);
  EXPECT_LE(failed, 0);
}

// The query with its whole numbers and plain strings changed: all alike, or each another, or every
// second one.
std::string with_other_literals(const std::string& query, const Fingerprint& print_of, int how) {
  std::string changed = query;
  for (size_t i = print_of.literals.size(); i-- > 0;) {
    const LiteralRef& literal = print_of.literals[i];
    if (literal.kept || literal.kind > TokenLiteral::kInt || literal.kind == TokenLiteral::kNString)
      continue;
    const std::string number = how == 0 ? "7" : std::to_string(how == 1 ? i + 10 : i / 2 + 10);
    const bool is_string = literal.kind == TokenLiteral::kString;
    changed.replace(literal.offset, literal.length, is_string ? "'s" + number + "'" : number);
  }
  return changed;
}

// Why the printed text does not parse to the same tree; empty if it does.
std::string round_trip(const std::string& query, const Parsed& parsed) {
  const std::string text = print(parsed.statement, PrintStyle::kMysql);
  // DDL that was cut off is not what it was.
  ParseOptions strict;
  strict.strict_ddl = true;
  const bool opaque = !parse(query, strict).ok();
  const Result<Parsed> again = parse(text);
  if (!opaque && (!again.ok() || !equal(parsed.statement, again->statement))) {
    return "round trip: " + query + "\n   " + text + "\n   " +
           (again.ok() ? print(again->statement, PrintStyle::kMysql) : again.error().message());
  }
  return {};
}

// Properties over all queries at hand.
TEST(Corpus, Properties) {
  SKIP_WITHOUT_CORPORA();
  std::map<uint64_t, std::string> normal_forms;  // of each fingerprint
  int trees = 0, prints = 0, mismatched = 0;
  // Texts of one fingerprint have one normal form, and their literals give its bind variables.
  const auto same_form = [&](const std::string& query) -> std::string {
    Result<Parsed> parsed = parse(query);
    if (!parsed.ok()) return {};
    const Result<Normalized> normalized = normalize(*parsed);
    if (!normalized.ok()) return {};
    ++prints;
    Fingerprint print_of;
    fingerprint(query, SqlMode{}, print_of);
    const std::string normal =
        print(parsed->statement, PrintStyle::kMysql) + print(parsed->statement);
    const auto [known, is_new] = normal_forms.emplace(print_of.hash, normal);
    if (!is_new && known->second != normal) {
      ++mismatched;
      return "same fingerprint: " + normal + "\n   " + known->second;
    }
    if (bind_literals(normalized->arguments, query, print_of) == normalized->bind_variables)
      return {};
    ++mismatched;
    return "literals do not give the bind variables: " + query;
  };
  const auto one = [&](const std::string& query) -> std::string {
    Result<Parsed> parsed = parse(query);
    if (!parsed.ok()) return {};
    ++trees;
    std::string difference = round_trip(query, *parsed);
    Arena arena;
    const Statement* copy = clone(arena, parsed->statement);
    EXPECT_TRUE(equal(copy, parsed->statement)) << query;
    EXPECT_EQ(hash(copy), hash(parsed->statement)) << query;
    Fingerprint print_of;
    fingerprint(query, SqlMode{}, print_of);
    EXPECT_TRUE(print_of.ok || query.find('{') != std::string::npos) << query;
    if (print_of.has_more || !print_of.ok) return difference;
    for (int how = -1; how < 3; ++how) {
      const std::string found =
          same_form(how < 0 ? query : with_other_literals(query, print_of, how));
      if (!found.empty()) difference = found;
    }
    return difference;
  };
  int failed = 0;
  std::vector<std::string> files = query_files();
  for (const char* more : {"sqlparser_valid", "sqlparser_testdata", "sqlparser_traces"})
    files.emplace_back(more);
  for (const std::string& file : files) {
    failed += run(
                  file,
                  [&](const json& record) -> std::string {
                    std::string difference;
                    each_query(record, [&](const std::string& query) {
                      const std::string found = one(query);
                      if (!found.empty()) difference = found;
                    });
                    return difference;
                  },
                  8)
                  .failed;
  }
  std::cout << "[corpus] round trips of " << trees << ", fingerprints of " << prints << ", failed "
            << failed << "\n";
  EXPECT_EQ(mismatched, 0);
  // A union whose right side is a union prints flat, as Vitess has it: the same rows, another tree.
  EXPECT_LE(failed, 1);
}

}  // namespace
}  // namespace vif::sql
