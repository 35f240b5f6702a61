// Statements about the session, the cluster or one server, which have no plan: one file a family.
// They are parsed each time they come.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mysql/result_sink.h"
#include "rt/time.h"
#include "sql/node.h"
#include "types/value.h"
#include "vtgate/executor.h"

namespace vif::sql {
struct ShowFilter;
}

namespace vif::vtgate::statements {

struct Context {
  Executor& executor;
  Session& session;
  const sql::Parsed& parsed;
  const StatementText& text;
  mysql::ResultSink& sink;
  rt::Deadline deadline;
  QueryRecord& record;
};

bool is_session_statement(const sql::Statement& statement, const Session& session);
// REQUIRES: is_session_statement(*context.parsed.statement, context.session)
Status run(Context& context);

// The families, by the name of their file.
Status run_set(Context& context);
Status run_show(Context& context);
Status run_show_vitess(Context& context);
Status run_use(Context& context);
Status run_transaction(Context& context);
Status run_vexplain(Context& context);
Status run_explain(Context& context);
Status run_prepare(Context& context);
Status run_ddl(Context& context);
Status run_database(Context& context);
Status run_server(
    Context& context);  // what one or all servers answer as it is: CALL, ANALYZE, FLUSH, LOAD, ...
Status run_kill(Context& context);
Status run_select_into(Context& context);
// CALL, in a keyspace or shard that has all the data.
Status run_call(Context& context, const std::string& keyspace);
// What a variable is that is given such a value: there are integers, decimals, doubles and text.
types::Value as_user_variable(types::Value value);
// SELECT ... INTO @x
bool selects_into_variables(const sql::Statement& statement);
Status run_system_schema(Context& context);

// Of SET: the client's character set. `also_connection`: SET NAMES, not SET CHARACTER SET. Errors:
// 1115, 1231, 1253, 1273.
Status set_names(Context& context, std::string_view name, std::string_view collate,
                 bool also_connection);
void set_names_to_default(Context& context);
// character_set_client, character_set_results or character_set_connection.
Status set_one_charset(Context& context, std::string_view variable, const types::Value& value);

// A SELECT of information_schema, mysql, performance_schema or sys, and of nothing else.
bool asks_system_schemas_only(const sql::Statement& statement, const Session& session);

// Answers.
Status answer_ok(Context& context, mysql::ResultEnd end = {});
Status answer_rows(Context& context, std::vector<types::Field> fields,
                   std::vector<types::Row> rows);
types::Field text_field(std::string name);
types::Field integer_field(std::string name);

// LIKE and simple WHERE conditions of a SHOW that the gate answers. `like_column` is the one that
// LIKE means. Errors: VT12001 for a condition that is not understood.
Result<std::vector<types::Row>> filter_rows(const sql::ShowFilter* filter,
                                            const std::vector<types::Field>& fields,
                                            std::vector<types::Row> rows, size_t like_column = 0);
// As MySQL's LIKE, without regard to ASCII case.
bool matches_like(std::string_view pattern, std::string_view text);

// Sets the session's target from USE's text ("ks", "ks:-80@replica", ""). Errors: VT05003, an
// unknown tablet type.
Status set_target(Executor& executor, Session& session, std::string_view target);

// Where a statement goes that is not planned.
enum class Where : uint8_t { kAnyShard, kAllShards };
// `qualifier`, or the session's keyspace. Errors: VT09005 when there is neither, VT05003.
Result<std::string> keyspace_or_error(const Context& context, std::string_view qualifier);
// The session's keyspace, or when none was chosen any that is served: for questions that every
// server answers alike.
Result<std::string> any_keyspace(const Context& context);
// Sends `sql` there; of many answers the first shard's goes to the sink, affected rows added up. A
// shard that USE named wins over `where`.
// `reserve`: on a connection that the session keeps from then on.
Status send(Context& context, std::string_view keyspace, Where where, std::string_view sql,
            engine::Effect effect, mysql::ResultSink& sink, bool reserve = false);
// The same to the client.
Status relay(Context& context, std::string_view keyspace, Where where, std::string_view sql,
             engine::Effect effect = engine::Effect::kRead);
// Databases that every server has: information_schema, mysql, performance_schema, sys.
bool is_system_schema(std::string_view name);
// The keyspace that a table lives in; any that is served for a table of a system schema. Errors:
// VT09005, VT05003.
Result<std::string> keyspace_of_table(const Context& context, std::string_view qualifier,
                                      std::string_view table);
// The keyspace that a statement's tables live in. Errors: VT09005; VT12001 for tables of two
// keyspaces.
Result<std::string> keyspace_of_tables(const Context& context, const sql::Statement& statement);
// The statement's text for a server: without the keyspace's name before tables.
std::string text_for_server(const Context& context, const sql::Statement& statement);

}  // namespace vif::vtgate::statements
