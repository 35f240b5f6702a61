// Columns, indexes and constraints of a table.
#include "sql/parse_core.h"

namespace vif::sql {

bool Parser::accept_charset() {
  if (accept(Tok::kw_charset)) return true;
  if (!at(Tok::kw_character) && !(at(Tok::kw_char) && peek().tok == Tok::kw_set)) return false;
  advance();
  expect(Tok::kw_set);
  return true;
}

// A character set or collation: a name, a string, or BINARY.
std::string_view Parser::charset_name() {
  if (at(Tok::kString)) return string_value();
  if (at(Tok::kw_binary)) {
    advance();
    return "binary";
  }
  return name();
}

void Parser::column_charset(ColumnCharset& charset) {
  const auto binary = [&] {
    charset.binary = accept(Tok::kw_binary);
    if (charset.binary)
      deprecate("BINARY as attribute of a type", "a CHARACTER SET clause with _bin collation");
    return charset.binary;
  };
  const bool first = binary();
  if (!first && accept(Tok::kw_byte)) {
    charset.name = "binary";
    return;
  }
  constexpr std::string_view kInstead = "CHARACTER SET charset_name";
  if (accept(Tok::kw_ascii)) {
    charset.name = "latin1";
    deprecate("ASCII", kInstead);
  } else if (accept(Tok::kw_unicode)) {
    charset.name = "ucs2";
    deprecate("UNICODE", kInstead);
  } else if (at(Tok::kw_character) || at(Tok::kw_charset) ||
             (at(Tok::kw_char) && peek().tok == Tok::kw_set)) {
    accept_charset();
    charset.name = at(Tok::kString) ? sql_string() : charset_name();
    deprecate_charset(charset.name);
  } else {
    return;
  }
  if (!first) binary();
}

namespace {

bool names_type(Tok tok) {
  switch (tok) {
    case Tok::kw_bit:
    case Tok::kw_bool:
    case Tok::kw_boolean:
    case Tok::kw_tinyint:
    case Tok::kw_smallint:
    case Tok::kw_mediumint:
    case Tok::kw_int:
    case Tok::kw_integer:
    case Tok::kw_bigint:
    case Tok::kw_real:
    case Tok::kw_double:
    case Tok::kw_float8:
    case Tok::kw_float:
    case Tok::kw_float4:
    case Tok::kw_decimal:
    case Tok::kw_numeric:
    case Tok::kw_char:
    case Tok::kw_varchar:
    case Tok::kw_text:
    case Tok::kw_tinytext:
    case Tok::kw_mediumtext:
    case Tok::kw_longtext:
    case Tok::kw_binary:
    case Tok::kw_varbinary:
    case Tok::kw_blob:
    case Tok::kw_time:
    case Tok::kw_timestamp:
    case Tok::kw_datetime:
    case Tok::kw_year:
    case Tok::kw_vector:
    case Tok::kw_enum:
    case Tok::kw_set:
    case Tok::kw_date:
    case Tok::kw_json:
    case Tok::kw_tinyblob:
    case Tok::kw_mediumblob:
    case Tok::kw_longblob:
    case Tok::kw_geometry:
    case Tok::kw_point:
    case Tok::kw_linestring:
    case Tok::kw_polygon:
    case Tok::kw_geometrycollection:
    case Tok::kw_geomcollection:
    case Tok::kw_multipoint:
    case Tok::kw_multilinestring:
    case Tok::kw_multipolygon: return true;
    default: return false;
  }
}

}  // namespace

// MySQL's other words for a type: the tree holds the usual one. False: no such word stands here.
bool Parser::synonym_type(ColumnType& type) {
  const auto is_now = [&](std::string_view usual, Tok tok) {
    type.type = usual;
    column_type_arguments(type, tok);
    return true;
  };
  const auto national = [&] {
    type.charset.name = "utf8mb3";
    return true;
  };
  switch (token_.tok) {
    case Tok::kw_char:
      if (peek().tok != Tok::kw_varying) return false;
      [[fallthrough]];
    case Tok::kw_character: {
      advance();
      const bool varying = accept(Tok::kw_varying);
      return is_now(varying ? "varchar" : "char", varying ? Tok::kw_varchar : Tok::kw_char);
    }
    case Tok::kw_varcharacter: advance(); return is_now("varchar", Tok::kw_varchar);
    case Tok::kw_nchar: {
      advance();
      const bool varying =
          accept(Tok::kw_varying) || accept(Tok::kw_varchar) || accept(Tok::kw_varcharacter);
      return is_now(varying ? "varchar" : "char", varying ? Tok::kw_varchar : Tok::kw_char) &&
             national();
    }
    case Tok::kw_sql_tsi_year: advance(); return is_now("year", Tok::kw_year);
    case Tok::kw_dec: advance(); return is_now("decimal", Tok::kw_decimal);
    case Tok::kw_fixed: advance(); return is_now("decimal", Tok::kw_decimal);
    case Tok::kw_int1: advance(); return is_now("tinyint", Tok::kw_tinyint);
    case Tok::kw_int2: advance(); return is_now("smallint", Tok::kw_smallint);
    case Tok::kw_int3:
    case Tok::kw_middleint: advance(); return is_now("mediumint", Tok::kw_mediumint);
    case Tok::kw_int4: advance(); return is_now("int", Tok::kw_int);
    case Tok::kw_int8: advance(); return is_now("bigint", Tok::kw_bigint);
    case Tok::kw_long:
      advance();
      if (accept(Tok::kw_varbinary)) return is_now("mediumblob", Tok::kw_mediumblob);
      if ((at(Tok::kw_character) || at(Tok::kw_char)) && peek().tok == Tok::kw_varying) {
        advance();
        advance();
      } else if (!accept(Tok::kw_varchar)) {
        accept(Tok::kw_varcharacter);
      }
      return is_now("mediumtext", Tok::kw_mediumtext);
    default: break;
  }
  for (std::string_view word : {"uuid", "inet4", "inet6"}) {  // MariaDB's
    if (!accept_word(word)) continue;
    type.type = word;
    return true;
  }
  if (accept_word("nvarchar")) return is_now("varchar", Tok::kw_varchar) && national();
  if (at_word("national")) {
    advance();
    bool varying = accept(Tok::kw_varchar) || accept(Tok::kw_varcharacter);
    if (!varying) {
      if (!accept(Tok::kw_char)) expect(Tok::kw_character);
      varying = accept(Tok::kw_varying);
    }
    return is_now(varying ? "varchar" : "char", varying ? Tok::kw_varchar : Tok::kw_char) &&
           national();
  }
  return false;
}

ColumnType* Parser::column_type() {
  ColumnType* type = make<ColumnType>();
  if (synonym_type(*type)) return type;
  if (!names_type(token_.tok)) fail();
  type->type = token_.text;
  const Tok tok = token_.tok;
  advance();
  column_type_arguments(*type, tok);
  return type;
}

void Parser::enum_values(ColumnType& type) {
  expect(Tok::kOpen);
  do {
    if (at_any({Tok::kHexNum, Tok::kHexVal, Tok::kBitNum, Tok::kBitVal})) {
      push(type.enum_values, sql_.substr(token_.begin, token_.end - token_.begin));
      advance();
    } else {
      push(type.enum_values, sql_string());
    }
  } while (accept(Tok::kComma));
  expect(Tok::kClose);
}

void Parser::column_type_arguments(ColumnType& type, Tok tok) {
  const auto two = [&](bool one_is_enough, bool needs_two) {
    if (!accept(Tok::kOpen)) return;
    type.length = needs_two ? small_integer() : length_value();
    if (needs_two && !at(Tok::kComma)) fail();
    if (accept(Tok::kComma)) {
      type.scale = small_integer();
    } else if (!one_is_enough) {
      fail();
    }
    expect(Tok::kClose);
  };
  const auto sign = [&] {
    while (at_any({Tok::kw_unsigned, Tok::kw_signed, Tok::kw_zerofill})) {
      if (at(Tok::kw_unsigned)) type.is_unsigned = true;
      if (at(Tok::kw_zerofill)) type.zerofill = true;
      advance();
    }
  };
  switch (tok) {
    case Tok::kw_bit:
    case Tok::kw_tinyint:
    case Tok::kw_smallint:
    case Tok::kw_mediumint:
    case Tok::kw_int:
    case Tok::kw_integer:
    case Tok::kw_bigint: type.length = length_opt(); return sign();
    case Tok::kw_real:
    case Tok::kw_double:
    case Tok::kw_float8:
      if (tok == Tok::kw_double) accept(Tok::kw_precision);
      two(false, true);
      return sign();
    case Tok::kw_float:
    case Tok::kw_float4:
    case Tok::kw_decimal:
    case Tok::kw_numeric: two(true, false); return sign();
    case Tok::kw_char: type.length = length_opt(); return column_charset(type.charset);
    case Tok::kw_varchar:
    case Tok::kw_text: type.length = length_opt(); return column_charset(type.charset);
    case Tok::kw_tinytext:
    case Tok::kw_mediumtext:
    case Tok::kw_longtext: return column_charset(type.charset);
    case Tok::kw_binary:
    case Tok::kw_varbinary:
    case Tok::kw_blob:
    case Tok::kw_time:
    case Tok::kw_timestamp:
    case Tok::kw_datetime:
    case Tok::kw_vector: type.length = length_opt(); return;
    case Tok::kw_year: {
      type.length = length_opt();
      ColumnType unused;  // which mean nothing here
      return column_type_arguments(unused, Tok::kw_int);
    }
    case Tok::kw_enum:
    case Tok::kw_set: enum_values(type); return column_charset(type.charset);
    default: return;
  }
}

ColumnDefinition* Parser::column_definition(bool may_refer) {
  ColumnDefinition* column = make<ColumnDefinition>();
  column->name = name();
  if (accept_word("serial")) {
    column->type = make<ColumnType>();
    column->type->type = "bigint";
    column->type->is_unsigned = true;
    column->type->options = make<ColumnTypeOptions>();
    column->type->options->null = false;
    column->type->options->autoincrement = true;
    column->type->options->key = ColumnKeyOption::kUnique;
    column_options(*column->type->options, false, may_refer);
    return column;
  }
  column->type = column_type();
  ColumnTypeOptions* options = make<ColumnTypeOptions>();
  column->type->options = options;
  if (accept(Tok::kw_collate)) options->collate = at(Tok::kString) ? sql_string() : charset_name();
  const bool generated = at(Tok::kw_generated);
  if (accept(Tok::kw_generated)) expect(Tok::kw_always);
  if (generated || at(Tok::kw_as)) {
    expect(Tok::kw_as);
    expect(Tok::kOpen);
    options->as = expression();
    expect(Tok::kClose);
    options->storage = ColumnStorage::kVirtual;
  }
  column_options(*options, options->as != nullptr, may_refer);
  return column;
}

void Parser::column_options(ColumnTypeOptions& options, bool generated, bool may_refer) {
  for (;;) {
    if (generated && (at(Tok::kw_virtual) || at(Tok::kw_stored) || at_word("persistent"))) {
      options.storage = at(Tok::kw_virtual) ? ColumnStorage::kVirtual : ColumnStorage::kStored;
      advance();
    } else if (may_refer && at(Tok::kw_references)) {
      options.reference = reference_definition();
    } else if (!column_option(options)) {
      return;
    }
  }
}

// False: no option stands here.
bool Parser::column_option(ColumnTypeOptions& options) {
  switch (token_.tok) {
    case Tok::kw_null:
      advance();
      options.null = true;
      return true;
    case Tok::kw_not:
      if (peek().tok == Tok::kw_enforced) return false;
      advance();
      if (accept_word("secondary")) {
        options.not_secondary = true;
        return true;
      }
      expect(Tok::kw_null);
      options.null = false;
      return true;
    case Tok::kw_default:
      advance();
      options.default_val = default_value(&options.default_literal);
      return true;
    case Tok::kw_on:
      advance();
      expect(Tok::kw_update);
      if (!is_keyword(token_.tok)) fail();
      options.on_update = keyword_call();
      if (!is<CurTimeFuncExpr>(options.on_update)) fail();
      return true;
    case Tok::kw_auto_increment:
      advance();
      options.autoincrement = true;
      return true;
    case Tok::kw_comment:
      advance();
      options.comment = string_literal();
      return true;
    case Tok::kw_primary:
      advance();
      expect(Tok::kw_key);
      options.key = ColumnKeyOption::kPrimary;
      return true;
    case Tok::kw_unique:
      advance();
      options.key = accept(Tok::kw_key) ? ColumnKeyOption::kUniqueKey : ColumnKeyOption::kUnique;
      return true;
    case Tok::kw_key:
      advance();
      options.key = ColumnKeyOption::kKey;
      return true;
    default: return column_detail(options);
  }
}

bool Parser::column_detail(ColumnTypeOptions& options) {
  const auto text_option = [&](Literal*& place) {
    advance();
    accept(Tok::kEq);
    place = string_literal();
  };
  switch (token_.tok) {
    case Tok::kw_collate:
      advance();
      options.collate = at(Tok::kString) ? sql_string() : charset_name();
      return true;
    case Tok::kw_column_format:
      advance();
      if (at(Tok::kw_fixed))
        options.format = ColumnFormat::kFixed;
      else if (at(Tok::kw_dynamic))
        options.format = ColumnFormat::kDynamic;
      else if (at(Tok::kw_default))
        options.format = ColumnFormat::kDefault;
      else if (at(Tok::kw_compressed))
        options.format = ColumnFormat::kCompressed;
      else
        fail();
      advance();
      return true;
    case Tok::kw_storage:
      advance();
      if (!at_any({Tok::kw_disk, Tok::kw_memory, Tok::kw_default})) fail();
      options.disk_storage = keyword_text(token_.tok);
      advance();
      return true;
    case Tok::kw_srid:
      advance();
      options.srid = int_literal();
      return true;
    case Tok::kw_visible:
    case Tok::kw_invisible:
      options.invisible = at(Tok::kw_invisible);
      advance();
      return true;
    case Tok::kw_engine_attribute: text_option(options.engine_attribute); return true;
    case Tok::kw_secondary_engine_attribute:
      text_option(options.secondary_engine_attribute);
      return true;
    default: break;
  }
  if (accept_masking_policy()) {
    options.masking_policy = name();
    return true;
  }
  if (!at_word("serial")) return false;
  advance();
  expect(Tok::kw_default);
  expect(Tok::kw_value);
  options.null = false;
  options.autoincrement = true;
  options.key = ColumnKeyOption::kUnique;
  return true;
}

// A constant (or a clock), or (expression).
Expr* Parser::default_value(bool* is_literal) {
  *is_literal = !at(Tok::kOpen);
  if (!*is_literal) {
    advance();
    Expr* value = expression();
    expect(Tok::kClose);
    return value;
  }
  switch (token_.tok) {
    case Tok::kPlus:
    case Tok::kMinus: {
      const Tok then = peek().tok;
      if (then != Tok::kInt && then != Tok::kDecimal && then != Tok::kFloat) {
        advance();
        fail();
      }
      const bool negative = at(Tok::kMinus);
      advance();
      Literal* value = static_cast<Literal*>(number());
      if (negative) {
        scratch_.assign("-").append(value->text);
        value->text = arena_.copy(scratch_);
      }
      return value;
    }
    case Tok::kInt:
    case Tok::kDecimal:
    case Tok::kFloat:
    case Tok::kHexNum:
    case Tok::kHexVal:
    case Tok::kBitNum:
    case Tok::kBitVal: return number();
    case Tok::kString:
    case Tok::kNString: return text_literal();
    case Tok::kArg: return argument();
    default: break;
  }
  // MariaDB takes any call, and shows it without parentheses: default uuid(), default nextval(s)
  if ((at(Tok::kId) || at(Tok::kw_json_array) || at(Tok::kw_json_object)) &&
      (peek().tok == Tok::kOpen || peek().tok == Tok::kDot))
    return primary();
  if (!is_keyword(token_.tok)) fail();
  if (keyword_class(token_.tok) == KeywordClass::kCharset) return introducer();
  switch (token_.tok) {
    case Tok::kw_now:
    case Tok::kw_sysdate:
    case Tok::kw_curdate:
    case Tok::kw_curtime:
      // Vitess takes DEFAULT now, MariaDB any of them; of MySQL's servers none does.
      if (!at(Tok::kw_now) && peek().tok != Tok::kOpen) fail();
      return clock_function();
    case Tok::kw_null:
    case Tok::kw_true:
    case Tok::kw_false:
    case Tok::kw_current_timestamp:
    case Tok::kw_localtime:
    case Tok::kw_localtimestamp:
    case Tok::kw_utc_timestamp:
    case Tok::kw_current_date:
    case Tok::kw_current_time:
    case Tok::kw_date:
    case Tok::kw_time:
    case Tok::kw_timestamp: {
      Expr* value = keyword_call();
      if (value == nullptr) fail();
      return value;
    }
    default: fail();
  }
}

ReferenceDefinition* Parser::reference_definition() {
  expect(Tok::kw_references);
  ReferenceDefinition* reference = make<ReferenceDefinition>();
  reference->table = table_name();
  if (at(Tok::kOpen)) reference->columns = names_in_parens();
  if (accept(Tok::kw_match)) {
    if (accept(Tok::kw_full)) {
      reference->match = MatchAction::kFull;
    } else if (accept(Tok::kw_partial)) {
      reference->match = MatchAction::kPartial;
    } else {
      expect(Tok::kw_simple);
      reference->match = MatchAction::kSimple;
    }
  }
  while (at(Tok::kw_on)) {
    const Tok then = peek().tok;
    if (then == Tok::kw_delete && reference->on_delete == ReferenceAction::kDefault) {
      advance();
      advance();
      reference->on_delete = reference_action();
    } else {
      advance();
      if (reference->on_update != ReferenceAction::kDefault) fail();
      expect(Tok::kw_update);
      reference->on_update = reference_action();
    }
  }
  return reference;
}

ReferenceAction Parser::reference_action() {
  if (accept(Tok::kw_restrict)) return ReferenceAction::kRestrict;
  if (accept(Tok::kw_cascade)) return ReferenceAction::kCascade;
  if (accept(Tok::kw_no)) {
    expect(Tok::kw_action);
    return ReferenceAction::kNoAction;
  }
  expect(Tok::kw_set);
  if (accept(Tok::kw_default)) return ReferenceAction::kSetDefault;
  expect(Tok::kw_null);
  return ReferenceAction::kSetNull;
}

IndexDefinition* Parser::index_definition(std::string_view constraint_name) {
  IndexDefinition* index = make<IndexDefinition>();
  index->constraint_name = constraint_name;
  const auto key_word = [&] { return accept(Tok::kw_index) || accept(Tok::kw_key); };
  if (accept(Tok::kw_primary)) {
    expect(Tok::kw_key);
    index->type = IndexType::kPrimary;
  } else if (accept(Tok::kw_unique)) {
    index->type = IndexType::kUnique;
    key_word();
  } else if (accept(Tok::kw_spatial)) {
    index->type = IndexType::kSpatial;
    key_word();
  } else if (accept(Tok::kw_fulltext)) {
    index->type = IndexType::kFullText;
    key_word();
  } else if (!key_word()) {
    fail();
  }
  if (at(Tok::kw_if)) index->if_not_exists = accept_if_not_exists();
  if (at_name()) index->name = name();
  if (at(Tok::kw_using) || (at_word("type") && !index->name.empty())) {
    for (IndexOption* option : index_options()) push(index->options, option);
  }
  index->columns = index_columns();
  for (IndexOption* option : index_options()) push(index->options, option);
  if (index->type == IndexType::kPrimary) index->name = {};  // which no server keeps
  return index;
}

List<IndexColumn*> Parser::index_columns() {
  expect(Tok::kOpen);
  List<IndexColumn*> columns;
  do {
    IndexColumn* column = make<IndexColumn>();
    if (accept(Tok::kOpen)) {
      column->expression = expression();
      expect(Tok::kClose);
    } else {
      column->column = name();
      column->length = length_opt();
    }
    column->descending = accept(Tok::kw_desc);
    if (!column->descending) accept(Tok::kw_asc);
    push(columns, column);
  } while (accept(Tok::kComma));
  expect(Tok::kClose);
  return columns;
}

// Any word, as in Vitess.
std::string_view Parser::index_type() { return name(); }

List<IndexOption*> Parser::index_options() {
  List<IndexOption*> options;
  for (;;) {
    IndexOption* option = make<IndexOption>();
    option->name = token_.text;
    switch (token_.tok) {
      case Tok::kw_using:
        advance();
        option->text = index_type();
        break;
      case Tok::kw_key_block_size:
        advance();
        accept(Tok::kEq);
        option->value = int_literal();
        break;
      case Tok::kw_comment:
        advance();
        option->value = string_literal();
        break;
      case Tok::kw_visible:
      case Tok::kw_invisible: advance(); break;
      case Tok::kw_with: {
        if (peek().tok != Tok::kw_parser) return options;
        advance();
        option->name = arena_.copy(std::string(option->name) + " " + std::string(token_.text));
        advance();
        option->text = identifier();
        break;
      }
      case Tok::kw_engine_attribute:
      case Tok::kw_secondary_engine_attribute:
        advance();
        accept(Tok::kEq);
        option->value = string_literal();
        break;
      default:
        if (accept_word("ignored")) break;  // MariaDB's INVISIBLE
        if (!at_word("type")) return options;
        advance();
        option->name = "using";
        option->text = index_type();
    }
    push(options, option);
  }
}

}  // namespace vif::sql
