// What every node of the syntax tree is: a kind, and the fields that it names once (`fields()`),
// over which tree.h clones, compares, hashes, walks and rewrites. Nodes live in an Arena, are
// trivially destructible, and their strings point into the arena (or into static text).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>

#include "base/assert.h"
#include "sql/arena.h"

namespace vif::sql {

// Every node type, once: the enum, the dispatch and the walkers come from this list.
// clang-format off
#define VIF_SQL_NODES(X)                                                                           \
  /* expressions: ast_expr.h */                                                                    \
  X(Literal) X(Argument) X(ListArg) X(NullVal) X(BoolVal) X(ColName) X(Variable) X(AndExpr)        \
  X(OrExpr) X(XorExpr) X(NotExpr) X(ComparisonExpr) X(BetweenExpr) X(IsExpr) X(ExistsExpr)         \
  X(BinaryExpr) X(ChainExpr) X(UnaryExpr) X(AssignmentExpr) X(CollateExpr) X(IntroducerExpr) X(ValTuple)        \
  X(Subquery) X(CaseExpr) X(When) X(Default) X(Offset) X(MemberOfExpr) X(MatchExpr)                \
  /* functions: ast_func.h */                                                                      \
  X(FuncExpr) X(AggrFunc) X(CountStar) X(GroupConcatExpr) X(WindowFuncExpr) X(OverClause)          \
  X(WindowSpecification) X(FrameClause) X(FramePoint) X(CastExpr) X(AtTimeZoneExpr) X(ConvertExpr)                   \
  X(ConvertUsingExpr) X(ConvertType) X(CharExpr) X(TrimFuncExpr) X(ExtractFuncExpr)                \
  X(IntervalDateExpr) X(TimestampDiffExpr) X(WeightStringFuncExpr) X(CurTimeFuncExpr)              \
  X(ValuesFuncExpr) X(LockingFunc) X(JSONValueExpr) X(JtOnResponse)                                \
  /* queries: ast_select.h */                                                                      \
  X(Select) X(Union) X(ValuesStatement) X(With) X(CommonTableExpr) X(AliasedExpr) X(StarExpr)      \
  X(Nextval) X(AliasedTableExpr) X(DerivedTable) X(ParenTableExpr) X(JoinTableExpr) X(IndexHint)   \
  X(JSONTableExpr) X(JtColumnDefinition) X(Order) X(Limit) X(LockClause) X(WindowDefinition) X(SelectInto)       \
  /* changes: ast_dml.h */                                                                         \
  X(Insert) X(Update) X(Delete) X(UpdateExpr) X(RowAlias) X(Stream) X(VStream) X(Load)             \
  /* definitions: ast_ddl.h */                                                                     \
  X(CreateTable) X(AlterTable) X(DropTable) X(RenameTable) X(TruncateTable) X(CreateView)          \
  X(AlterView) X(DropView) X(CreateDatabase) X(AlterDatabase) X(DropDatabase) X(TableSpec)         \
  X(ColumnDefinition) X(ColumnType) X(ColumnTypeOptions) X(IndexDefinition) X(IndexColumn)         \
  X(IndexOption) X(ConstraintDefinition) X(ReferenceDefinition) X(TableOption) X(PartitionOption)  \
  X(SubPartition) X(PartitionDefinition) X(PartitionSpec) X(AlterOption) X(DatabaseOption)         \
  /* routines: ast_routine.h */                                                                    \
  X(CreateProcedure) X(DropProcedure) X(ProcParameter) X(BeginEndStatement) X(IfStatement)         \
  X(ElseIfBlock) X(DeclareVar) X(DeclareHandler) X(DeclareCondition) X(Signal) X(SignalSet)        \
  X(HandlerCondition)                                                                              \
  /* the rest: ast_other.h */                                                                      \
  X(Set) X(SetExpr) X(ShowBasic) X(ShowFilter) X(ShowCreate) X(ShowOther) X(ShowTransactionStatus) \
  X(ShowMigrationLogs) X(ShowThrottledApps) X(ShowThrottlerStatus) X(Use) X(Begin) X(Commit)       \
  X(Rollback) X(SRollback) X(Savepoint) X(Release) X(ExplainStmt) X(ExplainTab) X(VExplainStmt)    \
  X(PrepareStmt) X(ExecuteStmt) X(DeallocateStmt) X(CallProc) X(Analyze) X(OtherAdmin)             \
  X(OtherStatement) X(LockTables) X(UnlockTables) X(Flush) X(Kill) X(PurgeBinaryLogs)              \
  X(CommentOnly) X(AlterVschema) X(AlterMigration) X(RevertMigration)
// clang-format on

enum class Kind : uint8_t {
#define VIF_SQL_KIND(name) k##name,
  VIF_SQL_NODES(VIF_SQL_KIND)
#undef VIF_SQL_KIND
};

// "Select", "ColName": the type's name.
std::string_view kind_name(Kind kind);

struct Node {
  const Kind kind;

 protected:
  explicit Node(Kind k) : kind(k) {}
  Node(const Node&) = default;
  Node& operator=(const Node&) { return *this; }  // the kind stays
};

// Families: what may stand in which place.
struct Expr : Node {
  using Node::Node;
};
struct SelectExpr : Node {
  using Node::Node;
};
struct TableExpr : Node {
  using Node::Node;
};
struct Statement : Node {
  using Node::Node;
};

// `struct Limit : NodeOf<Kind::kLimit> {...}` or `struct ColName : NodeOf<Kind::kColName, Expr>`.
template <Kind K, typename Family = Node>
struct NodeOf : Family {
  static constexpr Kind kKind = K;
  NodeOf() : Family(K) {}
};

// std::tie, but dependent on a template parameter, so that its tuple is made only where fields() is
// called: a file that includes the tree without walking it compiles in a third of the time.
template <typename Lazy, typename... Fields>
auto tie_fields(Fields&... fields) {
  return std::tie(fields...);
}

// A node's one list of fields. Order matters only in that children are walked in it.
#define VIF_SQL_FIELDS(...)                           \
  template <typename Lazy = void>                     \
  auto fields() {                                     \
    return ::vif::sql::tie_fields<Lazy>(__VA_ARGS__); \
  }                                                   \
  template <typename Lazy = void>                     \
  auto fields() const {                               \
    return ::vif::sql::tie_fields<Lazy>(__VA_ARGS__); \
  }

// Is `node` (which may be null) a T?
template <typename T>
bool is(const Node* node) {
  return node != nullptr && node->kind == T::kKind;
}
// The node as a T, or null when it is something else (or null).
template <typename T>
T* as(Node* node) {
  return is<T>(node) ? static_cast<T*>(node) : nullptr;
}
template <typename T>
const T* as(const Node* node) {
  return is<T>(node) ? static_cast<const T*>(node) : nullptr;
}
// REQUIRES: node is a T.
template <typename T>
T& to(Node& node) {
  VIF_ASSERT(node.kind == T::kKind);
  return static_cast<T&>(node);
}
template <typename T>
const T& to(const Node& node) {
  VIF_ASSERT(node.kind == T::kKind);
  return static_cast<const T&>(node);
}

// Names as written, without quotes. Column names compare without regard to case, table names with.
struct TableName {
  std::string_view qualifier;  // keyspace or database; empty when not given
  std::string_view name;
  bool empty() const { return name.empty(); }
  bool operator==(const TableName&) const = default;
  VIF_SQL_FIELDS(qualifier, name)
};

bool equal_ci(std::string_view a, std::string_view b);
std::string lowered(std::string_view text);

}  // namespace vif::sql
