// MySQL's error numbers that this project raises or decides on, each with its SQLSTATE and the
// vtrpc code that Vitess files it under (its tablets' mapping of server errors).
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace vif::mysql {

namespace er {
constexpr int kNotReplica = 100;
constexpr int kNonAtomicCommit = 301;
constexpr int kInAtomicRecovery = 302;
constexpr int kDbCreateExists = 1007;
constexpr int kDbDropExists = 1008;
constexpr int kCantFindFile = 1017;
constexpr int kDiskFull = 1021;
constexpr int kFormNotFound = 1029;
constexpr int kKeyNotFound = 1032;
constexpr int kOutOfMemory = 1037;
constexpr int kOutOfSortMemory = 1038;
constexpr int kConCount = 1040;
constexpr int kOutOfResources = 1041;
constexpr int kHandshakeError = 1043;
constexpr int kDBAccessDenied = 1044;
constexpr int kAccessDeniedError = 1045;
constexpr int kNoDb = 1046;
constexpr int kUnknownComError = 1047;
constexpr int kBadNullError = 1048;
constexpr int kBadDb = 1049;
constexpr int kTableExists = 1050;
constexpr int kBadTable = 1051;
constexpr int kNonUniq = 1052;
constexpr int kServerShutdown = 1053;
constexpr int kBadFieldError = 1054;
constexpr int kWrongFieldWithGroup = 1055;
constexpr int kWrongGroupField = 1056;
constexpr int kWrongSumSelect = 1057;
constexpr int kWrongValueCount = 1058;
constexpr int kTooLongIdent = 1059;
constexpr int kDupFieldName = 1060;
constexpr int kDupKeyName = 1061;
constexpr int kDupEntry = 1062;
constexpr int kWrongFieldSpec = 1063;
constexpr int kParseError = 1064;
constexpr int kEmptyQuery = 1065;
constexpr int kNonUniqTable = 1066;
constexpr int kInvalidDefault = 1067;
constexpr int kMultiplePriKey = 1068;
constexpr int kTooManyKeys = 1069;
constexpr int kTooManyKeyParts = 1070;
constexpr int kTooLongKey = 1071;
constexpr int kKeyColumnDoesNotExist = 1072;
constexpr int kBlobUsedAsKey = 1073;
constexpr int kTooBigFieldLength = 1074;
constexpr int kWrongAutoKey = 1075;
constexpr int kNormalShutdown = 1077;
constexpr int kGotSignal = 1078;
constexpr int kForcingClose = 1080;
constexpr int kIpsockError = 1081;
constexpr int kNoSuchIndex = 1082;
constexpr int kWrongFieldTerminators = 1083;
constexpr int kBlobsAndNoTerminated = 1084;
constexpr int kTextFileNotReadable = 1085;
constexpr int kFileExists = 1086;
constexpr int kWrongSubKey = 1089;
constexpr int kCantRemoveAllFields = 1090;
constexpr int kCantDropFieldOrKey = 1091;
constexpr int kUpdateTableUsed = 1093;
constexpr int kNoSuchThread = 1094;
constexpr int kKillDenied = 1095;
constexpr int kNoTablesUsed = 1096;
constexpr int kTooBigSet = 1097;
constexpr int kTableNotLockedForWrite = 1099;
constexpr int kTableNotLocked = 1100;
constexpr int kBlobCantHaveDefault = 1101;
constexpr int kWrongDbName = 1102;
constexpr int kWrongTableName = 1103;
constexpr int kTooBigSelect = 1104;
constexpr int kUnknownError = 1105;
constexpr int kUnknownProcedure = 1106;
constexpr int kWrongParamCountToProcedure = 1107;
constexpr int kWrongParametersToProcedure = 1108;
constexpr int kUnknownTable = 1109;
constexpr int kFieldSpecifiedTwice = 1110;
constexpr int kInvalidGroupFuncUse = 1111;
constexpr int kTableMustHaveColumns = 1113;
constexpr int kRecordFileFull = 1114;
constexpr int kUnknownCharacterSet = 1115;
constexpr int kTooManyTables = 1116;
constexpr int kTooManyFields = 1117;
constexpr int kTooBigRowSize = 1118;
constexpr int kWrongOuterJoin = 1120;
constexpr int kNullColumnInIndex = 1121;
constexpr int kCantFindUDF = 1122;
constexpr int kUDFExists = 1125;
constexpr int kFunctionNotDefined = 1128;
constexpr int kHostIsBlocked = 1129;
constexpr int kHostNotPrivileged = 1130;
constexpr int kPasswordNoMatch = 1133;
constexpr int kCantCreateThread = 1135;
constexpr int kWrongValueCountOnRow = 1136;
constexpr int kInvalidUseOfNull = 1138;
constexpr int kRegexpError = 1139;
constexpr int kMixOfGroupFuncAndFields = 1140;
constexpr int kNonExistingGrant = 1141;
constexpr int kIllegalGrantForTable = 1144;
constexpr int kNoSuchTable = 1146;
constexpr int kNonExistingTableGrant = 1147;
constexpr int kNotAllowedCommand = 1148;
constexpr int kSyntaxError = 1149;
constexpr int kTooManyDelayedThreads = 1151;
constexpr int kAbortingConnection = 1152;
constexpr int kNetPacketTooLarge = 1153;
constexpr int kNetPacketsOutOfOrder = 1156;
constexpr int kNetReadError = 1158;
constexpr int kTooLongString = 1162;
constexpr int kDelayedInsertTableLocked = 1165;
constexpr int kWrongColumnName = 1166;
constexpr int kWrongKeyColumn = 1167;
constexpr int kDupUnique = 1169;
constexpr int kBlobKeyWithoutLength = 1170;
constexpr int kPrimaryCantHaveNull = 1171;
constexpr int kTooManyRows = 1172;
constexpr int kRequiresPrimaryKey = 1173;
constexpr int kKeyDoesNotExist = 1176;
constexpr int kCantDoThisDuringAnTransaction = 1179;
constexpr int kErrorDuringCommit = 1180;
constexpr int kNewAbortingConnection = 1184;
constexpr int kLockOrActiveTransaction = 1192;
constexpr int kUnknownSystemVariable = 1193;
constexpr int kSlaveMustStop = 1198;
constexpr int kTooManyUserConnections = 1203;
constexpr int kSetConstantsOnly = 1204;
constexpr int kLockWaitTimeout = 1205;
constexpr int kLockTableFull = 1206;
constexpr int kReadOnlyTransaction = 1207;
constexpr int kWrongArguments = 1210;
constexpr int kNoPermissionToCreateUsers = 1211;
constexpr int kLockDeadlock = 1213;
constexpr int kCannotAddForeign = 1215;
constexpr int kNoReferencedRow = 1216;
constexpr int kRowIsReferenced = 1217;
constexpr int kWrongUsage = 1221;
constexpr int kWrongNumberOfColumnsInSelect = 1222;
constexpr int kCantUpdateWithReadLock = 1223;
constexpr int kDupArgument = 1225;
constexpr int kUserLimitReached = 1226;
constexpr int kSpecifiedAccessDenied = 1227;
constexpr int kLocalVariable = 1228;
constexpr int kGlobalVariable = 1229;
constexpr int kNoDefault = 1230;
constexpr int kWrongValueForVar = 1231;
constexpr int kWrongTypeForVar = 1232;
constexpr int kVarCantBeRead = 1233;
constexpr int kCantUseOptionHere = 1234;
constexpr int kNotSupportedYet = 1235;
constexpr int kMasterFatalReadingBinlog = 1236;
constexpr int kIncorrectGlobalLocalVar = 1238;
constexpr int kWrongFKDef = 1239;
constexpr int kKeyRefDoNotMatchTableRef = 1240;
constexpr int kOperandColumns = 1241;
constexpr int kSubqueryNo1Row = 1242;
constexpr int kUnknownStmtHandler = 1243;
constexpr int kCyclicReference = 1245;
constexpr int kIllegalReference = 1247;
constexpr int kDerivedMustHaveAlias = 1248;
constexpr int kTableNameNotAllowedHere = 1250;
constexpr int kNotSupportedAuthMode = 1251;
constexpr int kCollationCharsetMismatch = 1253;
constexpr int kWarnDataOutOfRange = 1264;
constexpr int kWarnDataTruncated = 1265;
constexpr int kCantAggregate2Collations = 1267;
constexpr int kCantAggregate3Collations = 1270;
constexpr int kCantAggregateNCollations = 1271;
constexpr int kVariableIsNotStruct = 1272;
constexpr int kUnknownCollation = 1273;
constexpr int kSlaveIgnoredSslParams = 1274;
constexpr int kWrongNameForIndex = 1280;
constexpr int kWrongNameForCatalog = 1281;
constexpr int kBadFTColumn = 1283;
constexpr int kNonUpdateableTable = 1288;
constexpr int kFeatureDisabled = 1289;
constexpr int kOptionPreventsStatement = 1290;
constexpr int kDuplicatedValueInType = 1291;
constexpr int kTruncatedWrongValue = 1292;
constexpr int kTooMuchAutoTimestampCols = 1293;
constexpr int kInvalidOnUpdate = 1294;
constexpr int kUnsupportedPS = 1295;
constexpr int kUnknownTimeZone = 1298;
constexpr int kInvalidCharacterString = 1300;
constexpr int kSpAlreadyExists = 1304;
constexpr int kSPDoesNotExist = 1305;
constexpr int kQueryInterrupted = 1317;
constexpr int kViewWrongList = 1353;
constexpr int kTrgAlreadyExists = 1359;
constexpr int kNoDefaultForField = 1364;
constexpr int kDivisionByZero = 1365;
constexpr int kTruncatedWrongValueForField = 1366;
constexpr int kIllegalValueForType = 1367;
constexpr int kPsManyParam = 1390;
constexpr int kCannotUser = 1396;
constexpr int kDataTooLong = 1406;
constexpr int kWrongValueForType = 1411;
constexpr int kSPNotVarArg = 1414;
constexpr int kCantCreateGeometryObject = 1416;
constexpr int kStmtHasNoOpenCursor = 1421;
constexpr int kNoSuchUser = 1449;
constexpr int kForbidSchemaChange = 1450;
constexpr int kRowIsReferenced2 = 1451;
constexpr int kNoReferencedRow2 = 1452;
constexpr int kMaxPreparedStmtCountReached = 1461;
constexpr int kPartitionMgmtOnNonpartitioned = 1505;
constexpr int kPluginIsNotLoaded = 1524;
constexpr int kWrongValue = 1525;
constexpr int kNoPartitionForGivenValue = 1526;
constexpr int kCantChangeTxCharacteristics = 1568;
constexpr int kWrongParamcountToNativeFct = 1582;
constexpr int kWrongParametersToNativeFct = 1583;
constexpr int kDataOutOfRange = 1690;
constexpr int kCantExecuteInReadOnlyTransaction = 1792;
constexpr int kSlaveConfiguration = 1794;
constexpr int kInternalError = 1815;
constexpr int kInnodbIndexCorrupt = 1817;
constexpr int kDupIndex = 1831;
constexpr int kMalformedPacket = 1835;
constexpr int kReadOnlyMode = 1836;
constexpr int kSlaveRliInitRepository = 1872;
constexpr int kInnodbReadOnly = 1874;
constexpr int kQueryTimeout = 3024;
constexpr int kGISDataWrongEndianess = 3055;
constexpr int kAccountHasBeenLocked = 3118;
constexpr int kInvalidJSONText = 3140;
constexpr int kInvalidJSONTextInParams = 3141;
constexpr int kInvalidJSONBinaryData = 3142;
constexpr int kInvalidJSONCharset = 3144;
constexpr int kInvalidCastToJSON = 3147;
constexpr int kJSONValueTooBig = 3150;
constexpr int kJSONDocumentTooDeep = 3157;
constexpr int kSecureTransportRequired = 3159;
constexpr int kServerIsntAvailable = 3168;
constexpr int kCapacityExceeded = 3170;
constexpr int kLockNowait = 3572;
constexpr int kCTERecursiveRequiresUnion = 3573;
constexpr int kCTERecursiveForbidsAggregation = 3575;
constexpr int kCTERecursiveForbiddenJoinOrder = 3576;
constexpr int kCTERecursiveRequiresSingleReference = 3577;
constexpr int kCTEMaxRecursionDepth = 3636;
constexpr int kRegexpStringNotTerminated = 3684;
constexpr int kRegexpIllegalArgument = 3685;
constexpr int kRegexpIndexOutOfBounds = 3686;
constexpr int kRegexpInternal = 3687;
constexpr int kRegexpRuleSyntax = 3688;
constexpr int kRegexpBadEscapeSequence = 3689;
constexpr int kRegexpUnimplemented = 3690;
constexpr int kRegexpMismatchParen = 3691;
constexpr int kRegexpBadInterval = 3692;
constexpr int kRegexpMaxLtMin = 3693;
constexpr int kRegexpInvalidBackRef = 3694;
constexpr int kRegexpLookBehindLimit = 3695;
constexpr int kRegexpMissingCloseBracket = 3696;
constexpr int kRegexpInvalidRange = 3697;
constexpr int kRegexpStackOverflow = 3698;
constexpr int kRegexpTimeOut = 3699;
constexpr int kRegexpPatternTooBig = 3700;
constexpr int kNotImplementedForCartesianSRS = 3704;
constexpr int kNotImplementedForProjectedSRS = 3705;
constexpr int kNonPositiveRadius = 3706;
constexpr int kFkIncompatibleColumns = 3780;
constexpr int kCheckConstraintViolated = 3819;
constexpr int kRegexpInvalidCaptureGroup = 3887;
constexpr int kRegexpInvalidFlag = 3900;
constexpr int kLoadDataLocalDisabled = 3948;
constexpr int kCharacterSetMismatch = 3995;
constexpr int kClientInteractionTimeout = 4031;
constexpr int kVectorConversion = 6138;
}  // namespace er

// Errors that a client raises itself (CR_*).
namespace cr {
constexpr int kUnknownError = 2000;
constexpr int kConnectionError = 2002;
constexpr int kConnHostError = 2003;
constexpr int kUnknownHost = 2005;
constexpr int kServerGone = 2006;
constexpr int kVersionError = 2007;
constexpr int kServerHandshakeError = 2012;
constexpr int kServerLost = 2013;
constexpr int kCommandsOutOfSync = 2014;
constexpr int kSslConnectionError = 2026;
constexpr int kMalformedPacket = 2027;
constexpr int kAuthPluginCannotLoad = 2059;
constexpr int kAuthPluginError = 2061;
constexpr int kLocalInfileRejected = 2068;
}  // namespace cr

// "42000" and so on, by MySQL's server error reference; "HY000" for a number not in the table.
std::string_view sqlstate_of(int mysql_errno);
// The vtrpc code that a Vitess tablet gives to this error of its server; kUnknown for a number not
// in the table.
Code code_of(int mysql_errno);

// An error with all its parts, from its number.
Error mysql_error(int mysql_errno, std::string message);
// From an ERR packet of a server: SQLSTATE as sent.
Error mysql_error(int mysql_errno, std::string_view sqlstate, std::string message);

// What a client is told when an Error names no errno: Vitess's mapping of codes (CANCELED and
// DEADLINE_EXCEEDED are 1317, PERMISSION_DENIED 1045, RESOURCE_EXHAUSTED 1203, UNIMPLEMENTED 1235,
// INTERNAL 1815, others 1105), and, as Vitess does, a "(errno N) (sqlstate S)" found in the message
// wins.
struct ClientError {
  int mysql_errno;
  std::string sqlstate;
};
ClientError client_error(const Error& error);

// The connection to the server is gone or unusable (CR_* but "too many connections", or 1317), so
// that a retry on another connection makes sense.
bool is_connection_error(const Error& error);

}  // namespace vif::mysql
