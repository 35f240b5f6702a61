#include "sql/tree.h"

#include <algorithm>
#include <string>

#include "sql/ast.h"

namespace vif::sql {

std::string_view kind_name(Kind kind) {
  static constexpr std::string_view kNames[] = {
#define VIF_SQL_NAME(name) #name,
      VIF_SQL_NODES(VIF_SQL_NAME)
#undef VIF_SQL_NAME
  };
  return kNames[static_cast<size_t>(kind)];
}

bool equal_ci(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    if (low(a[i]) != low(b[i])) return false;
  }
  return true;
}

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

namespace {

template <typename T>
struct ListItem {
  using type = void;
};
template <typename T>
struct ListItem<List<T>> {
  using type = T;
};

template <typename T>
inline constexpr bool kIsNodePointer =
    std::is_pointer_v<T> && std::is_base_of_v<Node, std::remove_pointer_t<T>>;

// ColumnCharset, TableName, ...: a value with fields of its own.
template <typename T>
concept Composite = requires(T& value) { value.fields(); } && !std::is_base_of_v<Node, T>;

// Runs `f` with the node as its own type.
template <typename NodeRef, typename F>
decltype(auto) dispatch(NodeRef& node, F&& f) {
  using Constness = std::remove_reference_t<NodeRef>;
  switch (node.kind) {
#define VIF_SQL_CASE(name) \
  case Kind::k##name:      \
    return f(static_cast<std::conditional_t<std::is_const_v<Constness>, const name, name>&>(node));
    VIF_SQL_NODES(VIF_SQL_CASE)
#undef VIF_SQL_CASE
  }
  __builtin_unreachable();
}

// Calls f(field) for every field, going into lists and composites down to node pointers and
// scalars.
template <typename T, typename F>
void each_leaf(T& field, F& f) {
  using Bare = std::remove_const_t<T>;
  if constexpr (!std::is_void_v<typename ListItem<Bare>::type>) {
    for (auto& item : field) each_leaf(item, f);
  } else if constexpr (Composite<Bare>) {
    if constexpr (std::is_same_v<Bare, TableName>) f(field);
    std::apply([&](auto&... inner) { (each_leaf(inner, f), ...); }, field.fields());
  } else {
    f(field);
  }
}

template <typename NodeRef, typename F>
void each_leaf_of(NodeRef& node, F&& f) {
  dispatch(node, [&](auto& typed) {
    std::apply([&](auto&... field) { (each_leaf(field, f), ...); }, typed.fields());
  });
}

uint64_t mix(uint64_t seed, uint64_t value) {
  seed ^= value + 0x9e3779b97f4a7c15ULL + (seed << 6) + (seed >> 2);
  return seed * 0xff51afd7ed558ccdULL;
}

}  // namespace

void for_each_child(const Node& node, FunctionRef<void(const Node&)> visit) {
  each_leaf_of(node, [&](auto& leaf) {
    if constexpr (kIsNodePointer<std::remove_cvref_t<decltype(leaf)>>) {
      if (leaf != nullptr) visit(*leaf);
    }
  });
}

void change_children(Node& node, FunctionRef<Node*(Node*)> change) {
  each_leaf_of(node, [&](auto& leaf) {
    using Leaf = std::remove_cvref_t<decltype(leaf)>;
    if constexpr (kIsNodePointer<Leaf>) {
      if (leaf != nullptr) leaf = static_cast<Leaf>(change(leaf));
    }
  });
}

void walk(const Node* root, FunctionRef<bool(const Node&)> visit) {
  if (root == nullptr || !visit(*root)) return;
  for_each_child(*root, [&](const Node& child) { walk(&child, visit); });
}

void walk(Node* root, FunctionRef<bool(Node&)> visit) {
  if (root == nullptr || !visit(*root)) return;
  change_children(*root, [&](Node* child) {
    walk(child, visit);
    return child;
  });
}

void for_each_table_name(Node* root, FunctionRef<void(TableName&, const Node&)> visit) {
  walk(root, [&](Node& node) {
    each_leaf_of(node, [&](auto& leaf) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(leaf)>, TableName>) {
        if (!leaf.empty()) visit(leaf, node);
      }
    });
    return true;
  });
}

