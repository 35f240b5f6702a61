// Table options and partitioning.
#include <algorithm>
#include <charconv>

#include "sql/parse_core.h"

namespace vif::sql {

// Options with commas between them, or without.
List<TableOption*> Parser::table_options() {
  List<TableOption*> options;
  while (TableOption* option = table_option_opt()) {
    push(options, option);
    if (at(Tok::kComma)) advance();
  }
  return options;
}

// Null: no option stands here.
TableOption* Parser::table_option_opt() {
  TableOption* option = make<TableOption>();
  const bool is_default = at(Tok::kw_default);
  if (is_default) {
    const Tok then = peek().tok;
    if (then != Tok::kw_character && then != Tok::kw_charset && then != Tok::kw_collate &&
        then != Tok::kw_char)
      return nullptr;
    advance();
  }
  option->name = token_.text;
  return option_with_value(*option) || option_with_word(*option) ? option : nullptr;
}

void Parser::option_word(TableOption& option) {
  option.text = token_.text;
  advance();
}

// An option whose value is a number or a string. False: none such, nothing was consumed.
bool Parser::option_with_value(TableOption& option) {
  switch (token_.tok) {
    case Tok::kw_autoextend_size:
      advance();
      accept(Tok::kEq);
      if (at(Tok::kId)) {  // 4M
        option_word(option);
        return true;
      }
      option.value = whole_number();
      return true;
    case Tok::kw_auto_increment:
    case Tok::kw_avg_row_length:
    case Tok::kw_checksum:
    case Tok::kw_delay_key_write:
    case Tok::kw_key_block_size:
    case Tok::kw_max_rows:
    case Tok::kw_min_rows:
      advance();
      accept(Tok::kEq);
      option.value = whole_number();
      return true;
    case Tok::kw_pack_keys:
    case Tok::kw_stats_auto_recalc:
    case Tok::kw_stats_sample_pages:
    case Tok::kw_stats_persistent:
      advance();
      accept(Tok::kEq);
      if (at(Tok::kw_default)) {
        option_word(option);
      } else {
        const bool pages = equal_ci(option.name, "stats_sample_pages");
        const uint32_t begin = token_.begin;
        option.value = whole_number();
        int64_t count = 0;
        const std::string_view digits = option.value->text;
        std::from_chars(digits.data(), digits.data() + digits.size(), count);
        if (pages && (count == 0 || count > 65535)) {
          restart(begin);
          fail();
        }
      }
      return true;
    case Tok::kw_comment:
    case Tok::kw_compression:
    case Tok::kw_connection:
    case Tok::kw_encryption:
    case Tok::kw_engine_attribute:
    case Tok::kw_password:
    case Tok::kw_secondary_engine_attribute:
      advance();
      accept(Tok::kEq);
      option.value = string_literal();
      return true;
    case Tok::kw_data:
    case Tok::kw_index: {
      if (peek().tok != Tok::kw_directory) return false;
      advance();
      option.name = arena_.copy(std::string(option.name) + " " + std::string(token_.text));
      advance();
      accept(Tok::kEq);
      option.value = string_literal();
      return true;
    }
    default: return false;
  }
}

// A name that is kept as a text: in backticks where it is no word.
std::string_view Parser::written_name(std::string_view text) {
  const auto is_word_char = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '$' || static_cast<unsigned char>(c) >= 0x80;
  };
  if (std::all_of(text.begin(), text.end(), is_word_char)) return text;
  std::string quoted = "`";
  for (char c : text) quoted.append(c == '`' ? 2 : 1, c);
  return arena_.copy(quoted + "`");
}

std::string_view Parser::tablespace_name() {
  advance();
  accept(Tok::kEq);
  std::string text(written_name(name()));
  if (accept(Tok::kw_storage)) {
    if (!at(Tok::kw_disk) && !at(Tok::kw_memory)) fail();
    text.append(" storage ").append(token_.text);
    advance();
  }
  return arena_.copy(text);
}

