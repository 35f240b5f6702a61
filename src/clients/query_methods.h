// The paths of queryservice.Query that we call and serve.
#pragma once

#include <string_view>

namespace vif::clients::query_methods {

inline constexpr std::string_view kExecute = "/queryservice.Query/Execute";
inline constexpr std::string_view kStreamExecute = "/queryservice.Query/StreamExecute";
inline constexpr std::string_view kBeginExecute = "/queryservice.Query/BeginExecute";
inline constexpr std::string_view kBeginStreamExecute = "/queryservice.Query/BeginStreamExecute";
inline constexpr std::string_view kReserveExecute = "/queryservice.Query/ReserveExecute";
inline constexpr std::string_view kReserveStreamExecute =
    "/queryservice.Query/ReserveStreamExecute";
inline constexpr std::string_view kReserveBeginExecute = "/queryservice.Query/ReserveBeginExecute";
inline constexpr std::string_view kReserveBeginStreamExecute =
    "/queryservice.Query/ReserveBeginStreamExecute";
inline constexpr std::string_view kBegin = "/queryservice.Query/Begin";
inline constexpr std::string_view kCommit = "/queryservice.Query/Commit";
inline constexpr std::string_view kRollback = "/queryservice.Query/Rollback";
inline constexpr std::string_view kRelease = "/queryservice.Query/Release";
inline constexpr std::string_view kStreamHealth = "/queryservice.Query/StreamHealth";
inline constexpr std::string_view kGetSchema = "/queryservice.Query/GetSchema";

}  // namespace vif::clients::query_methods
