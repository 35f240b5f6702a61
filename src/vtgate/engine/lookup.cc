#include "vtgate/engine/lookup.h"

#include <algorithm>

#include "sharding/destination.h"
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

Status create_entries(ExecContext& context, const Lookup& lookup, std::span<const RowValues> rows,
                      std::span<const std::string> ids, bool ignore) {
  types::BindVariables variables;
  size_t count = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (ids[i].empty() || (has_null(rows[i]) && lookup.ignore_nulls())) continue;
    for (size_t c = 0; c < lookup.from_columns().size(); ++c) {
      const Value from = c == 0 ? VIF_TRY(lookup.from_value(rows[i][c])) : rows[i][c];
      variables[fmt::format("{}_{}", lookup.from_columns()[c], count)] = from;
    }
    variables[fmt::format("{}_{}", lookup.to_column(), count)] = VIF_TRY(lookup.to_value(ids[i]));
    ++count;
  }
  if (count == 0) return {};
  VIF_TRY(context.query(lookup.insert_sql(count, ignore), variables, lookup.autocommit()));
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
