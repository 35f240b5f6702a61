// Between Vitess's messages and the structs of this folder. Include the generated headers where you
// call these.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "clients/query_service.h"

namespace query {
class BindVariable;
class BoundQuery;
class ExecuteOptions;
class Field;
class StreamHealthResponse;
class Target;
class VTGateCallerID;
}  // namespace query
namespace topodata {
class TabletAlias;
}
namespace vtrpc {
class CallerID;
class RPCError;
}  // namespace vtrpc

namespace vif::clients {

void to_proto(const Target& from, query::Target& to);
Target from_proto(const query::Target& from);
void to_proto(const TabletAlias& from, topodata::TabletAlias& to);
TabletAlias from_proto(const topodata::TabletAlias& from);

void to_proto(const types::BindVariable& from, query::BindVariable& to);
types::BindVariable from_proto(const query::BindVariable& from);
types::BindVariables bind_variables_of(const query::BoundQuery& from);

void to_proto(const CallerId& from, vtrpc::CallerID& effective, query::VTGateCallerID& immediate);
CallerId caller_of(const vtrpc::CallerID& effective, const query::VTGateCallerID& immediate);

void to_proto(const types::Field& from, query::Field& to);
types::Field from_proto(const query::Field& from);

// Isolation level and access modes.
void to_proto(const BeginOptions& from, query::ExecuteOptions& to);
BeginOptions begin_options_of(const query::ExecuteOptions& from);

// An absent realtime_stats is all zeros.
void to_proto(const Health& from, query::StreamHealthResponse& to);
Health from_proto(const query::StreamHealthResponse& from);

// An error inside a response.
void to_proto(const Error& from, vtrpc::RPCError& to);
// "vttablet: <message>", errno and SQLSTATE recovered from it.
Error tablet_error(const vtrpc::RPCError& from);
// Of a failed call: "vttablet: rpc error: code = ... desc = ...".
Error tablet_error(const Error& from);

// `text` if it is UTF-8, else with '?' for each byte that is not: protobuf's strings must be.
std::string utf8_or_replaced(std::string_view text);
bool is_utf8(std::string_view text);

}  // namespace vif::clients
