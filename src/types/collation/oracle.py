#!/usr/bin/python3
"""Writes a server's own answers on text, for collation_test to compare ours with.

    oracle.py SOCKET [--pairs N] [--step N] [--only REGEX] [--seed N] [--digest N] > answers

For each collation that the server has: N random pairs of texts compared (STRCMP), matched (LIKE), weighed
(WEIGHT_STRING), in upper and lower case; the weight of every step-th code point (of native charsets: of every character);
for each charset, conversions. Then

    VIF_COLLATION_ANSWERS=answers build/release/types_test --gtest_filter='*AnswersOfAServer'

With --digest, texts are written once, and of each so many answers only their CRC32: millions of answers take minutes then. Where one
differs, `--only` that collation without --digest tells the text.
"""
import argparse
import random
import re
import sys
import unicodedata

import pymysql

LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Where languages have letters of two or three characters.
GROUPS = "chlldžljnjgydzsccsggyszzslytynyaaAAaeoeijthngrrssCHChcHDZdZDzLJljNjDŽǅǆǉ·"
ACCENTED = "".join(chr(c) for c in [*range(0xA1, 0x180), *range(0x1CD, 0x234), 0x1E9E, 0x1E00, 0x1EA0, 0x1EF9])
MARKS = "\u0300\u0301\u0302\u0303\u0306\u0308\u030A\u030B\u030C\u0327\u0328\u0337\u0345\u00B7\u0387"
ODD = " \u0001\u0009\u000A\u001F\u007F\u00A0\u00AD\u200B\u200D\u2028\uFEFF\uFFFD\uFFFE\uE000\u0378'-_.,()0123456789$€½²Ⅳ①ﬁ™"
SCRIPTS = ["АаБбВвГгҐґЁёЖжИиЙйЇїЎўЩщЪъЫыЭэЯяЋћЂђѣӣ", "ΑαΆάΒβΓγΔδΕέΖΗηΙίϊΐΟόΡρΣσςΥύΩώϐ", "אבגדהךכםמש\u05B0", "ابتثجحخدذرزسشصضطظعغفقكلمنهويپچژگیآأإئؤة\u064B\u0652",
           "กขคงจชดตทนบปผพมยรลวสหอะาำเแโใไ\u0E31\u0E34\u0E48\u0E4C", "අආඇක\u0DCA\u200Dෂ\u0DCF", "က\u1039ခ\u102Cဂ\u103A\u1031ငစ", "あいうえおかがさばぱアイウカガハバパーヽゝゞっッゃャｱｶﾞﾊﾟｰ", "中国一丁七万丈三上下不与丑专且世丘丙业㐀龥龦々〇",
           "가각갂나다라마힣ㄱㅏ각", "𐀀𝐀𝑎😀🂡𠀀𪜀\U000F0000\U0010FFFD𐐀𐐨", "ԱաԲբՀհ", "აბგდႠ", "ཀཁག\u0F71\u0F72\u0F80\u0FB2"]
REPEATS = "ーｰゝゞヽヾ"


# What a collation's name says of the script that it is about.
SCRIPT_OF = {"_ja_": 7, "japanese": 7, "_zh_": 8, "chinese": 8, "korean": 9, "thai": 4, "tis620": 4, "myanmar": 6, "sinhala": 5, "persian": 3, "_ru_": 0,
             "_bg_": 0, "_mn_": 0, "cyr": 0, "koi8": 0, "cp1251": 0, "greek": 1}


def alphabet_marks(name):
    """What in the name chooses the letters: collations with the same are asked with the same pairs."""
    own = tuple(mark for mark in SCRIPT_OF if mark in name)
    # One charset's letters are not another's.
    return own or ((name.split("_")[0],) if not name.startswith(("utf", "ucs")) else ())


def alphabet_of(name, draw):
    """Letters for one pair: some usual ones, and one or two scripts."""
    letters = LATIN + LATIN + GROUPS + ACCENTED + MARKS + ODD + "    "
    for script in draw.sample(SCRIPTS, 2):
        letters += script * 3
    for mark in alphabet_marks(name):
        if mark in SCRIPT_OF:
            letters += SCRIPTS[SCRIPT_OF[mark]] * 10
    return letters


