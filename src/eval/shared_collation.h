// The one collation in which IN and CASE of MySQL compare all texts and bytes that they are given.
#pragma once

#include <optional>
#include <span>

#include "eval/node.h"

namespace vif::eval {

class SharedCollation {
 public:
  // Of nothing that is compared in another way than by itself.
  SharedCollation() = default;
  // What is compared with each other; nothing is shared where there are bind variables, nor where
  // all is text of one collation, nor, where `dates_decide`, beside dates.
  SharedCollation(std::span<const Node* const> compared, bool dates_decide);

  // Throws SqlError errno 3854 for bytes that are no text of the collation.
  void check(const Datum& d) const;
  // A text among others of several collations of its charset is compared in the one that all share.
  void settle(Datum& d) const;

  // Whether they are the same text; nullopt for what is compared by itself. REQUIRES: neither is
  // NULL. Throws SqlError errno 3854 for bytes that are no text of the collation.
  std::optional<bool> equal(const Datum& a, const Datum& b, const Context& context) const;

 private:
  bool shared_ = false;
  bool one_charset_ = false;  // of all that is compared
  uint32_t collation_ = kBinaryCollation;
};

}  // namespace vif::eval
