"""Expressions over edge values, the same ones every time: generate(count, seed) yields (group, SQL).

An expression may name columns of TABLE, of every type; ROWS are its rows, the last one all NULL.
"""
import random

INTS = ["0", "1", "-1", "2", "7", "10", "127", "128", "-128", "255", "256", "32767", "65535", "16777215", "2147483647",
        "-2147483648", "4294967295", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
        "18446744073709551615", "18446744073709551616", "true", "false", "20240229", "123456", "20240229123456"]
DECIMALS = ["0.0", "1.5", "-1.5", "0.5", "-0.5", "2.50", "-2.50", "99999.99999", "0.000000000000000000000000000001", "9.999",
            "12345678901234567890.123", "-0.0", "1.000", "9" * 65, "-" + "9" * 40 + ".5", "9223372036854775807.5", "1.23456789"]
FLOATS = ["1e0", "1.5e0", "-1.5e0", "2.5e0", "1e15", "1e-15", "1e14", "1e308", "-1e100", "0e0", "5e-324", "0.1e0", "1e19", "-1e19",
          "9223372036854775807e0", "123456.789e0", "1e-7"]
TEXTS = ["''", "' '", "'0'", "'1'", "'-1'", "'1.5'", "'1e2'", "'-0.5'", "'abc'", "'ABC'", "'abd'", "'a '", "'12abc'", "'  12'", "'0x1F'", "'Ab'",
         "'2024-02-29'", "'2024-02-29 23:59:59'", "'12:34:56'", "'20240229'", "'2024-13-01'", "'%'", "'a%'", "'_b_'", "'a,b,c'",
         "'9223372036854775808'", "'true'", "'.5'", "'1.'", "'e5'", "'null'", "'99999999999999999999.5'"]
WIDE_TEXTS = ["'é'", "'É'", "'e'", "'日本'", "'😀'", "'ß'", "'ss'", "'aé'"]
BYTES = ["x''", "x'00'", "x'ff'", "x'4142'", "0x41", "b'1'", "b'101'", "_binary'abc'", "_binary''", "x'00000000000000ff'", "0x7fffffffffffffff",
         "x'ffffffffffffffff'", "_binary'12'"]
DATES = ["date'2024-02-29'", "date'1000-01-01'", "date'9999-12-31'", "date'2023-12-31'"]
TIMES = ["time'12:34:56'", "time'-838:59:59'", "time'00:00:00'", "time'23:59:59.999999'", "time'838:59:59'", "time'10:11:12.5'"]
DATETIMES = ["timestamp'2024-02-29 12:34:56'", "timestamp'2024-02-29 12:34:56.789'", "timestamp'1970-01-01 00:00:00'",
             "timestamp'9999-12-31 23:59:59.999999'", "timestamp'2024-02-29 00:00:00'"]
JSONS = ["cast('{\"a\": 1}' as json)", "cast('[1, 2.5, \"x\"]' as json)", "cast('1' as json)", "cast('\"abc\"' as json)", "cast('null' as json)"]

