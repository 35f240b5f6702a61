#include "vtgate/engine/lookup.h"

#include <algorithm>

#include "sharding/destination.h"
#include "sql/printer.h"
#include "types/value.h"
#include "vtgate/engine/exec_context.h"

namespace vif::vtgate::engine {

namespace {

using sharding::Destination;
using sharding::Lookup;
using sharding::RowValues;
using types::Value;

bool has_null(const RowValues& row) {
  return std::any_of(row.begin(), row.end(), [](const Value& value) { return value.is_null(); });
}

// The rows of the lookup table for each id. Integers go in one query, whose answers are told apart
// by their text; text may match in other spellings, so each has a query of its own.
Result<std::vector<std::vector<types::Row>>> ask(ExecContext& context, const Lookup& lookup,
                                                 const std::vector<Value>& ids) {
  std::vector<std::vector<types::Row>> results(ids.size());
  const Lookup::Query query = lookup.select_query();
  const bool integers = std::all_of(ids.begin(), ids.end(),
                                    [](const Value& id) { return types::is_integral(id.type); });
  auto run = [&](std::vector<Value> some) -> Result<Collected> {
    types::BindVariables variables;
    variables[query.arguments[0]] = types::BindVariable::tuple(std::move(some));
    return context.query(query.sql, variables, lookup.autocommit());
  };
  if (integers && ids.size() > 1) {
    Collected found = VIF_TRY(run(ids));
    for (types::Row& row : found.all_rows) {
      for (size_t i = 0; i < ids.size(); ++i) {
        if (ids[i].bytes == row[0].bytes) results[i].push_back(row);
      }
    }
    return results;
  }
  for (size_t i = 0; i < ids.size(); ++i) results[i] = std::move(VIF_TRY(run({ids[i]})).all_rows);
  return results;
}

}  // namespace

Result<std::vector<Destination>> map_rows(ExecContext& context, const sharding::Vindex& vindex,
                                          std::span<const RowValues> rows) {
  const Lookup* lookup = vindex.lookup();
  if (lookup == nullptr) return sharding::map_rows(vindex, rows);
  std::vector<Destination> destinations(rows.size(), Destination::key_range({}));
  if (lookup->is_backfilling()) return destinations;
  std::vector<Value> asked;
  std::vector<Value> ids;
  std::vector<size_t> numbers;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i][0].is_null()) {
      // A condition with NULL holds for no row.
      destinations[i] = Destination::none();
      continue;
    }
    ids.push_back(rows[i][0]);
    asked.push_back(VIF_TRY(lookup->from_value(rows[i][0])));
    numbers.push_back(i);
  }
  const std::vector<std::vector<types::Row>> results = VIF_TRY(ask(context, *lookup, asked));
  std::vector<Destination> mapped = VIF_TRY(lookup->map_result(ids, results));
  for (size_t i = 0; i < numbers.size(); ++i) destinations[numbers[i]] = std::move(mapped[i]);
  return destinations;
}

Result<std::vector<bool>> verify_rows(ExecContext& context, const sharding::Vindex& vindex,
                                      std::span<const RowValues> rows,
                                      std::span<const std::string> ids) {
  const Lookup* lookup = vindex.lookup();
  if (lookup == nullptr) return sharding::verify_rows(vindex, rows, ids);
  std::vector<bool> good(rows.size(), true);
  if (lookup->skips_verify()) return good;
  for (size_t i = 0; i < rows.size(); ++i) {
    types::BindVariables variables;
    variables[lookup->from_columns()[0]] = VIF_TRY(lookup->from_value(rows[i][0]));
    variables[lookup->to_column()] = VIF_TRY(lookup->to_value(ids[i]));
    good[i] = !VIF_TRY(context.query(lookup->verify_sql(), variables, lookup->autocommit()))
                   .all_rows.empty();
  }
  return good;
}

Result<bool> has_row(ExecContext& context, const Owner& owner, const RowValues& row) {
  std::string sql = "select 1 from ";
  sql::append_name(sql, owner.keyspace);
  sql += '.';
  sql::append_name(sql, owner.table);
  types::BindVariables variables;
  for (size_t c = 0; c < owner.columns.size(); ++c) {
    sql += c == 0 ? " where " : " and ";
    sql::append_name(sql, owner.columns[c]);
    sql += fmt::format(" = :value{}", c);
    variables[fmt::format("value{}", c)] = row[c];
  }
  return !VIF_TRY(context.query(sql + " for update", variables, false)).all_rows.empty();
}

