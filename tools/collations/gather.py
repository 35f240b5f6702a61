#!/usr/bin/python3
"""Asks a MySQL and a MariaDB server what they know of charsets and collations, and keeps the answers in a file.

    gather.py SOCKET... FACTS      each socket a server, root without password; makes a scratch database "vif_collations"

pack.py makes the tables of src/types/collation/ of the facts. Nothing here knows a collation's rules: single characters
are asked one by one, contractions are found by asking for pairs whose weights are not the sum of the two.
"""
import pickle
import re
import sys
import time

import pymysql

UNICODE = ("utf8mb4", "utf8mb3", "ucs2", "utf16", "utf16le", "utf32", "gb18030_unicode")
MARKS = [*range(0x300, 0x346), 0x483, 0x484, 0x3099, 0x309A, 0x653, 0x654, 0x655]


def say(*words):
    print(time.strftime("%H:%M:%S"), *words, file=sys.stderr, flush=True)


class Server:
    def __init__(self, socket):
        self.cursor = pymysql.connect(unix_socket=socket, user="root", charset="utf8mb4").cursor()
        self.mariadb = "MariaDB" in self.rows("SELECT VERSION()")[0][0]
        self.cursor.execute("CREATE DATABASE IF NOT EXISTS vif_collations")
        self.cursor.execute("USE vif_collations")
        self.cursor.execute("SET group_concat_max_len = 100000000")

    def rows(self, query):
        self.cursor.execute(query)
        return self.cursor.fetchall()

    def table(self, name, columns, values):
        """A table of text columns (utf8mb4) and numbers; values are tuples of str and int."""
        self.cursor.execute(f"DROP TABLE IF EXISTS {name}")
        self.cursor.execute(f"CREATE TABLE {name} ({columns}) ENGINE=MyISAM CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
        form = lambda v: f"_utf8mb4 X'{v.encode().hex()}'" if isinstance(v, str) else str(v)
        values = list(values)
        for at in range(0, len(values), 20000):
            rows = ",".join("(" + ",".join(form(v) for v in row) + ")" for row in values[at:at + 20000])
            self.cursor.execute(f"INSERT INTO {name} VALUES {rows}")

    def levels_of(self, collation, text):
        """The SQL that gives a text's weights as hexadecimal digits: one expression, or one a level."""
        if self.mariadb and re.search(r"_(as|ai)_c[si]$|_w2$", collation):
            # Without the keyword a server gives the levels one after the other, and nothing tells them apart.
            count = 2 if collation.endswith("_w2") else 3
            levels = range(1, count + 1)
            return ",".join(f"HEX(WEIGHT_STRING({text} COLLATE {collation} LEVEL {n}))" for n in levels)
        return f"HEX(WEIGHT_STRING({text} COLLATE {collation}))"

    def first_level(self, collation, text):
        if self.mariadb and re.search(r"_(as|ai)_c[si]$|_w2$", collation):
            return f"WEIGHT_STRING({text} COLLATE {collation} LEVEL 1)"
        return f"WEIGHT_STRING({text} COLLATE {collation})"


def parse_levels(row, separated):
    """Weights of 16 bits, a tuple a level."""
    levels = []
    for digits in row:
        words = [int(digits[i:i + 4], 16) for i in range(0, len(digits), 4)]
        if separated:
            level = []
            for word in words:
                if word == 0:
                    levels.append(tuple(level))
                    level = []
                else:
                    level.append(word)
            levels.append(tuple(level))
        else:
            levels.append(tuple(words))
    return tuple(levels)


def catalog(server):
    collations = {}
    pads = {}
    if server.mariadb:
        query = ("SELECT full_collation_name, id, character_set_name, is_default FROM "
                 "information_schema.collation_character_set_applicability WHERE id IS NOT NULL")
    else:
        query = "SELECT collation_name, id, character_set_name, is_default FROM information_schema.collations"
        pads = dict(server.rows("SELECT collation_name, pad_attribute FROM information_schema.collations"))
    for name, number, charset, default in server.rows(query):
        pad = pads.get(name, "NO PAD" if "nopad" in name or name == "binary" else "PAD SPACE")
        collations[name] = (number, charset, default == "Yes", pad == "PAD SPACE")
    charsets = {name: (default, maxlen, text) for name, default, maxlen, text in server.rows(
        "SELECT character_set_name, default_collate_name, maxlen, description FROM information_schema.character_sets")}
    return collations, charsets


def code_points():
    return [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def bases(server):
    """Collations asked whole; the others of a family are asked only where they differ."""
    if server.mariadb:
        return ["utf8mb4_uca1400_as_cs", "utf8mb4_unicode_ci", "utf8mb4_unicode_520_ci", "utf8mb4_general_ci"]
    return ["utf8mb4_0900_as_cs", "utf8mb4_unicode_ci", "utf8mb4_unicode_520_ci", "utf8mb4_general_ci"]


def family_of(server, name):
    if "uca1400" in name:
        return "utf8mb4_uca1400_as_cs"
    if "_0900_" in name:
        return "utf8mb4_0900_as_cs"
    if name in ("utf8mb4_thai_520_w2", "utf8mb4_myanmar_ci"):
        return "utf8mb4_unicode_520_ci"
    return "utf8mb4_unicode_ci"


def wanted(server, collations):
    """The Unicode collations to ask; the rest are these with fewer levels, another encoding or other padding."""
    for name, (_, charset, _, _) in collations.items():
        if charset != "utf8mb4" or name.endswith("_bin") or "nopad" in name or name in bases(server):
            continue
        if "_0900_" in name and not name.endswith(("_as_cs", "_ks")):
            continue
        if "uca1400" in name and not name.endswith("_as_cs"):
            continue
        yield name


def gather_singles(server, facts, collations):
    server.table("cps", "cp INT PRIMARY KEY, c VARCHAR(4) NOT NULL", ((c, chr(c)) for c in code_points()))
    say("cps")
    for base in bases(server):
        rows = server.rows(f"SELECT cp, {server.levels_of(base, 'c')} FROM cps")
        facts["singles"][base] = {row[0]: parse_levels(row[1:], "_0900_" in base) for row in rows}
        say(base, len(rows))
    for name in wanted(server, collations):
        base = family_of(server, name)
        if name.endswith("_w2"):
            condition = f"{server.first_level(name, 'c')} <> WEIGHT_STRING(c COLLATE {base}) OR LENGTH(WEIGHT_STRING(c COLLATE {name})) <> 2 * LENGTH({server.first_level(name, 'c')}) OR 1"
        else:
            condition = f"WEIGHT_STRING(c COLLATE {name}) <> WEIGHT_STRING(c COLLATE {base})"
        rows = server.rows(f"SELECT cp, {server.levels_of(name, 'c')} FROM cps WHERE {condition}")
        facts["singles"][name] = {row[0]: parse_levels(row[1:], "_0900_" in name) for row in rows}
        say(name, len(rows))


def detector(name):
    """A collation of the first level only, whose pairs can be compared with the sum of the two characters."""
    if "_0900_as_cs" in name and "_ja_" not in name and "_zh_" not in name:
        return name.replace("_as_cs", "_ai_ci")
    return name


def probe(server, name, a, b, source):
    """Rows (a, b) of `source` whose weights together are not those of the two."""
    weight = lambda text: server.first_level(detector(name), text)
    return [(x, y) for x, y in server.rows(
        f"SELECT {a}, {b} FROM {source} WHERE {weight(f'CONCAT({a}, {b})')} <> CONCAT({weight(a)}, {weight(b)})")]


def weights_of(server, name, texts):
    server.table("asked", "n INT PRIMARY KEY, t VARCHAR(12) NOT NULL", enumerate(texts))
    rows = server.rows(f"SELECT n, {server.levels_of(name, 't')} FROM asked")
    return {texts[row[0]]: parse_levels(row[1:], "_0900_" in name) for row in rows}


def longer(server, name, found, letters):
    """Contractions of more characters, that begin or end with one that is known."""
    all_found = set(found)
    level = set(found)
    while level:
        rows = set()
        for text in level:
            for letter in letters:
                rows.add((text, letter))
                if letter + text[:-1] in all_found:
                    rows.add((letter + text[:-1], text[-1]))
                else:
                    rows.add((letter, text))
        server.table("longer", "a VARCHAR(12) NOT NULL, b VARCHAR(12) NOT NULL", rows)
        level = {a + b for a, b in probe(server, name, "a", "b", "longer")} - all_found
        # A text that differs only because a shorter contraction straddles the cut is no contraction.
        level = {t for t in level if not any(t[i:] in all_found and t[:i] not in all_found and i > 1 for i in range(1, len(t)))}
        if len(level) > 5000 or (level and len(next(iter(level))) > 6):
            say("too many longer contractions in", name, len(level), list(level)[:10])
            break
        all_found |= level
    return all_found


def gather_contractions(server, facts):
    for base in bases(server):
        if base.endswith("general_ci"):
            continue
        scripts = [c for c in code_points() if (c < 0x3400 or 0xA640 <= c < 0xAC00 or 0xFB00 <= c < 0x1000 * 0x12 or 0x1D000 <= c < 0x1F000)
                   and not 0x12000 <= c < 0x1D000 and any(facts["singles"][base][c])]
        server.table("cand", "block INT, c VARCHAR(4) NOT NULL, KEY (block)", ((c >> 8, chr(c)) for c in scripts))
        server.table("marks", "m VARCHAR(4) NOT NULL", ((chr(c),) for c in [*MARKS, 0xB7, 0x387]))
        found = {a + b for a, b in probe(server, base, "x.c", "y.c", "cand x JOIN cand y ON x.block = y.block")}
        say(base, "pairs in blocks", len(found))
        found |= {a + b for a, b in probe(server, base, "c", "m", "cand JOIN marks")}
        say(base, "pairs", len(found))
        letters = sorted({c for t in found for c in t if ord(c) >= 0xF00 and ord(c) < 0x1000})
        found = longer(server, base, {t for t in found if 0xF00 <= ord(t[0]) < 0x1000}, letters) | found if letters else found
        facts["contractions"][base] = weights_of(server, base, sorted(found))
        say(base, "contractions", len(found))
    for name, singles in facts["singles"].items():
        if name in bases(server) or name.startswith("utf8mb3"):
            continue
        base = family_of(server, name)
        if "_ja_" in name:
            alphabet = [*range(0x3041, 0x3100), *range(0x31F0, 0x3200), *range(0xFF65, 0xFFA0)]
        elif "_zh_" in name:
            # Of all pairs of the 20,902 first ideographs, three names weigh what they sound like.
            alphabet = sorted(map(ord, "沈阳重庆藏文"))
        elif "thai" in name:
            alphabet = [*range(0xE01, 0xE80)]
        elif "myanmar" in name:
            alphabet = [*range(0x1000, 0x10A0)]
        else:
            own = [c for c in singles if c < 0xFFFF] if len(singles) < 1000 else []
            alphabet = [*range(0x41, 0x5B), *range(0x61, 0x7B), 0xB7, 0x387, 0x27, 0x2019, *range(0xC0, 0x250), *MARKS, *own]
            alphabet += [*range(0x400, 0x530)] if re.search("_(ru|bg|mn_cyrl)_", name) else []
            alphabet += [*range(0xD80, 0xE00), 0x200D] if "sinhala" in name else []
            alphabet += [*range(0x621, 0x656), 0x67E, 0x6AF, 0x6CC] if "persian" in name else []
        gather_tailored(server, facts, name, base, sorted(set(alphabet)))


def gather_tailored(server, facts, name, base, alphabet):
    if "_ja_" in name or "_zh_" in name:
        # No collation of the first level alone: its digits tell. After a letter, because at a text's start a repetition mark
        # takes what follows for what it repeats.
        server.table("cand", "block INT, c VARCHAR(4) NOT NULL", ((0, chr(c)) for c in alphabet))
        weight = lambda t: f"SUBSTRING_INDEX(HEX(WEIGHT_STRING({t} COLLATE {name})), '00000020', 1)"
        pair, letter = weight("CONCAT('a', x.c, y.c)"), weight("'a'")
        rows = server.rows(f"SELECT x.c, y.c FROM cand x JOIN cand y WHERE {pair} <> CONCAT({letter}, {weight('x.c')}, {weight('y.c')})")
        found = {a + b for a, b in rows}
    else:
        server.table("cand", "block INT, c VARCHAR(4) NOT NULL", ((0, chr(c)) for c in alphabet))
        found = {a + b for a, b in probe(server, name, "x.c", "y.c", "cand x JOIN cand y")}
        letters = sorted({c for t in found if t not in facts["contractions"].get(base, {}) for c in t})
        if "myanmar" in name:
            letters = sorted({c for t in found for c in t})
        if letters and "thai" not in name:
            found = longer(server, name, {t for t in found if t not in facts["contractions"].get(base, {})}, letters) | found
    found |= set(facts["contractions"].get(base, {}))
    weights = weights_of(server, name, sorted(found))
    if "_ja_" in name or "_zh_" in name:
        # Where a character has no weight on the first level the digits did not tell.
        of = lambda c: (facts["singles"][name].get(ord(c)) or facts["singles"][base][ord(c)])[0]
        weights = {t: w for t, w in weights.items() if w[0] != sum(map(of, t), ())}
    facts["contractions"][name] = weights
    say(name, "contractions", len(weights))


def eight_bit(server, facts, collations, charsets):
    """Maps both ways of the charsets that are not Unicode's, and the weights of their characters."""
    names = [n for n in charsets if n not in UNICODE and n != "binary"]
    for charset in names:
        candidates = [f"{b:02X}" for b in range(256)]
        if charsets[charset][1] > 1:
            candidates += [f"{b:04X}" for b in range(0x8080 & 0xFF00, 0x10000)]
        if charsets[charset][1] == 3:
            candidates += [f"8F{b:04X}" for b in range(0xA1A1, 0xFEFF) if (b & 0xFF) >= 0xA1]
        if charsets[charset][1] == 4:
            candidates += [f"{a:02X}{b:02X}{c:02X}{d:02X}" for a in range(0x81, 0xFF) for b in range(0x30, 0x3A)
                           for c in range(0x81, 0xFF) for d in range(0x30, 0x3A)]
        server.table("codes", "n INT PRIMARY KEY, h VARCHAR(8) NOT NULL", enumerate(candidates))
        text = f"CONVERT(UNHEX(h) USING {charset})"
        own = [n for n, c in collations.items() if c[1] == charset and "nopad" not in n]
        weights = ",".join(f"HEX(WEIGHT_STRING({text} COLLATE {n}))" for n in own)
        rows = server.rows(f"SELECT h, HEX(CONVERT({text} USING utf32)), HEX(UPPER({text} COLLATE {charsets[charset][0]})), HEX(LOWER({text} COLLATE {charsets[charset][0]})), {weights} FROM codes "
                           f"WHERE HEX({text}) = h AND CHAR_LENGTH({text}) = 1")
        facts["to_unicode"][charset] = {row[0]: row[1] for row in rows}
        facts["native_case"][charset] = {row[0]: (row[2], row[3]) for row in rows if row[2] != row[0] or row[3] != row[0]}
        if charsets[charset][1] == 1:
            single_byte_cases(server, facts, own, text)
        for at, name in enumerate(own):
            facts["native"][name] = {row[0]: row[4 + at] for row in rows}
        back = server.rows(f"SELECT cp, HEX(CONVERT(c USING {charset})) FROM cps WHERE cp = 63 OR HEX(CONVERT(c USING {charset})) <> '3F'")
        facts["from_unicode"][charset] = dict(back)
        say(charset, len(rows), len(back))


def own_orders(server, facts):
    """Of the collations that do not weigh character by character: all characters, all pairs, and which LIKE takes for the same."""
    for charset, name in (("latin2", "latin2_czech_cs"), ("tis620", "tis620_thai_ci")):
        text = lambda digits: f"CONVERT(UNHEX({digits}) USING {charset}) COLLATE {name}"
        server.table("a_byte", "n INT PRIMARY KEY, h CHAR(2) NOT NULL", ((b, f"{b:02X}") for b in range(256)))
        one = server.rows(f"SELECT n, HEX(WEIGHT_STRING({text('h')})) FROM a_byte ORDER BY n")
        two = server.rows(f"SELECT a.n, b.n, HEX(WEIGHT_STRING({text('CONCAT(a.h, b.h)')})) FROM a_byte a JOIN a_byte b")
        escaped = f"CONCAT(IF(b.h IN ('25', '5F', '5C'), CHAR(92 USING {charset}), ''), {text('b.h')})"
        like = server.rows(f"SELECT a.n, b.n FROM a_byte a JOIN a_byte b WHERE {text('a.h')} LIKE {escaped}")
        facts["own"][name] = {"one": [w for _, w in one], "two": {(a, b): w for a, b, w in two}, "like": list(like)}
        say(name, len(two), len(like))


def single_byte_cases(server, facts, own, text):
    """A few collations have letters of their own."""
    for name in own:
        rows = server.rows(f"SELECT h, HEX(UPPER({text} COLLATE {name})), HEX(LOWER({text} COLLATE {name})) FROM codes WHERE HEX({text}) = h")
        facts["collation_case"][name] = {h: (u, l) for h, u, l in rows if u != h or l != h}


def gather_case(server, facts, collations):
    names = ["utf8mb4_general_ci", "utf8mb4_turkish_ci", "utf8mb4_unicode_520_ci", *bases(server)[:1]]
    names += ["utf8mb4_uca1400_turkish_as_cs"] if server.mariadb else ["utf8mb4_tr_0900_as_cs"]
    for name in names:
        rows = server.rows(f"SELECT cp, HEX(UPPER(c COLLATE {name})), HEX(LOWER(c COLLATE {name})) FROM cps "
                           f"WHERE HEX(UPPER(c COLLATE {name})) <> HEX(c) OR HEX(LOWER(c COLLATE {name})) <> HEX(c)")
        facts["case"][name] = {cp: (upper, lower) for cp, upper, lower in rows}
        say("case", name, len(rows))


def extra(server, facts, collations):
    """utf8mb3's collations that utf8mb4 lacks."""
    for name in ("utf8mb3_general_mysql500_ci", "utf8mb3_tolower_ci"):
        if name in collations:
            rows = server.rows(f"SELECT cp, HEX(WEIGHT_STRING(CONVERT(c USING utf8mb3) COLLATE {name})) FROM cps WHERE cp < 65536")
            facts["singles"][name] = {row[0]: parse_levels(row[1:], False) for row in rows}
            rows = server.rows(f"SELECT cp, HEX(UPPER(CONVERT(c USING utf8mb3) COLLATE {name})), HEX(LOWER(CONVERT(c USING utf8mb3) COLLATE {name})) FROM cps "
                               f"WHERE cp < 65536")
            facts["case"][name] = {cp: (u, l) for cp, u, l in rows if u != l or u != chr(cp).encode().hex().upper()}


def main(arguments):
    answers = {}
    for socket in arguments[:-1]:
        server = Server(socket)
        collations, charsets = catalog(server)
        facts = {"collations": collations, "charsets": charsets, "singles": {}, "contractions": {}, "case": {},
                 "to_unicode": {}, "from_unicode": {}, "native": {}, "native_case": {}, "collation_case": {}, "own": {}}
        gather_singles(server, facts, collations)
        extra(server, facts, collations)
        gather_case(server, facts, collations)
        gather_contractions(server, facts)
        eight_bit(server, facts, collations, charsets)
        own_orders(server, facts)
        answers["mariadb" if server.mariadb else "mysql"] = facts
    with open(arguments[-1], "wb") as file:
        pickle.dump(answers, file)


if __name__ == "__main__":
    main(sys.argv[1:])
