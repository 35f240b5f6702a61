// =, <, IN, LIKE and their like.
#include <algorithm>

#include "eval/compare.h"
#include "eval/node.h"
#include "types/collation/charset.h"

namespace vif::eval {
namespace {

using Comparison = Operator::Comparison;

bool holds(Comparison op, int order) {
  switch (op) {
    case Comparison::kEqual:
    case Comparison::kNullSafeEqual: return order == 0;
    case Comparison::kNotEqual: return order != 0;
    case Comparison::kLess: return order < 0;
    case Comparison::kLessEqual: return order <= 0;
    case Comparison::kGreater: return order > 0;
    case Comparison::kGreaterEqual: return order >= 0;
  }
  return false;
}

enum class Equal : uint8_t { kNo, kYes, kUnknown };

Equal equal(const Datum& a, const Datum& b, const Context& context) {
  if (a.form == Form::kTuple || b.form == Form::kTuple) {
    Equal all = Equal::kYes;
    for (size_t i = 0; i < a.tuple.size(); ++i) {
      const Equal one = equal(a.tuple[i], b.tuple[i], context);
      if (one == Equal::kNo) return one;
      if (one == Equal::kUnknown) all = one;
    }
    return all;
  }
  if (a.is_null() || b.is_null()) return Equal::kUnknown;
  return compare_datums(a, b, context) == 0 ? Equal::kYes : Equal::kNo;
}

bool null_safe_equal(const Datum& a, const Datum& b, const Context& context) {
  if (a.form == Form::kTuple) {
    for (size_t i = 0; i < a.tuple.size(); ++i) {
      if (!null_safe_equal(a.tuple[i], b.tuple[i], context)) return false;
    }
    return true;
  }
  if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
  return compare_datums(a, b, context) == 0;
}

// Rows compare by their first column that differs; a NULL before that leaves it open.
Datum compare_rows(Comparison op, const Datum& a, const Datum& b, const Context& context) {
  if (op == Comparison::kEqual || op == Comparison::kNotEqual) {
    const Equal e = equal(a, b, context);
    if (e == Equal::kUnknown) return {};
    return Datum::of_bool((e == Equal::kYes) == (op == Comparison::kEqual));
  }
  for (size_t i = 0; i < a.tuple.size(); ++i) {
    const Datum& x = a.tuple[i];
    const Datum& y = b.tuple[i];
    if (x.form == Form::kTuple) refuse("nested row values in an ordering comparison in the gate");
    if (x.is_null() || y.is_null()) return {};
    const int order = compare_datums(x, y, context);
    if (order != 0) return Datum::of_bool(holds(op, order));
  }
  return Datum::of_bool(holds(op, 0));
}

class ComparisonNode final : public Operation {
 public:
  ComparisonNode(Comparison op, std::vector<NodePtr> args) : Operation(std::move(args)), op_(op) {}
  Datum evaluate(Context& context) const override {
    const Datum left = arg(0, context);
    const Datum right = arg(1, context);
    if (op_ == Comparison::kNullSafeEqual) return Datum::of_bool(null_safe_equal(left, right, context));
    if (left.is_null() || right.is_null()) return {};
    if (left.form == Form::kTuple) return compare_rows(op_, left, right, context);
    return Datum::of_bool(holds(op_, compare_datums(left, right, context)));
  }
  StaticType type(Context&) const override { return static_type(Type::kInt64); }

 private:
  Comparison op_;
};

Datum in_result(bool found, bool unknown, bool negated) {
  if (!found && unknown) return {};
  return Datum::of_bool(found != negated);
}

class InNode final : public Operation {
 public:
  // The first argument is looked for among the others.
  InNode(std::vector<NodePtr> args, bool negated) : Operation(std::move(args)), negated_(negated) {}
  Datum evaluate(Context& context) const override {
    const Datum left = arg(0, context);
    if (left.is_null()) return {};
    bool unknown = false;
    bool kinds[2] = {};
    for (size_t i = 1; i < args().size(); ++i) {
      const Datum item = arg(i, context);
      // Fractions as text among numbers are compared by rules that depend on the whole list.
      if (item.is_number()) kinds[0] = true;
      if (item.form == Form::kText && to_double(item) != to_decimal(item).truncated(0).to_double()) kinds[1] = true;
      if (kinds[0] && kinds[1] && left.is_number()) refuse("IN with text and numbers in one list in the gate");
      const Equal e = equal(left, item, context);
      if (e == Equal::kYes) return in_result(true, false, negated_);
      unknown = unknown || e == Equal::kUnknown;
    }
    return in_result(false, unknown, negated_);
  }
  StaticType type(Context&) const override { return static_type(Type::kInt64); }