namespace {

bool goes_unindexed(const Lookup& lookup, const RowValues& row, std::string_view id) {
  return id.empty() || (has_null(row) && lookup.ignore_nulls());
}

// The values of one entry; `suffix` follows each name.
Status bind_entry(const Lookup& lookup, const RowValues& row, std::string_view id,
                  std::string_view suffix, types::BindVariables& variables) {
  for (size_t c = 0; c < lookup.from_columns().size(); ++c) {
    const Value from = c == 0 ? VIF_TRY(lookup.from_value(row[c])) : row[c];
    variables[fmt::format("{}{}", lookup.from_columns()[c], suffix)] = from;
  }
  variables[fmt::format("{}{}", lookup.to_column(), suffix)] = VIF_TRY(lookup.to_value(id));
  return {};
}

Error of_create(const Error& error) {
  return error.with_message("lookup.Create: " + error.message());
}

// Errors: VT03028 for a NULL in a lookup that does not leave NULLs out.
Status check_nulls(const Lookup& lookup, std::span<const RowValues> rows,
                   std::span<const std::string> ids) {
  if (lookup.ignore_nulls()) return {};
  for (size_t i = 0; i < rows.size(); ++i) {
    for (size_t c = 0; c < rows[i].size() && !ids[i].empty(); ++c) {
      if (rows[i][c].is_null())
        return Error(Code::kInvalidArgument, 1048, "23000",
                     fmt::format("VT03028: Column '{}' cannot be null on row {}, col {}",
                                 fmt::join(lookup.from_columns(), ","), i, c));
    }
  }
  return {};
}

constexpr int kDuplicate = 1062;

// One row's entry, where another is in the way: it is an error only if that one's row is there.
Status take_over(ExecContext& context, const Lookup& lookup, const Owner& owner,
                 const RowValues& row, std::string_view id) {
  types::BindVariables numbered;
  types::BindVariables variables;
  VIF_TRY(bind_entry(lookup, row, id, "_0", numbered));
  VIF_TRY(bind_entry(lookup, row, id, "", variables));
  const auto inserted = context.query(lookup.insert_sql(1, false), numbered, false);
  if (inserted.ok()) return {};
  if (inserted.error().mysql_errno() != kDuplicate) return of_create(inserted.error());
  const Collected there = VIF_TRY(context.query(lookup.lock_sql(), variables, false));
  if (there.all_rows.empty() || VIF_TRY(has_row(context, owner, row)))
    return of_create(inserted.error());
  if (there.all_rows[0][0].bytes == variables[lookup.to_column()].bytes) return {};
  VIF_TRY(context.query(lookup.update_sql(), variables, false));
  return {};
}

bool have_alike(std::span<const RowValues> rows) {
  for (size_t i = 1; i < rows.size(); ++i) {
    if (std::find(rows.begin(), rows.begin() + static_cast<ptrdiff_t>(i), rows[i]) !=
        rows.begin() + static_cast<ptrdiff_t>(i))
      return true;
  }
  return false;
}

}  // namespace

Status create_entries(ExecContext& context, const Lookup& lookup, std::span<const RowValues> rows,
                      std::span<const std::string> ids, bool ignore, const Owner* owner) {
  VIF_TRY(check_nulls(lookup, rows, ids));
  types::BindVariables variables;
  size_t count = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (goes_unindexed(lookup, rows[i], ids[i])) continue;
    VIF_TRY(bind_entry(lookup, rows[i], ids[i], fmt::format("_{}", count), variables));
    ++count;
  }
  if (count == 0) return {};
  const auto inserted =
      context.query(lookup.insert_sql(count, ignore), variables, lookup.autocommit());
  if (inserted.ok()) return {};
  const bool in_the_way =
      inserted.error().mysql_errno() == kDuplicate && lookup.is_consistent() && owner != nullptr;
  // Rows of one statement are not there yet, so that each would take the other's entry.
  if (!in_the_way || have_alike(rows)) return of_create(inserted.error());
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!goes_unindexed(lookup, rows[i], ids[i]))
      VIF_TRY(take_over(context, lookup, *owner, rows[i], ids[i]));
  }
  return {};
}

Status delete_entries(ExecContext& context, const Lookup& lookup, std::span<const RowValues> rows,
                      std::span<const std::string> ids) {
  // With commits of their own, entries may only be added: one too many is harmless.
  if (lookup.autocommit()) return {};
  for (size_t i = 0; i < rows.size(); ++i) {
    if (has_null(rows[i]) && lookup.ignore_nulls()) continue;
    types::BindVariables variables;
    for (size_t c = 0; c < lookup.from_columns().size(); ++c) {
      variables[lookup.from_columns()[c]] =
          c == 0 ? VIF_TRY(lookup.from_value(rows[i][c])) : rows[i][c];
    }
    variables[lookup.to_column()] = VIF_TRY(lookup.to_value(ids[i]));
    VIF_TRY(context.query(lookup.delete_sql(), variables, false));
  }
  return {};
}

}  // namespace vif::vtgate::engine