TABLE = [  # name, type, what kind of value it has, the type as a row tells it
    ("c_i8", "tinyint", "int", "INT8"), ("c_u8", "tinyint unsigned", "int", "UINT8"), ("c_i16", "smallint", "int", "INT16"),
    ("c_i24", "mediumint", "int", "INT24"), ("c_i32", "int", "int", "INT32"), ("c_u32", "int unsigned", "int", "UINT32"),
    ("c_i64", "bigint", "int", "INT64"), ("c_u64", "bigint unsigned", "int", "UINT64"), ("c_dec", "decimal(10,2)", "decimal", "DECIMAL"),
    ("c_big", "decimal(65,30)", "decimal", "DECIMAL"), ("c_f32", "float", "float", "FLOAT32"), ("c_f64", "double", "float", "FLOAT64"),
    ("c_bit", "bit(9)", "bytes", "BIT"), ("c_year", "year", "int", "YEAR"), ("c_date", "date", "date", "DATE"),
    ("c_time", "time", "time", "TIME"), ("c_time3", "time(3)", "time", "TIME"), ("c_dt", "datetime", "datetime", "DATETIME"),
    ("c_dt6", "datetime(6)", "datetime", "DATETIME"), ("c_ts", "timestamp null", "datetime", "TIMESTAMP"),
    ("c_char", "char(10)", "text", "CHAR"), ("c_vc", "varchar(20)", "text", "VARCHAR"), ("c_text", "text", "text", "TEXT"),
    ("c_bin", "varchar(20) collate utf8mb4_bin", "text", "VARCHAR"), ("c_vb", "varbinary(20)", "bytes", "VARBINARY"),
    ("c_blob", "blob", "bytes", "BLOB"), ("c_enum", "enum('b','a','1')", "text", "ENUM"), ("c_set", "set('x','y','z')", "text", "SET"),
    ("c_json", "json", "json", "JSON"),
]
ROWS = [
    ["1", "1", "1", "1", "1", "1", "1", "1", "1.00", "1", "1", "1", "b'1'", "2001", "'2001-01-01'", "'01:01:01'", "'01:01:01.100'",
     "'2001-01-01 01:01:01'", "'2001-01-01 01:01:01.000001'", "'2001-01-01 01:01:01'", "'1'", "'1'", "'1'", "'1'", "x'31'", "x'31'", "'1'", "'x'",
     "'1'"],
    ["-128", "255", "-32768", "-8388608", "-2147483648", "4294967295", "-9223372036854775808", "18446744073709551615", "-99999999.99",
     "-99999999999999999999999999999999999.999999999999999999999999999999", "-1.5", "-1.7976931348623157e308", "b'111111111'", "2155",
     "'9999-12-31'", "'838:59:59'", "'-838:59:59.000'", "'9999-12-31 23:59:59'", "'9999-12-31 23:59:59.999999'", "'2038-01-19 03:14:07'", "'ABC'",
     "'ABC '", "'abc'", "'Abc'", "x'ff00'", "x'414243'", "'a'", "'x,z'", "'{\"a\": [1, 2], \"b\": null}'"],
    ["0", "0", "0", "0", "0", "0", "0", "0", "0", "0.5", "0.1", "0.1", "b'0'", "1970", "'1000-01-01'", "'00:00:00'", "'-00:00:00.500'",
     "'1000-01-01 00:00:00'", "'2024-02-29 12:34:56.789000'", "'1970-01-02 00:00:00'", "''", "''", "''", "'é'", "x''", "x''", "'1'", "''", "'\"abc\"'"],
    ["null"] * 29,
]
COLUMNS = {}
for _name, _, _kind, _ in TABLE:
    COLUMNS.setdefault(_kind, []).append(_name)

# What MySQL's expressions have beside these.
MORE = {
    "int": ["-129", "129", "-32769", "32768", "65536", "-8388609", "8388608", "16777216", "-2147483649", "2147483648", "4294967296", "-9223372036854775807",
            "99", "101", "20000101", "691231", "700101", "20240230", "00000101"],
    "decimal": ["0.1", "-0.1", "0.05", "1e0 * 0.1", "-99999999999999999999999999999999999.999999999999999999999999999999", "0." + "0" * 29 + "1", "1." + "0" * 30,
                "9" * 35 + "." + "9" * 30, "20240229.5", "20240229123456.789", "123456.7", "-123456.7", "59.5"],
    "float": ["-0e0", "1.7976931348623157e308", "2.2250738585072014e-308", "4503599627370497.5e0", "1e16", "-1e-5", "123456e-3", "20240229e0", "3.4028235e38", "1e22"],
    "text": ["'2024-02-29 12:34:56.789012'", "'0000-00-00'", "'2024-00-10'", "'2024-02-30'", "'-12:34:56'", "'838:59:59.5'", "'1 02:03:04.5'", "'99:59:60'", "'20240229123456'",
             "'1e400'", "'+5'", "' 7 '", "'1,234'", "'\\t3'", "'aa'", "'aB'", "'[1, 2]'", "'{\"a\": 1}'", "'12:34'", "'24:00:00'", "'2024-02-29T12:34:56'"],
    "wide": ["'Ä'", "'ä'", "'straße'", "'İ'", "'ﬁ'", "'\u00e9'", "'日'", "'ё'", "'ｱ'", "'á'"],
    "bytes": ["x'0102030405060708090a'", "b'111111111'", "b'" + "1" * 65 + "'", "x'c3a9'", "x'2d31'", "x'323032342d30322d3239'", "_binary'2024-02-29'", "_binary'\\0'", "x'80'", "0x00"],
    "date": ["date'2000-01-01'", "date'1999-12-31'", "date'2024-03-01'", "date'0001-01-01'", "date'2024-12-31'", "date'1970-01-01'"],
    "time": ["time'-00:00:01'", "time'24:00:00'", "time'-12:34:56.7'", "time'00:00:00.000001'", "time'11:59:59.9999995'", "time'99:59:59'"],
    "datetime": ["timestamp'2024-12-31 23:59:59.5'", "timestamp'0001-01-01 00:00:00'", "timestamp'2000-02-29 00:00:00.000001'", "timestamp'2038-01-19 03:14:07.999'",
                 "timestamp'1999-12-31 23:59:59.99'", "timestamp'2023-03-26 02:30:00'"],
}
KINDS = {"int": INTS, "decimal": DECIMALS, "float": FLOATS, "text": TEXTS, "wide": WIDE_TEXTS, "bytes": BYTES, "date": DATES, "time": TIMES,
         "datetime": DATETIMES, "json": JSONS}
