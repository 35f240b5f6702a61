// COM_QUERY: one statement, or several.

#include <functional>
#include <optional>

#include "mysql/commands.h"
#include "sql/fingerprint.h"
#include "sql/split.h"
#include "vtgate/client_charset.h"
#include "vtgate/commands/commands.h"

namespace vif::vtgate::commands {

namespace {

Status run_one(Command& command, const StatementText& text, bool more) {
  mysql::ClientResultSink sink(command.connection, more);
  command.process.sql = text.sql;
  std::optional<CharsetSink> converting;
  if (command.session.results_charset) converting.emplace(sink, *command.session.results_charset);
  const auto work = [&] {
    return converting ? command.executor.execute(command.session, text, *converting)
                      : command.executor.execute(command.session, text, sink);
  };
  const Status done = run_interruptibly(command, std::ref(work));  // by reference: no allocation
  if (done.ok() && sink.row_count() > 0 && !command.session.found_rows_counted) {
    command.session.found_rows = sink.row_count();
  }
  return done;
}

// The length of a statement that goes on behind its first ';': that of a routine's body.
std::optional<size_t> routine_length(const Command& command, std::string_view sql,
                                     const sql::Fingerprint& print) {
  const auto first = sql::split_first(sql, command.session.sql_mode);
  if (!first.ok() || first->statement.size() == print.statement_length) return std::nullopt;
  return first->statement.size();
}

bool has_statement(std::string_view sql, const sql::SqlMode& mode) {
  const auto statements = sql::split_statements(sql, mode);
  return !statements.ok() || !statements->empty();
}

}  // namespace

Status query(Command& command) {
  const mysql::QueryCommand parsed =
      VIF_TRY(mysql::parse_query(command.payload, command.connection.capabilities()));
  const bool multi = command.connection.has(mysql::cap::kMultiStatements);
  const types::BindVariables no_variables;
  std::string_view rest = parsed.sql;
  std::string converted;
  if (command.session.client_charset)
    rest = converted = VIF_TRY(statement_in_utf8(rest, *command.session.client_charset));
  sql::Fingerprint print;
  while (true) {
    sql::fingerprint(rest, command.session.sql_mode, print);
    bool more = print.ok && print.has_more && multi;
    std::string_view sql = rest;
    if (const std::optional<size_t> body =
            more ? routine_length(command, rest, print) : std::nullopt) {
      print.ok = false;
      print.statement_length = static_cast<uint32_t>(*body);
      sql = rest.substr(0, *body);
      more = has_statement(rest.substr(*body), command.session.sql_mode);
    } else if (print.ok && (more || !print.has_more)) {
      sql = rest.substr(0, print.statement_length);
    } else {
      // Several statements that the client may not send, or a text that does not lex: the parser
      // says what is wrong.
      print.ok = false;
    }
    VIF_TRY(run_one(command, {sql, print, no_variables}, more));
    if (!more) return {};
    rest.remove_prefix(print.statement_length);
    if (rest.starts_with(';')) rest.remove_prefix(1);
  }
}

}  // namespace vif::vtgate::commands