def random_text(name, draw, most=7):
    kind = draw.random()
    if kind < 0.3:
        letters = draw.choice(["chCHdzDZ sSlL", "aAåÅäeE ", "nNjJgGyYsz", "lL·jJ ", "uUüaAoOöß "]) + draw.choice(SCRIPTS)
    elif kind < 0.5:
        letters = draw.choice(SCRIPTS) + " aA"
    else:
        letters = alphabet_of(name, draw)
    return "".join(draw.choice(letters) for _ in range(draw.randint(0, most)))


def varied(text, draw):
    """A text that may well be equal to the first, or nearly so."""
    letters = list(text)
    for _ in range(draw.randint(1, 2)):
        way = draw.randint(0, 7)
        at = draw.randrange(len(letters)) if letters else 0
        if way == 0:
            letters = list("".join(letters).swapcase())
        elif way == 1:
            letters += draw.choice([" ", "  ", "\t", "\u0001", "\u00AD", "\u0301"])
        elif way == 2 and letters:
            letters[at] = letters[at].swapcase()
        elif way == 3 and letters:
            letters[at] = draw.choice(ACCENTED + LATIN)
        elif way == 4:
            letters.insert(at, draw.choice(MARKS + ODD))
        elif way == 5 and letters:
            del letters[at]
        elif way == 6 and letters:
            letters[at] = draw.choice(draw.choice(SCRIPTS))
    return "".join(letters)


def pattern_of(text, draw):
    letters = list(varied(text, draw) if draw.random() < 0.6 else text)
    for _ in range(draw.randint(0, 3)):
        at = draw.randint(0, len(letters))
        letters[at:at + draw.randint(0, 2)] = draw.choice(["%", "_", "%", "\\%", "\\\\"])
    return "".join(letters)


def more(a, b):
    return (a > b) - (a < b)