 private:
  bool negated_;
};

class InListNode final : public Operation {
 public:
  InListNode(std::vector<NodePtr> args, std::string list, bool negated)
      : Operation(std::move(args)), list_(std::move(list)), negated_(negated) {}
  bool is_constant() const override { return false; }
  Datum evaluate(Context& context) const override {
    const types::BindVariables* variables = context.env.bind_variables;
    const auto found = variables ? variables->find(list_) : types::BindVariables::const_iterator();
    if (!variables || found == variables->end()) {
      throw SqlError{Error(Code::kInvalidArgument, fmt::format("query arguments missing for {}", list_))};
    }
    if (found->second.type != Type::kTuple) {
      throw SqlError{Error(Code::kInvalidArgument, fmt::format("query argument '{}' must be a tuple (is {})", list_,
                                                               types::type_name(found->second.type)))};
    }
    const Datum left = arg(0, context);
    if (left.is_null()) return {};
    bool unknown = false;
    for (const types::Value& value : found->second.values) {
      const Equal e = equal(left, datum_from(value, 255, Coercibility::kCoercible), context);
      if (e == Equal::kYes) return in_result(true, false, negated_);
      unknown = unknown || e == Equal::kUnknown;
    }
    return in_result(false, unknown, negated_);
  }
  StaticType type(Context&) const override { return static_type(Type::kInt64); }

 private:
  std::string list_;
  bool negated_;
};

// The first character, as a code point; 0: none.
uint32_t first_character(std::string_view text) {
  return text.empty() ? 0 : types::find_charset("utf8mb4")->next_code_point(text);
}

constexpr uint32_t kTextOfNumbers = 46;  // utf8mb4_bin

class LikeNode final : public Operation {
 public:
  LikeNode(std::vector<NodePtr> args, bool negated) : Operation(std::move(args)), negated_(negated) {}
  Datum evaluate(Context& context) const override {
    const Datum text = arg(0, context);
    const Datum pattern = arg(1, context);
    if (text.is_null() || pattern.is_null()) return {};
    uint32_t escape = '\\';
    if (args().size() > 2) {
      const Datum given = arg(2, context);
      if (!given.is_null()) {
        const std::string letters = to_text(given);
        if (types::find_charset("utf8mb4")->length(letters) > 1) {
          throw SqlError{Error(Code::kInvalidArgument, 1210, "HY000", "Incorrect arguments to ESCAPE")};
        }
        escape = first_character(letters);
      }
    }
    Coercibility ignored;
    const uint32_t collation = merged_collation(text, pattern, ignored);
    const bool textual = text.is_textual() || pattern.is_textual();
    const Result<bool> matches =
        text_matches(to_text(text), to_text(pattern), collation == kBinaryCollation && !textual ? kTextOfNumbers : collation, escape);
    if (!matches.ok()) throw SqlError{matches.error()};
    return Datum::of_bool(*matches != negated_);
  }
  StaticType type(Context&) const override { return static_type(Type::kInt64); }

 private:
  bool negated_;
};

}  // namespace

void check_widths(const Node& left, const Node& right) {
  if (left.width() == right.width()) {
    if (!left.columns() || !right.columns()) return;
    for (size_t i = 0; i < left.width(); ++i) check_widths(*(*left.columns())[i], *(*right.columns())[i]);
    return;
  }
  throw SqlError{Error(Code::kInvalidArgument, 1241, "21000",
                       fmt::format("Operand should contain {} column(s)", left.width()))};
}

NodePtr make_comparison(Comparison op, NodePtr left, NodePtr right) {
  check_widths(*left, *right);
  std::vector<NodePtr> args;
  args.push_back(std::move(left));
  args.push_back(std::move(right));
  return std::make_unique<ComparisonNode>(op, std::move(args));
}

NodePtr make_in(NodePtr left, std::vector<NodePtr> list, bool negated) {
  list.insert(list.begin(), std::move(left));
  return std::make_unique<InNode>(std::move(list), negated);
}

NodePtr make_in_list(NodePtr left, std::string list, bool negated) {
  std::vector<NodePtr> args;
  args.push_back(std::move(left));
  return std::make_unique<InListNode>(std::move(args), std::move(list), negated);
}

NodePtr make_like(NodePtr text, NodePtr pattern, NodePtr escape, bool negated) {
  std::vector<NodePtr> args;
  args.push_back(std::move(text));
  args.push_back(std::move(pattern));
  if (escape) args.push_back(std::move(escape));
  return std::make_unique<LikeNode>(std::move(args), negated);
}

}  // namespace vif::eval
