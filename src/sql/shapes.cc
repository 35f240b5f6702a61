// The shapes of the statements that are kept as written: MySQL's, and MariaDB's where it has words
// of its own.
#include <map>

#include "base/assert.h"
#include "sql/shape.h"

namespace vif::sql {

namespace {

struct Named {
  std::string_view name;
  std::string_view pattern;
};

constexpr Named kShapes[] = {
    // Transactions of several servers.
    {"xa",
     "XA { { START | BEGIN } xid [ JOIN | RESUME ] | END xid [ SUSPEND [ FOR MIGRATE ] ] | PREPARE "
     "xid |"
     " COMMIT xid [ ONE PHASE ] | ROLLBACK xid | RECOVER [ CONVERT XID | FORMAT = str ] }"},
    {"xid", "text [ , text [ , int ] ]"},

    // Accounts.
    {"set password",
     "PASSWORD [ FOR user ] { = { str | PASSWORD ( str ) | OLD_PASSWORD ( str ) } | TO RANDOM } [ "
     "REPLACE str ] [ RETAIN CURRENT PASSWORD ]"},
    {"set role", "ROLE { DEFAULT | NONE | ALL [ EXCEPT user ,.. ] | user ,.. }"},
    {"set default role", "DEFAULT ROLE { NONE | ALL | user ,.. } { TO account ,.. | FOR user }"},
    {"create user",
     "USER [ IF NOT EXISTS ] user_auth ,.. [ DEFAULT ROLE user ,.. ] [ user_options ] [ COMMENT "
     "str | ATTRIBUTE str ]"},
    {"alter user",
     "USER [ IF EXISTS ] { USER ( ) [ registration | own_change | DISCARD OLD PASSWORD ] |"
     " user { DEFAULT ROLE { NONE | ALL | user ,.. } | factor_change .. | registration } |"
     " user_alter ,.. [ user_options ] [ COMMENT str | ATTRIBUTE str ] }"},
    {"drop user", "USER [ IF EXISTS ] user ,.."},
    {"rename user", "USER rename_pair ,.."},
    {"rename_pair", "user TO user"},
    {"create role", "ROLE [ IF NOT EXISTS ] user ,.. [ WITH ADMIN user ]"},
    {"drop role", "ROLE [ IF EXISTS ] user ,.."},
    {"user_auth", "user [ authentication ]"},
    {"authentication",
     "IDENTIFIED { BY { RANDOM PASSWORD | [ PASSWORD ] str } | { WITH | VIA } plugin_auth [ { OR "
     "plugin_auth } .. ] } [ INITIAL AUTHENTICATION IDENTIFIED { BY { RANDOM PASSWORD | str } | "
     "WITH plugin AS text } ]"
     " [ AND more_auth [ AND more_auth ] ]"},
    {"one_authentication",
     "IDENTIFIED { BY { RANDOM PASSWORD | [ PASSWORD ] str } | { WITH | VIA } plugin_auth [ { OR "
     "plugin_auth } .. ] }"},
    {"plugin_auth",
     "plugin [ BY { RANDOM PASSWORD | str } | AS text | { USING | = } { str | PASSWORD ( str ) } "
     "]"},
    {"plugin", "{ id | str }"},
    {"more_auth",
     "IDENTIFIED { BY { RANDOM PASSWORD | str } | WITH plugin [ BY { RANDOM PASSWORD | str } | AS "
     "text ] }"},
    {"auth_change", "one_authentication [ REPLACE str ] [ RETAIN CURRENT PASSWORD ]"},
    {"own_change",
     "IDENTIFIED BY { RANDOM PASSWORD | str } [ REPLACE str ] [ RETAIN CURRENT PASSWORD ]"},
    {"user_alter", "user [ DISCARD OLD PASSWORD | auth_change ]"},
    {"factor_change",
     "{ ADD int FACTOR more_auth | MODIFY int FACTOR more_auth | DROP int FACTOR }"},
    {"registration",
     "int FACTOR { INITIATE REGISTRATION | FINISH REGISTRATION SET CHALLENGE_RESPONSE AS text | "
     "UNREGISTER }"},
    {"user_options",
     "[ REQUIRE { NONE | SSL | X509 | tls [ { [ AND ] tls } .. ] } ] [ WITH resource .. ] [ "
     "password_option .. ]"},
    {"tls", "{ CIPHER str | ISSUER str | SUBJECT str }"},
    {"resource",
     "{ MAX_QUERIES_PER_HOUR | MAX_UPDATES_PER_HOUR | MAX_CONNECTIONS_PER_HOUR | "
     "MAX_USER_CONNECTIONS | MAX_STATEMENT_TIME } number"},
    {"password_option",
     "{ PASSWORD { EXPIRE [ DEFAULT | NEVER | INTERVAL int DAY ] | HISTORY { DEFAULT | int } | "
     "REUSE INTERVAL { DEFAULT | int DAY } |"
     " REQUIRE CURRENT [ DEFAULT | OPTIONAL ] } | FAILED_LOGIN_ATTEMPTS int | PASSWORD_LOCK_TIME { "
     "int | UNBOUNDED } | ACCOUNT { LOCK | UNLOCK } }"},
    {"grant",
     "GRANT { PROXY ON user TO user_auth ,.. [ WITH GRANT OPTION ] | { ALL [ PRIVILEGES ] | "
     "privilege ,.. } { ON [ TABLE | FUNCTION | PROCEDURE | PACKAGE BODY | PACKAGE | LIBRARY ] "
     "level"
     " TO user_auth ,.. [ REQUIRE { NONE | SSL | X509 | tls [ { [ AND ] tls } .. ] } ] [ WITH "
     "grant_option .. ] [ AS user [ WITH ROLE { DEFAULT | NONE | ALL [ EXCEPT user ,.. ] | user "
     ",.. } ] ] |"
     " TO user_auth ,.. [ WITH ADMIN OPTION ] } }"},
    {"grant_option", "{ GRANT OPTION | resource }"},
    {"revoke",
     "REVOKE [ IF EXISTS ] { PROXY ON user FROM user ,.. | ALL [ PRIVILEGES ] , GRANT OPTION FROM "
     "user ,.. |"
     " ADMIN OPTION FOR privilege ,.. FROM user ,.. |"
     " ALL [ PRIVILEGES ] revoke_from | privilege ,.. { revoke_from | FROM user ,.. } } [ IGNORE "
     "UNKNOWN USER ]"},
    {"revoke_from",
     "ON [ TABLE | FUNCTION | PROCEDURE | PACKAGE BODY | PACKAGE | LIBRARY ] level FROM user ,.."},
    {"privilege",
     "{ CREATE { TEMPORARY TABLES | VIEW | ROUTINE | USER | TABLESPACE | ROLE } | ALTER ROUTINE | "
     "DROP ROLE | LOCK TABLES | SHOW { DATABASES | VIEW | CREATE ROUTINE } |"
     " REPLICATION { CLIENT | SLAVE ADMIN | SLAVE | MASTER ADMIN | REPLICA ADMIN | REPLICA } | "
     "BINLOG { MONITOR | ADMIN | REPLAY } | SLAVE MONITOR | READ_ONLY ADMIN |"
     " CONNECTION ADMIN | FEDERATED ADMIN | DELETE HISTORY | SET USER | GRANT OPTION |"
     " { SELECT | INSERT | UPDATE | REFERENCES } [ ( id ,.. ) ] | DELETE | CREATE | DROP | ALTER | "
     "INDEX | EXECUTE | PROCESS | RELOAD | SHUTDOWN |"
     " SUPER | FILE | USAGE | EVENT | TRIGGER | user [ ( id ,.. ) ] }"},
    {"level", "{ * [ . * ] | id [ . { * | id } ] }"},

    // Replication and the binary log.
    {"change",
     "CHANGE { REPLICATION { SOURCE TO source_option ,.. [ channel ] | FILTER filter ,.. [ channel "
     "] } | MASTER [ str ] TO master_option ,.. [ channel ] }"},
    {"channel", "FOR CHANNEL str"},
    {"source_option",
     "{ IGNORE_SERVER_IDS = ( [ int ,.. ] ) | PRIVILEGE_CHECKS_USER = { NULL | user } | "
     "REQUIRE_TABLE_PRIMARY_KEY_CHECK = { STREAM | ON | OFF | GENERATE } |"
     " ASSIGN_GTIDS_TO_ANONYMOUS_TRANSACTIONS = { OFF | LOCAL | str } | SOURCE_TLS_CIPHERSUITES = "
     "{ NULL | str } |"
     " { SOURCE_BIND | SOURCE_HOST | SOURCE_USER | SOURCE_PASSWORD | SOURCE_LOG_FILE | "
     "SOURCE_SSL_CA | SOURCE_SSL_CAPATH | SOURCE_SSL_CERT | SOURCE_SSL_CRL | SOURCE_SSL_CRLPATH |"
     " SOURCE_SSL_KEY | SOURCE_SSL_CIPHER | SOURCE_TLS_VERSION | SOURCE_PUBLIC_KEY_PATH | "
     "SOURCE_COMPRESSION_ALGORITHMS | RELAY_LOG_FILE | NETWORK_NAMESPACE } = str |"
     " { SOURCE_PORT | SOURCE_LOG_POS | SOURCE_CONNECT_RETRY | SOURCE_RETRY_COUNT | SOURCE_DELAY | "
     "SOURCE_SSL | SOURCE_SSL_VERIFY_SERVER_CERT | SOURCE_HEARTBEAT_PERIOD | SOURCE_AUTO_POSITION |"
     " SOURCE_ZSTD_COMPRESSION_LEVEL | SOURCE_CONNECTION_AUTO_FAILOVER | GET_SOURCE_PUBLIC_KEY | "
     "RELAY_LOG_POS | REQUIRE_ROW_FORMAT | GTID_ONLY } = number }"},
    {"master_option",
     "{ { IGNORE_SERVER_IDS | DO_DOMAIN_IDS | IGNORE_DOMAIN_IDS } = ( [ int ,.. ] ) | id = { text "
     "| number | id } }"},
    {"filter",
     "{ { REPLICATE_DO_DB | REPLICATE_IGNORE_DB } = ( [ id ,.. ] ) | { REPLICATE_DO_TABLE | "
     "REPLICATE_IGNORE_TABLE } = ( [ table ,.. ] ) |"
     " { REPLICATE_WILD_DO_TABLE | REPLICATE_WILD_IGNORE_TABLE } = ( [ str ,.. ] ) | "
     "REPLICATE_REWRITE_DB = ( [ db_pair ,.. ] ) }"},
    {"db_pair", "( id , id )"},
    {"start",
     "START { GROUP_REPLICATION [ login ,.. ] | { REPLICA | SLAVE | ALL { SLAVES | REPLICAS } } [ "
     "str ] [ { SQL_THREAD | IO_THREAD } ,.. ] [ UNTIL until ,.. ] [ USER = str ] [ PASSWORD = str "
     "] [ DEFAULT_AUTH = str ] [ PLUGIN_DIR = str ] [ channel ] }"},
    {"until",
     "{ { SQL_BEFORE_GTIDS | SQL_AFTER_GTIDS | SOURCE_LOG_FILE | MASTER_LOG_FILE | RELAY_LOG_FILE "
     "| MASTER_GTID_POS } = str | { SOURCE_LOG_POS | MASTER_LOG_POS | RELAY_LOG_POS } = int | "
     "SQL_AFTER_MTS_GAPS }"},
    {"login", "{ USER | PASSWORD | DEFAULT_AUTH | PLUGIN_DIR } = str"},
    {"stop",
     "STOP { GROUP_REPLICATION | { REPLICA | SLAVE | ALL { SLAVES | REPLICAS } } [ str ] [ { "
     "SQL_THREAD | IO_THREAD } ,.. ] [ channel ] }"},
    {"reset", "RESET { PERSIST [ [ IF EXISTS ] dotted ] | reset_what ,.. }"},
    {"reset_what",
     "{ BINARY LOGS AND GTIDS [ TO int ] | { REPLICA | SLAVE } [ str ] [ ALL ] [ channel ] | "
     "MASTER [ TO int ] | QUERY CACHE }"},
    {"dotted", "id [ . id ]"},
    {"purge", "PURGE { BINARY | MASTER } LOGS { TO str | BEFORE expr }"},
    {"binlog", "BINLOG str [ , str ]"},
    {"clone",
     "CLONE { LOCAL DATA DIRECTORY [ = ] str | INSTANCE FROM user clone_port IDENTIFIED BY str [ "
     "DATA DIRECTORY [ = ] str ] [ REQUIRE [ NO ] SSL ] }"},

    // The server.
    {"install",
     "INSTALL { PLUGIN [ IF NOT EXISTS ] id SONAME str | SONAME str | COMPONENT str ,.. [ SET "
     "component_variable ,.. ] }"},
    {"component_variable", "[ GLOBAL | PERSIST ] dotted { = | := } { ON | ALL | BINARY | expr }"},
    {"uninstall", "UNINSTALL { PLUGIN [ IF EXISTS ] id | SONAME str | COMPONENT str ,.. }"},
    {"alter instance",
     "INSTANCE { ROTATE { INNODB | BINLOG } MASTER KEY | RELOAD { TLS [ FOR CHANNEL id ] [ NO "
     "ROLLBACK ON ERROR ] | KEYRING } | { ENABLE | DISABLE } INNODB REDO_LOG }"},
    {"lock instance", "LOCK INSTANCE FOR BACKUP"},
    {"unlock instance", "UNLOCK INSTANCE"},
    {"restart", "RESTART"},
    {"shutdown", "SHUTDOWN [ WAIT FOR ALL { SLAVES | REPLICAS } ]"},
    {"help", "HELP { str | id }"},
    {"kill", "KILL [ HARD | SOFT ] { QUERY ID int | [ CONNECTION | QUERY | USER ] expr }"},
    {"import", "IMPORT TABLE FROM str ,.."},
    {"resource group", "RESOURCE GROUP id"},
    {"set resource group", "RESOURCE GROUP id [ FOR int [ thread_id .. ] ]"},
    {"thread_id", "[ , ] int"},
    {"create resource",
     "RESOURCE GROUP id TYPE [ = ] { USER | SYSTEM } [ vcpus ] [ thread_priority ] [ ENABLE | "
     "DISABLE ]"},
    {"alter resource",
     "RESOURCE GROUP id [ vcpus ] [ thread_priority ] [ ENABLE | DISABLE ] [ FORCE ]"},
    {"drop resource", "RESOURCE GROUP id [ FORCE ]"},
    {"vcpus", "VCPU [ = ] vcpu [ { [ , ] vcpu } .. ]"},
    {"vcpu", "int [ - int ]"},
    {"thread_priority", "THREAD_PRIORITY [ = ] [ - ] int"},
    {"create server",
     "SERVER [ IF NOT EXISTS ] { id | str } FOREIGN DATA WRAPPER { id | str } OPTIONS ( "
     "server_option ,.. )"},
    {"alter server", "SERVER { id | str } OPTIONS ( server_option ,.. )"},
    {"drop server", "SERVER [ IF EXISTS ] { id | str }"},
    {"server_option", "{ PORT int | { HOST | DATABASE | USER | PASSWORD | SOCKET | OWNER } str }"},
    {"create tablespace",
     "TABLESPACE id [ ADD DATAFILE str ] [ USE LOGFILE GROUP id ] [ space_options ]"},
    {"create undo tablespace", "UNDO TABLESPACE id ADD DATAFILE str [ space_engine ]"},
    {"alter tablespace",
     "TABLESPACE id { { ADD | DROP } DATAFILE str [ space_options ] | RENAME TO id | space_options "
     "}"},
    {"alter undo tablespace", "UNDO TABLESPACE id SET { ACTIVE | INACTIVE } [ space_engine ]"},
    {"drop tablespace", "TABLESPACE id [ space_options ]"},
    {"drop undo tablespace", "UNDO TABLESPACE id [ space_engine ]"},
    {"space_engine", "[ STORAGE ] ENGINE [ = ] { id | str }"},
    {"create logfile", "LOGFILE GROUP id ADD { UNDOFILE | REDOFILE } str [ space_options ]"},
    {"drop logfile", "LOGFILE GROUP id [ space_options ]"},
    {"space_options", "space_option [ { [ , ] space_option } .. ]"},
    {"space_option",
     "{ { INITIAL_SIZE | AUTOEXTEND_SIZE | MAX_SIZE | EXTENT_SIZE | UNDO_BUFFER_SIZE | "
     "REDO_BUFFER_SIZE | FILE_BLOCK_SIZE } [ = ] { int | id | size } | NODEGROUP [ = ] int |"
     " [ STORAGE ] ENGINE [ = ] { id | str } | WAIT | NO_WAIT | COMMENT [ = ] str | ENCRYPTION [ = "
     "] str | ENGINE_ATTRIBUTE [ = ] str }"},
    {"create spatial", "SPATIAL REFERENCE SYSTEM [ IF NOT EXISTS ] int [ srs_attribute .. ]"},
    {"srs_attribute",
     "{ NAME str | DEFINITION str | DESCRIPTION str | ORGANIZATION str IDENTIFIED BY int }"},
    {"drop spatial", "SPATIAL REFERENCE SYSTEM [ IF EXISTS ] int"},
    {"create library",
     "LIBRARY [ IF NOT EXISTS ] table [ COMMENT str ] LANGUAGE id [ COMMENT str ] AS text"},
    {"alter library", "LIBRARY table COMMENT str"},
    {"drop library", "LIBRARY [ IF EXISTS ] table"},
    {"create json", "JSON [ RELATIONAL ] DUALITY VIEW [ IF NOT EXISTS ] table AS rest"},
    {"create materialized", "MATERIALIZED VIEW [ IF NOT EXISTS ] table rest"},
    {"create external", "EXTERNAL TABLE [ IF NOT EXISTS ] table rest"},

    // SHOW: those whose first word is enough to know them.
    {"show binlog", "BINLOG EVENTS [ IN str ] [ FROM int ] [ limit ]"},
    {"show relaylog",
     "RELAYLOG [ str ] EVENTS [ IN str ] [ FROM int ] [ limit ] [ FOR CHANNEL str ]"},
    {"show errors", "ERRORS [ limit ]"},
    {"show warnings", "WARNINGS limit"},
    {"show count", "COUNT ( * ) { ERRORS | WARNINGS }"},
    {"show grants", "GRANTS [ FOR user [ USING user ,.. ] ]"},
    {"show profile",
     "PROFILE [ { ALL | BLOCK IO | CONTEXT SWITCHES | CPU | IPC | MEMORY | PAGE FAULTS | SOURCE | "
     "SWAPS } ,.. ] [ FOR QUERY int ] [ limit ]"},
    {"show profiles", "PROFILES"},
    {"show replicas", "REPLICAS"},
    {"show replica", "REPLICA { STATUS [ FOR CHANNEL str ] | HOSTS | str STATUS }"},
    {"show storage", "STORAGE ENGINES"},
    {"show processlist", "PROCESSLIST"},

    // Tables' upkeep.
    {"check",
     "CHECK { { TABLE | TABLES } table ,.. [ { FOR UPGRADE | QUICK | FAST | MEDIUM | EXTENDED | "
     "CHANGED } .. ] | VIEW table ,.. [ FOR UPGRADE ] }"},
    {"repair",
     "REPAIR [ LOCAL | NO_WRITE_TO_BINLOG ] { { TABLE | TABLES } table ,.. [ { QUICK | EXTENDED | "
     "USE_FRM | FORCE } .. ] | VIEW table ,.. [ FROM MYSQL ] }"},
    {"optimize",
     "OPTIMIZE [ LOCAL | NO_WRITE_TO_BINLOG ] { TABLE | TABLES } table ,.. [ WAIT int | NOWAIT ]"},
    {"checksum", "CHECKSUM { TABLE | TABLES } table ,.. [ QUICK | EXTENDED ]"},
    {"analyze",
     "ANALYZE [ LOCAL | NO_WRITE_TO_BINLOG ] { TABLE | TABLES } { table ,.. UPDATE HISTOGRAM ON id "
     ",.. [ USING DATA str | [ WITH int BUCKETS ] [ { AUTO | MANUAL } UPDATE ] ] | table ,.. DROP "
     "HISTOGRAM ON id ,.. |"
     " analyzed ,.. }"},
    {"analyzed",
     "table [ PERSISTENT FOR { ALL | COLUMNS { ALL | ( [ id ,.. ] ) } INDEXES { ALL | ( [ id ,.. ] "
     ") } } ]"},
    {"cache", "CACHE INDEX cached ,.. IN { DEFAULT | id }"},
    {"cached",
     "table [ PARTITION ( { ALL | id ,.. } ) ] [ { INDEX | KEY } ( [ { PRIMARY | id } ,.. ] ) ]"},
    {"load index", "INDEX INTO CACHE loaded_index ,.."},
    {"loaded_index",
     "table [ PARTITION ( { ALL | id ,.. } ) ] [ { INDEX | KEY } ( [ { PRIMARY | id } ,.. ] ) ] [ "
     "IGNORE LEAVES ]"},
    {"load",
     "{ DATA FROM S3 rest | { DATA | XML } [ LOW_PRIORITY | CONCURRENT ] [ FROM ] [ LOCAL ] { "
     "INFILE | URL | S3 } str [ COUNT int ] [ IN PRIMARY KEY ORDER ] [ REPLACE | IGNORE ] INTO "
     "TABLE table [ PARTITION ( id ,.. ) ]"
     " [ COMPRESSION [ = ] str ] [ { CHARACTER SET | CHARSET | CHAR SET } { BINARY | id | str } ] "
     "[ ROWS IDENTIFIED BY text ]"
     " [ { FIELDS | COLUMNS } { TERMINATED BY text | [ OPTIONALLY ] ENCLOSED BY text | ESCAPED BY "
     "text } .. ]"
     " [ LINES { STARTING BY text | TERMINATED BY text } .. ] [ IGNORE int { LINES | ROWS } ] [ ( "
     "[ { var | column } ,.. ] ) ] [ SET { column { = | := } expr_or_default } ,.. ] [ PARALLEL = "
     "int ] [ "
     "MEMORY = { int | id | size } ] [ ALGORITHM = BULK ] }"},
    {"column", "id [ . id [ . id ] ]"},
    {"handler",
     "HANDLER { table OPEN [ [ AS ] id ] | id { CLOSE | READ { { id | PRIMARY } { { FIRST | NEXT | "
     "PREV | LAST } | { = | <= | >= | < | > } ( expr ,.. ) } [ WHERE expr ] [ limit ] | { FIRST | "
     "NEXT } [ WHERE expr ] [ limit ] } } }"},
    {"limit", "LIMIT { int | argument | id } [ { , | OFFSET } { int | argument | id } ]"},
    {"do", "DO do_item ,.."},
    {"do_item", "expr [ [ AS ] { id | str } ]"},
    {"explain",
     "{ EXPLAIN | DESCRIBE | DESC } [ ANALYZE ] [ FORMAT = { id | str } ] [ INTO var ] [ FOR { "
     "DATABASE | SCHEMA } id ] { FOR CONNECTION int | explained }"},
    {"explained", "explainable"},

    // Masking policies (MySQL 9.7).
    {"create masking", "MASKING POLICY [ IF NOT EXISTS ] id ( id ) expr"},
    {"drop masking", "MASKING POLICY [ IF EXISTS ] id"},

    // Sequences (MariaDB).
    {"create sequence", "SEQUENCE [ IF NOT EXISTS ] table [ rest ]"},
    {"alter sequence", "SEQUENCE [ IF EXISTS ] table rest"},
    {"drop sequence", "[ TEMPORARY ] SEQUENCE [ IF EXISTS ] table ,.."},
    {"create package", "PACKAGE rest"},
    {"drop package", "PACKAGE [ BODY ] [ IF EXISTS ] table"},

    // Routines, triggers, events.
    {"create procedure",
     "PROCEDURE [ IF NOT EXISTS ] table ( [ parameter ,.. ] ) [ characteristic .. ] [ "
     "using_library ] { AS { text | id } | body }"},
    {"create function",
     "FUNCTION [ IF NOT EXISTS ] table { function_text | RETURNS { STRING | INTEGER | INT | REAL | "
     "DECIMAL } SONAME str }"},
    {"stored function", "FUNCTION [ IF NOT EXISTS ] table function_text"},
    {"function_text",
     "( [ function_parameter ,.. ] ) RETURNS type [ COLLATE collation ] [ characteristic .. ] [ "
     "using_library ] { AS { text | id } | body }"},
    {"using_library", "USING ( { table [ [ AS ] id ] } ,.. ) [ characteristic .. ]"},
    {"create aggregate",
     "AGGREGATE FUNCTION [ IF NOT EXISTS ] table { RETURNS { STRING | INTEGER | INT | REAL | "
     "DECIMAL } SONAME str | ( rest }"},
    {"parameter", "[ INOUT | IN | OUT ] id type [ COLLATE collation ]"},
    {"function_parameter", "[ INOUT | IN | OUT ] id type [ COLLATE collation ]"},
    {"characteristic",
     "{ COMMENT str | LANGUAGE id | LANGUAGE SQL | [ NOT ] DETERMINISTIC | CONTAINS SQL | NO SQL | "
     "READS SQL DATA | MODIFIES SQL DATA | SQL SECURITY { DEFINER | INVOKER } }"},
    {"alter routine",
     "{ PROCEDURE | FUNCTION } table [ { COMMENT str | LANGUAGE SQL | CONTAINS SQL | NO SQL | "
     "READS SQL DATA | MODIFIES SQL DATA | SQL SECURITY { DEFINER | INVOKER } | USING ( { table [ "
     "[ AS ] id ] } ,.. ) } .. ]"},
    {"drop function", "FUNCTION [ IF EXISTS ] table"},
    {"create trigger",
     "TRIGGER [ IF NOT EXISTS ] table { BEFORE | AFTER } trigger_event [ { OR trigger_event } .. ] "
     "ON table FOR EACH ROW [ { FOLLOWS | PRECEDES } { id | str } ] body"},
    {"trigger_event", "{ INSERT | DELETE | UPDATE [ OF id ,.. ] }"},
    {"drop trigger", "TRIGGER [ IF EXISTS ] table"},
    {"create event",
     "EVENT [ IF NOT EXISTS ] table ON SCHEDULE schedule [ ON COMPLETION [ NOT ] PRESERVE ] [ "
     "event_status ] [ COMMENT str ] DO body"},
    {"alter event",
     "EVENT table { ON SCHEDULE schedule [ completion ] [ RENAME TO table ] [ event_status ] [ "
     "COMMENT str ] [ DO body ] | completion [ RENAME TO table ] [ event_status ] [ COMMENT str ] "
     "[ DO body ] |"
     " RENAME TO table [ event_status ] [ COMMENT str ] [ DO body ] | event_status [ COMMENT str ] "
     "[ DO body ] | COMMENT str [ DO body ] | DO body }"},
    {"completion", "ON COMPLETION [ NOT ] PRESERVE"},
    {"drop event", "EVENT [ IF EXISTS ] table"},
    {"schedule", "{ AT expr | EVERY expr unit [ STARTS expr ] [ ENDS expr ] }"},
    {"unit",
     "{ MICROSECOND | SECOND | MINUTE | HOUR | DAY | WEEK | MONTH | QUARTER | YEAR | "
     "SECOND_MICROSECOND | MINUTE_MICROSECOND | MINUTE_SECOND | HOUR_MICROSECOND | HOUR_SECOND | "
     "HOUR_MINUTE |"
     " DAY_MICROSECOND | DAY_SECOND | DAY_MINUTE | DAY_HOUR | YEAR_MONTH | SQL_TSI_SECOND | "
     "SQL_TSI_MINUTE | SQL_TSI_HOUR | SQL_TSI_DAY | SQL_TSI_WEEK | SQL_TSI_MONTH | SQL_TSI_QUARTER "
     "| SQL_TSI_YEAR }"},
    {"event_status", "{ ENABLE | DISABLE [ ON { SLAVE | REPLICA } ] }"},
    {"body",
     "{ block | label { loop | block } | loop | RETURN expr | IF expr THEN bodies [ { ELSEIF expr "
     "THEN bodies } .. ] [ ELSE bodies ] END IF |"
     " CASE { { WHEN expr THEN bodies } .. | expr { WHEN expr THEN bodies } .. } [ ELSE bodies ] "
     "END CASE | LEAVE id | ITERATE id | OPEN id | CLOSE id |"
     " FETCH [ [ NEXT ] FROM ] id INTO id ,.. | signal | get | stmt }"},
    {"bodies", "{ body ; } .."},
    {"block", "BEGIN [ NOT ATOMIC ] [ { declaration ; } .. ] [ bodies ] END [ block_name ]"},
    {"block_name", "id"},
    {"loop",
     "{ LOOP bodies END LOOP [ id ] | REPEAT bodies UNTIL expr END REPEAT [ id ] | WHILE expr DO "
     "bodies END WHILE [ id ] }"},
    {"declaration",
     "DECLARE { { CONTINUE | EXIT | UNDO } HANDLER FOR condition ,.. body | id CONDITION FOR { int "
     "| SQLSTATE [ VALUE ] str } | id CURSOR [ ( parameter ,.. ) ] FOR { query | id } | id ,.. "
     "type [ "
     "COLLATE collation ] [ "
     "COLLATE { id | str } ] [ DEFAULT expr ] }"},
    {"condition", "{ SQLSTATE [ VALUE ] str | SQLEXCEPTION | SQLWARNING | NOT FOUND | int | id }"},
    {"signal",
     "{ SIGNAL { SQLSTATE [ VALUE ] str | id } | RESIGNAL [ SQLSTATE [ VALUE ] str | id ] } [ SET "
     "{ signal_item = value } ,.. ]"},
    {"signal_item",
     "{ CLASS_ORIGIN | SUBCLASS_ORIGIN | MESSAGE_TEXT | MYSQL_ERRNO | CONSTRAINT_CATALOG | "
     "CONSTRAINT_SCHEMA | CONSTRAINT_NAME | CATALOG_NAME | SCHEMA_NAME | TABLE_NAME | COLUMN_NAME "
     "| CURSOR_NAME | ROW_NUMBER }"},
    {"get",
     "GET [ CURRENT | STACKED ] DIAGNOSTICS { CONDITION value { "
     "diagnostic_target = { RETURNED_SQLSTATE | signal_item } } ,.. | { diagnostic_target = { "
     "NUMBER | ROW_COUNT } } ,.. }"},
    {"diagnostic_target", "{ var | id }"},
};

// Reads a pattern; `at` moves behind what was read.
class PatternReader {
 public:
  explicit PatternReader(std::string_view pattern) : pattern_(pattern) { advance(); }

