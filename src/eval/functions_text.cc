// String functions. Text is UTF-8; positions count characters, in bytes strings bytes.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "eval/charsets.h"
#include "eval/column_store.h"
#include "eval/compare.h"
#include "eval/compared_side.h"
#include "eval/equality.h"
#include "eval/static_type.h"
#include "eval/text_call.h"
#include "types/collation/collation.h"

namespace vif::eval {
namespace {

bool is_beyond_ascii(char c) { return (c & 0x80) != 0; }
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

}  // namespace

bool counts_bytes(const Datum& d) { return d.form == Form::kBytes; }

size_t character_count(const Datum& d, const std::string& text) {
  if (counts_bytes(d)) return text.size();
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

size_t offset_of(const Datum& d, const std::string& text, size_t index) {
  if (counts_bytes(d)) return std::min(index, text.size());
  size_t at = 0;
  while (at < text.size() && (index > 0 || is_continuation(text[at]))) {
    if (!is_continuation(text[at])) --index;
    ++at;
    while (at < text.size() && is_continuation(text[at])) ++at;
  }
  return at;
}

Datum like(const Datum& d, std::string text, const Call& call) {
  if (d.form == Form::kBytes) {
    Datum out = Datum::of_bytes(std::move(text));
    out.coercibility = d.coercibility;
    return out;
  }
  if (d.form == Form::kText) return Datum::of_text(std::move(text), d.collation, d.coercibility);
  return Datum::of_text(std::move(text), call.collation);
}

namespace {

StaticType text_of_args(const Call& call, size_t from, size_t to) {
  std::vector<StaticType> types;
  for (size_t i = from; i < std::min(to, call.size()); ++i) types.push_back(call.arg_type(i));
  return merged_text(types, call.collation);
}

}  // namespace

StaticType text_type(const Call& call) { return text_of_args(call, 0, call.size()); }
StaticType later_text_type(const Call& call) { return text_of_args(call, 1, call.size()); }
StaticType two_text_type(const Call& call) { return text_of_args(call, 0, 2); }
StaticType first_type(const Call& call) { return text_of_args(call, 0, 1); }
StaticType plain_text_type(const Call& call) { return static_type(Type::kVarchar, call.collation); }
StaticType bytes_type(const Call&) { return static_type(Type::kVarbinary); }

namespace {

// The text or bytes in the subject's charset, which is not Unicode's, and UTF-8 again.
std::string in_charset(const Datum& d, const types::Charset& charset) {
  static const std::string_view kUnicode = "utf8mb4";
  if (d.form == Form::kBytes) {
    const bool beyond =
        charset.name == "ascii" && std::any_of(d.bytes.begin(), d.bytes.end(), is_beyond_ascii);
    if (beyond || !charset.valid(d.bytes)) cannot_convert(d.bytes, "binary", charset.name);
    return types::convert(d.bytes, charset, charset_named(kUnicode));
  }
  std::string own;
  for (std::string_view rest = d.bytes; !rest.empty();) {
    if (!charset.append(charset_named(kUnicode).next_code_point(rest), own))
      cannot_convert(d.bytes, kUnicode, charset.name);
  }
  return d.bytes;
}

}  // namespace

// Bytes win there, but over a text that is firmer.
void settle_mariadb(Datum& subject, std::initializer_list<Datum*> others) {
  std::vector<Datum*> all = {&subject};
  all.insert(all.end(), others);
  const auto is = [&](Form form) {
    return std::any_of(all.begin(), all.end(), [form](const Datum* d) { return d->form == form; });
  };
  if (!is(Form::kBytes)) return;
  const auto firmest = [&](bool bytes) {
    Coercibility out = Coercibility::kIgnorable;
    for (const Datum* d : all) {
      if ((d->form == Form::kBytes) == bytes) out = std::min(out, d->coercibility);
    }
    return out;
  };
  const bool text = is(Form::kText) && firmest(false) < firmest(true);
  uint32_t collation = kUtf8mb4Collation;
  for (const Datum* d : all) {
    if (d->form == Form::kText && d->coercibility == firmest(false)) collation = d->collation;
  }
  for (Datum* d : all) {
    if (!text && d->form != Form::kBytes) {
      *d = Datum::of_bytes(own_bytes(*d));
    } else if (text && d->form == Form::kBytes) {
      size_t bad = 0;
      if (!is_utf8mb4(d->bytes, bad)) refuse("bytes together with text of MariaDB in the gate");
      *d = Datum::of_text(d->bytes, collation, d->coercibility);
    }
  }
}

void settle(const Call& call, Datum& subject, std::initializer_list<Datum*> others) {
  if (call.context.env.mariadb) return settle_mariadb(subject, others);
  const types::Collation* collation =
      subject.form == Form::kText ? types::find_collation(subject.collation) : nullptr;
  const bool narrow = collation && !collation->charset->is_unicode();
  for (Datum* d : others) {
    const bool mixed = (subject.form == Form::kBytes) != (d->form == Form::kBytes);
    if (subject.form == Form::kBytes) {
      if (mixed) *d = Datum::of_bytes(own_bytes(*d));
    } else if (narrow && d->is_textual() && d->coercibility >= subject.coercibility) {
      *d = Datum::of_text(in_charset(*d, *collation->charset), subject.collation);
    } else if (mixed) {
      const uint32_t wanted =
          subject.form == Form::kText ? subject.collation : uint32_t{kUtf8mb4Collation};
      *d = Datum::of_text(d->form == Form::kBytes ? text_of_bytes(*d, wanted).bytes : d->bytes,
                          wanted);
    }
  }
}

// The arguments: two texts, which are settled, then the `rest`, until one is NULL: false then.
// MariaDB's are taken as they stand.
static bool given_settled(const Call& call, size_t subject, size_t other,
                          std::initializer_list<size_t> rest, std::vector<Datum>& values) {
  if (call.context.env.mariadb) {
    const bool null = any_null(call, values);
    values.resize(call.size());
    return !null;
  }
  values.resize(call.size());
  for (const size_t i : {subject, other}) {
    if ((values[i] = call.arg(i)).is_null()) return false;
    // A number's weights stand for a text, to searches; to others, what is beside them does.
    const Datum& d = values[subject];
    const bool weights =
        d.form == Form::kBytes && d.coercibility == Coercibility::kNumeric && d.type != Type::kBit;
    const bool searches = call.name == "locate" || call.name == "instr" || call.name == "position";
    if (weights && (searches ? i == subject : values[i].form == Form::kBytes && i == other))
      (void)text_of_bytes(values[i], kUtf8mb4Collation);
  }
  settle(call, values[subject], {&values[other]});
  for (const size_t i : rest) {
    if (i < values.size() && (values[i] = call.arg(i)).is_null()) return false;
  }
  return true;
}

bool any_null(const Call& call, std::vector<Datum>& values) {
  for (size_t i = 0; i < call.size(); ++i) {
    values.push_back(call.arg(i));
    if (values.back().is_null()) return true;
  }
  return false;
}

Datum joined(const std::vector<const Datum*>& parts, std::string text, const Call& call) {
  Datum probe;
  probe.coercibility = Coercibility::kIgnorable;
  probe.collation = call.collation;
  Coercibility bytes = Coercibility::kIgnorable;
  for (const Datum* part : parts) {
    if (part->form == Form::kBytes) bytes = std::min(bytes, part->coercibility);
    if (part->form != Form::kText) continue;
    Coercibility coercibility = Coercibility::kIgnorable;
    probe.collation = merged_collation(probe, *part, coercibility);
    probe.coercibility = coercibility;
    probe.form = Form::kText;
  }
  if (bytes != Coercibility::kIgnorable) {
    // Bytes win, but over a text that is firmer.
    if (probe.form != Form::kText || bytes <= probe.coercibility) {
      Datum out = Datum::of_bytes(std::move(text));
      if (!call.context.env.mariadb) out.coercibility = bytes;
      return out;
    }
    for (const Datum* part : parts) {
      if (part->form == Form::kBytes) (void)text_of_bytes(*part, probe.collation);
    }
  }
  return Datum::of_text(std::move(text), probe.collation,
                        probe.form == Form::kText ? probe.coercibility : Coercibility::kCoercible);
}

namespace {

// Beside bytes that win, texts are their own bytes.
void settle_with_bytes(std::vector<Datum>& values) {
  Coercibility bytes = Coercibility::kIgnorable;
  Coercibility text = Coercibility::kIgnorable;
  for (const Datum& d : values) {
    if (d.form == Form::kBytes) bytes = std::min(bytes, d.coercibility);
    if (d.form == Form::kText) text = std::min(text, d.coercibility);
  }
  if (bytes == Coercibility::kIgnorable || bytes > text) return;
  for (Datum& d : values) {
    if (d.form == Form::kText) d = Datum::of_bytes(own_bytes(d));
  }
}

Datum too_long(const Call& call) {
  constexpr std::string_view kMariadb = "mariadb ";
  const bool own = call.name.starts_with(kMariadb);
  return eval::too_long(own ? call.name.substr(kMariadb.size()) : call.name, call.context);
}

// Bytes beside a firmer text are made one, before what stands behind them is seen.
Datum part_of(const Call& call, size_t i) {
  Datum d = call.arg(i);
  if (d.form != Form::kBytes || d.type == Type::kBit || call.context.env.mariadb) return d;
  const uint32_t all = text_type(call).collation;
  return all == kBinaryCollation ? d : text_of_bytes(d, all);
}

Datum concat(const Call& call) {
  std::vector<Datum> values;
  // Not all are kept of what is too long anyway.
  size_t size = 0;
  for (size_t i = 0; i < call.size(); ++i) {
    values.push_back(part_of(call, i));
    if (values.back().is_null()) return {};
    size += values.back().bytes.size();
    if (size > 2 * length_max(call.context)) return too_long(call);
  }
  settle_with_bytes(values);
  std::string out;
  std::vector<const Datum*> parts;
  for (const Datum& d : values) {
    out += to_text(d);
    if (out.size() > length_max(call.context)) return too_long(call);
    parts.push_back(&d);
  }
  return joined(parts, std::move(out), call);
}

Datum concat_ws(const Call& call) {
  std::vector<Datum> values;
  size_t size = 0;
  for (size_t i = 0; i < call.size(); ++i) {
    values.push_back(part_of(call, i));
    if (values[0].is_null()) return {};
    size += values.back().bytes.size();
    if (size > 2 * length_max(call.context)) return too_long(call);
  }
  settle_with_bytes(values);
  const std::string separator = to_text(values[0]);
  std::string out;
  std::vector<const Datum*> parts = {&values[0]};
  bool first = true;
  for (size_t i = 1; i < values.size(); ++i) {
    if (values[i].is_null()) continue;
    if (!first) out += separator;
    first = false;
    out += to_text(values[i]);
    if (out.size() > length_max(call.context)) return too_long(call);
    parts.push_back(&values[i]);
  }
  // NULLs are not shown, but their types count.
  if (text_type(call).collation == kBinaryCollation) return Datum::of_bytes(std::move(out));
  return joined(parts, std::move(out), call);
}

Datum length(const Call& call) {
  const Datum d = call.arg(0);
  return d.is_null() ? Datum() : Datum::of_int(static_cast<int64_t>(own_bytes(d).size()));
}
Datum bit_length(const Call& call) {
  const Datum d = call.arg(0);
  return d.is_null() ? Datum() : Datum::of_int(static_cast<int64_t>(own_bytes(d).size() * 8));
}
Datum char_length(const Call& call) {
  const Datum d = call.arg(0);
  return d.is_null() ? Datum()
                     : Datum::of_int(static_cast<int64_t>(character_count(d, to_text(d))));
}

Datum change_case(const Call& call, bool upper) {
  const Datum d = call.arg(0);
  if (d.is_null()) return d;
  if (d.form == Form::kBytes) return like(d, d.bytes, call);
  const Result<std::string> text =
      changed_case(to_text(d), d.form == Form::kText ? d.collation : kTextOfNumbers, upper);
  if (!text.ok()) throw SqlError{text.error()};
  return like(d, *text, call);
}
Datum lower(const Call& call) { return change_case(call, false); }
Datum upper(const Call& call) { return change_case(call, true); }

// What counts and positions are: an unsigned number beyond the signed ones is beyond every text.
int64_t count_of(const Datum& d, const Call& call) {
  const bool hex = d.type == Type::kHexNum || d.type == Type::kHexVal;
  const Datum number = hex && !call.context.env.mariadb ? to_number(d) : Datum();
  if (number.form == Form::kUint && number.u > INT64_MAX) return INT64_MAX;
  return d.form == Form::kUint && d.u > INT64_MAX ? INT64_MAX : to_int(d, call.context);
}

size_t clamped_count(const Datum& d, const Call& call) {
  const int64_t n = count_of(d, call);
  return n <= 0 ? 0 : static_cast<size_t>(std::min<int64_t>(n, INT32_MAX));
}

Datum left(const Call& call) {
  std::vector<Datum> v;
  if (any_null(call, v)) return {};
  const std::string text = to_text(v[0]);
  return like(v[0], text.substr(0, offset_of(v[0], text, clamped_count(v[1], call))), call);
}

Datum right(const Call& call) {
  std::vector<Datum> v;
  if (any_null(call, v)) return {};
  const std::string text = to_text(v[0]);
  const size_t total = character_count(v[0], text);
  const size_t count = std::min(clamped_count(v[1], call), total);
  return like(v[0], text.substr(offset_of(v[0], text, total - count)), call);
}

Datum substring(const Call& call) {
  std::vector<Datum> v;
  const bool null = any_null(call, v);
  // Where it begins is read before it is known that there is no length.
  if (null && v.size() > 2 && !v[0].is_null() && !v[1].is_null()) (void)count_of(v[1], call);
  if (null) return {};
  const std::string text = to_text(v[0]);
  const auto total = static_cast<int64_t>(character_count(v[0], text));
  int64_t from = count_of(v[1], call);
  if (from < 0) from += total + 1;
  const int64_t count = v.size() > 2 ? count_of(v[2], call) : total;
  if (from <= 0 || from > total || count <= 0) return like(v[0], "", call);
  const size_t start = offset_of(v[0], text, static_cast<size_t>(from - 1));
  const int64_t last = std::min(total, count > total ? total : from - 1 + count);
  return like(v[0], text.substr(start, offset_of(v[0], text, static_cast<size_t>(last)) - start),
              call);
}

Datum replace(const Call& call) {
  std::vector<Datum> v;
  if (call.context.env.mariadb) {
    Datum subject = call.arg(0);
    Datum from = call.arg(1);
    if (!subject.is_null() && !from.is_null() && to_text(from).empty()) {
      settle(call, subject, {&from});
      return like(subject, to_text(subject), call);
    }
  }
  if (!given_settled(call, 0, 1, {2}, v)) return {};
  settle(call, v[0], {&v[1], &v[2]});
  const std::string text = to_text(v[0]);
  const std::string from = to_text(v[1]);
  const std::string to = to_text(v[2]);
  if (from.empty()) return like(v[0], text, call);
  std::string out;
  size_t at = 0;
  for (size_t hit = text.find(from); hit != std::string::npos; hit = text.find(from, at)) {
    out.append(text, at, hit - at);
    out += to;
    at = hit + from.size();
    if (out.size() > length_max(call.context)) return too_long(call);
  }
  out.append(text, at);
  return joined({&v[0], &v[1], &v[2]}, std::move(out), call);
}

Datum reverse(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const std::string text = to_text(d);
  std::string out;
  for (size_t end = text.size(); end > 0;) {
    size_t from = end - 1;
    while (from > 0 && !counts_bytes(d) && is_continuation(text[from])) --from;
    out.append(text, from, end - from);
    end = from;
  }
  return like(d, std::move(out), call);
}

Datum repeat(const Call& call) {
  std::vector<Datum> v;
  if (any_null(call, v)) return {};
  const std::string text = to_text(v[0]);
  if (text.empty()) return like(v[0], "", call);
  const size_t count = clamped_count(v[1], call);
  if (count > length_max(call.context) / text.size()) return too_long(call);
  const size_t size = count * text.size();
  std::string out;
  out.reserve(size);
  if (size > 0) out = text;
  while (out.size() < size) out.append(out, 0, std::min(out.size(), size - out.size()));
  return like(v[0], std::move(out), call);
}

Datum space(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const size_t count = clamped_count(d, call);
  if (count > length_max(call.context)) return too_long(call);
  return Datum::of_text(std::string(count, ' '), call.collation);
}

Datum pad(const Call& call, bool at_left) {
  std::vector<Datum> v;
  if (!given_settled(call, 0, 2, {1}, v)) return {};
  settle(call, v[0], {&v[2]});
  const std::string text = to_text(v[0]);
  const std::string filler = to_text(v[2]);
  const int64_t wanted = count_of(v[1], call);
  // The limit is met by what the characters might take.
  const size_t most = counts_bytes(v[0]) ? length_max(call.context) : length_max(call.context) / 4;
  if (wanted < 0 || static_cast<size_t>(wanted) > most)
    return wanted < 0 ? Datum() : too_long(call);
  const size_t total = character_count(v[0], text);
  const auto want = static_cast<size_t>(wanted);
  if (want <= total) return like(v[0], text.substr(0, offset_of(v[0], text, want)), call);
  const size_t filler_count = character_count(v[2], filler);
  if (filler_count == 0 && call.context.env.mariadb) return {};
  if (filler_count == 0) return joined({&v[0], &v[2]}, text, call);
  std::string fill;
  size_t missing = want - total;
  for (; missing >= filler_count; missing -= filler_count) fill += filler;
  fill += filler.substr(0, offset_of(v[2], filler, missing));
  return joined({&v[0], &v[2]}, at_left ? fill + text : text + fill, call);
}
Datum lpad(const Call& call) { return pad(call, true); }
Datum rpad(const Call& call) { return pad(call, false); }

std::string trimmed(std::string text, const std::string& what, bool leading, bool trailing) {
  if (what.empty()) return text;
  std::string_view rest = text;
  while (leading && rest.starts_with(what)) rest.remove_prefix(what.size());
  while (trailing && rest.ends_with(what)) rest.remove_suffix(what.size());
  return std::string(rest);
}

// trim(text, what, "leading" | "trailing" | "both"), as the compiler calls it.
Datum trim(const Call& call) {
  std::vector<Datum> v;
  if (any_null(call, v)) return {};
  if (v.size() > 1) settle(call, v[0], {&v[1]});
  const std::string what = v.size() > 1 ? to_text(v[1]) : " ";
  const std::string side = v.size() > 2 ? to_text(v[2]) : "both";
  return like(v[0], trimmed(to_text(v[0]), what, side != "trailing", side != "leading"), call);
}

Datum find_in(const Call& call, Datum needle, Datum text, int64_t from) {
  settle(call, text, {&needle});
  const std::string haystack_text = to_text(text);
  const auto total = static_cast<int64_t>(character_count(text, haystack_text));
  if (from < 1 || from > total + 1) return Datum::of_int(0);
  const std::string plain = to_text(needle);
  if (plain.empty()) return Datum::of_int(from);
  Coercibility ignored;
  const bool textual = needle.is_textual() || text.is_textual();
  uint32_t collation = textual ? merged_collation(needle, text, ignored) : kTextOfNumbers;
  // The text's own, whatever the other's is.
  if (text.form == Form::kText && !call.context.env.mariadb) collation = text.collation;
  const Result<int64_t> at = find_text(haystack_text, plain, from - 1, collation);
  if (!at.ok()) throw SqlError{at.error()};
  return Datum::of_int(*at + 1);
}

Datum locate(const Call& call) {
  std::vector<Datum> v;
  if (!given_settled(call, 1, 0, {2}, v)) return {};
  return find_in(call, v[0], v[1], v.size() > 2 ? count_of(v[2], call) : 1);
}
Datum instr(const Call& call) {
  std::vector<Datum> v;
  if (any_null(call, v)) return {};
  return find_in(call, v[1], v[0], 1);
}

Datum insert(const Call& call) {
  std::vector<Datum> v;
  if (!given_settled(call, 0, 3, {1, 2}, v)) {
    // The place is read before it is known that the length is NULL.
    const bool place = !v[1].is_null() && v[2].is_null();
    if (place && !call.context.env.mariadb) (void)count_of(v[1], call);
    return {};
  }
  settle(call, v[0], {&v[3]});
  const std::string text = to_text(v[0]);
  const auto total = static_cast<int64_t>(character_count(v[0], text));
  const int64_t at = count_of(v[1], call);
  int64_t count = count_of(v[2], call);
  if (at < 1 || at > total) return like(v[0], text, call);
  if (count < 0 || count > total - at + 1) count = total - at + 1;
  const size_t from = offset_of(v[0], text, static_cast<size_t>(at - 1));
  const size_t to = offset_of(v[0], text, static_cast<size_t>(at - 1 + count));
  return joined({&v[0], &v[3]}, text.substr(0, from) + to_text(v[3]) + text.substr(to), call);
}

Datum ascii(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const std::string text = own_bytes(d);
  return Datum::of_int(text.empty() ? 0 : static_cast<unsigned char>(text[0]));
}

Datum ord(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const std::string text = to_text(d);
  std::string first = text.substr(0, text.empty() ? 0 : offset_of(d, text, 1));
  if (d.form == Form::kText) first = own_bytes(first, d.collation);
  int64_t out = 0;
  for (const char c : first) out = out << 8 | static_cast<unsigned char>(c);
  return Datum::of_int(out);
}

Datum hex(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  if (d.is_number()) {
    const bool computed = d.origin != Origin::kColumn || call.context.env.mariadb;
    if (computed && d.form == Form::kFloat && d.f < -9223372036854775808.0)
      out_of_range("BIGINT", to_text(d));
    const Datum u = d.form == Form::kUint ? d : Datum::of_int(to_int(d, call.context));
    return Datum::of_text(fmt::format("{:X}", u.u), call.collation);
  }
  if (d.type == Type::kBit && !call.context.env.mariadb)
    return Datum::of_text(fmt::format("{:X}", to_number(d).u), call.collation);
  std::string out;
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const std::string bytes = own_bytes(d);
  out.reserve(2 * bytes.size());
  for (const unsigned char c : bytes) {
    out += kDigits[c >> 4];
    out += kDigits[c & 15];
  }
  return Datum::of_text(std::move(out), call.collation);
}

Datum unhex(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  std::string digits = to_text(d);
  if (digits.size() % 2) digits.insert(0, 1, '0');
  std::string out;
  for (size_t i = 0; i < digits.size(); i += 2) {
    unsigned byte = 0;
    const auto [end, code] = std::from_chars(digits.data() + i, digits.data() + i + 2, byte, 16);
    if (code != std::errc() || end != digits.data() + i + 2) {
      if (!call.context.env.mariadb)
        call.context.warn(
            1411, fmt::format("Incorrect string value: '{}' for function unhex", call.source));
      return {};
    }
    out += static_cast<char>(byte);
  }
  return Datum::of_bytes(std::move(out));
}

Datum elt(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const int64_t index = to_int(d, call.context);
  if (index < 1 || index >= static_cast<int64_t>(call.size())) return {};
  const Datum chosen = call.arg(static_cast<size_t>(index));
  if (chosen.is_null()) return {};
  // What it is depends on all that it might have been.
  const StaticType merged = later_text_type(call);
  Datum out;
  if (merged.collation == kBinaryCollation) {
    out = Datum::of_bytes(chosen.is_textual() ? own_bytes(chosen) : to_text(chosen));
    out.coercibility = static_cast<Coercibility>(merged.coercibility);
  } else if (chosen.form == Form::kText) {
    out = like(chosen, chosen.bytes, call);
  } else if (chosen.form == Form::kBytes) {
    out = Datum::of_text(text_of_bytes(chosen, merged.collation).bytes, merged.collation);
  } else {
    out = Datum::of_text(to_text(chosen), merged.collation);
  }
  if (out.form == Form::kText) out.coercibility = static_cast<Coercibility>(merged.coercibility);
  if (!chosen.is_textual() || chosen.is_hex_or_bit())
    out.made_of = std::make_shared<const Datum>(chosen);
  return out;
}

Datum strcmp_function(const Call& call) {
  std::vector<Datum> v;
  if (!call.context.env.mariadb && is_string(*call.args[1])) (void)part_of(call, 0);
  if (any_null(call, v)) return {};
  // A constant is stored in the column that it is beside, as if they were compared.
  for (const size_t column : {0, 1}) {
    const Node& constant = call.args[1 - column]->as_written();
    if (call.context.env.mariadb || !is_column(*call.args[column]) || !is_fixed(constant)) continue;
    v[1 - column] = as_column(v[column], constant, v[1 - column], call.context);
  }
  Coercibility ignored;
  const auto is_date = [](const Datum& d) {
    return d.form == Form::kDate || d.form == Form::kDatetime;
  };
  if ((is_date(v[0]) && v[1].is_textual() && !v[1].json) ||
      (v[0].is_textual() && !v[0].json && is_date(v[1]))) {
    // For its error, though they are compared as texts.
    Env quiet = call.context.env;
    if (!quiet.mariadb) quiet.warnings = nullptr;
    (void)compare_datums(v[0], v[1], {call.context.row, quiet});
  }
  // With a number among them, bytes decide.
  const bool text = (v[0].is_textual() || v[0].is_temporal()) &&
                    (v[1].is_textual() || v[1].is_temporal()) &&
                    (v[0].is_textual() || v[1].is_textual());
  const uint32_t collation = text ? merged_collation(v[0], v[1], ignored) : kBinaryCollation;
  const Result<int> order = compare_text(to_text(v[0]), to_text(v[1]), collation);
  if (!order.ok()) throw SqlError{order.error()};
  Datum out = Datum::of_int(*order);
  out.boolean = true;  // a condition to the server
  return out;
}

Datum crc32(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  uint32_t crc = ~0u;
  for (const unsigned char c : own_bytes(d)) {
    crc ^= c;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
  }
  return Datum::of_uint(~crc);
}
StaticType uint_type(const Call&) { return static_type(Type::kUint64); }

Datum to_base64(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  constexpr char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::string text = own_bytes(d);
  std::string out;
  size_t column = 0;
  for (size_t i = 0; i < text.size(); i += 3) {
    if (column == 76) {
      out += '\n';
      column = 0;
    }
    uint32_t bits = 0;
    const size_t count = std::min<size_t>(3, text.size() - i);
    for (size_t k = 0; k < 3; ++k)
      bits = bits << 8 | (k < count ? static_cast<unsigned char>(text[i + k]) : 0);
    for (size_t k = 0; k < 4; ++k) out += k <= count ? kLetters[bits >> (18 - 6 * k) & 63] : '=';
    column += 4;
  }
  return Datum::of_text(std::move(out), call.collation);
}

constexpr Function kFunctions[] = {
    {"concat", 1, kAnyNumber, concat, text_type},
    {"concat_ws", 2, kAnyNumber, concat_ws, text_type},
    {"length", 1, 1, length, int_type},
    {"octet_length", 1, 1, length, int_type},
    {"bit_length", 1, 1, bit_length, int_type},
    {"char_length", 1, 1, char_length, int_type},
    {"character_length", 1, 1, char_length, int_type},
    {"lower", 1, 1, lower, first_type},
    {"lcase", 1, 1, lower, first_type},
    {"upper", 1, 1, upper, first_type},
    {"ucase", 1, 1, upper, first_type},
    {"left", 2, 2, left, first_type},
    {"right", 2, 2, right, first_type},
    {"substring", 2, 3, substring, first_type},
    {"substr", 2, 3, substring, first_type},
    {"mid", 3, 3, substring, first_type},
    {"replace", 3, 3, replace, first_type},
    {"reverse", 1, 1, reverse, first_type},
    {"repeat", 2, 2, repeat, first_type},
    {"space", 1, 1, space, plain_text_type},
    {"lpad", 3, 3, lpad, first_type},
    {"rpad", 3, 3, rpad, first_type},
    {"trim", 1, 3, trim, first_type},
    {"locate", 2, 3, locate, int_type},
    {"position", 2, 2, locate, int_type},
    {"instr", 2, 2, instr, int_type},
    {"insert", 4, 4, insert, first_type},
    {"ascii", 1, 1, ascii, int_type},
    {"ord", 1, 1, ord, int_type},
    {"hex", 1, 1, hex, plain_text_type},
    {"unhex", 1, 1, unhex, bytes_type},
    {"elt", 2, kAnyNumber, elt, later_text_type},
    {"strcmp", 2, 2, strcmp_function, int_type},
    {"crc32", 1, 1, crc32, uint_type},
    {"to_base64", 1, 1, to_base64, plain_text_type},
};

}  // namespace

Datum too_long(std::string_view function, const Context& context) {
  context.warn(1301,
               fmt::format("Result of {}() was larger than max_allowed_packet ({}) - truncated",
                           function, length_max(context)));
  return {};
}

std::span<const Function> text_functions() { return kFunctions; }

}  // namespace vif::eval
