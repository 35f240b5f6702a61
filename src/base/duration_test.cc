#include "base/duration.h"

#include <gtest/gtest.h>

namespace vif {
namespace {

TEST(Duration, ReadsGoSyntax) {
  const struct {
    std::string_view text;
    int64_t ns;
  } cases[] = {{"0", 0},
               {"1s", 1000000000},
               {"1h2m3.5s", 3723500000000},
               {"500ms", 500000000},
               {"-1.5h", -5400000000000},
               {"10us", 10000},
               {"+5ns", 5}};
  for (const auto& c : cases) {
    const auto parsed = parse_duration(c.text);
    ASSERT_TRUE(parsed.ok()) << c.text;
    EXPECT_EQ(parsed->count(), c.ns) << c.text;
  }
}

TEST(Duration, RefusesWhatGoRefuses) {
  for (std::string_view text : {"", "1", "s", "1x", "1.2.3s", "-", "1s 2s", "9999999999999h"}) {
    const auto parsed = parse_duration(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().message(), fmt::format("time: invalid duration \"{}\"", text));
  }
}

TEST(Duration, PrintsAsGo) {
  for (std::string_view text : {"0s", "1h2m3.5s", "500ms", "1m0s", "30s", "1h0m0s", "-2s"}) {
    EXPECT_EQ(format_duration(*parse_duration(text)), text);
  }
}

}  // namespace
}  // namespace vif