// An option whose value is a word, or tables.
bool Parser::option_with_word(TableOption& option) {
  const Tok tok = token_.tok;
  switch (tok) {
    case Tok::kw_char:
      if (peek().tok != Tok::kw_set) return false;
      [[fallthrough]];
    case Tok::kw_charset:
    case Tok::kw_character:
      if (!accept_charset()) fail();
      if (tok != Tok::kw_charset) option.name = "charset";
      accept(Tok::kEq);
      option.text = charset_name();
      option.case_sensitive = true;
      return true;
    case Tok::kw_collate:
      advance();
      accept(Tok::kEq);
      option.text = charset_name();
      option.case_sensitive = true;
      return true;
    case Tok::kw_engine:
      advance();
      accept(Tok::kEq);
      if (at(Tok::kString)) {
        option.text = string_value();
        option.text = option.text.empty() ? "''" : written_name(option.text);
      } else {
        if (at(Tok::kw_null)) fail();
        option.text = reserved_name();
      }
      option.case_sensitive = true;
      return true;
    case Tok::kw_insert_method:
      advance();
      accept(Tok::kEq);
      if (!at_any({Tok::kw_no, Tok::kw_first, Tok::kw_last})) fail();
      option_word(option);
      return true;
    case Tok::kw_row_format:
      advance();
      accept(Tok::kEq);
      if (!at_any({Tok::kw_default, Tok::kw_dynamic, Tok::kw_fixed, Tok::kw_compressed,
                   Tok::kw_redundant, Tok::kw_compact})) {
        fail();
      }
      option_word(option);
      return true;
    case Tok::kw_tablespace: option.text = tablespace_name(); return true;
    case Tok::kw_union:
      advance();
      accept(Tok::kEq);
      expect(Tok::kOpen);
      if (accept(Tok::kClose)) return true;
      do {
        push(option.tables, table_name());
      } while (accept(Tok::kComma));
      expect(Tok::kClose);
      return true;
    default: return option_of_few_words(option);
  }
}

bool Parser::option_of_few_words(TableOption& option) {
  if (at(Tok::kw_with) && equal_ci(peek().text, "system")) {  // MariaDB's
    advance();
    advance();
    if (!accept_word("versioning")) fail();
    option.name = "with";
    option.text = "system versioning";
    return true;
  }
  // MariaDB's, which shows those of its engines in quotes.
  for (std::string_view word : {"transactional", "page_checksum", "page_compressed",
                                "page_compression_level", "sequence"}) {
    if (!at_shape_text(word) && !(at(Tok::kId) && equal_ci(token_.text, word))) continue;
    advance();
    option.needs_equals = true;
    accept(Tok::kEq);
    option.value = at(Tok::kString) ? string_literal() : int_literal();
    return true;
  }
  if (at_word("table_checksum")) {
    advance();
    accept(Tok::kEq);
    option.name = "checksum";
    option.value = int_literal();
    return true;
  }
  if (at(Tok::kw_storage)) {
    advance();
    if (!at(Tok::kw_disk) && !at(Tok::kw_memory)) fail();
    option_word(option);
    return true;
  }
  if (at(Tok::kw_start) && peek().tok == Tok::kw_transaction) {
    advance();
    option.name = "start";
    option_word(option);
    return true;
  }
  if (at_word("secondary_engine")) {
    advance();
    accept(Tok::kEq);
    option.case_sensitive = true;
    if (at(Tok::kw_null)) {
      option_word(option);
    } else {
      option.text = table_alias();
    }
    return true;
  }
  return false;
}

PartitionOption* Parser::partition_option() {
  expect(Tok::kw_partition);
  expect(Tok::kw_by);
  PartitionOption* option = make<PartitionOption>();
  option->is_linear = accept(Tok::kw_linear);
  if (accept(Tok::kw_hash)) {
    expect(Tok::kOpen);
    option->expr = expression();
    expect(Tok::kClose);
  } else if (accept(Tok::kw_key)) {
    option->type = PartitionType::kKey;
    if (accept(Tok::kw_algorithm)) {
      expect(Tok::kEq);
      option->key_algorithm = key_algorithm();
    }
    expect(Tok::kOpen);
    if (!at(Tok::kClose)) option->columns = name_list();
    expect(Tok::kClose);
  } else {
    if (option->is_linear || (!at(Tok::kw_range) && !at(Tok::kw_list))) fail();
    option->type = at(Tok::kw_range) ? PartitionType::kRange : PartitionType::kList;
    advance();
    if (accept(Tok::kw_columns) || accept(Tok::kw_fields)) {
      option->columns = names_in_parens();
    } else {
      expect(Tok::kOpen);
      option->expr = expression();
      expect(Tok::kClose);
    }
  }
  if (accept(Tok::kw_partitions)) option->count = integer();
  if (at(Tok::kw_subpartition)) option->subpartition = subpartition();
  if (accept(Tok::kOpen)) {
    option->definitions = partition_definitions();
    expect(Tok::kClose);
  }
  return option;
}

