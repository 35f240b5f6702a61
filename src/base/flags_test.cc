#include "base/flags.h"

#include <gtest/gtest.h>

namespace vif {
namespace {

struct Fixture {
  bool enable = false;
  bool track = true;
  int port = 15306;
  std::string cell;
  std::chrono::nanoseconds timeout = std::chrono::seconds(30);
  std::vector<std::string> cells;
  FlagSet flags{"vtgate"};

  Fixture() {
    flags.add("enable-buffer", &enable, "buffer while a primary changes");
    flags.add("track", &track, "follow schema changes");
    flags.add("mysql-server-port", &port, "port");
    flags.add("cell", &cell, "cell");
    flags.add("query-timeout", &timeout, "timeout");
    flags.add("cells-to-watch", &cells, "cells");
    flags.accept("pprof", true);
    flags.accept("pprof-http", false);
  }
  Status parse(std::vector<std::string_view> args) { return flags.parse(args); }
};

TEST(FlagSet, TakesEverySpelling) {
  Fixture f;
  ASSERT_TRUE(f.parse({"--enable_buffer", "--track=false", "--mysql_server_port", "3306",
                       "--cell=zone1", "--query-timeout=1m", "--cells-to-watch", "a,b",
                       "--cells_to_watch=c", "rest", "--pprof-http", "--", "--cell"})
                  .ok());
  EXPECT_TRUE(f.enable);
  EXPECT_FALSE(f.track);
  EXPECT_EQ(f.port, 3306);
  EXPECT_EQ(f.cell, "zone1");
  EXPECT_EQ(f.timeout, std::chrono::minutes(1));
  EXPECT_EQ(f.cells, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(f.flags.positional(), (std::vector<std::string>{"rest", "--cell"}));
  EXPECT_EQ(f.flags.without_effect(), std::vector<std::string>{"pprof-http"});
  EXPECT_TRUE(f.flags.was_set("cell"));
  EXPECT_FALSE(f.flags.was_set("pprof"));
}

TEST(FlagSet, SaysWhatIsWrong) {
  const struct {
    std::vector<std::string_view> args;
    std::string_view error;
  } cases[] = {
      {{"--enable-bufer"}, "unknown flag: --enable-bufer; did you mean --enable-buffer?"},
      {{"--zzzzzzzzzzzzzzzzzz"}, "unknown flag: --zzzzzzzzzzzzzzzzzz"},
      {{"--mysql-server-port", "x"},
       "invalid argument \"x\" for \"--mysql-server-port\" flag: parsing \"x\": invalid syntax"},
      {{"--cell"}, "flag needs an argument: --cell"},
      {{"-cell"}, "unknown shorthand flag: 'c' in -cell"},
      {{"--query-timeout=5"},
       "invalid argument \"5\" for \"--query-timeout\" flag: time: invalid duration \"5\""},
  };
  for (const auto& c : cases) {
    Fixture f;
    const Status parsed = f.parse(c.args);
    ASSERT_FALSE(parsed.ok());
    EXPECT_EQ(parsed.error().message(), c.error);
  }
}

TEST(FlagSet, HelpNamesFlagsAndDefaultsButNotTheIgnored) {
  Fixture f;
  ASSERT_TRUE(f.parse({"-h"}).ok());
  EXPECT_TRUE(f.flags.help_wanted());
  const std::string text = f.flags.help_text("routes queries");
  EXPECT_NE(text.find("--mysql-server-port int"), std::string::npos);
  EXPECT_NE(text.find("(default 15306)"), std::string::npos);
  EXPECT_EQ(text.find("pprof"), std::string::npos);
}

}  // namespace
}  // namespace vif
