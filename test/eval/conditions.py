"""Conditions as applications write them: a column beside literals, in ranges and lists, in CASE and COALESCE; literals of each
kind that the server stores in a column first, takes for a date or a number, or warns of."""
import random

import expressions

# Near what the columns hold (expressions.ROWS), in the ways to write it.
NEAR = """'2001-01-01'|'2001-01-01 01:01:01'|'2001-01-01 01:01:01.000001'|date'2001-01-01'|timestamp'2001-01-01 01:01:01'|timestamp'2001-01-01 01:01:01.5'
timestamp'2001-01-01 01:01:01.000001'|'9999-12-31'|timestamp'1970-01-02 00:00:00'|'1970-01-02 00:00:00'|'1970-01-02'|date'1970-01-02'|'1000-01-01'
'01:01:01'|time'01:01:01'|time'01:01:01.1'|'1.00'|1.00|'255'|'-128'|'-1.5'|0.10|'0.1'|'0.10'|-99999999.99|'-99999999.99'|'007'|'1.50'|'2024-02-30'
'0000-00-00'|'2024-00-10'|'9223372036854775807'|'18446744073709551615'|9007199254740993|'9007199254740993'|'999999999999999'|'A'|'abc'|'ABC'|_latin1'abc'
_utf16'abc'|_latin1'1'|_utf16'1'|_ucs2'2001-01-01'|'abc' collate utf8mb4_bin|'1' collate utf8mb4_general_ci|n'1'|'é'|_latin1 x'e9'|null|true|false|2001
'2001'|20010101|20010101010101|10101|1.5|'5'|0""".replace("\n", "|").split("|")
LIKE = ["'a%'", "'_b_'", "'%1%'", "'%'", "'A%C'", "'20%-01'"]
SMALL = ["0", "1", "2", "5", "null"]


class Conditions:
    def __init__(self, seed, flavor):
        self.random = random.Random(seed)
        self.literals = [one for kind in expressions.KINDS for one in expressions.KINDS[kind] + expressions.MORE.get(kind, [])]
        if flavor == "mariadb":
            self.literals = [one for one in self.literals if "as json" not in one]
        self.columns = [column[0] for column in expressions.TABLE]

    def literal(self):
        return self.random.choice(NEAR if self.random.random() < 0.5 else self.literals)

    def column(self):
        return self.random.choice(self.columns)

    def operator(self):
        return self.random.choice(expressions.COMPARISON)

    def beside(self, left):
        sides = [left, self.literal()]
        if self.random.random() < 0.2:
            sides.reverse()
        return f" {self.operator()} ".join(sides)

    def condition(self):
        column, pick = self.column(), self.random.choice
        shapes = [
            (30, lambda: self.beside(column)),
            (15, lambda: f"{column} {pick(['between', 'not between'])} {self.literal()} and {self.literal()}"),
            (15, lambda: f"{column} {pick(['in', 'not in'])} ({', '.join(self.literal() for _ in range(self.random.randint(1, 4)))})"),
            (8, lambda: f"{column} {self.operator()} {self.column()}"),
            (7, lambda: self.beside(f"{column} {pick('+-*')} {self.literal()}")),
            (5, lambda: self.beside(f"{column} {pick('+-*')} {self.column()}")),
            (5, lambda: f"{column} {pick(['like', 'not like'])} {pick(LIKE + [self.literal()])}"),
            (4, lambda: self.beside(f"case when {self.beside(column)} then {pick(SMALL)} {pick(['else 2 ', '', 'else 0 '])}end")),
            (4, lambda: self.beside(f"{pick(['coalesce', 'ifnull'])}({column}, {pick(SMALL[:4] + [self.literal()])})")),
            (3, lambda: self.beside(f"if({self.beside(column)}, 1, {pick(['0', '2', self.literal()])})")),
            (2, lambda: f"({self.beside(column)}) {pick(['and', 'or', 'xor'])} ({self.column()} in ({self.literal()}, {self.literal()}))"),
            (2, lambda: f"({column} {pick(['is null', 'is not null', 'is true', 'is not false'])}) or not {self.beside(self.column())}"),
        ]
        weights = [weight for weight, _ in shapes]
        return self.random.choices(shapes, weights)[0][1]()


def generate(count, seed=1, flavor="mysql"):
    conditions = Conditions(seed, flavor)
    seen = set()
    while len(seen) < count:
        text = conditions.condition()
        if text not in seen:
            seen.add(text)
            yield "condition", text