BINARY = ["+", "-", "*", "/", "div", "%", "&", "|", "^", "<<", ">>"]
COMPARISON = ["=", "<>", "<", "<=", ">", ">=", "<=>"]
LOGIC = ["and", "or", "xor"]
MORE_CASTS = ["char(1)", "char(20)", "char character set utf8mb4", "char(2) character set utf16", "binary(1)", "binary(20)", "binary(0)", "decimal(1,0)", "decimal(5,5)", "decimal(65,0)",
              "decimal(20)", "datetime(6)", "datetime(1)", "time(3)", "time(1)", "float(10)", "float(53)", "nchar", "signed integer", "unsigned integer", "double precision", "char(255)"]
CASTS = ["signed", "unsigned", "char", "char(2)", "char(0)", "binary", "binary(3)", "decimal", "decimal(10,2)", "decimal(65,30)", "decimal(3,1)",
         "double", "float", "date", "datetime", "datetime(3)", "time", "time(6)", "year", "json", "char character set latin1", "real", "nchar(3)"]
UNITS = ["microsecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year", "second_microsecond", "minute_second", "hour_minute",
         "day_hour", "year_month", "day_microsecond", "hour_second", "day_second", "day_minute", "minute_microsecond", "hour_microsecond"]

# Functions by the kinds of their arguments: n a number, i a small integer, s a text, d a date or time, a anything, u a unit,
# j a JSON document, p a JSON path, o a comma list of the kinds after it is as it stands.
FUNCTIONS = """abs n|ceil n|ceiling n|floor n|round n|round n i|truncate n i|sign n|sqrt n|exp i|ln n|log n|log n n|log2 n|log10 n|pow i i|power n i
sin n|cos n|tan n|cot n|asin n|acos n|atan n|atan2 n n|degrees n|radians n|pi|mod n n|crc32 s|conv s i i|bin n|oct n|hex a|unhex s|format n i
ascii s|ord s|char_length s|length a|bit_length s|octet_length s|character_length s|concat a a|concat a s a|concat_ws s a a|lower s|upper s|lcase s|ucase s
left s i|right s i|substring s i|substring s i i|mid s i i|substr s i|substring_index s s i|locate s s|locate s s i|position_in s s|instr s s
lpad s i s|rpad s i s|ltrim s|rtrim s|trim s|repeat s i|replace s s s|reverse s|insert s i i s|space i|strcmp s s|elt i a a a|field a a a|find_in_set s s
make_set i s s s|export_set i s s|quote s|soundex s|char i i|to_base64 s|from_base64 s|md5 s|sha1 s|sha s|sha2 s i|weight_string s|bit_count n
if a a a|ifnull a a|nullif a a|coalesce a a|coalesce a a a|greatest a a|least a a|greatest n n n|least s s|greatest d d|isnull a|interval n n n
date d|time d|timestamp d|timestamp d d|year d|month d|day d|dayofmonth d|dayofweek d|dayofyear d|weekday d|week d|week d i|weekofyear d|yearweek d
yearweek d i|quarter d|hour d|minute d|second d|microsecond d|dayname d|monthname d|last_day d|to_days d|to_seconds d|from_days n|makedate i i
maketime i i n|sec_to_time n|time_to_sec d|period_add n i|period_diff n n|datediff d d|timediff d d|addtime d d|subtime d d|unix_timestamp d
from_unixtime n|from_unixtime n s|date_format d f|time_format d f|str_to_date s f|convert_tz d z z|adddate d i|subdate d i|get_format_date
inet_aton s|inet_ntoa n|inet6_aton s|inet6_ntoa s|is_ipv4 s|is_ipv6 s|is_ipv4_compat s|is_ipv4_mapped s|is_uuid s|uuid_to_bin s|bin_to_uuid s
regexp_like s r|regexp_instr s r|regexp_substr s r|regexp_replace s r s|charset a|collation a|coercibility a|any_value a
json_valid a|json_type j|json_depth j|json_length j|json_keys j|json_extract j p|json_unquote j|json_quote s|json_array a a|json_object s a
json_contains j j|json_contains_path j 'one' p|json_search j 'all' s|json_merge_patch j j|json_merge_preserve j j|json_set j p a|json_insert j p a
bin_to_uuid b i|uuid_to_bin v i|is_uuid v|bin_to_uuid b|inet6_ntoa b|inet6_aton v|inet_aton v|is_ipv4 v|is_ipv6 v|uncompress s|uncompressed_length s
like_escape s s|trim_from s s|convert_using s|weight_as s i|member_of a j|introduced|clock|regexp_like s r m|regexp_instr s r i i i m
regexp_substr s r i i m|regexp_replace s r s i i m|json_object s a s a|json_array a a a|json_search j 'one' s|json_extract j p p
json_length j p|json_keys j p|json_contains j j p|json_contains_path j 'all' p p|json_type a|json_quote a|json_depth a|json_array_insert j p a
json_replace j p a|json_remove j p|json_array_append j p a|json_overlaps j j|json_pretty j|json_storage_size j|json_value j p"""
SIGNATURES = [s.split() for line in FUNCTIONS.splitlines() for s in line.split("|")]
FORMATS = ["'%Y-%m-%d %H:%i:%s.%f'", "'%a %b %c %D %d %e %j'", "'%M %W %w %U %u %V %v %X %x %y'", "'%h %I %k %l %p %r %T'", "'%%x%z'", "''",
           "'%d/%m/%Y'", "'%H:%i'"]