void for_each_table_name(const Node* root, FunctionRef<void(const TableName&, const Node&)> visit) {
  walk(root, [&](const Node& node) {
    each_leaf_of(node, [&](auto& leaf) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(leaf)>, TableName>) {
        if (!leaf.empty()) visit(leaf, node);
      }
    });
    return true;
  });
}

namespace {

Node* rewrite_below(Node* node, Node* parent, RewriteDown down, RewriteUp up) {
  Cursor cursor{node, parent};
  if (down(cursor)) {
    Node* here = cursor.node;
    change_children(*here, [&](Node* child) { return rewrite_below(child, here, down, up); });
  }
  up(cursor);
  return cursor.node;
}

}  // namespace

Node* rewrite(Node* root, RewriteDown down, RewriteUp up) {
  return root == nullptr ? nullptr : rewrite_below(root, nullptr, down, up);
}

namespace {

template <typename T>
void clone_field(Arena& arena, T& field) {
  if constexpr (!std::is_void_v<typename ListItem<T>::type>) {
    T copy;
    for (auto item : field) {
      clone_field(arena, item);
      copy.push_back(arena, item);
    }
    field = copy;
  } else if constexpr (Composite<T>) {
    std::apply([&](auto&... inner) { (clone_field(arena, inner), ...); }, field.fields());
  } else if constexpr (std::is_same_v<T, std::string_view>) {
    field = arena.copy(field);
  } else if constexpr (kIsNodePointer<T>) {
    field = static_cast<T>(clone_node(arena, field));
  }
}

}  // namespace

Node* clone_node(Arena& arena, const Node* node) {
  if (node == nullptr) return nullptr;
  return dispatch(*node, [&](const auto& typed) -> Node* {
    using T = std::remove_cvref_t<decltype(typed)>;
    T* copy = arena.make<T>(typed);
    std::apply([&](auto&... field) { (clone_field(arena, field), ...); }, copy->fields());
    return copy;
  });
}

namespace {

template <typename T>
bool equal_field(const T& a, const T& b) {
  if constexpr (!std::is_void_v<typename ListItem<T>::type>) {
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); ++i) {
      if (!equal_field(a[i], b[i])) return false;
    }
    return true;
  } else if constexpr (Composite<T>) {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return (equal_field(std::get<I>(a.fields()), std::get<I>(b.fields())) && ...);
    }(std::make_index_sequence<std::tuple_size_v<decltype(a.fields())>>());
  } else if constexpr (kIsNodePointer<T>) {
    return equal(a, b);
  } else {
    return a == b;
  }
}

}  // namespace

bool equal(const Node* a, const Node* b) {
  if (a == nullptr || b == nullptr) return a == b;
  if (a->kind != b->kind) return false;
  return dispatch(*a, [&](const auto& left) {
    using T = std::remove_cvref_t<decltype(left)>;
    const T& right = static_cast<const T&>(*b);
    // Once each: of so many temporaries a frame would be a kilobyte.
    const auto of_left = left.fields();
    const auto of_right = right.fields();
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return (equal_field(std::get<I>(of_left), std::get<I>(of_right)) && ...);
    }(std::make_index_sequence<std::tuple_size_v<decltype(left.fields())>>());
  });
}

uint64_t hash(const Node* node) {
  if (node == nullptr) return 0x51;
  uint64_t seed = mix(0, static_cast<uint64_t>(node->kind));
  each_leaf_of(*node, [&](auto& leaf) {
    using Leaf = std::remove_cvref_t<decltype(leaf)>;
    if constexpr (kIsNodePointer<Leaf>) {
      seed = mix(seed, hash(leaf));
    } else if constexpr (!std::is_same_v<Leaf, TableName>) {
      seed = mix(seed, std::hash<Leaf>()(leaf));
    }
  });
  return seed;
}

int height(const Node* node) {
  if (node == nullptr) return 0;
  int below = 0;
  for_each_child(*node, [&](const Node& child) { below = std::max(below, height(&child)); });
  return below + 1;
}

bool higher_than(const Node* node, int levels) {
  if (node == nullptr) return false;
  if (levels == 0) return true;
  bool higher = false;
  for_each_child(*node,
                 [&](const Node& child) { higher = higher || higher_than(&child, levels - 1); });
  return higher;
}

size_t size(const Node* node) {
  size_t nodes = 0;
  walk(node, [&](const Node&) { return ++nodes != 0; });
  return nodes;
}

}  // namespace vif::sql
