// What the server looks at when it compares: a side of a comparison, and the ways to read it, each
// with its warnings. The inside of comparison_warnings.h.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "eval/node.h"

namespace vif::eval {

// The server's kinds of results, by which it chooses how to compare.
enum class Kind : uint8_t { kString, kReal, kInt, kDecimal, kRow };

bool is_dated(Type t);
Kind kind_of(Type t);
// As what two of these are compared.
Kind common_kind(Kind a, Kind b);

// One for all rows.
bool is_fixed(const Node& node);
// A literal, or what stands for one.
bool is_written(const Node& node);
bool is_column(const Node& node);

// A context in which nobody warns; as the other, which must outlive it.
class Quiet {
 public:
  explicit Quiet(const Context& context);
  Quiet(const Quiet&) = delete;
  Context& context() { return context_; }

 private:
  Env env_;
  Context context_;
};
Datum quietly(const Node& node, const Context& context);

// What is compared: a node, or what has been made of it already.
struct Side {
  const Node* node = nullptr;  // outlives this
  Type type = Type::kNull;
  bool nullable = true;
  bool done = false;           // it was converted before there were rows
  std::optional<Datum> text;   // a constant that has become a text, or NULL
  std::string_view name = {};  // of a function's argument, as it was written
  Kind kind() const { return kind_of(type); }
};

Side side_of(const Node& node, Context& context);
Datum value_of(const Side& side, Context& context);
// Texts that are written out are bytes beside bytes. `bits`: columns of bits are some.
void make_bytes(std::span<Side* const> sides, bool bits, Context& context);
// The name that a message gives to what is beside a text that is no date: a column's, or the text
// that a literal is.
std::optional<std::string> name_of(const Side& side, const Context& context);

// Steps that are taken for their warnings only: errors come with the value.
template <typename Steps>
void take(Steps steps) {
  try {
    steps();
  } catch (const SqlError&) {
    return;
  }
}

// Each of these evaluates the side and looks at it as that; false when it is NULL. Throws SqlError.
bool read_date(const Side& side, const Side& beside, Context& context);
bool read_time(const Side& side, Context& context);
bool read_as(const Side& side, Kind kind, Context& context);

}  // namespace vif::eval