# Named zones need tables that a fresh server has not.
ZONES = ["'+00:00'", "'+02:00'", "'-13:59'", "'nowhere'", "'+14:01'", "'SYSTEM'"]
PATTERNS = ["'a'", "'^a.c$'", "'[0-9]+'", "'b*'", "''", "'(a|b)c'", "'.'", "'['", "'\\\\d'"]
PATHS = ["'$'", "'$.a'", "'$[0]'", "'$.*'", "'$[*]'", "'$**.a'", "'$.a[1]'", "'$[last]'", "'a'"]
UUIDS = ["'6ccd780c-baba-1026-9564-5b8c656024db'", "'6CCD780CBABA102695645B8C656024DB'", "'{6ccd780c-baba-1026-9564-5b8c656024db}'", "'6ccd780c-baba'",
         "'127.0.0.1'", "'::ffff:1.2.3.4'", "'::1'", "'1.2'", "'256.1.1.1'", "'2001:db8::ff00:42:8329'", "''", "null"]
ADDRESSES = ["x'6ccd780cbaba102695645b8c656024db'", "x'00000000000000000000ffff01020304'", "x'7f000001'", "x''", "null", "'abcdefghijklmnop'"]
MATCHES = ["'i'", "'c'", "'m'", "'n'", "'u'", "'ci'", "''", "'x'", "null"]
CLOCKS = ["now()", "now(3)", "curdate()", "curtime()", "curtime(6)", "utc_date()", "utc_time()", "utc_timestamp(2)", "current_timestamp", "localtime(1)"]
INTRODUCED = ["_utf8mb4'abc'", "_latin1'abc'", "_latin1 x'e9'", "_binary'abc'", "_utf8mb4 x'c3a9'", "n'abc'", "_utf8mb3'abc'", "_utf16 x'00410042'"]
SMALL = ["0", "1", "2", "-1", "3", "5", "10", "-5", "30", "100", "null", "1.5", "'2'", "18446744073709551615"]
JSON_TEXTS = ["'{\"a\": 1, \"b\": [1, 2]}'", "'[1, {\"a\": 2}, null, true]'", "'1'", "'\"x\"'", "'null'", "'{'", "c_json", "'[]'", "1", "null"]
COLLATIONS = {"mysql": ["utf8mb4_bin", "utf8mb4_general_ci", "utf8mb4_0900_ai_ci", "utf8mb4_0900_as_cs", "utf8mb4_unicode_ci"],
              "mariadb": ["utf8mb4_bin", "utf8mb4_general_ci", "utf8mb4_unicode_ci", "utf8mb4_unicode_520_ci", "utf8mb4_nopad_bin",
                          "utf8mb4_uca1400_ai_ci", "utf8mb4_uca1400_as_cs", "utf8mb4_uca1400_nopad_as_ci"]}