  Shape choice() {
    Shape one;
    one.kind = Shape::Kind::kOne;
    one.parts.push_back(sequence());
    while (word_ == "|") {
      advance();
      one.parts.push_back(sequence());
    }
    if (one.parts.size() > 1) return one;
    Shape only = std::move(one.parts[0]);
    return only;
  }
  bool at_end() const { return word_.empty(); }

 private:
  void advance() {
    const size_t from = pattern_.find_first_not_of(' ', at_);
    if (from == std::string_view::npos) {
      word_ = {};
      return;
    }
    at_ = std::min(pattern_.find(' ', from), pattern_.size());
    word_ = pattern_.substr(from, at_ - from);
  }

  Shape sequence() {
    Shape all;
    while (!word_.empty() && word_ != "|" && word_ != "}" && word_ != "]") {
      Shape part = element();
      if (word_ == ",.." || word_ == "..") {
        Shape repeated;
        repeated.kind = word_ == ".." ? Shape::Kind::kSome : Shape::Kind::kList;
        repeated.parts.push_back(std::move(part));
        part = std::move(repeated);
        advance();
      }
      all.parts.push_back(std::move(part));
    }
    return all;
  }

  Shape element() {
    Shape part;
    const std::string_view word = word_;
    advance();
    if (word == "{" || word == "[") {
      part = choice();
      VIF_ASSERT(word_ == (word == "{" ? "}" : "]"));
      advance();
      if (word == "{") return part;
      Shape maybe;
      maybe.kind = Shape::Kind::kMaybe;
      maybe.parts.push_back(std::move(part));
      return maybe;
    }
    part.kind = word[0] >= 'a' && word[0] <= 'z' ? Shape::Kind::kName : Shape::Kind::kText;
    part.text = word;
    return part;
  }

  std::string_view pattern_;
  size_t at_ = 0;
  std::string_view word_;
};

}  // namespace

const Shape* find_shape(std::string_view name) {
  static const std::map<std::string_view, Shape> shapes = [] {
    std::map<std::string_view, Shape> all;
    for (const Named& named : kShapes) {
      PatternReader reader(named.pattern);
      all.emplace(named.name, reader.choice());
      VIF_ASSERT(reader.at_end());
    }
    return all;
  }();
  const auto found = shapes.find(name);
  return found == shapes.end() ? nullptr : &found->second;
}

}  // namespace vif::sql
