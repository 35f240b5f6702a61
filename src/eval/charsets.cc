#include "eval/charsets.h"

#include <algorithm>

#include "base/assert.h"
#include "eval/mariadb.h"
#include "eval/mariadb_typing.h"
#include "eval/static_type.h"
#include "eval/strictness.h"
#include "eval/text_call.h"
#include "types/collation/collation.h"

namespace vif::eval {
namespace {

// As messages show them, in hexadecimal.
std::string first_bytes(std::string_view bytes) {
  constexpr size_t kShown = 3;
  std::string out;
  for (const char c : bytes.substr(0, kShown))
    out += fmt::format("{:02X}", static_cast<unsigned char>(c));
  return out;
}

const types::Charset& utf8mb4() { return *types::find_charset("utf8mb4"); }

bool is_utf8(const types::Charset& charset) {
  return charset.encoding == types::Encoding::kUtf8 ||
         charset.encoding == types::Encoding::kUtf8Mb3 ||
         charset.encoding == types::Encoding::kBytes;
}

// Characters of two or four bytes are filled up in front.
std::string padded(std::string_view bytes, const types::Charset& charset) {
  std::string whole(bytes);
  const size_t unit = charset.encoding == types::Encoding::kUtf32  ? 4
                      : charset.encoding >= types::Encoding::kUcs2 ? 2
                                                                   : 1;
  if (whole.size() % unit != 0) whole.insert(0, unit - whole.size() % unit, '\0');
  return whole;
}

class ConversionNode final : public Operation {
 public:
  ConversionNode(std::vector<NodePtr> args, const types::Charset& to, std::optional<int> length,
                 bool is_cast, bool of_numbers = false)
      : Operation(std::move(args)),
        to_(to),
        collation_(default_collation(to)),
        length_(length),
        is_cast_(is_cast),
        of_numbers_(of_numbers) {}

  Datum evaluate(Context& context) const override {
    const Datum d = arg(0, context);
    if (d.is_null()) return {};
    std::string text;
    if (d.form == Form::kBytes) {
      std::string whole = padded(d.bytes, to_);
      // ASCII takes all bytes.
      if (!to_.valid(whole) && (to_.name != "ascii" || context.env.mariadb)) {
        size_t wrong = 0;
        const bool escaped = context.env.mariadb && is_utf8(to_) && !is_utf8mb4(whole, wrong);
        context.warn(1300,
                     fmt::format("Invalid {} character string: '{}'", to_.name,
                                 escaped ? shown_in_message(Datum::of_bytes(whole.substr(wrong)))
                                         : invalid_bytes(whole, to_)));
        const bool none = context.env.mariadb ? !is_utf8(to_) : is_strict(context);
        if (none) return {};
        if (!context.env.mariadb) whole.resize(to_.valid_prefix(whole));
      } else if (to_.name == "ascii" && !context.env.mariadb) {
        const auto wide = [](char c) { return (c & 0x80) != 0; };
        const auto bad = std::find_if(whole.begin(), whole.end(), wide);
        if (bad != whole.end())
          context.warn(1300, fmt::format("Invalid {} character string: '{}'", to_.name,
                                         first_bytes({bad, whole.end()})));
      }
      const bool repaired = context.env.mariadb && is_utf8(to_);
      text = !context.env.mariadb && to_.name == "ascii"
                 ? whole
                 : types::convert(repaired ? repaired_utf8(whole) : whole, to_, utf8mb4());
    } else {
      if (context.env.mariadb) warn_of_missing(to_text(d), d.collation, context);
      // There and back: what the charset has not is a question mark.
      text = types::convert(types::convert(to_text(d), utf8mb4(), to_), to_, utf8mb4());
    }
    if (length_ && !context.env.mariadb && static_cast<size_t>(*length_) > length_max(context))
      return too_long("cast_as_char", context);
    if (length_) {
      std::string cut = characters(text, static_cast<size_t>(*length_));
      if (cut.size() < text.size()) {
        // Of MySQL's, the bytes that are left.
        const auto length = context.env.mariadb ? static_cast<size_t>(*length_)
                                                : types::convert(cut, utf8mb4(), to_).size();
        context.warn(1292, fmt::format("Truncated incorrect CHAR({}) value: '{}'", length, text));
      }
      text = std::move(cut);
    }
    return Datum::of_text(std::move(text), collation(context), Coercibility::kImplicit);
  }
  // Of the first character that the charset has not.
  void warn_of_missing(const std::string& text, uint32_t from, const Context& context) const {
    const types::Collation* own = types::find_collation(from);
    if (!own || to_.name == own->charset->name) return;
    for (std::string_view rest = text; !rest.empty();) {
      const std::string_view before = rest;
      std::string out;
      if (to_.append(utf8mb4().next_code_point(rest), out)) continue;
      const std::string character(before.substr(0, before.size() - rest.size()));
      std::string hex;
      for (const char c : types::convert(character, utf8mb4(), *own->charset))
        hex += fmt::format("{:02X}", static_cast<unsigned char>(c));
      context.warn(1977, fmt::format("Cannot convert '{}' character 0x{} to '{}'",
                                     own->charset->name, hex, to_.name));
      return;
    }
  }
  StaticType type(Context& context) const override {
    StaticType out = static_type(Type::kVarchar, collation(context));
    const StaticType operand = args()[0]->type(context);
    if (context.env.mariadb) {
      out.size = length_ ? *length_ : mariadb_characters(operand);
      const bool is_long = operand.type == Type::kText || operand.type == Type::kBlob;
      if (is_long && !length_) out.type = Type::kText;
      out.fixed = is_cast_;
      if (!is_strict(context)) out.nullable = operand.nullable;
      out.coercibility = static_cast<uint8_t>(Coercibility::kImplicit);
      return out;
    }
    out.size = length_ ? *length_ : text_size(operand);
    // Bytes are as many characters as they may be.
    const bool bytes = types::is_binary(operand.type) || operand.type == Type::kBit ||
                       operand.type == Type::kHexNum || operand.type == Type::kHexVal ||
                       operand.type == Type::kBitNum;
    const int64_t shortest = to_.name == "utf32"                                   ? 4
                             : to_.name.starts_with("utf16") || to_.name == "ucs2" ? 2
                                                                                   : 1;
    if (bytes && !length_ && !of_numbers_) out.size = (out.size + shortest - 1) / shortest;
    out.nullable = operand.nullable || is_strict(context);
    out.coercibility = static_cast<uint8_t>(Coercibility::kImplicit);
    return out;
  }

