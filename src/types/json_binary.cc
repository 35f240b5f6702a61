#include "types/json_binary.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "types/packed.h"

namespace vif::types {
namespace {

enum Code : uint8_t {
  kSmallObject = 0,
  kLargeObject = 1,
  kSmallArray = 2,
  kLargeArray = 3,
  kLiteral = 4,
  kInt16 = 5,
  kUint16 = 6,
  kInt32 = 7,
  kUint32 = 8,
  kInt64 = 9,
  kUint64 = 10,
  kDouble = 11,
  kString = 12,
  kOpaque = 15,
};
enum Literal : uint8_t { kNull = 0, kTrue = 1, kFalse = 2 };

// Bytes of the column types that opaque values are finer kinds of.
constexpr uint8_t kTimestampByte = 7;
constexpr uint8_t kDateByte = 10;
constexpr uint8_t kTimeByte = 11;
constexpr uint8_t kDatetimeByte = 12;
constexpr uint8_t kDecimalByte = 246;

uint64_t little_endian(std::string_view bytes, size_t at, size_t count) {
  uint64_t out = 0;
  for (size_t i = 0; i < count; ++i)
    out |= static_cast<uint64_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  return out;
}

void store(std::string& out, size_t at, uint64_t value, size_t count) {
  for (size_t i = 0; i < count; ++i) out[at + i] = static_cast<char>(value >> (8 * i) & 0xff);
}
void append(std::string& out, uint64_t value, size_t count) {
  out.append(count, '\0');
  store(out, out.size() - count, value, count);
}

// Every step is false for bytes that are wrong. What it has built is bounded by the size of the
// bytes: a document whose entries share one value is none that the server wrote.
class Reader {
 public:
  explicit Reader(size_t size) : nodes_left_(size), bytes_left_(size) {}

  bool value(uint8_t code, std::string_view data, int depth, Json& out) {
    if (nodes_left_-- == 0) return false;
    switch (code) {
      case kSmallObject:
      case kLargeObject: return container(data, true, code == kLargeObject, depth, out);
      case kSmallArray:
      case kLargeArray: return container(data, false, code == kLargeArray, depth, out);
      case kString: {
        std::string text;
        if (!sized(data, text)) return false;
        out = Json::of_string(std::move(text));
        return true;
      }
      case kOpaque: return opaque(data, out);
      default: return fixed(code, data, out);
    }
  }

 private:
  static bool fixed(uint8_t code, std::string_view data, Json& out) {
    const size_t size = code == kLiteral ? 1 : code <= kUint16 ? 2 : code <= kUint32 ? 4 : 8;
    if (code > kDouble || data.size() < size) return false;
    const uint64_t bits = little_endian(data, 0, size);
    switch (code) {
      case kLiteral:
        if (bits > kFalse) return false;
        out = bits == kNull ? Json() : Json::of_bool(bits == kTrue);
        return true;
      case kInt16: out = Json::of_int(static_cast<int16_t>(bits)); return true;
      case kInt32: out = Json::of_int(static_cast<int32_t>(bits)); return true;
      case kInt64: out = Json::of_int(static_cast<int64_t>(bits)); return true;
      case kDouble: {
        const auto d = std::bit_cast<double>(bits);
        if (!(d - d == 0)) return false;
        out = Json::of_double(d);
        return true;
      }
      default: out = Json::of_uint(bits); return true;
    }
  }

  // A length of up to five bytes, seven bits each, and that many bytes.
  bool sized(std::string_view data, std::string& out) {
    constexpr size_t kLengthBytesMax = 5;
    uint64_t length = 0;
    for (size_t i = 0; i < std::min(kLengthBytesMax, data.size()); ++i) {
      const auto byte = static_cast<unsigned char>(data[i]);
      length |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
      if ((byte & 0x80) != 0) continue;
      if (length > data.size() - i - 1 || !take_bytes(length)) return false;
      out.assign(data.substr(i + 1, length));
      return true;
    }
    return false;
  }

  bool take_bytes(size_t count) {
    if (count > bytes_left_) return false;
    bytes_left_ -= count;
    return true;
  }

