// Against the servers' own answers: testdata/answers.txt is a sample that oracle.py wrote;
// VIF_COLLATION_ANSWERS names a file of more.
#include "types/collation/collation.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <vector>

namespace vif::types {
namespace {

std::string unhex(std::string_view digits) {
  std::string out;
  if (digits == "-") return out;
  const auto value = [](char c) { return c <= '9' ? c - '0' : (c & 7) + 9; };
  for (size_t i = 0; i + 1 < digits.size(); i += 2)
    out += static_cast<char>(value(digits[i]) << 4 | value(digits[i + 1]));
  return out;
}

std::string hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : bytes) {
    out += kDigits[static_cast<uint8_t>(c) >> 4];
    out += kDigits[c & 15];
  }
  return out.empty() ? "-" : out;
}

// Between single spaces; two of them hold an empty word.
std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> words;
  for (;;) {
    const size_t end = std::min(line.find(' '), line.size());
    words.push_back(line.substr(0, end));
    if (end == line.size()) return words;
    line.remove_prefix(end + 1);
  }
}

struct Answers {
  size_t lines = 0;
  size_t wrong = 0;
  std::map<std::string, std::vector<std::string>>
      sets;                              // texts that digests are about, in hexadecimal UTF-8
  const Collation* collation = nullptr;  // of the last line
  Dialect dialect = Dialect::kMySql;
  std::set<std::string> collations;
  std::map<std::string, size_t> wrong_by_name;

  void check(const std::string& line) {
    std::vector<std::string_view> words = split(line);
    words.resize(std::max<size_t>(words.size(), 6));
    const Dialect whose = words[0] == "m" ? Dialect::kMySql : Dialect::kMariaDb;
    const std::string_view what = words[1];
    const std::string_view name = words[2];
    ++lines;
    if (what == "convert") {
      // name is the charset of the bytes, words[3] the other's
      return expect(line, words[5],
                    hex(convert(unhex(words[4]), *find_charset(name), *find_charset(words[3]))));
    }
    if (what == "set") {
      sets[std::string(name)].assign(words.begin() + 3, words.end());
      return;
    }
    if (!collation || collation->name != name || whose != dialect) {
      collation = find_collation(name, whose);
      dialect = whose;
      ASSERT_NE(collation, nullptr) << name;
      collations.insert(fmt::format("{} {}", words[0], name));
    }
    if (!collation->is_known()) return;
    if (what == "digest") return check_digest(line, words);
    if (what == "pair") return check_pair(line, words);
    const std::string a = unhex(words[3]);
    if (what == "compare") return expect(line, words[5], compared(*collation, a, unhex(words[4])));
    if (what == "like") return expect(line, words[5], like(*collation, a, unhex(words[4])));
    if (what == "weight") return expect(line, words[4], weight(*collation, a));
    if (what == "upper") return expect(line, words[4], hex(collation->to_upper(a)));
    if (what == "lower") return expect(line, words[4], hex(collation->to_lower(a)));
    FAIL() << line;
  }

  // Words 3 and on: a, b, their order, a's weights, a pattern, whether a matches it, a in upper and
  // lower case.
  void check_pair(const std::string& line, const std::vector<std::string_view>& words) {
    ASSERT_GE(words.size(), 9u) << line;
    const std::string a = unhex(words[3]);
    lines += words.size() > 10 ? 4 : 2;
    expect(line, words[5], compared(*collation, a, unhex(words[4])));
    expect(line, words[6], weight(*collation, a));
    expect(line, words[8], like(*collation, a, unhex(words[7])));
    if (words.size() < 11) return;
    expect(line, words[9], hex(collation->to_upper(a)));
    expect(line, words[10], hex(collation->to_lower(a)));
  }

  // Word 3 names a set, word 4 is the CRC32 of the answers about its texts.
  void check_digest(const std::string& line, const std::vector<std::string_view>& words) {
    const std::vector<std::string>& texts = sets.at(std::string(words[3]));
    const bool points = words[3].starts_with("points/");
    const size_t step = points ? 1 : 3;
    std::string answers;
    for (size_t i = 0; i + step <= texts.size(); i += step) {
      if (!answers.empty() || i > 0) answers += ',';
      if (points) {
        collation->append_weight_string(own(texts[i]), answers);
      } else {
        append_pair(own(texts[i]), own(texts[i + 1]), own(texts[i + 2]), answers);
        lines += 4;
      }
    }
    lines += texts.size() / step - 1;
    const auto digest =
        crc32(0, reinterpret_cast<const Bytef*>(answers.data()), static_cast<uInt>(answers.size()));
    expect(line, words[4], std::to_string(digest));
  }

