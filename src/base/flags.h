// Command line flags as Vitess's programs take them (pflag): `--name value`, `--name=value`,
// booleans `--name` and `--name=false`, `-h`, `-v`. `-` and `_` inside a name are the same.
//
// Flags fill an options struct in cmd/; nothing below cmd/ sees them.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vif {

class FlagSet {
 public:
  // `program` is named in the help text.
  explicit FlagSet(std::string program) : program_(std::move(program)) {}

  // Each names a flag, where its value goes (what stands there is the default), and its line of
  // help. The targets must outlive parse(). Names are given with dashes.
  void add(std::string_view name, bool* into, std::string_view help);
  void add(std::string_view name, int* into, std::string_view help);
  void add(std::string_view name, int64_t* into, std::string_view help);
  void add(std::string_view name, double* into, std::string_view help);
  void add(std::string_view name, std::string* into, std::string_view help);
  void add(std::string_view name, std::chrono::nanoseconds* into, std::string_view help);
  // Comma lists, and repetition appends.
  void add(std::string_view name, std::vector<std::string>* into, std::string_view help);
  // Anything else: `parse` is called with the text, at each occurrence.
  void add(std::string_view name, std::string_view type_name, std::string default_text,
           std::string_view help, std::function<Status(std::string_view)> parse);
  // A flag of Vitess's that is taken so that start scripts work unchanged, and has no effect. Does
  // nothing when `name` was added already.
  void accept(std::string_view name, bool takes_value);
  // Another name for an added flag.
  void alias(std::string_view old_name, std::string_view name);

  // Errors: kInvalidArgument: `unknown flag: --x; did you mean --y?`, `invalid argument "x" for
  // "--n" flag: ...`, `flag needs an argument: --n`.
  Status parse(std::span<const std::string_view> args);

  // What was not a flag, in order; everything after `--`.
  const std::vector<std::string>& positional() const { return positional_; }
  bool help_wanted() const { return help_; }
  bool version_wanted() const { return version_; }
  // True when the command line named the flag.
  bool was_set(std::string_view name) const;
  // The accepted flags without effect that were given, for a line in the log.
  const std::vector<std::string>& without_effect() const { return without_effect_; }

  std::string help_text(std::string_view summary) const;

 private:
  struct Flag {
    std::string name;
    std::string type;  // "" for booleans, "string", "int", "duration"...
    std::string default_text;
    std::string help;
    bool is_bool = false;
    bool ignored = false;
    bool set = false;
    std::function<Status(std::string_view)> parse;
  };
  Flag* find(std::string_view name);
  const Flag* find(std::string_view name) const;
  std::string nearest(std::string_view name) const;
  Status assign(Flag& flag, std::string_view text);

  std::string program_;
  std::map<std::string, Flag, std::less<>> flags_;  // by canonical (dashed) name
  std::map<std::string, std::string, std::less<>> aliases_;
  std::vector<std::string> positional_;
  std::vector<std::string> without_effect_;
  bool help_ = false;
  bool version_ = false;
};

}  // namespace vif
