// Text of other charsets: in the gate every text is UTF-8 with its collation, whatever its own
// bytes are.
#pragma once

#include <string>
#include <string_view>

#include "eval/node.h"

namespace vif::types {
class Charset;
class Collation;
}  // namespace vif::types

namespace vif::eval {

// The bytes that the server has of the value: a text's in its own charset.
std::string own_bytes(const Datum& d);
// Likewise of a text of that collation, which is UTF-8.
std::string own_bytes(std::string_view text, uint32_t collation);

// Whether every text of the narrow one's charset is one of the wide one's.
bool holds_charset(const types::Collation& wide, const types::Collation& narrow);

// The first `count` characters of UTF-8.
std::string characters(const std::string& text, size_t count);

// Throws SqlError errno 1115.
const types::Charset& charset_named(std::string_view name);
// Throws SqlError errno 1273 for a collation that this server does not have.
uint32_t collation_asked_for(std::string_view name, bool mariadb);
// _latin1 'x': the bytes as text of that charset. Throws SqlError errno 1300 for bytes that are
// none.
Datum introduced(std::string_view bytes, std::string_view charset, bool mariadb);
// The bytes with a question mark for each that is no character.
std::string repaired_utf8(std::string_view bytes);
// CONVERT(x USING charset), and CAST(x AS CHAR(length) CHARACTER SET charset) with a length.
NodePtr make_conversion(NodePtr arg, const types::Charset& to, std::optional<int> length,
                        bool is_cast = false);
// CHAR(... USING charset), of what CHAR(...) gives.
NodePtr make_char_text(NodePtr numbers, const types::Charset& to);
// Bytes that were chosen among texts must be one where a text is asked for. Throws SqlError errno
// 3854.
void check_chosen(const Datum& d);
uint32_t default_collation(const types::Charset& charset);
// WEIGHT_STRING(x [AS CHAR(length)]); integers have the bytes that sort as they do, other numbers
// none.
NodePtr make_weight_string(NodePtr arg, std::optional<int> length);
// Throws SqlError errno 1253 when the collation is of another charset than the value, which is the
// connection's when it is no text.
void check_collation(const Datum& d, uint32_t collation, uint32_t connection_collation);
// As that, by a column's type, though it be NULL.
void check_collation_fits(const Node& text, uint32_t collation);

// The first bytes that are no character, in hexadecimal, as error 1300 shows them.
std::string invalid_bytes(std::string_view bytes, const types::Charset& charset);

}  // namespace vif::eval