  std::string own(std::string_view digits) const {
    const std::string text = unhex(digits);
    if (collation->charset->encoding == Encoding::kBytes) return text;
    return convert(text, *find_charset("utf8mb4"), *collation->charset);
  }

  void append_pair(const std::string& a, const std::string& b, const std::string& pattern,
                   std::string& out) const {
    const auto bare = [](std::string digits) { return digits == "-" ? std::string() : digits; };
    out +=
        fmt::format("{} {} {} {} {} {}", bare(hex(a)), bare(hex(b)), compared(*collation, a, b),
                    bare(weight(*collation, a)), bare(hex(pattern)), like(*collation, a, pattern));
    if (collation->name == "gb18030_unicode_520_ci") return;  // as oracle.py does
    out +=
        fmt::format(" {} {}", bare(hex(collation->to_upper(a))), bare(hex(collation->to_lower(a))));
  }

  void expect(const std::string& line, std::string_view answer, std::string_view reply) {
    if (answer.empty()) answer = "-";
    if (reply == answer) return;
    ++wrong;
    const std::vector<std::string_view> words = split(line);
    if (++wrong_by_name[fmt::format("{} {} {}", words[0], words[2], words[1])] <= 3) {
      std::cout << line << " : here " << reply << ", there " << answer << "\n";
    }
  }

  std::string like(const Collation& c, const std::string& a, const std::string& pattern) const {
    // MySQL takes the byte of the escape character as it is, MariaDB the character, when it is one
    // byte.
    const uint32_t own = dialect == Dialect::kMariaDb ? c.charset->code_of('\\') : '\\';
    return c.like(a, pattern, own > 0xff ? '\\' : own) ? "1" : "0";
  }

  static std::string weight(const Collation& c, const std::string& a) {
    std::string out;
    c.append_weight_string(a, out);
    return hex(out);
  }

  static std::string compared(const Collation& c, const std::string& a, const std::string& b) {
    const int order = c.compare(a, b);
    std::string x, y;
    c.append_key(a, x);
    c.append_key(b, y);
    if (c.compare(b, a) != -order) return "not symmetric";
    if ((order == 0) != (x == y)) return "keys differ from compare";
    if (order == 0 && c.hash(a) != c.hash(b)) return "hashes differ";
    return std::to_string(order);
  }
};

void check_file(const std::string& path) {
  std::ifstream file(path);
  ASSERT_TRUE(file.good()) << path;
  Answers answers;
  for (std::string line; std::getline(file, line);) answers.check(line);
  for (const auto& [name, count] : answers.wrong_by_name)
    std::cout << name << ": " << count << " wrong\n";
  std::cout << answers.lines << " answers, " << answers.collations.size() << " collations, "
            << answers.wrong << " wrong\n";
  EXPECT_GT(answers.lines, 0u);
  EXPECT_EQ(answers.wrong, 0u);
}

TEST(Collation, SampleOfTheServersAnswers) {
  check_file("src/types/collation/testdata/answers.txt");
}

TEST(Collation, AnswersOfAServer) {
  const char* path = std::getenv("VIF_COLLATION_ANSWERS");
  if (!path) GTEST_SKIP() << "VIF_COLLATION_ANSWERS names no file (oracle.py writes one)";
  check_file(path);
}

TEST(Collation, NamesAndNumbers) {
  const Collation* c = find_collation("UTF8MB4_0900_AI_CI");
  ASSERT_NE(c, nullptr);
  EXPECT_EQ(c->id, 255u);
  EXPECT_EQ(find_collation(255u), c);
  EXPECT_FALSE(c->pad_space);
  EXPECT_EQ(c->charset->name, "utf8mb4");
  EXPECT_EQ(find_charset("utf8")->name, "utf8mb3");
  EXPECT_EQ(find_collation("utf8_general_ci")->id, 33u);
  EXPECT_EQ(find_collation(245u)->name, "utf8mb4_croatian_ci");
  EXPECT_EQ(find_collation(245u, Dialect::kMariaDb)->name, "utf8mb4_croatian_mysql561_ci");
  EXPECT_EQ(find_collation("utf8mb4_uca1400_ai_ci")->id,
            find_collation("utf8mb4_uca1400_ai_ci", Dialect::kMariaDb)->id);
  EXPECT_EQ(find_collation("no_such_ci"), nullptr);
  EXPECT_EQ(find_collation(9999u), nullptr);
  EXPECT_GE(all_collations().size(), 1200u);
}

