#define OPENSSL_SUPPRESS_DEPRECATED  // DES is what Vitess's hash is
#include "sharding/vindexes/functions.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>

#include <openssl/des.h>
#include <openssl/evp.h>
#include <xxhash.h>

namespace vif::sharding {
namespace {

Error invalid(std::string message) { return Error(Code::kInvalidArgument, std::move(message)); }

const DES_key_schedule& null_key() {
  static const DES_key_schedule schedule = [] {
    DES_key_schedule made;
    DES_cblock key = {};
    DES_set_key_unchecked(&key, &made);
    return made;
  }();
  return schedule;
}

uint64_t des(uint64_t value, int direction) {
  DES_cblock in;
  DES_cblock out;
  std::memcpy(in, big_endian_bytes(value).data(), 8);
  DES_key_schedule schedule = null_key();
  DES_ecb_encrypt(&in, &out, &schedule, direction);
  return from_big_endian({reinterpret_cast<const char*>(out), 8});
}

// Go prints a []byte with %v as "[1 2 3]".
std::string go_byte_list(std::string_view bytes) {
  std::string out = "[";
  for (const unsigned char c : bytes) {
    if (out.size() > 1) out += ' ';
    out += std::to_string(c);
  }
  return out + "]";
}

Result<std::string> bit_number_bytes(std::string_view text) {
  if (text.size() < 3 || !text.starts_with("0b"))
    return invalid("invalid bit number: " + go_byte_list(text));
  std::string_view bits = text.substr(2);
  if (bits.find_first_not_of("01") != std::string_view::npos)
    return invalid("invalid bit number: " + go_byte_list(text));
  bits.remove_prefix(std::min(bits.find('1'), bits.size()));
  std::string out((bits.size() + 7) / 8, '\0');
  for (size_t i = 0; i < bits.size(); ++i) {
    if (bits[bits.size() - 1 - i] == '1')
      out[out.size() - 1 - i / 8] |= static_cast<char>(1 << i % 8);
  }
  return out;
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\v' || c == '\f' || c == '\r';
}

std::string quoted(std::string_view text) { return fmt::format("\"{}\"", text); }

}  // namespace

Result<std::string> value_bytes(const types::Value& value) {
  const std::string_view text = value.bytes;
  switch (value.type) {
    case types::Type::kExpression: return invalid("expression cannot be converted to bytes");
    case types::Type::kHexVal:
      if (text.size() < 3 || (text[0] != 'x' && text[0] != 'X') || text[1] != '\'' ||
          text.back() != '\'') {
        return invalid("invalid hex value: " + go_byte_list(text));
      }
      return from_hex(text.substr(2, text.size() - 3));
    case types::Type::kHexNum:
      if (text.size() < 3 || !text.starts_with("0x"))
        return invalid("invalid hex number: " + go_byte_list(text));
      return from_hex(text.substr(2));
    case types::Type::kBitNum: return bit_number_bytes(text);
    default: return value.bytes;
  }
}

Result<uint64_t> value_uint64(const types::Value& value) {
  const std::string_view text = value.bytes;
  if (text.empty()) return invalid("cannot parse uint64 from empty string");
  size_t at = 0;
  while (at < text.size() && is_blank(text[at])) ++at;
  uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data() + at, end, number);
  if (code == std::errc::result_out_of_range) {
    return invalid(fmt::format("cannot parse uint64 from {}: overflow", quoted(text)));
  }
  if (code != std::errc()) return invalid("cannot parse uint64 from " + quoted(text));
  const char* rest = stop;
  while (rest != end && is_blank(*rest)) ++rest;
  if (rest != end) {
    return invalid(fmt::format("unparsed tail left after parsing uint64 from {}: {}", quoted(text),
                               quoted({rest, static_cast<size_t>(end - rest)})));
  }
  return number;
}