 private:
  uint32_t collation(const Context& context) const {
    return context.env.mariadb && to_.name == "utf8mb4" ? mariadb_connection_collation()
                                                        : collation_;
  }

  const types::Charset& to_;
  uint32_t collation_;
  std::optional<int> length_;
  bool is_cast_;
  bool of_numbers_;  // by CHAR: as many characters as it has bytes
};

class WeightStringNode final : public Operation {
 public:
  WeightStringNode(std::vector<NodePtr> args, std::optional<int> length)
      : Operation(std::move(args)), length_(length) {}

  Datum evaluate(Context& context) const override {
    // Numbers that are no integers have no weights, and are not evaluated.
    const Type t = context.env.mariadb ? Type::kNull : args()[0]->type(context).type;
    if (types::is_float(t) || t == Type::kDecimal) return {};
    const Datum d = arg(0, context);
    const bool text = d.form == Form::kText;
    const size_t most = length_max(context) / (text ? sizeof(uint16_t) : 1);
    if (length_ && !d.is_null() && static_cast<size_t>(*length_) > most)
      return too_long("weight_string", context);
    Datum out = weights(d, context);
    if (!context.env.mariadb && !out.is_null())
      out.coercibility = d.is_textual()          ? d.coercibility
                         : d.form == Form::kJson ? Coercibility::kImplicit
                                                 : Coercibility::kNumeric;
    return out;
  }
  Datum weights(const Datum& d, Context& context) const {
    if (context.env.mariadb && (d.is_number() || d.type == Type::kBit)) return {};
    if (context.env.mariadb && d.form == Form::kBytes) {
      std::string bytes = d.bytes;
      if (length_) bytes.resize(static_cast<size_t>(*length_), '\0');
      return Datum::of_bytes(std::move(bytes));
    }
    if (d.is_member() && context.env.mariadb) return of_text(d);
    if (d.is_member()) return of_integer(static_cast<uint64_t>(to_int(d)) ^ (uint64_t{1} << 63));
    switch (d.form) {
      case Form::kInt: return of_integer(d.u ^ (uint64_t{1} << 63));
      case Form::kUint: return of_integer(d.u);
      case Form::kNull:
      case Form::kFloat:
      case Form::kDecimal: return {};
      case Form::kBytes:
        if (d.type == Type::kBit) return of_integer(to_number(d).u);
        return Datum::of_bytes(d.bytes.substr(
            0, static_cast<size_t>(length_.value_or(static_cast<int>(d.bytes.size())))));
      case Form::kText: return of_text(d);
      case Form::kDate:
      case Form::kTime:
      case Form::kDatetime:
        if (!context.env.mariadb) return of_integer(packed(d) ^ (uint64_t{1} << 63));
        if (!length_) return Datum::of_bytes(to_text(d));
        refuse("WEIGHT_STRING of a date of MariaDB with a length in the gate");
      default: return of_text(Datum::of_text(to_text(d), kJsonCollation));
    }
  }
  StaticType type(Context& context) const override {
    constexpr int64_t kShortest = 8;
    StaticType operand = args()[0]->type(context);
    if (operand.type == Type::kText) operand.fixed = false;
    StaticType out = static_type(Type::kVarbinary);
    if (context.env.mariadb) {
      const int64_t size = length_ ? *length_ : mariadb_characters(operand);
      out.size = size * mariadb_weight_bytes(operand);
      const bool text = types::is_text(operand.type) || types::is_binary(operand.type) ||
                        operand.type == Type::kEnum || operand.type == Type::kSet ||
                        operand.type == Type::kHexVal;
      out.coercibility = text ? operand.coercibility : static_cast<uint8_t>(Coercibility::kNumeric);
      return out;
    }
    const bool dated_column = args()[0]->is_leaf() && !args()[0]->is_constant() &&
                              (operand.type == Type::kDate || operand.type == Type::kTime ||
                               operand.type == Type::kDatetime || operand.type == Type::kTimestamp);
    if (dated_column) operand.size = kShortest;
    const bool text = types::is_text(operand.type) || operand.type == Type::kEnum ||
                      operand.type == Type::kSet || operand.type == Type::kJson;
    if (operand.type == Type::kJson) operand.collation = kJsonCollation;
    const bool own = text && operand.type != Type::kJson;
    const int64_t bytes = own ? field_of(operand).column_length : text_size(operand);
    const int64_t most = std::max<int64_t>(bytes, length_.value_or(0));
    // The integer of a search weighs as the text that is looked through.
    const uint32_t collation = text ? operand.collation : operand.searched;
    out.size = std::max(kShortest, collation != 0 ? weights_of(collation, most) : most);
    const auto coercibility = operand.type == Type::kNull   ? Coercibility::kIgnorable
                              : operand.type == Type::kJson ? Coercibility::kImplicit
                              : is_string(*args()[0]) || operand.type == Type::kBit
                                  ? static_cast<Coercibility>(operand.coercibility)
                                  : Coercibility::kNumeric;
    out.coercibility = static_cast<uint8_t>(coercibility);
    return out;
  }

