#include "sql/fingerprint.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "sql/lexer_inline.h"

namespace vif::sql {

namespace {

constexpr uint64_t kPrime = 0x9E3779B97F4A7C15ULL;

uint64_t mix(uint64_t hash, uint64_t value) {
  const unsigned __int128 product = static_cast<unsigned __int128>(hash ^ value) * kPrime;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

template <typename Number>
uint64_t number_at(const char* at) {
  Number number;
  std::memcpy(&number, at, sizeof(number));
  return number;
}

uint64_t mix_text(uint64_t hash, std::string_view text) {
  hash = mix(hash, text.size() + 0x51);
  const char* at = text.data();
  const char* end = at + text.size();
  if (text.size() >= 8) {
    for (; end - at > 8; at += 8) hash = mix(hash, number_at<uint64_t>(at));
    return mix(hash, number_at<uint64_t>(end - 8));
  }
  if (text.size() >= 4)
    return mix(hash, number_at<uint32_t>(at) << 32 | number_at<uint32_t>(end - 4));
  if (text.empty()) return hash;
  return mix(hash, number_at<uint8_t>(at) << 16 | number_at<uint8_t>(at + text.size() / 2) << 8 |
                       number_at<uint8_t>(end - 1));
}

// What a token is and the first 16 bytes of its text in one multiplication.
uint64_t mix_word(uint64_t hash, uint64_t what, const WordHead& head) {
  const uint64_t turned = hash << 32 | hash >> 32;
  const unsigned __int128 product =
      static_cast<unsigned __int128>(hash ^ head.low ^ kPrime) * (turned ^ head.high ^ what);
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

// What the hash says of a literal that an argument will stand for.
enum Mark : uint64_t {
  kLiteralMark = 0x4c,
  kKeptMark = 0x4b,
  kNewMark = 0x4e,
  kLongMark = 0x47,
  kListMark = 0x54
};

constexpr size_t kSharedLengthMax = 256;  // Vitess shares no longer literals
constexpr size_t kLevelsMax = 64;

bool fits_int64(std::string_view digits) {
  if (digits.size() < 19) return true;
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  if (digits.size() != 19) return digits.size() < 19;
  return digits <= "9223372036854775807";
}

// What the reader asks of a token, once a token: kinds are a table.
enum Trait : uint16_t {
  kComparison = 1,
  kTemporal = 2,      // DATE, TIME, TIMESTAMP before a string
  kText = 4,          // a string
  kVerb = 8,          // comments right after it are part of the statement
  kTakesLength = 16,  // a number in parentheses after it is a length or a precision, not a value
  kAsWritten = 32,    // a tree keeps its letters when it is a name
  kTurns = 64,        // changes what the reader expects: see Reader::turn
  kBeforeName = 128,  // a string after it can only be a name or an option's value
  kNamed = 256,       // a token of a name, with its text
  kParenthesis = 512,
  kBinds = 1024,        // an operator, so that a number before it is a part of an expression
  kRewritten = 2048,    // the normaliser may rewrite what it stands in: see Reader::rewritten
  kBesideValue = 4096,  // may stand between a comparison and its literal
};

constexpr auto kTraits = [] {
  std::array<uint16_t, static_cast<size_t>(Tok::kCount)> traits{};
  const auto give = [&](Trait trait, std::initializer_list<Tok> toks) {
    for (Tok tok : toks) traits[static_cast<size_t>(tok)] |= trait;
  };
  for (size_t i = static_cast<size_t>(Tok::kLastPunctuation) + 1; i < traits.size(); ++i) {
    const KeywordClass word = keyword_class(static_cast<Tok>(i));
    if (word == KeywordClass::kNonReserved) traits[i] |= kAsWritten | kBeforeName;
    if (word == KeywordClass::kUnused) traits[i] |= kAsWritten;
  }
  give(kComparison, {Tok::kEq, Tok::kLt, Tok::kGt, Tok::kLe, Tok::kGe, Tok::kNe, Tok::kNullSafeEq,
                     Tok::kw_like, Tok::kw_regexp, Tok::kw_rlike, Tok::kAssign});
  give(kTemporal, {Tok::kw_date, Tok::kw_time, Tok::kw_timestamp});
  give(kText, {Tok::kString, Tok::kNString});
  give(kVerb, {Tok::kw_select, Tok::kw_insert, Tok::kw_replace, Tok::kw_update, Tok::kw_delete,
               Tok::kw_values, Tok::kw_stream, Tok::kw_vexplain});
  give(kTakesLength, {Tok::kw_char,          Tok::kw_character,
                      Tok::kw_nchar,         Tok::kw_varchar,
                      Tok::kw_binary,        Tok::kw_decimal,
                      Tok::kw_dec,           Tok::kw_numeric,
                      Tok::kw_double,        Tok::kw_real,
                      Tok::kw_datetime,      Tok::kw_time,
                      Tok::kw_float,         Tok::kw_now,
                      Tok::kw_sysdate,       Tok::kw_current_timestamp,
                      Tok::kw_localtime,     Tok::kw_localtimestamp,
                      Tok::kw_utc_timestamp, Tok::kw_utc_time,
                      Tok::kw_current_time,  Tok::kw_curtime,
                      Tok::kw_json_table});
  give(kAsWritten, {Tok::kw_binary, Tok::kw_current_user});
  give(kTurns, {Tok::kw_on, Tok::kw_select, Tok::kw_update, Tok::kw_delete, Tok::kw_from,
                Tok::kw_where, Tok::kw_having, Tok::kw_union, Tok::kw_into, Tok::kw_window,
                Tok::kw_separator, Tok::kw_for, Tok::kw_lock, Tok::kw_limit, Tok::kw_set,
                Tok::kw_order, Tok::kw_group, Tok::kw_rows, Tok::kw_range});
  give(kNamed, {Tok::kAtId, Tok::kAtAtId, Tok::kArg, Tok::kListArg, Tok::kOffsetArg});
  give(kParenthesis, {Tok::kOpen, Tok::kClose});
  give(kBinds,
       {Tok::kw_and, Tok::kw_or, Tok::kw_xor, Tok::kw_in, Tok::kw_is, Tok::kw_like, Tok::kw_between,
        Tok::kw_regexp, Tok::kw_rlike, Tok::kw_not, Tok::kw_div, Tok::kw_mod, Tok::kw_member,
        Tok::kw_collate, Tok::kw_when, Tok::kw_then, Tok::kw_else, Tok::kw_end, Tok::kw_escape});
  give(kBesideValue, {Tok::kOpen, Tok::kPlus, Tok::kw_date, Tok::kw_time, Tok::kw_timestamp});
  give(kRewritten,
       {Tok::kw_database, Tok::kw_schema, Tok::kw_distinct, Tok::kw_values, Tok::kw_value});
  // Of the words that may be names, these stand before a value too.
  for (Tok tok : {Tok::kw_date, Tok::kw_time, Tok::kw_timestamp, Tok::kw_any, Tok::kw_some}) {
    traits[static_cast<size_t>(tok)] &= static_cast<uint16_t>(~kBeforeName);
  }
  give(kBeforeName,
       {Tok::kId,          Tok::kClose,     Tok::kArg,     Tok::kAtId,  Tok::kAtAtId,
        Tok::kStar,        Tok::kInt,       Tok::kDecimal, Tok::kFloat, Tok::kHexNum,
        Tok::kHexVal,      Tok::kBitNum,    Tok::kBitVal,  Tok::kw_as,  Tok::kw_collate,
        Tok::kw_separator, Tok::kw_outfile, Tok::kw_using, Tok::kw_by,  Tok::kw_set,
        Tok::kw_null,      Tok::kw_true,    Tok::kw_false, Tok::kw_end});
  return traits;
}();

bool has_trait(Tok tok, uint16_t traits) {
  return (kTraits[static_cast<size_t>(tok)] & traits) != 0;
}

// One level of parentheses.
struct Level {
  bool select : 1 = false;     // a SELECT began here
  bool in_list : 1 = false;    // and its FROM has not come yet
  bool keep : 1 = false;       // ORDER BY, GROUP BY, a frame: literals stay in the text
  bool unshared : 1 = false;   // LIMIT: literals get arguments of their own
  bool inherited : 1 = false;  // some level around keeps
  bool united : 1 = false;     // a UNION stood here
  bool length : 1 = false;     // of a type, or the digits of a clock's fraction
};

class Reader {
 public:
  Reader(std::string_view sql, const SqlMode& mode, Fingerprint& out)
      : sql_(sql), mode_(mode), out_(out), lexer_(sql, mode, ParseOptions{}.mysql_version) {}
  void keep_all() { keep_all_ = true; }

  // False: read it again, keeping all literals.
  bool run() {
    Token token;
    WordHead head;
    for (;;) {
      lexer_.read(token, head);
      // {d '2020-01-01'}, {fn ...}: read by the parser each time.
      if (token.tok == Tok::kError && (token.text == "{" || token.text == "}")) {
        braces_ = true;
        continue;
      }
      if (token.tok == Tok::kEnd || token.tok == Tok::kSemicolon || token.tok == Tok::kError) {
        finish(token);
        return !joined_ || keep_all_ || !parameterized_;
      }
      one(token, head);
    }
  }

 private:
  [[gnu::noinline]] void finish(const Token& token) {
    out_.ok = token.tok != Tok::kError && !braces_;
    out_.statement_length = token.tok == Tok::kSemicolon ? token.begin : token.end;
    if (token.tok == Tok::kSemicolon) {
      Token then = lexer_.next();
      while (then.tok == Tok::kSemicolon) then = lexer_.next();
      out_.has_more = then.tok != Tok::kEnd;
    }
    out_.hash = mix(hash_, static_cast<uint64_t>(out_.query_class));
  }

  void one(const Token& token, const WordHead& head) {
    if (first_) classify(token.tok);
    const uint16_t traits = kTraits[static_cast<size_t>(token.tok)];
    if ((!parameterized_ || (before_ & kVerb) != 0) && token.begin > token.prev_end + 1)
      read_comments(token);
    if (token.tok == Tok::kId) {
      name(token, head);
    } else if (is_keyword(token.tok)) {
      keyword(token, head, traits);
    } else if (token.literal >= 0 && token.tok != Tok::kArg) {
      literal(token, traits);
    } else {
      punctuation(token, traits);
    }
    compared_ = (traits & (compared_ ? kComparison | kBesideValue : kComparison)) != 0;
    before_ = traits;
    previous_ = token.tok;
  }

  [[gnu::noinline]] void classify(Tok tok) {
    first_ = false;
    parameterized_ = true;
    switch (tok) {
      case Tok::kOpen:
      case Tok::kw_select: out_.query_class = QueryClass::kSelect; return;
      case Tok::kw_with:
        out_.query_class = QueryClass::kSelect;
        with_ = true;
        return;
      case Tok::kw_insert:
        out_.query_class = QueryClass::kInsert;
        insert_ = true;
        return;
      case Tok::kw_replace:
        out_.query_class = QueryClass::kReplace;
        insert_ = true;
        return;
      case Tok::kw_update:
      case Tok::kw_delete:
        out_.query_class = tok == Tok::kw_update ? QueryClass::kUpdate : QueryClass::kDelete;
        tables_ = true;
        return;
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

  [[gnu::noinline]] void read_comments(const Token& token) {
    for_each_comment(sql_.substr(token.prev_end, token.begin - token.prev_end),
                     [&](std::string_view comment) {
                       hash_ = mix_text(hash_, comment);
                       if (comment.starts_with("/*vt+")) out_.has_directive = true;
                     });
  }

  [[gnu::always_inline]] void name(const Token& token, const WordHead& head) {
    if (lists_ > 0 && may_read_session(token.text.size(), head) && reads_session(token.text))
      in_item(kIsRewritten);
    // FOR SYSTEM_TIME is kept as written.
    if (previous_ == Tok::kw_for && equal_ci(token.text, "system_time")) [[unlikely]]
      joined_ = true;
    if (!parameterized_) hash_ = mix_text(hash_, source(token));
    hash_ = mix_word(hash_, token.text.size() << 16 | static_cast<uint64_t>(token.tok), head);
    if (token.text.size() > sizeof(WordHead))
      hash_ = mix_text(hash_, token.text.substr(sizeof(WordHead)));
  }

  // By length and first letter: asked of every name of a select list.
  static bool may_read_session(size_t length, const WordHead& head) {
    const char first = static_cast<char>(head.low | 0x20);
    return (length == 14 && first == 'l') || (length == 10 && first == 'f') ||
           (length == 9 && first == 'r');
  }
  static bool reads_session(std::string_view word) {
    return equal_ci(word, "last_insert_id") || equal_ci(word, "found_rows") ||
           equal_ci(word, "row_count");
  }

  void punctuation(const Token& token, uint16_t traits) {
    hash_ = mix(hash_, static_cast<uint64_t>(token.tok));
    if (!parameterized_) hash_ = mix_text(hash_, source(token));
    if (token.tok == Tok::kComma && level().in_list) item_ = 0;
    if ((traits & (kNamed | kParenthesis)) == 0) return;
    if (token.tok == Tok::kOpen) {
      open();
    } else if (token.tok == Tok::kClose) {
      close();
    } else {
      hash_ = mix_text(hash_, token.text);
      if (lists_ > 0 && (token.tok == Tok::kAtId || token.tok == Tok::kAtAtId))
        in_item(kIsRewritten);
    }
  }

  std::string_view source(const Token& token) const {
    return sql_.substr(token.begin, token.end - token.begin);
  }

  void open() {
    const bool length = (before_ & kTakesLength) != 0;
    const bool keep = level().keep || level().inherited || length;
    if (previous_ == Tok::kw_in && parameterized_ && !keep_all_ &&
        literal_list(keep || keeps_select_list()))
      return;
    ++depth_;
    if (depth_ < kLevelsMax) {
      levels_[depth_] = Level{};
      levels_[depth_].inherited = keep;
      levels_[depth_].length = length && previous_ != Tok::kw_char && previous_ != Tok::kw_binary &&
                               previous_ != Tok::kw_json_table;
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

  // A derived table's literals stay: it stands inside of a SELECT, or among the tables of a change.
  bool keeps_select_list() const { return lists_ >= 1 && (selects_ >= 2 || tables_); }

  // (select 1 from t limit 2) limit 3: the first is a derived table.
  void behind_parentheses() {
    const bool whole = depth_ == 0 && out_.query_class == QueryClass::kSelect;
    if (whole && previous_ == Tok::kClose && !level().select && !level().united) joined_ = true;
  }

  void end_list() {
    if (level().in_list) --lists_;
    level().in_list = false;
  }

  void keyword(const Token& token, const WordHead& head, uint16_t traits) {
    if (!parameterized_ || (traits & kAsWritten) != 0 || previous_ == Tok::kDot ||
        level().inherited) {
      name(token, head);
    } else {
      hash_ = mix(hash_, static_cast<uint64_t>(token.tok));
    }
    if ((traits & (kTurns | kRewritten)) == 0) return;
    if ((traits & kTurns) != 0 && previous_ != Tok::kDot) turn(token.tok);
    if ((traits & kRewritten) != 0) rewritten(token.tok);
  }

  [[gnu::noinline]] void rewritten(Tok tok) {
    if (tok == Tok::kw_values) {
      // VALUES as a statement, perhaps in parentheses or behind WITH, is not normalised.
      if (selects_ == 0 && out_.query_class == QueryClass::kSelect) joined_ = true;
    } else if (tok == Tok::kw_value) {
      if (previous_ != Tok::kw_next || lists_ == 0) return;
      Token one;  // NEXT VALUE is NEXT 1 VALUES
      one.tok = Tok::kInt;
      one.text = "1";
      share(value_hash(one));
    } else if (lists_ > 0) {
      in_item(kIsRewritten);
    }
  }

  void turn(Tok tok) {
    switch (tok) {
      case Tok::kw_on:
        if (insert_ && depth_ == 0) shares_ = true;
        break;
      case Tok::kw_select:
        if (lists_ > 0) {
          in_item(kIsRewritten);  // (select 1) alone is replaced by the 1
        } else {
          item_ = 0;
        }
        if (!level().select) ++selects_;
        if (!level().in_list) ++lists_;
        level() = Level{true, true, false, false, level().inherited};
        shares_ = true;
        if (with_ && depth_ == 0) with_ = false;
        break;
      case Tok::kw_update:
      case Tok::kw_delete:
        if (with_ && depth_ == 0) {
          out_.query_class = tok == Tok::kw_update ? QueryClass::kUpdate : QueryClass::kDelete;
          with_ = false;
          tables_ = true;
        }
        level().keep = false;
        break;
      case Tok::kw_set:
        if (depth_ == 0) tables_ = false;
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
        if (tok == Tok::kw_where && depth_ == 0) tables_ = false;
        if (tok == Tok::kw_union) level().united = true;
        break;
      case Tok::kw_limit:
        behind_parentheses();
        end_list();
        level().keep = false;
        level().unshared = true;
        break;
      case Tok::kw_order: behind_parentheses(); [[fallthrough]];
      case Tok::kw_group:
      case Tok::kw_rows:
      case Tok::kw_range: level().keep = true; break;
      default: break;
    }
  }

  static TokenLiteral literal_kind(Tok tok, Tok before) {
    if (tok == Tok::kString && before == Tok::kw_date) return TokenLiteral::kDate;
    if (tok == Tok::kString && before == Tok::kw_time) return TokenLiteral::kTime;
    if (tok == Tok::kString && before == Tok::kw_timestamp) return TokenLiteral::kTimestamp;
    return static_cast<TokenLiteral>(static_cast<int>(tok) - static_cast<int>(Tok::kString));
  }

  void literal(const Token& token, uint16_t traits) {
    if ((traits & before_ & kText) != 0 && !out_.literals.empty()) {
      hash_ = mix_text(mix(hash_, kKeptMark), token.text);
      if (alone_) return;  // date '2020-01-01' 'name'
      // 'a' 'b': the same literal goes on. Rare enough to keep the whole text.
      joined_ = true;
      LiteralRef& ref = out_.literals.back();
      ref.length = token.end - ref.offset;
      return;
    }
    alone_ = has_trait(previous_, kTemporal) || previous_ == Tok::kJSONExtract ||
             previous_ == Tok::kJSONUnquoteExtract;
    const bool too_large = token.tok == Tok::kInt && !fits_int64(token.text);
    const bool kept = !parameterized_ || keep_all_ || level().keep || level().inherited ||
                      depth_ >= kLevelsMax || keeps_select_list() || too_large ||
                      ((traits & kText) != 0 && (before_ & kBeforeName) != 0);
    out_.literals.push_back(
        {literal_kind(token.tok, previous_), kept, 0, token.begin, token.end - token.begin});
    hash_ = mix(hash_, static_cast<uint64_t>(token.tok) << 8 |
                           static_cast<uint64_t>(kept ? kKeptMark : kLiteralMark));
    if (kept) {
      hash_ = mix_text(hash_, token.text);
      // The normaliser may give it an argument all the same, and then one with equal literals
      // elsewhere.
      if (keep_all_ || too_large || stays_number(token)) return;
    } else {
      shape(token);
      if (lists_ > 0) in_item(kHasLiteral);
    }
    // Only some literals are shared with equal ones; which are equal is part of the statement's
    // shape.
    if ((compared_ || (selects_ > 0 && !(insert_ && !shares_))) && !level().unshared)
      share(value_hash(token));
  }

  // A length, a precision, a bound of a frame, or a position of ORDER BY and GROUP BY: never an
  // argument.
  [[gnu::noinline]] bool stays_number(const Token& token) {
    if (token.tok != Tok::kInt) return false;
    if (level().length) return true;
    if (!level().keep) return false;
    Lexer ahead = lexer_;
    const Tok then = ahead.next().tok;
    if (then == Tok::kw_preceding || then == Tok::kw_following) return true;
    const bool begins = previous_ == Tok::kw_by || previous_ == Tok::kComma;
    return begins && (then <= Tok::kClose || is_keyword(then)) && !has_trait(then, kBinds);
  }

  // A column without a name is named after its text when a part of it is rewritten (@x,
  // last_insert_id()): then its literals are part of the statement.
  enum InItem : uint8_t { kHasLiteral = 1, kIsRewritten = 2 };
  void in_item(InItem what) {
    item_ |= what;
    if (item_ == (kHasLiteral | kIsRewritten)) joined_ = true;
  }

  // What an argument's type tells of its literal beside the kind.
  void shape(const Token& token) {
    if (token.tok == Tok::kDecimal) {
      hash_ = mix(hash_, token.text.size() * 1024 + token.text.find('.'));
    } else if (token.tok == Tok::kString &&
               (previous_ == Tok::kw_time || previous_ == Tok::kw_timestamp)) {
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
    const Tok kind = token.tok == Tok::kNString ? Tok::kString : token.tok;
    return mix_text(mix(1, static_cast<uint64_t>(kind)), text) | 1;
  }

  // 0: equal to none.
  void share(uint64_t value) {
    if (value == 0) {
      hash_ = mix(hash_, kLongMark);
      return;
    }
    const size_t known = find_value(value);
    hash_ = mix(
        hash_, known == out_.scratch.values.size() ? static_cast<uint64_t>(kNewMark) : known + 256);
    if (known == out_.scratch.values.size()) add_value(value);
  }

  static constexpr size_t kFewValues = 24;

  size_t find_value(uint64_t value) const {
    const auto& values = out_.scratch.values;
    if (values.size() <= kFewValues) {
      return static_cast<size_t>(std::find(values.begin(), values.end(), value) - values.begin());
    }
    const auto& buckets = out_.scratch.buckets;
    for (size_t slot = value & (buckets.size() - 1); buckets[slot] != 0;
         slot = (slot + 1) & (buckets.size() - 1)) {
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

  // in (1, 2, 3): one argument for the whole, whatever its length. False: it is no list of
  // literals, or one whose literals are kept, and nothing was read.
  bool literal_list(bool kept) {
    const Lexer start = lexer_;
    const size_t literals = out_.literals.size();
    uint64_t content = 1;
    Tok last = Tok::kOpen;
    for (;;) {
      const Token token = lexer_.next();
      const bool is_literal = token.literal >= 0 && token.tok != Tok::kArg;
      bool good = false;
      if (is_literal) {
        const bool dated = has_trait(last, kTemporal);
        good = last == Tok::kOpen || last == Tok::kComma || (dated && token.tok == Tok::kString) ||
               (last == Tok::kPlus && token.tok >= Tok::kInt && token.tok <= Tok::kFloat);
        good = good && token.tok != Tok::kNString &&
               (token.tok != Tok::kInt || fits_int64(token.text));
        content = mix_text(mix(content, static_cast<uint64_t>(token.tok)), value(token));
        const uint8_t place = out_.literals.size() == literals ? 1 : 2;
        out_.literals.push_back(
            {literal_kind(token.tok, last), false, place, token.begin, token.end - token.begin});
      } else if (token.tok == Tok::kPlus || has_trait(token.tok, kTemporal)) {
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
    if (kept) {
      lexer_ = start;
      out_.literals.resize(literals);
      return false;
    }
    if (lists_ > 0) in_item(kHasLiteral);
    return true;
  }

  std::string_view sql_;
  const SqlMode& mode_;
  Fingerprint& out_;
  Lexer lexer_;
  uint64_t hash_ = 0x7669660000000001ULL;
  Tok previous_ = Tok::kEnd;
  bool compared_ = false;  // nothing but ( and + since an = or the like
  uint16_t before_ = 0;    // the traits of previous_
  bool first_ = true;
  bool parameterized_ = false;
  bool with_ = false;
  bool tables_ = false;  // among the tables of an UPDATE or DELETE
  bool insert_ = false;
  bool braces_ = false;
  bool keep_all_ = false;
  bool joined_ = false;  // read again, all literals kept
  bool alone_ = false;   // the literal in hand takes no more strings: one behind it is a name
  uint8_t item_ = 0;     // InItem, of the select list's item in hand
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