TEST(Collation, CompareAndPadding) {
  const auto order = [](std::string_view name, std::string_view a, std::string_view b) {
    return find_collation(name)->compare(a, b);
  };
  EXPECT_EQ(order("utf8mb4_0900_ai_ci", "Résumé", "resume"), 0);
  EXPECT_NE(order("utf8mb4_0900_as_ci", "Résumé", "resume"), 0);
  EXPECT_EQ(order("utf8mb4_0900_ai_ci", "a", "a "), -1);
  EXPECT_EQ(order("utf8mb4_general_ci", "A", "a  "), 0);
  EXPECT_EQ(order("latin1_bin", "a", "a  "), 0);
  EXPECT_EQ(order("binary", "a", "a "), -1);
  EXPECT_EQ(order("utf8mb4_bin", "a\t", "a"), -1);
  EXPECT_EQ(order("utf8mb4_cs_0900_ai_ci", "ch", "h"), 1);
  EXPECT_EQ(order("utf8mb4_cs_0900_ai_ci", "ch", "i"), -1);
  // Chongqing sorts by how it is spoken there, not as its first letter does elsewhere.
  EXPECT_EQ(order("utf8mb4_zh_0900_as_cs", "重庆", "丁"), -1);
  EXPECT_EQ(order("utf8mb4_zh_0900_as_cs", "重", "丁"), 1);
}

// Characters that are equal, but of which the servers have no weights where LIKE looks for them.
TEST(Collation, LikeOfCharactersWithoutWeights) {
  const struct {
    std::string_view collation;
    std::string_view text;
    std::string_view pattern;
    bool matches;
  } kCases[] = {
      {"utf8mb4_0900_ai_ci", "\u2f00", "\u4e00", false},
      {"utf8mb4_unicode_ci", "\u4e00", "\u4e00", true},
      {"utf8mb4_unicode_ci", "\u2f00", "\u4e00", false},
      {"utf8mb4_uca1400_ai_ci", "\u2f00", "\u4e00", false},
      {"utf8mb4_uca1400_ai_ci", "\u1100", "\u3131", true},
      {"utf8mb4_uca1400_as_ci", "\u1100", "\u3131", false},
      {"utf8mb4_uca1400_as_ci", "A", "\U0001d400", false},
      {"utf8mb4_uca1400_as_ci", "A", "\uff21", true},
      {"utf8mb4_uca1400_as_ci", "A", "a", true},
  };
  for (const auto& c : kCases) {
    const Collation* collation = find_collation(c.collation, Dialect::kMariaDb);
    if (!collation) collation = find_collation(c.collation);
    ASSERT_TRUE(collation) << c.collation;
    EXPECT_EQ(collation->compare(c.text, c.pattern), 0) << c.collation << c.text;
    EXPECT_EQ(collation->like(c.text, c.pattern), c.matches) << c.collation << c.text << c.pattern;
  }
}

TEST(Charset, MalformedText) {
  const Charset& utf8 = *find_charset("utf8mb4");
  EXPECT_TRUE(utf8.valid("aé中😀"));
  EXPECT_EQ(utf8.length("aé中😀"), 4u);
  EXPECT_FALSE(utf8.valid("a\xff"));
  EXPECT_EQ(utf8.valid_prefix("a\xed\xa0\x80"), 1u);  // a surrogate
  EXPECT_EQ(utf8.valid_prefix("ab\xc0\x80"), 2u);     // too long a form
  EXPECT_EQ(utf8.valid_prefix("ab\xe4\xb8"), 2u);     // cut off
  EXPECT_TRUE(utf8.check("é").ok());
  EXPECT_EQ(utf8.check("ab\xff"
                       "cdef")
                .error()
                .message(),
            "Invalid utf8mb4 character string: 'FF6364'");
  EXPECT_EQ(find_charset("sjis")->check("\x81\x80\xfd").error().message(),
            "Invalid sjis character string: 'FD'");
  EXPECT_FALSE(find_charset("utf8mb3")->valid("😀"));
  EXPECT_FALSE(find_charset("utf16")->valid(std::string_view("\xd8\x00", 2)));
  EXPECT_EQ(convert("aé中", utf8, *find_charset("latin1")), "a\xe9?");
  EXPECT_EQ(convert("\xd6\xd0", *find_charset("gbk"), utf8), "中");
  // Whatever the bytes are, nothing is read beyond them and all terminates.
  std::string noise;
  for (int i = 0; i < 2000; ++i) noise += static_cast<char>(i * 7919 >> 3);
  for (const Collation* c : all_collations()) {
    if (!c->is_known() || c->id > 2048) continue;
    EXPECT_EQ(c->compare(noise, noise), 0);
    EXPECT_NE(c->compare(noise, noise.substr(0, 900)), -2);
    c->like(noise, "%a_%");
    c->to_upper(noise);
  }
}

}  // namespace
}  // namespace vif::types
