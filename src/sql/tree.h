// What can be done with any tree: walk, rewrite, clone, compare, hash. Written once over fields().
// Trees are bounded in height (parser.h), so recursion over them is safe on a fiber's stack.
#pragma once

#include <memory>
#include <type_traits>

#include "sql/node.h"

namespace vif::sql {

// A borrowed callable: lives no longer than the full expression that made it.
template <typename Signature>
class FunctionRef;
template <typename R, typename... Args>
class FunctionRef<R(Args...)> {
 public:
  template <typename F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, FunctionRef>)
  FunctionRef(F&& f)
      : object_(const_cast<void*>(static_cast<const void*>(std::addressof(f)))),
        call_([](void* object, Args... args) -> R {
          return (*static_cast<std::remove_reference_t<F>*>(object))(std::forward<Args>(args)...);
        }) {}
  R operator()(Args... args) const { return call_(object_, std::forward<Args>(args)...); }

 private:
  void* object_;
  R (*call_)(void*, Args...);
};

// Visits `root` (may be null) and all below it, parents first, in the order of fields(). The
// visitor returns whether to go into the node's children.
void walk(const Node* root, FunctionRef<bool(const Node&)> visit);
void walk(Node* root, FunctionRef<bool(Node&)> visit);

// Calls `visit` for each child of `node` that is there.
void for_each_child(const Node& node, FunctionRef<void(const Node&)> visit);

// Puts what `change` returns in the place of each child. REQUIRES: what it returns fits the place
// (same family, and of the same type where the field has a node type).
void change_children(Node& node, FunctionRef<Node*(Node*)> change);

// Calls `visit` for each table name anywhere below `root` (tables of FROM, of DDL and DML,
// qualifiers of columns and stars), to read or to change; `owner` is the node that holds it.
void for_each_table_name(Node* root, FunctionRef<void(TableName&, const Node& owner)> visit);
void for_each_table_name(const Node* root,
                         FunctionRef<void(const TableName&, const Node& owner)> visit);

// Where a rewrite stands.
struct Cursor {
  Node* node;
  Node* parent;  // null at the root
  void replace(Node* other) { node = other; }
};
// Goes over the tree; `down` (parents first) returns whether to go into the children, `up` runs
// after them. Either may replace the cursor's node; a node put in by `down` is gone into. Returns
// the new root.
using RewriteDown = FunctionRef<bool(Cursor&)>;
using RewriteUp = FunctionRef<void(Cursor&)>;
Node* rewrite(Node* root, RewriteDown down, RewriteUp up);

// A deep copy in `arena`; strings are copied too, so that it outlives the original.
Node* clone_node(Arena& arena, const Node* node);
template <typename T>
T* clone(Arena& arena, const T* node) {
  return static_cast<T*>(clone_node(arena, node));
}

// The same tree? Null equals null only.
bool equal(const Node* a, const Node* b);
uint64_t hash(const Node* node);
// Levels from `node` to its deepest descendant; 0 for null.
int height(const Node* node);
// Has it more levels than that? Goes no deeper, so any tree may be asked.
bool higher_than(const Node* node, int levels);
// Nodes of the tree; 0 for null.
size_t size(const Node* node);

}  // namespace vif::sql