# What only MySQL's expressions are made of: forms of their own, {0} and {1} of the kinds after the bar.
FORMS = """{0} -> {1}|jc p;{0} ->> {1}|jc p;json_value({0}, {1} returning signed)|j p;json_value({0}, {1} returning decimal(10,2))|j p
json_value({0}, {1} returning double)|j p;json_value({0}, {1} returning char(3))|j p;json_value({0}, '$.nope' default '7' on empty)|j
json_value({0}, {1} default '7' on error)|j p;{0} = {1}|x x;{0} < {1}|x x;{0} <=> {1}|x x;{0} >= {1}|x a;{0} in ({1}, 1)|x x;- {0}|x;{0} + {1}|x n
{0} is true|x;not {0}|x;{0} and {1}|x x;case {0} when {1} then 1 else 2 end|x x;coalesce({0}, {1})|x x;if({1}, {0}, 'x')|x n;greatest({0}, {1})|n dd
cast({0} as signed)|x;cast({0} as unsigned)|x;cast({0} as decimal(10,2))|x;cast({0} as double)|x;cast({0} as char)|x;cast({0} as date)|x;cast({0} as datetime(6))|x
cast({0} as char(3) character set latin1)|s;cast({0} as char character set utf16)|s;cast({0} as binary(2))|a;cast({0} as datetime(6))|d;cast({0} as time(3))|d
convert({0} using latin1)|s;convert({0} using utf16)|s;convert({0} using gbk)|s;convert({0} using sjis)|s;convert({0} using ascii)|s;convert({0} using binary)|a
hex(convert({0} using gbk))|s;hex(convert({0} using utf32))|s;length(convert({0} using ucs2))|s;charset(convert({0} using cp1251))|s
date_format({0}, {1})|d g;time_format({0}, {1})|d h;str_to_date({0}, {1})|q k;week({0}, {1})|dd w;yearweek({0}, {1})|dd w;extract({1} from {0})|dd u
{0} + interval {1} day|dd i;{0} - interval {1} month|dd i;{0} + interval {1} second|dd n;{0} - interval {1} microsecond|dd n;{0} + interval {1} year|dd i
date_add({0}, interval {1} hour_minute)|dd y;date_sub({0}, interval {1} day_microsecond)|dd y;date_add({0}, interval {1} year_month)|dd y
timestampadd(quarter, {1}, {0})|dd i;timestampdiff(month, {0}, {1})|dd dd;timestampdiff(microsecond, {0}, {1})|dd dd;timestampdiff(week, {0}, {1})|dd dd
convert_tz({0}, {1}, '+05:30')|dd z;convert_tz({0}, '-08:00', {1})|dd z;from_unixtime({0})|n;from_unixtime({0}, {1})|n g;unix_timestamp({0})|dd
{0} & {1}|b b;{0} | {1}|b b;{0} ^ {1}|b b;~ {0}|b;{0} << {1}|b i;{0} >> {1}|b i;bit_count({0})|b;{0} * {1}|dc dc;{0} / {1}|dc dc;{0} % {1}|dc dc;{0} + {1}|dc dc
{0} - {1}|dc dc;{0} div {1}|dc dc;round({0}, {1})|dc i;truncate({0}, {1})|dc i;{0} * {1}|bi bi;{0} + {1}|bi bi;{0} - {1}|bi bi;{0} div {1}|bi bi;- {0}|bi;abs({0})|bi
char({0} using utf8mb4)|i;char({0}, {1})|i i;compress({0})|s;uncompress(compress({0}))|s;uncompressed_length(compress({0}))|s;aes_encrypt({0}, 'key')|s
aes_decrypt(aes_encrypt({0}, 'key'), 'key')|s;sha2({0}, 256)|s;crc32({0})|a;format({0}, {1})|dc i;{0} collate utf8mb4_bin|s;{0} collate latin1_bin|s
{0} like {1}|s l;{0} not like {1}|s l;{0} sounds like {1}|s s;{0} rlike {1}|s r;{0} between {1} and 5|n n;{0} between {1} and '2024-12-31'|d d
cast({0} as datetime(6))|o;cast({0} as date)|o;cast({0} as time(6))|o;date_format({0}, {1})|o g;{0} + interval {1} hour|o i;datediff({0}, {1})|o o;to_days({0})|o
extract(day_microsecond from {0})|o;addtime({0}, {1})|o o;timediff({0}, {1})|o o;last_day({0})|o;unix_timestamp({0})|o;{0} = {1}|o dd;str_to_date({0}, {1})|q2 k2
greatest({0}, {1})|dd a;least({0}, {1})|dd a;greatest({0}, {1}, c_vc)|a a;least({0}, c_bit, {1})|a a;coalesce(c_bit, {0})|a;ifnull({0}, c_bit)|n;{0} in ({1}, 1e0, 2.5e0)|n n
{0} + {1}|hx n;{0} = {1}|hx n;{0} | {1}|hx hx;cast({0} as unsigned)|hx;cast({0} as char)|hx;year({0}) - {1}|dd n;year({0}) div {1}|dd n;c_year {2} {0}|hx
coalesce({0}, {1})|mc mc;if({1}, {0}, c_vc)|mc n;concat({0}, {1})|mc mc;{0} = {1}|mc mc;{0} in ({1}, c_vc)|mc mc;replace({0}, {1}, 'x')|mc mc;locate({0}, {1})|mc mc
hex({0})|mc;json_array({0})|mc;format({0}, {1}, 'de_DE')|n i;{0} * {1}|dc bi;json_contains({0}, {1}, '$[0]')|j j;json_extract({0}, '$.b[0]', {1})|j p
date_add(date_sub({0}, interval {1} day), interval 3 month)|dd i;{0} + interval {1} microsecond + interval '1:2' minute_second|dd n;maketime({0}, 59, {1})|i n
sec_to_time({0}) + interval {1} second|n i;timestampdiff(second, {0}, {1})|o o;lower({0})|mc;reverse({0})|mc;left({0}, {1})|mc i;char_length({0})|mc
{0} in ({1}, '2024-02-29')|d d;{0} in ({1}, 5, null)|a a;({0}, 1) = ({1}, 1)|a a;({0}, {1}) < (1, 'a')|a a;nullif({0}, {1})|x a;ifnull({0}, {1})|a a"""
SHAPES = [(form, kinds.split()) for line in FORMS.splitlines() for form, _, kinds in (one.rpartition("|") for one in line.split(";"))]
LETTERS = {
    "jc": ["c_json"], "x": ["c_json"] + JSONS + ["cast('true' as json)", "cast('1.5' as json)", "cast('-3e10' as json)", "cast('18446744073709551615' as json)",
                                                "cast('[]' as json)", "cast('{}' as json)", "cast(1.50 as json)", "cast(date'2024-02-29' as json)", "cast('\"12\"' as json)",
                                                "json_array(1, 'a', null)", "json_object('a', 1)", "json_extract(c_json, '$.a')"],
    "dd": DATES + TIMES + DATETIMES + ["c_date", "c_time", "c_time3", "c_dt", "c_dt6", "c_ts", "'2024-01-31'", "'2023-12-31 23:59:59.5'", "20240131", "null"],
    "dc": DECIMALS + ["c_dec", "c_big", "3", "-7", "0", "'1.25'", "9" * 64, "0." + "9" * 30, "1e0", "null"],
    "bi": ["9223372036854775807", "-9223372036854775808", "18446744073709551615", "9223372036854775808", "2", "-1", "0", "c_i64", "c_u64", "c_i32", "4611686018427387904", "3.5"],
    "b": ADDRESSES + BYTES + ["c_vb", "c_blob", "c_bit", "5", "'12'"],
    "g": [f"'%{letter}'" for letter in "abcDdefHhIijklMmprSsTUuVvWwXxYy%z"] + ["'%Y-%m-%d'", "null", "'%'", "'é%Y日'"], "h": ["'%H:%i:%s.%f'", "'%k %l %h %I %p'", "'%r'", "'%T'", "'%%'", "null"],
    "q": ["'2024-02-29 12:34:56.789'", "'29/02/2024'", "'Feb 29 2024'", "'10:11:12 PM'", "'2024-060'", "'20240229'", "'Thursday 2024 9'", "'1st'", "'12:61'", "''", "null", "'2024-02-30'", "'abc'"],
    "k": ["'%Y-%m-%d %H:%i:%s.%f'", "'%d/%m/%Y'", "'%b %d %Y'", "'%r'", "'%Y-%j'", "'%Y%m%d'", "'%W %x %v'", "'%D'", "'%H:%i'", "''", "null", "'%T'", "'%M %e %y'", "'%Y-%m-%d'"],
    "o": ["'2024-02-29-12-34'", "'2024.2.29'", "'1.2.3.4.5.6.7'", "'20240229T123456'", "'240229.12'", "'2024-002-029'", "'2024--02-29'", "'10:11:12.5'", "'2024-02-29 12'",
          "'2024-02-29 12:'", "'2024-02-29 12:34:56.9999999'", "'2024-02-29x'", "'-1 2:3'", "'1 25:3:4'", "'99999:1'", "'0000-00-00'", "'2024-00-10'", "'127.5.5.5'", "'2024/2/9 1/2/3'",
          "20240229158777", "70", "691231", "'2402291234567'", "null"],
    "q2": ["'Feb 29 2024'", "'febr 1 24'", "'M 2024 9'", "'Thu 9 2024'", "'12:34:56 am'", "'1e'", "'2024'", "c_vc", "''"],
    "k2": ["'%M %e %Y'", "'%M %d %y'", "'%W %x %v'", "'%a %v %x'", "'%r'", "'%Y'", "'%e'", "'%i:%s'", "'%b %e %Y'"],
    "hx": ["x'ffffffffffffffffff'", "x'000000000000000001'", "0x0102030405060708090a", "x'01'", "b'1'", "0x7d1", "x'ffffffffffffffff'", "c_bit", "_binary x'ffffffffffffffffff'"],
    "mc": ["cast('a' as char character set latin1)", "convert('é' using utf16)", "convert('é' using gbk)", "n'abc'", "_latin1 x'e9'", "_utf8mb3'é'", "'日本'", "'😀'", "c_vc", "c_bin",
           "x'c3a9'", "x'ff'", "c_vb", "null", "5", "c_enum", "'a' collate utf8mb4_bin", "weight_string('a')", "weight_string(1)"],
    "w": list("01234567") + ["8", "-1", "null"], "u": UNITS, "y": ["'1:2'", "'-1:2'", "'1 2:3:4.5'", "'x'", "12", "1.5", "null", "'1-2'", "''"],
    "l": ["'a%'", "'_'", "'%'", "'\\\\%'", "'A_C'", "''", "null", "'%é%'", "12"],
}
# What MariaDB has not, and what it has of its own.
MYSQL_FUNCTIONS = {"any_value", "bin_to_uuid", "is_uuid", "json_storage_size", "regexp_like", "uuid_to_bin", "member_of", "json_pretty"}
MARIADB_FUNCTIONS = """json_compact j|json_loose j|json_detailed j|json_exists j p|json_query j p|json_merge j j|json_set j p a p a|json_keys a
json_extract j p p p|json_remove j p p|json_array_insert j p a|json_value j p|json_unquote a|json_length j p
json_search j 'all' s null p|json_object s a|concat a a a|timestamp d d|addtime d d|subtime a a|timediff a a|sec_to_time a|time_to_sec a
from_unixtime a|unix_timestamp a|greatest d a|least a d a|greatest a a a|nullif a a|ifnull a a|round a i|truncate a i|floor a|ceiling a|regexp_substr s r"""
# What MariaDB's CAST does not know.
MYSQL_CASTS = {"float", "year", "json", "real", "nchar(3)"}


