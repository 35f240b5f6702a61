"""Expressions over columns of kinds that expressions.py's table has not: unsigned and ZEROFILL decimals and doubles, digits of
doubles, texts of other charsets and collations, tiny and long texts and blobs, columns that are NOT NULL. MySQL's only."""
import oracle

TABLE = [  # name, type, the type as a row tells it
    ("c_ud", "decimal(12,4) unsigned", "DECIMAL"), ("c_zf", "int(8) zerofill", "UINT32"), ("c_dz", "decimal(8,2) zerofill", "DECIMAL"),
    ("c_f74", "float(7,4)", "FLOAT32"), ("c_d94", "double(9,4)", "FLOAT64"), ("c_fu", "float unsigned", "FLOAT32"), ("c_du", "double unsigned", "FLOAT64"),
    ("c_mb3", "varchar(10) character set utf8mb3", "VARCHAR"), ("c_bc", "varchar(10) collate utf8mb4_bin", "VARCHAR"),
    ("c_gen", "char(10) collate utf8mb4_general_ci", "CHAR"), ("c_tt", "tinytext", "TEXT"), ("c_lt", "longtext", "TEXT"), ("c_tb", "tinyblob", "BLOB"),
    ("c_lb", "longblob", "BLOB"), ("c_bit1", "bit(1)", "BIT"), ("c_bit64", "bit(64)", "BIT"), ("c_ts3", "timestamp(3) null", "TIMESTAMP"),
    ("c_t6", "time(6)", "TIME"), ("c_dt3", "datetime(3)", "DATETIME"), ("c_nn", "int not null", "INT32"), ("c_nnv", "varchar(10) not null", "VARCHAR"),
    ("c_nnd", "date not null", "DATE"), ("c_t1", "tinyint(1)", "INT8"), ("c_d0", "decimal(20,0)", "DECIMAL"), ("c_d65", "decimal(65,10)", "DECIMAL"),
    ("c_y", "year", "YEAR"), ("c_j", "json", "JSON"), ("c_un", "bigint unsigned not null", "UINT64"),
]
ROWS = [
    "1.5, 7, 1.5, 1.5, 1.5, 1.5, 1.5, 'abc', 'abc', 'abc', 'abc', 'abc', x'616263', x'31', b'1', b'1111', '2024-02-29 12:34:56.789', '12:34:56.789012', "
    "'2024-02-29 12:34:56.789', 5, '5', '2024-02-29', 1, 12345678901234567890, 1.5, 2024, '[1, 2, {\"a\": \"x\"}]', 5",
    "99999999.9999, 99999999, 999999.99, -999.9999, 99999.9999, 3.4e38, 1.7976931348623157e308, 'é', 'Ab ', 'ab ', '', '12abc', x'', x'00ff', b'0', "
    "18446744073709551615, '1970-01-01 00:00:01.001', '-838:59:59', '9999-12-31 23:59:59.999', -2147483648, '', '1000-01-01', -128, "
    "-99999999999999999999, -9999999999999999999999999999999999999999999999999999999.9999999999, 1901, 'true', 18446744073709551615",
    "0, 0, 0, 0, 0, 0, 0, '10:11:12', '-1.5e1', 'ÄB', '2024-02-30', 'ss', x'2d31', x'323032342d30312d3331', b'1', b'0', '2038-01-19 03:14:07.999', "
    "'00:00:00.000001', '0001-01-01 00:00:00', 0, 'a,b', '9999-12-31', 0, 0, 0, 2155, '\"abc\"', 0",
]
BITS = ["c_zf | 0", "c_fu | 0", "c_f74 | 0", "round(c_fu) | 0"]
EXPRESSIONS = """case when 1 then c_dz else 5 end|if(1,c_dz,5)|if(1,c_zf,5)|if(1,c_zf,'x')|if(1,c_dz,'x')|if(1,c_dz,1e0)|coalesce(c_dz,5)|coalesce(c_zf,5)
ifnull(c_dz,5)|nullif(c_dz,5)|nullif(c_zf,5)|nullif(c_zf,'x')|nullif(c_zf,c_bc)|greatest(c_dz,5)|greatest(c_zf,5)|any_value(c_dz)|any_value(c_zf)
concat(c_zf)|concat(c_dz)|concat(if(1,c_dz,5))|concat(if(1,c_zf,5))|concat(nullif(c_zf,5))|concat(any_value(c_zf))|concat(coalesce(c_zf,5))
concat(coalesce(c_dz,5))|c_dz+0|c_zf+0|-c_dz|abs(c_dz)|round(c_dz)|round(c_dz,1)|cast(c_dz as char)|cast(c_zf as char)|json_array(c_dz,c_zf)
c_zf like '0%'|left(c_zf,3)|hex(c_zf)|elt(1,c_zf)|c_dz in ('1.50')|c_zf = '00000007'|case c_zf when 7 then c_zf end|case when 1 then c_zf end
case when 1 then c_dz end|if(1,c_zf,c_nn)|if(1,c_zf,c_un)|if(1,c_zf,null)|if(1,c_dz,null)|charset(c_j)|collation(c_j)|coercibility(c_j)
charset(json_extract(c_j,'$'))|charset(coalesce(c_j,'x'))|c_fu & 5|c_fu >> 1|c_fu div 1|c_du div 1|c_du div -1|c_ud div -1|c_ud div 3|c_d65 div 3
c_fu + 1|c_du * 2|-c_du|-c_ud|-c_fu|abs(c_du) div 1|abs(c_ud) div 1|round(c_ud) div 1|round(c_du) div 1|(c_ud + 1) div 1|(c_ud + c_ud) div 1
(c_ud * c_ud) div 1|(c_ud / c_ud) div 1|(c_du + c_du) div 1|(c_du * c_du) div 1|(c_du / c_du) div 1|(c_du % c_du) div 1|coalesce(c_ud) div 1
if(1,c_ud,c_ud) div 1|ifnull(c_du,c_du) div 1|nullif(c_ud,5) div 1|any_value(c_ud) div 1|truncate(c_ud,1) div 1|floor(c_ud) div 1|floor(c_ud)
ceil(c_ud)|round(c_ud)|round(c_ud,1)|round(c_ud,6)|truncate(c_ud,1)|truncate(c_du,1)|mod(c_ud,3)|mod(3,c_ud)|c_ud - c_ud|c_ud + 1|c_ud + c_nn
c_ud + c_un|c_ud * c_un|c_ud / c_un|c_un / c_ud|c_un + c_ud|c_un - c_ud|c_ud - 99999999999|c_un - 1e0|c_du - 1e300|greatest(c_ud,c_ud)|least(c_ud,5)
coalesce(c_ud,c_ud)|coalesce(c_ud,5)|coalesce(c_ud)|if(1,c_ud,c_ud)|ifnull(c_ud,c_d0)|case when 1 then c_ud else c_ud end|cast(c_ud as decimal(5,1))
cast(c_ud as char)|concat(c_ud)|length(c_ud)|c_ud|c_du|c_fu|c_zf|c_dz|hex(c_ud)|quote(c_ud)|format(c_ud,2)|lpad(c_ud,20,'0')|period_add(c_fu,3)|c_tt
c_lt|concat(c_lt,'x')|concat(c_lt)|upper(c_lt)|concat(c_lt,c_lb)|coalesce(c_lt,'x')|coalesce(c_tt,'x')|coalesce(c_tt)|if(1,c_tt,'x')|if(1,c_tt,c_tb)
ifnull(c_tt,c_lt)|concat(c_tt)|concat(c_tt,c_tt)|concat(c_tb)|left(c_tt,3)|left(c_lt,3)|hex(c_tt)|reverse(c_lt)|weight_string(c_tt)
weight_string(c_lb)|md5(c_lt)|to_base64(c_tt)|to_base64(c_lt)|replace(c_lt,'a','b')|repeat(c_lt,2)|json_unquote(c_lt)|substring(c_lt,2)|trim(c_lt)
cast(c_lt as char)|cast(c_lt as char(5))|cast(c_tt as char)|greatest(c_lt,'x')|elt(1,c_lt,'x')|compress(c_lt)|from_base64(c_lt)
c_tt collate utf8mb4_bin|convert(c_tt using latin1)|cast(c_tt as char character set latin1)|upper(c_tt)|convert(c_tt using binary)|json_object(c_j,1)
extract(hour from c_nn)|extract(hour_second from c_nn)|extract(day_microsecond from c_nn)|extract(second from c_un)|extract(second from c_t1)
extract(hour from c_d0)|extract(hour from c_ud)|extract(hour from c_du)|extract(day from c_nn)|extract(year from c_nn)|extract(hour from c_y)
extract(hour from c_bit64)|extract(hour from c_j)|extract(hour from c_nnv)|extract(minute from c_nn+0)|hour(c_nn)|minute(c_zf)|time(c_nn)|time(c_zf)
cast(c_zf as time)|time_to_sec(c_nn)|extract(minute from c_nn*1000)|json_array(c_tb)|json_array(c_lb)|cast(c_tb as json)
json_extract(json_array(c_tb),'$[0]')|json_object('a',c_lb)|json_set('{}','$.a',c_tb)|round(c_d0,null)|round(c_d0,c_nn)|round(c_d65,null)
round(c_d0,-1)|case c_t6 when c_zf then -0.5 when c_bit1 then c_d94 else c_bit64 end|case when 1 then -0.5 when 0 then 1e0 else c_bit64 end
case when 1 then 0.5 else c_bit64 end|case when 1 then 1e0 else c_bit64 end|case when 1 then c_d94 else c_bit64 end
case when 1 then c_f74 else c_bit1 end|case when 1 then c_f74 % c_zf else c_bit1 end|coalesce(c_d94,c_bit64)|coalesce(c_d94,1)|coalesce(c_d94,1.5)
coalesce(c_d94,c_ud)|coalesce(c_f74,c_d94)|coalesce(c_f74,1)|if(1,c_bit64,c_d0)|if(1,c_bit64,1.5)|if(1,c_bit64,null/5)|if(1,c_bit64,5)
case when 1 then quote(c_bit1) else c_tb end|coalesce(quote(c_bit1),c_tb)|quote(c_bit1)|coercibility(quote(c_bit1))|coercibility(quote(c_nn))
nullif(c_zf, c_bc)""".replace("\n", "|").split("|") + BITS


def cases(server):
    """As oracle.run() takes them: each expression over each row."""
    mode = server.rows("select @@sql_mode")[0][0][0].decode()
    server.run("set sql_mode = ''")
    server.run("drop table if exists kinds")
    server.run(f"create table kinds (id int primary key, {', '.join(f'{name} {kind}' for name, kind, _ in TABLE)})")
    for i, row in enumerate(ROWS):
        server.run(f"insert into kinds values ({i}, {row})")
    server.run(f"set sql_mode = '{mode}'")
    columns = oracle.row_json(server, "kinds", TABLE)
    out = []
    for expr in EXPRESSIONS:
        used = [name for name, _, _ in TABLE if name in oracle.COLUMN_NAMES.findall(expr)]
        for row in range(len(ROWS)):
            request = {"expr": expr, "schema": [columns[name][0] for name in used], "row": [columns[name][1][row] for name in used]}
            out.append(("columns", expr, request, f" from kinds where id = {row}"))
    return out
