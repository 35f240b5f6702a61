// LIKE.
#include "eval/charsets.h"
#include "eval/compare.h"
#include "eval/static_type.h"
#include "eval/text_call.h"
#include "types/collation/charset.h"

namespace vif::eval {
namespace {

constexpr uint32_t kEscape = '\\';

// The first character, as a code point; 0: none.
uint32_t first_character(std::string_view text) {
  return text.empty() ? 0 : types::find_charset("utf8mb4")->next_code_point(text);
}

class LikeNode final : public Operation {
 public:
  LikeNode(std::vector<NodePtr> args, bool negated)
      : Operation(std::move(args)), negated_(negated) {}
  Datum evaluate(Context& context) const override {
    const Datum text = arg(0, context);
    if (text.is_null() && !context.env.mariadb) return {};
    const Datum pattern = arg(1, context);
    if (text.form == Form::kBytes && pattern.is_null() && !context.env.mariadb)
      check_bytes(text, args()[1]->type(context));
    if (text.is_null() || pattern.is_null()) return {};
    uint32_t escape = kEscape;
    if (args().size() > 2) {
      const Datum given = arg(2, context);
      if (!given.is_null()) {
        const std::string letters = to_text(given);
        if (types::find_charset("utf8mb4")->length(letters) > 1) {
          throw SqlError{
              Error(Code::kInvalidArgument, 1210, "HY000", "Incorrect arguments to ESCAPE")};
        }
        // MariaDB takes none for the usual one.
        if (!letters.empty() || !context.env.mariadb) escape = first_character(letters);
      }
    }
    Coercibility ignored;
    const uint32_t collation = merged_collation(text, pattern, ignored);
    const bool textual = text.is_textual() || pattern.is_textual();
    const Result<bool> matches = text_matches(
        to_text(text), to_text(pattern),
        collation == kBinaryCollation && !textual ? kTextOfNumbers : collation, escape);
    if (!matches.ok()) throw SqlError{matches.error()};
    return Datum::of_bool(*matches != negated_);
  }
  Quick quick(Context& context) const override {
    if (args().size() > 2) return {};
    const Quick text = args()[0]->quick(context);
    const Quick pattern = args()[1]->quick(context);
    if (text.kind != Quick::Kind::kText || pattern.kind != Quick::Kind::kText) return {};
    const uint32_t collation = eval::shared_collation(text, pattern);
    if (collation == 0) return {};
    const Result<bool> matches = text_matches(text.text, pattern.text, collation, kEscape);
    return matches.ok() ? Quick::of_int(*matches != negated_) : Quick();
  }
  bool has_quick() const override {
    return args().size() == 2 && args()[0]->has_quick() && args()[1]->has_quick();
  }
  StaticType type(Context& context) const override {
    return truth_type(either_nullable(args(), context));
  }

 private:
  // Bytes are made the text's that they are beside before it is known to be NULL.
  static void check_bytes(const Datum& bytes, const StaticType& beside) {
    const bool text =
        types::is_text(beside.type) || beside.type == Type::kEnum || beside.type == Type::kSet;
    const bool firmer = static_cast<Coercibility>(beside.coercibility) < bytes.coercibility;
    if (text && firmer && bytes.type != Type::kBit) (void)checked_utf8(bytes.bytes);
  }

  bool negated_;
};

}  // namespace

NodePtr make_like(NodePtr text, NodePtr pattern, NodePtr escape, bool negated) {
  std::vector<NodePtr> args;
  args.push_back(std::move(text));
  args.push_back(std::move(pattern));
  if (escape && !escape->is_constant() && !escape->is_bind_variable())
    throw SqlError{Error(Code::kInvalidArgument, 1210, "HY000", "Incorrect arguments to ESCAPE")};
  if (escape) args.push_back(std::move(escape));
  return std::make_unique<LikeNode>(std::move(args), negated);
}

}  // namespace vif::eval