class Writer:
    def __init__(self, arguments):
        self.cursor = pymysql.connect(unix_socket=arguments.socket, user="root", charset="utf8mb4").cursor()
        self.arguments = arguments
        self.pairs = {}
        self.mariadb = "MariaDB" in self.rows("SELECT VERSION()")[0][0]
        self.mark = "a" if self.mariadb else "m"
        self.cursor.execute("CREATE DATABASE IF NOT EXISTS vif_oracle")
        self.cursor.execute("USE vif_oracle")
        self.cursor.execute("SET group_concat_max_len = 100000000")

    def rows(self, query):
        self.cursor.execute(query)
        return self.cursor.fetchall()

    def fill(self, table, columns, values):
        self.cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {table} ({columns}) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
        self.cursor.execute(f"TRUNCATE {table}")
        values = list(values)
        form = lambda v: f"_utf8mb4 X'{v.encode().hex()}'" if isinstance(v, str) else str(v)
        for at in range(0, len(values), 5000):
            self.cursor.execute(f"INSERT INTO {table} VALUES " + ",".join("(" + ",".join(map(form, row)) + ")" for row in values[at:at + 5000]))

    def collations(self):
        if self.mariadb:
            query = "SELECT full_collation_name, character_set_name, is_default FROM information_schema.collation_character_set_applicability WHERE id IS NOT NULL ORDER BY id"
        else:
            query = "SELECT collation_name, character_set_name, is_default FROM information_schema.collations ORDER BY id"
        return [row for row in self.rows(query) if re.search(self.arguments.only, row[0])]

    def line(self, what, name, *words):
        print(self.mark, what, name, *(w if w != "" else "-" for w in words))

    def pairs_for(self, name):
        """The table of the pairs with which this collation is asked; many collations share one."""
        kind = (*alphabet_marks(name), *(["gb18030"] if name == "gb18030_chinese_ci" else []))
        if kind not in self.pairs:
            draw = random.Random(f"{self.arguments.seed} {' '.join(alphabet_marks(name))}")
            values = []
            for _ in range(self.arguments.pairs):
                a = random_text(name, draw)
                if "_ja_" in name:
                    a = a.lstrip(REPEATS)  # at the start, before kana, MySQL takes these for what they are not
                b = varied(a, draw) if draw.random() < 0.65 else random_text(name, draw)
                b = b.lstrip(REPEATS) if "_ja_" in name else b
                if "gb18030" in kind and more(len(a), len(b)) != more(*(len(text.encode("gb18030")) for text in (a, b))):
                    b = a  # 'É' = 'éa' there: MySQL looks for what is left over in the text that has more bytes
                values.append((a, b, pattern_of(a, draw)))
            self.pairs[kind] = f"pairs_{len(self.pairs)}"
            rows = ((n, n // (self.arguments.digest or 1), *row) for n, row in enumerate(values))
            self.fill(self.pairs[kind], "n INT PRIMARY KEY, block INT, a VARCHAR(40), b VARCHAR(40), p VARCHAR(60)", rows)
            self.write_sets(self.pairs[kind], values)
        return self.pairs[kind]

    def write_sets(self, table, rows):
        """What the digests are of: block by block the texts, in UTF-8."""
        for at in range(0, len(rows), self.arguments.digest) if self.arguments.digest else ():
            words = (text.encode().hex().upper() for row in rows[at:at + self.arguments.digest] for text in row)
            print(self.mark, "set", f"{table}/{at // self.arguments.digest}", *words)

    def digests(self, name, table, expression):
        for block, digest in self.rows(f"SELECT block, CRC32(GROUP_CONCAT({expression} ORDER BY n SEPARATOR ',')) FROM {table} GROUP BY block"):
            print(self.mark, "digest", name, f"{table}/{block}", digest)

    def collation(self, name, charset):
        a, b, p = (f"CONVERT({c} USING {charset})" if charset != "binary" else f"CAST({c} AS BINARY)" for c in "abp")
        collate = f"COLLATE `{name}`"
        words = [f"HEX({a})", f"HEX({b})", f"STRCMP({a} {collate}, {b} {collate})", f"HEX(WEIGHT_STRING({a} {collate}))", f"HEX({p})",
                 f"{a} {collate} LIKE {p}"]
        if name != "gb18030_unicode_520_ci":  # there MySQL makes bytes that are no characters
            words += [f"HEX(UPPER({a} {collate}))", f"HEX(LOWER({a} {collate}))"]
        table = self.pairs_for(name)
        if self.arguments.digest:
            return self.digests(name, table, f"CONCAT_WS(' ', {', '.join(words)})")
        for row in self.rows(f"SELECT CONCAT_WS(' ', {', '.join(words)}) FROM {table}"):
            # Two spaces stand for a word that is empty.
            print(self.mark, "pair", name, row[0], sep=" ")

    def points(self, name, charset):
        text = f"CONVERT(c USING {charset})"
        if self.arguments.digest:
            return self.digests(name, "points", f"WEIGHT_STRING({text} COLLATE {name})")
        for row in self.rows(f"SELECT CONCAT_WS(' ', HEX({text}), HEX(WEIGHT_STRING({text} COLLATE {name}))) FROM points"):
            print(self.mark, "weight", name, row[0], sep=" ")

    def conversions(self):
        draw = random.Random(self.arguments.seed)
        charsets = [c for (c,) in self.rows("SELECT character_set_name FROM information_schema.character_sets") if c != "binary"]
        self.fill("texts", "t VARCHAR(40)", ((random_text("", draw, 12),) for _ in range(self.arguments.pairs)))
        for charset in charsets:
            own = f"CONVERT(t USING {charset})"
            for t, there, back in self.rows(f"SELECT HEX(t), HEX({own}), HEX(CONVERT({own} USING utf8mb4)) FROM texts"):
                self.line("convert", "utf8mb4", charset, t, there)
                self.line("convert", charset, "utf8mb4", there, back)

    def write(self):
        step = self.arguments.step
        if step:
            assigned = [c for c in range(0, 0x110000, step) if unicodedata.category(chr(c)) not in ("Cs", "Cn") and (c < 0xF0000 or c % 1024 == 0)]
            values = [(chr(c),) for c in assigned]
            self.fill("points", "n INT PRIMARY KEY, block INT, c VARCHAR(4)", ((n, n // (self.arguments.digest or 1), *row) for n, row in enumerate(values)))
            self.write_sets("points", values)
        for name, charset, default in self.collations():
            if self.arguments.pairs:
                self.collation(name, charset)
            if step and charset != "binary":
                self.points(name, charset)
        if self.arguments.pairs:
            self.conversions()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("socket")
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--step", type=int, default=97, help="0: no code points")
    parser.add_argument("--only", default="")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--digest", type=int, default=0, help="answers a digest; 0: the answers themselves")
    Writer(parser.parse_args()).write()
