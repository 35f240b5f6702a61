// One value of the binary protocol, to and from the text protocol's form.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "types/value.h"

namespace vif::mysql {

// `type` is a column type byte. A text that is no value of the type becomes zero.
void append_binary_value(std::string& out, uint8_t type, std::string_view text);

// The field's value, in text form, appended to `text`. Fails the reader on malformed bytes.
void read_binary_value(ByteReader& reader, const types::Field& field, std::string& text);

// Dates and times, which rows and statement parameters share. `decimals` digits of a fraction; more
// than 6: as many as needed (none, or six).
void read_binary_datetime(ByteReader& reader, bool date_only, uint32_t decimals, std::string& text);
void read_binary_time(ByteReader& reader, uint32_t decimals, std::string& text);

}  // namespace vif::mysql
