// The table that error_codes.h speaks of: MySQL's server error reference for SQLSTATEs, Vitess's
// tablets for codes.
#include "mysql/error_codes.h"

#include <algorithm>
#include <charconv>

namespace vif::mysql {
namespace {

struct Entry {
  int mysql_errno;
  std::string_view sqlstate;
  Code code;
};

// By number.
constexpr Entry kEntries[] = {
    {1021, "HY000", Code::kResourceExhausted},
    {1022, "23000", Code::kUnknown},
    {1029, "HY000", Code::kNotFound},
    {1032, "HY000", Code::kNotFound},
    {1037, "HY001", Code::kResourceExhausted},
    {1038, "HY001", Code::kResourceExhausted},
    {1040, "08004", Code::kResourceExhausted},
    {1041, "HY000", Code::kResourceExhausted},
    {1042, "08S01", Code::kUnknown},
    {1043, "08S01", Code::kUnknown},
    {1044, "42000", Code::kPermissionDenied},
    {1045, "28000", Code::kPermissionDenied},
    {1046, "3D000", Code::kFailedPrecondition},
    {1047, "08S01", Code::kInvalidArgument},
    {1048, "23000", Code::kInvalidArgument},
    {1049, "42000", Code::kInvalidArgument},
    {1050, "42S01", Code::kAlreadyExists},
    {1051, "42S02", Code::kInvalidArgument},
    {1052, "23000", Code::kInvalidArgument},
    {1053, "08S01", Code::kUnavailable},
    {1054, "42S22", Code::kNotFound},
    {1055, "42000", Code::kInvalidArgument},
    {1056, "42000", Code::kInvalidArgument},
    {1057, "42000", Code::kInvalidArgument},
    {1058, "21S01", Code::kInvalidArgument},
    {1059, "42000", Code::kInvalidArgument},
    {1060, "42S21", Code::kInvalidArgument},
    {1061, "42000", Code::kInvalidArgument},
    {1062, "23000", Code::kAlreadyExists},
    {1063, "42000", Code::kInvalidArgument},
    {1064, "42000", Code::kInvalidArgument},
    {1065, "42000", Code::kInvalidArgument},
    {1066, "42000", Code::kInvalidArgument},
    {1067, "42000", Code::kInvalidArgument},
    {1068, "42000", Code::kInvalidArgument},
    {1069, "42000", Code::kInvalidArgument},
    {1070, "42000", Code::kInvalidArgument},
    {1071, "42000", Code::kInvalidArgument},
    {1072, "42000", Code::kInvalidArgument},
    {1073, "42000", Code::kInvalidArgument},
    {1074, "42000", Code::kInvalidArgument},
    {1075, "42000", Code::kInvalidArgument},
    {1078, "HY000", Code::kAborted},
    {1080, "08S01", Code::kAborted},
    {1081, "08S01", Code::kUnknown},
    {1082, "42S12", Code::kFailedPrecondition},
    {1083, "42000", Code::kInvalidArgument},
    {1084, "42000", Code::kInvalidArgument},
    {1085, "HY000", Code::kInvalidArgument},
    {1086, "HY000", Code::kAlreadyExists},
    {1089, "HY000", Code::kInvalidArgument},
    {1090, "42000", Code::kInvalidArgument},
    {1091, "42000", Code::kFailedPrecondition},
    {1093, "HY000", Code::kInvalidArgument},
    {1094, "HY000", Code::kNotFound},
    {1095, "HY000", Code::kPermissionDenied},
    {1096, "HY000", Code::kInvalidArgument},
    {1097, "HY000", Code::kInvalidArgument},
    {1099, "HY000", Code::kFailedPrecondition},
    {1100, "HY000", Code::kFailedPrecondition},
    {1101, "42000", Code::kInvalidArgument},
    {1102, "42000", Code::kInvalidArgument},
    {1103, "42000", Code::kInvalidArgument},
    {1104, "42000", Code::kFailedPrecondition},
    {1106, "42000", Code::kInvalidArgument},
    {1107, "42000", Code::kInvalidArgument},
    {1108, "HY000", Code::kInvalidArgument},
    {1109, "42S02", Code::kNotFound},
    {1110, "42000", Code::kInvalidArgument},
    {1111, "HY000", Code::kInvalidArgument},
    {1112, "42000", Code::kUnknown},
    {1113, "42000", Code::kInvalidArgument},
    {1114, "HY000", Code::kResourceExhausted},
    {1115, "42000", Code::kInvalidArgument},
    {1116, "HY000", Code::kInvalidArgument},
    {1117, "HY000", Code::kInvalidArgument},
    {1118, "42000", Code::kInvalidArgument},
    {1120, "42000", Code::kInvalidArgument},
    {1121, "42000", Code::kInvalidArgument},
    {1122, "HY000", Code::kNotFound},
    {1125, "HY000", Code::kAlreadyExists},
    {1128, "HY000", Code::kInvalidArgument},
    {1129, "HY000", Code::kResourceExhausted},
    {1131, "42000", Code::kUnknown},
    {1132, "42000", Code::kUnknown},
    {1133, "42000", Code::kUnknown},
    {1135, "HY000", Code::kResourceExhausted},
    {1136, "21S01", Code::kInvalidArgument},
    {1138, "42000", Code::kInvalidArgument},
    {1139, "42000", Code::kInvalidArgument},
    {1140, "42000", Code::kInvalidArgument},
    {1141, "42000", Code::kNotFound},
    {1142, "42000", Code::kUnknown},
    {1143, "42000", Code::kUnknown},
    {1144, "42000", Code::kInvalidArgument},
    {1145, "42000", Code::kUnknown},
    {1146, "42S02", Code::kNotFound},
    {1147, "42000", Code::kNotFound},
    {1148, "42000", Code::kFailedPrecondition},
    {1149, "42000", Code::kInvalidArgument},
    {1151, "HY000", Code::kResourceExhausted},
    {1152, "08S01", Code::kAborted},
    {1153, "08S01", Code::kResourceExhausted},
    {1154, "08S01", Code::kUnknown},
    {1155, "08S01", Code::kUnknown},
    {1156, "08S01", Code::kUnknown},
    {1157, "08S01", Code::kUnknown},
    {1158, "08S01", Code::kUnknown},
    {1159, "08S01", Code::kUnknown},
    {1160, "08S01", Code::kUnknown},
    {1161, "08S01", Code::kUnknown},
    {1162, "42000", Code::kFailedPrecondition},
    {1163, "42000", Code::kUnknown},
    {1164, "42000", Code::kUnknown},
    {1165, "HY000", Code::kFailedPrecondition},
    {1166, "42000", Code::kInvalidArgument},
    {1167, "42000", Code::kInvalidArgument},
    {1169, "23000", Code::kFailedPrecondition},
    {1170, "42000", Code::kInvalidArgument},
    {1171, "42000", Code::kInvalidArgument},
    {1172, "42000", Code::kInvalidArgument},
    {1173, "42000", Code::kFailedPrecondition},
    {1176, "42000", Code::kNotFound},
    {1177, "42000", Code::kUnknown},
    {1178, "42000", Code::kUnknown},
    {1179, "25000", Code::kFailedPrecondition},
    {1184, "08S01", Code::kUnknown},
    {1189, "08S01", Code::kUnknown},
    {1190, "08S01", Code::kUnknown},
    {1193, "HY000", Code::kInvalidArgument},
    {1203, "42000", Code::kResourceExhausted},
    {1204, "HY000", Code::kInvalidArgument},
    {1205, "HY000", Code::kDeadlineExceeded},
    {1206, "HY000", Code::kResourceExhausted},
    {1207, "25000", Code::kFailedPrecondition},
    {1210, "HY000", Code::kInvalidArgument},
    {1211, "42000", Code::kPermissionDenied},
    {1213, "40001", Code::kAborted},
    {1215, "HY000", Code::kFailedPrecondition},
    {1216, "23000", Code::kFailedPrecondition},
    {1217, "23000", Code::kFailedPrecondition},
    {1218, "08S01", Code::kUnknown},
    {1221, "HY000", Code::kInvalidArgument},
    {1222, "21000", Code::kInvalidArgument},
    {1223, "HY000", Code::kFailedPrecondition},
    {1225, "HY000", Code::kInvalidArgument},
    {1226, "42000", Code::kResourceExhausted},
    {1227, "42000", Code::kPermissionDenied},
    {1228, "HY000", Code::kInvalidArgument},
    {1229, "HY000", Code::kInvalidArgument},
    {1230, "42000", Code::kFailedPrecondition},
    {1231, "42000", Code::kInvalidArgument},
    {1232, "42000", Code::kInvalidArgument},
    {1233, "HY000", Code::kInvalidArgument},
    {1234, "42000", Code::kInvalidArgument},
    {1235, "42000", Code::kUnimplemented},
    {1238, "HY000", Code::kInvalidArgument},
    {1239, "42000", Code::kInvalidArgument},
    {1240, "HY000", Code::kInvalidArgument},
    {1241, "21000", Code::kFailedPrecondition},
    {1242, "21000", Code::kFailedPrecondition},
    {1245, "HY000", Code::kInvalidArgument},
    {1247, "42S22", Code::kInvalidArgument},
    {1248, "42000", Code::kInvalidArgument},
    {1250, "42000", Code::kInvalidArgument},
    {1251, "08004", Code::kUnknown},
    {1252, "42000", Code::kUnknown},
    {1253, "42000", Code::kInvalidArgument},
    {1263, "22004", Code::kUnknown},
    {1264, "22003", Code::kFailedPrecondition},
    {1267, "HY000", Code::kInvalidArgument},
    {1270, "HY000", Code::kInvalidArgument},
    {1271, "HY000", Code::kInvalidArgument},
    {1272, "HY000", Code::kInvalidArgument},
    {1273, "HY000", Code::kInvalidArgument},
    {1280, "42000", Code::kInvalidArgument},
    {1281, "42000", Code::kInvalidArgument},
    {1283, "HY000", Code::kInvalidArgument},
    {1286, "42000", Code::kUnknown},
    {1288, "HY000", Code::kFailedPrecondition},
    {1289, "HY000", Code::kFailedPrecondition},
    {1290, "HY000", Code::kClusterEvent},
    {1291, "HY000", Code::kFailedPrecondition},
    {1292, "22007", Code::kInvalidArgument},
    {1293, "HY000", Code::kInvalidArgument},
    {1294, "HY000", Code::kInvalidArgument},
    {1298, "HY000", Code::kInvalidArgument},
    {1300, "HY000", Code::kInvalidArgument},
    {1304, "42000", Code::kUnknown},
    {1305, "42000", Code::kUnknown},
    {1308, "42000", Code::kUnknown},
    {1309, "42000", Code::kUnknown},
    {1310, "42000", Code::kUnknown},
    {1313, "42000", Code::kUnknown},
    {1317, "70100", Code::kUnknown},
    {1318, "42000", Code::kUnknown},
    {1319, "42000", Code::kUnknown},
    {1320, "42000", Code::kUnknown},
    {1322, "42000", Code::kUnknown},
    {1323, "42000", Code::kUnknown},
    {1324, "42000", Code::kUnknown},
    {1330, "42000", Code::kUnknown},
    {1331, "42000", Code::kUnknown},
    {1332, "42000", Code::kUnknown},
    {1333, "42000", Code::kUnknown},
    {1337, "42000", Code::kUnknown},
    {1338, "42000", Code::kUnknown},
    {1365, "22012", Code::kUnknown},
    {1366, "HY000", Code::kInvalidArgument},
    {1367, "22007", Code::kInvalidArgument},
    {1370, "42000", Code::kUnknown},
    {1403, "42000", Code::kUnknown},
    {1406, "22001", Code::kInvalidArgument},
    {1407, "42000", Code::kUnknown},
    {1410, "42000", Code::kUnknown},
    {1413, "42000", Code::kUnknown},
    {1414, "42000", Code::kUnknown},
    {1416, "22003", Code::kUnknown},
    {1425, "42000", Code::kUnknown},
    {1426, "42000", Code::kUnknown},
    {1427, "42000", Code::kUnknown},
    {1439, "42000", Code::kUnknown},
    {1451, "23000", Code::kFailedPrecondition},
    {1452, "23000", Code::kFailedPrecondition},
    {1453, "42000", Code::kUnknown},
    {1458, "42000", Code::kUnknown},
    {1460, "42000", Code::kUnknown},
    {1461, "42000", Code::kUnknown},
    {1463, "42000", Code::kUnknown},
    {1525, "HY000", Code::kInvalidArgument},
    {1557, "23000", Code::kUnknown},
    {1568, "25001", Code::kUnknown},
    {1582, "42000", Code::kInvalidArgument},
    {1583, "42000", Code::kUnknown},
    {1584, "42000", Code::kUnknown},
    {1586, "23000", Code::kUnknown},
    {1614, "40001", Code::kUnknown},
    {1690, "22003", Code::kInvalidArgument},
    {1698, "28000", Code::kUnknown},
    {1761, "23000", Code::kUnknown},
    {1762, "23000", Code::kUnknown},
    {1792, "25006", Code::kUnknown},
    {1817, "HY000", Code::kFailedPrecondition},
    {1859, "23000", Code::kUnknown},
    {2002, "HY000", Code::kUnavailable},
    {2003, "HY000", Code::kUnavailable},
    {2006, "HY000", Code::kUnavailable},
    {2013, "HY000", Code::kCanceled},
    {3140, "22032", Code::kUnknown},
    {3141, "22032", Code::kUnknown},
    {3142, "22032", Code::kUnknown},
    {3144, "22032", Code::kUnknown},
    {3147, "22032", Code::kUnknown},
    {3150, "22032", Code::kUnknown},
    {3157, "22032", Code::kUnknown},
    {3168, "08S01", Code::kUnavailable},
};

const Entry* find(int mysql_errno) {
  const Entry* entry =
      std::lower_bound(std::begin(kEntries), std::end(kEntries), mysql_errno,
                       [](const Entry& e, int number) { return e.mysql_errno < number; });
  return entry != std::end(kEntries) && entry->mysql_errno == mysql_errno ? entry : nullptr;
}

// "(errno 1062) (sqlstate 23000)", which Vitess's components put into messages that cross an RPC.
std::optional<ClientError> errno_in(std::string_view message) {
  constexpr std::string_view kOpen = "(errno ";
  constexpr std::string_view kMiddle = ") (sqlstate ";
  const size_t open = message.rfind(kOpen);
  if (open == std::string_view::npos) return std::nullopt;
  message.remove_prefix(open + kOpen.size());
  int number = 0;
  const auto parsed = std::from_chars(message.data(), message.data() + message.size(), number);
  if (parsed.ec != std::errc() || number < 1 || number > 65535) return std::nullopt;
  message.remove_prefix(static_cast<size_t>(parsed.ptr - message.data()));
  if (!message.starts_with(kMiddle) || message.size() < kMiddle.size() + 6 ||
      message[kMiddle.size() + 5] != ')') {
    return std::nullopt;
  }
  return ClientError{number, std::string(message.substr(kMiddle.size(), 5))};
}

int errno_of_exhausted(std::string_view message) {
  if (message.find("message larger than max") != std::string_view::npos)
    return er::kNetPacketTooLarge;
  if (message.find("Transaction throttled") != std::string_view::npos) return er::kOutOfResources;
  return er::kTooManyUserConnections;
}

}  // namespace

std::string_view sqlstate_of(int mysql_errno) {
  const Entry* entry = find(mysql_errno);
  return entry == nullptr ? "HY000" : entry->sqlstate;
}

Code code_of(int mysql_errno) {
  const Entry* entry = find(mysql_errno);
  return entry == nullptr ? Code::kUnknown : entry->code;
}

Error mysql_error(int mysql_errno, std::string message) {
  return Error(code_of(mysql_errno), mysql_errno, sqlstate_of(mysql_errno), std::move(message));
}

Error mysql_error(int mysql_errno, std::string_view sqlstate, std::string message) {
  Code code = code_of(mysql_errno);
  if (mysql_errno == er::kSpecifiedAccessDenied &&
      message.find("failover in progress") != std::string::npos) {
    code = Code::kFailedPrecondition;
  }
  return Error(code, mysql_errno, sqlstate.size() == 5 ? sqlstate : sqlstate_of(mysql_errno),
               std::move(message));
}

namespace {

// What MySQL would call some of Vitess's own errors, as Vitess has it.
struct Coded {
  std::string_view code;
  int mysql_errno;
  std::string_view sqlstate;
};
constexpr Coded kCoded[] = {
    {"VT03001", 1149, "42000"}, {"VT03002", 1450, "HY000"}, {"VT03003", 1109, "42S02"},
    {"VT03004", 1288, "HY000"}, {"VT03005", 1056, "42000"}, {"VT03006", 1136, "21S01"},
    {"VT03008", 1234, "42000"}, {"VT03009", 1231, "42000"}, {"VT03010", 1238, "HY000"},
    {"VT03013", 1066, "42000"}, {"VT03014", 1054, "42S22"}, {"VT03017", 1149, "42000"},
    {"VT03025", 1210, "HY000"}, {"VT03027", 1048, "23000"}, {"VT03028", 1048, "23000"},
    {"VT03029", 1136, "21S01"}, {"VT03030", 1136, "21S01"}, {"VT03032", 1288, "HY000"},
    {"VT03033", 1353, "HY000"}, {"VT05001", 1008, "HY000"}, {"VT05002", 1049, "42000"},
    {"VT05003", 1049, "42000"}, {"VT05004", 1109, "42S02"}, {"VT05005", 1146, "42S02"},
    {"VT05006", 1193, "HY000"}, {"VT06001", 1007, "HY000"}, {"VT07001", 1095, "HY000"},
    {"VT09001", 1173, "42000"}, {"VT09002", 1874, "HY000"}, {"VT09005", 1046, "3D000"},
    {"VT09011", 1243, "HY000"}, {"VT09016", 1451, "23000"}, {"VT09021", 1176, "42000"},
    {"VT09026", 3573, "HY000"}, {"VT09027", 3575, "HY000"}, {"VT09028", 3576, "HY000"},
    {"VT09029", 3577, "HY000"}, {"VT09030", 3636, "HY000"},
};

const Coded* coded(std::string_view message) {
  if (!message.starts_with("VT")) return nullptr;
  const auto found = std::find_if(std::begin(kCoded), std::end(kCoded),
                                  [&](const Coded& one) { return message.starts_with(one.code); });
  return found == std::end(kCoded) ? nullptr : found;
}

}  // namespace

ClientError client_error(const Error& error) {
  if (error.mysql_errno() != 0) {
    const std::string& state = error.sqlstate();
    return {error.mysql_errno(),
            state.size() == 5 ? state : std::string(sqlstate_of(error.mysql_errno()))};
  }
  if (std::optional<ClientError> said = errno_in(error.message())) return *said;
  if (const Coded* known = coded(error.message()))
    return {known->mysql_errno, std::string(known->sqlstate)};
  switch (error.code()) {
    case Code::kCanceled:
    case Code::kDeadlineExceeded:
    case Code::kAborted: return {er::kQueryInterrupted, "70100"};
    case Code::kPermissionDenied:
    case Code::kUnauthenticated: return {er::kAccessDeniedError, "28000"};
    case Code::kResourceExhausted: {
      const int number = errno_of_exhausted(error.message());
      return {number, number == er::kOutOfResources ? "HY000" : "42000"};
    }
    case Code::kUnimplemented: return {er::kNotSupportedYet, "42000"};
    case Code::kInternal: return {er::kInternalError, "HY000"};
    default: return {er::kUnknownError, "HY000"};
  }
}

bool is_connection_error(const Error& error) {
  const int number = error.mysql_errno();
  if (number == cr::kServerHandshakeError &&
      error.message().find("Too many connections") != std::string::npos) {
    return false;
  }
  return (number >= cr::kUnknownError && number <= cr::kMalformedPacket) ||
         number == er::kQueryInterrupted;
}

}  // namespace vif::mysql