  bool opaque(std::string_view data, Json& out) {
    if (data.empty()) return false;
    const auto type = static_cast<uint8_t>(data[0]);
    std::string bytes;
    if (!sized(data.substr(1), bytes)) return false;
    if (type == kDecimalByte) {
      if (bytes.size() < 2) return false;
      const int precision = static_cast<unsigned char>(bytes[0]);
      const int scale = static_cast<unsigned char>(bytes[1]);
      const std::optional<Decimal> decimal =
          decimal_from_binary(std::string_view(bytes).substr(2), precision, scale);
      if (!decimal) return false;
      out = Json::of_decimal(*decimal, scale);
      return true;
    }
    const bool datetime = type == kDateByte || type == kDatetimeByte || type == kTimestampByte;
    if (datetime || type == kTimeByte) {
      if (bytes.size() != 8) return false;
      const auto packed = static_cast<int64_t>(little_endian(bytes, 0, 8));
      const std::optional<Temporal> t =
          datetime ? datetime_from_packed(packed) : time_from_packed(packed);
      if (!t) return false;
      out = type == kDateByte ? Json::of_date(*t)
            : datetime        ? Json::of_datetime(*t)
                              : Json::of_time(*t);
      return true;
    }
    out = Json::of_opaque(type, std::move(bytes));
    return true;
  }

  bool container(std::string_view data, bool is_object, bool large, int depth, Json& out) {
    if (depth > Json::kDepthMax) return false;
    const size_t width = large ? 4 : 2;
    if (data.size() < 2 * width) return false;
    const uint64_t count = little_endian(data, 0, width);
    const uint64_t size = little_endian(data, width, width);
    const size_t key_entry = width + 2;
    const size_t value_entry = width + 1;
    const uint64_t header = 2 * width + count * ((is_object ? key_entry : 0) + value_entry);
    if (size > data.size() || header > size) return false;
    data = data.substr(0, size);
    const size_t values_at = 2 * width + (is_object ? count * key_entry : 0);
    out = is_object ? Json::object() : Json::array();
    for (size_t i = 0; i < count; ++i) {
      Json item;
      if (!entry(data, values_at + i * value_entry, large, depth, item)) return false;
      if (!is_object) {
        out.items().push_back(std::move(item));
        continue;
      }
      const size_t at = 2 * width + i * key_entry;
      const uint64_t key_at = little_endian(data, at, width);
      const uint64_t key_size = little_endian(data, at + width, 2);
      if (key_at < header || key_at > size || key_size > size - key_at || !take_bytes(key_size))
        return false;
      out.set(data.substr(key_at, key_size), std::move(item));
    }
    return true;
  }

  bool entry(std::string_view data, size_t at, bool large, int depth, Json& out) {
    const size_t width = large ? 4 : 2;
    const auto code = static_cast<uint8_t>(data[at]);
    const bool within = code == kLiteral || code == kInt16 || code == kUint16 ||
                        (large && (code == kInt32 || code == kUint32));
    if (within) return value(code, data.substr(at + 1, width), depth, out);
    const uint64_t offset = little_endian(data, at + 1, width);
    if (offset >= data.size()) return false;
    return value(code, data.substr(offset), depth + 1, out);
  }

  size_t nodes_left_;
  size_t bytes_left_;
};

// Small containers count in 16 bits; what does not fit is written once more in 32.
class Writer {
 public:
  // Appends the value; the code of its form goes to `code`. False: too large for what can be
  // written.
  bool value(const Json& json, std::string& out, uint8_t& code) {
    switch (json.kind()) {
      case Json::Kind::kArray:
      case Json::Kind::kObject: {
        const size_t start = out.size();
        const bool is_object = json.is_object();
        code = is_object ? kSmallObject : kSmallArray;
        if (container(json, out, false)) return true;
        out.resize(start);
        code = is_object ? kLargeObject : kLargeArray;
        return container(json, out, true);
      }
      case Json::Kind::kString: code = kString; return sized(json.string(), out);
      case Json::Kind::kDouble:
        code = kDouble;
        ::vif::types::append(out, std::bit_cast<uint64_t>(json.real()), 8);
        return true;
      case Json::Kind::kNull:
      case Json::Kind::kBool:
      case Json::Kind::kInt:
      case Json::Kind::kUint: {
        size_t size = 0;
        const uint64_t bits = fixed(json, code, size);
        ::vif::types::append(out, bits, size);
        return true;
      }
      default: code = kOpaque; return opaque(json, out);
    }
  }

 private:
  static uint64_t fixed(const Json& json, uint8_t& code, size_t& size) {
    if (json.kind() == Json::Kind::kNull || json.kind() == Json::Kind::kBool) {
      code = kLiteral;
      size = 1;
      return json.is_null() ? kNull : json.boolean() ? kTrue : kFalse;
    }
    if (json.kind() == Json::Kind::kInt) {
      const int64_t i = json.integer();
      size = i == static_cast<int16_t>(i) ? 2 : i == static_cast<int32_t>(i) ? 4 : 8;
      code = size == 2 ? kInt16 : size == 4 ? kInt32 : kInt64;
      return static_cast<uint64_t>(i);
    }
    const uint64_t u = json.unsigned_integer();
    size = u <= UINT16_MAX ? 2 : u <= UINT32_MAX ? 4 : 8;
    code = size == 2 ? kUint16 : size == 4 ? kUint32 : kUint64;
    return u;
  }