class Generator:
    def __init__(self, seed, flavor="mysql"):
        self.random = random.Random(seed)
        self.flavor = flavor
        self.kinds = KINDS
        if flavor == "mysql":
            self.kinds = {kind: values + MORE.get(kind, []) for kind, values in KINDS.items()}
        self.casts = [c for c in CASTS if flavor == "mysql" or c not in MYSQL_CASTS]
        if flavor == "mysql":
            self.casts += MORE_CASTS
        self.signatures = SIGNATURES
        if flavor == "mariadb":
            own = [s.split() for line in MARIADB_FUNCTIONS.splitlines() for s in line.split("|")]
            self.signatures = [s for s in SIGNATURES if s[0] not in MYSQL_FUNCTIONS] + own

    def pick(self, items):
        return items[self.random.randrange(len(items))]

    def atom(self, kinds=None):
        """A literal or, one time in four, a column."""
        kinds = kinds or ["int", "int", "decimal", "float", "text", "text", "wide", "bytes", "date", "time", "datetime"]
        kind = self.pick(kinds)
        if self.random.random() < 0.06:
            return "null"
        if self.random.random() < 0.25 and kind in COLUMNS:
            return self.pick(COLUMNS[kind])
        return self.pick(self.kinds[kind])

    def any(self, depth):
        if depth <= 0 or self.random.random() < 0.4:
            return self.atom()
        return f"({self.expression(depth - 1)[1]})"

    def typed(self, letter, depth):
        if letter == "n":
            return self.atom(["int", "decimal", "float", "int", "text"]) if self.random.random() < 0.9 else self.any(depth)
        if letter == "i":
            return self.pick(SMALL)
        if letter == "s":
            return self.atom(["text", "text", "wide", "text", "bytes", "int"]) if self.random.random() < 0.9 else self.any(depth)
        if letter == "d":
            return self.atom(["date", "time", "datetime", "datetime", "text", "int"]) if self.random.random() < 0.9 else self.any(depth)
        if letter == "a":
            return self.any(depth)
        return self.pick({"v": UUIDS, "b": ADDRESSES, "m": MATCHES, "f": FORMATS, "z": ZONES, "r": PATTERNS, "p": PATHS, "j": JSON_TEXTS}.get(letter, [letter]))

    def call(self, depth):
        name, *letters = self.pick(self.signatures)
        args = [self.typed(letter, depth) for letter in letters]
        if name == "position_in":
            return name, f"position({args[0]} in {args[1]})"
        special = {"like_escape": "{0} like {1} escape '|'", "trim_from": "trim({2} {0} from {1})", "convert_using": "convert({0} using {3})",
                   "weight_as": "weight_string({0} as char({4}))", "member_of": "{0} member of ({1})"}
        if name in special:
            places = (args + [""])[:2] + [self.pick(["both", "leading", "trailing"]), self.pick(["utf8mb4", "latin1", "binary", "utf16", "utf8mb3"]), self.pick("1357")]
            return name, special[name].format(*places)
        if name in ("introduced", "clock"):
            return name, self.pick(INTRODUCED if name == "introduced" else CLOCKS)
        if name == "get_format_date":
            return name, f"get_format({self.pick(['date', 'time', 'datetime'])}, {self.pick(['%sEUR%s', '%sUSA%s', '%sJIS%s'])  % (chr(39), chr(39))})"
        return name, f"{name}({', '.join(args)})"

    def form(self, depth):
        """One of FORMS."""
        shape, kinds = self.pick(SHAPES)
        shape = shape.replace("{2}", self.pick(COMPARISON))
        return "forms", shape.format(*(self.pick(LETTERS[kind]) if kind in LETTERS else self.typed(kind, depth) for kind in kinds))

    def comparison(self, depth):
        return "comparison", f"{self.any(depth)} {self.pick(COMPARISON)} {self.any(depth)}"

    def row_value(self, depth):
        n = self.random.randrange(2, 4)
        row = lambda: "(" + ", ".join(self.atom() for _ in range(n)) + ")"
        if self.random.random() < 0.6:
            return "row values", f"{row()} {self.pick(COMPARISON)} {row()}"
        return "row values", f"{row()} {self.pick(['in', 'not in'])} ({', '.join(row() for _ in range(self.random.randrange(1, 4)))})"

    def predicate(self, depth):
        shape = self.random.randrange(7)
        if shape == 0:
            items = ", ".join(self.any(0) for _ in range(self.random.randrange(1, 4)))
            return "in", f"{self.any(depth)} {self.pick(['in', 'not in'])} ({items})"
        if shape == 1:
            return "between", f"{self.any(depth)} {self.pick(['between', 'not between'])} {self.any(0)} and {self.any(0)}"
        if shape == 2:
            return "like", f"{self.typed('s', depth)} {self.pick(['like', 'not like'])} {self.atom(['text', 'wide', 'int'])}"
        if shape == 3:
            return "regexp", f"{self.typed('s', depth)} {self.pick(['regexp', 'not regexp'])} {self.pick(PATTERNS)}"
        if shape == 4:
            test = self.pick(["null", "true", "false", "unknown"])
            return "is", f"{self.any(depth)} is {self.pick(['', 'not '])}{test}"
        if shape == 5:
            return "logic", f"{self.any(depth)} {self.pick(LOGIC)} {self.any(depth)}"
        return "unary", f"{self.pick(['-', '~', '!', 'not ', '+', '- -'])}{self.any(depth)}"

    def case(self, depth):
        branches = " ".join(f"when {self.any(0)} then {self.any(depth)}" for _ in range(self.random.randrange(1, 3)))
        operand = f"{self.any(depth)} " if self.random.random() < 0.5 else ""
        otherwise = f" else {self.any(depth)}" if self.random.random() < 0.7 else ""
        return "case", f"case {operand}{branches}{otherwise} end"

    def cast(self, depth):
        return "cast", f"cast({self.any(depth)} as {self.pick(self.casts)})"

    def interval(self, depth):
        amount = self.pick(["1", "-1", "'1:2'", "'1 2:3:4.5'", "1.5", "0", "'x'", "null", "100000", "2e0"])
        date = self.typed("d", depth)
        unit = self.pick(UNITS)
        return "interval", self.pick([f"date_add({date}, interval {amount} {unit})", f"date_sub({date}, interval {amount} {unit})",
                                      f"{date} + interval {amount} {unit}", f"extract({unit} from {date})",
                                      f"timestampdiff({self.pick(UNITS[:9])}, {date}, {self.typed('d', 0)})",
                                      f"timestampadd({self.pick(UNITS[:9])}, {amount}, {date})"])

    def collate(self, depth):
        a, b = self.atom(["text", "wide"]), self.atom(["text", "wide"])
        return "collate", f"{a} collate {self.pick(COLLATIONS[self.flavor])} {self.pick(COMPARISON)} {b}"

    def expression(self, depth):
        shape = self.random.random()
        if shape < 0.17:
            return "arithmetic", f"{self.any(depth)} {self.pick(BINARY)} {self.any(depth)}"
        if shape < 0.32:
            return self.comparison(depth)
        if shape < 0.42:
            return self.predicate(depth)
        if shape < 0.46:
            return self.row_value(depth)
        if shape < 0.50:
            return self.case(depth)
        if shape < 0.58:
            return self.cast(depth)
        if shape < 0.63:
            return self.interval(depth)
        if shape < 0.65:
            return self.collate(depth)
        if shape < 0.67:
            return "atom", self.atom()
        if shape < 0.75 and self.flavor == "mysql":
            return self.form(depth)
        return self.call(depth)


def generate(count, seed=1, flavor="mysql"):
    generator = Generator(seed, flavor)
    seen = set()
    depths = [0, 0, 1, 1, 2] if flavor == "mariadb" else [0, 0, 1, 1, 2, 3]
    while len(seen) < count:
        group, text = generator.expression(generator.random.choice(depths))
        if text not in seen and len(text) < 600:
            seen.add(text)
            yield group, text
