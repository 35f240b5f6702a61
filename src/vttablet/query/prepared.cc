#include "vttablet/query/prepared.h"

#include "base/bytes.h"

namespace vif::vttablet {
namespace {

// A longer text is not worth the memory of keeping it on each connection.
constexpr size_t kTextMax = 16 << 10;

// What servers say of a statement that they do not know any more, or cannot run as they prepared
// it.
constexpr int kUnknownStatement = 1243;
constexpr int kNeedsReprepare = 1615;

Error not_prepared() {
  return Error(Code::kUnimplemented, "the server has not prepared this statement");
}

}  // namespace

Status PreparedStatements::execute(mysql::ClientConnection& wire, std::string_view sql,
                                   std::string_view parameters, mysql::ResultSink& sink,
                                   rt::Deadline deadline) {
  const auto statement = VIF_TRY(find_or_prepare(wire, sql, deadline));
  // The caller may have read the text by other rules than the server does (comments with a
  // version).
  ByteReader reader(parameters);
  if (reader.u16() != statement->parameters || !reader.ok()) return not_prepared();
  const Status done = wire.execute_raw(statement->id, reader.rest(), sink, deadline);
  if (done.ok()) return done;
  const int number = done.error().mysql_errno();
  if (number != kUnknownStatement && number != kNeedsReprepare) return done;
  by_text_.erase(statement->sql);
  by_use_.erase(statement);
  return not_prepared();
}

void PreparedStatements::forget(mysql::ClientConnection& wire) {
  for (const Entry& entry : by_use_) wire.close_statement(entry.id);
  by_text_.clear();
  by_use_.clear();
}

Result<PreparedStatements::Entries::iterator> PreparedStatements::find_or_prepare(
    mysql::ClientConnection& wire, std::string_view sql, rt::Deadline deadline) {
  if (const auto found = by_text_.find(sql); found != by_text_.end()) {
    by_use_.splice(by_use_.begin(), by_use_, found->second);
    return found->second;
  }
  if (sql.size() > kTextMax) return not_prepared();
  const Result<mysql::Prepared> prepared = wire.prepare(sql, deadline);
  // A statement that is wrong is told so by its text.
  if (!prepared.ok()) return wire.usable() ? not_prepared() : prepared.error();
  if (by_text_.size() >= kMost) {
    wire.close_statement(by_use_.back().id);
    by_text_.erase(by_use_.back().sql);
    by_use_.pop_back();
  }
  by_use_.push_front({std::string(sql), prepared->id, prepared->parameters});
  by_text_.emplace(by_use_.front().sql, by_use_.begin());
  return by_use_.begin();
}

}  // namespace vif::vttablet