std::string big_endian_bytes(uint64_t value) {
  std::string bytes(8, '\0');
  for (size_t i = 8; i-- > 0; value >>= 8) bytes[i] = static_cast<char>(value & 0xff);
  return bytes;
}

uint64_t from_big_endian(std::string_view bytes) {
  uint64_t value = 0;
  for (const unsigned char c : bytes) value = value << 8 | c;
  return value;
}

std::string des_hash(uint64_t value) { return big_endian_bytes(des(value, DES_ENCRYPT)); }

Result<uint64_t> des_unhash(std::string_view keyspace_id) {
  if (keyspace_id.size() != 8) return invalid("invalid keyspace id: " + to_hex(keyspace_id));
  return des(from_big_endian(keyspace_id), DES_DECRYPT);
}

std::string md5(std::string_view bytes) {
  std::string digest(16, '\0');
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
             EVP_md5(), nullptr);
  return digest;
}

std::string xxhash64(std::string_view bytes) {
  uint64_t hash = XXH64(bytes.data(), bytes.size(), 0);
  std::string out(8, '\0');
  for (size_t i = 0; i < 8; ++i, hash >>= 8) out[i] = static_cast<char>(hash & 0xff);
  return out;
}

Destination key_range_from_prefix(std::string prefix) {
  if (prefix.empty()) return Destination::all_shards();
  std::string end = prefix;
  size_t i = end.size();
  while (i > 0 && static_cast<unsigned char>(end[i - 1]) == 0xff) end[--i] = '\0';
  if (i == 0) {
    end.clear();
  } else {
    ++end[i - 1];
  }
  return Destination::key_range({std::move(prefix), std::move(end)});
}

std::vector<std::string> find_unknown_params(const VindexParams& params,
                                             std::initializer_list<std::string_view> known) {
  std::vector<std::string> unknown;
  for (const auto& [name, value] : params) {
    if (std::find(known.begin(), known.end(), name) == known.end()) unknown.push_back(name);
  }
  return unknown;
}

std::string_view param(const VindexParams& params, std::string_view name) {
  const auto found = params.find(name);
  return found == params.end() ? std::string_view() : std::string_view(found->second);
}

Result<int> parse_int(std::string_view text) {
  std::string_view digits = text;
  if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-') digits.remove_prefix(1);
  int value = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (code == std::errc::result_out_of_range) {
    return invalid(fmt::format("strconv.Atoi: parsing {}: value out of range", quoted(text)));
  }
  if (code != std::errc() || end != digits.data() + digits.size()) {
    return invalid(fmt::format("strconv.Atoi: parsing {}: invalid syntax", quoted(text)));
  }
  return value;
}

Result<std::string> read_file(const std::string& path) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    std::string reason = std::strerror(errno);
    if (!reason.empty())
      reason[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(reason[0])));
    return Error(errno == ENOENT ? Code::kNotFound : Code::kUnknown,
                 fmt::format("open {}: {}", path, reason));
  }
  std::ostringstream content;
  content << in.rdbuf();
  return std::move(content).str();
}

Result<std::vector<Destination>> HashingVindex::map(std::span<const types::Value> ids) const {
  std::vector<Destination> out;
  out.reserve(ids.size());
  for (const types::Value& id : ids) {
    Result<std::string> keyspace_id = hash(id);
    if (keyspace_id.ok()) {
      out.push_back(Destination::keyspace_id(*std::move(keyspace_id)));
    } else if (on_error_ == OnError::kNone) {
      out.push_back(Destination::none());
    } else {
      return keyspace_id.error();
    }
  }
  return out;
}

Result<std::vector<bool>> HashingVindex::verify(std::span<const types::Value> ids,
                                                std::span<const std::string> keyspace_ids) const {
  std::vector<bool> out;
  for (size_t i = 0; i < ids.size(); ++i) out.push_back(VIF_TRY(hash(ids[i])) == keyspace_ids[i]);
  return out;
}

}  // namespace vif::sharding
