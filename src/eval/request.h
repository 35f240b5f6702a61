// A request to `vif eval`, read.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "eval/datum.h"
#include "eval/program.h"
#include "eval/requests.h"

namespace vif::eval {

using Json = nlohmann::ordered_json;

struct Request {
  std::string expr;
  std::vector<types::Row> rows;  // one, but of an aggregate
  bool aggregate = false;        // "rows" stood in the request, not "row"
  std::vector<std::string> names;
  std::vector<StaticType> columns;
  std::vector<types::Field> fields;               // of the columns
  std::vector<std::vector<std::string>> members;  // of those that are ENUM or SET
  types::BindVariables bind_variables;
  uint32_t collation = 255;  // the connection's

  std::optional<size_t> find(std::string_view name) const;
};

// Errors: kInvalidArgument that says what is wrong with the request.
Result<Request> read_request(const Json& json, const RequestOptions& options);

struct Answer {
  types::Value value;
  types::Field field;  // of the result, whatever its value; type kNull: not known
  uint32_t collation = kBinaryCollation;
  std::vector<Warning> warnings;
};

// sum(column0) and its like over the request's rows: arguments are columns.
Result<Answer> answer_aggregate(const Request& request, const RequestOptions& options);

}  // namespace vif::eval
