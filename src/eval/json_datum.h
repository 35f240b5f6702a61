// Between plain values and JSON ones: what JSON_ARRAY makes of a value, and what arithmetic sees of
// a JSON value.
#pragma once

#include "eval/function.h"
#include "types/json_path.h"

namespace vif::eval {

using types::Json;
using types::JsonPath;

// A string for a text, opaque bytes for bytes, true and false for what is a condition.
Json json_from(const Datum& d);
// An argument that is read as a value beside a document: SQL's NULL is JSON's null.
Json json_argument(const Call& call, size_t i);
// An argument that is a document: JSON, or text that is parsed. Null for NULL. Throws MySQL's
// errors 3141, 3144, 3146.
std::shared_ptr<const Json> json_document(const Call& call, size_t i);
// Where the argument has been evaluated.
std::shared_ptr<const Json> json_document_of(const Datum& d, const Call& call, size_t i);
// Error 3141's text.
std::string invalid_json_text(const Call& call, size_t i, const types::JsonFault& fault);
// Throws error 3143 for what is no path, 3149 when it can match many values and may not. nullopt
// for NULL.
std::optional<JsonPath> json_path(const Call& call, size_t i, bool many_allowed);

// Throws error 3157 when it is too deep. The document otherwise.
Datum json_result(Json json);

// The number that a JSON scalar is; 0 for what is none, and then `exact` is false.
double json_double(const Json& json, bool& exact);
int64_t json_int(const Json& json, bool& exact);
Decimal json_decimal(const Json& json, bool& exact);
// Only what the server has as a time, or as a date: a string is read, anything else is none.
std::optional<types::ParsedTemporal> json_temporal(const Json& json, bool time);

}  // namespace vif::eval