 private:
  // Of a character.
  static int64_t mariadb_weight_bytes(const StaticType& t) {
    const bool text = types::is_text(t.type) || t.type == Type::kEnum || t.type == Type::kSet;
    const bool hex = t.type == Type::kHexNum || t.type == Type::kHexVal || t.type == Type::kBitNum;
    if (!text || hex) return 1;
    constexpr int64_t kOfUca = 16;
    const std::string_view name = collation_name(t.collation);
    const types::Collation* c = types::find_collation(t.collation);
    const bool uca = name.find("unicode") != std::string_view::npos ||
                     name.find("uca1400") != std::string_view::npos;
    if (uca) return kOfUca;
    if (!c || !name.starts_with("utf")) return 1;
    return name.ends_with("_bin") && is_utf8(*c->charset) ? 3 : 2;
  }
  // Bytes that the server keeps for the weights of so many characters.
  static int64_t weights_of(uint32_t collation, int64_t characters) {
    const types::Collation* c = types::find_collation(collation);
    if (!c) return characters;
    const std::string_view name = c->name;
    const auto ends = [&](std::string_view end) { return name.ends_with(end); };
    struct Weights {
      int each;
      int more;
    };
    const auto of = [&]() -> Weights {
      const int most = static_cast<int>(
          field_of({.type = Type::kVarchar, .collation = collation, .size = 1}).column_length);
      if (ends("_0900_bin")) return {4, 0};
      // Languages whose letters are in another order have more of the first weights.
      constexpr std::string_view kReordered[] = {"hr", "ru", "sr_latn", "bs", "bg", "mn_cyrl"};
      const size_t end = std::min(name.find("_0900"), name.size());
      const size_t begin = std::min(c->charset->name.size() + 1, end);
      const std::string_view language = name.substr(begin, end - begin);
      const bool reordered =
          std::find(std::begin(kReordered), std::end(kReordered), language) != std::end(kReordered);
      if (ends("_0900_ai_ci")) return {reordered ? 32 : 16, 0};
      if (ends("_0900_as_ci")) return {32, 2};
      if (ends("_0900_as_cs_ks")) return {80, 6};
      const bool chinese = language == "ja" || language == "zh";
      if (ends("_0900_as_cs")) return {reordered || chinese ? 64 : 48, 4};
      if (name == "latin2_czech_cs") return {4, 4};
      if (name == "tis620_thai_ci") return {4, 0};
      if (name == "latin1_german2_ci" || name == "cp1250_czech_cs") return {2, 0};
      if (name == "gb18030_chinese_ci") return {8, 0};
      const bool unicode =
          name.starts_with("utf") || name.starts_with("ucs2") || ends("_unicode_520_ci");
      if (!unicode) return {most, 0};
      if (ends("_bin")) return {std::min(most, 3) - (name.starts_with("utf8mb3") ? 1 : 0), 0};
      if (name.starts_with("utf16") && ends("_general_ci")) return {4, 0};
      if (ends("_general_ci") || ends("_tolower_ci") || ends("_mysql500_ci")) return {2, 0};
      return {8 * most, 0};
    }();
    return of.each * characters + of.more;
  }