  static bool sized(std::string_view bytes, std::string& out) {
    if (bytes.size() > UINT32_MAX) return false;
    size_t length = bytes.size();
    for (; length >= 0x80; length >>= 7) out += static_cast<char>(0x80 | (length & 0x7f));
    out += static_cast<char>(length);
    out += bytes;
    return true;
  }

  static bool opaque(const Json& json, std::string& out) {
    std::string bytes;
    uint8_t type = 0;
    switch (json.kind()) {
      case Json::Kind::kDate:
      case Json::Kind::kDatetime:
        type = json.kind() == Json::Kind::kDate ? kDateByte : kDatetimeByte;
        ::vif::types::append(bytes, static_cast<uint64_t>(packed_datetime(json.temporal())), 8);
        break;
      case Json::Kind::kTime:
        type = kTimeByte;
        ::vif::types::append(bytes, static_cast<uint64_t>(packed_time(json.temporal())), 8);
        break;
      case Json::Kind::kDecimal: {
        const Json::Exact& d = json.decimal();
        const int precision = std::max(d.value.rounded(d.scale).integer_digits() + d.scale, 1);
        type = kDecimalByte;
        bytes += static_cast<char>(precision);
        bytes += static_cast<char>(d.scale);
        bytes += decimal_to_binary(d.value, precision, d.scale);
        break;
      }
      default:
        type = json.opaque().field_type;
        bytes = json.opaque().bytes;
        break;
    }
    out += static_cast<char>(type);
    return sized(bytes, out);
  }

  bool container(const Json& json, std::string& out, bool large) {
    const bool is_object = json.is_object();
    const size_t count = is_object ? json.members().size() : json.items().size();
    const size_t width = large ? 4 : 2;
    const size_t most = large ? UINT32_MAX : UINT16_MAX;
    const size_t start = out.size();
    const size_t values_at = start + 2 * width + (is_object ? count * (width + 2) : 0);
    if (count > most) return false;
    out.append(values_at + count * (width + 1) - start, '\0');
    for (size_t i = 0; is_object && i < count; ++i) {
      const std::string& key = json.members()[i].key;
      const size_t at = start + 2 * width + i * (width + 2);
      if (out.size() - start > most || key.size() > UINT16_MAX) return false;
      store(out, at, out.size() - start, width);
      store(out, at + width, key.size(), 2);
      out += key;
    }
    for (size_t i = 0; i < count; ++i) {
      const Json& item = is_object ? json.members()[i].value : json.items()[i];
      if (!entry(item, out, start, values_at + i * (width + 1), large)) return false;
    }
    if (out.size() - start > most) return false;
    store(out, start, count, width);
    store(out, start + width, out.size() - start, width);
    return true;
  }

  bool entry(const Json& item, std::string& out, size_t start, size_t at, bool large) {
    const size_t width = large ? 4 : 2;
    uint8_t code = 0;
    if (item.is_null() || item.kind() == Json::Kind::kBool || item.kind() == Json::Kind::kInt ||
        item.kind() == Json::Kind::kUint) {
      size_t size = 0;
      const uint64_t bits = fixed(item, code, size);
      if (size <= width) {
        out[at] = static_cast<char>(code);
        store(out, at + 1, bits, width);
        return true;
      }
    }
    const size_t offset = out.size() - start;
    if (offset > (large ? UINT32_MAX : UINT16_MAX)) return false;
    store(out, at + 1, offset, width);
    if (!value(item, out, code)) return false;
    out[at] = static_cast<char>(code);
    return true;
  }
};

}  // namespace

std::optional<Json> json_from_binary(std::string_view bytes) {
  if (bytes.empty()) return Json();
  Json out;
  Reader reader(bytes.size());
  if (!reader.value(static_cast<uint8_t>(bytes[0]), bytes.substr(1), 1, out)) return std::nullopt;
  return out;
}

std::optional<std::string> json_to_binary(const Json& json) {
  std::string out(1, '\0');
  uint8_t code = 0;
  if (!Writer().value(json, out, code)) return std::nullopt;
  out[0] = static_cast<char>(code);
  return out;
}

}  // namespace vif::types
