// Clients of other character sets than UTF-8: the gate and its servers speak utf8mb4, and what
// comes from such a client or goes to it is converted here, as a server does for its own clients.
// Literals are in the connection's character set all the same, because the servers are told
// collation_connection.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mysql/result_sink.h"
#include "mysql/rows.h"
#include "types/collation/charset.h"

namespace vif::vtgate {

// Does a client of this character set need no conversion? UTF-8's, and bytes.
bool is_spoken_here(const types::Charset& charset);
// Servers lex their clients' text byte by byte: ucs2, utf16 and utf32 cannot be a client's.
bool can_be_of_client(const types::Charset& charset);

// A statement's text in utf8mb4. The bytes of a literal `_binary'...'` stay what they are. Errors:
// 1300 for bytes that are no characters.
Result<std::string> statement_in_utf8(std::string_view text, const types::Charset& charset);
// A name or a parameter's value.
std::string in_utf8(std::string_view text, const types::Charset& charset);

// Passes a result of the text protocol on in the client's character set; binary strings stay as
// they are.
class CharsetSink final : public mysql::ResultSink {
 public:
  CharsetSink(mysql::ResultSink& to, const types::Charset& charset) : to_(to), charset_(charset) {}
  Status columns(uint32_t count, std::string_view packets) override;
  Status rows(std::string_view packets) override;
  Status end(const mysql::ResultEnd& end) override { return to_.end(end); }

 private:
  mysql::ResultSink& to_;
  const types::Charset& charset_;
  std::vector<char> is_text_;  // by column
  mysql::RowSplitter splitter_;
  std::vector<mysql::RawColumn> raw_;
  std::string block_;
};

// What a column's definition says to such a client.
types::Field field_in(const types::Field& field, const types::Charset& charset);

}  // namespace vif::vtgate
