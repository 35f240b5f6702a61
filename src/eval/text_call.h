// What string functions share: characters, and the text and collation of a result.
#pragma once

#include <initializer_list>

#include "eval/function.h"

namespace vif::eval {

// max_allowed_packet's default: longer results are NULL.
inline size_t length_max(const Context& context) {
  constexpr size_t kOfMysql = 1 << 26;
  constexpr size_t kOfMariadb = 1 << 24;
  return context.env.mariadb ? kOfMariadb : kOfMysql;
}
// With its warning.
Datum too_long(std::string_view function, const Context& context);

bool counts_bytes(const Datum& d);
// Characters of `text`, which is `d`'s.
size_t character_count(const Datum& d, const std::string& text);
// The byte at which character `index` starts; the end when there are fewer.
size_t offset_of(const Datum& d, const std::string& text, size_t index);

// All the arguments up to the first NULL; true when there is one.
bool any_null(const Call& call, std::vector<Datum>& values);
// A result made of `d`'s characters.
Datum like(const Datum& d, std::string text, const Call& call);
// Several texts as one: bytes win, else the collations merge.
Datum joined(const std::vector<const Datum*>& parts, std::string text, const Call& call);
// Makes the others what the subject is: bytes of all when it is bytes, else text of its charset
// (error 3854 when they are none). Beside a subject that is no Unicode, firmer texts stay.
// To MariaDB the subject is one of them all.
void settle(const Call& call, Datum& subject, std::initializer_list<Datum*> others);

StaticType text_type(const Call& call);        // of all the arguments together
StaticType later_text_type(const Call& call);  // of all but the first
StaticType two_text_type(const Call& call);    // of the first two
StaticType first_type(const Call& call);       // of the first
StaticType plain_text_type(const Call& call);  // of the connection
StaticType bytes_type(const Call& call);

inline constexpr uint32_t kTextOfNumbers = 46;  // utf8mb4_bin

}  // namespace vif::eval
