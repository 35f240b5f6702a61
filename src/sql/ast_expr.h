// Expressions. Names are Vitess's; functions with a syntax of their own are in ast_func.h.
#pragma once

#include "sql/node.h"
#include "types/type.h"

namespace vif::sql {

struct TableStatement;

enum class LiteralType : uint8_t {
  kStrVal,
  kIntVal,
  kDecimalVal,
  kFloatVal,
  kHexNum,  // 0xAF
  kHexVal,  // x'AF'
  kBitNum,  // 0b01
  kDateVal,
  kTimeVal,
  kTimestampVal,
};

// A constant. `text` is the value: a string's bytes after unescaping, digits for numbers (with
// their 0x, 0b), digits alone for kHexVal.
struct Literal : NodeOf<Kind::kLiteral, Expr> {
  LiteralType type = LiteralType::kStrVal;
  std::string_view text;
  // Which literal of the fingerprint pass this is; -1 when it does not come from the source text.
  // No field: two literals are equal when their values are.
  int32_t index = -1;
  VIF_SQL_FIELDS(type, text)
};

inline constexpr types::Type kUnknownType = static_cast<types::Type>(-1);

// :name, a bind variable.
struct Argument : NodeOf<Kind::kArgument, Expr> {
  std::string_view name;
  types::Type type = kUnknownType;
  int32_t size = 0;
  int32_t scale = 0;
  VIF_SQL_FIELDS(name, type, size, scale)
};

// ::name, a list of values.
struct ListArg : NodeOf<Kind::kListArg, Expr> {
  std::string_view name;
  VIF_SQL_FIELDS(name)
};

struct NullVal : NodeOf<Kind::kNullVal, Expr> {
  VIF_SQL_FIELDS()
};

struct BoolVal : NodeOf<Kind::kBoolVal, Expr> {
  bool value = false;
  VIF_SQL_FIELDS(value)
};

struct ColName : NodeOf<Kind::kColName, Expr> {
  TableName qualifier;
  std::string_view name;
  // Which table of the statement semantics bound it to; -1 before. No field: a copy keeps it.
  int32_t table = -1;
  VIF_SQL_FIELDS(qualifier, name)
};

enum class Scope : uint8_t {
  kNoScope,
  kSessionScope,
  kGlobalScope,
  kVitessMetadataScope,
  kPersistSysScope,
  kPersistOnlySysScope,
  kVariableScope,  // @name
  kNextTxScope,
};

// A scope as it is written before a name behind @@, with its dot. Null: the text begins with none,
// or has nothing behind it.
struct ScopePrefix {
  std::string_view text;
  Scope scope;
};
const ScopePrefix* scope_prefix(std::string_view variable_name);
// @@transaction_isolation without a scope is the next transaction's.
bool holds_for_next_transaction(std::string_view variable_name);

struct Variable : NodeOf<Kind::kVariable, Expr> {
  Scope scope = Scope::kNoScope;
  std::string_view name;
  // @@session.name was written, which asks for the session's value and no other. No field: to
  // Vitess it is @@name.
  bool session_written = false;
  VIF_SQL_FIELDS(scope, name)
};

// A run of more than kBalanceAbove terms is kept as a balanced tree, so that nobody's recursion is
// as deep as the run is long; `balanced` says that a right operand of the same kind needs no
// parentheses.
struct AndExpr : NodeOf<Kind::kAndExpr, Expr> {
  Expr* left = nullptr;
  Expr* right = nullptr;
  bool balanced = false;
  VIF_SQL_FIELDS(left, right, balanced)
};
struct OrExpr : NodeOf<Kind::kOrExpr, Expr> {
  Expr* left = nullptr;
  Expr* right = nullptr;
  bool balanced = false;
  VIF_SQL_FIELDS(left, right, balanced)
};
struct XorExpr : NodeOf<Kind::kXorExpr, Expr> {
  Expr* left = nullptr;
  Expr* right = nullptr;
  bool balanced = false;
  VIF_SQL_FIELDS(left, right, balanced)
};
struct NotExpr : NodeOf<Kind::kNotExpr, Expr> {
  Expr* expr = nullptr;
  VIF_SQL_FIELDS(expr)
};

enum class ComparisonOp : uint8_t {
  kEqual,
  kLessThan,
  kGreaterThan,
  kLessEqual,
  kGreaterEqual,
  kNotEqual,
  kNullSafeEqual,
  kIn,
  kNotIn,
  kLike,
  kNotLike,
  kRegexp,
  kNotRegexp,
};
// "=", "<", ..., "not regexp".
std::string_view to_string(ComparisonOp op);

enum class Modifier : uint8_t { kNone, kAny, kAll };

struct ComparisonExpr : NodeOf<Kind::kComparisonExpr, Expr> {
  ComparisonOp op = ComparisonOp::kEqual;
  Modifier modifier = Modifier::kNone;
  Expr* left = nullptr;
  Expr* right = nullptr;
  Expr* escape = nullptr;  // of LIKE; may be null
  VIF_SQL_FIELDS(op, modifier, left, right, escape)
};

struct BetweenExpr : NodeOf<Kind::kBetweenExpr, Expr> {
  bool is_between = true;
  Expr* left = nullptr;
  Expr* from = nullptr;
  Expr* to = nullptr;
  VIF_SQL_FIELDS(is_between, left, from, to)
};

enum class IsOp : uint8_t { kNull, kNotNull, kTrue, kNotTrue, kFalse, kNotFalse };
std::string_view to_string(IsOp op);  // "is null"

struct IsExpr : NodeOf<Kind::kIsExpr, Expr> {
  Expr* left = nullptr;
  IsOp op = IsOp::kNull;
  VIF_SQL_FIELDS(left, op)
};

enum class BinaryOp : uint8_t {
  kBitAnd,
  kBitOr,
  kBitXor,
  kPlus,
  kMinus,
  kMult,
  kDiv,
  kIntDiv,
  kMod,
  kShiftLeft,
  kShiftRight,
  kJSONExtract,         // ->: the parser makes json_extract(a, b) of it, as Vitess does
  kJSONUnquoteExtract,  // ->>: json_unquote(json_extract(a, b))
};
std::string_view to_string(BinaryOp op);

struct BinaryExpr : NodeOf<Kind::kBinaryExpr, Expr> {
  BinaryOp op = BinaryOp::kPlus;
  Expr* left = nullptr;
  Expr* right = nullptr;
  VIF_SQL_FIELDS(op, left, right)
};
// A long run of operators of one level, as it was written: exprs[0] ops[0] exprs[1] ops[1] ... It
// stands for BinaryExprs nested to the left, and is no deeper than its deepest operand.
struct ChainExpr : NodeOf<Kind::kChainExpr, Expr> {
  List<Expr*> exprs;
  List<BinaryOp> ops;
  VIF_SQL_FIELDS(exprs, ops)
};

enum class UnaryOp : uint8_t { kPlus, kMinus, kTilda, kBang, kNString };
std::string_view to_string(UnaryOp op);  // with the blank that follows a word

struct UnaryExpr : NodeOf<Kind::kUnaryExpr, Expr> {
  UnaryOp op = UnaryOp::kMinus;
  Expr* expr = nullptr;
  VIF_SQL_FIELDS(op, expr)
};

// @a := expr
struct AssignmentExpr : NodeOf<Kind::kAssignmentExpr, Expr> {
  Expr* left = nullptr;
  Expr* right = nullptr;
  VIF_SQL_FIELDS(left, right)
};

struct CollateExpr : NodeOf<Kind::kCollateExpr, Expr> {
  Expr* expr = nullptr;
  std::string_view collation;
  VIF_SQL_FIELDS(expr, collation)
};

// _utf8mb4 'x': `charset` with its underscore, lower case.
struct IntroducerExpr : NodeOf<Kind::kIntroducerExpr, Expr> {
  std::string_view charset;
  Expr* expr = nullptr;
  VIF_SQL_FIELDS(charset, expr)
};

struct ValTuple : NodeOf<Kind::kValTuple, Expr> {
  List<Expr*> exprs;
  VIF_SQL_FIELDS(exprs)
};

struct Subquery : NodeOf<Kind::kSubquery, Expr> {
  TableStatement* select = nullptr;
  VIF_SQL_FIELDS(select)
};

struct ExistsExpr : NodeOf<Kind::kExistsExpr, Expr> {
  Subquery* subquery = nullptr;
  VIF_SQL_FIELDS(subquery)
};

struct When : NodeOf<Kind::kWhen> {
  Expr* cond = nullptr;
  Expr* val = nullptr;
  VIF_SQL_FIELDS(cond, val)
};

struct CaseExpr : NodeOf<Kind::kCaseExpr, Expr> {
  Expr* expr = nullptr;  // may be null
  List<When*> whens;
  Expr* els = nullptr;  // may be null
  VIF_SQL_FIELDS(expr, whens, els)
};

// default or default(col)
struct Default : NodeOf<Kind::kDefault, Expr> {
  TableName table;
  std::string_view col_name;
  VIF_SQL_FIELDS(table, col_name)
};

// :3, a column of the input by number: what the planner leaves where a column was.
struct Offset : NodeOf<Kind::kOffset, Expr> {
  int32_t v = 0;
  Expr* original = nullptr;
  VIF_SQL_FIELDS(v, original)
};

struct MemberOfExpr : NodeOf<Kind::kMemberOfExpr, Expr> {
  Expr* value = nullptr;
  Expr* json_arr = nullptr;
  VIF_SQL_FIELDS(value, json_arr)
};

enum class MatchOption : uint8_t {
  kNone,
  kBooleanMode,
  kNaturalLanguageMode,
  kNaturalLanguageModeWithQueryExpansion,
  kQueryExpansion,
};

struct MatchExpr : NodeOf<Kind::kMatchExpr, Expr> {
  List<ColName*> columns;
  Expr* expr = nullptr;
  MatchOption option = MatchOption::kNone;
  VIF_SQL_FIELDS(columns, expr, option)
};

}  // namespace vif::sql
