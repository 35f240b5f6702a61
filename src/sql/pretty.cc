#include "sql/pretty.h"

#include <vector>

#include "sql/lexer.h"

namespace vif::sql {

namespace {

enum class Break : uint8_t { kNone, kClause, kJoin, kTerm };

class Layout {
 public:
  Layout(std::string_view sql, const SqlMode& mode) : sql_(sql) {
    Lexer lexer(sql, mode, ParseOptions{}.mysql_version);
    do {
      tokens_.push_back(lexer.next());
    } while (tokens_.back().tok != Tok::kEnd && tokens_.back().tok != Tok::kError);
  }

  std::string run() {
    if (tokens_.back().tok == Tok::kError || !starts_query(0)) return std::string(sql_);
    levels_.push_back({true, tokens_[0].tok});
    for (at_ = 0; tokens_[at_].tok != Tok::kEnd; ++at_) one();
    out_ += sql_.substr(tokens_[at_].prev_end);
    return std::move(out_);
  }

 private:
  // Within one pair of parentheses.
  struct Level {
    bool query = false;  // it holds a query, with clauses; otherwise arguments and the like
    Tok verb = Tok::kEnd;
    bool between = false;  // the next AND is BETWEEN's
    bool from = false;     // its FROM or its rows have come
  };

  Tok tok(size_t i) const { return i < tokens_.size() ? tokens_[i].tok : Tok::kEnd; }

  bool starts_query(size_t i) const {
    switch (tok(i)) {
      case Tok::kw_select:
      case Tok::kw_insert:
      case Tok::kw_replace:
      case Tok::kw_update:
      case Tok::kw_delete:
      case Tok::kw_with: return true;
      case Tok::kOpen: return starts_query(i + 1);
      default: return false;
    }
  }

  void one() {
    const Token& token = tokens_[at_];
    if (token.tok == Tok::kClose && levels_.size() > 1) {
      const bool query = levels_.back().query;
      levels_.pop_back();
      if (query) return write(token, true, indent());
      return write(token, false, 0);
    }
    if (at_ > 0 && tok(at_ - 1) == Tok::kOpen && levels_.back().query) {
      write(token, true, indent());
    } else {
      switch (levels_.back().query ? break_before() : Break::kNone) {
        case Break::kNone: write(token, false, 0); break;
        case Break::kClause: write(token, true, indent()); break;
        case Break::kJoin: write(token, true, indent() + 2); break;
        case Break::kTerm: write(token, true, indent() + 2); break;
      }
    }
    if (token.tok == Tok::kOpen) levels_.push_back({starts_query(at_ + 1), tok(at_ + 1)});
  }

  size_t indent() const {
    size_t queries = 0;
    for (const Level& level : levels_) queries += level.query ? 1 : 0;
    return (queries - 1) * 4;
  }

  // A comment in the gap stays where it is.
  void write(const Token& token, bool new_line, size_t blanks) {
    const std::string_view gap = sql_.substr(token.prev_end, token.begin - token.prev_end);
    if (new_line && at_ != 0 && gap.find_first_not_of(" \t\n\r") == std::string_view::npos) {
      out_ += '\n';
      out_.append(blanks, ' ');
    } else {
      out_ += gap;
    }
    out_ += sql_.substr(token.begin, token.end - token.begin);
  }

  Break break_before() {
    Level& level = levels_.back();
    const Tok before = at_ == 0 ? Tok::kEnd : tok(at_ - 1);
    if (before == Tok::kDot) return Break::kNone;
    switch (tokens_[at_].tok) {
      case Tok::kw_from:
        if (level.verb == Tok::kw_delete && !level.from) {
          level.from = true;
          return Break::kNone;
        }
        return Break::kClause;
      case Tok::kw_select:
        level.verb = level.verb == Tok::kw_with ? Tok::kw_select : level.verb;
        return Break::kClause;
      case Tok::kw_where:
      case Tok::kw_having:
      case Tok::kw_limit:
      case Tok::kw_union:
      case Tok::kw_window: return Break::kClause;
      case Tok::kw_group:
      case Tok::kw_order: return tok(at_ + 1) == Tok::kw_by ? Break::kClause : Break::kNone;
      case Tok::kw_set: return level.verb == Tok::kw_update ? Break::kClause : Break::kNone;
      case Tok::kw_values: {
        const bool rows =
            (level.verb == Tok::kw_insert || level.verb == Tok::kw_replace) && !level.from;
        level.from = level.from || rows;
        return rows ? Break::kClause : Break::kNone;
      }
      case Tok::kw_on: return tok(at_ + 1) == Tok::kw_duplicate ? Break::kClause : Break::kNone;
      case Tok::kw_left:
      case Tok::kw_right:
      case Tok::kw_natural: return tok(at_ + 1) == Tok::kOpen ? Break::kNone : Break::kJoin;
      case Tok::kw_join:
        return before == Tok::kw_left || before == Tok::kw_right || before == Tok::kw_natural
                   ? Break::kNone
                   : Break::kJoin;
      case Tok::kw_straight_join: return before == Tok::kw_select ? Break::kNone : Break::kJoin;
      case Tok::kw_between: level.between = true; return Break::kNone;
      case Tok::kw_and:
        if (!level.between) return Break::kTerm;
        level.between = false;
        return Break::kNone;
      case Tok::kw_or: return Break::kTerm;
      default: return Break::kNone;
    }
  }

  std::string_view sql_;
  std::vector<Token> tokens_;
  std::vector<Level> levels_;
  size_t at_ = 0;
  std::string out_;
};

}  // namespace

std::string pretty(std::string_view sql, const SqlMode& mode) { return Layout(sql, mode).run(); }

}  // namespace vif::sql
