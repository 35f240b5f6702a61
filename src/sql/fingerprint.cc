#include "sql/fingerprint.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "sql/lexer.h"

namespace vif::sql {

namespace {

constexpr uint64_t kPrime = 0x9E3779B97F4A7C15ULL;

uint64_t mix(uint64_t hash, uint64_t value) {
  const unsigned __int128 product = static_cast<unsigned __int128>(hash ^ value) * kPrime;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

// `room` bytes may be read from the text's begin on: one read of a word is cheaper than one of its bytes.
uint64_t mix_text(uint64_t hash, std::string_view text, size_t room) {
  hash = mix(hash, text.size() + 0x51);
  const char* at = text.data();
  size_t left = text.size();
  uint64_t word;
  for (; left >= 8; left -= 8, at += 8, room -= 8) {
    std::memcpy(&word, at, 8);
    hash = mix(hash, word);
  }
  if (left == 0) return hash;
  if (room >= 8) {
    std::memcpy(&word, at, 8);
    word &= (uint64_t{1} << (left * 8)) - 1;
  } else {
    word = 0;
    std::memcpy(&word, at, left);
  }
  return mix(hash, word);
}

uint64_t mix_text(uint64_t hash, std::string_view text) { return mix_text(hash, text, text.size()); }

// What the hash says of a literal that an argument will stand for.
enum Mark : uint64_t { kLiteralMark = 0x4c, kKeptMark = 0x4b, kNewMark = 0x4e, kLongMark = 0x47, kListMark = 0x54 };

constexpr size_t kSharedLengthMax = 256;  // Vitess shares no longer literals
constexpr size_t kLevelsMax = 64;

bool fits_int64(std::string_view digits) {
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  if (digits.size() != 19) return digits.size() < 19;
  return digits <= "9223372036854775807";
}

bool is_comparison(Tok tok) {
  return (tok >= Tok::kEq && tok <= Tok::kNullSafeEq) || tok == Tok::kw_like || tok == Tok::kw_regexp ||
         tok == Tok::kw_rlike;
}

bool is_temporal(Tok tok) {
  return tok == Tok::kw_date || tok == Tok::kw_time || tok == Tok::kw_timestamp;
}

bool is_text(Tok tok) { return tok == Tok::kString || tok == Tok::kNString; }

// Comments right after these are part of the statement.
bool is_verb(Tok tok) {
  switch (tok) {
    case Tok::kw_select:
    case Tok::kw_insert:
    case Tok::kw_replace:
    case Tok::kw_update:
    case Tok::kw_delete:
    case Tok::kw_values:
    case Tok::kw_stream:
    case Tok::kw_vexplain: return true;
    default: return false;
  }
}

// A number in parentheses after these is a length or a precision, not a value.
bool takes_length(Tok tok) {
  switch (tok) {
    case Tok::kw_char:
    case Tok::kw_nchar:
    case Tok::kw_binary:
    case Tok::kw_decimal:
    case Tok::kw_datetime:
    case Tok::kw_time:
    case Tok::kw_float:
    case Tok::kw_now:
    case Tok::kw_sysdate:
    case Tok::kw_current_timestamp:
    case Tok::kw_localtime:
    case Tok::kw_localtimestamp:
    case Tok::kw_utc_timestamp:
    case Tok::kw_utc_time:
    case Tok::kw_current_time:
    case Tok::kw_curtime:
    case Tok::kw_json_table: return true;
    default: return false;
  }
}

// One level of parentheses.
struct Level {
  bool select = false;     // a SELECT began here
  bool in_list = false;    // and its FROM has not come yet
  bool keep = false;       // ORDER BY, GROUP BY, a frame: literals stay in the text
  bool unshared = false;   // LIMIT: literals get arguments of their own
  bool inherited = false;  // some level around keeps
};

class Reader {
 public:
  Reader(std::string_view sql, const SqlMode& mode, Fingerprint& out)
      : sql_(sql), mode_(mode), out_(out), lexer_(sql, mode, ParseOptions{}.mysql_version) {}
  void keep_all() { keep_all_ = true; }

  // False: read it again, keeping all literals.
  bool run() {
    for (;;) {
      const Token token = lexer_.next();
      if (token.tok == Tok::kEnd || token.tok == Tok::kSemicolon || token.tok == Tok::kError) {
        finish(token);
        return !joined_ || keep_all_ || !parameterized_;
      }
      one(token);
    }
  }

 private:
  void finish(const Token& token) {
    out_.ok = token.tok != Tok::kError;
    out_.statement_length = token.tok == Tok::kSemicolon ? token.begin : token.end;
    if (token.tok == Tok::kSemicolon) {
      Token then = lexer_.next();
      while (then.tok == Tok::kSemicolon) then = lexer_.next();
      out_.has_more = then.tok != Tok::kEnd;
    }
    out_.hash = mix(hash_, static_cast<uint64_t>(out_.query_class));
  }

  void one(const Token& token) {
    if (first_) classify(token.tok);
    const bool wants_comments = !parameterized_ || is_verb(previous_);
    if (wants_comments && token.begin > token.prev_end) read_comments(token);
    if (token.literal >= 0 && token.tok != Tok::kArg) {
      literal(token);
    } else if (token.tok <= Tok::kLastPunctuation) {
      punctuation(token);
    } else {
      keyword(token);
    }
    before_previous_ = previous_;
    previous_ = token.tok;
  }

  void classify(Tok tok) {
    first_ = false;
    parameterized_ = true;
    switch (tok) {
      case Tok::kOpen:
      case Tok::kw_select: out_.query_class = QueryClass::kSelect; return;
      case Tok::kw_with: out_.query_class = QueryClass::kSelect; with_ = true; return;
      case Tok::kw_insert: out_.query_class = QueryClass::kInsert; insert_ = true; return;
      case Tok::kw_replace: out_.query_class = QueryClass::kReplace; insert_ = true; return;
      case Tok::kw_update: out_.query_class = QueryClass::kUpdate; return;
      case Tok::kw_delete: out_.query_class = QueryClass::kDelete; return;
      case Tok::kw_call:
      case Tok::kw_stream:
      case Tok::kw_vexplain: out_.query_class = QueryClass::kOther; return;
      default: break;
    }
    parameterized_ = false;
    switch (tok) {
      case Tok::kw_values:
      case Tok::kw_table: out_.query_class = QueryClass::kSelect; return;
      case Tok::kw_begin:
      case Tok::kw_start: out_.query_class = QueryClass::kBegin; return;
      case Tok::kw_commit: out_.query_class = QueryClass::kCommit; return;
      case Tok::kw_rollback: out_.query_class = QueryClass::kRollback; return;
      case Tok::kw_set: out_.query_class = QueryClass::kSet; return;
      case Tok::kw_show: out_.query_class = QueryClass::kShow; return;
      case Tok::kw_use: out_.query_class = QueryClass::kUse; return;
      case Tok::kw_explain:
      case Tok::kw_describe:
      case Tok::kw_desc: out_.query_class = QueryClass::kExplain; return;
      case Tok::kw_create:
      case Tok::kw_alter:
      case Tok::kw_drop:
      case Tok::kw_rename:
      case Tok::kw_truncate: out_.query_class = QueryClass::kDdl; return;
      default: out_.query_class = QueryClass::kOther;
    }
  }

  void read_comments(const Token& token) {
    for_each_comment(sql_.substr(token.prev_end, token.begin - token.prev_end), [&](std::string_view comment) {
      hash_ = mix_text(hash_, comment);
      if (comment.starts_with("/*vt+")) out_.has_directive = true;
    });
  }

  void punctuation(const Token& token) {
    hash_ = mix(hash_, static_cast<uint64_t>(token.tok));
    if (!parameterized_) hash_ = mix_text(hash_, sql_.substr(token.begin, token.end - token.begin));
    switch (token.tok) {
      case Tok::kId:
      case Tok::kAtId:
      case Tok::kAtAtId:
      case Tok::kArg:
      case Tok::kListArg:
      case Tok::kOffsetArg: hash_ = mix_source(token.text); break;
      case Tok::kOpen: open(); break;
      case Tok::kClose: close(); break;
      default: break;
    }
  }

  // Of a view into the statement's text.
  uint64_t mix_source(std::string_view text) const {
    if (text.empty()) return mix(hash_, 0x51);
    return mix_text(hash_, text, static_cast<size_t>(sql_.data() + sql_.size() - text.data()));
  }

  void open() {
    const bool keep = level().keep || level().inherited || takes_length(previous_);
    if (previous_ == Tok::kw_in && parameterized_ && !keep_all_ && !keep && !keeps_select_list() && literal_list()) return;
    ++depth_;
    if (depth_ < kLevelsMax) {
      levels_[depth_] = Level{};
      levels_[depth_].inherited = keep;
    }
  }

  void close() {
    if (depth_ == 0) return;
    if (depth_ < kLevelsMax) {
      if (level().select) --selects_;
      if (level().in_list) --lists_;
    }
    --depth_;
  }

  Level& level() { return levels_[std::min(depth_, kLevelsMax - 1)]; }

  bool keeps_select_list() const { return selects_ >= 2 && lists_ >= 1; }

  void end_list() {
    if (level().in_list) --lists_;
    level().in_list = false;
  }

  void keyword(const Token& token) {
    const KeywordClass word = keyword_class(token.tok);
    hash_ = mix(hash_, static_cast<uint64_t>(token.tok));
    // A tree keeps the letters of such a word when it is a name.
    const bool as_written = !parameterized_ || word == KeywordClass::kNonReserved ||
                            word == KeywordClass::kUnused || previous_ == Tok::kDot ||
                            token.tok == Tok::kw_binary || level().inherited;
    if (as_written) hash_ = mix_source(token.text);
    if (previous_ == Tok::kDot) return;
    switch (token.tok) {
      case Tok::kw_on:
        if (insert_ && depth_ == 0) shares_ = true;
        break;
      case Tok::kw_select:
        if (!level().select) ++selects_;
        if (!level().in_list) ++lists_;
        level() = Level{true, true, false, false, level().inherited};
        shares_ = true;
        if (with_ && depth_ == 0) with_ = false;
        break;
      case Tok::kw_update:
      case Tok::kw_delete:
        if (with_ && depth_ == 0) {
          out_.query_class = token.tok == Tok::kw_update ? QueryClass::kUpdate : QueryClass::kDelete;
          with_ = false;
        }
        level().keep = false;
        break;
      case Tok::kw_from:
      case Tok::kw_where:
      case Tok::kw_having:
      case Tok::kw_union:
      case Tok::kw_into:
      case Tok::kw_window:
      case Tok::kw_separator:
      case Tok::kw_for:
      case Tok::kw_lock:
        end_list();
        level().keep = level().unshared = false;
        break;
      case Tok::kw_limit:
        end_list();
        level().keep = false;
        level().unshared = true;
        break;
      case Tok::kw_order:
      case Tok::kw_group:
      case Tok::kw_rows:
      case Tok::kw_range:
        level().keep = true;
        break;
      default: break;
    }
  }

  static TokenLiteral literal_kind(Tok tok, Tok before) {
    if (tok == Tok::kString && before == Tok::kw_date) return TokenLiteral::kDate;
    if (tok == Tok::kString && before == Tok::kw_time) return TokenLiteral::kTime;
    if (tok == Tok::kString && before == Tok::kw_timestamp) return TokenLiteral::kTimestamp;
    return static_cast<TokenLiteral>(static_cast<int>(tok) - static_cast<int>(Tok::kString));
  }

  // Does the string at hand stand where only a name or an option's value can?
  bool names_something() const {
    if (previous_ == Tok::kId || previous_ == Tok::kClose || previous_ == Tok::kArg || previous_ == Tok::kAtId ||
        previous_ == Tok::kAtAtId || previous_ == Tok::kStar || (previous_ >= Tok::kInt && previous_ <= Tok::kBitVal)) {
      return true;
    }
    if (!is_keyword(previous_)) return false;
    switch (previous_) {
      case Tok::kw_date:
      case Tok::kw_time:
      case Tok::kw_timestamp:
      case Tok::kw_any:
      case Tok::kw_some: return false;
      case Tok::kw_as:
      case Tok::kw_collate:
      case Tok::kw_separator:
      case Tok::kw_outfile:
      case Tok::kw_using:
      case Tok::kw_by:
      case Tok::kw_set:
      case Tok::kw_null:
      case Tok::kw_true:
      case Tok::kw_false:
      case Tok::kw_end: return true;
      default: return keyword_class(previous_) == KeywordClass::kNonReserved;
    }
  }

  void literal(const Token& token) {
    if (is_text(token.tok) && is_text(previous_) && !out_.literals.empty()) {
      // 'a' 'b': the same literal goes on. Rare enough to keep the whole text.
      joined_ = true;
      LiteralRef& ref = out_.literals.back();
      ref.length = token.end - ref.offset;
      hash_ = mix_text(mix(hash_, kKeptMark), token.text);
      return;
    }
    const bool too_large = token.tok == Tok::kInt && !fits_int64(token.text);
    const bool kept = !parameterized_ || keep_all_ || level().keep || level().inherited || depth_ >= kLevelsMax ||
                      keeps_select_list() || too_large || (is_text(token.tok) && names_something());
    out_.literals.push_back({literal_kind(token.tok, previous_), kept, false, 0, token.begin, token.end - token.begin});
    hash_ = mix(hash_, static_cast<uint64_t>(token.tok));
    if (kept) {
      hash_ = mix_text(mix(hash_, kKeptMark), token.text);
      return;
    }
    hash_ = mix(hash_, kLiteralMark);
    shape(token);
    // Only some literals are shared with equal ones; which are equal is part of the statement's shape.
    const bool marked = previous_ == Tok::kMinus || previous_ == Tok::kPlus || is_temporal(previous_);
    const bool may_share = insert_ && !shares_ ? false
                                               : selects_ > 0 || is_comparison(marked ? before_previous_ : previous_);
    if (may_share && !level().unshared) share(value_hash(token));
  }

  // What an argument's type tells of its literal beside the kind.
  void shape(const Token& token) {
    if (token.tok == Tok::kDecimal) {
      hash_ = mix(hash_, token.text.size() * 1024 + token.text.find('.'));
    } else if (token.tok == Tok::kString && (previous_ == Tok::kw_time || previous_ == Tok::kw_timestamp)) {
      const size_t dot = token.text.find('.');
      hash_ = mix(hash_, dot == std::string_view::npos ? 0 : token.text.size() - dot);
    }
  }

  std::string_view value(const Token& token) {
    if (!token.escaped) return token.text;
    out_.scratch.text.clear();
    unescape(token.text, sql_[token.end - 1], mode_.no_backslash_escapes, out_.scratch.text);
    return out_.scratch.text;
  }

  uint64_t value_hash(const Token& token) {
    const std::string_view text = value(token);
    if (text.size() > kSharedLengthMax) return 0;
    return mix_text(mix(1, static_cast<uint64_t>(token.tok)), text) | 1;
  }

  // 0: equal to none.
  void share(uint64_t value) {
    if (value == 0) {
      hash_ = mix(hash_, kLongMark);
      return;
    }
    const size_t known = find_value(value);
    hash_ = mix(hash_, known == out_.scratch.values.size() ? static_cast<uint64_t>(kNewMark) : known + 256);
    if (known == out_.scratch.values.size()) add_value(value);
  }

  static constexpr size_t kFewValues = 24;

  size_t find_value(uint64_t value) const {
    const auto& values = out_.scratch.values;
    if (values.size() <= kFewValues) {
      return static_cast<size_t>(std::find(values.begin(), values.end(), value) - values.begin());
    }
    const auto& buckets = out_.scratch.buckets;
    for (size_t slot = value & (buckets.size() - 1); buckets[slot] != 0; slot = (slot + 1) & (buckets.size() - 1)) {
      if (values[buckets[slot] - 1] == value) return buckets[slot] - 1;
    }
    return values.size();
  }

  void add_value(uint64_t value) {
    auto& values = out_.scratch.values;
    auto& buckets = out_.scratch.buckets;
    values.push_back(value);
    if (values.size() <= kFewValues) return;
    const auto put = [&](size_t i) {
      size_t slot = values[i] & (buckets.size() - 1);
      while (buckets[slot] != 0) slot = (slot + 1) & (buckets.size() - 1);
      buckets[slot] = static_cast<uint32_t>(i + 1);
    };
    if (values.size() == kFewValues + 1 || values.size() * 2 > buckets.size()) {
      size_t size = 64;
      while (size < values.size() * 4) size *= 2;
      buckets.assign(size, 0);
      for (size_t i = 0; i < values.size(); ++i) put(i);
    } else {
      put(values.size() - 1);
    }
  }

  // in (1, 2, 3): one argument for the whole, whatever its length. False: it is no list of literals,
  // and nothing was read.
  bool literal_list() {
    const Lexer start = lexer_;
    const size_t literals = out_.literals.size();
    uint64_t content = 1;
    Tok last = Tok::kOpen;
    for (;;) {
      const Token token = lexer_.next();
      const bool is_literal = token.literal >= 0 && token.tok != Tok::kArg;
      bool good = false;
      if (is_literal) {
        const bool dated = is_temporal(last);
        const bool negative = last == Tok::kMinus;
        good = last == Tok::kOpen || last == Tok::kComma || (dated && token.tok == Tok::kString) ||
               ((negative || last == Tok::kPlus) && token.tok >= Tok::kInt && token.tok <= Tok::kFloat);
        good = good && token.tok != Tok::kNString && (token.tok != Tok::kInt || fits_int64(token.text));
        content = mix_text(mix(content, static_cast<uint64_t>(token.tok)), value(token));
        const uint8_t place = out_.literals.size() == literals ? 1 : 2;
        out_.literals.push_back({literal_kind(token.tok, last), false, negative, place, token.begin, token.end - token.begin});
      } else if (token.tok == Tok::kMinus || token.tok == Tok::kPlus || is_temporal(token.tok)) {
        good = last == Tok::kOpen || last == Tok::kComma;
        content = mix(content, static_cast<uint64_t>(token.tok));
      } else if (token.tok == Tok::kComma || token.tok == Tok::kClose) {
        good = last >= Tok::kString && last <= Tok::kBitVal;
      }
      if (!good) {
        lexer_ = start;
        out_.literals.resize(literals);
        return false;
      }
      last = token.tok;
      if (token.tok == Tok::kClose) break;
    }
    hash_ = mix(hash_, kListMark);
    share(content | 1);
    previous_ = Tok::kClose;
    return true;
  }

  std::string_view sql_;
  const SqlMode& mode_;
  Fingerprint& out_;
  Lexer lexer_;
  uint64_t hash_ = 0x7669660000000001ULL;
  Tok previous_ = Tok::kEnd;
  Tok before_previous_ = Tok::kEnd;
  bool first_ = true;
  bool parameterized_ = false;
  bool with_ = false;
  bool insert_ = false;
  bool keep_all_ = false;
  bool joined_ = false;
  bool shares_ = false;  // past the VALUES of an INSERT
  size_t depth_ = 0;
  int selects_ = 0;  // SELECTs open around us
  int lists_ = 0;    // those whose select list we are in
  std::array<Level, kLevelsMax> levels_{};
};

}  // namespace

void fingerprint(std::string_view sql, const SqlMode& mode, Fingerprint& out) {
  const auto clear = [&] {
    out.hash = 0;
    out.query_class = QueryClass::kEmpty;
    out.has_directive = out.has_more = false;
    out.literals.clear();
    out.scratch.values.clear();
  };
  clear();
  if (Reader(sql, mode, out).run()) return;
  clear();
  Reader again(sql, mode, out);
  again.keep_all();
  again.run();
}

std::string_view literal_value(std::string_view sql, const LiteralRef& literal, const SqlMode& mode,
                               std::string& buffer) {
  Lexer lexer(sql.substr(literal.offset, literal.length), mode, ParseOptions{}.mysql_version);
  const Token token = lexer.next();
  const std::string_view text = sql.substr(literal.offset, literal.length);
  if (literal.kind == TokenLiteral::kBitVal) {
    buffer.assign("0b").append(token.text);
    return buffer;
  }
  const bool joined = token.end != literal.length;
  if (!token.escaped && !joined) return token.text;
  buffer.clear();
  for (Token part = token; part.tok != Tok::kEnd; part = lexer.next()) {
    if (part.escaped) {
      unescape(part.text, text[part.end - 1], mode.no_backslash_escapes, buffer);
    } else {
      buffer += part.text;
    }
  }
  return buffer;
}

}  // namespace vif::sql
