#include "vtgate/client_charset.h"

#include <cstdlib>

#include <algorithm>

#include "mysql/packet.h"
#include "sql/lexer.h"
#include "types/collation/collation.h"

namespace vif::vtgate {

namespace {

constexpr uint32_t kBinaryCollation = 63;
constexpr uint32_t kBytesInUtf8 = 4;  // of a character at most

const types::Charset& utf8() {
  static const types::Charset& it = *types::find_charset("utf8mb4");
  return it;
}

bool is_text(const types::Field& field) {
  if (field.type == types::Type::kJson) return true;
  const bool characters = types::is_text(field.type) || field.type == types::Type::kEnum ||
                          field.type == types::Type::kSet;
  return characters && field.charset != kBinaryCollation;
}

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '$' || (c & 0x80) != 0;
}

// Reads a statement in its own character set, in which a character's second byte may be a quote or
// a backslash.
class Converter {
 public:
  Converter(std::string_view text, const types::Charset& charset)
      : text_(text), charset_(charset) {}

  Result<std::string> run() {
    while (!text_.empty()) {
      if (at_binary_literal()) {
        copy_binary_literal();
      } else {
        VIF_TRY(copy_character());
      }
    }
    return std::move(out_);
  }

 private:
  Status copy_character() {
    const std::string_view before = text_;
    const uint32_t point = charset_.next_code_point(text_);
    if (point == types::Charset::kInvalid) return charset_.check(before);
    const char byte = before.front();
    const bool single = before.size() - text_.size() == 1;
    if (single && quote_ == '\0' && (byte == '\'' || byte == '"' || byte == '`')) {
      quote_ = byte;
    } else if (single && quote_ != '\0' && quote_ != '`' && byte == '\\' && !text_.empty()) {
      utf8().append(point, out_);
      const std::string_view escaped = text_;
      const uint32_t next = charset_.next_code_point(text_);
      if (next == types::Charset::kInvalid) return charset_.check(escaped);
      utf8().append(next, out_);
      return {};
    } else if (single && byte == quote_) {
      quote_ = '\0';
    }
    utf8().append(point, out_);
    return {};
  }

  bool at_binary_literal() const {
    constexpr std::string_view kIntroducer = "_binary";
    if (quote_ != '\0' || text_.size() <= kIntroducer.size() ||
        (!out_.empty() && is_word(out_.back())))
      return false;
    for (size_t i = 0; i < kIntroducer.size(); ++i) {
      if ((text_[i] | ('a' <= kIntroducer[i] ? 0x20 : 0)) != kIntroducer[i]) return false;
    }
    const size_t quote = text_.find_first_not_of(" \t\r\n", kIntroducer.size());
    return quote != std::string_view::npos && (text_[quote] == '\'' || text_[quote] == '"');
  }

  void copy_binary_literal() {
    const size_t begin = text_.find_first_of("'\"");
    const char quote = text_[begin];
    std::string_view rest = text_.substr(begin + 1);
    std::string bytes;
    while (!rest.empty()) {
      const std::string_view before = rest;
      charset_.next_code(rest);
      size_t size = before.size() - rest.size();
      const bool quoted = size == 1 && before.front() == quote;
      if (quoted && !before.substr(1).starts_with(quote)) break;
      if (quoted || (size == 1 && before.front() == '\\' && before.size() > 1)) {
        size = 2;
        sql::unescape(before.substr(0, size), quote, false, bytes);
        rest = before.substr(size);
      } else {
        bytes += before.substr(0, size);
      }
    }
    const bool ascii =
        std::all_of(bytes.begin(), bytes.end(), [](char c) { return (c & 0x80) == 0; });
    if (ascii) {
      // As it came: the column may be called by it.
      out_ += text_.substr(0, text_.size() - rest.size());
      text_ = rest;
      return;
    }
    out_ += "_binary X'";
    for (const char c : bytes) out_ += fmt::format("{:02X}", static_cast<uint8_t>(c));
    out_ += "'";
    text_ = rest;
  }

  std::string_view text_;
  const types::Charset& charset_;
  std::string out_;
  char quote_ = '\0';
};

}  // namespace

bool is_spoken_here(const types::Charset& charset) {
  return charset.encoding == types::Encoding::kUtf8 ||
         charset.encoding == types::Encoding::kUtf8Mb3 ||
         charset.encoding == types::Encoding::kBytes;
}

bool can_be_of_client(const types::Charset& charset) {
  return charset.encoding != types::Encoding::kUcs2 &&
         charset.encoding != types::Encoding::kUtf16 &&
         charset.encoding != types::Encoding::kUtf16Le &&
         charset.encoding != types::Encoding::kUtf32;
}

Result<std::string> statement_in_utf8(std::string_view text, const types::Charset& charset) {
  return Converter(text, charset).run();
}

std::string in_utf8(std::string_view text, const types::Charset& charset) {
  return types::convert(text, charset, utf8());
}

types::Field field_in(const types::Field& field, const types::Charset& charset) {
  types::Field out = field;
  for (std::string* name : {&out.name, &out.org_name, &out.table, &out.org_table, &out.database})
    *name = types::convert(*name, utf8(), charset);
  if (!is_text(field) || field.charset == kBinaryCollation) return out;
  out.charset = types::find_collation(charset.default_collation)->id;
  out.column_length = field.column_length / kBytesInUtf8 * charset.max_length;
  return out;
}

Status CharsetSink::columns(uint32_t count, std::string_view packets) {
  std::vector<types::Field> fields = VIF_TRY(mysql::parse_columns(count, packets));
  is_text_.clear();
  for (types::Field& field : fields) {
    is_text_.push_back(is_text(field));
    field = field_in(field, charset_);
  }
  return to_.columns(count, mysql::make_columns(fields));
}

Status CharsetSink::rows(std::string_view packets) {
  block_.clear();
  uint8_t sequence = 0;
  VIF_TRY(splitter_.feed(packets, [&](std::string_view payload) -> Status {
    VIF_TRY(mysql::split_text_row(payload, is_text_.size(), raw_));
    const size_t start = mysql::start_packet(block_);
    for (size_t i = 0; i < raw_.size(); ++i) {
      if (raw_[i].is_null) {
        block_ += '\xfb';
      } else if (is_text_[i]) {
        mysql::append_lenenc_string(block_, types::convert(raw_[i].bytes, utf8(), charset_));
      } else {
        mysql::append_lenenc_string(block_, raw_[i].bytes);
      }
    }
    mysql::finish_packet(block_, start, sequence);
    return {};
  }));
  return block_.empty() ? Status() : to_.rows(block_);
}

}  // namespace vif::vtgate