  // A date or time as the server has it inside: fields of bits, then microseconds.
  static uint64_t packed(const Datum& d) {
    const Temporal& t = d.temporal;
    const int64_t day = (t.year * 16ll + t.month) * 32 + t.day;
    if (d.form == Form::kDate) return static_cast<uint64_t>(day);
    const int64_t time = (t.hour * 64ll + t.minute) * 64 + t.second;
    constexpr int64_t kMicroseconds = 1 << 24;
    constexpr int64_t kDay = 1 << 17;
    if (d.form == Form::kTime) {
      constexpr int64_t kZero = int64_t{1} << 47;
      const int64_t length = time * kMicroseconds + t.microsecond;
      // Of a negative time, its complement.
      const int64_t lower = t.negative && length != 0 ? 1 : 0;
      return static_cast<uint64_t>(kZero + (t.negative ? -length : length) - lower);
    }
    const int64_t moment = ((t.year * 13ll + t.month) * 32 + t.day) * kDay + time;
    return static_cast<uint64_t>(moment * kMicroseconds + t.microsecond);
  }
  static Datum of_integer(uint64_t value) {
    std::string out;
    for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
    return Datum::of_bytes(std::move(out));
  }

  Datum of_text(const Datum& d) const {
    const types::Collation* c = types::find_collation(d.collation);
    if (!c || !c->is_known())
      refuse(fmt::format("WEIGHT_STRING under the collation {} in the gate",
                         collation_name(d.collation)));
    std::string text = d.bytes;
    if (length_) {
      const auto wanted = static_cast<size_t>(*length_);
      text = characters(text, wanted);
      const size_t has = utf8mb4().length(text);
      if (c->pad_space && has < wanted) text.append(wanted - has, ' ');
    }
    std::string out;
    c->append_weight_string(eval::own_bytes(text, d.collation), out);
    return Datum::of_bytes(std::move(out));
  }

  std::optional<int> length_;
};

}  // namespace

void check_chosen(const Datum& d) {
  const Datum* bytes = d.form == Form::kText ? d.made_of.get() : nullptr;
  if (bytes && bytes->form == Form::kBytes && bytes->type != Type::kBit)
    (void)text_of_bytes(*bytes, d.collation);
}

uint32_t default_collation(const types::Charset& charset) {
  const types::Collation* c = types::find_collation(charset.default_collation);
  VIF_ASSERT(c != nullptr);
  return c->id;
}

std::string characters(const std::string& text, size_t count) {
  size_t at = 0;
  for (; at < text.size() && count > 0; --count) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) ++at;
  }
  return text.substr(0, at);
}

NodePtr make_weight_string(NodePtr arg, std::optional<int> length) {
  std::vector<NodePtr> args;
  args.push_back(std::move(arg));
  return std::make_unique<WeightStringNode>(std::move(args), length);
}

std::string own_bytes(std::string_view text, uint32_t collation) {
  const types::Collation* c = types::find_collation(collation);
  if (!c || is_utf8(*c->charset)) return std::string(text);
  return types::convert(text, utf8mb4(), *c->charset);
}

