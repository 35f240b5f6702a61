// Tokens do not depend on where in the text they stand: the lexer reads in blocks, and each kind of
// token has to cross their borders and the text's end unharmed.
#include "sql/lexer.h"

#include <gtest/gtest.h>

#include <vector>

namespace vif::sql {
namespace {

std::vector<Token> tokens_of(std::string_view sql, const SqlMode& mode = {}) {
  std::vector<Token> tokens;
  Lexer lexer(sql, mode, ParseOptions{}.mysql_version);
  do {
    tokens.push_back(lexer.next());
  } while (tokens.back().tok != Tok::kEnd && tokens.back().tok != Tok::kError);
  return tokens;
}

// In memory of exactly its size, so that a sanitizer sees a byte read too far.
std::string tight(std::string text) {
  text.shrink_to_fit();
  return text;
}

constexpr std::string_view kTexts[] = {
    "a_name_of_more_than_sixteen_bytes",
    "a_name_that_is_longer_than_a_block_of_the_lexer_can_be_because_it_goes_on_and_on_and_on_and_"
    "on_until_here",
    "1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234"
    "567890",
    "current_timestamp st_geometrycollectionfromtext SELECT sElEcT selectt selec",
    "'a string' 'it''s' 'back\\'slash' \"double \"\" quoted\" 'a string that goes over the border "
    "of some sixteen bytes'",
    "`name` `with `` tick` `select` @`user` @@session.sql_mode @'quoted' @name",
    "12 12.5 .5 1. 1e5 1.5e-3 0xff 0b101 0x 12ab 1e 9.e",
    "x'ff' X'00' b'01' B'1' n'text' N\"text\" xabc bcd nxy _utf8mb4'x'",
    "a.b.c t.1 <= >= <> != <=> << >> && || := -> ->> ! - ~ ^ % ?",
    ":v1 ::list :3 /* comment */ x -- to the end\ny # also\nz /*!80000 executed 'string' */ w "
    "/*!99999 not */ v",
    "caf\xc3\xa9 \xe8\xa1\xa8.\xe5\x88\x97 $dollar under_score",
    "'not closed",
    "`not closed",
    "/* not closed",
    "x'f",
    "'ends in \\",
    "@",
};

TEST(Lexer, TokensAreTheSameAnywhere) {
  for (std::string_view text : kTexts) {
    const std::string alone = tight(std::string(text));
    const std::vector<Token> want = tokens_of(alone);
    for (size_t before = 1; before < 70; ++before) {
      const std::string moved = tight(std::string(before, before % 3 == 0 ? '\n' : ' ') + alone);
      const std::vector<Token> got = tokens_of(moved);
      ASSERT_EQ(got.size(), want.size()) << text << " after " << before;
      for (size_t i = 0; i < got.size(); ++i) {
        EXPECT_EQ(got[i].tok, want[i].tok) << text << " after " << before;
        EXPECT_EQ(got[i].text, want[i].text) << text << " after " << before;
        EXPECT_EQ(got[i].begin, want[i].begin + before) << text << " after " << before;
        EXPECT_EQ(got[i].end, want[i].end + before) << text << " after " << before;
        EXPECT_EQ(got[i].escaped, want[i].escaped) << text << " after " << before;
        EXPECT_EQ(got[i].literal, want[i].literal) << text << " after " << before;
      }
    }
  }
}

TEST(Lexer, TokensDoNotSeeWhatFollows) {
  for (std::string_view text : kTexts) {
    const std::vector<Token> want = tokens_of(text);
    if (want.back().tok == Tok::kError) continue;
    for (size_t after = 1; after < 70; ++after) {
      const std::string longer = tight(std::string(text) + "\n" + std::string(after, ','));
      const std::vector<Token> got = tokens_of(longer);
      ASSERT_EQ(got.size(), want.size() + after) << text << " before " << after;
      for (size_t i = 0; i + 1 < want.size(); ++i) {
        EXPECT_EQ(got[i].tok, want[i].tok) << text << " before " << after;
        EXPECT_EQ(got[i].text, want[i].text) << text << " before " << after;
      }
    }
  }
}

TEST(Lexer, EveryLengthOfAName) {
  for (size_t length = 1; length < 200; ++length) {
    const std::string name(length, 'q');
    const std::string sql = name + "=" + name;
    const std::vector<Token> tokens = tokens_of(sql);
    ASSERT_EQ(tokens.size(), 4u) << length;
    EXPECT_EQ(tokens[0].text, name);
    EXPECT_EQ(tokens[2].text, name);
  }
}

TEST(Lexer, EveryKeywordInAnyCase) {
  for (size_t i = static_cast<size_t>(Tok::kLastPunctuation) + 1;
       i < static_cast<size_t>(Tok::kCount); ++i) {
    const Tok tok = static_cast<Tok>(i);
    std::string word(keyword_text(tok));
    EXPECT_EQ(find_keyword(word), tok) << word;
    EXPECT_EQ(tokens_of(word)[0].tok, tok) << word;
    for (char& c : word) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    EXPECT_EQ(tokens_of(word)[0].tok, tok) << word;
    EXPECT_EQ(tokens_of(word + "q")[0].tok, find_keyword(word + "q")) << word;
    EXPECT_EQ(find_keyword(word + " "), Tok::kId) << word;
    EXPECT_EQ(find_keyword(word + std::string(1, '\0')), Tok::kId) << word;
  }
}

TEST(Lexer, ModesOfQuotes) {
  SqlMode ansi;
  ansi.ansi_quotes = true;
  EXPECT_EQ(tokens_of("\"a\"", ansi)[0].tok, Tok::kId);
  EXPECT_EQ(tokens_of("\"a\"")[0].tok, Tok::kString);
  SqlMode plain;
  plain.no_backslash_escapes = true;
  EXPECT_EQ(tokens_of("'a\\'", plain)[0].text, "a\\");
  EXPECT_EQ(tokens_of("'a\\'")[0].tok, Tok::kError);
}

// Where MySQL ends a token.
TEST(Lexer, Borders) {
  const struct {
    std::string_view text;
    std::vector<Tok> toks;
  } kCases[] = {
      {"@a'b'", {Tok::kAtId, Tok::kString}},
      {"@a.b`c`", {Tok::kAtId, Tok::kId}},
      {"@``", {Tok::kAtId}},
      {"@@session.`x`", {Tok::kAtAtId}},
      {"@@version'x'", {Tok::kAtAtId, Tok::kString}},
      {"@@'x'", {Tok::kError}},
      {"n\"x\"", {Tok::kId, Tok::kString}},
      {"n'x'", {Tok::kNString}},
      {"t.1a", {Tok::kId, Tok::kDot, Tok::kId}},
      {"t.1", {Tok::kId, Tok::kDot, Tok::kId}},
      {"`t`.2", {Tok::kId, Tok::kDot, Tok::kId}},
      {"(.5", {Tok::kOpen, Tok::kDecimal}},
      {"1e+2", {Tok::kFloat}},
      {"1e+", {Tok::kId, Tok::kPlus}},
      {"0x", {Tok::kId}},
      {"0xg", {Tok::kId}},
      {"?", {Tok::kArg}},
      {"?a", {Tok::kError}},
      {"/*!80000 'a*/b' */ c", {Tok::kString, Tok::kId}},
      {"/*!80000 a /* in */ b */ c", {Tok::kId, Tok::kId, Tok::kId}},
      {"/*!80000 a *//*!80000 b */", {Tok::kId, Tok::kId}},
      {"/*!080000 a */", {Tok::kId}},
      {"/*!150000 a */ b", {Tok::kId}},
      {"/*!80000 a -- b */", {Tok::kId, Tok::kError}},
      {"a /*!80000 * */ b", {Tok::kId, Tok::kStar, Tok::kId}},
  };
  for (const auto& [text, toks] : kCases) {
    std::vector<Tok> got;
    for (const Token& token : tokens_of(text)) {
      if (token.tok != Tok::kEnd) got.push_back(token.tok);
    }
    EXPECT_EQ(got, toks) << text;
  }
}

}  // namespace
}  // namespace vif::sql
