// Shapes: the syntax of statements that are checked and kept as written, not made into trees
// (accounts, replication, plugins, bodies of routines...). A shape is a pattern:
//   WORD      the word, in any case, without backticks        ( , = ...  themselves
//   name      another shape, or one of the classes below      { a | b }  the first that fits
//   [ a ]     a or nothing; `[ a | b ]` too                   a ,..  a ..  one or more, with commas or without
// Classes: id (a name), table (perhaps qualified), str ('x'), text (also x'41', b'1'), int, number,
// expr, var (@x), user ('u'@'h'), type (a column's type), label (`name:`), stmt (any statement),
// rest (all up to the end). A choice is never taken back once its first words fitted and something
// behind it failed to.
#pragma once

#include <string_view>
#include <vector>

namespace vif::sql {

struct Shape {
  enum class Kind { kText, kName, kAll, kOne, kMaybe, kList, kSome };
  Kind kind = Kind::kAll;
  std::string_view text;
  std::vector<Shape> parts;
};

// The shape of that name; null when there is none. See shapes.cc for the names. All are read once,
// by the first call, and never change.
const Shape* find_shape(std::string_view name);

}  // namespace vif::sql