SubPartition* Parser::subpartition() {
  advance();
  expect(Tok::kw_by);
  SubPartition* sub = make<SubPartition>();
  sub->is_linear = accept(Tok::kw_linear);
  if (accept(Tok::kw_hash)) {
    expect(Tok::kOpen);
    sub->expr = expression();
    expect(Tok::kClose);
  } else {
    expect(Tok::kw_key);
    sub->type = PartitionType::kKey;
    if (accept(Tok::kw_algorithm)) {
      expect(Tok::kEq);
      sub->key_algorithm = key_algorithm();
    }
    expect(Tok::kOpen);
    if (!at(Tok::kClose)) sub->columns = name_list();
    expect(Tok::kClose);
  }
  if (accept(Tok::kw_subpartitions)) sub->count = integer();
  return sub;
}

int32_t Parser::key_algorithm() {
  if (!at(Tok::kInt) || (token_.text != "1" && token_.text != "2")) fail();
  return small_integer();
}

List<PartitionDefinition*> Parser::partition_definitions() {
  List<PartitionDefinition*> list;
  do {
    push(list, partition_definition(Tok::kw_partition));
  } while (accept(Tok::kComma));
  return list;
}

PartitionDefinition* Parser::partition_definition(Tok word) {
  expect(word);
  PartitionDefinition* definition = make<PartitionDefinition>();
  definition->name = name();
  for (;;) {
    if (word == Tok::kw_partition && accept(Tok::kw_values)) {
      if (accept(Tok::kw_less)) {
        expect(Tok::kw_than);
        definition->range = PartitionRange::kLessThan;
        if (accept(Tok::kw_maxvalue)) continue;
        if (at(Tok::kOpen) && peek().tok == Tok::kw_maxvalue) {
          const uint32_t open = token_.begin;
          advance();
          advance();
          if (accept(Tok::kClose)) continue;
          restart(open);
        }
      } else {
        expect(Tok::kw_in);
        definition->range = PartitionRange::kIn;
      }
      definition->values = partition_values(definition->range == PartitionRange::kLessThan);
    } else if (word == Tok::kw_partition && at(Tok::kOpen)) {
      advance();
      do {
        push(definition->subpartitions, partition_definition(Tok::kw_subpartition));
      } while (accept(Tok::kComma));
      expect(Tok::kClose);
    } else if (!partition_attribute(*definition)) {
      return definition;
    }
  }
}

// (1, maxvalue), ((1, 2), (3, 4))
ValTuple* Parser::partition_values(bool may_be_max) {
  expect(Tok::kOpen);
  ValTuple* tuple = make<ValTuple>();
  do {
    if (at(Tok::kw_maxvalue)) {
      if (!may_be_max) fail();
      ColName* maxvalue = make<ColName>();
      maxvalue->name = "maxvalue";
      advance();
      push(tuple->exprs, static_cast<Expr*>(maxvalue));
    } else if (at(Tok::kOpen) && peek().tok == Tok::kw_maxvalue) {
      push(tuple->exprs, static_cast<Expr*>(partition_values(may_be_max)));
    } else {
      push(tuple->exprs, expression());
    }
  } while (accept(Tok::kComma));
  expect(Tok::kClose);
  return tuple;
}

// False: no attribute stands here.
bool Parser::partition_attribute(PartitionDefinition& definition) {
  const Tok tok = token_.tok;
  switch (tok) {
    case Tok::kw_storage:
      advance();
      if (!at(Tok::kw_engine)) fail();
      definition.storage_engine = true;
      [[fallthrough]];
    case Tok::kw_engine:
      advance();
      accept(Tok::kEq);
      definition.engine = table_alias();
      return true;
    case Tok::kw_comment:
      advance();
      accept(Tok::kEq);
      definition.comment = string_literal();
      return true;
    case Tok::kw_data:
    case Tok::kw_index:
      advance();
      expect(Tok::kw_directory);
      accept(Tok::kEq);
      (tok == Tok::kw_data ? definition.data_directory : definition.index_directory) =
          string_literal();
      return true;
    case Tok::kw_max_rows:
    case Tok::kw_min_rows:
      advance();
      accept(Tok::kEq);
      (tok == Tok::kw_max_rows ? definition.max_rows : definition.min_rows) = integer();
      return true;
    case Tok::kw_tablespace:
      advance();
      accept(Tok::kEq);
      definition.tablespace = written_name(table_alias());
      return true;
    default: break;
  }
  // NDB's, without a meaning elsewhere.
  if (!at_word("nodegroup")) return false;
  advance();
  accept(Tok::kEq);
  integer();
  return true;
}

}  // namespace vif::sql
