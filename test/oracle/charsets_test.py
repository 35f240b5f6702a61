"""Clients of other character sets than UTF-8, on one plain server and through the gate: the same bytes, columns and errors."""
import unittest

import pymysql

import harness
import oracle_test
import schema

# Name, Python's name, letters that it has and that are of several bytes (where there are such), some with 0x5C as their last.
CHARSETS = [
    ("gbk", "gbk", "中文誠乗"), ("gb2312", "gb2312", "中文"), ("gb18030", "gb18030", "中文誠€ß"), ("big5", "big5", "中文功許"),
    ("sjis", "shift_jis", "表示ソｱ"), ("cp932", "cp932", "表示ソｱ①"), ("ujis", "euc_jp", "表示ソ"), ("eucjpms", "euc_jp", "表示ソ"),
    ("euckr", "euc_kr", "한국어"), ("latin1", "cp1252", "éßœ€"), ("latin2", "iso8859_2", "łčž"), ("latin5", "iso8859_9", "ğİş"),
    ("latin7", "iso8859_13", "ųėž"), ("cp1250", "cp1250", "łčž"), ("cp1251", "cp1251", "Жыщ"), ("cp1257", "cp1257", "ųėž"), ("cp850", "cp850", "éßÿ"),
    ("cp852", "cp852", "łčž"), ("cp866", "cp866", "Жыщ"), ("koi8r", "koi8_r", "Жыщ"), ("koi8u", "koi8_u", "Жїґ"), ("greek", "iso8859_7", "αβΩ"),
    ("hebrew", "iso8859_8", "אבג"), ("tis620", "tis_620", "กขค"), ("macroman", "mac_roman", "éßœ"), ("ascii", "ascii", "plain"),
]
# {} stands for the letters.
STATEMENTS = [
    "insert into users (id, name, email) values (1, '{}', 'a''{}\\\\b'), (2, 'x{}', '{}\\'')",
    "select id, name, email from users order by id",
    "select hex(name), length('{}'), char_length('{}'), hex('{}') from users where name = '{}'",
    "select name as `{}`, '{}' as `a{}` from users order by name, id",
    "select count(*) from users where name like '%{}'",
    "select max(name), min(email), group_concat(name order by id) from users",
    "select concat(name, '{}'), upper(name), id from users order by id",
    "select '🙂', 'é', '中' from dual",
    "select charset('{}'), collation('{}'), coercibility('{}')",
    "select hex(_binary'{}\\\\\\'x') as bytes, _binary'abc' = 'abc', hex(_binary 'a''\\n\\\\b')",
    "select '{}' = name, name < 'x{}' from users order by id",
    "select no_such_column from users where name = '{}'",
    "select @@character_set_client, @@character_set_results, @@character_set_connection, @@collation_connection",
    "select json_object('k', 'v')",
    "select id, bl, c, v, tx, e, j from kinds order by id",
    "set names utf8mb4",
    "select @@character_set_client, @@character_set_results, @@character_set_connection, @@collation_connection",
    "select hex(name) from users order by id",
]
WRONG = ["set names ucs2", "set names utf16", "set names nonsense", "set names gbk collate latin1_bin", "set names gbk collate no_such_ci",
         "set character_set_client = utf32", "set character_set_results = nonsense", "set names latin1 collate latin1_bin",
         "select @@collation_connection, 'a' = 'A'", "select 'a' = 'A'", "set character set cp1251", "select @@character_set_client, @@character_set_results",
         "set character_set_results = null", "select @@character_set_results", "set character_set_connection = koi8r", "select @@collation_connection"]


class Raw:
    """What a client gets, in bytes: no decoding by the library."""

    def __init__(self, connection, statement):
        self.answer = None
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                fields = getattr(connection._result, "fields", None) or []
                rows = cursor.fetchall()
                # A server tells 251 or 252 for a text that is long, by what its charset makes of the length.
                self.answer = ([(f.name, f.charsetnr, 252 if f.type_code == 251 else f.type_code) for f in fields], list(rows))
        except pymysql.Error as error:
            self.answer = error.args[0]
        except UnicodeDecodeError as error:
            self.answer = ("undecodable", error.object)

    def values(self):
        """Without the columns: which of a charset's collations they name differs."""
        return self.answer[1] if isinstance(self.answer, tuple) else self.answer


class Charsets(unittest.TestCase):
    def run_on(self, flavor):
        program = dict(harness.servers())[flavor]
        if program is None:
            self.skipTest(f"no {flavor} server on this machine")
        oracle = oracle_test.Oracle()
        document = harness.cluster_yaml({"main": (1, 1, "none"), "commerce": (2, 1, "none")})
        files = {"main": (schema.UNSHARDED, schema.UNSHARDED_VSCHEMA), "commerce": (schema.SHARDED, schema.SHARDED_VSCHEMA)}
        wrong, count = [], 0
        with harness.Cluster(server=program, document=document, schema=files) as cluster:
            oracle.load_reference(cluster, 2)
            for name, encoding, letters in CHARSETS:
                if flavor == "mariadb" and name == "gb18030":
                    continue
                plain, gate = oracle.fresh(cluster, 2)
                for connection in (plain, gate):
                    # Statements go out in the charset, also where the library has not heard of it.
                    with connection.cursor() as cursor:
                        cursor.execute(f"set names {name}")
                    connection.encoding = encoding
                for statement in STATEMENTS:
                    text = statement.replace("{}", letters)
                    try:
                        text.encode(encoding)
                    except UnicodeEncodeError:
                        continue
                    if statement == "set names utf8mb4":
                        text, new = statement, "utf8"
                    else:
                        new = None
                    count += 1
                    want, got = Raw(plain, text).answer, Raw(gate, text).answer
                    if new:
                        plain.encoding = gate.encoding = new
                    if want != got:
                        wrong.append(f"{name}: {text}\n    {want}\n    {got}")
                plain.close()
                gate.close()
            plain, gate = oracle.fresh(cluster, 2)
            # Named when the client logs in, without a SET NAMES.
            for name, letters in (("gbk", "中文誠"), ("sjis", "表示ソ"), ("cp1251", "Жыщ"), ("utf8mb4", "é🙂")):
                early = cluster.direct(100, "commerce", charset=name), cluster.connect("commerce", charset=name)
                for statement in ("select hex('{}'), length('{}'), '{}' as `{}`, charset('{}')", STATEMENTS[12],
                                  "select @@collation_connection, 'a' = 'a ', '{}' < '{}x'", "select name = 'a ' from users order by id"):
                    count += 1
                    want, got = (Raw(connection, statement.replace("{}", letters)).values() for connection in early)
                    if want != got:
                        wrong.append(f"logged in as {name}: {statement}\n    {want}\n    {got}")
            for statement in WRONG:
                count += 1
                want, got = Raw(plain, statement).values(), Raw(gate, statement).values()
                if want != got:
                    wrong.append(f"{statement}\n    {want}\n    {got}")
        print(f"charsets {flavor}: {count - len(wrong)} of {count} statements agree", flush=True)
        self.assertFalse(wrong, "\n".join(wrong[:60]))

    def test_mysql(self):
        self.run_on("mysql")

    def test_mariadb(self):
        self.run_on("mariadb")


if __name__ == "__main__":
    unittest.main()