std::string own_bytes(const Datum& d) {
  return d.form == Form::kText ? own_bytes(d.bytes, d.collation) : to_text(d);
}

Datum text_of_bytes(const Datum& bytes, uint32_t collation) {
  const types::Collation* c = types::find_collation(collation);
  Datum out = bytes;
  out.form = Form::kText;
  out.collation = collation;
  if (!c) return out;
  const std::string whole = padded(bytes.bytes, *c->charset);
  const bool ascii = c->charset->name == "ascii";
  const bool beyond = ascii && std::any_of(whole.begin(), whole.end(),
                                           [](char byte) { return (byte & 0x80) != 0; });
  if (beyond || !c->charset->valid(whole)) cannot_convert(bytes.bytes, "binary", c->charset->name);
  if (!is_utf8(*c->charset)) out.bytes = types::convert(whole, *c->charset, utf8mb4());
  return out;
}

const types::Charset& charset_named(std::string_view name) {
  const types::Charset* charset = types::find_charset(name);
  if (!charset)
    throw SqlError{Error(Code::kInvalidArgument, 1115, "42000",
                         fmt::format("Unknown character set: '{}'", name))};
  return *charset;
}

uint32_t collation_asked_for(std::string_view name, bool mariadb) {
  const types::Collation* found =
      types::find_collation(name, mariadb ? types::Dialect::kMariaDb : types::Dialect::kMySql);
  if (!found || !(mariadb ? found->of_mariadb : found->of_mysql)) {
    throw SqlError{
        Error(Code::kInvalidArgument, 1273, "HY000", fmt::format("Unknown collation: '{}'", name))};
  }
  return collation_id(name);
}

std::string invalid_bytes(std::string_view bytes, const types::Charset& charset) {
  return first_bytes(bytes.substr(charset.valid_prefix(bytes)));
}

std::string repaired_utf8(std::string_view bytes) {
  std::string out;
  for (size_t bad = 0; !is_utf8mb4(bytes, bad);) {
    out += bytes.substr(0, bad);
    out += '?';
    bytes.remove_prefix(bad + 1);
  }
  return out + std::string(bytes);
}

Datum introduced(std::string_view bytes, std::string_view name, bool mariadb) {
  const types::Charset& charset = charset_named(name);
  if (charset.encoding == types::Encoding::kBytes) return Datum::of_bytes(std::string(bytes));
  const std::string whole = padded(bytes, charset);
  if (!charset.valid(whole)) {
    throw SqlError{Error(Code::kInvalidArgument, 1300, "HY000",
                         fmt::format("Invalid {} character string: '{}'", charset.name,
                                     invalid_bytes(whole, charset)))};
  }
  const uint32_t collation = mariadb && charset.name == "utf8mb4" ? mariadb_connection_collation()
                                                                  : default_collation(charset);
  std::string text = types::convert(whole, charset, utf8mb4());
  if (types::convert(text, utf8mb4(), charset) != whole)
    refuse(fmt::format("a character of {} that Unicode has not in the gate", charset.name));
  return Datum::of_text(std::move(text), collation);
}

NodePtr make_conversion(NodePtr arg, const types::Charset& to, std::optional<int> length,
                        bool is_cast) {
  std::vector<NodePtr> args;
  args.push_back(std::move(arg));
  return std::make_unique<ConversionNode>(std::move(args), to, length, is_cast);
}

NodePtr make_char_text(NodePtr numbers, const types::Charset& to) {
  std::vector<NodePtr> args;
  args.push_back(std::move(numbers));
  return std::make_unique<ConversionNode>(std::move(args), to, std::nullopt, false, true);
}

void check_collation(const Datum& d, uint32_t collation, uint32_t connection_collation) {
  const types::Collation* wanted = types::find_collation(collation);
  if (d.is_number() || d.is_temporal()) return;  // of any charset
  const uint32_t own = d.form == Form::kBytes                           ? kBinaryCollation
                       : d.form == Form::kText || d.form == Form::kJson ? d.collation
                                                                        : connection_collation;
  const types::Collation* has = types::find_collation(own);
  if (!wanted || !has || wanted->charset == has->charset) return;
  throw SqlError{Error(Code::kInvalidArgument, 1253, "42000",
                       fmt::format("COLLATION '{}' is not valid for CHARACTER SET '{}'",
                                   wanted->name, has->charset->name))};
}

}  // namespace vif::eval
