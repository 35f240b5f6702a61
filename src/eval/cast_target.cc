#include "eval/cast_target.h"

#include "eval/mariadb.h"
#include "eval/precision.h"
#include "eval/strictness.h"
#include "sql/ast_func.h"

namespace vif::eval {

std::string charset_of(const sql::ConvertType& t) {
  std::string name = sql::lowered(t.charset.name);
  if (name.size() > 1 && name[0] == '\'') name = name.substr(1, name.size() - 2);
  return name;
}

CastTarget target_of(const sql::ConvertType& t, const CompileOptions& options) {
  CastTarget target;
  if (sql::lowered(t.type) == "json" && options.mariadb) syntax_of_mysql("CAST AS JSON");
  if (sql::lowered(t.type) == "year" && options.mariadb)
    refuse("CAST AS YEAR of MariaDB in the gate");
  const std::string name = sql::lowered(t.type);
  if (options.mariadb && (name == "real" || (name == "float" && t.length)))
    syntax_of_mysql("CAST AS REAL or FLOAT(n)");
  if (t.length) target.length = *t.length;
  if (t.scale) target.scale = *t.scale;
  target.collation = options.connection_collation;
  if (name == "int" || name == "integer" || name == "varchar") {
    if (!options.mariadb) syntax_of_mariadb(name);
    target.kind = name == "varchar" ? CastKind::kChar : CastKind::kSigned;
  } else if (name == "signed" || name == "signed integer") {
    target.kind = CastKind::kSigned;
  } else if (name == "unsigned" || name == "unsigned integer") {
    target.kind = CastKind::kUnsigned;
  } else if (name == "char" || name == "nchar") {
    target.kind = charset_of(t) == "binary" ? CastKind::kBinary : CastKind::kChar;
  } else if (name == "binary") {
    target.kind = CastKind::kBinary;
  } else if (name == "decimal") {
    target.kind = CastKind::kDecimal;
  } else if (name == "double" || name == "real") {
    const bool narrow = name == "real" && names_mode(options.sql_mode, "REAL_AS_FLOAT");
    target.kind = narrow ? CastKind::kFloat : CastKind::kDouble;
  } else if (name == "float") {
    target.kind = target.length.value_or(0) > 24 ? CastKind::kDouble : CastKind::kFloat;
  } else if (name == "date") {
    target.kind = CastKind::kDate;
  } else if (name == "datetime") {
    target.kind = CastKind::kDatetime;
  } else if (name == "time") {
    target.kind = CastKind::kTime;
  } else if (name == "year") {
    target.kind = CastKind::kYear;
  } else if (name == "json") {
    target.kind = CastKind::kJson;
  } else {
    refuse(fmt::format("CAST AS {} in the gate", t.type));
  }
  return target;
}

}  // namespace vif::eval
