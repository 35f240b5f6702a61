#include "base/flags.h"

#include <charconv>

#include "base/duration.h"

namespace vif {
namespace {

std::string canonical(std::string_view name) {
  std::string dashed(name);
  std::replace(dashed.begin(), dashed.end(), '_', '-');
  return dashed;
}

Error bad_value(std::string_view what) { return Error(Code::kInvalidArgument, std::string(what)); }

template <typename Number>
Result<Number> parse_number(std::string_view text) {
  Number value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || text.empty()) {
    return bad_value(fmt::format("parsing \"{}\": invalid syntax", text));
  }
  return value;
}

Result<bool> parse_bool(std::string_view text) {
  for (std::string_view yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == yes) return true;
  }
  for (std::string_view no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == no) return false;
  }
  return bad_value(fmt::format("parsing \"{}\": invalid syntax", text));
}

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

template <typename Number>
std::function<Status(std::string_view)> number_into(Number* into) {
  return [into](std::string_view text) -> Status {
    *into = VIF_TRY(parse_number<Number>(text));
    return {};
  };
}

}  // namespace

void FlagSet::add(std::string_view name, bool* into, std::string_view help) {
  add(name, "", *into ? "true" : "", help, [into](std::string_view text) -> Status {
    *into = VIF_TRY(parse_bool(text));
    return {};
  });
  flags_.find(canonical(name))->second.is_bool = true;
}

void FlagSet::add(std::string_view name, int* into, std::string_view help) {
  add(name, "int", fmt::format("{}", *into), help, number_into(into));
}

void FlagSet::add(std::string_view name, int64_t* into, std::string_view help) {
  add(name, "int", fmt::format("{}", *into), help, number_into(into));
}

void FlagSet::add(std::string_view name, double* into, std::string_view help) {
  add(name, "float", fmt::format("{}", *into), help, number_into(into));
}

void FlagSet::add(std::string_view name, std::string* into, std::string_view help) {
  add(name, "string", *into, help, [into](std::string_view text) -> Status {
    *into = text;
    return {};
  });
}

void FlagSet::add(std::string_view name, std::chrono::nanoseconds* into, std::string_view help) {
  add(name, "duration", format_duration(*into), help, [into](std::string_view text) -> Status {
    *into = VIF_TRY(parse_duration(text));
    return {};
  });
}

void FlagSet::add(std::string_view name, std::vector<std::string>* into, std::string_view help) {
  std::string defaults = fmt::format("{}", fmt::join(*into, ","));
  bool first = true;  // the first occurrence replaces the default, later ones append
  add(name, "strings", std::move(defaults), help,
      [into, first](std::string_view text) mutable -> Status {
        if (first) into->clear();
        first = false;
        while (!text.empty()) {
          const size_t comma = std::min(text.find(','), text.size());
          into->emplace_back(text.substr(0, comma));
          text.remove_prefix(std::min(comma + 1, text.size()));
        }
        return {};
      });
}

void FlagSet::add(std::string_view name, std::string_view type_name, std::string default_text,
                  std::string_view help, std::function<Status(std::string_view)> parse) {
  Flag flag;
  flag.name = canonical(name);
  flag.type = type_name;
  flag.default_text = std::move(default_text);
  flag.help = help;
  flag.parse = std::move(parse);
  const auto [at, inserted] = flags_.insert_or_assign(canonical(name), std::move(flag));
  (void)at;
  (void)inserted;
}

void FlagSet::accept(std::string_view name, bool takes_value) {
  if (find(name)) return;
  add(name, takes_value ? "string" : "", "", "", [](std::string_view) -> Status { return {}; });
  Flag& flag = *find(name);
  flag.is_bool = !takes_value;
  flag.ignored = true;
}

void FlagSet::alias(std::string_view old_name, std::string_view name) {
  VIF_ASSERT(find(name) != nullptr);
  aliases_[canonical(old_name)] = canonical(name);
}

FlagSet::Flag* FlagSet::find(std::string_view name) {
  return const_cast<Flag*>(std::as_const(*this).find(name));
}

const FlagSet::Flag* FlagSet::find(std::string_view name) const {
  std::string key = canonical(name);
  if (const auto alias = aliases_.find(key); alias != aliases_.end()) key = alias->second;
  const auto at = flags_.find(key);
  return at == flags_.end() ? nullptr : &at->second;
}

std::string FlagSet::nearest(std::string_view name) const {
  const std::string wanted = canonical(name);
  size_t best = std::max<size_t>(3, wanted.size() / 3);
  std::string found;
  for (const auto& [candidate, flag] : flags_) {
    const size_t distance = edit_distance(wanted, candidate);
    if (distance < best) {
      best = distance;
      found = candidate;
    }
  }
  return found;
}

Status FlagSet::assign(Flag& flag, std::string_view text) {
  flag.set = true;
  if (flag.ignored) without_effect_.push_back(flag.name);
  const Status parsed = flag.parse(text);
  if (parsed.ok()) return {};
  return bad_value(fmt::format("invalid argument \"{}\" for \"--{}\" flag: {}", text, flag.name,
                               parsed.error().message()));
}

Status FlagSet::parse(std::span<const std::string_view> args) {
  for (size_t i = 0; i < args.size(); ++i) {
    std::string_view arg = args[i];
    if (arg == "--") {
      for (++i; i < args.size(); ++i) positional_.emplace_back(args[i]);
      break;
    }
    if (arg == "-h" || arg == "--help") {
      help_ = true;
    } else if (arg == "-v" || arg == "--version") {
      version_ = true;
    } else if (arg.starts_with("--")) {
      arg.remove_prefix(2);
      const size_t equals = arg.find('=');
      const std::string_view name = arg.substr(0, equals);
      Flag* flag = find(name);
      if (!flag) {
        const std::string near = nearest(name);
        return bad_value(
            fmt::format("unknown flag: --{}{}", name,
                        near.empty() ? "" : fmt::format("; did you mean --{}?", near)));
      }
      if (equals != std::string_view::npos) {
        VIF_TRY(assign(*flag, arg.substr(equals + 1)));
      } else if (flag->is_bool) {
        VIF_TRY(assign(*flag, "true"));
      } else if (i + 1 < args.size()) {
        VIF_TRY(assign(*flag, args[++i]));
      } else {
        return bad_value(fmt::format("flag needs an argument: --{}", name));
      }
    } else if (arg.size() > 1 && arg[0] == '-') {
      return bad_value(fmt::format("unknown shorthand flag: '{}' in {}", arg[1], arg));
    } else {
      positional_.emplace_back(arg);
    }
  }
  return {};
}

bool FlagSet::was_set(std::string_view name) const {
  const Flag* flag = find(name);
  return flag && flag->set;
}

std::string FlagSet::help_text(std::string_view summary) const {
  std::string out = fmt::format("{}\n\nUsage:\n  {} [flags]\n\nFlags:\n", summary, program_);
  for (const auto& [name, flag] : flags_) {
    if (flag.ignored) continue;
    std::string left = "      --" + name + (flag.type.empty() ? "" : " " + flag.type);
    if (left.size() < 58) left.resize(58, ' ');
    out += fmt::format(
        "{}   {}{}\n", left, flag.help,
        flag.default_text.empty() ? "" : fmt::format(" (default {})", flag.default_text));
  }
  out += "  -h, --help                                                 show this\n";
  out += "  -v, --version                                              print the version\n";
  return out;
}

}  // namespace vif
